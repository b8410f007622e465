"""Turns: the places of running orders in the one queue of a workshop, as whole numbers; the least is first.

An agreed order stands where its promise puts it: the earliest day first, and of one day whoever ordered
first. Between any two of them is room, so that another one can be put exactly there by hand.
"""

from __future__ import annotations

from datetime import date

A_DAY = 10**12  # from one promised day to the next: room for ten million orders
ROOM = 10**5  # from one order of a day to the next one


def own_turn(promised_on: date, order: int) -> int:
    """Return the place where its promise puts an order, given by its key."""
    return promised_on.toordinal() * A_DAY + order * ROOM


def last_turn(promised_on: date) -> int:
    """Return the place behind all orders that are promised for a day."""
    return (promised_on.toordinal() + 1) * A_DAY - 1


def day_of(turn: int) -> date:
    """Return the day among whose promises a place is."""
    return date.fromordinal(turn // A_DAY)


def between(before: int, after: int) -> int | None:
    """Return a place behind one and before another that is nobody's own; None where no room is left."""
    middle = (before + after) // 2
    if middle % ROOM == 0:
        middle += 1
    return middle if before < middle < after else None
