"""The job (SPK) and its steps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Self

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models, transaction
from django.db.models import Exists, F, Max, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.catalog.models import Stage
from simpul.lib import clock
from simpul.orders.models import AGREED, Gate, LineSize, OrderLine, OrderNeed, Track
from simpul.orders.models import Status as OrderStatus
from simpul.parties.models import Person, Workshop, in_this_language
from simpul.production.models.log import StageLog, Sums
from simpul.production.models.outwork import Out, Outwork, outs
from simpul.production.models.own import OwnPairs
from simpul.production.models.stage_plan import StagePlan
from simpul.stock.models import Balance, Item, Location, Movement, Reservation
from simpul.workflow.models import Entry, NumberSeries
from simpul.workflow.steps import Refused, WrongState, creation, step


class MaterialMissing(Refused):
    """A stage cannot begin: its material does not lie ready."""


class TooMany(Refused):
    """More pairs were counted than can have come from the stage before."""


class Status(models.TextChoices):
    PLANNED = "planned", _("planned")
    RELEASED = "released", _("released")
    RUNNING = "running", _("in work")
    HELD = "held", _("on hold")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")


OPEN = (Status.PLANNED, Status.RELEASED, Status.RUNNING, Status.HELD)


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, person: Person) -> Self:
        return self.filter(workshop_id=person.workshop_id) if person.is_staff else self.none()

    def open(self) -> Self:
        return self.filter(status__in=OPEN)

    def search(self, words: str) -> Self:
        found = self
        for word in words.split():
            found = found.filter(
                Q(number__icontains=word)
                | Q(line__order__number__icontains=word)
                | Q(line__order__buyer__name__icontains=word)
                | Q(line__colourway__product__name__icontains=word)
                | Q(line__colourway__product__code__icontains=word)
            )
        return found

    def spoilt_by(self, cause: str) -> Self:
        """Those with pairs that were spoilt or mended for a cause."""
        logs = StageLog.objects.standing().filter(stage__job=OuterRef("pk"), cause=cause)
        return self.filter(Exists(logs))

    def for_list(self) -> Self:
        """Load what a row shows: a query for each kind of thing."""
        return self.select_related(
            "line__order__buyer", "line__colourway__product"
        ).prefetch_related("sizes__line_size__variant", "stages")


class Job(models.Model):
    """The work on one line of an order: these pairs, through these stages."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="jobs", db_index=False)
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="jobs")
    number = models.CharField(max_length=20, blank=True, editable=False)  # once it is released
    status = models.CharField(max_length=10, choices=Status, default=Status.PLANNED, editable=False)
    reason = models.CharField(max_length=200, blank=True, editable=False)  # of its hold or end
    planned_at = models.DateTimeField(default=clock.now, editable=False)
    released_at = models.DateTimeField(null=True, editable=False)
    done_at = models.DateTimeField(null=True, editable=False)

    journal = GenericRelation(Entry, "subject_id", "subject_type")

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "number"], condition=~Q(number=""), name="job_number_once"
            ),
            models.UniqueConstraint(
                fields=["line"],
                condition=Q(status__in=["planned", "released", "running", "held"]),
                name="job_open_once_a_line",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["planned", "cancelled"]) | ~Q(number=""),
                name="job_released_has_a_number",
            ),
        ]
        indexes = [models.Index(fields=["workshop", "status", "-id"])]

    def __str__(self) -> str:
        return self.number or _now("planned work")

    # Steps

    @classmethod
    @creation("production.plan")
    def plan(cls, *, by: Person, line: OrderLine) -> Job:
        """Plan to make what is still missing of a line, by the stages of its model as they are."""
        line = OrderLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
        _demand_running(line)
        if cls.objects.filter(line=line).open().exists():
            raise WrongState(_now("The work on this line is planned already."))
        if Outwork.objects.open().filter(stage__job__line=line).exists():
            raise WrongState(_now("Pairs of this line are still given out: take them in first."))
        missing = list(line.sizes.filter(made__lt=F("pairs")).order_by("variant__size", "pk"))
        if not missing:
            raise WrongState(_now("Every pair of this line is there already."))
        job = cls.objects.create(workshop_id=line.order.workshop_id, line=line)
        JobSize.objects.bulk_create(
            JobSize(job=job, line_size=size, pairs=size.pairs - size.made) for size in missing
        )
        JobStage.copy(job, line.colourway.product.stages.active().order_by("position"))
        return job

    @step("production.release", source=Status.PLANNED, target=Status.RELEASED)
    def release(self, *, by: Person, days: Mapping[int, date] | None = None) -> None:
        """Let the work begin: the money before it has come, the first stage's material is there.

        `days` by which the schedule has the stages done, by position, are kept with it.
        """
        self.demand_order_runs()
        self.line.order.demand_open(Gate.PRODUCTION)
        first = self.stages.order_by("position")[0]
        self._demand_material(self.needs_of(first))
        self.number = NumberSeries.draw(self.workshop_id, "SPK")
        self.released_at = clock.now()
        self._keep_days(days or {}, by)

    @step("production.schedule", source=(Status.RELEASED, Status.RUNNING, Status.HELD))
    def schedule(self, *, by: Person, days: Mapping[int, date], reason: str) -> None:
        """Plan anew, on purpose, by when stages that are not done yet are to be: days by position.

        What was planned before stays, and is judged too.
        """
        sums, stages = self.sums(), {one.position: one for one in self.stages.all()}
        if not days or not days.keys() <= stages.keys():
            raise WrongState(_now("Say by when which stage of this job is to be done."))
        in_turn = [days[position] for position in sorted(days)]
        if in_turn[0] < clock.today() or in_turn != sorted(in_turn):
            raise WrongState(
                _now("A stage cannot be done before today, nor before the one before it.")
            )
        if any(self.has_passed(stages[position], sums) for position in days):
            raise WrongState(_now("Every pair has passed this stage already."))
        self._keep_days(days, by)

    @step("production.start", source=Status.RELEASED, target=Status.RUNNING)
    def start(self, *, by: Person) -> None:
        """The first pair was counted."""

    def tap(
        self,
        *,
        by: Person,
        stage: JobStage,
        good: Mapping[str, int],
        reject: Mapping[str, int] | None = None,
        rework: Mapping[str, int] | None = None,
        cause: str = "",
        worker: str = "",
        client_id: str = "",
    ) -> None:
        """Count pairs by size that left a stage, and why some were spoilt or had to be mended, in
        words of the workshop. The same client id again does nothing.

        Raises TooMany where the stage before has not passed on so many, and MaterialMissing where
        the stage begins with this and its material does not lie ready.
        """
        try:
            self._tap(
                by=by,
                stage=stage,
                stage_name=stage.name,
                good={size: pairs for size, pairs in good.items() if pairs},
                reject={size: pairs for size, pairs in (reject or {}).items() if pairs},
                rework={size: pairs for size, pairs in (rework or {}).items() if pairs},
                cause=cause,
                worker=worker,
                client_id=client_id,
            )
        except WrongState:
            if not self.has_counted(client_id):
                raise

    @step("production.tap", source=(Status.RELEASED, Status.RUNNING), private=("worker",))
    def _tap(
        self,
        *,
        by: Person,
        stage: JobStage,
        stage_name: str,
        good: dict[str, int],
        reject: dict[str, int],
        rework: dict[str, int],
        cause: str,
        worker: str,
        client_id: str,
    ) -> None:
        _demand_in_work(self.line)
        if self.has_counted(client_id):
            raise WrongState(_now("This was counted already."))
        here = self.stage_of(stage)
        counted = self._counted(good, reject, rework)
        self.demand_plausible(here, counted)
        if self.status == Status.RELEASED:
            self.start(by=self.workshop.machine)
        self._issue(here, counted, by)
        self.count(
            here,
            counted,
            by=by,
            worker=worker,
            rate=here.piece_rate,
            cause=cause,
            client_id=client_id,
        )

    @step("production.correct", source=(Status.RUNNING, Status.DONE), target=Status.RUNNING)
    def correct(self, *, by: Person, log: StageLog, reason: str) -> None:
        """Take back what was counted wrongly. What went on to the next stage must be taken back first."""
        logs = StageLog.objects.of(self).select_related("stage", "size", "outwork")
        mine = logs.filter(pk=log.pk).first()
        if mine is None or mine.reverses_id is not None or hasattr(mine, "reversed_by"):
            raise WrongState(_now("This count was taken back already."))
        demand_no_job(self.line, but=self)
        StageLog.objects.create(
            stage=mine.stage,
            size=mine.size,
            good=-mine.good,
            reject=-mine.reject,
            rework=-mine.rework,
            cause=mine.cause,
            worker=mine.worker,
            rate=mine.rate,
            by=by,
            outwork=mine.outwork,
            reverses=mine,
        )
        if mine.outwork is not None:
            mine.outwork.sizes.filter(size=mine.size).update(
                good=F("good") - mine.good, reject=F("reject") - mine.reject
            )
        if not self._adds_up():
            raise TooMany(_now("The next stage has counted these pairs: take that back first."))
        if mine.good and mine.stage.is_last:
            self._take_back_pairs(mine, by)
        self.done_at = None

    @step("production.hold", source=Status.RUNNING, target=Status.HELD)
    def hold(self, *, by: Person, reason: str) -> None:
        """Stop for a while, and say why."""
        self.reason = reason

    @transaction.atomic
    def resume(self, *, by: Person) -> None:
        """Go on; where nothing is left to be made meanwhile, the job is done."""
        self._resume(by=by)
        self._finish_if_done()

    @step("production.resume", source=Status.HELD, target=Status.RUNNING)
    def _resume(self, *, by: Person) -> None:
        self.reason = ""

    @step("production.cancel", source=OPEN, target=Status.CANCELLED)
    def cancel(self, *, by: Person, reason: str) -> None:
        """Stop for good. Pairs that are finished stay what they are."""
        self.reason = reason

    @step("production.adjust", source=OPEN)
    def adjust(self, *, by: Person, more: dict[LineSize, int]) -> None:
        """Make so many pairs more of a size (less, if negative), because the order was changed.

        What was begun is not taken away. A size that is new goes through all stages; one of which
        nothing is left and nothing was counted is none of the job any more.
        """
        sizes = {size.line_size_id: size for size in self.sizes.for_work()}
        for wanted, count in sorted(more.items(), key=lambda pair: pair[0].pk):
            size = sizes.get(wanted.pk) or JobSize(job=self, line_size=wanted, pairs=0)
            size.pairs += count
            if size.pairs or (size.pk and (size.logs.exists() or size.outwork.exists())):
                size.save()
            elif size.pk:
                size.delete()
        if not self._adds_up():
            raise WrongState(_now("More pairs are begun than the order would leave."))
        self._finish_if_done()

    @step("production.finish", source=Status.RUNNING, target=Status.DONE)
    def finish(self, *, by: Person) -> None:
        """Every pair is made."""
        self.done_at = clock.now()

    # Questions

    def sums(self) -> Sums:
        """Return what was counted so far, asked freshly."""
        return StageLog.objects.of(self).sums()

    def out(self) -> Out:
        """Return how many pairs of which stage and size are with somebody outside."""
        return outs([self]).get(self.pk, {})

    def room(
        self, stage: JobStage, sums: Sums | None = None, out: Out | None = None
    ) -> dict[int, int]:
        """Return how many pairs of each size wait at a stage.

        The first stage has what is asked for, and once more what was spoiled anywhere; each other
        one has what the stage before it passed on. What is with somebody outside does not wait.
        """
        counted = self.sums() if sums is None else sums
        away = self.out() if out is None else out
        stages = sorted(self.stages.all(), key=lambda one: one.position)
        before = next((one for one in stages if one.position == stage.position - 1), None)
        return {
            size.pk: _room(size, stage, before, counted) - away.get((stage.pk, size.pk), 0)
            for size in self.sizes.all()
        }

    def has_passed(self, stage: JobStage, sums: Sums) -> bool:
        """Tell whether every pair of the job has passed a stage."""
        return all(
            sums.get((stage.pk, size.pk), (0, 0, 0))[0] >= size.pairs for size in self.sizes.all()
        )

    def needs_of(self, stage: JobStage) -> list[OrderNeed]:
        """Return what a stage eats; what no stage of the job claims goes in at the first."""
        stages = list(self.stages.all())
        claimed = {one.stage_id for one in stages if one.stage_id is not None}
        needs = OrderNeed.objects.filter(line_id=self.line_id).select_related("material")
        return [
            need
            for need in needs.order_by("material_id", "size", "pk")
            if (need.stage_id is not None and need.stage_id == stage.stage_id)
            or (stage.position == 1 and need.stage_id not in claimed)
        ]

    def has_counted(self, client_id: str) -> bool:
        """Tell whether this count of a telephone is here already, however often it is sent."""
        logs = StageLog.objects.of(self)
        return client_id != "" and logs.filter(client_id=client_id).exists()

    @property
    def pairs(self) -> int:
        return sum(size.pairs for size in self.sizes.all())

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    # What counting and giving out share; the row is locked

    def demand_order_runs(self) -> None:
        """Raise WrongState where nothing more is begun for the order."""
        _demand_running(self.line)

    def stage_of(self, stage: JobStage) -> JobStage:
        mine = self.stages.filter(pk=stage.pk).first()
        if mine is None:
            raise WrongState(_now("This stage is not part of the job."))
        return mine

    def count(
        self,
        stage: JobStage,
        counted: Mapping[JobSize, tuple[int, int, int]],
        *,
        by: Person,
        worker: str,
        rate: int,
        cause: str = "",
        client_id: str = "",
        outwork: Outwork | None = None,
    ) -> None:
        """Keep pairs by size that left a stage good, spoiled or mended; finished ones are made."""
        if cause and not any(spoiled or mended for _good, spoiled, mended in counted.values()):
            raise WrongState(_now("Say how many pairs were rejected or mended, or no cause."))
        for size, (passed, spoiled, mended) in counted.items():
            StageLog.objects.create(
                stage=stage,
                size=size,
                good=passed,
                reject=spoiled,
                rework=mended,
                cause=cause if spoiled or mended else "",
                worker=worker,
                rate=rate,
                by=by,
                client_id=client_id,
                outwork=outwork,
            )
            if passed and stage.is_last:
                self._finish_pairs(size, passed, by)
        self._finish_if_done()

    def demand_plausible(
        self, stage: JobStage, counted: dict[JobSize, tuple[int, int, int]]
    ) -> None:
        room = self.room(stage)
        for size, (passed, spoiled, _mended) in counted.items():
            if passed + spoiled > room[size.pk]:
                raise TooMany(
                    _now("Only %(pairs)s pairs of size %(size)s can be counted at “%(stage)s” now.")
                    % {"pairs": room[size.pk], "size": size.name, "stage": stage.label}
                )

    # Inside

    def _keep_days(self, days: Mapping[int, date], by: Person) -> None:
        stages = self.stages.filter(position__in=days).annotate(
            known=Coalesce(Max("plans__turn"), 0)
        )
        StagePlan.objects.bulk_create(
            StagePlan(stage=one, turn=one.known + 1, due_on=days[one.position], by=by)
            for one in stages.order_by("position")
        )

    def _counted(
        self, good: dict[str, int], reject: dict[str, int], rework: dict[str, int]
    ) -> dict[JobSize, tuple[int, int, int]]:
        sizes = {size.name: size for size in self.sizes.for_work()}
        if any(pairs < 0 for side in (good, reject, rework) for pairs in side.values()):
            raise WrongState(_now("Pairs are counted, not taken away: take a wrong count back."))
        if unknown := (good.keys() | reject.keys() | rework.keys()) - sizes.keys():
            raise WrongState(_now("Size %(size)s is not part of the job.") % {"size": min(unknown)})
        counted = {
            size: (good.get(name, 0), reject.get(name, 0), rework.get(name, 0))
            for name, size in sizes.items()
        }
        counted = {size: numbers for size, numbers in counted.items() if any(numbers)}
        if not counted:
            raise WrongState(_now("Count at least one pair."))
        return counted

    def _adds_up(self) -> bool:
        sums, out = self.sums(), self.out()
        return all(
            pairs >= 0
            for stage in self.stages.all()
            for pairs in self.room(stage, sums, out).values()
        )

    def _demand_material(self, needs: list[OrderNeed]) -> None:
        missing = [need for need in needs if not need.is_ready]
        if missing:
            names = ", ".join(f"{need.material} {need.size}".rstrip() for need in missing[:3])
            raise MaterialMissing(
                _now("This material does not lie ready in the store: %(names)s.") % {"names": names}
            )

    def _issue(
        self, stage: JobStage, counted: dict[JobSize, tuple[int, int, int]], by: Person
    ) -> None:
        """Take the material of a stage out of the store; no output without input.

        The stage begins with all of it, but for what went along with pairs that were given out: that
        is used when they come back. Where the order has grown since then, the pairs that came on top
        wait for theirs.
        """
        needs = self.needs_of(stage)
        if not stage.logs.filter(outwork=None).exists():
            self._demand_material(needs)
        else:
            self._demand_share(stage, counted, needs)
        store = Location.of(self.workshop_id, Location.Kind.STORE)
        lies = Reservation.kept(needs, store)
        items = Item.of_materials((need.material, need.size) for need in needs)
        for need in needs:
            quantity = lies.get(need.pk, 0)
            if quantity:
                Movement.record(
                    items[need.material_id, need.size],
                    quantity,
                    by=by,
                    subject=self,
                    reason="production.tap",
                    source=store,
                    kept_for=need,
                )
                need.shift(ready=-quantity, issued=quantity)

    def _demand_share(
        self,
        stage: JobStage,
        counted: dict[JobSize, tuple[int, int, int]],
        needs: list[OrderNeed],
    ) -> None:
        """Raise MaterialMissing where a count leaves fewer pairs to do than lack their material."""
        short = [need for need in needs if not need.is_ready]
        if not short:
            return
        sums = self.sums()
        left = {
            size.name: size.pairs
            - sums.get((stage.pk, size.pk), (0, 0, 0))[0]
            - counted.get(size, (0, 0, 0))[0]
            for size in self.sizes.for_work()
        }
        ordered = dict(self.line.sizes.values_list("variant__size", "pairs"))
        for need in short:
            concerned = [need.size] if need.size else list(ordered)
            pairs = sum(ordered.get(size, 0) for size in concerned)
            missing = need.quantity - need.ready - need.issued
            lacking = -(-missing * pairs // need.quantity)
            if sum(left.get(size, 0) for size in concerned) < lacking:
                self._demand_material([need])

    def _finish_pairs(self, size: JobSize, pairs: int, by: Person) -> None:
        """Finished pairs lie in stock, kept for the order they were made for; what it does not want
        any more is the workshop's own, and so is what comes back after the work was cancelled."""
        wanted = size.line_size
        is_over = self.status == Status.CANCELLED or self.line.order.status == OrderStatus.CANCELLED
        kept = 0 if is_over else min(pairs, wanted.pairs - wanted.made)
        for count, subject in ((kept, wanted), (pairs - kept, None)):
            if count:
                Movement.record(
                    Item.of_variant(wanted.variant),
                    count,
                    by=by,
                    subject=self,
                    reason="production.tap",
                    target=Location.of(self.workshop_id, Location.Kind.FINISHED),
                    kept_for=subject,
                )
        if kept:
            wanted.advance(Track.MADE, kept)
        if pairs > kept:
            size.own += pairs - kept
            size.save(update_fields=["own"])
            OwnPairs.note(wanted, pairs - kept)

    def _take_back_pairs(self, log: StageLog, by: Person) -> None:
        """Take finished pairs out of stock again: first what no order wants."""
        size = self.sizes.for_work().get(pk=log.size_id)
        wanted = size.line_size
        item, place = Item.of_variant(wanted.variant), Location.Kind.FINISHED
        free = Balance.locked(item, Location.of(self.workshop_id, place)).free
        own = min(log.good, size.own, free)  # others may have taken of it
        kept = log.good - own
        if wanted.made - kept < wanted.packed:
            raise WrongState(_now("These pairs are packed already."))
        for count, subject in ((kept, wanted), (own, None)):
            if count:
                Movement.record(
                    Item.of_variant(wanted.variant),
                    count,
                    by=by,
                    subject=self,
                    reason="production.correct",
                    source=Location.of(self.workshop_id, Location.Kind.FINISHED),
                    kept_for=subject,
                )
        if kept:
            wanted.advance(Track.MADE, -kept)
        if own:
            size.own -= own
            size.save(update_fields=["own"])
            OwnPairs.note(wanted, -own)

    def _finish_if_done(self) -> None:
        if self.status != Status.RUNNING:
            return
        last = max(self.stages.all(), key=lambda one: one.position)
        if self.has_passed(last, self.sums()):
            self.finish(by=self.workshop.machine)


class JobSizeQuerySet(models.QuerySet["JobSize"]):
    def for_work(self) -> Self:
        """Load what counting needs, in the order in which rows are locked."""
        return self.select_related(
            "line_size__line", "line_size__variant__colourway__product"
        ).order_by("pk")


class JobSize(models.Model):
    """So many pairs of one size are to be made.

    `own` of them are finished and for nobody: the order does not want them any more.
    """

    job = models.ForeignKey(Job, models.CASCADE, related_name="sizes", db_index=False)
    line_size = models.ForeignKey(LineSize, models.PROTECT, related_name="+")
    pairs = models.PositiveIntegerField()
    own = models.PositiveIntegerField(default=0, editable=False)

    objects = JobSizeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "line_size"], name="job_size_once"),
            models.CheckConstraint(condition=Q(own__lte=F("pairs")), name="job_size_own_of_pairs"),
        ]

    def __str__(self) -> str:
        return f"{self.pairs} of {self.line_size_id}"

    @property
    def name(self) -> str:
        """The size as it stands on the shoe."""
        return self.line_size.variant.size


class JobStage(models.Model):
    """A stage of a job, as it was when the job was planned."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="stages", db_index=False)
    stage = models.ForeignKey(Stage, models.SET_NULL, null=True, related_name="+")
    position = models.PositiveSmallIntegerField()  # 1, 2, 3 …
    is_last = models.BooleanField(default=False)
    name = models.CharField(max_length=40)
    name_en = models.CharField(max_length=40, blank=True)
    piece_rate = models.PositiveIntegerField(default=0)
    minutes = models.PositiveSmallIntegerField(default=0)  # of a pair; 0: not known

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "position"], name="job_stage_place_once")
        ]

    def __str__(self) -> str:
        return self.label

    @classmethod
    def copy(cls, job: Job, stages: models.QuerySet[Stage]) -> None:
        """Freeze the stages of the model; one that has none is made in one go."""
        found = list(stages) or [Stage(name="Produksi", name_en="Production")]
        JobStage.objects.bulk_create(
            JobStage(
                job=job,
                stage=stage if stage.pk else None,
                position=position,
                is_last=position == len(found),
                name=stage.name,
                name_en=stage.name_en,
                piece_rate=stage.piece_rate,
                minutes=stage.minutes,
            )
            for position, stage in enumerate(found, start=1)
        )

    @property
    def label(self) -> str:
        return in_this_language(self.name, self.name_en)


def demand_no_job(line: OrderLine, but: Job | None = None) -> None:
    """Raise WrongState where an open job, `but` this one, makes the pairs of a line."""
    if any(job != but for job in Job.objects.filter(line=line).open()):
        raise WrongState(_now("The work on this line is planned already: cancel its job first."))


def _demand_running(line: OrderLine) -> None:
    if line.order.status != OrderStatus.CONFIRMED:
        raise WrongState(_now("This order is not in work."))


def _demand_in_work(line: OrderLine) -> None:
    """What was begun is finished also after the order: the workshop keeps what it did not want."""
    if line.order.status not in AGREED:
        raise WrongState(_now("This order is not in work."))


def _room(size: JobSize, stage: JobStage, before: JobStage | None, sums: Sums) -> int:
    good, reject, _rework = sums.get((stage.pk, size.pk), (0, 0, 0))
    if before is not None:
        return sums.get((before.pk, size.pk), (0, 0, 0))[0] - good - reject
    spoiled = sum(numbers[1] for (_stage, pk), numbers in sums.items() if pk == size.pk)
    return size.pairs + spoiled - good - reject
