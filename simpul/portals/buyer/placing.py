"""A new order: choose models, fill in the sizes."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from simpul.catalog.models import Product, ProductQuerySet
from simpul.crm.models import DealerOrder, Dealing, PollAnswer
from simpul.insight.dates import outlook
from simpul.lib import clock
from simpul.orders.forms import OrderForm
from simpul.orders.grid import pairs_of
from simpul.orders.models import Order
from simpul.parties.models import Party
from simpul.payments import agreement
from simpul.portals.ahead import ordered_ahead
from simpul.portals.http import Request, number_of
from simpul.workflow.steps import NotAllowed

MOST_MODELS = 30  # in one order's grid


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Ask for models first; `?again=` begins from an older order, `?ahead=` from what was said in
    the room that one would take."""
    buyer = _buyer(request)
    dealing = _dealing(request)
    older = _older(request)
    ahead = ordered_ahead(request, buyer)
    chosen = _chosen(request, older, ahead)
    products = _offered(request).filter(slug__in=chosen).for_page().order_by("position", "pk")
    if not products:
        return _choose(request, buyer, dealing)
    if "add" in request.POST:
        form = OrderForm(
            buyer=buyer,
            products=products,
            typed=request.POST,
            goes_to=dealing.dealer if dealing else None,
        )
    else:
        form = OrderForm(
            request.POST or None,
            buyer=buyer,
            products=products,
            pairs=pairs_of(older) if older else ahead.wanted if ahead else None,
            initial={"remarks": older.remarks} if older else None,
            goes_to=dealing.dealer if dealing else None,
        )
    if form.is_valid():
        earliest_on = outlook.earliest_on(buyer.workshop, form.cleaned_data["wishes"])
        facts = form.cleaned_data | {"earliest_on": earliest_on}
        if dealing:
            order = DealerOrder.place(by=request.person, dealing=dealing, **facts).order
        else:
            order = agreement.place(by=request.person, buyer=buyer, **facts)
        return redirect("buyer:order", request.workshop.slug, order.number)
    return render(
        request,
        "buyer/orders/new.html",
        {
            "form": form,
            "older": older,
            "ahead": ahead,
            "dealing": dealing,
            "earliest_url": reverse("buyer:earliest", args=[request.workshop.slug]),
            "others": _offered(request)
            .exclude(slug__in=chosen)
            .select_related("category")
            .order_by("position", "pk"),
        },
        status=422 if form.is_bound else 200,
    )


@require_safe
def earliest(request: Request) -> HttpResponse:
    """Say when what is typed into the grid can be ready."""
    chosen = _chosen(request)
    products = _offered(request).filter(slug__in=chosen).for_page().order_by("position", "pk")
    form = OrderForm(buyer=_buyer(request), products=products, typed=request.GET)
    return render(
        request,
        "orders/_earliest.html",
        outlook.told(request.person, [] if form.grid.errors else form.grid.wishes),
    )


def _choose(request: Request, buyer: Party, dealing: Dealing | None) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:60]
    today = clock.today()
    products = _offered(request).search(words).for_page().order_by("position", "pk")
    return render(
        request,
        "buyer/orders/models.html",
        {
            "words": words,
            "dealing": dealing,
            "models": [
                (product, product.price_to(buyer, product.minimum_pairs, today))
                for product in products
            ],
        },
    )


def _buyer(request: Request) -> Party:
    party = request.person.party
    if party is None:
        raise NotAllowed
    return party


def _dealing(request: Request) -> Dealing | None:
    """Return the dealer of the buyer's for whom the order is, if it is for one."""
    pk = number_of(request.GET.get("dealer", ""))
    if pk is None:
        return None
    mine = Dealing.objects.visible_to(request.person).active()
    return get_object_or_404(mine.select_related("dealer", "distributor"), pk=pk)


def _older(request: Request) -> Order | None:
    number = request.GET.get("again")
    if not number:
        return None
    return get_object_or_404(Order.objects.visible_to(request.person).for_page(), number=number)


def _chosen(
    request: Request, older: Order | None = None, ahead: PollAnswer | None = None
) -> set[str]:
    chosen = set(request.GET.getlist("product") + request.POST.getlist("product"))
    if older is not None:
        chosen |= {line.line.colourway.product.slug for line in older.current.lines.all()}
    if ahead is not None and ahead.choice.colourway:
        chosen.add(ahead.choice.colourway.product.slug)
    return set(sorted(chosen)[:MOST_MODELS])


def _offered(request: Request) -> ProductQuerySet:
    return Product.objects.filter(workshop=request.workshop, is_published=True)
