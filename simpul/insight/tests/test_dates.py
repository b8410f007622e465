"""Days that are promised, held against a slow workshop that does everything pair by pair, day by day.

The slow one is written to be obviously right and shares no code with the engine but the facts that
both are given. Thousands of small workshops are made up: the engine never promises a day on which the
slow workshop would not be done, and no day that is later than needed either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simpul.insight.dates.floor import Done, Floor, Last, Shelf, Store, Task, Unknown, Work
from simpul.insight.dates.plan import HORIZON, Line, Plan
from simpul.lib.workdays import DAY, WorkCalendar

TODAY = date(2026, 11, 25)
EVERY_DAY = WorkCalendar(frozenset(range(7)), keeps_holidays=False)


# The slow workshop


class Pair:
    """A pair, and how many stages it has passed."""

    def __init__(self, size: str, place: int) -> None:
        self.size, self.place = size, place


class Slow:
    """A workshop in which every pair and every unit of material is a thing of its own."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        # the day on which each unit is there; bought ones are made when somebody needs them
        self.units: dict[Shelf, list[date]] = {}
        for shelf, quantity in plan.free.items():
            self.units[shelf] = [plan.today] * quantity
        for shelf, parts in plan.coming.items():
            for on, quantity in parts:
                self.units.setdefault(shelf, []).extend([on] * quantity)

    def days(self) -> dict[int, date | None]:
        begins = {line.key: self.begins(line) for line in self.plan.lines}
        pairs = {line.key: self.pairs_of(line) for line in self.plan.lines}
        self.made: dict[int, list[tuple[date, int]]] = {line.key: [] for line in self.plan.lines}
        done: dict[int, date | None] = {line.key: None for line in self.plan.lines}
        day = self.plan.today
        for _turn in range(HORIZON.days):  # as far as anybody promises
            day += DAY
            if not self.plan.calendar.is_open(day):
                continue
            left, free = dict(self.plan.minutes), dict(self.plan.lasts)
            for line in self.plan.lines:
                if day >= begins[line.key]:
                    before = self.finished(line, pairs[line.key])
                    self.work(line, pairs[line.key], left, free)
                    after = self.finished(line, pairs[line.key])
                    if after > before:
                        self.made[line.key].append((day, after - before))
                    if after == len(pairs[line.key]) and done[line.key] is None:
                        done[line.key] = day
            if all(done.values()):
                break
        return {line.key: done[line.key] for line in self.plan.lines} | {
            line.key: None for line in self.plan.lines if self.lacks_a_last(line)
        }

    @staticmethod
    def finished(line: Line, pairs: list[Pair]) -> int:
        return sum(pair.place == len(line.tasks) for pair in pairs)

    def lacks_a_last(self, line: Line) -> bool:
        return any(
            task.lasts and (task.lasts, pair.size) not in self.plan.lasts
            for pair in self.pairs_of(line)
            for task in line.tasks[pair.place :]
        )

    def begins(self, line: Line) -> date:
        money_on = max(line.opens_on, self.plan.today)
        there_on = max(money_on, line.pegged[0] if line.pegged else money_on)
        for shelf, quantity in line.needs:
            for _unit in range(quantity):
                there_on = max(there_on, self.fetch(shelf, money_on))
        return there_on + DAY

    def fetch(self, shelf: Shelf, money_on: date) -> date:
        """Take the unit that is there first; buy one where that is sooner, or where there is none."""
        bought_on = money_on + timedelta(days=self.plan.lead_days[shelf[0]])
        units = sorted(self.units.get(shelf, []))
        if units and (units[0] <= bought_on):
            self.units[shelf] = units[1:]
            return units[0]
        return bought_on

    @staticmethod
    def pairs_of(line: Line) -> list[Pair]:
        return [
            Pair(size, place)
            for place, sizes in enumerate(line.waiting)
            for size, count in sizes.items()
            for _pair in range(count)
        ]

    def work(
        self, line: Line, pairs: list[Pair], left: dict[str, int], free: dict[Last, int]
    ) -> None:
        """Let each pair pass its next stage if a hand is free, and a last of its size where it needs
        one; those that have come farthest first."""
        for place in range(len(line.tasks) - 1, -1, -1):
            task = line.tasks[place]
            here = [pair for pair in pairs if pair.place == place]
            while left[task.post] >= task.minutes:
                able = {pair.size for pair in here if free.get((task.lasts, pair.size), 1)}
                if not able:
                    break
                # most wait for each that the lasts make; the smaller size where two are alike
                size = min(able, key=lambda one: (-self.wait(line, place, here, one), one))
                pair = next(one for one in here if one.size == size)
                here.remove(pair)
                pair.place += 1
                left[task.post] -= task.minutes
                if (task.lasts, size) in free:
                    free[task.lasts, size] -= 1

    def wait(self, line: Line, place: int, here: list[Pair], size: str) -> Fraction:
        """Return how many of a size wait here for each that the scarcest lasts to come make a day."""
        ahead = [(task.lasts, size) for task in line.tasks[place:]]
        makes = [self.plan.lasts[last] for last in ahead if last in self.plan.lasts]
        return Fraction(sum(one.size == size for one in here), min(makes, default=1))


# Small workshops, made up

POSTS = ("potong", "jahit", "sol")
SIZES = ("40", "41", "42")
SETS = ("derby", "pisau")
LASTS: tuple[Last, ...] = tuple((name, size) for name in SETS for size in SIZES)
SHELVES: tuple[Shelf, ...] = ((1, ""), (2, "40"), (2, "41"))

posts = st.fixed_dictionaries({post: st.integers(30, 120) for post in POSTS})
tasks = st.lists(
    st.builds(Task, st.sampled_from(POSTS), st.integers(1, 30), st.sampled_from(("", *SETS))),
    min_size=1,
    max_size=4,
).map(tuple)
waiting = st.tuples(*[st.integers(0, 6)] * 3).map(
    lambda three: dict(zip(SIZES, three, strict=True))
)
lasts = st.tuples(*[st.integers(0, 4)] * 6).map(  # 0: there is none
    lambda six: {last: count for last, count in zip(LASTS, six, strict=True) if count}
)
days = st.integers(-3, 20).map(lambda more: TODAY + timedelta(days=more))
calendars = st.builds(
    WorkCalendar,
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    keeps_holidays=st.booleans(),
    closed=st.lists(
        st.tuples(st.integers(0, 25), st.integers(0, 9)).map(
            lambda two: (TODAY + timedelta(two[0]), TODAY + timedelta(two[0] + two[1]))
        ),
        max_size=2,
    ).map(tuple),
)
# each strategy is made once: made anew for each of thousands of plans, they take longer than the plans
waitings = {
    stages: st.lists(waiting, min_size=stages, max_size=stages).filter(
        lambda found: any(count for sizes in found for count in sizes.values())
    )
    for stages in range(1, 5)
}
shelves = st.sampled_from(SHELVES)
needed = st.dictionaries(shelves, st.integers(1, 6), max_size=3)
orders = st.integers(1, 4)
pegs = st.none() | st.tuples(days, shelves)
future = st.integers(1, 20).map(lambda more: TODAY + timedelta(days=more))
lies = st.dictionaries(shelves, st.integers(0, 8))
coming = st.dictionaries(shelves, st.lists(st.tuples(future, st.integers(1, 6)), max_size=3))
lead_days = st.fixed_dictionaries({1: st.integers(0, 14), 2: st.integers(0, 14)})


@st.composite
def lines(draw: st.DrawFn) -> Line:
    stages = draw(tasks)
    pairs = draw(waitings[len(stages)])
    needs = draw(needed)
    return Line(
        key=0,
        order=draw(orders),
        promised_on=TODAY,
        opens_on=draw(days),
        needs=tuple(needs.items()),
        pegged=draw(pegs),
        tasks=stages,
        waiting=tuple(pairs),
    )


some_lines = st.lists(lines(), min_size=1, max_size=5)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    found = draw(some_lines)
    return Plan(
        today=TODAY,
        calendar=draw(calendars),
        minutes=draw(posts),
        lasts=draw(lasts),
        free=draw(lies),
        coming=draw(coming),
        lead_days=draw(lead_days),
        lines=[line._replace(key=key) for key, line in enumerate(found)],
    )


@settings(max_examples=1_500, deadline=None)
@given(plans())
def test_no_day_is_promised_on_which_the_slow_workshop_is_not_done(plan: Plan) -> None:
    ready, slow = plan.run().ready, Slow(plan)

    assert {
        key: one and one.on for key, one in ready.items()
    } == slow.days()  # nor later than needed
    made = {key: list(one.made) for key, one in ready.items() if one is not None}
    assert made == {key: slow.made[key] for key in made}


@settings(max_examples=300, deadline=None)
@given(plans(), lines())
def test_who_comes_later_puts_nobody_off(plan: Plan, last: Line) -> None:
    more = replace(plan, lines=[*plan.lines, last._replace(key=99)])
    before, after = plan.run().ready, more.run().ready

    assert {key: one for key, one in after.items() if key != 99} == before


@settings(max_examples=300, deadline=None)
@given(plans(), lines())
def test_what_is_tried_is_what_then_comes_of_it(plan: Plan, basket: Line) -> None:
    tried = plan.run().and_then(basket._replace(key=99), TODAY)
    more = replace(plan, lines=[*plan.lines, basket._replace(key=99)])

    assert more.run().ready[99] == tried


# By hand


def floor(minutes: Mapping[str, int], calendar: WorkCalendar = EVERY_DAY) -> Floor:
    return Floor(minutes, calendar.open_days(TODAY + DAY, TODAY + HORIZON))


def work(pairs: int, *stages: tuple[str, int], begins_on: date = TODAY + DAY) -> Work:
    waiting = ({"40": pairs}, *[{}] * (len(stages) - 1))
    return Work(begins_on, tuple(Task(*one) for one in stages), waiting)


def test_a_pair_passes_one_stage_a_day() -> None:
    done = floor({"jahit": 480, "sol": 480}).take(work(1, ("jahit", 10), ("sol", 10)))

    assert done is not None
    assert done.on == date(2026, 11, 27)


def test_whole_pairs_are_counted_and_the_post_that_is_full_is_named() -> None:
    done = floor({"jahit": 100}).take(work(7, ("jahit", 30)))  # three a day

    assert done is not None
    assert (done.on, done.waited_for, done.days_waited) == (date(2026, 11, 28), "jahit", 2)


def test_nobody_works_on_sundays_on_holidays_and_while_it_is_closed() -> None:
    calendar = WorkCalendar(closed=((date(2026, 12, 21), date(2026, 12, 23)),))
    done = floor({"jahit": 60}, calendar).take(
        work(5, ("jahit", 60), begins_on=date(2026, 12, 18))  # Fri, Sat, Thu 24, Sat 26, Mon 28
    )

    assert done is not None
    assert done.on == date(2026, 12, 28)


def test_who_came_first_takes_the_hands_and_the_next_has_what_is_left() -> None:
    shared = floor({"jahit": 100})
    first, second = shared.take(work(3, ("jahit", 40))), shared.take(work(2, ("jahit", 20)))

    assert first is not None
    assert second is not None
    assert (first.on, second.on) == (date(2026, 11, 27), date(2026, 11, 27))
    assert shared.load(TODAY, date(2026, 11, 27)) == {"jahit": (160, 200)}


def test_hands_that_are_short_are_for_the_size_that_waits_longest_for_its_lasts() -> None:
    lasts = {("derby", "40"): 3, ("derby", "41"): 1}
    days = EVERY_DAY.open_days(TODAY + DAY, TODAY + HORIZON)
    stages = (Task("potong", 20), Task("open", 20, "derby"))
    shared = Floor({"potong": 60, "open": 480}, days, lasts)
    first = shared.take(Work(TODAY + DAY, stages, ({"40": 3, "41": 3}, {})))
    second = shared.take(Work(TODAY + DAY, stages, ({}, {"41": 1})))

    # two of 41 are cut first, and one of 40: then one of 41 is made a day; on the first nobody needs its last
    made = ((date(2026, 11, 27), 2), (date(2026, 11, 28), 3), (date(2026, 11, 29), 1))
    ends = (date(2026, 11, 27), date(2026, 11, 29))
    assert first == Done(date(2026, 11, 29), ("derby", "41"), 2, made, ends)
    assert second is not None
    assert (second.on, second.ends) == (date(2026, 11, 26), (None, date(2026, 11, 26)))
    assert second.made == ((date(2026, 11, 26), 1),)


def test_what_no_day_is_long_enough_for_has_no_day() -> None:
    assert floor({"jahit": 30}).take(work(1, ("jahit", 40))) is None
    assert floor({}).take(work(1, ("jahit", 40))) is None


SOLE: Shelf = (2, "40")


def store(free: int = 0, coming: Sequence[tuple[date, int]] = (), **lead: int) -> Store:
    return Store({SOLE: free}, {SOLE: coming}, {2: lead["days"]} if lead else {})


def test_what_lies_there_is_taken_first_then_what_comes_then_it_is_bought() -> None:
    shelf = store(3, [(date(2026, 11, 28), 2)], days=7)

    assert shelf.take(SOLE, 2, TODAY) is None
    assert shelf.take(SOLE, 2, TODAY) == date(2026, 11, 28)
    assert shelf.take(SOLE, 2, TODAY) == date(2026, 12, 2)


def test_nobody_waits_for_what_can_be_bought_sooner() -> None:
    shelf = store(0, [(date(2026, 12, 28), 5)], days=3)

    assert shelf.take(SOLE, 2, TODAY) == date(2026, 11, 28)


def test_what_nobody_sells_cannot_be_told() -> None:
    with pytest.raises(Unknown):
        store(1).take(SOLE, 2, TODAY)
