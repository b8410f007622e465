"""Market trend: what sells, where, to whom and when, beside the year before. Reads only the sums.

What was asked for counts on the day on which it was agreed on, what is left of it on the day on which
the last pairs of the order were delivered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import Min, Q, Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from simpul.catalog.models import Colourway
from simpul.insight import rates
from simpul.insight.capacity import Narrowest, narrowest
from simpul.insight.models import AreaDay, ColourDay, ModelDay, OrderFact, SizeDay
from simpul.insight.rates import Counted
from simpul.insight.spans import (
    WEEK,
    WEEKS_IN_A_YEAR,
    Compared,
    Span,
    feasts,
    last_months,
    months_back,
    year_before,
)
from simpul.lib.workdays import DAY
from simpul.orders.models import Order
from simpul.parties.models import Workshop, in_this_language

MONTHS = (3, 6, 12)  # what one may look at
MONTHS_IN_A_YEAR = 12
WEEKS_TO_COME = 10
PACE_WEEKS = 12
NEVER = Counted(0, 0)


class Measure(models.TextChoices):
    PAIRS = "pairs", _("Pairs")
    SOLD = "sold", _("Revenue")
    LEFT = "contribution", _("Contribution")


class By(models.TextChoices):
    MODEL = "model", _("Model")
    COLOUR = "colour", _("Colour")
    SIZE = "size", _("Size")
    AREA = "area", _("Area")
    SOLD_AS = "sold_as", _("Buyers")
    CHANNEL = "channel", _("Way of ordering")
    MONTH = "month", _("Month")


class Turn(models.TextChoices):
    """What a test finds of a model."""

    NEW = "new", _("new")
    RISING = "rising", _("rising")
    FADING = "fading", _("fading")


@dataclass(slots=True)
class Row:
    """A model, a colour or whatever was asked for; `turn` only of models."""

    key: Any
    label: str
    now: int
    before: int
    orders: Counted = NEVER
    turn: str = ""
    days_before: Span | None = None  # of a month: the days that it is compared with

    @property
    def change(self) -> float | None:
        """Return by which share it is more than before; None where there was nothing before."""
        return (self.now - self.before) / self.before if self.before > 0 else None

    @property
    def turn_label(self) -> str:
        return str(Turn(self.turn).label) if self.turn else ""


@dataclass(slots=True)
class Trend:
    """What was asked for, and the answer."""

    by: By
    measure: Measure
    months: int
    span: Span
    compared: Compared
    began: date | None  # the first day of which anything is known
    rows: list[Row] = field(default_factory=list)

    @property
    def now(self) -> int:
        return sum(row.now for row in self.rows)

    @property
    def is_comparable(self) -> bool:
        """Whether the days that it is compared with are known from their first one."""
        return self.began is not None and self.began <= self.compared.span.first

    @property
    def turned(self) -> list[Row]:
        return [row for row in self.rows if row.turn]


@dataclass(frozen=True, slots=True)
class Totals:
    """The whole workshop in a span and in the one that it is compared with."""

    now: dict[str, int]
    before: dict[str, int]


@dataclass(frozen=True, slots=True)
class Weeks:
    """Pairs by week around Idul Fitri, of this turn of the year and the last one; None: not over yet."""

    feast: date
    feast_before: date
    places: list[int]  # weeks from the one in which the feast is
    now: list[int | None]
    before: list[int | None]

    @property
    def rows(self) -> list[tuple[int, int | None, int | None]]:
        return list(zip(self.places, self.now, self.before, strict=True))


@dataclass(frozen=True, slots=True)
class Book:
    """Pairs that are promised and not wholly delivered, by the week of the promise."""

    late: int
    weeks: list[tuple[date, int]]  # their Mondays
    pace: int  # pairs a week that were really delivered of late
    best: int  # week of the last ones
    capacity: Narrowest | None = None  # of the same weeks

    @property
    def overfull(self) -> tuple[date, int] | None:
        """Return the first week by whose end more is promised than can be made, and how many pairs
        more; None where all can be made in time, or what can be made is not known."""
        promised, made = self.late, 0
        for (monday, pairs), most in zip(
            self.weeks, self.capacity.weeks if self.capacity else (), strict=False
        ):
            promised, made = promised + pairs, made + most
            if promised > made:
                return monday, promised - made
        return None

    @property
    def total(self) -> int:
        return self.late + sum(pairs for _monday, pairs in self.weeks)


def trend(workshop: Workshop, today: date, *, by: By, measure: Measure, months: int) -> Trend:
    """Return what sold in so many whole months, by what was asked for, the most first.

    All is compared with the days of `year_before`; a month of a whole year with its own.
    """
    span = last_months(months, today)
    found = Trend(by, measure, months, span, year_before(span), _began(workshop))
    if by == By.MODEL:
        found.rows = _by_model(workshop, found)
    elif by == By.MONTH:
        found.rows = _by_month(workshop, found)
    else:
        found.rows = _by_sums(workshop, found)
    return found


def totals(workshop: Workshop, span: Span, compared: Compared) -> Totals:
    """Return pairs, revenue and contribution of both spans."""
    said = {
        f"{name}_{when}": Sum(name, filter=Q(day__range=(days.first, days.last)), default=0)
        for name in Measure.values
        for when, days in (("now", span), ("before", compared.span))
    }
    days = SizeDay.objects.filter(workshop=workshop, day__range=_both(span, compared.span))
    found = days.aggregate(**said)
    return Totals(
        {name: found[f"{name}_now"] for name in Measure.values},
        {name: found[f"{name}_before"] for name in Measure.values},
    )


def _began(workshop: Workshop) -> date | None:
    days = SizeDay.objects.filter(workshop=workshop).order_by("day")
    return days.values_list("day", flat=True).first()


def weeks_around_the_feast(workshop: Workshop, today: date) -> Weeks | None:
    """Return the year of weeks that ends with this one, by how far each lies from Idul Fitri, beside
    the one before; None where no feast is known."""
    feast = max(feasts(today - timedelta(days=400), today + 8 * WEEK), default=None)
    earlier = feasts(feast - timedelta(days=400), feast - DAY) if feast else []
    if feast is None or not earlier:
        return None
    feast_before = earlier[-1]
    last = min((today - _monday(feast)).days // 7, 26)
    places = list(range(last - WEEKS_IN_A_YEAR + 3, max(last, 0) + 9))  # both years are that long
    first_day = _monday(feast_before) + places[0] * WEEK
    rows = SizeDay.objects.filter(workshop=workshop, day__gte=first_day, pairs__gt=0)
    by_day = dict(rows.order_by().values_list("day").annotate(n=Sum("pairs")))
    began = _began(workshop)
    if began is None:
        return None

    def curve(middle: date) -> list[int | None]:
        found: list[int | None] = []
        for place in places:
            monday = _monday(middle) + place * WEEK
            is_known = began <= monday and monday + WEEK <= today
            week = sum(by_day.get(monday + n * DAY, 0) for n in range(7))
            found.append(week if is_known else None)
        return found

    return Weeks(feast, feast_before, places, curve(feast), curve(feast_before))


def seasons(workshop: Workshop, today: date) -> list[tuple[int, list[int | None]]]:
    """Return the pairs that were asked for in each month, year by year; None: nothing is known."""
    rows = SizeDay.objects.filter(workshop=workshop, day__gte=date(today.year - 4, 1, 1))
    by_month = rows.order_by().values_list(TruncMonth("day")).annotate(n=Sum("pairs"))
    known = dict(by_month)
    if not known:
        return []
    first, last = min(known), today.replace(day=1)
    return [
        (
            year,
            [
                known.get(month, 0) if first <= month <= last else None
                for month in (date(year, n, 1) for n in range(1, 13))
            ],
        )
        for year in range(first.year, today.year + 1)
    ]


def order_book(workshop: Workshop, today: date) -> Book:
    """Return what is promised for the coming weeks, and what the workshop has delivered in the last
    ones. An order counts with all its pairs until the last of them is delivered."""
    open_now = OrderFact.objects.filter(workshop=workshop, delivered_on=None).order_by()
    promised = open_now.values_list("promised_on").annotate(n=Sum("pairs"))
    this = _monday(today)
    weeks = {this + n * WEEK: 0 for n in range(WEEKS_TO_COME)}
    late = 0
    for day, pairs in promised:
        if day < today:
            late += pairs
        else:
            weeks[min(_monday(day), max(weeks))] += pairs
    coming = list(weeks.items())
    while coming and not coming[-1][1]:
        coming.pop()  # nothing is promised for so late
    begins = this - PACE_WEEKS * WEEK
    done = OrderFact.objects.filter(workshop=workshop, delivered_on__range=(begins, this - DAY))
    by_week: dict[date, int] = defaultdict(int)
    for day, pairs in done.order_by().values_list("delivered_on").annotate(n=Sum("pairs")):
        by_week[_monday(day or begins)] += pairs
    pace = round(sum(by_week.values()) / PACE_WEEKS)
    capacity = narrowest(workshop, today, list(weeks))
    return Book(late, coming, pace, max(by_week.values(), default=0), capacity)


# By what


def _by_model(workshop: Workshop, asked: Trend) -> list[Row]:
    now, before = asked.span, asked.compared.span
    in_now, in_before = (Q(day__range=(one.first, one.last)) for one in (now, before))
    rows = (
        ModelDay.objects.filter(workshop=workshop, day__range=_both(now, before))
        .order_by()
        .values("product", "product__name", "product__name_en", "product__code")
        .annotate(
            now=Sum(asked.measure, filter=in_now, default=0),
            was=Sum(asked.measure, filter=in_before, default=0),
            orders_now=Sum("orders", filter=in_now, default=0),
            orders_before=Sum("orders", filter=in_before, default=0),
        )
    )
    found = [
        Row(
            row["product"],
            f"{row['product__code']} "
            f"{in_this_language(row['product__name'], row['product__name_en'])}",
            row["now"],
            row["was"],
            Counted(row["orders_now"], row["orders_before"]),
        )
        for row in rows
        if row["now"] or row["was"] or row["orders_now"] or row["orders_before"]
    ]
    if asked.is_comparable:
        _say_turns(workshop, found, now, before)
    return _sorted(found)


def _say_turns(workshop: Workshop, rows: list[Row], now: Span, before: Span) -> None:
    """Name what is new, and what a test calls rising or fading.

    A model that came within the days before is held against those since its first order, and that
    one order, without which there would be no such days, does not count.
    """
    sold = ModelDay.objects.filter(workshop=workshop, orders__gt=0).order_by()
    first = dict(sold.values_list("product").annotate(on=Min("day")))
    chances: dict[Any, float] = {}
    rising: dict[Any, bool] = {}
    for row in rows:
        came = first.get(row.key, now.last)
        if came >= before.last:
            row.turn = Turn.NEW if row.orders.now else ""
            continue
        is_young = came >= before.first
        days = (before.last - came).days if is_young else before.days
        counted = Counted(row.orders.now, row.orders.before - is_young)
        chances[row.key] = rates.chance(counted, now.days / (now.days + days))
        rising[row.key] = counted.now * days > counted.before * now.days
    turned = rates.found(chances)
    for row in rows:
        if row.key in turned:
            row.turn = Turn.RISING if rising[row.key] else Turn.FADING


SUMS: dict[By, tuple[type[models.Model], str]] = {
    By.COLOUR: (ColourDay, "colourway__name"),
    By.SIZE: (SizeDay, "size"),
    By.AREA: (AreaDay, "area"),
    By.SOLD_AS: (AreaDay, "sold_as"),
    By.CHANNEL: (AreaDay, "channel"),
}


def _by_sums(workshop: Workshop, asked: Trend) -> list[Row]:
    model, name = SUMS[asked.by]
    now, before = asked.span, asked.compared.span
    in_now, in_before = (Q(day__range=(one.first, one.last)) for one in (now, before))
    rows = (
        model._default_manager.filter(in_now | in_before, workshop=workshop)
        .order_by()
        .values_list(name)
        .annotate(
            now=Sum(asked.measure, filter=in_now, default=0),
            was=Sum(asked.measure, filter=in_before, default=0),
        )
    )
    found = [Row(key, _label(asked.by, key), now, was) for key, now, was in rows if now or was]
    if asked.by == By.COLOUR:
        labels = Colourway.labels(workshop, [row.key for row in found])
        for row in found:
            row.label = labels[row.key]
    if asked.by == By.SIZE:
        return sorted(found, key=lambda row: row.label)  # a curve
    return _sorted(found)


def _by_month(workshop: Workshop, asked: Trend) -> list[Row]:
    """Hold each month against the days that lie as far back as all of them do; in a whole year, in which
    the feast is near some months only, against its own."""
    firsts = [months_back(asked.span.last, n) for n in reversed(range(asked.months))]
    nows = [Span(first, months_back(first, -1) - DAY) for first in firsts]
    back = asked.span.first - asked.compared.span.first
    if asked.months == MONTHS_IN_A_YEAR:
        befores = [year_before(one).span for one in nows]
    else:
        befores = [Span(one.first - back, one.last - back) for one in nows]
    earliest = min(one.first for one in befores)
    days = SizeDay.objects.filter(workshop=workshop, day__range=(earliest, asked.span.last))
    known = dict(days.order_by().values_list("day").annotate(n=Sum(asked.measure)))

    def sold(span: Span) -> int:
        return sum(known.get(span.first + n * DAY, 0) for n in range(span.days))

    return [
        Row(now.first, now.first.isoformat(), sold(now), sold(before), days_before=before)
        for now, before in zip(nows, befores, strict=True)
    ]


def _label(by: By, key: str) -> str:
    if by == By.SOLD_AS:
        return str(OrderFact.SoldAs(key).label)
    if by == By.CHANNEL:
        return str(Order.Channel(key).label)
    return key or str(_("not known"))


def _sorted(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (-row.now, -row.before, row.label))


def _both(now: Span, before: Span) -> tuple[date, date]:
    return before.first, now.last


def _monday(day: date) -> date:
    return day - day.weekday() * DAY
