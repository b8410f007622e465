"""Groups of buyers by how lately, how often and for how much they order, each with one thing to do.

Hughes 1994, Strategic database marketing: quantiles, here of each of the three by itself (independent),
so that a group means the same whatever the others are. Score distributors and consumers apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simpul.insight.methods.histories import Array

ENOUGH = 100  # buyers for fifths; below it thirds

type Scores = NDArray[np.int64]


class Action(StrEnum):
    THANK = "thank"  # and show them first what is new
    OFFER_USUAL = "offer usual"  # the order they always place, ready to confirm
    WIDEN = "widen"  # what others order with it
    WELCOME = "welcome"  # help with the second order
    REMIND = "remind"
    CALL = "call"  # the owner himself
    WIN_BACK = "win back"  # ask why, make an offer
    LEAVE = "leave"  # to the next circular


class Group(StrEnum):
    BEST = "best"
    LOYAL = "loyal"
    PROMISING = "promising"
    NEW = "new"
    STEADY = "steady"
    NOT_TO_LOSE = "not to lose"
    AT_RISK = "at risk"
    ASLEEP = "asleep"

    @property
    def action(self) -> Action:
        return _ACTIONS[self]


_ACTIONS = {
    Group.BEST: Action.THANK,
    Group.LOYAL: Action.OFFER_USUAL,
    Group.PROMISING: Action.WIDEN,
    Group.NEW: Action.WELCOME,
    Group.STEADY: Action.REMIND,
    Group.NOT_TO_LOSE: Action.CALL,
    Group.AT_RISK: Action.WIN_BACK,
    Group.ASLEEP: Action.LEAVE,
}

# how lately (0 long ago, 2 just now) and how much (0 little, 2 much) -> group
_GROUPS = {
    (2, 2): Group.BEST,
    (2, 1): Group.PROMISING,
    (2, 0): Group.NEW,
    (1, 2): Group.LOYAL,
    (1, 1): Group.STEADY,
    (1, 0): Group.ASLEEP,
    (0, 2): Group.NOT_TO_LOSE,
    (0, 1): Group.AT_RISK,
    (0, 0): Group.ASLEEP,
}


@dataclass(frozen=True, slots=True)
class Scored:
    """Scores of n buyers from 1 to `steps`, the best last, and their groups; all of length n."""

    steps: int
    recency: Scores
    frequency: Scores
    monetary: Scores
    groups: tuple[Group, ...]


def rfm(days_since: ArrayLike, orders: ArrayLike, spent: ArrayLike) -> Scored:
    """Score buyers by days since the last order, number of orders, and money, all of shape (n,).

    Raises ValueError where the lengths differ, or for what is no finite number.
    """
    lately, often, much = (
        np.asarray_chkfinite(one, dtype=np.float64) for one in (days_since, orders, spent)
    )
    if not lately.shape == often.shape == much.shape:
        raise ValueError("each buyer has a day, a number and a sum")
    steps = 5 if len(lately) >= ENOUGH else 3
    recency, frequency, monetary = (quantiles(one, steps) for one in (-lately, often, much))
    worth = (_level(frequency, steps) + _level(monetary, steps) + 1) // 2
    groups = tuple(
        _GROUPS[int(late), int(value)]
        for late, value in zip(_level(recency, steps), worth, strict=True)
    )
    return Scored(steps, recency, frequency, monetary, groups)


def quantiles(values: Array, steps: int) -> Scores:
    """Return 1 to `steps` for each value by its place among all; equal values have one place, in the
    middle of those that they take."""
    if not len(values):
        return np.zeros(0, dtype=np.int64)
    ordered = np.sort(values)
    below = np.searchsorted(ordered, values, side="left")
    upto = np.searchsorted(ordered, values, side="right")
    place = (below + upto) / (2 * len(values))
    return np.minimum((place * steps).astype(np.int64), steps - 1) + 1


def _level(scores: Scores, steps: int) -> Scores:
    """Return 0, 1 or 2: low, middle, high."""
    middle = (steps + 1) // 2
    return np.sign(scores - middle) + 1
