"""What is left of each order: what it was sold for, less what its pairs have really cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum
from django.utils.translation import gettext as _

from simpul.delivery.models import Shipment
from simpul.insight.books.chart import Account
from simpul.insight.books.facts import price_on
from simpul.insight.books.postings import Books
from simpul.insight.books.reports import Period
from simpul.lib.quantities import amount_of
from simpul.orders.models import Order, OrderNeed
from simpul.production.models import Job, JobStage
from simpul.production.models.job import Status
from simpul.ui.jinja import rupiah

WORST = 5  # are explained
AWAY = {"delivery", "end"}  # what takes cost away from a line again


@dataclass(slots=True)
class Margin:
    """An order whose pairs were all delivered; in rupiah. `planned_` is what its recipe said."""

    order: Order
    sold: int
    material: int = 0
    wages: int = 0
    freight: int = 0
    planned_material: int = 0
    planned_wages: int = 0

    @property
    def left(self) -> int:
        return self.sold - self.material - self.wages - self.freight

    @property
    def planned(self) -> int:
        """What would have been left by the recipe, at the prices of the day of the order."""
        return self.sold - self.planned_material - self.planned_wages - self.freight

    @property
    def percent(self) -> int:
        return round(100 * self.left / self.sold) if self.sold else 0

    @property
    def planned_percent(self) -> int:
        return round(100 * self.planned / self.sold) if self.sold else 0

    @property
    def reasons(self) -> list[str]:
        """Say in words why so little is left."""
        found = []
        if (more := self.material - self.planned_material) > 0:
            found.append(_("Material cost %(more)s more than planned.") % {"more": rupiah(more)})
        if (more := self.wages - self.planned_wages) > 0:
            found.append(_("Wages were %(more)s more than planned.") % {"more": rupiah(more)})
        if self.freight and 100 * self.freight >= 5 * self.sold:
            share = {"percent": round(100 * self.freight / self.sold)}
            found.append(_("Freight took %(percent)s %% of the price.") % share)
        if not found:
            said = {"percent": self.planned_percent}
            found.append(_("It went as planned: the price itself leaves %(percent)s %%.") % said)
        return found


def margins(books: Books, period: Period) -> list[Margin]:
    """Return the orders of which the last pairs were delivered in a period, the worst first.

    Material at its moving average, wages by what was tapped, freight as agreed with couriers. What
    was taken from the shelf has no cost of its own.
    """
    sold = _sold(books, period)
    rows = Order.objects.filter(pk__in=sold).select_related("buyer")
    found = {order.pk: Margin(order, sold[order.pk] // 100) for order in rows.order_by("pk")}
    lines = {
        line: (terms.order, pairs)
        for terms in books.facts.terms
        if terms.order in found
        for line, pairs, _amount in terms.lines
    }
    for line, (material, wages) in _costs(books).items():
        if line in lines:
            margin = found[lines[line][0]]
            margin.material += material // 100
            margin.wages += wages // 100
    _plan(books, found, lines)
    shipped = Shipment.objects.filter(order__in=found, delivered_at__isnull=False).order_by()
    for order, fee in shipped.values_list("order").annotate(n=Sum("fee")):
        found[order].freight = fee
    return sorted(found.values(), key=lambda one: (one.percent, one.order.pk))


def _sold(books: Books, period: Period) -> dict[int, int]:
    """Return the sen for which each order was sold, if its last delivery lies in the period."""
    last: dict[int, date] = {}
    for posting in books.postings:
        if posting.what == "delivery":
            for line in posting.lines:
                if line.account == Account.SALES and isinstance(line.detail, int):
                    last[line.detail] = posting.on
    found = {}
    for terms in books.facts.terms:
        stands = books.state.orders.get(terms.order)
        is_whole = stands is not None and stands.sold == terms.total * 100
        if stands is not None and is_whole and last.get(terms.order, date.max) in period:
            found[terms.order] = stands.sold
    return found


def _costs(books: Books) -> dict[int, tuple[int, int]]:
    """Return the sen of material and of wages that each line has taken."""
    material: dict[int, int] = defaultdict(int)
    wages: dict[int, int] = defaultdict(int)
    for posting in books.postings:
        if posting.what not in AWAY:
            kind = wages if posting.what == "work" else material
            for line in posting.lines:
                if line.account == Account.WORK and isinstance(line.detail, int):
                    kind[line.detail] += line.sen
    return {line: (material[line], wages[line]) for line in material.keys() | wages.keys()}


def _plan(books: Books, found: dict[int, Margin], lines: dict[int, tuple[int, int]]) -> None:
    """Say what the recipes of these orders, and the rates of their stages, would have cost."""
    needs = OrderNeed.objects.filter(line__order__in=found).values_list(
        "line__order", "material", "quantity", "material__price"
    )
    for order, material, quantity, usual in needs:
        margin = found[order]
        known = books.facts.purchased.prices.get(material)
        price = price_on(known, margin.order.placed_at) if known else usual
        margin.planned_material += amount_of(price, quantity)
    for line, rate in _rates(lines).items():
        order, pairs = lines[line]
        found[order].planned_wages += rate * pairs


def _rates(lines: Collection[int]) -> dict[int, int]:
    """Return what a pair of each line pays through all its stages, as its work was planned."""
    jobs = Job.objects.filter(line__in=lines).exclude(status=Status.CANCELLED)
    rows = JobStage.objects.filter(job__in=jobs).order_by("job").values_list("job", "job__line")
    sums = rows.annotate(rate=Sum("piece_rate"))
    return {line: rate for _job, line, rate in sums}
