"""The work: a job for each line of an order, counted stage by stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from django.db import models
from django.db.models import Q, Sum
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.catalog.models import Stage
from simpul.lib import clock
from simpul.orders.models import Gate, LineSize, Order, OrderLine, OrderNeed, Track
from simpul.orders.models import Status as OrderStatus
from simpul.parties.models import Person, Workshop, in_this_language
from simpul.stock.models import Balance, Item, Location, Movement, Reservation
from simpul.workflow.models import NumberSeries
from simpul.workflow.steps import Refused, WrongState, creation, step


class NoMaterial(Refused):
    """The store has not yet what the stage eats."""


class TooMany(Refused):
    """More pairs than the stage before has let through, or than were ordered."""


class Status(models.TextChoices):
    PLANNED = "planned", _("planned")
    RELEASED = "released", _("released")
    RUNNING = "running", _("in work")
    HELD = "held", _("held")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")


MOST = 100_000  # pairs; the first stage may reject as often as it must
LIVE = (Status.PLANNED, Status.RELEASED, Status.RUNNING, Status.HELD)


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, person: Person) -> Self:
        return self.filter(workshop_id=person.workshop_id) if person.is_staff else self.none()

    def live(self) -> Self:
        return self.filter(status__in=LIVE)

    def for_order(self, order: Order) -> Self:
        jobs = self.filter(line__order=order).select_related("line__colourway__product")
        return jobs.order_by("pk")

    def for_list(self) -> Self:
        return self.select_related("line__order__buyer", "line__colourway__product").annotate(
            pairs=Sum("line__sizes__pairs"), made=Sum("line__sizes__made")
        )

    def for_page(self) -> Self:
        return self.select_related(
            "line__order__buyer", "line__order__workshop", "line__colourway__product"
        ).prefetch_related(
            "stages__logs", "line__sizes__variant", "line__needs__material", "line__colourway__photo"
        )


class Job(models.Model):
    """The work on one line (SPK): so many pairs of each size through all stages."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+")
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="jobs")
    number = models.CharField(max_length=20, blank=True, editable=False)
    status = models.CharField(
        max_length=10, choices=Status, default=Status.PLANNED, editable=False
    )
    reason = models.CharField(max_length=300, blank=True, editable=False)
    planned_at = models.DateTimeField(default=clock.now, editable=False)
    released_at = models.DateTimeField(null=True, editable=False)
    done_at = models.DateTimeField(null=True, editable=False)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["line"], condition=~Q(status="cancelled"), name="job_once_a_line"
            ),
            models.UniqueConstraint(
                fields=["workshop", "number"], condition=~Q(number=""), name="job_number_once"
            ),
        ]

    def __str__(self) -> str:
        return self.number or _now("planned job")

    # Steps

    @classmethod
    @creation("production.plan")
    def plan(cls, *, by: Person, line: OrderLine) -> Job:
        """Plan the work on a line, with the stages that its model has today."""
        if line.order.status != OrderStatus.CONFIRMED:
            raise WrongState(_now("There is nothing to make for this order."))
        if cls.objects.filter(line=line).exclude(status=Status.CANCELLED).exists():
            raise WrongState(_now("The work on this line is planned already."))
        job = cls.objects.create(workshop_id=line.order.workshop_id, line=line)
        stages = line.colourway.product.stages.order_by("position")
        JobStage.objects.bulk_create(
            JobStage(
                job=job,
                stage=stage,
                position=position,
                name=stage.name,
                name_en=stage.name_en,
                piece_rate=stage.piece_rate,
            )
            for position, stage in enumerate(stages, start=1)
        )
        return job

    @step("production.release", source=Status.PLANNED, target=Status.RELEASED)
    def release(self, *, by: Person) -> None:
        """Give the job card out: the money for it has come, and its first stage's material."""
        self.line.order.demand_open(Gate.PRODUCTION)
        first = self.stages.order_by("position").first()
        if first is None:
            raise WrongState(_now("This model has no stages yet: write them first."))
        first.demand_material()
        self.number = NumberSeries.draw(self.workshop_id, "SPK")
        self.released_at = clock.now()

    @step("production.tap", source=(Status.RELEASED, Status.RUNNING))
    def tap(
        self,
        *,
        by: Person,
        stage: JobStage,
        good: dict[str, int],
        reject: dict[str, int] | None = None,
        client_id: str = "",
    ) -> None:
        """Count pairs by size that left a stage, good or rejected. The first count of a stage
        takes its material from the store; good pairs of the last stage are finished goods."""
        stage = self.stages.select_related("stage").get(pk=stage.pk)
        reject = {size: pairs for size, pairs in (reject or {}).items() if pairs}
        good = {size: pairs for size, pairs in good.items() if pairs}
        if not good and not reject or min([*good.values(), *reject.values()]) < 0:
            raise TooMany(_now("Count at least one pair."))
        if self.status == Status.RELEASED:
            self.begin(by=self.workshop.machine)
        if not stage.logs.exists():
            stage.take_material(by=by)
        room = stage.room()
        sizes = {one.variant.size: one for one in self.line.sizes.select_related("variant")}
        for size in sorted(set(good) | set(reject)):
            fine, bad = good.get(size, 0), reject.get(size, 0)
            if size not in sizes or fine + bad > room[size].pairs or fine > room[size].good:
                raise TooMany(
                    _now("Size %(size)s: only %(pairs)s pairs can be counted at this stage.")
                    % {"size": size, "pairs": room[size].pairs if size in room else 0}
                )
            StageLog.objects.create(
                stage=stage, size=size, good=fine, reject=bad, by=by, client_id=client_id
            )
            if fine and stage.is_last:
                self._finish(sizes[size], fine, by=by)
        if not LineSize.objects.filter(line=self.line, made__lt=models.F("pairs")).exists():
            self.finish(by=self.workshop.machine)

    @step("production.begin", source=Status.RELEASED, target=Status.RUNNING)
    def begin(self, *, by: Person) -> None:
        """The first pair was counted."""

    @step("production.finish", source=Status.RUNNING, target=Status.DONE)
    def finish(self, *, by: Person) -> None:
        """Every pair of the line is made."""
        self.done_at = clock.now()

    @step("production.hold", source=(Status.RELEASED, Status.RUNNING), target=Status.HELD)
    def hold(self, *, by: Person, reason: str) -> None:
        """Let it lie, and say why."""
        self.reason = reason

    @step("production.resume", source=Status.HELD, target=Status.RUNNING)
    def resume(self, *, by: Person) -> None:
        """Take it up again."""
        self.reason = ""

    @step("production.cancel", source=LIVE, target=Status.CANCELLED)
    def cancel(self, *, by: Person, reason: str) -> None:
        """End it; what is made stays made, what is used stays used."""
        self.reason = reason

    # Questions

    @property
    def buyer_id(self) -> int:
        return self.line.order.buyer_id

    # Inside

    def _finish(self, size: LineSize, pairs: int, *, by: Person) -> None:
        shelf = Location.of(self.workshop_id, Location.Kind.FINISHED)
        Movement.record(
            Item.of_variant(size.variant),
            pairs,
            by=by,
            subject=self,
            reason="production.tap",
            target=shelf,
            kept_for=size,
        )
        size.advance(Track.MADE, pairs)


@dataclass(frozen=True, slots=True)
class Room:
    """How many pairs of a size may still be counted at a stage, and how many of them good."""

    pairs: int
    good: int


class JobStage(models.Model):
    """One stage of a job, with the piece rate that held when it was planned."""

    job = models.ForeignKey(Job, models.PROTECT, related_name="stages")
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=40)
    name_en = models.CharField(max_length=40, blank=True)
    piece_rate = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "position"], name="job_stage_once")
        ]

    def __str__(self) -> str:
        return in_this_language(self.name, self.name_en)

    @property
    def is_last(self) -> bool:
        return not self.job.stages.filter(position__gt=self.position).exists()

    @property
    def good(self) -> int:
        """Good pairs so far; reads `logs` as prefetched."""
        return sum(log.good for log in self.logs.all())

    @property
    def rejected(self) -> int:
        return sum(log.reject for log in self.logs.all())

    def needs(self) -> models.QuerySet[OrderNeed]:
        """What this stage eats; what names no stage goes in at the first."""
        mine = Q(stage=self.stage)
        if self.position == 1:
            mine |= Q(stage=None)
        return OrderNeed.objects.filter(mine, line=self.job.line).select_related("material")

    def demand_material(self) -> None:
        """Raise NoMaterial, naming what is missing, unless all of the stage's material is ready."""
        for need in self.needs().order_by("pk"):
            if not need.is_ready:
                raise NoMaterial(
                    _now("%(material)s is not ready in the store yet.")
                    % {"material": f"{need.material} {need.size}".strip()}
                )

    def take_material(self, *, by: Person) -> None:
        """Move the stage's share of the recipe from the store into the work."""
        self.demand_material()
        store = Location.of(self.job.workshop_id, Location.Kind.STORE)
        for need in self.needs().order_by("material_id", "size", "pk"):
            if not need.ready:
                continue
            item, quantity = Item.of_material(need.material, need.size), need.ready
            Movement.record(
                item,
                quantity,
                by=by,
                subject=self.job,
                reason="production.tap",
                source=store,
                kept_for=need,
            )
            need.shift(ready=-quantity, issued=quantity)

    def room(self) -> dict[str, Room]:
        """Good and rejected of this stage together <= good of the stage before; by size."""
        before = self.job.stages.filter(position=self.position - 1).first()
        through = _by_size(before) if before is not None else None
        counted, good = _by_size(self, "good", "reject"), _by_size(self)
        room = {}
        for one in self.job.line.sizes.select_related("variant"):
            size = one.variant.size
            open_pairs = one.pairs - one.made if self.is_last else one.pairs - good.get(size, 0)
            ahead = MOST if through is None else through.get(size, 0) - counted.get(size, 0)
            room[size] = Room(ahead, min(open_pairs, ahead))
        return room


class StageLog(models.Model):
    """A fact: so many pairs of a size left a stage."""

    stage = models.ForeignKey(JobStage, models.PROTECT, related_name="logs")
    size = models.CharField(max_length=6)
    good = models.PositiveIntegerField(default=0)
    reject = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    client_id = models.CharField(max_length=36, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(good__gt=0) | Q(reject__gt=0), name="log_counts"),
            models.UniqueConstraint(
                fields=["stage", "size", "client_id"],
                condition=~Q(client_id=""),
                name="log_once_a_client",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.size}: {self.good}"


@step("production.take_stock", source=OrderStatus.CONFIRMED)
def take_stock(order: Order, *, by: Person) -> None:
    """Keep finished pairs that lie free on the shelf for an order, instead of making them."""
    order.demand_open(Gate.PRODUCTION)
    shelf = Location.of(order.workshop_id, Location.Kind.FINISHED)
    taken = 0
    for size in LineSize.objects.filter(line__order=order).select_related("variant").order_by("pk"):
        item = Item.of_variant(size.variant)
        pairs = min(size.pairs - size.made, Balance.locked(item, shelf).free)
        if pairs:
            Reservation.make(item, shelf, pairs, size)
            size.advance(Track.MADE, pairs)
            taken += pairs
    if not taken:
        raise WrongState(_now("Nothing of this order lies free on the shelf."))


def _by_size(stage: JobStage, *columns: str) -> dict[str, int]:
    counted: dict[str, int] = {}
    for log in stage.logs.all():
        counted[log.size] = counted.get(log.size, 0) + sum(
            getattr(log, column) for column in columns or ("good",)
        )
    return counted
