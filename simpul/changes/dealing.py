"""What the store has set aside is dealt again, in the turns that the orders have now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Sum
from django.utils.translation import gettext as _

from simpul.orders.models import Order, OrderNeed
from simpul.parties.models import Person, Workshop
from simpul.procurement import planning
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
    begun = Job.objects.filter(line__order=OuterRef("line__order")).exclude(status__in=NOT_BEGUN)
    held = OrderNeed.objects.filter(
        ~Exists(begun),
        line__order__in=Order.objects.running().filter(workshop=workshop),
        material__in={material for material, _size in lacking},
        ready__gt=0,
    ).select_related("line__order")
    found: dict[tuple[int, int], Misdealt] = {}
    for need in held.order_by("line__order__turn", "pk") if lacking else ():
        row, first = lacking.get((need.material_id, need.size), (None, None))
        holder = need.line.order
        if row is None or first is None or (first.turn or 0) >= (holder.turn or 0):
            continue
        mine = found.setdefault((holder.pk, first.pk), Misdealt(holder, first, []))
        if (name := f"{row.material} {row.size}".rstrip()) not in mine.shelves:
            mine.shelves.append(name)
    return list(found.values())


def deal(workshop: Workshop, *, by: Person) -> list[Order]:
    """Let go what is misdealt, and set aside in turn what the store has then; all of it or nothing.

    Return the orders that were served; none where everything lies where it should. Raises WrongState
    where what was let go was bought meanwhile for whom it was meant.
    """
    with transaction.atomic():
        _hold(workshop)
        before = _set_aside(workshop)
        holders = {one.holder for one in misdealt(workshop, planning.wanted(workshop))}
        for order in sorted(holders, key=lambda order: order.pk):
            planning.release(order, by=by)
        served = planning.orders_for_store(planning.wanted(workshop)) if holders else []
        for order in served:
            planning.reserve(order, by=by)
        if holders and _set_aside(workshop) < before:
            raise WrongState(_("Somebody was quicker. Look at the list again."))
    return served


def _set_aside(workshop: Workshop) -> int:
    """Return how much lies ready for running orders, of all materials together."""
    needs = OrderNeed.objects.filter(
        line__order__in=Order.objects.running().filter(workshop=workshop)
    )
    return needs.aggregate(sum=Sum("ready"))["sum"] or 0


def _lacks(row: Wanted) -> Order | None:
    """Return the first paid order that what lies free does not serve."""
    free = row.free
    for asked in row.asked:
        if asked.is_open:
            if asked.quantity > free:
                return asked.order
            free -= asked.quantity
    return None


def _hold(workshop: Workshop) -> None:
    """Lock all that is dealt with, from high to low: nobody begins work or takes material meanwhile."""
    store = Location.of(workshop.pk, Location.Kind.STORE)
    _lock(Job.objects.open().filter(workshop=workshop).order_by("pk"))
    _lock(Order.objects.running().filter(workshop=workshop).order_by("pk"))
    shelves = Balance.objects.filter(location=store, item__material__isnull=False)
    _lock(shelves.order_by("item__material", "item__size"))


def _lock(rows: models.QuerySet[Job] | models.QuerySet[Order] | models.QuerySet[Balance]) -> None:
    list(rows.select_for_update(of=("self",), no_key=True).values_list("pk"))
