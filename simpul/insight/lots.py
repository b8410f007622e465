"""Which delivery of a material went into which order: as the foreman said, else as the rule tells."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext as _

from simpul.lib import clock
from simpul.orders.models import Order, OrderLine, OrderNeed
from simpul.procurement.models import GoodsReceipt
from simpul.production.models import Job
from simpul.stock.lots import Lot, trace_of
from simpul.stock.models import Item


class Went(NamedTuple):
    """So much of a lot went into an order; of that, so much is chosen, the rest is by the rule."""

    order: Order
    quantity: int
    chosen: int


class TracedLot(NamedTuple):
    """A lot of material with what it came by and where it went. Thousandths of its unit."""

    lot: Lot
    receipt: GoodsReceipt | None  # none: it was found by a count
    orders: list[Went]
    lost: int  # thrown away, or missing at a count

    @property
    def on(self) -> date:
        return clock.day_of(self.lot.at)

    @property
    def marks(self) -> str:
        """The number of the paper it came with, and the mark that it was given, where it has them."""
        return " · ".join(filter(None, [str(self.receipt or ""), self.lot.mark]))

    @property
    def name(self) -> str:
        """The same for people."""
        return self.marks if self.receipt else _("found by a count")

    def of_order(self, order: Order) -> Went:
        return next((one for one in self.orders if one.order == order), Went(order, 0, 0))

    def chosen_by(self, job: Job) -> int:
        return self.lot.chosen.get(_key(job), 0)

    def used_by(self, job: Job) -> int:
        return self.lot.of(_key(job))


def lots_of(items: Iterable[Item]) -> list[TracedLot]:
    """Return the lots of some items of material, the oldest first; a fixed number of queries."""
    lots = trace_of(items).lots
    kinds = ContentType.objects.get_for_models(GoodsReceipt, Job)
    receipt_kind, job_kind = kinds[GoodsReceipt].pk, kinds[Job].pk
    receipts = GoodsReceipt.objects.select_related("purchase__supplier").in_bulk(
        {lot.subject[1] for lot in lots if lot.subject[0] == receipt_kind}
    )
    order_of = _orders({key for lot in lots for kind, key in lot.takers if kind == job_kind})
    found = []
    for lot in lots:
        kind, key = lot.subject
        receipt = receipts.get(key) if kind == receipt_kind else None
        lost = sum(lot.of(one) for one in lot.takers if one[0] != job_kind)
        found.append(TracedLot(lot, receipt, _went(lot, job_kind, order_of), lost))
    return found


def lots_in(order: Order) -> list[TracedLot]:
    """Return the lots of which something went into an order, by material and age."""
    needs = OrderNeed.objects.filter(line__order=order, issued__gt=0)
    items = _items(order.workshop_id, needs)
    return _sorted(one for one in lots_of(items) if one.of_order(order).quantity)


def lots_of_lines(order: Order, lines: list[OrderLine]) -> list[TracedLot]:
    """Return the lots of which something went into the work on some lines of an order."""
    needs = OrderNeed.objects.filter(line__in=lines, issued__gt=0)
    jobs = list(Job.objects.filter(line__in=lines))
    lots = lots_of(_items(order.workshop_id, needs))
    return _sorted(one for one in lots if any(one.used_by(job) for job in jobs))


def lots_for(job: Job) -> list[TracedLot]:
    """Return the lots of what a job has used, by material and age: any of them may be named."""
    lots = lots_of(_items(job.workshop_id, job.line.needs.all()))
    used = {one.lot.item.pk for one in lots if one.used_by(job)}
    return _sorted(one for one in lots if one.lot.item.pk in used)


# Inside


def _items(workshop: int, needs: models.QuerySet[OrderNeed]) -> list[Item]:
    wanted = set(needs.values_list("material", "size"))
    materials = {material for material, _size in wanted}
    found = Item.objects.filter(workshop=workshop, material__in=materials)
    rows = found.select_related("material")
    return [item for item in rows if (item.material_id, item.size) in wanted]


def _key(job: Job) -> tuple[int, int]:
    return ContentType.objects.get_for_model(Job).pk, job.pk


def _sorted(lots: Iterable[TracedLot]) -> list[TracedLot]:
    return sorted(lots, key=lambda one: (one.lot.item.code, one.lot.item.size, one.lot.key))


def _orders(jobs: set[int]) -> dict[int, Order]:
    """Return by job for which order it is."""
    rows = dict(Job.objects.filter(pk__in=jobs).values_list("pk", "line__order"))
    orders = Order.objects.select_related("buyer").in_bulk(set(rows.values()))
    return {job: orders[order] for job, order in rows.items()}


def _went(lot: Lot, job_kind: int, order_of: dict[int, Order]) -> list[Went]:
    """Say into which orders a lot went, the jobs of one order put together."""
    found: dict[int, Went] = {}
    for subject in sorted(lot.takers):
        if subject[0] == job_kind:
            order = order_of[subject[1]]
            before = found.get(order.pk, Went(order, 0, 0))
            found[order.pk] = Went(
                order,
                before.quantity + lot.of(subject),
                before.chosen + lot.chosen.get(subject, 0),
            )
    return [found[key] for key in sorted(found)]
