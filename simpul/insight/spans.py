"""Spans of days, and which days of the year before they are to be compared with. Pure.

Lebaran moves: it comes ten or eleven days sooner each year, and the shops order in the weeks before it.
A span near it is compared with the days that lay as far from the feast before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from simpul.lib.workdays import DAY, IDUL_FITRI, public_holidays

WEEK = timedelta(days=7)
WEEKS_IN_A_YEAR = 52
ORDERS_RISE = 8 * WEEK  # before the feast
ALL_RESTS = 2 * WEEK  # after it


@dataclass(frozen=True, slots=True)
class Span:
    """Days from the first to the last."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Compared:
    """The days of the year before for a span; and the two feasts, where they were counted from them."""

    span: Span
    feast: date | None = None
    feast_before: date | None = None


def last_months(count: int, today: date) -> Span:
    """Return so many whole months, up to the end of the last one."""
    last = today.replace(day=1) - DAY
    return Span(months_back(last.replace(day=1), count - 1), last)


def months_back(day: date, count: int) -> date:
    """Return the first of the month so many months before that of a day."""
    months = day.year * 12 + day.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)


def feasts(first: date, last: date) -> list[date]:
    """Return the first days of Idul Fitri from one day to another."""
    found = []
    for year in range(first.year, last.year + 1):
        days = [day for day, name in public_holidays(year).items() if IDUL_FITRI in name]
        found += [day for day in days if day - DAY not in days and first <= day <= last]
    return found


def year_before(span: Span) -> Compared:
    """Return the days to compare whole months with: of a year the year before, else the same weeks
    of the year before, counted from Idul Fitri where that is near."""
    if span.days > 360:
        ends = months_back(span.last + DAY, 12) - DAY
        return Compared(Span(months_back(span.first, 12), ends))
    near = feasts(span.first - ALL_RESTS, span.last + ORDERS_RISE)
    if near:
        feast = near[-1]
        before = feasts(feast - timedelta(days=400), feast - timedelta(days=300))
        if before:
            shift = feast - before[-1]
            return Compared(Span(span.first - shift, span.last - shift), feast, before[-1])
    shift = WEEKS_IN_A_YEAR * WEEK
    return Compared(Span(span.first - shift, span.last - shift))
