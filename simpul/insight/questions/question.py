"""A question as it was understood: every word of it is one of the registry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from simpul.insight.questions.words import MEANS, By, Days, How, Measure, Order
from simpul.insight.spans import Span, last_months, months_back
from simpul.lib.workdays import DAY


@dataclass(frozen=True, slots=True)
class Where:
    """Only what has, or has not, one of these values: keys of rows for models, categories and buyers,
    else the value itself; for `contains` the words."""

    by: By
    how: How
    values: tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """`by` is none where only the sum is asked for; `first` and `last` are set for chosen days."""

    measures: tuple[Measure, ...]  # what is drawn, and what stands beside it
    by: By | None = None
    wheres: tuple[Where, ...] = ()
    days: Days = Days.YEAR
    first: date | None = None
    last: date | None = None
    is_compared: bool = False
    order: Order = Order.USUAL
    most: int = 12  # rows on the page

    @property
    def tells_left(self) -> bool:
        return any(MEANS[one].tells_left for one in self.measures)

    def span(self, today: date) -> Span:
        """Return the days it is about."""
        if self.days == Days.CHOSEN:
            return Span(self.first or today, self.last or today)
        if self.days == Days.THIS_MONTH:
            return Span(today.replace(day=1), today)
        if self.days == Days.THIS_YEAR:
            return Span(today.replace(month=1, day=1), today)
        if self.days == Days.LAST_YEAR:
            return Span(date(today.year - 1, 1, 1), date(today.year - 1, 12, 31))
        return last_months(int(self.days.removeprefix("m")), today)


def a_year_before(span: Span) -> Span:
    """Return the same days of the year before; whole months stay whole."""
    if (span.last + DAY).day == 1:
        return Span(_year_back(span.first), months_back(span.last + DAY, 12) - DAY)
    return Span(_year_back(span.first), _year_back(span.last))


def _year_back(day: date) -> date:
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 2, 28)
    return day.replace(year=day.year - 1)
