"""What lies set aside and what is on its way is dealt again, in the turns that the orders have now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Sum
from django.utils.translation import gettext as _

from simpul.catalog.models import Material
from simpul.orders.models import Gate, Order, OrderLine, OrderNeed
from simpul.parties.models import Person, Workshop
from simpul.procurement import planning
from simpul.procurement.models import PurchaseOrder
from simpul.procurement.overtaking import swap, swaps
from simpul.procurement.planning import Wanted
from simpul.production.models import Job
from simpul.production.models import Status as JobStatus
from simpul.stock.models import Balance, Location
from simpul.workflow.steps import WrongState

NOT_BEGUN = (JobStatus.PLANNED, JobStatus.CANCELLED)


class Misdealt(NamedTuple):
    """An order for which material lies set aside that a paid one lacks whose turn is sooner."""

    holder: Order
    lacks: Order
    shelves: list[str]  # the materials and their sizes, in words


def misdealt(workshop: Workshop, rows: Iterable[Wanted]) -> list[Misdealt]:
    """Return what would be dealt otherwise now, in the turns of its holders. An order whose work was
    released keeps its own. `rows` is what is wanted (`planning.wanted`)."""
    lacking = {(row.material.pk, row.size): (row, one) for row in rows if (one := _lacks(row))}
    held = OrderNeed.objects.filter(
        ~Exists(_begun(workshop).filter(line__order=OuterRef("line__order"))),
        line__order__in=Order.objects.running().filter(workshop=workshop),
        material__in={material for material, _size in lacking},
        ready__gt=0,
    ).select_related("line__order")
    in_turn = held.order_by("line__order__turn", "material__code", "size", "pk")
    found = []
    for need in in_turn if lacking else ():
        row, first = lacking.get((need.material_id, need.size), (None, None))
        holder = need.line.order
        if row is not None and first is not None and (first.turn or 0) < (holder.turn or 0):
            found.append((holder, first, f"{row.material} {row.size}".rstrip()))
    return _told(found)


def overtaken(workshop: Workshop, rows: Iterable[Wanted]) -> list[Misdealt]:
    """Return for which orders something comes that one before them lacks, or waits for longer.

    `rows` is what is wanted.
    """
    dealt = list(swaps(workshop, rows, _keeping(workshop)))
    materials = Material.objects.in_bulk({one.shelf[0] for one in dealt}) if dealt else {}
    return _told(
        (one.holder, one.order, f"{materials[one.shelf[0]]} {one.shelf[1]}".rstrip())
        for one in dealt
    )


def deal(workshop: Workshop, *, by: Person) -> list[Order]:
    """Let go what is misdealt, and set aside in turn what the store has then; then let orders have
    each other's of what is on its way. All of it or nothing.

    Return the orders that were served; none where everything is in turn. Raises WrongState where what
    was let go was bought meanwhile for whom it was meant.
    """
    served: list[Order] = []
    with transaction.atomic():
        held = _hold(workshop)
        rows = planning.wanted(workshop)
        if holders := {one.holder for one in misdealt(workshop, rows)}:
            before = _set_aside(workshop)
            for order in sorted(holders, key=lambda order: order.pk):
                planning.release(order, by=by)
            served += planning.orders_for_store(planning.wanted(workshop))
            for order in served:
                planning.reserve(order, by=by)
            if _set_aside(workshop) < before:
                raise WrongState(_("Somebody was quicker. Look at the list again."))
            rows = planning.wanted(workshop)
        sooner = list(swaps(workshop, rows, _keeping(workshop), held))
        for one in sooner:
            swap(one, by=by)
    return list(dict.fromkeys(served + [one.order for one in sooner]))


def _told(found: Iterable[tuple[Order, Order, str]]) -> list[Misdealt]:
    """Put together what was found of the same two orders; each material once."""
    told: dict[tuple[Order, Order], Misdealt] = {}
    for holder, first, name in found:
        mine = told.setdefault((holder, first), Misdealt(holder, first, []))
        if name not in mine.shelves:
            mine.shelves.append(name)
    return list(told.values())


def _set_aside(workshop: Workshop) -> int:
    """Return how much lies ready for paid orders, of all materials together."""
    running = Order.objects.running().filter(workshop=workshop, lines__needs__ready__gt=0)
    orders = running.distinct().prefetch_related("instalments")
    paid = [order.pk for order in orders if order.is_open(Gate.PROCUREMENT)]
    needs = OrderNeed.objects.filter(line__order__in=paid)
    return needs.aggregate(sum=Sum("ready"))["sum"] or 0


def _lacks(row: Wanted) -> Order | None:
    """Return the first paid order that neither the store serves nor, in time, what is on its way for
    none."""
    late = {one.asked.need for one in row.claims if one.coming.day > one.asked.needed_on}
    lacking = late | {asked.need for asked, _rest in row.lacking}
    return next((asked.order for asked in row.asked if asked.need in lacking), None)


def _begun(workshop: Workshop) -> models.QuerySet[Job]:
    return Job.objects.filter(workshop=workshop).exclude(status__in=NOT_BEGUN)


def _keeping(workshop: Workshop) -> set[int]:
    """Return the running orders whose work was released, by their keys."""
    running = Order.objects.running().filter(workshop=workshop)
    return set(
        _begun(workshop).filter(line__order__in=running).values_list("line__order", flat=True)
    )


def _hold(workshop: Workshop) -> set[int]:
    """Lock all that is dealt with, from high to low, and return the purchases: nobody begins work or
    takes material meanwhile."""
    store = Location.of(workshop.pk, Location.Kind.STORE)
    running = Order.objects.running().filter(workshop=workshop)
    purchases = _lock(PurchaseOrder.objects.open().filter(workshop=workshop).order_by("pk"))
    _lock(Job.objects.open().filter(workshop=workshop).order_by("pk"))
    _lock(running.order_by("pk"))
    _lock(OrderLine.objects.filter(order__in=running).order_by("pk"))
    shelves = Balance.objects.filter(location=store, item__material__isnull=False)
    _lock(shelves.order_by("item__material", "item__size"))
    return purchases


def _lock(rows: models.QuerySet[Any]) -> set[int]:
    return set(rows.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
