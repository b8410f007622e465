from datetime import date

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from simpul.catalog.models import Category, Colourway, Group, Price, Product, ProductQuerySet, Tier
from simpul.conversations.models import GuestEntry
from simpul.crm.models import AnswerPage
from simpul.insight.dates import outlook
from simpul.lib import clock
from simpul.papers.models import Upload
from simpul.portals.http import Visit

A_PAGE = 12
MOST = 5  # questions on the page of a model; the others stand in the guest book
ORDERS = {"": ("position", "pk"), "name": ("name", "pk"), "new": ("-pk",)}


@require_safe
def catalogue(request: Visit) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:60]
    chosen = request.GET.get("category", "")
    order = request.GET.get("order", "")
    found = published(request).search(words)
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
    product = get_object_or_404(published(request).for_page(), slug=slug)
    prices, today = prices_for(request), clock.today()
    return render(
        request,
        "storefront/product.html",
        {
            "product": product,
            "colourways": sorted(product.colourways.all(), key=lambda one: one.position),
            "sizes": _sizes(product),
            "prices": prices,
            "steps": _steps(product, prices, today) if prices else [],
            "today": today,
            "questions": list(
                GuestEntry.objects.about(product)
                .published()
                .exclude(answer="")
                .order_by("-pk")[:MOST]
            ),
            "guide": AnswerPage.objects.filter(
                workshop=request.workshop, kind=AnswerPage.Kind.SIZES
            )
            .published()
            .order_by("-changed_at", "-pk")
            .first(),
            "lebaran": outlook.before_lebaran(request.workshop, product.lead_days),
        },
    )


@require_safe
@cache_control(public=True, max_age=86_400)
def photo(request: Visit, code: str) -> HttpResponse:
    """Serve the photo of a published model: an image that we have re-encoded ourselves."""
    shown = Colourway.objects.filter(product__in=published(request))
    upload = get_object_or_404(Upload, code=code, pk__in=shown.values("photo"))
    return HttpResponse(upload.read(), content_type=upload.kind)


def published(request: Visit) -> ProductQuerySet:
    return Product.objects.filter(workshop=request.workshop, is_published=True)


def _sizes(product: Product) -> list[tuple[str, int]]:
    """Return the sizes that are made in any colour, each with the foot it fits."""
    variants = [one for look in product.colourways.all() for one in look.variants.all()]
    sizes = {one.size: one.foot_mm for one in variants if one.is_offered}
    return sorted(sizes.items(), key=lambda item: int(item[0]))


def _steps(product: Product, tier: Tier, day: date) -> list[tuple[int, Price]]:
    """Return from how many pairs on which lower price holds."""
    rules = [one for one in product.prices.all() if one.group == tier.group and one.holds_on(day)]
    steps = sorted({rule.from_pairs for rule in rules if rule.from_pairs > 1})
    prices = [(pairs, product.price_in(tier, pairs, day)) for pairs in steps]
    return [(pairs, price) for pairs, price in prices if price is not None]


def prices_for(request: Visit) -> Tier | None:
    """Return whose prices this visitor may see, if any."""
    person = request.person
    party = person.party if person is not None else None
    if party is not None and party.buys_wholesale:
        return Tier.of(party)
    return Tier(Group.RETAIL) if request.workshop.publishes_prices else None
