"""What waits where on the floor, and what could begin."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum

from simpul.lib import clock
from simpul.orders.models import LineSize, Order, OrderLine, OrderNeed, OrderQuerySet
from simpul.orders.models import Status as OrderStatus
from simpul.parties.models import Person
from simpul.production.models import OPEN, Job, JobStage, Out, StageLog, StagePlan, outs
from simpul.production.models.log import Sums
from simpul.stock.models import Balance, Location


@dataclass(frozen=True, slots=True)
class StageCount:
    """How far the pairs of a job are at one stage; a number for each of its sizes, and the sums."""

    stage: JobStage
    cells: list[tuple[int, int]]  # good and waiting, by size
    good: int
    reject: int
    rework: int
    waiting: int
    away: list[int]  # with somebody outside, by size

    @property
    def out(self) -> int:
        return sum(self.away)

    @property
    def has_work(self) -> bool:
        return self.waiting > 0


@dataclass(frozen=True, slots=True)
class Progress:
    """A job with what was counted at each of its stages."""

    job: Job
    sizes: list[str]
    stages: list[StageCount]

    @property
    def made(self) -> int:
        return self.stages[-1].good if self.stages else 0

    @property
    def pairs(self) -> int:
        return self.job.pairs


@dataclass(frozen=True, slots=True)
class Post:
    """One place of the board: all jobs that have pairs waiting at stages of this name."""

    name: str
    waiting: int
    jobs: list[tuple[Job, StageCount]]


@dataclass(frozen=True, slots=True)
class PlannedStage:
    """By when a stage was to be done, at first and by the last plan, and when its last pair passed."""

    stage: JobStage
    first_on: date
    last_on: date | None  # none: it was never planned anew
    done_on: date | None

    def is_late(self, today: date) -> bool:
        """Tell whether it missed the last plan, or will."""
        return (self.done_on or today) > (self.last_on or self.first_on)


def progress_of(jobs: Iterable[Job]) -> list[Progress]:
    """Count what was done of each job, and what is outside, in a query each; reads what `for_list` has loaded."""
    found = list(jobs)
    logs = StageLog.objects.filter(stage__job__in=found).order_by()
    rows = logs.values_list("stage__job", "stage", "size").annotate(
        g=Sum("good"), r=Sum("reject"), w=Sum("rework")
    )
    sums: dict[int, Sums] = {job.pk: {} for job in found}
    for job_id, stage, size, good, reject, rework in rows:
        sums[job_id][stage, size] = (good, reject, rework)
    away = outs(found)
    return [_progress(job, sums[job.pk], away.get(job.pk, {})) for job in found]


def board(rows: Iterable[Progress]) -> list[Post]:
    """Return where pairs wait, in the order of the stages.

    Models that leave a stage out have the later ones sooner: a stage stands where it comes last.
    """
    posts: dict[str, list[tuple[Job, StageCount]]] = {}
    place: dict[str, int] = {}
    for row in rows:
        for count in row.stages:
            name = count.stage.label
            place[name] = max(place.get(name, 0), count.stage.position)
            if count.has_work and row.job.number:
                posts.setdefault(name, []).append((row.job, count))
    return [
        Post(name, sum(count.waiting for _job, count in posts[name]), posts[name])
        for name in sorted(posts, key=lambda name: (place[name], name))
    ]


def unplanned(orders: OrderQuerySet) -> QuerySet[LineSize]:
    """Return the sizes of these running orders of which pairs are missing and nothing is planned."""
    planned = Job.objects.open().values("line")
    return LineSize.objects.of(orders).filter(made__lt=F("pairs")).exclude(line__in=planned)


def plannable(person: Person) -> QuerySet[OrderLine]:
    """Return lines of running orders with pairs that nobody has planned, in their turn."""
    running = Order.objects.visible_to(person).filter(status=OrderStatus.CONFIRMED)
    lines = OrderLine.objects.filter(pk__in=unplanned(running).values("line"))
    return lines.order_by("order__turn", "pk")


def with_missing(lines: QuerySet[OrderLine]) -> QuerySet[OrderLine]:
    """Load what a row of lines to plan shows, with the pairs that are `missing`."""
    sizes = LineSize.objects.filter(line=OuterRef("pk")).order_by().values("line")
    missing = sizes.annotate(n=Sum(F("pairs") - F("made"))).values("n")
    return (
        lines.annotate(missing=Subquery(missing))
        .select_related("order__buyer", "colourway__product")
        .prefetch_related("order__instalments")
    )


def material_of(job: Job) -> list[tuple[JobStage, list[OrderNeed]]]:
    """Return what each stage of a job eats; what no stage claims stands with the first."""
    needs = list(
        OrderNeed.objects.filter(line_id=job.line_id)
        .select_related("material")
        .order_by("material__code", "size", "pk")
    )
    stages = stages_of(job)
    claimed = {stage.stage_id for stage in stages if stage.stage_id is not None}
    found = []
    for stage in stages:
        mine = [
            need
            for need in needs
            if (need.stage_id in claimed and need.stage_id == stage.stage_id)
            or (stage.position == 1 and need.stage_id not in claimed)
        ]
        if mine:
            found.append((stage, mine))
    return found


def lying_free(order: Order) -> list[tuple[LineSize, int]]:
    """Return the sizes of an order that are missing and lie free in stock, and how many do."""
    sizes = LineSize.objects.filter(line__order=order, made__lt=F("pairs")).exclude(
        line__jobs__status__in=OPEN
    )
    rows = list(
        sizes.select_related("line", "variant__colourway__product").order_by(
            "line", "variant__size", "pk"
        )
    )
    lying = Balance.objects.filter(
        location__workshop_id=order.workshop_id,
        location__kind=Location.Kind.FINISHED,
        item__variant__in=[size.variant_id for size in rows],
    )
    free = dict(lying.rests("item__variant"))
    return [(size, free[size.variant_id]) for size in rows if size.variant_id in free]


def logs_of(job: Job) -> list[StageLog]:
    """Return what was counted, the last first, with what was taken back."""
    logs = StageLog.objects.of(job).select_related(
        "stage", "by", "size__line_size__variant", "reversed_by"
    )
    return list(logs.order_by("-pk"))


def planned_days(job: Job, logs: Iterable[StageLog]) -> list[PlannedStage]:
    """Return the stages of a job for which days were kept; `logs` is all that was counted."""
    days: dict[int, list[date]] = defaultdict(list)
    plans = StagePlan.objects.filter(stage__job=job).order_by("stage", "turn")
    for stage, due_on in plans.values_list("stage_id", "due_on"):
        days[stage].append(due_on)
    counted: dict[tuple[int, int], tuple[int, int, int]] = {}
    ends: dict[int, date] = {}
    for log in logs:
        good, reject, rework = counted.get((log.stage_id, log.size_id), (0, 0, 0))
        key = log.stage_id, log.size_id
        counted[key] = good + log.good, reject + log.reject, rework + log.rework
        if log.good > 0 and not hasattr(log, "reversed_by"):
            ends[log.stage_id] = max(clock.day_of(log.at), ends.get(log.stage_id, date.min))
    return [
        PlannedStage(
            stage,
            days[stage.pk][0],
            days[stage.pk][-1] if len(days[stage.pk]) > 1 else None,
            ends.get(stage.pk) if job.has_passed(stage, counted) else None,
        )
        for stage in stages_of(job)
        if stage.pk in days
    ]


def stages_of(job: Job) -> list[JobStage]:
    return sorted(job.stages.all(), key=lambda stage: stage.position)


def _progress(job: Job, sums: Sums, away: Out) -> Progress:
    sizes = sorted(job.sizes.all(), key=lambda size: (len(size.name), size.name))
    counts = []
    for stage in stages_of(job):
        room = job.room(stage, sums, away)
        counted = [sums.get((stage.pk, size.pk), (0, 0, 0)) for size in sizes]
        cells = [(numbers[0], room[size.pk]) for numbers, size in zip(counted, sizes, strict=True)]
        good, reject, rework = (sum(numbers[place] for numbers in counted) for place in range(3))
        waiting = sum(pairs for _good, pairs in cells)
        outside = [away.get((stage.pk, size.pk), 0) for size in sizes]
        counts.append(StageCount(stage, cells, good, reject, rework, waiting, outside))
    return Progress(job, [size.name for size in sizes], counts)
