"""When work is done, computed: finite capacity, day by day, the earliest promise first. Pure.

A post (a stage by its name, whatever model it is of) has so many minutes on each day of work. A pair
passes at most one stage a day: glue dries, and what was lasted today is soled tomorrow. Whoever comes
first in the order of the promises takes what he needs of each day; the next one has what is left, so
nobody is ever put later by one who comes after him. Whole pairs are counted: minutes that are not
enough for one more are lost.

A stage may need a last (or a mould, or a cutting die) of the pair's own size, of which there are so many:
they make so many pairs of that size a day, whoever's they are. Where hands are short, the next hand is
for the size that waits longest for its lasts otherwise: of which most pairs wait for each that they make.

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
type Last = tuple[str, str]  # a set of lasts and the size
type Sizes = Mapping[str, int]  # pairs of each size


class Task(NamedTuple):
    """A stage that pairs pass: at which post, the minutes that one of them takes, and on which lasts."""

    post: str
    minutes: int
    lasts: str = ""  # none: it needs none


class Work(NamedTuple):
    """Pairs that are to be made. `waiting` says how many of each size wait before each of the tasks."""

    begins_on: date  # the first day on which somebody may begin
    tasks: tuple[Task, ...]
    waiting: tuple[Sizes, ...]


class Done(NamedTuple):
    """The day on which the last pair is made, and what pairs waited longest for: the hands of a post,
    or lasts of a size."""

    on: date
    waited_for: str | Last = ""
    days_waited: int = 0
    made: tuple[tuple[date, int], ...] = ()  # the days on which pairs are made, and how many
    ends: tuple[date | None, ...] = ()  # of each task the day of its last pair; none waits: None


class Floor:
    """What is left of the posts' minutes and of the lasts, day by day."""

    def __init__(
        self,
        minutes: Mapping[str, int],
        days: Sequence[date],
        lasts: Mapping[Last, int] | None = None,
    ) -> None:
        """Take the minutes that each post has a day, the days of work to come, and the pairs that
        the lasts of each size make a day."""
        self._minutes, self._days, self._lasts = minutes, days, lasts or {}
        self._left: dict[str, list[int]] = {post: [] for post in minutes}
        self._free: dict[Last, list[int]] = {last: [] for last in self._lasts}

    def copy(self) -> Floor:
        """Return the same floor, on which something may be tried."""
        made = Floor(self._minutes, self._days, self._lasts)
        made._left = {post: left.copy() for post, left in self._left.items()}
        made._free = {last: free.copy() for last, free in self._free.items()}
        return made

    def take(self, work: Work) -> Done | None:
        """Give some work the minutes and the lasts that it needs, as early as it can be; None where
        nobody knows how long it takes or who does it, where it never ends, and where a size has no
        last: then it takes the hands that it would need.

        Work without pairs is done on the day on which it may begin.
        """
        waiting = [sum(sizes.values()) for sizes in work.waiting]
        if not any(waiting):
            return Done(work.begins_on)
        if not all(0 < task.minutes <= self._minutes.get(task.post, 0) for task in work.tasks):
            return None  # not known, or not one pair can be made in a day
        last = len(waiting) - 1
        lefts = [self._left[task.post] for task in work.tasks]
        crowd = Crowd(work, self._lasts) if any(task.lasts for task in work.tasks) else None
        waited: dict[str | Last, int] = {}
        made: list[tuple[date, int]] = []
        ends: list[date | None] = [None] * len(waiting)
        for at in range(bisect_left(self._days, work.begins_on), len(self._days)):
            for place in range(last, -1, -1):
                pairs = waiting[place]
                if not pairs:
                    continue
                post, minutes, _lasts = work.tasks[place]
                left = lefts[place]
                while len(left) <= at:
                    left.append(self._minutes[post])
                hands = left[at] // minutes
                if crowd is None:
                    passed = min(pairs, hands)
                    if passed < pairs:
                        waited[post] = waited.get(post, 0) + 1
                else:
                    passed = self._sized(crowd, place, at, hands, waited)
                left[at] -= passed * minutes
                waiting[place] -= passed
                if passed:
                    ends[place] = self._days[at]
                if place < last:
                    waiting[place + 1] += passed
                elif passed:
                    made.append((self._days[at], passed))
            if not any(waiting):
                what, days = max(waited.items(), key=lambda one: one[1], default=("", 0))
                is_able = not lacking(work.tasks, work.waiting, self._lasts)
                return (
                    Done(self._days[at], what, days, tuple(made), tuple(ends)) if is_able else None
                )
        return None

    def _sized(
        self, crowd: Crowd, place: int, at: int, hands: int, waited: dict[str | Last, int]
    ) -> int:
        """Let pairs of each size pass a stage, as many as there are lasts and hands for; return how
        many did. `waited` counts what the others wait for."""
        post, _minutes, lasts = crowd.tasks[place]
        room: dict[str, int] = {}
        kept_back: list[str] = []  # sizes of which more wait than there are lasts
        for size, pairs in crowd.waiting[place].items():
            if not pairs:
                continue
            if (free := self._free.get((lasts, size))) is None:
                room[size] = pairs
                continue
            while len(free) <= at:
                free.append(self._lasts[lasts, size])
            if free[at]:
                room[size] = min(pairs, free[at])
            if free[at] < pairs:
                kept_back.append(size)
        if sum(room.values()) > hands:
            waited[post] = waited.get(post, 0) + 1
        else:
            for size in kept_back:
                waited[lasts, size] = waited.get((lasts, size), 0) + 1
        if not room or not hands:
            return 0
        passed = crowd.go(place, room, hands)
        for size, pairs in passed.items():
            if (lasts, size) in self._free:
                self._free[lasts, size][at] -= pairs
        return sum(passed.values())

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


def lacking(
    tasks: Sequence[Task], waiting: Sequence[Sizes], lasts: Mapping[Last, int]
) -> list[Last]:
    """Return the lasts that pairs still need and that nobody is known to have."""
    found: set[Last] = set()
    sizes: set[str] = set()
    for task, here in zip(tasks, waiting, strict=True):
        sizes |= {size for size, pairs in here.items() if pairs}
        found |= {(task.lasts, size) for size in sizes if task.lasts}
    return sorted(found - lasts.keys())


class Crowd:
    """The pairs of some work by size: which of them pass where not all can."""

    def __init__(self, work: Work, lasts: Mapping[Last, int]) -> None:
        self.tasks = work.tasks
        self.waiting = [dict(sizes) for sizes in work.waiting]
        sizes = {size for waiting in work.waiting for size in waiting}
        self._sizes = sorted(sizes, key=lambda size: (len(size), size))
        self._rates: list[
            dict[str, int]
        ] = []  # what the scarcest lasts that are to come make a day
        ahead = dict.fromkeys(sizes, 0)
        for task in reversed(work.tasks):
            for size in sizes:
                if (rate := lasts.get((task.lasts, size))) is not None:
                    ahead[size] = min(rate, ahead[size] or rate)
            self._rates.insert(0, {size: rate or 1 for size, rate in ahead.items()})

    def go(self, place: int, room: Sizes, hands: int) -> Sizes:
        """Let pairs pass a stage: of each size that there is room for, as many as there are hands.
        Return how many of each did."""
        passed = room if sum(room.values()) <= hands else self._chosen(place, room, hands)
        for size, pairs in passed.items():
            self.waiting[place][size] -= pairs
            if place + 1 < len(self.waiting):
                beyond = self.waiting[place + 1]
                beyond[size] = beyond.get(size, 0) + pairs
        return passed

    def _chosen(self, place: int, room: Sizes, hands: int) -> Sizes:
        """Give one hand after the other to the size of which most pairs wait for each that its lasts
        make; the smaller size where two are alike."""
        left, rate = dict(room), self._rates[place]
        here = self.waiting[place].copy()
        for _hand in range(hands):
            open_ones = [size for size in self._sizes if left.get(size)]
            size = max(open_ones, key=lambda size: here[size] / rate[size])
            left[size] -= 1
            here[size] -= 1
        return {size: pairs - left[size] for size, pairs in room.items()}


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
