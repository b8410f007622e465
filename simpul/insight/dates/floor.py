"""When work is done, computed: finite capacity, day by day, the earliest promise first. Pure.

A post (a stage by its name, whatever model it is of) has so many minutes on each day of work. A pair
passes at most one stage a day: glue dries, and what was lasted today is soled tomorrow. Whoever comes
first in the order of the promises takes what he needs of each day; the next one has what is left, so
nobody is ever put later by one who comes after him. Whole pairs are counted: minutes that are not
enough for one more are lost.

That is forward scheduling in priority order against finite capacity, as in any book on production
planning; what is ours is that the rules are few enough to be computed on paper.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from simpul.lib.workdays import DAY

type Shelf = tuple[int, str]  # a material and its size


class Task(NamedTuple):
    """A stage that pairs pass: at which post, and the minutes that one of them takes."""

    post: str
    minutes: int


class Work(NamedTuple):
    """Pairs that are to be made. `waiting` says how many wait before each of the tasks."""

    begins_on: date  # the first day on which somebody may begin
    tasks: tuple[Task, ...]
    waiting: tuple[int, ...]


class Done(NamedTuple):
    """The day on which the last pair is made, and the post where pairs waited longest for a hand."""

    on: date
    post: str = ""
    days_waited: int = 0


class Floor:
    """What is left of the posts' minutes, day by day."""

    def __init__(self, minutes: Mapping[str, int], days: Sequence[date]) -> None:
        """Take the minutes that each post has a day, and the days of work to come."""
        self._minutes, self._days = minutes, days
        self._left: dict[str, list[int]] = {post: [] for post in minutes}

    def copy(self) -> Floor:
        """Return the same floor, on which something may be tried."""
        made = Floor(self._minutes, self._days)
        made._left = {post: left.copy() for post, left in self._left.items()}
        return made

    def take(self, work: Work) -> Done | None:
        """Give some work the minutes that it needs, as early as it can be; None where nobody knows
        how long it takes or who does it, and where it never ends.

        Work without pairs is done on the day on which it may begin.
        """
        waiting = list(work.waiting)
        if not any(waiting):
            return Done(work.begins_on)
        if not all(0 < minutes <= self._minutes.get(post, 0) for post, minutes in work.tasks):
            return None  # not known, or not one pair can be made in a day
        last = len(waiting) - 1
        lefts = [self._left[task.post] for task in work.tasks]
        waited: dict[str, int] = {}
        for at in range(bisect_left(self._days, work.begins_on), len(self._days)):
            for place in range(last, -1, -1):
                pairs = waiting[place]
                if not pairs:
                    continue
                post, minutes = work.tasks[place]
                left = lefts[place]
                while len(left) <= at:
                    left.append(self._minutes[post])
                passed = min(pairs, left[at] // minutes)
                left[at] -= passed * minutes
                waiting[place] -= passed
                if place < last:
                    waiting[place + 1] += passed
                if passed < pairs:
                    waited[post] = waited.get(post, 0) + 1
            if not any(waiting):
                post, days = max(waited.items(), key=lambda one: one[1], default=("", 0))
                return Done(self._days[at], post, days)
        return None

    def load(self, first: date, last: date) -> dict[str, tuple[int, int]]:
        """Return for each post the minutes that are taken in these days, and those that there are."""
        days = range(bisect_left(self._days, first), bisect_left(self._days, last + DAY))
        return {
            post: (
                sum(self._minutes[post] - left[at] for at in days if at < len(left)),
                self._minutes[post] * len(days),
            )
            for post, left in self._left.items()
        }


class Unknown(Exception):
    """Nobody is known to sell it."""


class Store:
    """Material by shelf: what is free, what comes for nobody in particular, and how long buying takes."""

    def __init__(
        self,
        free: Mapping[Shelf, int],
        coming: Mapping[Shelf, Sequence[tuple[date, int]]],
        lead_days: Mapping[int, int],
    ) -> None:
        self._free = dict(free)
        self._coming = {shelf: sorted(parts) for shelf, parts in coming.items()}
        self._lead_days = lead_days

    def copy(self) -> Store:
        return Store(self._free, self._coming, self._lead_days)

    def take(self, shelf: Shelf, quantity: int, buys_on: date) -> date | None:
        """Take so much: what is free at first, then what comes before it could be bought on a day,
        and what is still lacking is bought.

        Return the day on which all of it is there; None where it lies there already. Raises Unknown
        where nobody is known to sell it.
        """
        taken = min(self._free.get(shelf, 0), quantity)
        if taken:
            self._free[shelf] -= taken
            quantity -= taken
        days = self._lead_days.get(shelf[0])
        bought_on = None if days is None else buys_on + timedelta(days=days)
        there_on: date | None = None
        parts = self._coming.get(shelf, [])
        while quantity and parts and (bought_on is None or parts[0][0] <= bought_on):
            there_on, much = parts.pop(0)
            taken = min(much, quantity)
            quantity -= taken
            if much > taken:
                parts.insert(0, (there_on, much - taken))
        if quantity and bought_on is None:
            raise Unknown(shelf)
        return bought_on if quantity else there_on
