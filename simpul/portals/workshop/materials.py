"""What shoes are made from: the list of materials, and their cards."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from simpul.catalog.forms import MaterialForm
from simpul.catalog.models import Material
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, demand

A_PAGE = 50
COLUMNS: list[Column] = [
    (gettext_lazy("Code"), lambda material: material.code),
    (gettext_lazy("Material"), lambda material: material.name),
    (gettext_lazy("Counted in"), lambda material: material.unit_here),
]
PRICE: Column = (gettext_lazy("Usual price"), lambda material: material.price)


@require_safe
def materials(request: Request) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    found = Material.objects.visible_to(request.person).search(words).order_by("code")
    may_see_prices = request.person.may("procurement.see_prices", request.workshop)
    columns = [*COLUMNS, PRICE] if may_see_prices else COLUMNS
    if answer := download(request, "materials", columns, found):
        return answer
    return render(
        request,
        "workshop/materials/list.html",
        {
            "page": Paginator(found, A_PAGE).get_page(request.GET.get("page")),
            "words": words,
            "tab": "materials",
            "may_keep": request.person.may("catalog.keep_materials", request.workshop),
            "may_see_prices": may_see_prices,
        },
    )


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    return _ask(request, Material(workshop=request.workshop))


@require_http_methods(["GET", "POST"])
def material(request: Request, pk: int) -> HttpResponse:
    found = Material.objects.visible_to(request.person)
    return _ask(request, get_object_or_404(found, pk=pk))


def _ask(request: Request, material: Material) -> HttpResponse:
    demand(request, "catalog.keep_materials", request.workshop)
    form = MaterialForm(request.POST or None, instance=material, workshop=request.workshop)
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("workshop:materials", request.workshop.slug)
    return render(
        request,
        "workshop/materials/material.html",
        {
            "form": form,
            "is_new": material.pk is None,
            "title": str(material) if material.pk else "",
        },
        status=422 if form.is_bound else 200,
    )
