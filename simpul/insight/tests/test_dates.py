"""Days that are promised, held against a slow workshop that does everything pair by pair, day by day.

The slow one is written to be obviously right and shares no code with the engine but the facts that
both are given. Thousands of small workshops are made up: the engine never promises a day on which the
slow workshop would not be done, and no day that is later than needed either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simpul.insight.dates.floor import Floor, Shelf, Store, Task, Unknown, Work
from simpul.insight.dates.plan import HORIZON, Line, Plan
from simpul.lib.workdays import DAY, WorkCalendar

TODAY = date(2026, 11, 25)
EVERY_DAY = WorkCalendar(frozenset(range(7)), keeps_holidays=False)


# The slow workshop


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
        done: dict[int, date | None] = {line.key: None for line in self.plan.lines}
        day = self.plan.today
        for _turn in range(HORIZON.days):  # as far as anybody promises
            day += DAY
            if not self.plan.calendar.is_open(day):
                continue
            left = dict(self.plan.minutes)
            for line in self.plan.lines:
                begin = begins[line.key]
                if begin is not None and day >= begin:
                    self.work(line, pairs[line.key], left)
                    is_done = all(place == len(line.tasks) for place in pairs[line.key])
                    if is_done and done[line.key] is None:
                        done[line.key] = day
            if all(done.values()):
                break
        return done

    def begins(self, line: Line) -> date | None:
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
    def pairs_of(line: Line) -> list[int]:
        """Return for each pair how many stages it has passed."""
        return [place for place, count in enumerate(line.waiting) for _pair in range(count)]

    @staticmethod
    def work(line: Line, pairs: list[int], left: dict[str, int]) -> None:
        """Let each pair pass its next stage if a hand is free; those that have come farthest first."""
        for at in sorted(range(len(pairs)), key=lambda one: -pairs[one]):
            place = pairs[at]
            if place < len(line.tasks):
                task = line.tasks[place]
                if left[task.post] >= task.minutes:
                    left[task.post] -= task.minutes
                    pairs[at] = place + 1


# Small workshops, made up

POSTS = ("potong", "jahit", "sol")
SHELVES: tuple[Shelf, ...] = ((1, ""), (2, "40"), (2, "41"))

posts = st.fixed_dictionaries({post: st.integers(30, 120) for post in POSTS})
tasks = st.lists(
    st.builds(Task, st.sampled_from(POSTS), st.integers(1, 30)), min_size=1, max_size=4
).map(tuple)
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


@st.composite
def lines(draw: st.DrawFn) -> Line:
    stages = draw(tasks)
    waiting = draw(
        st.lists(st.integers(0, 12), min_size=len(stages), max_size=len(stages)).filter(any)
    )
    needs = draw(st.dictionaries(st.sampled_from(SHELVES), st.integers(1, 6), max_size=3))
    return Line(
        key=0,
        order=draw(st.integers(1, 4)),
        promised_on=TODAY,
        opens_on=draw(days),
        needs=tuple(needs.items()),
        pegged=draw(st.none() | st.tuples(days, st.sampled_from(SHELVES))),
        tasks=stages,
        waiting=tuple(waiting),
    )


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    found = draw(st.lists(lines(), min_size=1, max_size=5))
    future = st.integers(1, 20).map(lambda more: TODAY + timedelta(days=more))
    return Plan(
        today=TODAY,
        calendar=draw(calendars),
        minutes=draw(posts),
        free=draw(st.dictionaries(st.sampled_from(SHELVES), st.integers(0, 8))),
        coming=draw(
            st.dictionaries(
                st.sampled_from(SHELVES),
                st.lists(st.tuples(future, st.integers(1, 6)), max_size=3),
            )
        ),
        lead_days=draw(st.fixed_dictionaries({1: st.integers(0, 14), 2: st.integers(0, 14)})),
        lines=[line._replace(key=key) for key, line in enumerate(found)],
    )


@settings(max_examples=1_500, deadline=None)
@given(plans())
def test_no_day_is_promised_on_which_the_slow_workshop_is_not_done(plan: Plan) -> None:
    promised = {key: one and one.on for key, one in plan.run().ready.items()}

    assert promised == Slow(plan).days()  # nor later than needed


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
    return Work(begins_on, tuple(Task(*one) for one in stages), (pairs, *[0] * (len(stages) - 1)))


def test_a_pair_passes_one_stage_a_day() -> None:
    done = floor({"jahit": 480, "sol": 480}).take(work(1, ("jahit", 10), ("sol", 10)))

    assert done is not None
    assert done.on == date(2026, 11, 27)


def test_whole_pairs_are_counted_and_the_post_that_is_full_is_named() -> None:
    done = floor({"jahit": 100}).take(work(7, ("jahit", 30)))  # three a day

    assert done is not None
    assert (done.on, done.post, done.days_waited) == (date(2026, 11, 28), "jahit", 2)


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
