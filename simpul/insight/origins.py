"""From a complaint to the lot and the hand: what its pairs were made of, who worked on them and
when, and whose other orders have the same in them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Sum

from simpul.conversations.models import Message, Ticket
from simpul.insight.lots import TracedLot, lots_of_lines
from simpul.lib import clock
from simpul.orders.models import Order, OrderLine
from simpul.production.models import Job, JobStage, StageLog


class Work(NamedTuple):
    """So many good pairs left a stage of a job on one day, from one pair of hands."""

    key: int  # of the first of its counts
    job: Job
    stage: JobStage
    worker: str  # empty: nobody was named
    on: date
    pairs: int


class Affected(NamedTuple):
    """Another order with the same in it: thousandths of a material's unit, or pairs."""

    order: Order
    quantity: int


class Origin:
    """The pairs that a ticket is about: those that it names, else all of its order."""

    def __init__(self, order: Order, ticket: Ticket) -> None:
        self.order = order
        lines = order.lines.order_by("pk")
        named = {one["line"]: set(one["sizes"]) for one in ticket.pairs}
        self.lines: list[OrderLine] = list(lines.filter(pk__in=named) if named else lines)
        self.sizes = {size for sizes in named.values() for size in sizes}

    def lots(self) -> list[TracedLot]:
        """Return the lots of which something went into the work on these lines."""
        return lots_of_lines(self.order, self.lines)

    def works(self) -> list[Work]:
        """Return who worked on them at which stage and day; a size is followed, not a single pair."""
        logs = _standing().filter(stage__job__line__in=self.lines)
        if self.sizes:
            logs = logs.filter(size__line_size__variant__size__in=self.sizes)
        found: dict[tuple[int, str, date], Work] = {}
        for log in logs.select_related("stage__job").order_by("pk"):
            key = (log.stage_id, log.worker, clock.day_of(log.at))
            first = found.get(key) or Work(log.pk, log.stage.job, log.stage, *key[1:], pairs=0)
            found[key] = first._replace(pairs=first.pairs + log.good + log.rework)
        return sorted(
            found.values(), key=lambda one: (one.job.pk, one.stage.position, one.on, one.key)
        )

    def with_lot(self, lot: TracedLot) -> list[Affected]:
        """Return the other orders into which something of a lot went, the newest first."""
        others = [went for went in lot.orders if went.order != self.order]
        return [Affected(went.order, went.quantity) for went in reversed(others)]

    def with_work(self, work: Work) -> list[Affected]:
        """Return the other orders that went through the same hands at this stage on that day."""
        logs = _standing().filter(
            stage__job__workshop=self.order.workshop_id,
            stage__name=work.stage.name,
            worker=work.worker,
            at__gte=clock.begin_of(work.on),
            at__lt=clock.begin_of(work.on + timedelta(days=1)),
        )
        others = logs.exclude(stage__job__line__order=self.order).order_by()
        rows = others.values_list("stage__job__line__order").annotate(n=Sum("good") + Sum("rework"))
        pairs: dict[int, int] = dict(rows)
        orders = Order.objects.filter(pk__in=pairs).select_related("buyer").order_by("-pk")
        return [Affected(order, pairs[order.pk]) for order in orders]


def origin_of(ticket: Ticket) -> Origin | None:
    """Return what the pairs of a customer's ticket came from; None where it is about no order."""
    order = ticket.subject if ticket.is_of_customer else None
    return Origin(order, ticket) if isinstance(order, Order) else None


def written_to_since(orders: list[Order], ticket: Ticket) -> set[int]:
    """Return which of some orders the workshop has written to since the ticket is open; one query."""
    said = Message.objects.filter(
        conversation__subject_type=ContentType.objects.get_for_model(Order),
        conversation__subject_id__in=[one.pk for one in orders],
        by__party=None,
        at__gte=ticket.opened_at,
    )
    return set(said.values_list("conversation__subject_id", flat=True))


# Inside


def _standing() -> models.QuerySet[StageLog]:
    """What was counted and not taken back."""
    return StageLog.objects.filter(reverses=None, reversed_by=None)
