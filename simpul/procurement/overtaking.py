"""What is on its way for an order further back, and would come in time for one whose turn is sooner."""

from __future__ import annotations

import heapq
from bisect import insort
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from simpul.orders.models import Order, OrderNeed
from simpul.parties.models import Person, Workshop
from simpul.procurement.models import Peg, PurchaseLine, PurchaseOrder
from simpul.procurement.planning import (
    Shelf,
    Wanted,
    comes_on,
    longest_leads,
    soonest_days,
    waiting_lines,
)


class Swap(NamedTuple):
    """So much of a line is to be for `need`, instead of for another one; which gets what the first
    had of another line `in_return`. Needs and lines by their keys."""

    shelf: Shelf
    line: int
    quantity: int
    need: int
    order: Order
    holders_need: int
    holder: Order
    in_return: int | None


class _Need(NamedTuple):
    """A need of a running order; they compare by their turns."""

    turn: int
    key: int
    needed_on: date
    order: Order
    is_open: bool = True  # the money before buying has come


@dataclass(slots=True)
class _Line:
    """What comes on a day, for needs that could give way: whose turn is last, last."""

    key: int
    day: date
    pegs: list[tuple[_Need, int]] = field(default_factory=list)


class _Wish(NamedTuple):
    """Of a need: so much is wanted by a day, or sooner than with the line that it waits for."""

    need: _Need
    number: int  # no two are alike
    quantity: int
    latest: date
    instead_of: _Line | None = None


def swaps(
    workshop: Workshop,
    rows: Iterable[Wanted],
    keeping: Collection[int],
    purchases: Collection[int] | None = None,
) -> Iterator[Swap]:
    """Yield what would be dealt otherwise of what is on its way, one after the other.

    Whose turn is sooner takes from whose turn is last, where it lacks the material or what comes for it
    comes too late. Orders in `keeping`, by their keys, give nothing away. `rows` is what is wanted;
    `purchases` are those of which something may go to another order: all that are open, or these.
    """
    lacking = {(row.material.pk, row.size): row.lacking for row in rows if row.to_buy}
    lines = _lines(workshop, purchases)
    shelves = [
        shelf
        for shelf, mine in lines.items()
        if shelf in lacking or len({one.day for one in mine}) > 1
    ]
    if not shelves:
        return
    soonest = soonest_days({material for material, _size in shelves})
    pegs = _pegs([line.key for shelf in shelves for line in lines[shelf]], workshop)
    for shelf in shelves:
        mine = sorted(lines[shelf], key=lambda line: (line.day, line.key))
        wishes = [
            _Wish(
                _Need(asked.order.turn or 0, asked.need, asked.needed_on, asked.order),
                number,
                rest,
                max(asked.needed_on, soonest.get(shelf[0], date.max)),
            )
            for number, (asked, rest) in enumerate(lacking.get(shelf, ()))
        ]
        held: dict[tuple[int, int], int] = {}
        for line in mine:
            for need, quantity in pegs.get(line.key, ()):
                held[line.key, need.key] = quantity
                if line.day > need.needed_on and need.is_open:
                    wishes.append(_Wish(need, len(wishes), quantity, line.day, line))
                if need.order.pk not in keeping:
                    line.pegs.append((need, quantity))
            line.pegs.sort()
        yield from _deal(shelf, mine, wishes, held, soonest.get(shelf[0], date.max))


def swap(one: Swap, *, by: Person) -> None:
    """Let the two orders have each other's. Raises WrongState where something of it has come or gone
    to somebody else."""
    lines = PurchaseLine.objects.select_related("purchase").in_bulk(
        {one.line, one.in_return or one.line}
    )
    needs = OrderNeed.objects.in_bulk({one.need, one.holders_need})
    line = lines[one.line]
    line.purchase.hand(
        by=by,
        line=line,
        need=needs[one.need],
        quantity=one.quantity,
        holder=needs[one.holders_need],
        in_return=lines[one.in_return] if one.in_return else None,
    )


# Inside


def _lines(workshop: Workshop, purchases: Collection[int] | None) -> dict[Shelf, list[_Line]]:
    """Return what is on its way for orders, by shelf; drafts count."""
    found: dict[Shelf, list[_Line]] = defaultdict(list)
    coming = PurchaseLine.objects.missing().filter(
        purchase__workshop=workshop,
        purchase__in=PurchaseOrder.objects.open(),
        pk__in=Peg.objects.values("line"),
    )
    if purchases is not None:
        coming = coming.filter(purchase__in=purchases)
    rows = list(coming.select_related("purchase").order_by("pk"))
    leads = longest_leads({line.material_id for line in rows if line.purchase.is_draft})
    for line in rows:
        lead = leads.get(line.material_id, 0) if line.purchase.is_draft else None
        day = comes_on(line.due_on, lead)
        found[line.material_id, line.size].append(_Line(line.pk, day))
    return found


def _pegs(lines: list[int], workshop: Workshop) -> dict[int, list[tuple[_Need, int]]]:
    """Return by line what comes with it for which needs of running orders."""
    waiting = waiting_lines(workshop)
    found: dict[int, list[tuple[_Need, int]]] = defaultdict(list)
    rows = Peg.objects.filter(line__in=lines).order_by()
    for line, key, order_line, quantity in rows.values_list(
        "line", "need", "need__line", "quantity"
    ):
        if one := waiting.get(order_line):
            need = _Need(one.turn, key, one.needed_on, one.order, one.is_open)
            found[line].append((need, quantity))
    return found


def _deal(
    shelf: Shelf,
    lines: list[_Line],
    wishes: list[_Wish],
    held: dict[tuple[int, int], int],
    soonest: date,
) -> Iterator[Swap]:
    """Fulfil the wishes, whose turn is first, first. Whoever gives way wishes anew, and comes later."""
    heapq.heapify(wishes)
    count = len(wishes)
    while wishes:
        wish = heapq.heappop(wishes)
        need, waits_for = wish.need, wish.instead_of
        rest = wish.quantity
        if waits_for is not None:  # somebody may have taken of it
            rest = min(rest, held[waits_for.key, need.key])
        for line in lines:
            if line.day > wish.latest or (waits_for is not None and line.day >= waits_for.day):
                break
            while rest and line.pegs and line.pegs[-1][0].turn > need.turn:
                giver, has = line.pegs.pop()
                taken = min(rest, has)
                rest -= taken
                if taken < has:
                    line.pegs.append((giver, has - taken))
                held[line.key, giver.key] -= taken
                if waits_for is not None:
                    held[waits_for.key, need.key] -= taken
                    had = held.get((waits_for.key, giver.key), 0)
                    held[waits_for.key, giver.key] = had + taken
                    insort(waits_for.pegs, (giver, taken))
                if waits_for is None or waits_for.day > giver.needed_on:
                    latest = waits_for.day if waits_for else max(giver.needed_on, soonest)
                    heapq.heappush(wishes, _Wish(giver, count, taken, latest, waits_for))
                    count += 1
                yield Swap(
                    shelf, line.key, taken, need.key, need.order, giver.key, giver.order,
                    waits_for.key if waits_for else None,
                )  # fmt: skip
