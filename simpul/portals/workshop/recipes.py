"""How a model is made: its recipe with what a pair costs, and the stages of the work."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from simpul.catalog.costing import cost_of
from simpul.catalog.models import Product, Recipe
from simpul.catalog.recipe_forms import PasteForm, recipe_lines, stage_lines
from simpul.lib import clock
from simpul.portals.http import Request, demand
from simpul.procurement.queries import known_prices
from simpul.workflow.models import Entry
from simpul.workflow.steps import Refused


@require_safe
def recipe(request: Request, slug: str) -> HttpResponse:
    """What goes into a pair of one colour (`?colour=`), by the version in force or another one
    (`?version=`), and what it costs today."""
    product = _find(request, slug, "catalog.see_recipe")
    colourways = list(product.colourways.all())
    asked = request.GET.get("colour", "")
    chosen = next((one for one in colourways if str(one.pk) == asked), colourways[0])
    version = request.GET.get("version", "")
    newest = shown = product.recipe
    if version:
        wanted = int(version) if version.isdecimal() else 0
        shown = get_object_or_404(product.recipes.all(), version=wanted)
    kept = f"&version={version}" if version else ""
    return render(
        request,
        "workshop/catalogue/recipe.html",
        {
            "product": product,
            "colours": [
                {"label": str(one), "url": f"?colour={one.pk}{kept}", "is_here": one == chosen}
                for one in colourways
            ],
            "chosen": chosen,
            "recipe": shown,
            "newest": newest.version if newest else 0,
            "cost": cost_of(
                shown,
                chosen,
                product.stages.active().order_by("position"),
                known_prices(request.person),
            ),
            "price": product.price_for("wholesale", 1, clock.today()),
            "versions": _versions(product),
            "similar": _similar(request, product),
        },
    )


@require_http_methods(["GET", "POST"])
def new_recipe(request: Request, slug: str) -> HttpResponse:
    """Write the next version; `?like=` begins with the recipe of another model.

    Lines that were copied from a sheet fill the table; nothing is kept before it is saved.
    """
    product = _find(request, slug, "catalog.write_recipe")
    pasted = PasteForm(request.POST if "lines" in request.POST else None, product=product)
    if pasted.is_bound:
        wishes = pasted.cleaned_data["lines"] if pasted.is_valid() else ()
        return _ask(request, product, recipe_lines(None, product, wishes), "recipe_new", pasted)
    known = _like(request, product).recipe
    table = recipe_lines(request.POST or None, product, known.in_order() if known else ())
    if table.is_bound and table.is_valid():
        try:
            Recipe.write(by=request.person, product=product, lines=table.wishes)
        except Refused as reason:
            messages.info(request, str(reason))
        return redirect("workshop:recipe", request.workshop.slug, slug)
    return _ask(request, product, table, "recipe_new", pasted)


@require_http_methods(["GET", "POST"])
def stages(request: Request, slug: str) -> HttpResponse:
    """Write the stages and their piece rates; `?like=` begins with those of another model."""
    product = _find(request, slug, "catalog.set_stages")
    known = _like(request, product).stages.active().order_by("position")
    table = stage_lines(request.POST or None, product, list(known))
    if table.is_bound and table.is_valid():
        product.set_stages(by=request.person, stages=table.wishes)
        messages.success(request, _("Saved. Work that runs keeps the stages it began with."))
        return redirect("workshop:recipe", request.workshop.slug, slug)
    return _ask(request, product, table, "stages")


def _ask(
    request: Request, product: Product, table: Any, page: str, pasted: PasteForm | None = None
) -> HttpResponse:
    is_refused = table.is_bound or (pasted is not None and bool(pasted.errors))
    return render(
        request,
        f"workshop/catalogue/{page}.html",
        {"product": product, "table": table, "pasted": pasted},
        status=422 if is_refused else 200,
    )


def _versions(product: Product) -> list[tuple[Recipe, Entry | None]]:
    """Each version, the newest first, and the line of the journal that says who wrote it."""
    rows = product.recipes.order_by("-version").prefetch_related("journal__by")
    return [(one, next(iter(one.journal.all()), None)) for one in rows]


def _similar(request: Request, product: Product) -> list[Product]:
    """Other models whose recipe or stages could be taken over."""
    others = Product.objects.visible_to(request.person).exclude(pk=product.pk)
    return list(others.filter(recipes__isnull=False).distinct().order_by("position", "pk"))


def _like(request: Request, product: Product) -> Product:
    like = request.GET.get("like", "")
    others = Product.objects.visible_to(request.person)
    return get_object_or_404(others, slug=like) if like else product


def _find(request: Request, slug: str, ability: str) -> Product:
    product = get_object_or_404(Product.objects.visible_to(request.person).for_page(), slug=slug)
    demand(request, ability, product)
    return product
