"""What material costs, and what an answer of a supplier would do to the orders that wait for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from simpul.catalog.costing import Known
from simpul.catalog.models import Material
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Person
from simpul.procurement.models import (
    Peg,
    PurchaseLine,
    PurchaseOrder,
    PurchaseRevision,
    ReceivedLine,
    RevisedLine,
    SupplierPrice,
    share_out,
)
from simpul.stock.models import Item

A_YEAR = timedelta(days=365)


def known_prices(person: Person) -> dict[int, Known]:
    """Return what a unit of each material costs: the best price of a supplier, else the usual one.

    Whose price it is hears only who may know what suppliers ask.
    """
    may_know = person.may("procurement.see_prices", person)
    known = {
        pk: Known(price)
        for pk, price in Material.objects.visible_to(person)
        .filter(price__gt=0)
        .values_list("pk", "price")
    }
    offers = SupplierPrice.objects.filter(supplier__workshop_id=person.workshop_id)
    for offer in sorted(offers.for_list(), key=lambda one: (one.rate, one.pk), reverse=True):
        supplier = offer.supplier.name if may_know else ""
        known[offer.material_id] = Known(offer.unit_price, supplier)
    return known


@dataclass(slots=True)
class Offer:
    """What a supplier asks for a material, and how it has delivered in the last year."""

    terms: SupplierPrice
    deliveries: int = 0  # of any material, for which a day was promised
    on_time: int = 0
    good: int = 0  # of this material
    rejected: int = 0
    is_cheapest: bool = False

    @property
    def rejected_percent(self) -> int | None:
        """None where nothing of this material has come."""
        counted = self.good + self.rejected
        return round(100 * self.rejected / counted) if counted else None


@dataclass(frozen=True, slots=True)
class Bought:
    """So much of a material that came, at which price, and how the price has moved."""

    received: ReceivedLine
    on: date
    before: Fraction | None  # what a thousandth cost at this supplier the time before

    @property
    def change_percent(self) -> float:
        now = _rate(self.received.line)
        return float(100 * (now - self.before) / self.before) if self.before else 0.0

    @property
    def days_late(self) -> int:
        promised = self.received.line.promised_on
        return max((self.on - promised).days, 0) if promised else 0


def offers_of(material: Material) -> list[Offer]:
    """Return who sells a material, side by side, the cheapest first."""
    known = SupplierPrice.objects.filter(material=material).for_list()
    terms = sorted(known, key=lambda one: (one.rate, one.pk))
    found = {one.supplier_id: Offer(one) for one in terms}
    since = clock.now() - A_YEAR
    came = ReceivedLine.objects.filter(
        receipt__purchase__supplier__in=found, receipt__at__gt=since
    ).values_list(
        "receipt__purchase__supplier", "receipt", "receipt__at", "line__promised_on", "good",
        "line__material", "rejected",
    )  # fmt: skip
    rows = list(came)
    for supplier, _receipt, _at, _promised_on, good, what, rejected in rows:
        if what == material.pk:
            found[supplier].good += good
            found[supplier].rejected += rejected
    for (supplier, _receipt), was_on_time in came_on_time(row[:5] for row in rows).items():
        found[supplier].deliveries += 1
        found[supplier].on_time += was_on_time
    offers = list(found.values())
    for one in offers:
        one.is_cheapest = len(offers) > 1 and one.terms.rate == offers[0].terms.rate
    return offers


type Came = tuple[int, int, datetime, date | None, int]  # supplier, receipt, when, promise, good


def came_on_time(rows: Iterable[Came]) -> dict[tuple[int, int], bool]:
    """Tell of each delivery, by supplier and receipt, whether all that came with it was there by the
    promised day; of those for which no day was promised nothing is told."""
    found: dict[tuple[int, int], bool] = {}
    for supplier, receipt, at, promised_on, good in rows:
        if promised_on is not None and good:
            before = found.get((supplier, receipt), True)
            found[supplier, receipt] = before and clock.day_of(at) <= promised_on
    return found


def bought(material: Material) -> list[Bought]:
    """Return what came of a material in the last year, the newest first, with how prices moved."""
    rows = ReceivedLine.objects.filter(
        line__material=material, line__price__gt=0, good__gt=0, receipt__at__gt=clock.now() - A_YEAR
    ).select_related("receipt__purchase__supplier", "line__material")
    before: dict[tuple[int, str], Fraction] = {}  # of a supplier and a size
    found = []
    for one in rows.order_by("receipt__at", "pk"):
        whose = one.receipt.purchase.supplier_id, one.line.size
        found.append(Bought(one, clock.day_of(one.receipt.at), before.get(whose)))
        before[whose] = _rate(one.line)
    return found[::-1]


def _rate(line: PurchaseLine) -> Fraction:
    return Fraction(line.price, line.unit_size)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a line of a draft asks for more than orders need: thousandths."""

    rest: int
    reorder_point: int = 0
    minimum: int = 0
    pack: int = 0

    @property
    def is_rounded(self) -> bool:
        """Tell whether the portions of the supplier alone explain what is for no order."""
        return self.rest < self.pack


def pegs_of(purchase: PurchaseOrder) -> dict[int, list[Peg]]:
    """Return for which needs each line comes, by its key, whose turn is first, first; one query."""
    found: dict[int, list[Peg]] = {}
    pegs = Peg.objects.filter(line__purchase=purchase).select_related("need__line__order__buyer")
    for peg in pegs.order_by("need__line__order__turn", "need_id"):
        found.setdefault(peg.line_id, []).append(peg)
    return found


def reasons_of(purchase: PurchaseOrder, pegs: dict[int, list[Peg]]) -> dict[int, Reason]:
    """Return why lines are for more than their `pegs`, by key; two queries. Reads `lines` as
    prefetched."""
    lines = list(purchase.lines.all())
    materials = [line.material_id for line in lines]
    points = {
        (material, size): point
        for material, size, point in Item.objects.filter(material__in=materials).values_list(
            "material", "size", "reorder_point"
        )
    }
    offers = {
        offer.material_id: offer
        for offer in SupplierPrice.objects.filter(
            supplier=purchase.supplier_id, material__in=materials
        )
    }
    reasons = {}
    for line in lines:
        offer = offers.get(line.material_id)
        reasons[line.pk] = Reason(
            line.quantity - sum(peg.quantity for peg in pegs.get(line.pk, ())),
            points.get((line.material_id, line.size), 0),
            offer.minimum if offer else 0,
            offer.portion if offer else 0,
        )
    return reasons


@dataclass(frozen=True, slots=True)
class Compared:
    """A line as it was asked for and as it was answered."""

    line: PurchaseLine
    asked: RevisedLine | None
    said: RevisedLine | None

    @property
    def is_same(self) -> bool:
        """Tell whether the supplier said yes to what was asked."""
        return (
            self.asked is not None
            and self.said is not None
            and (self.asked.quantity, self.asked.price, self.asked.on)
            == (self.said.quantity, self.said.price, self.said.on)
        )


def touched_by(
    purchase: PurchaseOrder, revision: PurchaseRevision
) -> list[tuple[Order, list[tuple[PurchaseLine, int]]]]:
    """Return the orders that wait for a purchase, in their turn, and what each would still lack (in
    thousandths) if somebody agreed to this revision."""
    said = {answer.line_id: answer for answer in revision.lines.all()}
    pegs = (
        Peg.objects.filter(line__purchase=purchase)
        .select_related("need__line__order__buyer", "line__material")
        .order_by("need__line__order__turn", "need_id")
    )
    orders: dict[int, Order] = {}
    by_line: dict[int, list[Peg]] = {}
    for peg in pegs:
        by_line.setdefault(peg.line_id, []).append(peg)
        orders.setdefault(peg.need.line.order_id, peg.need.line.order)
    missing: dict[int, list[tuple[PurchaseLine, int]]] = {}
    for line_id, mine in by_line.items():
        for peg, kept in share_out(mine, said[line_id].quantity if line_id in said else 0):
            if kept < peg.quantity:
                lack = (peg.line, peg.quantity - kept)
                missing.setdefault(peg.need.line.order_id, []).append(lack)
    return [(order, missing.get(pk, [])) for pk, order in orders.items()]


def unclaimed(purchase: PurchaseOrder) -> dict[int, int]:
    """Return by line what is still to come for no order and no shelf: thousandths."""
    rows = PurchaseLine.objects.filter(purchase=purchase).order_by("position")
    shelves = set(
        Item.objects.filter(workshop=purchase.workshop_id, reorder_point__gt=0).values_list(
            "material", "size"
        )
    )
    return {
        pk: rest
        for pk, material, size, rest in rows.loose("pk", "material", "size")
        if (material, size) not in shelves
    }


def compared(purchase: PurchaseOrder) -> list[Compared]:
    """Return the lines with what was last asked and what was last answered, side by side.

    Reads what `for_page` loads.
    """
    asked: dict[int, RevisedLine] = {}
    said: dict[int, RevisedLine] = {}
    for revision in sorted(purchase.revisions.all(), key=lambda one: one.number):
        is_ours = revision.side == PurchaseRevision.Side.WORKSHOP
        if is_ours:
            said = {}
        (asked if is_ours else said).update({line.line_id: line for line in revision.lines.all()})
    return [Compared(line, asked.get(line.pk), said.get(line.pk)) for line in purchase.lines.all()]
