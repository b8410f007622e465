"""The shelf on the desk: what lies there, what moved, counting and carrying."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.insight.lots import TracedLot, lots_of
from simpul.insight.models import MaterialForecast
from simpul.lib import clock, sheets
from simpul.orders.models import LineSize, Order, OrderNeed
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, demand
from simpul.procurement import planning
from simpul.stock.forms import (
    CountForm,
    CountSheetForm,
    PlaceForm,
    ReorderForm,
    ShelfForm,
    TransferForm,
)
from simpul.stock.models import (
    Balance,
    Count,
    CountSheet,
    Item,
    Location,
    Movement,
    Reservation,
    Transfer,
)

A_PAGE = 50
OLD_LOTS = 12  # of those that are used up
A_SHEET = 100  # things on one count sheet
COLUMNS: list[Column] = [
    (gettext_lazy("Code"), lambda item: item.code),
    (gettext_lazy("Item"), lambda item: item.name),
    (gettext_lazy("Size"), lambda item: item.size),
    (gettext_lazy("Shelf"), lambda item: item.shelf),
    (gettext_lazy("Unit"), lambda item: item.material.unit_here if item.material else _("pair")),
    (gettext_lazy("In the house"), lambda item: _plain(item, item.on_hand)),
    (gettext_lazy("Set aside"), lambda item: _plain(item, item.reserved)),
    (gettext_lazy("Free"), lambda item: _plain(item, item.on_hand - item.reserved)),
]
MOVES: list[Column] = [  # of a movement
    (gettext_lazy("When"), lambda move: clock.day_of(move.at)),
    (gettext_lazy("Why"), lambda move: reasons().get(move.reason, move.reason)),
    (gettext_lazy("From"), lambda move: str(move.source or "")),
    (gettext_lazy("To"), lambda move: str(move.target or "")),
    (gettext_lazy("How much"), lambda move: _plain(move.item, move.quantity)),
    (gettext_lazy("Who"), lambda move: str(move.by)),
]


@require_safe
def items(request: Request) -> HttpResponse:
    """What lies there; `?sort=shelf`: as one walks along the shelves."""
    words, kind = request.GET.get("q", "").strip(), request.GET.get("kind", "")
    sort = request.GET.get("sort", "")
    found = Item.objects.visible_to(request.person).search(words)
    kinds = {"materials": found.materials(), "products": found.products(), "low": found.low()}
    shown = kinds.get(kind, found).for_list()
    shown = shown.along_shelves() if sort == "shelf" else shown.in_order()
    if answer := download(request, "stock", COLUMNS, shown):
        return answer
    page = Paginator(shown, A_PAGE)
    return render(
        request,
        "workshop/stock/list.html",
        {
            "page": page.get_page(request.GET.get("page")),
            "words": words,
            "kind": kind,
            "sort": sort,
            "counts": {name: rows.count() for name, rows in kinds.items()} | {"": found.count()},
            "tab": "stock",
        },
    )


@require_safe
def item(request: Request, pk: int) -> HttpResponse:
    item = _find(request, pk)
    moved = Movement.objects.filter(item=item).select_related("source", "target", "by", "item")
    moved = moved.order_by("-id")
    if answer := download(request, f"movements-{item.pk}", MOVES, moved):
        return answer
    return render(
        request,
        "workshop/stock/item.html",
        {
            "item": item,
            "balances": item.balances.select_related("location").order_by("location_id"),
            "kept": _kept(item),
            "lots": _lots(item),
            "page": Paginator(moved, A_PAGE).get_page(request.GET.get("page")),
            "words_of": reasons(),
        },
    )


def _lots(item: Item) -> list[TracedLot]:
    """Return the lots of which something is left, and the last others, the newest first."""
    if item.material_id is None:
        return []
    lots = lots_of([item])[::-1]
    used_up = [one.lot.key for one in lots if not one.lot.left][:OLD_LOTS]
    return [one for one in lots if one.lot.left or one.lot.key in used_up]


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
def counting(request: Request) -> HttpResponse:
    """A sheet to take along the shelves: material, or finished goods (`?kind=products`)."""
    demand(request, "stock.count_sheet", request.workshop)
    words, kind = request.GET.get("q", "").strip(), request.GET.get("kind", "")
    found = Item.objects.visible_to(request.person).search(words)
    shown = found.products() if kind == "products" else found.materials()
    page = Paginator(shown.for_list().along_shelves(), A_SHEET).get_page(request.GET.get("page"))
    items = list(page.object_list)
    homes = (Location.Kind.STORE, Location.Kind.FINISHED)
    balances = Balance.objects.filter(item__in=items, location__kind__in=homes)
    form = CountSheetForm(
        request.POST or None, items=items, lies={one.item_id: one for one in balances}
    )
    if form.is_valid():
        made = CountSheet.take(
            by=request.person, occasion=form.cleaned_data["occasion"], found=form.found
        )
        return redirect("workshop:count-sheet", request.workshop.slug, made.pk)
    sheets = CountSheet.objects.visible_to(request.person).select_related("by").order_by("-pk")
    return render(
        request,
        "workshop/stock/counting.html",
        {"form": form, "page": page, "words": words, "kind": kind, "sheets": sheets[:5]},
        status=422 if form.is_bound else 200,
    )


@require_safe
def sheet(request: Request, pk: int) -> HttpResponse:
    """What was counted on one sheet, and where it was not what the books said."""
    sheets = CountSheet.objects.visible_to(request.person).select_related("by")
    found = get_object_or_404(sheets, pk=pk)
    counts = found.counts.select_related("item__material", "item__variant__colourway__product")
    rows = list(counts.order_by("pk"))
    return render(
        request,
        "workshop/stock/sheet.html",
        {
            "sheet": found,
            "other": [one for one in rows if one.difference],
            "same": [one for one in rows if not one.difference],
        },
    )


@require_http_methods(["GET", "POST"])
def reorder(request: Request, pk: int) -> HttpResponse:
    """Say from when on a material is bought again, and up to how much; `?proposed`: what the forecast
    proposes stands in the form."""
    demand(request, "stock.set_reorder_point", request.workshop)
    materials = Item.objects.visible_to(request.person).materials()
    item = get_object_or_404(materials.select_related("material"), pk=pk)
    told = MaterialForecast.objects.filter(item=item).first() if "proposed" in request.GET else None
    form = ReorderForm(
        request.POST or None,
        item=item,
        below=told.reorder_at if told else None,
        up_to=told.up_to if told else None,
    )
    if form.is_valid():
        item.set_reorder_point(by=request.person, **form.cleaned_data)
        return redirect("workshop:stock-item", request.workshop.slug, pk)
    return render(
        request,
        "workshop/stock/reorder.html",
        {"item": item, "form": form},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def shelf(request: Request, pk: int) -> HttpResponse:
    """Say on which shelf something lies."""
    demand(request, "stock.set_shelf", request.workshop)
    item = _find(request, pk)
    form = PlaceForm(request.POST or None, item=item)
    if form.is_valid():
        item.put(by=request.person, **form.cleaned_data)
        return redirect("workshop:stock-item", request.workshop.slug, pk)
    return render(
        request,
        "workshop/stock/shelf.html",
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


def _plain(item: Item, quantity: int) -> int | float:
    """Return a quantity as a number of the item's unit, for a spreadsheet."""
    return quantity if item.variant_id else sheets.quantity(quantity)
