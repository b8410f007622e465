from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from simpul.catalog.models import Category, Colourway, Group, Product, ProductQuerySet
from simpul.lib import clock
from simpul.portals.http import Visit

A_PAGE = 12
ORDERS = {"": ("position", "pk"), "name": ("name", "pk"), "new": ("-pk",)}


@require_safe
def catalogue(request: Visit) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:60]
    chosen = request.GET.get("category", "")
    order = request.GET.get("order", "")
    found = _products(request).search(words)
    products = found.filter(category__slug=chosen) if chosen else found
    page = Paginator(products.for_list().order_by(*ORDERS.get(order, ORDERS[""])), A_PAGE)
    counted = Category.objects.filter(workshop=request.workshop).annotate(
        count=Count("products", filter=Q(products__in=found))
    )
    return render(
        request,
        "storefront/catalogue.html",
        {
            "page": page.get_page(request.GET.get("page")),
            "categories": list(counted.order_by("position", "pk")),
            "chosen": chosen,
            "words": words,
            "order": order,
            "prices": prices_for(request),
            "today": clock.today(),
        },
    )


@require_safe
def product(request: Visit, slug: str) -> HttpResponse:
    product = get_object_or_404(_products(request).for_page(), slug=slug)
    return render(
        request,
        "storefront/product.html",
        {
            "product": product,
            "colourways": sorted(product.colourways.all(), key=lambda one: one.position),
            "prices": prices_for(request),
            "today": clock.today(),
        },
    )


@require_safe
@cache_control(public=True, max_age=86_400)
def photo(request: Visit, code: str) -> HttpResponse:
    """Serve the photo of a published model: an image that we have re-encoded ourselves."""
    shown = Colourway.objects.filter(product__in=_products(request)).select_related("photo")
    colourway = get_object_or_404(shown, photo__code=code)
    assert colourway.photo is not None
    return HttpResponse(colourway.photo.read(), content_type=colourway.photo.kind)


def _products(request: Visit) -> ProductQuerySet:
    return Product.objects.filter(workshop=request.workshop, is_published=True)


def prices_for(request: Visit) -> Group | None:
    """Return whose prices this visitor may see, if any."""
    person = request.person
    party = person.party if person is not None else None
    if party is not None and party.buys_wholesale:
        return Group.WHOLESALE
    return Group.RETAIL if request.workshop.publishes_prices else None
