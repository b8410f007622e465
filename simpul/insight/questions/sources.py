"""Where the answers come from: the sums first, the facts of single orders only where no sum can tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, cast

from django.db import models
from django.db.models import (
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
)
from django.db.models.functions import ExtractIsoWeekDay, TruncDate, TruncMonth

from simpul.conversations.models import Ticket
from simpul.insight.models import (
    AreaDay,
    BuyerFact,
    ColourDay,
    ModelDay,
    ModelMonth,
    OrderFact,
    PairsFact,
    SizeDay,
)
from simpul.insight.questions.question import Question, Where
from simpul.insight.questions.words import (
    COUNTS_ON,
    MEANS,
    OF_GOODS,
    OF_TIME,
    WHOLE_BUYERS,
    WHOLE_ORDERS,
    By,
    Counts,
    How,
    Measure,
    Part,
)
from simpul.insight.spans import Span
from simpul.lib import clock
from simpul.lib.workdays import DAY
from simpul.parties.models import Workshop

SEARCHED: dict[By, tuple[str, ...]] = {  # in what `contains` looks, of rows that are named by a key
    By.MODEL: ("__code", "__name"),
    By.CATEGORY: ("__name",),
    By.BUYER: ("__name",),
}


@dataclass(frozen=True, slots=True)
class Source:
    """A table of facts or sums. `days` are its fields of days, `ways` lead from a row to what it can be
    told by, `sums` add up its parts. `buyer` leads to the buyer, where a row is of a single order."""

    model: type[models.Model]
    days: Mapping[Counts, str]
    ways: Mapping[By, str]
    sums: Mapping[Part, Any]
    is_by_month: bool = False
    workshop: str = "workshop"
    buyer: str = ""
    only_by: Mapping[Part, By] = field(default_factory=dict)  # parts that it can tell only so
    only: Q = field(default_factory=Q)

    def can_tell(self, part: Part, by: By | None, wheres: Sequence[Where], span: Span) -> bool:
        if part not in self.sums or COUNTS_ON[part] not in self.days:
            return False
        if part in self.only_by and by != self.only_by[part]:
            return False
        if self.is_by_month and (by == By.WEEKDAY or not _is_of_whole_months(span)):
            return False
        wanted = {one.by for one in wheres} | ({by} if by and by not in OF_TIME else set())
        return wanted <= self.ways.keys()


def _is_of_whole_months(span: Span) -> bool:
    """Whether sums by month tell of these days: what is not over yet has nothing after today."""
    ends = (span.last + DAY).day == 1 or span.last >= clock.today()
    return span.first.day == 1 and ends


_IS_LEFT_KNOWN = Q(contribution__isnull=False)
_SUMMED: dict[Part, Any] = {
    Part.PAIRS: Sum("pairs"),
    Part.SOLD: Sum("sold"),
    Part.LEFT: Sum("contribution"),
    Part.EARNED: Sum("earned"),
}
_BY_MONTH = {Counts.AGREED: "month", Counts.DELIVERED: "month"}
_BY_DAY = {Counts.AGREED: "day", Counts.DELIVERED: "day"}


def _of_colourways(way: str) -> dict[By, str]:
    return {
        By.MODEL: f"{way}product",
        By.CATEGORY: f"{way}product__category",
        By.COLOUR: f"{way}name",
    }


def _of_variants(way: str) -> dict[By, str]:
    return _of_colourways(f"{way}colourway__") | {By.SIZE: f"{way}size"}


def _of_orders(way: str) -> dict[By, str]:
    return {
        By.AREA: f"{way}area",
        By.SOLD_AS: f"{way}sold_as",
        By.CHANNEL: f"{way}channel",
        By.BUYER: f"{way}buyer",
    }


def _begins(way: str) -> Exists:
    """Whether an order is of the day on which its buyer was new."""
    first = BuyerFact.objects.filter(buyer=OuterRef(f"{way}buyer"))
    return Exists(first.filter(first_on=OuterRef(f"{way}agreed_on")))


def _late(way: str) -> Q:
    return Q(**{f"{way}delivered_on__gt": F(f"{way}promised_on")})


AREAS = Source(
    AreaDay,
    _BY_DAY,
    {By.AREA: "area", By.SOLD_AS: "sold_as", By.CHANNEL: "channel"},
    _SUMMED | {Part.ORDERS: Sum("orders")},
)
SIZES = Source(SizeDay, _BY_DAY, {By.SIZE: "size"}, _SUMMED)
MODELS = Source(ModelMonth, _BY_MONTH, _of_variants("variant__"), _SUMMED, is_by_month=True)
MODEL_DAYS = Source(
    ModelDay,
    _BY_DAY,
    {By.MODEL: "product", By.CATEGORY: "product__category"},
    _SUMMED | {Part.ORDERS: Sum("orders")},
    only_by={Part.ORDERS: By.MODEL},  # elsewhere an order with two models would count twice
)
COLOURS = Source(ColourDay, _BY_DAY, _of_colourways("colourway__"), _SUMMED)
BUYERS = Source(
    BuyerFact,
    {Counts.AGREED: "first_on"},
    {By.BUYER: "buyer"},
    {Part.NEW_BUYERS: Count("pk")},
)
ORDERS = Source(
    OrderFact,
    {Counts.AGREED: "agreed_on", Counts.DELIVERED: "delivered_on"},
    _of_orders(""),
    {
        Part.PAIRS: Sum("pairs"),
        Part.SOLD: Sum("sold"),
        Part.ORDERS: Count("pk"),
        Part.BUYERS: Count("buyer", distinct=True),
        Part.NEW_BUYERS: Count("buyer", distinct=True, filter=_begins("")),
        Part.ENDED: Count("pk"),
        Part.IN_TIME: Count("pk", filter=~_late("")),
        Part.LATE: Count("pk", filter=_late("")),
        Part.LATE_DAYS: Sum(
            ExpressionWrapper(F("delivered_on") - F("promised_on"), DurationField()),
            filter=_late(""),
        ),
        Part.LEFT: Sum("contribution"),
        Part.EARNED: Sum("sold", filter=_IS_LEFT_KNOWN),
    },
    buyer="buyer",
)
PAIRS = Source(
    PairsFact,
    {Counts.AGREED: "order__agreed_on", Counts.DELIVERED: "order__delivered_on"},
    _of_variants("variant__") | _of_orders("order__"),
    {
        Part.PAIRS: Sum("pairs"),
        Part.SOLD: Sum("sold"),
        Part.ORDERS: Count("order", distinct=True),
        Part.BUYERS: Count("order__buyer", distinct=True),
        Part.NEW_BUYERS: Count("order__buyer", distinct=True, filter=_begins("order__")),
        Part.ENDED: Count("order", distinct=True),
        Part.IN_TIME: Count("order", distinct=True, filter=~_late("order__")),
        Part.LATE: Count("order", distinct=True, filter=_late("order__")),
        Part.LEFT: Sum("contribution"),
        Part.EARNED: Sum("sold", filter=_IS_LEFT_KNOWN),
    },
    workshop="order__workshop",
    buyer="order__buyer",
)
TICKETS = Source(
    Ticket,
    {Counts.OPENED: "opened_at"},
    {By.BUYER: "party"},
    {Part.COMPLAINTS: Count("pk")},
    only=Q(kind__in=(Ticket.Kind.COMPLAINT, Ticket.Kind.WARRANTY, Ticket.Kind.RETURN))
    & Q(party__isnull=False, merged_into=None),
)

# the smallest first
SOURCES = (SIZES, MODEL_DAYS, MODELS, COLOURS, AREAS, BUYERS, TICKETS, ORDERS, PAIRS)


class Impossible(Exception):
    """No source tells this measure by what was asked for."""

    def __init__(self, measure: Measure) -> None:
        super().__init__(measure)
        self.measure = measure


@dataclass(frozen=True, slots=True)
class Plan:
    """Parts that one question to one source tells."""

    source: Source
    counts: Counts
    parts: tuple[Part, ...]
    by: By | None
    wheres: tuple[Where, ...]
    span: Span


def plans(question: Question, span: Span) -> list[Plan]:
    """Return what to ask for the rows, and for those sums that the rows do not add up to.

    Raises Impossible.
    """
    found = _plans(question, question.by, span, _parts(question))
    if question.by is None:
        return found
    alone = [part for part in _parts(question) if not adds_up(part, question.by)]
    return found + _plans(question, None, span, alone)


def adds_up(part: Part, by: By | None) -> bool:
    """Whether the rows together make the whole: not where an order or a buyer stands in several."""
    if part in WHOLE_BUYERS:
        return by is None or by == By.BUYER or (part == Part.NEW_BUYERS and by in OF_TIME)
    return not (part in WHOLE_ORDERS and by in OF_GOODS)


def can_be_told_by(measure: Measure) -> list[By]:
    """Return by what a measure can be told at all."""
    parts = MEANS[measure].parts
    day = Span(date(2026, 1, 2), date(2026, 1, 2))
    return [
        by for by in By if all(any(one.can_tell(p, by, (), day) for one in SOURCES) for p in parts)
    ]


def _parts(question: Question) -> list[Part]:
    return list(dict.fromkeys(part for one in question.measures for part in MEANS[one].parts))


def _plans(question: Question, by: By | None, span: Span, parts: Sequence[Part]) -> list[Plan]:
    found: dict[tuple[int, Counts], list[Part]] = {}
    for part in parts:
        at = _place(part, by, question.wheres, span)
        if at is None:
            raise Impossible(next(m for m in question.measures if part in MEANS[m].parts))
        found.setdefault((at, COUNTS_ON[part]), []).append(part)
    return [
        Plan(SOURCES[at], counts, tuple(some), by, question.wheres, span)
        for (at, counts), some in found.items()
    ]


def _place(part: Part, by: By | None, wheres: Sequence[Where], span: Span) -> int | None:
    fits = (at for at, one in enumerate(SOURCES) if one.can_tell(part, by, wheres, span))
    return next(fits, None)


# Asking one source

type Key = int | str | None
type Found = dict[Key, dict[Part, int]]


class TooManyRows(Exception):
    """More rows than anybody can read."""


MOST_ROWS = 50_000


def rows_of(plan: Plan, workshop: Workshop, buyers: tuple[int, int] | None = None) -> Found:
    """Return the parts of each row, by its key; only of buyers from one key to another, if said.

    Raises TooManyRows.
    """
    source = plan.source
    rows: QuerySet[Any] = source.model._default_manager.filter(
        source.only,
        _within(plan),
        *map(lambda one: _only(source, one), plan.wheres),
        **{source.workshop: workshop},
    )
    if buyers is not None:
        rows = rows.filter(**{f"{source.buyer}__gte": buyers[0], f"{source.buyer}__lte": buyers[1]})
    said = {f"n_{part}": source.sums[part] for part in plan.parts}
    if plan.by is None:
        return {None: _plain(plan, rows.aggregate(**said))}
    keyed = rows.order_by().annotate(key=_key(plan, plan.by)).values("key").annotate(**said)
    found: Found = {}
    for row in keyed[: MOST_ROWS + 1]:
        key, parts = _folded(plan.by, row["key"]), _plain(plan, row)
        known = found.setdefault(key, dict.fromkeys(plan.parts, 0))
        for part, count in parts.items():
            known[part] += count
    if len(found) > MOST_ROWS:
        raise TooManyRows
    return found


def _within(plan: Plan) -> Q:
    name, span = plan.source.days[plan.counts], plan.span
    if plan.counts == Counts.OPENED:
        first, end = clock.begin_of(span.first), clock.begin_of(span.last + DAY)
        return Q(**{f"{name}__gte": first, f"{name}__lt": end})
    return Q(**{f"{name}__range": (span.first, span.last)})


def _only(source: Source, where: Where) -> Q:
    way = source.ways[where.by]
    if where.how == How.CONTAINS:
        found = Q()
        for value in where.values:
            for name in SEARCHED.get(where.by, ("",)):
                found |= Q(**{f"{way}{name}__icontains": value})
        return found
    chosen = Q(**{f"{way}__in": where.values})
    return ~chosen if where.how == How.IS_NOT else chosen


def _key(plan: Plan, by: By) -> Any:
    if by not in OF_TIME:
        return F(plan.source.ways[by])
    name = plan.source.days[plan.counts]
    day: Any = TruncDate(name, tzinfo=clock.WIB) if plan.counts == Counts.OPENED else F(name)
    if by == By.WEEKDAY:
        return ExtractIsoWeekDay(day)
    return F(name) if plan.source.is_by_month else TruncMonth(day)


def _folded(by: By, key: Any) -> Key:
    """Return what a row is known by; days as 2026-03-01, the first of its month, quarter or year."""
    if not isinstance(key, date):
        return cast(Key, key)
    if by == By.QUARTER:
        return key.replace(month=(key.month - 1) // 3 * 3 + 1).isoformat()
    return (key.replace(month=1) if by == By.YEAR else key).isoformat()


def _plain(plan: Plan, row: Mapping[str, Any]) -> dict[Part, int]:
    """Return whole numbers; a length of time in days."""
    found = {}
    for part in plan.parts:
        value = row[f"n_{part}"] or 0
        found[part] = value.days if isinstance(value, timedelta) else int(value)
    return found
