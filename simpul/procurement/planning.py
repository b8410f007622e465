"""What running orders still need, what the store can give, and what is to be bought from whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from django.db import models
from django.db.models import F, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from simpul.catalog.models import Material
from simpul.lib import clock
from simpul.lib.quantities import amount_of
from simpul.orders.models import Gate, LineSize, Order, OrderLine, OrderNeed
from simpul.orders.models import Status as OrderStatus
from simpul.parties.models import Party, Person, Workshop
from simpul.procurement.models import (
    Peg,
    ProposedLine,
    PurchaseLine,
    PurchaseOrder,
    SupplierPrice,
    last_day,
)
from simpul.stock.models import Balance, Item, Location, Reservation
from simpul.workflow.steps import WrongState, step

type Shelf = tuple[int, str]  # a material and its size


class Asked(NamedTuple):
    """One need of a running order that nothing covers yet."""

    need: int  # its key: there may be tens of thousands
    order: Order
    quantity: int
    needed_on: date
    is_open: bool  # the money before buying has come
    alternative: Material | None = None
    free_instead: int = 0  # of what may be taken instead, in the store


class _Waiting(NamedTuple):
    """A line of a running order that is not made yet, and what all of its needs share."""

    turn: int
    order: Order
    needed_on: date
    is_open: bool


@dataclass(slots=True)
class Wanted:
    """A material (of one size), what is free of it, on its way, and missing for which orders."""

    material: Material
    size: str
    free: int = 0
    on_order: int = 0
    coming: int = 0  # on its way for the store, for no order
    reorder_point: int = 0
    order_up_to: int = 0
    asked: list[Asked] = field(default_factory=list)  # whose turn is first, first

    @property
    def open_quantity(self) -> int:
        return sum(asked.quantity for asked in self.asked if asked.is_open)

    @property
    def waiting(self) -> int:
        """What orders need that have not paid for buying yet."""
        return sum(asked.quantity for asked in self.asked if not asked.is_open)

    @property
    def to_buy(self) -> int:
        return max(self.open_quantity - self.free, 0)

    @property
    def refill(self) -> int:
        """What the shelf itself is to have again, once orders have taken what is theirs."""
        left = max(self.free - self.open_quantity, 0) + self.coming
        return self.order_up_to - left if left < self.reorder_point else 0

    @property
    def is_wanted(self) -> bool:
        return bool(self.asked or self.refill)

    @property
    def needed_on(self) -> date | None:
        """The first day on which an order needs it; none where only the shelf does."""
        return min((asked.needed_on for asked in self.asked), default=None)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A purchase order that could be drafted."""

    supplier: Party
    lines: list[ProposedLine]

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)


# Questions


def wanted(workshop: Workshop, back: dict[Shelf, int] | None = None) -> list[Wanted]:
    """Return what running orders need and nothing covers, the most urgent first; then what the
    shelf is to have again.

    `back` is what is set aside still and counts as free: that of orders that ended (`kept_for`).
    """
    needs = _running(workshop).annotate(
        rest=F("quantity") - F("ordered") - F("ready") - F("issued")
    )
    open_ones = list(
        needs.filter(rest__gt=0)
        .order_by()
        .values_list("pk", "line", "material", "size", "alternative", "rest")
    )
    waiting = _waiting(workshop) if open_ones else {}
    materials = Material.objects.in_bulk(
        {key for one in open_ones for key in (one[2], one[4]) if key is not None}
    )
    free, on_order, coming = free_stock(workshop), _on_order(workshop), _coming(workshop)
    for shelf, quantity in (back or {}).items():
        free[shelf] = free.get(shelf, 0) + quantity
    found = _with_reorder_point(workshop)
    mine = [(waiting[one[1]], *one) for one in open_ones if one[1] in waiting]
    for line, pk, _line_key, material, size, other, rest in sorted(mine, key=_in_turn):
        row = found.get((material, size))
        if row is None:
            row = found[material, size] = Wanted(materials[material], size)
        alternative = materials[other] if other is not None else None
        instead = free.get((other, size), 0) if other is not None else 0
        row.asked.append(
            Asked(pk, line.order, rest, line.needed_on, line.is_open, alternative, instead)
        )
    for shelf, row in found.items():
        row.free, row.on_order = free.get(shelf, 0), on_order.get(shelf, 0)
        row.coming = coming.get(shelf, 0)
    rows = [row for row in found.values() if row.is_wanted]
    return sorted(rows, key=lambda row: (row.needed_on or date.max, row.material.code, row.size))


def proposals(workshop: Workshop, rows: list[Wanted] | None = None) -> list[Proposal]:
    """Return what should be bought now, by supplier: what paid orders lack beyond the store, and
    what fills up the shelves.

    `rows` is what is wanted, where that was asked for already.

    Each material goes to whoever is cheapest for the quantity, then fastest. What nobody is known
    to sell is left out.
    """
    today = clock.today()
    offers: dict[int, list[SupplierPrice]] = defaultdict(list)
    for offer in SupplierPrice.objects.filter(supplier__workshop=workshop).for_list():
        offers[offer.material_id].append(offer)
    lines: dict[Party, list[ProposedLine]] = defaultdict(list)
    for row in wanted(workshop) if rows is None else rows:
        known = offers.get(row.material.pk)
        quantity = row.to_buy + row.refill
        if quantity and known:
            offer = min(known, key=lambda offer: _rank(offer, quantity))
            lines[offer.supplier].append(_line(row, offer, today))
    return [
        Proposal(supplier, lines[supplier])
        for supplier in sorted(lines, key=lambda party: (party.name, party.pk))
    ]


def pegs_for(row: Wanted, quantity: int) -> list[tuple[Asked, int]]:
    """Return for which needs so many thousandths would be bought: the store serves whose turn
    is first, so the last are what is bought for."""
    pegs: list[tuple[Asked, int]] = []
    left = min(row.to_buy, quantity)
    for asked in reversed([asked for asked in row.asked if asked.is_open]):
        share = min(asked.quantity, left)
        left -= share
        if share:
            pegs.append((asked, share))
    return pegs


def free_of(material: Material, size: str) -> int:
    """Return what lies in the store for nobody: thousandths of the material's unit."""
    return free_stock(material.workshop).get((material.pk, size), 0)


def free_stock(workshop: Workshop) -> dict[Shelf, int]:
    """Return what lies in the store for nobody, by material and size."""
    lying = Balance.objects.filter(
        location__workshop=workshop,
        location__kind=Location.Kind.STORE,
        item__material__isnull=False,
    )
    rows = lying.rests("item__material", "item__size")
    return {(material, size): rest for material, size, rest in rows}


def orders_for_store(rows: Iterable[Wanted]) -> list[Order]:
    """Return the paid orders for which something free lies in the store, in their turn."""
    served: dict[int, Order] = {}
    for row in rows:
        free = row.free
        for asked in row.asked:
            if free and asked.is_open:
                served.setdefault(asked.order.pk, asked.order)
                free -= min(free, asked.quantity)
    return sorted(served.values(), key=lambda order: (order.turn or 0, order.pk))


def ended_with_material(workshop: Workshop) -> list[Order]:
    """Return the orders that ended, and for which material is still set aside or on its way."""
    ended = Order.objects.filter(
        workshop=workshop, status__in=[OrderStatus.CANCELLED, OrderStatus.CLOSED]
    )
    held = ended.filter(lines__needs__ready__gt=0) | ended.filter(lines__needs__ordered__gt=0)
    return list(held.distinct().select_related("buyer").order_by("pk"))


def kept_for(orders: list[Order]) -> dict[Shelf, int]:
    """Return what lies in the store for these orders of one workshop, by material and size."""
    if not orders:
        return {}
    store = Location.of(orders[0].workshop_id, Location.Kind.STORE)
    needs = list(OrderNeed.objects.filter(line__order__in=orders, ready__gt=0))
    lies = Reservation.kept(needs, store)
    found: dict[Shelf, int] = defaultdict(int)
    for need in needs:
        found[need.material_id, need.size] += lies.get(need.pk, 0)
    return found


# Steps


@step("procurement.reserve", source=OrderStatus.CONFIRMED)
def reserve(order: Order, *, by: Person) -> None:
    """Set aside for the order what is free in the store."""
    order.demand_open(Gate.PROCUREMENT)
    store = Location.of(order.workshop_id, Location.Kind.STORE)
    needs = OrderNeed.objects.filter(line__order=order).select_related("material", "line")
    needs = needs.prefetch_related("line__sizes").order_by("material_id", "size", "pk")
    open_needs = [need for need in needs if need.uncovered and not _is_made(need)]
    items = Item.of_materials((need.material, need.size) for need in open_needs)
    for need in open_needs:
        item = items[need.material_id, need.size]
        quantity = min(need.uncovered, Balance.locked(item, store).free)
        if quantity:
            Reservation.make(item, store, quantity, need)
            need.shift(ready=quantity)


@step("procurement.release")
def release(order: Order, *, by: Person) -> None:
    """Give back to the store what is set aside for the order and not used, as far as it lies there.

    What is on its way for an order that has ended is let go, too.
    """
    store = Location.of(order.workshop_id, Location.Kind.STORE)
    needs = OrderNeed.objects.filter(line__order=order).select_related("material")
    found = list(needs.order_by("material_id", "size", "pk"))
    lies = Reservation.kept(found, store)
    for need in found:
        if kept := lies.get(need.pk, 0):
            item = Item.of_material(need.material, need.size)
            Reservation.release(item, store, kept, need)
            need.shift(ready=-kept)
        if order.status != OrderStatus.CONFIRMED:
            for peg in Peg.objects.filter(need=need).order_by("pk"):
                peg.shrink(peg.quantity)


@step("procurement.substitute", source=OrderStatus.CONFIRMED)
def substitute(order: Order, *, by: Person, need: int, instead_of: str, taken: str) -> None:
    """Take for a need, given by its key, what the recipe allows instead; both by their codes.

    What is set aside, on its way or used already stays as it is. Raises WrongState where nothing is
    open, or the need names other materials now.
    """
    needs = OrderNeed.objects.filter(line__order=order).select_for_update(of=("self",))
    found = needs.select_related("material", "alternative", "line").get(pk=need)
    named = found.material.code, found.alternative.code if found.alternative else ""
    if named != (instead_of, taken):
        raise WrongState(_("This order needs another material now. Look at the list again."))
    found.substitute()


def plan(workshop: Workshop, *, by: Person) -> list[PurchaseOrder]:
    """Take back from orders that ended, set aside what the store has, and draft what is to be bought.

    Each of it is a step of its own; what is done already is not done again.
    """
    for order in ended_with_material(workshop):
        release(order, by=by)
    for order in orders_for_store(wanted(workshop)):
        reserve(order, by=by)
    return [
        PurchaseOrder.propose(by=by, supplier=proposal.supplier, lines=proposal.lines)
        for proposal in proposals(workshop)
    ]


# Inside


def _running(workshop: Workshop) -> models.QuerySet[OrderNeed]:
    return OrderNeed.objects.filter(
        line__order__workshop=workshop, line__order__status=OrderStatus.CONFIRMED
    )


def _in_turn(one: tuple[_Waiting, int, int, int, str, int | None, int]) -> tuple[int, int]:
    return one[0].turn, one[1]


def _waiting(workshop: Workshop) -> dict[int, _Waiting]:
    """Return of each line of the running orders that is not all made yet what its needs share."""
    today = clock.today()
    missing = LineSize.objects.filter(line=models.OuterRef("pk"), made__lt=F("pairs"))
    rows = OrderLine.objects.filter(
        models.Exists(missing),
        order__workshop=workshop,
        order__status=OrderStatus.CONFIRMED,
    ).prefetch_related("order__buyer", "order__instalments", "colourway__product")
    is_open: dict[int, bool] = {}
    found = {}
    for line in rows.order_by("pk"):
        order = line.order
        if order.pk not in is_open:
            is_open[order.pk] = order.is_open(Gate.PROCUREMENT)
        assert order.promised_on is not None  # noqa: S101 - an agreed order has a promise
        assert order.turn is not None  # noqa: S101 - and a turn
        found[line.pk] = _Waiting(
            order.turn, order, last_day(line, order.promised_on, today), is_open[order.pk]
        )
    return found


def _is_made(need: OrderNeed) -> bool:
    """Tell whether every pair of the line is there already, made or taken from the shelf."""
    return all(size.made >= size.pairs for size in need.line.sizes.all())


def _with_reorder_point(workshop: Workshop) -> dict[Shelf, Wanted]:
    items = Item.objects.filter(workshop=workshop, reorder_point__gt=0).select_related("material")
    return {
        (item.material.pk, item.size): Wanted(
            item.material,
            item.size,
            reorder_point=item.reorder_point,
            order_up_to=item.order_up_to,
        )
        for item in items
        if item.material is not None
    }


def _coming(workshop: Workshop) -> dict[Shelf, int]:
    """Return what was bought and has not come, as far as no order waits for it; drafts count."""
    found: dict[Shelf, int] = defaultdict(int)
    lines = PurchaseLine.objects.missing().filter(purchase__in=PurchaseOrder.objects.open())
    mine = lines.filter(purchase__workshop=workshop).annotate(
        pegged=Coalesce(Sum("pegs__quantity"), 0)
    )
    for material, size, quantity, received, pegged in mine.values_list(
        "material", "size", "quantity", "received", "pegged"
    ):
        found[material, size] += max(quantity - received - pegged, 0)
    return found


def _on_order(workshop: Workshop) -> dict[Shelf, int]:
    rows = _running(workshop).filter(ordered__gt=0).order_by()
    return {
        (material, size): ordered
        for material, size, ordered in rows.values_list("material", "size").annotate(
            sum=Sum("ordered")
        )
    }


def _rank(offer: SupplierPrice, quantity: int) -> tuple[int, int, int]:
    amount = amount_of(offer.price, offer.rounded(quantity), offer.unit_size)
    return amount, offer.lead_days, offer.pk


def _line(row: Wanted, offer: SupplierPrice, today: date) -> ProposedLine:
    """Buy what the store cannot give."""
    pegs = pegs_for(row, row.to_buy)
    days = [asked.needed_on for asked, _quantity in pegs]
    soonest = today + timedelta(days=offer.lead_days)
    return ProposedLine(
        material=row.material,
        size=row.size,
        quantity=offer.rounded(row.to_buy + row.refill),
        price=offer.price,
        wished_on=max(min(days, default=soonest), soonest),
        pegs=[(asked.need, share) for asked, share in pegs],
        unit=offer.unit,
        unit_size=offer.unit_size,
    )
