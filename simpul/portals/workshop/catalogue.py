"""The catalogue behind the counter: words, prices, photos, and what is shown."""

from collections.abc import Callable, Iterator

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.catalog.forms import ColourForm, NewProductForm, PhotoForm, PriceForm, ProductForm
from simpul.catalog.models import Colourway, PriceRule, Product, ProductQuerySet
from simpul.crm.listed_products import FIELDS, written_price
from simpul.crm.publishing import draft_for_model
from simpul.lib import clock
from simpul.lib.sheets import Cell
from simpul.orders import tiers
from simpul.papers.models import Upload
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, demand

type Look = tuple[Product, Colourway | None]  # a model in one colour, a row of the list

_CELLS: dict[str, Callable[[Look], Cell]] = {
    "code": lambda look: look[0].code,
    "name": lambda look: look[0].name,
    "name_en": lambda look: look[0].name_en,
    "category": lambda look: str(look[0].category),
    "colour": lambda look: look[1].name if look[1] else "",
    "colour_en": lambda look: look[1].name_en if look[1] else "",
    "sizes": lambda look: look[1].size_span if look[1] else "",
    "wholesale": lambda look: _price(look[0], "wholesale"),
    "retail": lambda look: _price(look[0], "retail"),
    "lead_days": lambda look: look[0].lead_days,
    "minimum_pairs": lambda look: look[0].minimum_pairs,
    "is_published": lambda look: _("shown") if look[0].is_published else _("not shown"),
}
# the import reads what is downloaded here
COLUMNS: list[Column] = [(FIELDS[field], cell) for field, cell in _CELLS.items()]


@require_safe
def products(request: Request) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    found = Product.objects.visible_to(request.person).search(words).for_list()
    if answer := download(request, "products", COLUMNS, _looks(found)):
        return answer
    return render(
        request,
        "workshop/catalogue/list.html",
        {
            "products": found.order_by("position", "pk"),
            "words": words,
            "today": clock.today(),
            "may_keep": request.person.may("catalog.keep", request.workshop),
        },
    )


@require_http_methods(["GET", "POST"])
def new_product(request: Request) -> HttpResponse:
    demand(request, "catalog.keep", request.workshop)
    form = NewProductForm(request.POST or None, workshop=request.workshop)
    if form.is_valid():
        made = form.save()
        messages.success(request, _("Added. Give it a price and a photo, then show it."))
        return redirect("workshop:product", request.workshop.slug, made.slug)
    return render(
        request,
        "workshop/catalogue/new.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def product(request: Request, slug: str) -> HttpResponse:
    if request.method != "POST":
        return _page(request, _find(request, slug))
    demand(request, "catalog.keep", request.workshop)
    product = _find(request, slug)
    form = ProductForm(request.POST, instance=product)
    if not form.is_valid():
        return _page(request, _find(request, slug), form=form)
    saved = form.save()
    messages.success(request, _("Saved."))
    if saved.is_published and "is_published" in form.changed_data and draft_for_model(saved):
        messages.info(request, _("News of it is drafted for your customers."))
    return redirect("workshop:product", request.workshop.slug, slug)


@require_POST
def price(request: Request, slug: str) -> HttpResponse:
    demand(request, "catalog.keep", request.workshop)
    product = _find(request, slug)
    form = PriceForm(request.POST)
    if form.is_valid():
        rule = PriceRule.objects.create(product=product, **form.cleaned_data)
        if rule.year_pairs:
            tiers.count_year(request.workshop)
        messages.success(request, _("The price holds from that day on."))
        return redirect("workshop:product", request.workshop.slug, slug)
    return _page(request, product, price_form=form)


@require_POST
def photo(request: Request, slug: str, pk: int) -> HttpResponse:
    demand(request, "catalog.keep", request.workshop)
    product = _find(request, slug)
    colourway = get_object_or_404(Colourway, product=product, pk=pk)
    form = PhotoForm(request.POST, request.FILES)
    if form.is_valid():
        colourway.photo = Upload.keep(form.cleaned_data["photo"], by=request.person)
        colourway.save(update_fields=["photo"])
        return redirect("workshop:product", request.workshop.slug, slug)
    return _page(request, product, photo_form=form, photographed=pk)


@require_http_methods(["GET", "POST"])
def new_colour(request: Request, slug: str) -> HttpResponse:
    return _colour(request, _find(request, slug), Colourway())


@require_http_methods(["GET", "POST"])
def colour(request: Request, slug: str, pk: int) -> HttpResponse:
    product = _find(request, slug)
    return _colour(request, product, get_object_or_404(Colourway, product=product, pk=pk))


def _colour(request: Request, product: Product, colourway: Colourway) -> HttpResponse:
    demand(request, "catalog.keep", request.workshop)
    form = ColourForm(request.POST or None, instance=colourway, product=product)
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("workshop:product", request.workshop.slug, product.slug)
    return render(
        request,
        "workshop/catalogue/colour.html",
        {"product": product, "form": form, "is_new": colourway.pk is None},
        status=422 if form.is_bound else 200,
    )


def _page(
    request: Request,
    product: Product,
    *,
    form: ProductForm | None = None,
    price_form: PriceForm | None = None,
    photo_form: PhotoForm | None = None,
    photographed: int | None = None,
) -> HttpResponse:
    """Show the model, with the form that was filled in wrongly as it was typed."""
    prices = product.prices.order_by("group", "year_pairs", "from_pairs", "-valid_from")
    return render(
        request,
        "workshop/catalogue/page.html",
        {
            "product": product,
            "form": form or ProductForm(instance=product),
            "price_form": price_form or PriceForm(),
            "photo_form": photo_form or PhotoForm(),
            "photographed": photographed,
            "prices": prices,
            "may_keep": request.person.may("catalog.keep", request.workshop),
        },
        status=422 if form or price_form or photo_form else 200,
    )


def _find(request: Request, slug: str) -> Product:
    return get_object_or_404(Product.objects.visible_to(request.person).for_page(), slug=slug)


def _looks(found: ProductQuerySet) -> Iterator[Look]:
    """Yield each model in each colour; one that has no colour yet once."""
    for product in found.for_page().order_by("position", "pk"):
        colours = sorted(product.colourways.all(), key=lambda one: (one.position, one.pk))
        yield from ((product, colourway) for colourway in colours)
        if not colours:
            yield product, None


def _price(product: Product, group: str) -> int | str | None:
    """Return the price today as it stands in a list."""
    return written_price(product.price_for(group, 1, clock.today()))
