"""What the work has come to when an order is changed, and what it gives back."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _

from simpul.orders.models import LineSize, Order, Status, Track
from simpul.parties.models import Person
from simpul.production.models import Job, JobSize, OwnPairs, StageLog
from simpul.production.models.outwork import outs
from simpul.stock.models import Item, Location, Reservation
from simpul.workflow.steps import WrongState, step


class Underway(NamedTuple):
    """Pairs of a size that an open job has not finished: those begun, and all that it is to make."""

    begun: int
    planned: int


def in_work(order: Order) -> dict[int, Underway]:
    """Return by line size what is on its way through the stages, in the house or outside.

    Pairs of a model that is made in one go are begun and finished at once.
    """
    found = {}
    jobs = Job.objects.filter(line__order=order).open().prefetch_related("stages", "sizes")
    sums = StageLog.objects.filter(stage__job__in=jobs).sums()
    outside = outs(jobs)
    for job in jobs:
        stages = sorted(job.stages.all(), key=lambda stage: stage.position)
        for size in job.sizes.all():
            counted = [sums.get((stage.pk, size.pk), (0, 0, 0)) for stage in stages]
            spoiled = sum(reject for _good, reject, _rework in counted[1:])
            out = outside.get(job.pk, {}).get((stages[0].pk, size.pk), 0)
            finished = counted[-1][0]
            found[size.line_size_id] = Underway(
                begun=counted[0][0] - spoiled - finished + out, planned=size.pairs - finished
            )
    return found


@step("production.free", source=Status.CONFIRMED)
def free(order: Order, *, by: Person, pairs: dict[LineSize, int]) -> None:
    """Let finished pairs go that the order does not want any more: they are the workshop's own."""
    finished = Location.of(order.workshop_id, Location.Kind.FINISHED)
    for size, count in sorted(pairs.items(), key=lambda pair: pair[0].pk):
        if size.made - count < size.packed:
            raise WrongState(_("These pairs are packed already."))
        Reservation.release(Item.of_variant(size.variant), finished, count, size)
        size.advance(Track.MADE, -count)
        make_own(size, count)


def make_own(wanted: LineSize, pairs: int) -> None:
    """Let the jobs that made these pairs know, the latest first, that no order wants them any more.

    Pairs that were taken from the shelf are of none.
    """
    OwnPairs.note(wanted, pairs)
    sizes = JobSize.objects.filter(line_size=wanted).order_by("-job")
    made = Sum("logs__good", filter=Q(logs__stage__is_last=True), default=0)
    for pk, kept in sizes.values_list("pk", made - F("own")):
        if more := min(pairs, kept):
            JobSize.objects.filter(pk=pk).update(own=F("own") + more)
            pairs -= more
