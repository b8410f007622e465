"""What is left of each order: what it was sold for, less what its pairs have really cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.contenttypes.models import ContentType
from django.db.models import Sum
from django.utils.translation import gettext as _

from simpul.delivery.models import Shipment, ShipmentQuerySet
from simpul.insight.books.facts import Delivery
from simpul.insight.books.postings import Books, Work
from simpul.insight.books.reports import Period
from simpul.lib.money import split_exactly
from simpul.lib.quantities import MILLI, amount_of
from simpul.orders.models import Order, OrderNeed
from simpul.parties.models import Workshop
from simpul.payments.models import CreditNote
from simpul.procurement.models import ReceivedLine, SupplierPrice
from simpul.production.models import JobStage, StageLog
from simpul.ui.jinja import rupiah
from simpul.workflow.models import Entry

WORST = 5  # are explained
MUCH_FREIGHT = 5  # percent of the price


@dataclass(slots=True)
class Margin:
    """An order whose pairs were all delivered; in rupiah. `planned_` is what its recipe said."""

    order: Order
    sold: int  # less what was credited
    credited: int = 0
    material: int = 0
    wages: int = 0
    freight: int = 0
    planned_material: int = 0
    planned_wages: int = 0

    @property
    def left(self) -> int:
        return self.sold - self.material - self.wages - self.freight

    @property
    def price(self) -> int:
        """What it was sold for at first."""
        return self.sold + self.credited

    @property
    def planned(self) -> int:
        """What would have been left by the recipe, at the prices of the day of the order."""
        return self.price - self.planned_material - self.planned_wages - self.freight

    @property
    def percent(self) -> int:
        return round(100 * self.left / self.sold) if self.sold else 0

    @property
    def planned_percent(self) -> int:
        return round(100 * self.planned / self.price) if self.price else 0

    @property
    def reasons(self) -> list[str]:
        """Say in words why so little is left."""
        found = []
        if (more := self.material - self.planned_material) > 0:
            found.append(_("Material cost %(more)s more than planned.") % {"more": rupiah(more)})
        if (more := self.wages - self.planned_wages) > 0:
            found.append(_("Wages were %(more)s more than planned.") % {"more": rupiah(more)})
        if self.price and 100 * self.freight >= MUCH_FREIGHT * self.price:
            share = {"percent": round(100 * self.freight / self.price)}
            found.append(_("Freight took %(percent)s %% of the price.") % share)
        if self.credited:
            found.append(_("Credit notes took %(amount)s.") % {"amount": rupiah(self.credited)})
        if not found:
            said = {"percent": self.planned_percent}
            if self.left > self.planned:
                found.append(_("Better than planned: the recipe promised %(percent)s %%.") % said)
            else:
                found.append(
                    _("It went as planned: the price itself leaves %(percent)s %%.") % said
                )
        return found


def margins(books: Books, period: Period) -> list[Margin]:
    """Return the orders of which the last pairs were delivered in a period, the worst first.

    Material at its moving average, wages by what was tapped, freight as agreed with couriers, credit
    notes taken off. What was taken from the shelf has cost what it cost the order that it was made for.
    """
    sold = _sold(books, period)
    rows = Order.objects.filter(pk__in=sold).select_related("buyer")
    found = {order.pk: Margin(order, sold[order.pk] // 100) for order in rows.order_by("pk")}
    lines = {
        line: terms.order
        for terms in books.facts.terms
        if terms.order in found
        for line, _pairs, _amount in terms.lines
    }
    for line, work in books.state.work.items():
        if line in lines:
            margin = found[lines[line]]
            margin.material += work.took_material // 100
            margin.wages += work.took_wages // 100
    _plan(books, found, lines)
    for order, freight in freight_of(books.facts.deliveries, _fetched(books), found).items():
        found[order].freight = freight
    notes = CreditNote.objects.standing().filter(order__in=found).order_by()
    for order, amount in notes.values_list("order").annotate(n=Sum("amount")):
        found[order or 0].credited = amount
        found[order or 0].sold -= amount
    return sorted(found.values(), key=lambda one: (one.percent, one.order.pk))


@dataclass(frozen=True, slots=True)
class Cost:
    """What an order has really cost, in rupiah; `lines` is what each of its lines has of material and
    wages."""

    lines: dict[int, int]
    material: int
    wages: int
    freight: int

    @classmethod
    def of(cls, lines: Mapping[int, Work], freight: int) -> Cost:
        spent = {
            line: (work.took_material // 100, work.took_wages // 100)
            for line, work in lines.items()
        }
        return cls(
            {line: material + wages for line, (material, wages) in spent.items()},
            sum(material for material, _wages in spent.values()),
            sum(wages for _material, wages in spent.values()),
            freight,
        )

    @property
    def total(self) -> int:
        return self.material + self.wages + self.freight


def costs_of_delivered(books: Books) -> dict[int, Cost]:
    """Return what each order has cost whose pairs were all delivered: the figures of `margins`."""
    found = _sold(books, Period(date.min, books.until))
    freight = freight_of(books.facts.deliveries, _fetched(books), found)
    work = books.state.work
    return {
        terms.order: Cost.of(
            {line: work.get(line, Work()) for line, _pairs, _amount in terms.lines},
            freight.get(terms.order, 0),
        )
        for terms in books.facts.terms
        if terms.order in found
    }


def freight_of(
    deliveries: Sequence[Delivery], fetched: ShipmentQuerySet, orders: Container[int]
) -> dict[int, int]:
    """Return what the ways of each order cost, in rupiah: of a shipment that brought several, to each
    its share by pairs; and what a courier gets who `fetched` pairs of it back."""
    brought: dict[int, dict[int, int]] = defaultdict(dict)
    for one in deliveries:
        brought[one.pk][one.order] = sum(pairs for _line, pairs in one.pairs)
    ways = [pk for pk, pairs in brought.items() if any(order in orders for order in pairs)]
    fees = Shipment.objects.filter(pk__in=ways).values_list("pk", "fee")
    freight: dict[int, int] = defaultdict(int)
    for pk, fee in fees:
        parts = split_exactly(fee, list(brought[pk].values()))
        for order, part in zip(brought[pk], parts, strict=True):
            if order in orders:
                freight[order] += part
    for order, fee in fetched.order_by().values_list("loads__order", "fee"):
        if order in orders:
            freight[order] += fee
    return freight


def _fetched(books: Books) -> ShipmentQuerySet:
    return Shipment.objects.fetched().filter(workshop=books.workshop)


def _sold(books: Books, period: Period) -> dict[int, int]:
    """Return the sen for which each order was sold whose last pairs were delivered in the period."""
    last: dict[int, date] = {}
    for delivery in books.facts.deliveries:
        last[delivery.order] = max(delivery.on, last.get(delivery.order, date.min))
    found = {}
    for terms in books.facts.terms:
        stands = books.state.orders.get(terms.order)
        if stands is None or last.get(terms.order, date.min) not in period:
            continue
        if all(stands.delivered.get(line, 0) >= pairs for line, pairs, _amount in terms.lines):
            found[terms.order] = stands.sold
    return found


def _plan(books: Books, found: dict[int, Margin], lines: dict[int, int]) -> None:
    """Say what the recipes of these orders, and the rates of their stages, would have cost."""
    needs = OrderNeed.objects.filter(line__order__in=found).values_list(
        "line__order", "material", "quantity", "material__price"
    )
    prices = _known_prices(books.workshop)
    for order, material, quantity, usual in needs:
        margin = found[order]
        price = _best_price(prices.get(material, []), margin.order.placed_at) or usual
        margin.planned_material += amount_of(price, quantity)
    for line, wages in _wages(lines).items():
        found[lines[line]].planned_wages += wages


type _Asked = list[tuple[datetime, int, int]]  # when, supplier, price


def _known_prices(workshop: Workshop) -> dict[int, _Asked]:
    """Return what suppliers asked for each material, by their word or their goods, oldest first."""
    found: dict[int, _Asked] = defaultdict(list)
    quoted = Entry.objects.filter(
        workshop=workshop,
        subject_type=ContentType.objects.get_for_model(SupplierPrice),
        step="procurement.price",
    )
    for at, said in quoted.values_list("at", "facts"):
        price = amount_of(said["price"], MILLI, said.get("unit_size", MILLI))
        found[said["material"]].append((at, said["supplier"], price))
    came = ReceivedLine.objects.filter(
        receipt__purchase__workshop=workshop, good__gt=0, line__price__gt=0
    )
    for at, supplier, material, price, per in came.values_list(
        "receipt__at",
        "receipt__purchase__supplier",
        "line__material",
        "line__price",
        "line__unit_size",
    ):
        found[material].append((at, supplier, amount_of(price, MILLI, per)))
    return {material: sorted(asked) for material, asked in found.items()}


def _best_price(asked: _Asked, at: datetime) -> int:
    """Return the best price that was known then, or the first one that ever was; 0 for none."""
    known = {supplier: price for when, supplier, price in asked if when <= at}
    return min(known.values()) if known else asked[0][2] if asked else 0


def _wages(lines: Collection[int]) -> dict[int, int]:
    """Return what the pairs that were made of each line pay through all stages of their job."""
    rates = JobStage.objects.filter(job__line__in=lines).order_by().values_list("job")
    by_job = dict(rates.annotate(rate=Sum("piece_rate")))
    made = StageLog.objects.filter(stage__job__line__in=lines, stage__is_last=True).order_by()
    found: dict[int, int] = defaultdict(int)
    rows = made.values_list("stage__job", "stage__job__line").annotate(n=Sum("good"))
    for job, line, pairs in rows:
        found[line] += by_job[job] * pairs
    return found
