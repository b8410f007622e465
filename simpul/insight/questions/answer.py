"""The answer to a question: counted by the smallest sources that can tell, and put in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from simpul.catalog.models import Category, Colourway, Product
from simpul.insight.models import AreaDay, BuyerFact, OrderFact
from simpul.insight.questions.question import Question, a_year_before
from simpul.insight.questions.sources import (
    Found,
    Key,
    Plan,
    adds_up,
    plans,
    rows_of,
)
from simpul.insight.questions.words import (
    MEANS,
    OF_TIME,
    By,
    Measure,
    Order,
    Part,
    Unit,
)
from simpul.insight.spans import Compared, Span, months_back, year_before
from simpul.lib.patience import at_most
from simpul.orders.models import Order as SalesOrder
from simpul.parties.models import Party, Workshop

AT_ONCE = 50_000  # orders that a page may look at one by one
PATIENCE_S = 3.0  # what a page may wait for a single question
BUYERS_AT_ONCE = 500  # of a part of a long count

type Parts = dict[Part, int]
type Told = Callable[[int, int], None]  # hears how much is done, and of how much

NOT_KNOWN = gettext_lazy("not known")


class TooMany(Exception):
    """There are more single orders to look at than a page may: `orders` of them."""

    def __init__(self, orders: int) -> None:
        super().__init__(orders)
        self.orders = orders


@dataclass(slots=True)
class Tally:
    """What was counted in some days: the parts of each row, and those of all together."""

    rows: dict[Key, Parts] = field(default_factory=dict)
    total: Parts = field(default_factory=dict)

    def add(self, plan: Plan, found: Found, by: By | None) -> None:
        """Add what one source has told; of what adds up the whole is the sum of the rows."""
        for key, parts in found.items():
            if plan.by is not None:
                known = self.rows.setdefault(key, {})
                for part, count in parts.items():
                    known[part] = known.get(part, 0) + count
            for part, count in parts.items():
                if plan.by is None or adds_up(part, by):
                    self.total[part] = self.total.get(part, 0) + count


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the answer; figures as their unit says, none where nothing can be told."""

    key: Key
    label: str
    now: tuple[int | None, ...]
    before: tuple[int | None, ...] = ()


@dataclass(slots=True)
class Answer:
    """All rows in their order; `shown` of them on the page, `others` the rest as one, if they add up."""

    question: Question
    span: Span
    before: Span | None
    began: date | None  # the first day of which anything is known
    rows: list[Row]
    total: Row
    others: Row | None

    @property
    def shown(self) -> list[Row]:
        return self.rows if self.is_a_curve else self.rows[: self.question.most]

    @property
    def more(self) -> int:
        """How many rows are not shown."""
        return len(self.rows) - len(self.shown)

    @property
    def is_a_curve(self) -> bool:
        """Whether its rows stand in an order of their own, so that none may be cut off."""
        return is_by_name(self.question) and self.question.by in {*OF_TIME, By.SIZE}

    @property
    def is_empty(self) -> bool:
        return not any(any(row.now) or any(row.before) for row in (*self.rows, self.total))

    @property
    def is_comparable(self) -> bool:
        """Whether the days that it is compared with are known from their first one."""
        return bool(self.before and self.began and self.began <= self.before.first)

    @property
    def by_feast(self) -> Compared | None:
        """The days that lie as far from Idul Fitri, where it is near and on another day of the year."""
        found = year_before(self.span)
        return found if self.before and found.feast else None


def spans_of(question: Question, today: date) -> list[Span]:
    """Return the days asked for, and those that they are compared with, if they are."""
    span = question.span(today)
    return [span, a_year_before(span)] if question.is_compared else [span]


def count_now(question: Question, workshop: Workshop, today: date) -> list[Tally]:
    """Count each span while somebody waits. Raises Impossible, TooMany, TooManyRows and TooLong."""
    spans = spans_of(question, today)
    asked = [plans(question, span) for span in spans]
    if any(plan.source.buyer for some in asked for plan in some):
        orders = sum(_orders_in(workshop, span) for span in spans)
        if orders > AT_ONCE:
            raise TooMany(orders)
    with at_most(PATIENCE_S):
        return [_counted(question, some, workshop, None) for some in asked]


def count_long(question: Question, workshop: Workshop, today: date, told: Told) -> list[Tally]:
    """Count the same in parts, some buyers at a time: nothing of it holds the database for long."""
    asked = [plans(question, span) for span in spans_of(question, today)]
    tallies = [Tally() for _some in asked]
    parts = _parts_of_buyers(workshop)
    for done, buyers in enumerate(parts):
        told(done, len(parts))
        for tally, some in zip(tallies, asked, strict=True):
            for plan in some:
                if plan.source.buyer:
                    tally.add(plan, rows_of(plan, workshop, buyers), question.by)
    for tally, some in zip(tallies, asked, strict=True):
        for plan in some:
            if not plan.source.buyer:
                tally.add(plan, rows_of(plan, workshop), question.by)
    return tallies


def answer(question: Question, workshop: Workshop, today: date, tallies: Sequence[Tally]) -> Answer:
    """Put what was counted in words and in order."""
    spans = spans_of(question, today)
    now, before = tallies[0], tallies[1] if len(tallies) > 1 else None
    keys = _keys(question, spans[0], tallies)
    was = (
        {_a_year_on(question.by, key): parts for key, parts in before.rows.items()}
        if before
        else {}
    )
    labels = _labels(question.by, keys, workshop)
    rows = [
        Row(
            key,
            labels[key],
            _figures(question, now.rows.get(key, {})),
            _figures(question, was.get(key, {})) if before else (),
        )
        for key in keys
    ]
    rows = _sorted(question, rows)
    total = Row(
        None,
        _("All together"),
        _figures(question, now.total),
        _figures(question, before.total) if before else (),
    )
    days = AreaDay.objects.filter(workshop=workshop).order_by("day")
    found = Answer(
        question,
        spans[0],
        spans[1] if before else None,
        days.values_list("day", flat=True).first(),
        rows,
        total,
        None,
    )
    found.others = _others(found, now, was if before else None)
    return found


# Counting


def _counted(
    question: Question, some: Iterable[Plan], workshop: Workshop, buyers: tuple[int, int] | None
) -> Tally:
    tally = Tally()
    for plan in some:
        tally.add(plan, rows_of(plan, workshop, buyers), question.by)
    return tally


def _orders_in(workshop: Workshop, span: Span) -> int:
    rows = AreaDay.objects.filter(workshop=workshop, day__range=(span.first, span.last))
    found: int = rows.aggregate(n=Sum("orders", default=0))["n"]
    return found


def _parts_of_buyers(workshop: Workshop) -> list[tuple[int, int]]:
    """Return from which key to which key each part of the buyers goes."""
    keys = list(
        BuyerFact.objects.filter(workshop=workshop).order_by("pk").values_list("pk", flat=True)
    )
    starts = range(0, len(keys), BUYERS_AT_ONCE)
    return [(keys[at], keys[min(at + BUYERS_AT_ONCE, len(keys)) - 1]) for at in starts]


# In words and in order


def _figures(question: Question, parts: Parts) -> tuple[int | None, ...]:
    return tuple(figure(one, parts) for one in question.measures)


def figure(measure: Measure, parts: Parts) -> int | None:
    """Return a measure from its parts, as its unit says: none of what cannot be divided."""
    means = MEANS[measure]
    value = parts.get(means.parts[0], 0)
    if not means.is_ratio:
        return value
    among = parts.get(means.parts[1], 0)
    if among <= 0:
        return None
    if means.unit == Unit.MILLI:
        return round(10 * value / among) * 100  # to a tenth
    if means.unit == Unit.PERCENT:
        return round(1000 * value / among) * 100
    return round(value / among)


def _keys(question: Question, span: Span, tallies: Sequence[Tally]) -> list[Key]:
    """Return every row there is; of months and quarters also those in which nothing was."""
    if question.by in (By.MONTH, By.QUARTER, By.YEAR):
        step = {By.MONTH: 1, By.QUARTER: 3, By.YEAR: 12}[question.by]
        first = span.first.replace(day=1)
        first = months_back(first, (first.month - 1) % step)
        found: list[Key] = []
        while first <= span.last:
            found.append(first.isoformat())
            first = months_back(first, -step)
        return found
    if question.by == By.WEEKDAY:
        return list(range(1, 8))
    return list(dict.fromkeys(key for tally in tallies for key in tally.rows))


def _a_year_on(by: By | None, key: Key) -> Key:
    """Return the row beside which one of the year before stands."""
    if by in (By.MONTH, By.QUARTER, By.YEAR) and isinstance(key, str):
        return months_back(date.fromisoformat(key), -12).isoformat()
    return key


def _labels(by: By | None, keys: Sequence[Key], workshop: Workshop) -> dict[Key, str]:
    rows = [key for key in keys if isinstance(key, int)]
    if by == By.MODEL:
        models = Product.objects.filter(workshop=workshop, pk__in=rows)
        return {model.pk: f"{model.code} {model}" for model in models}
    if by == By.CATEGORY:
        named = Category.objects.filter(workshop=workshop, pk__in=rows)
        return {category.pk: str(category) for category in named}
    if by == By.BUYER:
        parties = Party.objects.filter(workshop=workshop, pk__in=rows)
        return dict(parties.values_list("pk", "name"))
    if by == By.COLOUR:
        labels = Colourway.labels(workshop, [str(key) for key in keys])
        return {key: labels[str(key)] for key in keys}
    if by == By.SOLD_AS:
        return {key: str(OrderFact.SoldAs(str(key)).label) for key in keys}
    if by == By.CHANNEL:
        return {key: str(SalesOrder.Channel(str(key)).label) for key in keys}
    return {key: str(key or NOT_KNOWN) for key in keys}


def is_by_name(question: Question) -> bool:
    """Whether the rows stand in the order of their names, days or sizes."""
    if question.order == Order.USUAL:
        return question.by in OF_TIME or question.by == By.SIZE
    return question.order == Order.NAME


def _sorted(question: Question, rows: list[Row]) -> list[Row]:
    if is_by_name(question):
        return rows if question.by in OF_TIME else sorted(rows, key=lambda row: row.label)
    sign = 1 if question.order == Order.LEAST else -1

    def place(row: Row) -> tuple[bool, int, str]:
        value = row.now[0]
        return value is None, sign * (value or 0), row.label  # what cannot be told comes last

    return sorted(rows, key=place)


def _others(found: Answer, now: Tally, was: dict[Key, Parts] | None) -> Row | None:
    """Return what is not shown as one row; none where an order or a buyer may stand in several."""
    question, rest = found.question, found.rows[len(found.shown) :]
    parts = {part for one in question.measures for part in MEANS[one].parts}
    if not rest or not all(adds_up(part, question.by) for part in parts):
        return None
    keys = [row.key for row in rest]
    return Row(
        None,
        _("the others"),
        _figures(question, _summed(now.rows, keys)),
        _figures(question, _summed(was, keys)) if was is not None else (),
    )


def _summed(rows: dict[Key, Parts], keys: Iterable[Key]) -> Parts:
    found: Parts = {}
    for key in keys:
        for part, count in rows.get(key, {}).items():
            found[part] = found.get(part, 0) + count
    return found
