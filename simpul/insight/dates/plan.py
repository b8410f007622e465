"""What a workshop has promised, held against what it can do: from one set of facts to days. Pure.

Each line of a running order is `Line`: when its money comes, which material nothing covers yet, what
is on its way for it, and how many of its pairs wait where. They are planned in their turn: the
earliest promise first, unless somebody put one before another. Today is as good as over: nothing begins
before tomorrow. Material that comes during a day is there for the work of the next one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import NamedTuple

from simpul.insight.dates.floor import (
    Floor,
    Last,
    Shelf,
    Sizes,
    Store,
    Task,
    Unknown,
    Work,
    lacking,
)
from simpul.lib.workdays import DAY, WorkCalendar
from simpul.orders.turns import last_turn

HORIZON = timedelta(days=3 * 365)  # what takes longer than that, nobody can promise


class Line(NamedTuple):
    """Pairs of one colourway that are to be made for an order, and what they wait for."""

    key: int
    order: int
    promised_on: date
    opens_on: date  # the money that buying or the work waits for is there, as far as one knows
    needs: tuple[tuple[Shelf, int], ...]  # what nothing covers yet
    pegged: tuple[date, Shelf] | None  # the last of what is on its way for it
    tasks: tuple[Task, ...]
    waiting: tuple[Sizes, ...]  # before each of the tasks
    is_held: bool = False  # nobody knows when it goes on
    turn: int = 0  # its place among the others
    work_days: int = 0  # what the catalogue gives it once its material is there


class Ready(NamedTuple):
    """When the last pair of a line is made, and what it waited for."""

    on: date
    material_on: date | None  # none: it lies there
    shelf: Shelf | None  # what comes last; none where nothing does
    waited_for: str | Last  # longest: the hands of a post, or lasts of a size
    days_waited: int
    made: tuple[tuple[date, int], ...]  # the days on which pairs are made, and how many
    ends: tuple[date | None, ...]  # by stage, the day of its last pair; None where none waits


@dataclass(slots=True)
class Outcome:
    """The days of all lines, and what is left of hands and material after them."""

    ready: dict[int, Ready | None]
    floor: Floor
    store: Store
    orders: dict[int, list[Ready | None]] = field(default_factory=dict)

    def of_order(self, order: int) -> date | None:
        """Return the day on which an order is made, none where one of its lines cannot be told."""
        found = self.orders.get(order, [])
        days = [one.on for one in found if one is not None]
        return max(days) if days and len(days) == len(found) else None

    def and_then(self, line: Line, today: date) -> Ready | None:
        """Return when another line would be made that comes after all others; it takes its part."""
        return _ready(line, self.store, self.floor, today)


@dataclass(frozen=True, slots=True)
class Plan:
    """All that days follow from. `finished` are pairs that lie there for nobody, by colourway and size."""

    today: date
    calendar: WorkCalendar
    minutes: Mapping[str, int]  # of each post, a day
    lasts: Mapping[Last, int]  # the pairs that those of each size make a day
    free: Mapping[Shelf, int]
    coming: Mapping[Shelf, Sequence[tuple[date, int]]]
    lead_days: Mapping[int, int]  # of each material that somebody sells
    lines: Sequence[Line]  # in their turn
    finished: Mapping[tuple[int, str], int] = field(default_factory=dict)

    def with_more(self, lines: Sequence[Line], promised_on: date) -> Plan:
        """Return the plan with other lines at their place among the promises."""
        turn = last_turn(promised_on)
        more = [line._replace(promised_on=promised_on, turn=turn) for line in lines]
        every = sorted([*self.lines, *more], key=lambda line: line.turn)
        return replace(self, lines=every)

    def with_turn(self, order: int, turn: int) -> Plan:
        """Return the plan with an order at another place."""
        moved = [line._replace(turn=turn) if line.order == order else line for line in self.lines]
        return replace(self, lines=sorted(moved, key=lambda line: line.turn))

    def lacking(self) -> dict[int, list[Last]]:
        """Return by order the lasts that there are none of: their days cannot be told."""
        found: dict[int, list[Last]] = {}
        for line in self.lines:
            if missing := lacking(line.tasks, line.waiting, self.lasts):
                found.setdefault(line.order, []).extend(missing)
        return found

    def run(self, instead: Mapping[int, date] | None = None) -> Outcome:
        """Plan everything. `instead` lets the money of some orders come on another day."""
        days = self.calendar.open_days(self.today + DAY, self.today + HORIZON)
        floor = Floor(self.minutes, days, self.lasts)
        store = Store(self.free, self.coming, self.lead_days)
        outcome = Outcome({}, floor, store)
        for line in self.lines:
            if instead and line.order in instead:
                line = line._replace(opens_on=instead[line.order])
            found = _ready(line, store, floor, self.today)
            outcome.ready[line.key] = found
            outcome.orders.setdefault(line.order, []).append(found)
        return outcome


def _ready(line: Line, store: Store, floor: Floor, today: date) -> Ready | None:
    """Take what a line needs of material and hands. What cannot be told still takes its hands."""
    opens_on = max(line.opens_on, today)
    material_on, last = line.pegged or (None, None)
    is_known = True
    for shelf, quantity in line.needs:
        try:
            there_on = store.take(shelf, quantity, opens_on)
        except Unknown:
            is_known = False
            continue
        if there_on is not None and (material_on is None or there_on > material_on):
            material_on, last = there_on, shelf
    begins_on = max(opens_on, material_on or opens_on) + DAY
    done = floor.take(Work(begins_on, line.tasks, line.waiting))
    if done is None or not is_known or line.is_held:
        return None
    return Ready(
        done.on, material_on, last, done.waited_for, done.days_waited, done.made, done.ends
    )
