"""Which delivery of a material went into which order. Computed, not kept.

A lot is what came of a material with one goods receipt, or was found by a count. What lies longest is
used first (FIFO), as the shelf is meant to be; so the trace is as true as that is kept to. What an
outworker brings back unused goes back to the lots it was taken from, the last first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.contrib.contenttypes.models import ContentType

from simpul.lib import clock
from simpul.orders.models import Order
from simpul.procurement.models import GoodsReceipt
from simpul.production.models import Job
from simpul.stock.models import Item, Location, Movement


@dataclass(slots=True)
class Lot:
    """So many thousandths of an item that came at once, where they went, and what is left of them."""

    item: Item
    on: date
    came: int
    receipt: GoodsReceipt | None  # none: it was found by a count
    left: int = 0
    used: dict[int, int] = field(default_factory=dict)  # by job
    orders: list[tuple[Order, int]] = field(default_factory=list)
    lost: int = 0  # thrown away, or missing at a count

    def of_order(self, order: Order) -> int:
        return sum(quantity for one, quantity in self.orders if one.pk == order.pk)


def lots_of(items: Iterable[Item]) -> list[Lot]:
    """Return the lots of some items of material, the oldest first; a fixed number of queries."""
    by_item = {item.pk: item for item in items}
    kinds = ContentType.objects.get_for_models(GoodsReceipt, Job)
    receipt_kind, job_kind = kinds[GoodsReceipt].pk, kinds[Job].pk
    moves = Movement.objects.filter(item__in=by_item).order_by("pk")
    rows = list(
        moves.values_list(
            "item",
            "quantity",
            "source__kind",
            "target__kind",
            "subject_type",
            "subject_id",
            "at",
        )
    )
    receipts = GoodsReceipt.objects.select_related("purchase__supplier").in_bulk(
        {row[5] for row in rows if row[4] == receipt_kind}
    )
    found: dict[int, list[Lot]] = {key: [] for key in by_item}
    for item, quantity, source, target, kind, subject, at in rows:
        mine = found[item]
        job = subject if kind == job_kind else None
        if source == Location.Kind.STORE:
            _take(mine, quantity, job)
        elif target == Location.Kind.STORE and job is not None:
            _give_back(mine, quantity, job)
        elif target == Location.Kind.STORE:
            receipt = receipts.get(subject) if kind == receipt_kind else None
            mine.append(Lot(by_item[item], clock.day_of(at), quantity, receipt, left=quantity))
    lots = [lot for mine in found.values() for lot in mine]
    _name_orders(lots)
    return lots


def lots_in(order: Order) -> list[Lot]:
    """Return the lots of which something went into an order, by material and age."""
    needs = order.lines.filter(needs__issued__gt=0).values_list("needs__material", "needs__size")
    wanted = set(needs)
    items = [
        item
        for item in Item.objects.filter(
            workshop=order.workshop_id, material__in={material for material, _size in wanted}
        ).select_related("material")
        if (item.material_id, item.size) in wanted
    ]
    lots = [lot for lot in lots_of(items) if lot.of_order(order)]
    return sorted(lots, key=lambda lot: (lot.item.code, lot.item.size, lot.on))


# Inside


def _take(lots: list[Lot], quantity: int, job: int | None) -> None:
    for lot in lots:
        share = min(lot.left, quantity)
        if share:
            lot.left -= share
            quantity -= share
            if job is None:
                lot.lost += share
            else:
                lot.used[job] = lot.used.get(job, 0) + share


def _give_back(lots: list[Lot], quantity: int, job: int) -> None:
    for lot in reversed(lots):
        share = min(lot.used.get(job, 0), quantity)
        if share:
            lot.used[job] -= share
            lot.left += share
            quantity -= share


def _name_orders(lots: list[Lot]) -> None:
    """Say of each lot into which orders it went, the jobs of one order put together."""
    jobs = dict(
        Job.objects.filter(pk__in={job for lot in lots for job in lot.used}).values_list(
            "pk", "line__order"
        )
    )
    orders = Order.objects.select_related("buyer").in_bulk(set(jobs.values()))
    for lot in lots:
        sums: dict[int, int] = {}
        for job, quantity in lot.used.items():
            if quantity:
                sums[jobs[job]] = sums.get(jobs[job], 0) + quantity
        lot.orders = [(orders[key], sums[key]) for key in sorted(sums)]
