"""The shelf on the desk: what lies there, what moved, counting and carrying."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.orders.models import LineSize, Order, OrderNeed
from simpul.portals.http import Request, demand
from simpul.procurement import planning
from simpul.stock.forms import CountForm, ShelfForm, TransferForm
from simpul.stock.models import Count, Item, Location, Movement, Reservation, Transfer

A_PAGE = 50


@require_safe
def items(request: Request) -> HttpResponse:
    words, kind = request.GET.get("q", "").strip(), request.GET.get("kind", "")
    found = Item.objects.visible_to(request.person).search(words)
    kinds = {"materials": found.materials(), "products": found.products()}
    page = Paginator(
        kinds.get(kind, found)
        .for_list()
        .order_by(
            "material__code",
            "variant__colourway__product__code",
            "variant__colourway__position",
            "size",
            "pk",
        ),
        A_PAGE,
    )
    return render(
        request,
        "workshop/stock/list.html",
        {
            "page": page.get_page(request.GET.get("page")),
            "words": words,
            "kind": kind,
            "counts": {name: rows.count() for name, rows in kinds.items()} | {"": found.count()},
            "tab": "stock",
        },
    )


@require_safe
def item(request: Request, pk: int) -> HttpResponse:
    item = _find(request, pk)
    moved = Movement.objects.filter(item=item).select_related("source", "target", "by")
    return render(
        request,
        "workshop/stock/item.html",
        {
            "item": item,
            "balances": item.balances.select_related("location").order_by("location_id"),
            "kept": _kept(item),
            "page": Paginator(moved.order_by("-id"), A_PAGE).get_page(request.GET.get("page")),
            "words_of": reasons(),
        },
    )


@require_http_methods(["GET", "POST"])
def count(request: Request, pk: int) -> HttpResponse:
    demand(request, "stock.count", request.workshop)
    item = _find(request, pk)
    form = CountForm(request.POST or None, item=item)
    if form.is_valid():
        Count.take(by=request.person, item=item, location=_home(item), **form.cleaned_data)
        return redirect("workshop:stock-item", request.workshop.slug, pk)
    return render(
        request,
        "workshop/stock/count.html",
        {"item": item, "form": form},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def transfer(request: Request, pk: int) -> HttpResponse:
    demand(request, "stock.move", request.workshop)
    item = _find(request, pk)
    form = TransferForm(request.POST or None, item=item)
    if form.is_valid():
        Transfer.make(by=request.person, item=item, **form.facts)
        return redirect("workshop:stock-item", request.workshop.slug, pk)
    return render(
        request,
        "workshop/stock/transfer.html",
        {"item": item, "form": form},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Give a place on the shelf to what never lay there, so that it can be counted."""
    demand(request, "stock.count", request.workshop)
    form = ShelfForm(request.POST or None, workshop=request.workshop)
    if form.is_valid():
        return redirect("workshop:stock-count", request.workshop.slug, form.item().pk)
    return render(
        request, "workshop/stock/new.html", {"form": form}, status=422 if form.is_bound else 200
    )


@require_POST
def release(request: Request, number: str) -> HttpResponse:
    """Give back to the store what is set aside for an order."""
    order = get_object_or_404(Order.objects.visible_to(request.person), number=number)
    planning.release(order, by=request.person)
    return redirect("workshop:stock", request.workshop.slug)


def reasons() -> dict[str, str]:
    """What moved goods, in words."""
    return {
        "stock.count": _("counted"),
        "stock.move": _("carried"),
        "procurement.receive": _("came from the supplier"),
        "production.tap": _("production"),
        "production.correct": _("counted wrongly"),
        "delivery.pack": _("packed"),
        "delivery.unpack": _("unpacked"),
        "delivery.hand_over": _("handed over"),
        "delivery.pick_up": _("picked up"),
        "delivery.deliver": _("delivered"),
        "delivery.take_back": _("came back"),
    }


def _kept(item: Item) -> list[tuple[Order, int, bool]]:
    """Return for which orders something is kept, how much, and whether it is material."""
    kept = Reservation.objects.filter(balance__item=item).select_related("subject_type")
    by_subject = {(one.subject_type.model, one.subject_id): one.quantity for one in kept}
    needs = [pk for model, pk in by_subject if model == "orderneed"]
    sizes = [pk for model, pk in by_subject if model == "linesize"]
    found: dict[Order, tuple[int, bool]] = {}
    for model, rows in (
        ("orderneed", OrderNeed.objects.filter(pk__in=needs)),
        ("linesize", LineSize.objects.filter(pk__in=sizes)),
    ):
        for row in rows.select_related("line__order__buyer"):
            order = row.line.order
            sum_so_far = found.get(order, (0, True))[0]
            found[order] = (sum_so_far + by_subject[model, row.pk], model == "orderneed")
    return [(order, *facts) for order, facts in found.items()]


def _home(item: Item) -> Location:
    return Location.of(item.workshop_id, Location.Kind(item.home))


def _find(request: Request, pk: int) -> Item:
    items = Item.objects.visible_to(request.person).for_list()
    return get_object_or_404(items, pk=pk)
