"""What was counted at a stage of a job."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Case, F, Q, Sum, When

from simpul.lib import clock
from simpul.parties.models import Person
from simpul.production.models.causes import LONGEST_CAUSE, cause_label

if TYPE_CHECKING:
    from simpul.production.models.job import Job, JobSize, JobStage
    from simpul.production.models.outwork import Outwork


class StageLogQuerySet(models.QuerySet["StageLog"]):
    def of(self, job: Job) -> Self:
        return self.filter(stage__job=job)

    def sums(self) -> Sums:
        """Add up what was counted: stage and size -> good, rejected, mended."""
        rows = self.order_by().values_list("stage", "size")
        return {
            (stage, size): (good, reject, rework)
            for stage, size, good, reject, rework in rows.annotate(
                g=Sum("good"), r=Sum("reject"), w=Sum("rework")
            )
        }

    def standing(self) -> Self:
        """Those that were not taken back."""
        return self.filter(reverses=None, reversed_by=None)

    def earning(self, workshop_id: int) -> Self:
        """Those of a workshop for which somebody is paid by the piece."""
        return self.filter(stage__job__workshop=workshop_id, rate__gt=0).exclude(worker="")

    def with_earned_at(self) -> Self:
        """Add the moment at which each counts for the wages: a reversal with what it reverses, so
        that a wrong count is never paid. One of a count that was settled before is a minus later.
        """
        together = Q(reverses__settled=None) | Q(settled__slip=F("reverses__settled__slip"))
        goes_along: Any = When(Q(reverses__isnull=False) & together, then=F("reverses__at"))
        return self.annotate(earned_at=Case(goes_along, default=F("at")))

    def open_wages(self, last_on: date) -> Self:
        """Those up to the end of a day that no wage sheet has settled yet."""
        end = clock.begin_of(last_on + timedelta(days=1))
        return self.with_earned_at().filter(earned_at__lt=end, settled=None)


type Sums = dict[tuple[int, int], tuple[int, int, int]]


class StageLog(models.Model):
    """A fact: so many pairs of a size left a stage good, spoiled or mended.

    Never changed; one that was wrong is followed by its opposite, which names it.
    """

    stage = models.ForeignKey(
        "production.JobStage", models.PROTECT, related_name="logs", db_index=False
    )
    size = models.ForeignKey("production.JobSize", models.PROTECT, related_name="logs")
    good = models.IntegerField(default=0)
    reject = models.IntegerField(default=0)
    rework = models.IntegerField(default=0)
    cause = models.CharField(max_length=LONGEST_CAUSE, blank=True)  # empty: not said
    worker = models.CharField(max_length=60, blank=True)
    rate = models.PositiveIntegerField(default=0)  # rupiah a pair, as it was then
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    client_id = models.CharField(max_length=36, blank=True)
    outwork = models.ForeignKey(
        "production.Outwork", models.PROTECT, null=True, related_name="logs"
    )
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )

    objects = StageLogQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "size", "client_id"],
                condition=~Q(client_id=""),
                name="stage_log_once",
            ),
            models.CheckConstraint(
                condition=Q(reverses__isnull=False) | Q(good__gte=0, reject__gte=0, rework__gte=0),
                name="stage_log_counts_up",
            ),
            models.CheckConstraint(
                condition=Q(cause="") | ~Q(reject=0, rework=0), name="stage_log_cause_of_something"
            ),
        ]
        indexes = [models.Index(fields=["stage", "size"]), models.Index(fields=["at"])]

    if TYPE_CHECKING:
        stage: JobStage  # type: ignore[no-redef]
        size: JobSize  # type: ignore[no-redef]
        outwork: Outwork | None  # type: ignore[no-redef]

    def __str__(self) -> str:
        return f"{self.good} good at {self.stage_id}"

    @property
    def cause_label(self) -> str:
        return cause_label(self.cause)

    @property
    def wage(self) -> int:
        return self.good * self.rate
