"""How long something takes in the hours in which people work. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from simpul.lib.clock import WIB, day_of
from simpul.lib.workdays import DAY, WorkCalendar


@dataclass(frozen=True, slots=True)
class WorkHours:
    """The same hours on each day of work, in the workshop's time (WIB). Closes after it opens."""

    calendar: WorkCalendar
    opens: time
    closes: time

    def after(self, moment: datetime, minutes: int) -> datetime:
        """Return when so many minutes of work have passed since a moment.

        What comes before the doors open counts from when they do.
        """
        left = timedelta(minutes=minutes)
        day = day_of(moment)
        for _turn in range(3 * 366):
            first, last = self._hours_of(day)
            begun = max(first, moment)
            if begun < last and self.calendar.is_open(day):
                if begun + left <= last:
                    return begun + left
                left -= last - begun
            day += DAY
        return moment + left  # a week without a day of work

    def between(self, first: datetime, last: datetime) -> int:
        """Return how many minutes of work lie between two moments; none the wrong way round."""
        passed = timedelta()
        day = day_of(first)
        while day <= day_of(last):
            if self.calendar.is_open(day):
                opened, closed = self._hours_of(day)
                passed += max(min(closed, last) - max(opened, first), timedelta())
            day += DAY
        return int(passed.total_seconds() // 60)

    def _hours_of(self, day: date) -> tuple[datetime, datetime]:
        return datetime.combine(day, self.opens, WIB), datetime.combine(day, self.closes, WIB)
