"""On which days a workshop works: its week, the public holidays, and the days it is closed.

Pure. The public holidays are those of the package `holidays` for Indonesia; of the moving feasts it
has estimates until they are decreed, and collective leave (*cuti bersama*) is not among them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays

type Span = tuple[date, date]  # the first and the last day

MONDAY_TO_SATURDAY = frozenset(range(6))
IDUL_FITRI = "Idul Fitri"
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The days on which work is done. A week without a working day has none at all."""

    weekdays: frozenset[int] = MONDAY_TO_SATURDAY  # 0 is Monday
    keeps_holidays: bool = True
    closed: tuple[Span, ...] = ()

    def is_open(self, day: date) -> bool:
        if day.weekday() not in self.weekdays:
            return False
        if any(first <= day <= last for first, last in self.closed):
            return False
        return not (self.keeps_holidays and day in public_holidays(day.year))

    def next_open(self, day: date) -> date:
        """Return the first day of work after a day; the day after it, where there is none in a year."""
        following = (day + at * DAY for at in range(1, 366))
        return next((one for one in following if self.is_open(one)), day + DAY)

    def open_days(self, first: date, last: date) -> tuple[date, ...]:
        """Return the days of work from the first day to the last."""
        return _open_days(self, first, last)


@lru_cache(maxsize=8)
def _open_days(calendar: WorkCalendar, first: date, last: date) -> tuple[date, ...]:
    every = (first + at * DAY for at in range((last - first).days + 1))
    return tuple(day for day in every if calendar.is_open(day))


@lru_cache(maxsize=32)
def public_holidays(year: int, language: str = "id") -> dict[date, str]:
    """Return the public holidays of Indonesia in a year with their names."""
    names = "en_US" if language == "en" else "id"
    found = holidays.country_holidays("ID", years=year, language=names)
    return dict(sorted(found.items()))


def next_feast(name: str, today: date) -> Span | None:
    """Return the first and the last day of a feast that comes next, or is now.

    The lunar year is shorter: once in a generation a feast falls twice into one of ours.
    """
    for year in range(today.year, today.year + 3):
        days = [day for day, said in public_holidays(year).items() if name in said]
        for first in days:
            if first - DAY in days:
                continue
            last = first
            while last + DAY in days:
                last += DAY
            if last >= today:
                return first, last
    return None
