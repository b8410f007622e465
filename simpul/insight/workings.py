"""How the workshop itself works: what the job of the night writes for the page. See `Working`.

Everything is of the orders, deliveries and counts of the last year; an order belongs to it by the day
on which its last pairs were delivered.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import batched

from django.db import transaction
from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import TruncDate

from simpul.delivery.models import Handover, Package, Shipment
from simpul.insight import causes, nightly
from simpul.insight.models import OrderFact, SpoiltMonth, Working, WorkingsKept
from simpul.insight.models.workings import LONGEST_NAME
from simpul.insight.punctuality import with_promise
from simpul.insight.worth import paid_parts
from simpul.lib import clock
from simpul.orders.models import Gate, Instalment, Order
from simpul.parties.models import Workshop
from simpul.payments.models import Allocation
from simpul.procurement.models import ReceivedLine
from simpul.procurement.queries import came_on_time
from simpul.production.models import Job, JobStage, StageLog, StagePlan
from simpul.production.models import Status as JobStatus

A_BATCH = 1_000
A_DAY = 86_400  # seconds
LONGEST = 400  # days between the agreement and the promise of an order that is looked at
SPOILT_SHOWN = 20

Kind, Leg = Working.Kind, Working.Leg
LEGS = tuple(Leg)

type Tenths = int  # of a day
type Named = tuple[str, str]  # in Indonesian and in English
type Post = Named  # a stage
type Way = tuple[Tenths | None, ...]  # how long an order was on each leg; None: it was not on it


@dataclass(slots=True)
class _Year:
    """What the orders of the year tell, kept while they are read."""

    ways: list[tuple[Way, bool]] = field(default_factory=list)  # and whether it came late
    posts: dict[Post, list[Tenths]] = field(default_factory=lambda: defaultdict(list))
    position: dict[Post, int] = field(default_factory=dict)
    passed: Counter[tuple[Named, Post]] = field(default_factory=Counter)  # by model and post
    spoilt: Counter[tuple[Named, Post]] = field(default_factory=Counter)
    mended: Counter[tuple[Named, Post]] = field(default_factory=Counter)


def is_needed(workshop: Workshop) -> bool:
    """Whether something was delivered, and nobody has reckoned this today."""
    return nightly.is_of_yesterday(WorkingsKept, OrderFact, of=workshop)


def reckon(workshop: Workshop) -> None:
    """Reckon all figures of a workshop anew."""
    today = clock.today()
    since = today - timedelta(days=WorkingsKept.DAYS)
    year = _read(workshop, since, today)
    by_kind = {
        Kind.LEG: _legs(year.ways),
        Kind.POST: _posts(year),
        **_planned(workshop, since),
        Kind.PROMISE: _promises(workshop, today),
        Kind.SUPPLIER: _suppliers(workshop, since),
        Kind.COURIER: _couriers(workshop, since),
        Kind.PAYER: _payers(workshop, today),
        Kind.SPEED: _speed(workshop, today, ("stage__name", "stage__name_en")),
        Kind.HAND: _speed(workshop, today, ("worker",)),
        Kind.SPOILT: _spoilt(year),
    }
    rows = []
    for kind, found in by_kind.items():
        for place, row in enumerate(found):
            row.workshop, row.kind, row.place = workshop, kind, place
            rows.append(row)
    late = sum(is_late for _way, is_late in year.ways)
    middle, slow = middle_and_slow(
        sum(length or 0 for length in way) for way, _is_late in year.ways
    )
    spoilt = causes.counted(workshop)
    with transaction.atomic():
        SpoiltMonth.objects.filter(workshop=workshop).delete()
        SpoiltMonth.objects.bulk_create(spoilt, batch_size=A_BATCH)
        Working.objects.filter(workshop=workshop).delete()
        Working.objects.bulk_create(rows, batch_size=A_BATCH)
        WorkingsKept.objects.update_or_create(
            workshop=workshop,
            defaults={
                "as_of": today,
                "orders": len(year.ways),
                "late": late,
                "middle": middle,
                "slow": slow,
            },
        )


def middle_and_slow(values: Iterable[int]) -> tuple[int, int]:
    """Return what half of them do not exceed, and what nine of ten do not; (0, 0) of none."""
    known = sorted(values)
    if not known:
        return 0, 0
    return known[(len(known) - 1) // 2], known[-(-9 * len(known) // 10) - 1]


# The orders of the year


def _read(workshop: Workshop, since: date, today: date) -> _Year:
    year = _Year()
    done = OrderFact.objects.filter(workshop=workshop, delivered_on__range=(since, today))
    for keys in batched(done.order_by("pk").values_list("pk", flat=True).iterator(), A_BATCH):
        year.ways += _ways(keys)
        _read_posts(year, keys)
    return year


def _ways(keys: Sequence[int]) -> Iterator[tuple[Way, bool]]:
    orders = with_promise(Order.objects.filter(pk__in=keys))
    paid = Allocation.objects.standing().filter(
        instalment__order__in=keys, instalment__gate__lte=Gate.PRODUCTION
    )
    money = dict(paid.order_by().values_list("instalment__order").annotate(at=Max("at")))
    jobs = Job.objects.filter(line__order__in=keys).exclude(status=JobStatus.CANCELLED).order_by()
    made = {
        order: (released, done)
        for order, released, done in jobs.values_list("line__order").annotate(
            released=Max("released_at"), done=Max("done_at")
        )
    }
    packed = Package.objects.filter(order__in=keys, shipment__isnull=False).order_by()
    sent = {
        order: (at, left, _there(noted, on))
        for order, at, left, noted, on in packed.values_list("order").annotate(
            last=Max("at"),
            left=Max("shipment__left_at"),
            noted=Max("shipment__delivered_at"),
            on=Max("shipment__arrived_on"),
        )
    }
    rows = orders.order_by("pk").values_list("pk", "confirmed_at", "promise", "there_on")
    for pk, agreed, promise, there_on in rows:
        moments = [money.get(pk), *made.get(pk, (None, None)), *sent.get(pk, (None, None, None))]
        is_late = promise is not None and there_on is not None and there_on > promise
        yield _lengths(agreed, moments), is_late


def _there(noted: datetime | None, on: date | None) -> datetime | None:
    """Return when goods were there: when that was noted, or if it was noted on a later day than is said,
    the end of that day."""
    return min(noted, clock.begin_of(on + timedelta(days=1))) if noted and on else None


def _lengths(begin: datetime | None, ends: Sequence[datetime | None]) -> Way:
    """Return how long each leg lasted: from the last end that is known until its own."""
    found: list[Tenths | None] = []
    for end in ends:
        if begin is None or end is None:
            found.append(None)
            continue
        found.append(_tenths(begin, end))
        begin = max(begin, end)
    return tuple(found)


def _tenths(begin: datetime, end: datetime) -> Tenths:
    return max(round(10 * (end - begin).total_seconds() / A_DAY), 0)


def _read_posts(year: _Year, keys: Sequence[int]) -> None:
    logs = StageLog.objects.filter(stage__job__line__order__in=keys).order_by()
    rows = logs.values_list(
        "stage__job", "stage__position", "stage__name", "stage__name_en",
        "stage__job__released_at", "stage__job__line__colourway__product__name",
        "stage__job__line__colourway__product__name_en",
    ).annotate(
        last=Max("at", filter=Q(reverses=None, good__gt=0)),
        n=Sum("good"), bad=Sum("reject"), again=Sum("rework"),
    )  # fmt: skip
    by_job: dict[int, list[tuple[int, Post, datetime | None]]] = defaultdict(list)
    begins: dict[int, datetime | None] = {}
    for job, position, name, name_en, released, model, model_en, last, good, bad, again in rows:
        post, made = (name, name_en), (model, model_en)
        by_job[job].append((position, post, last))
        begins[job] = released
        year.position[post] = max(position, year.position.get(post, 0))
        year.passed[made, post] += good
        year.spoilt[made, post] += bad
        year.mended[made, post] += again
    for job, stages in by_job.items():
        stages.sort()
        lengths = _lengths(begins[job], [last for _position, _post, last in stages])
        for (_position, post, _last), length in zip(stages, lengths, strict=True):
            if length is not None:
                year.posts[post].append(length)


# What follows from them


def _legs(ways: Sequence[tuple[Way, bool]]) -> list[Working]:
    found = []
    for place, leg in enumerate(LEGS):
        known = [(way[place], is_late) for way, is_late in ways]
        lengths = [length for length, _is_late in known if length is not None]
        middle, slow = middle_and_slow(lengths)
        lost = sum(max((length or 0) - middle, 0) for length, is_late in known if is_late)
        found.append(Working(name=leg, count=len(lengths), middle=middle, slow=slow, lost=lost))
    return found


def _posts(year: _Year) -> list[Working]:
    found = []
    for post in sorted(year.posts, key=lambda one: (year.position[one], one)):
        middle, slow = middle_and_slow(year.posts[post])
        name, name_en = post
        count = len(year.posts[post])
        found.append(Working(name=name, name_en=name_en, count=count, middle=middle, slow=slow))
    return found


def _planned(workshop: Workshop, since: date) -> dict[Working.Kind, list[Working]]:
    """Return of each stage how punctually it was done in the jobs that ended since a day: by the first
    plan that was kept of it, and by the last one."""
    position: dict[Post, int] = {}
    unplanned: Counter[Post] = Counter()
    late: dict[Working.Kind, dict[Post, list[int]]] = {Kind.FIRST: {}, Kind.LAST: {}}
    done = Job.objects.filter(
        workshop=workshop, status=JobStatus.DONE, done_at__gte=clock.begin_of(since)
    )
    for jobs in batched(done.order_by("pk").values_list("pk", flat=True).iterator(), A_BATCH):
        for post, place, end, days in _ends(jobs):
            position[post] = max(place, position.get(post, 0))
            if not days:
                unplanned[post] += 1
            elif end is not None:
                for kind, due_on in ((Kind.FIRST, days[0]), (Kind.LAST, days[-1])):
                    late[kind].setdefault(post, []).append(max((end - due_on).days, 0))
    posts = sorted(position, key=lambda one: (position[one], one))
    return {
        kind: [_punctual(post, found.get(post, []), unplanned[post]) for post in posts]
        for kind, found in late.items()
    }


def _ends(jobs: Sequence[int]) -> Iterator[tuple[Post, int, date | None, list[date]]]:
    """Yield each stage of these jobs with its place, the day of its last pair, and by when it was to be
    done, plan by plan."""
    days: dict[int, list[date]] = defaultdict(list)
    plans = StagePlan.objects.filter(stage__job__in=jobs).order_by("stage", "turn")
    for stage, due_on in plans.values_list("stage_id", "due_on"):
        days[stage].append(due_on)
    passed = Q(logs__good__gt=0, logs__reverses=None, logs__reversed_by=None)
    stages = JobStage.objects.filter(job__in=jobs).annotate(end=Max("logs__at", filter=passed))
    rows = stages.order_by("pk").values_list("pk", "position", "name", "name_en", "end")
    for pk, place, name, name_en, end in rows:
        yield (name, name_en), place, clock.day_of(end) if end else None, days.get(pk, [])


def _punctual(post: Post, late: list[int], unplanned: int) -> Working:
    middle, slow = middle_and_slow(10 * days for days in late if days)
    return Working(
        name=post[0],
        name_en=post[1],
        count=len(late),
        kept=late.count(0),
        middle=middle,
        slow=slow,
        lost=unplanned,
    )


def _spoilt(year: _Year) -> list[Working]:
    """Return where most pairs were spoilt or mended, the most first."""
    both = year.spoilt + year.mended
    worst = sorted(both, key=lambda key: (-both[key], -year.spoilt[key], key))
    return [
        Working(
            name=f"{model} · {name}"[:LONGEST_NAME],
            name_en=f"{model_en or model} · {name_en or name}"[:LONGEST_NAME],
            count=max(year.passed[key], 0),
            spoilt=max(year.spoilt[key], 0),
            lost=max(year.mended[key], 0),
        )
        for key in worst[:SPOILT_SHOWN]
        for (model, model_en), (name, name_en) in [key]
    ]


# Promises, and those who bring


def _promises(workshop: Workshop, today: date) -> list[Working]:
    """Return the months of the year up to this one, by the first promise: what is not there yet is
    late."""
    first = today.replace(day=1)
    first = first.replace(year=first.year - 1)
    agreed = Order.objects.filter(
        workshop=workshop, confirmed_at__gte=clock.begin_of(first - timedelta(days=LONGEST))
    )
    promised: Counter[date] = Counter()
    kept: Counter[date] = Counter()
    rows = with_promise(agreed.bought()).filter(promise__gte=first, promise__lt=today)
    for promise, there_on in rows.values_list("promise", "there_on").iterator():
        month = promise.replace(day=1)
        promised[month] += 1
        kept[month] += there_on is not None and there_on <= promise
    return [
        Working(month=month, count=promised[month], kept=kept[month]) for month in sorted(promised)
    ]


def _suppliers(workshop: Workshop, since: date) -> list[Working]:
    came = ReceivedLine.objects.filter(
        receipt__purchase__workshop=workshop, receipt__at__gte=clock.begin_of(since)
    )
    rows = list(
        came.values_list(
            "receipt__purchase__supplier", "receipt", "receipt__at", "line__promised_on", "good"
        )
    )
    timely = came_on_time(rows)
    count = Counter(supplier for supplier, _receipt in timely)
    kept = Counter(supplier for (supplier, _receipt), is_kept in timely.items() if is_kept)
    takes: dict[int, list[Tenths]] = defaultdict(list)
    sent = came.order_by().values_list(
        "receipt__purchase__supplier", "receipt", "receipt__at", "receipt__purchase__sent_at"
    )
    for supplier, _receipt, at, sent_at in sent.distinct():
        if sent_at is not None:
            takes[supplier].append(_tenths(sent_at, at))
    sums = came.order_by().values_list("receipt__purchase__supplier")
    bad = {
        supplier: round(1000 * rejected / (good + rejected)) if rejected else 0
        for supplier, good, rejected in sums.annotate(n=Sum("good"), m=Sum("rejected"))
    }
    return _brought(count, kept, takes, bad)


def _couriers(workshop: Workshop, since: date) -> list[Working]:
    there = Shipment.objects.filter(
        workshop=workshop,
        courier__isnull=False,
        left_at__isnull=False,
        delivered_at__gte=clock.begin_of(since),
    )
    count: Counter[int] = Counter()
    kept: Counter[int] = Counter()
    takes: dict[int, list[Tenths]] = defaultdict(list)
    for courier, left, noted, on, days in there.values_list(
        "courier", "left_at", "delivered_at", "arrived_on", "days"
    ):
        delivered = _there(noted, on)
        if left is None or delivered is None or on is None:
            continue  # the rows say so already: for the types
        takes[courier].append(_tenths(left, delivered))
        if days is not None:
            due_on = clock.day_of(left) + timedelta(days=days)
            count[courier] += 1
            kept[courier] += on <= due_on
    kinds = (Handover.Kind.FAILED, Handover.Kind.MISSED)
    in_vain = Handover.objects.filter(
        shipment__workshop=workshop, kind__in=kinds, at__gte=clock.begin_of(since)
    ).order_by()
    vain = dict(in_vain.values_list("shipment__courier").annotate(n=Count("pk")))
    return _brought(count, kept, takes, vain)


def _payers(workshop: Workshop, today: date) -> list[Working]:
    takes: dict[int, list[Tenths]] = defaultdict(list)
    count: Counter[int] = Counter()
    kept: Counter[int] = Counter()
    paid = paid_parts(Instalment.objects.filter(order__workshop=workshop), today)
    rows = paid.order_by().values_list("order__buyer", "due_on", "came_on")
    for buyer, due_on, came_on in rows.iterator():
        late = max((came_on - due_on).days, 0)
        takes[buyer].append(10 * late)
        count[buyer] += 1
        kept[buyer] += not late
    return _brought(count, kept, takes, {})


def _brought(
    count: Counter[int],
    kept: Counter[int],
    takes: dict[int, list[Tenths]],
    bad: dict[int, int],
) -> list[Working]:
    """Return a row for each party, who brings most first."""
    found = []
    for party in sorted(takes, key=lambda one: (-len(takes[one]), one)):
        middle, slow = middle_and_slow(takes[party])
        found.append(
            Working(
                party_id=party,
                count=count[party],
                kept=kept[party],
                middle=middle,
                slow=slow,
                spoilt=bad.get(party, 0),
            )
        )
    return found


# Hands


def _speed(workshop: Workshop, today: date, by: tuple[str, ...]) -> list[Working]:
    """Return the pairs that passed lately and as long before, by stage or by worker; the running day
    is not over."""
    middle = today - timedelta(days=WorkingsKept.SPEED_DAYS)
    begin = clock.begin_of(middle - timedelta(days=WorkingsKept.SPEED_DAYS))
    logs = StageLog.objects.filter(
        stage__job__workshop=workshop, at__gte=begin, at__lt=clock.begin_of(today)
    )
    if by == ("worker",):
        logs = logs.exclude(worker="")
    pairs: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0])
    days: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0])
    place: dict[tuple[str, ...], int] = {}
    rows = logs.order_by().values_list(*by).annotate(day=TruncDate("at", tzinfo=clock.WIB))
    for *key, day, good, position in rows.annotate(n=Sum("good"), m=Max("stage__position")):
        whose, before = tuple(key), day < middle
        pairs[whose][before] += good
        days[whose][before] += good > 0
        place[whose] = max(position, place.get(whose, 0))
    by_stage = len(by) > 1
    names = sorted(pairs, key=lambda one: (place[one] if by_stage else 0, one))
    return [
        Working(
            name=name[0],
            name_en=name[1] if by_stage else "",
            count=max(pairs[name][0], 0),
            kept=max(pairs[name][1], 0),
            days=days[name][0],
            days_before=days[name][1],
        )
        for name in names
    ]
