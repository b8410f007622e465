"""Work that is given out: pairs at a stage, with their material, at somebody's home."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock
from simpul.orders.models import OrderNeed
from simpul.parties.models import Person, Workshop
from simpul.parties.roles import Role

if TYPE_CHECKING:
    from simpul.production.models.job import Job, JobSize, JobStage

READERS = {Role.OWNER, Role.PRODUCTION, Role.STOCK, Role.MACHINE}


class Status(models.TextChoices):
    OUT = "out", _("given out")
    BACK = "back", _("back")


class OutworkQuerySet(models.QuerySet["Outwork"]):
    def visible_to(self, person: Person) -> Self:
        """Who leads the work and who keeps the material see what is out, and with whom."""
        sees = person.is_staff and person.role in READERS
        return self.filter(workshop=person.workshop_id) if sees else self.none()

    def open(self) -> Self:
        return self.filter(status=Status.OUT)

    def late(self, today: date) -> Self:
        return self.open().filter(due_on__lt=today)

    def for_list(self) -> Self:
        """Load what a row shows, with how many pairs are still out."""
        out = F("sizes__given") - F("sizes__good") - F("sizes__reject")
        return self.select_related(
            "stage__job__line__order__buyer", "stage__job__line__colourway__product"
        ).annotate(pairs_out=Sum(out))


class Outwork(models.Model):
    """Pairs of one stage of a job that somebody makes outside, at a rate, until a day.

    They are counted when they come back, as counts of that stage; so their wage is settled with
    the others'.
    """

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    stage = models.ForeignKey("production.JobStage", models.PROTECT, related_name="outwork")
    number = models.CharField(max_length=20, editable=False)
    status = models.CharField(max_length=4, choices=Status, default=Status.OUT, editable=False)
    worker = models.CharField(max_length=60)
    telephone = models.CharField(max_length=16, blank=True)  # E.164
    rate = models.PositiveIntegerField()  # rupiah a pair
    due_on = models.DateField()
    words = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    back_at = models.DateTimeField(null=True, editable=False)

    objects = OutworkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "number"], name="outwork_number_once")
        ]
        indexes = [models.Index(fields=["workshop", "status", "due_on"])]

    if TYPE_CHECKING:
        stage: JobStage  # type: ignore[no-redef]
        pairs_out: int  # where `for_list` was asked for

    def __str__(self) -> str:
        return self.number

    @property
    def is_out(self) -> bool:
        return self.status == Status.OUT

    def is_late(self, today: date) -> bool:
        return self.is_out and self.due_on < today


class OutworkSize(models.Model):
    """So many pairs of a size were given out; so many came back good, and so many spoiled."""

    outwork = models.ForeignKey(Outwork, models.PROTECT, related_name="sizes", db_index=False)
    size = models.ForeignKey("production.JobSize", models.PROTECT, related_name="outwork")
    given = models.PositiveIntegerField()
    good = models.PositiveIntegerField(default=0, editable=False)
    reject = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["outwork", "size"], name="outwork_size_once"),
            models.CheckConstraint(
                condition=Q(given__gt=0, given__gte=F("good") + F("reject")),
                name="outwork_back_within_given",
            ),
        ]

    if TYPE_CHECKING:
        size: JobSize  # type: ignore[no-redef]

    def __str__(self) -> str:
        return f"{self.given} of {self.size_id}"

    @property
    def back(self) -> int:
        return self.good + self.reject

    @property
    def out(self) -> int:
        return self.given - self.back


class OutworkMaterial(models.Model):
    """So much of a need went along; so much of it was used, and so much came back unused.

    Thousandths of the material's unit.
    """

    outwork = models.ForeignKey(Outwork, models.PROTECT, related_name="material", db_index=False)
    need = models.ForeignKey(OrderNeed, models.PROTECT, related_name="+")
    quantity = models.PositiveBigIntegerField()
    used = models.PositiveBigIntegerField(default=0, editable=False)
    returned = models.PositiveBigIntegerField(default=0, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["outwork", "need"], name="outwork_material_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, quantity__gte=F("used") + F("returned")),
                name="outwork_material_within_given",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} for {self.need_id}"

    @property
    def left(self) -> int:
        """What is still there."""
        return self.quantity - self.used - self.returned


type Out = dict[tuple[int, int], int]  # stage and size -> pairs


def outs(jobs: Iterable[Job]) -> dict[int, Out]:
    """Return of each of these jobs the pairs that are outside, in one query."""
    rows = OutworkSize.objects.filter(
        outwork__status=Status.OUT, outwork__stage__job__in=jobs
    ).values_list("outwork__stage__job", "outwork__stage", "size")
    out = Sum(F("given") - F("good") - F("reject"))
    found: dict[int, Out] = {}
    for job, stage, size, pairs in rows.order_by().annotate(n=out):
        found.setdefault(job, {})[stage, size] = pairs
    return found
