"""What is known of each buyer for the models of buying: how often, how lately, since when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

type Array = NDArray[np.float64]
type Params = NDArray[Any]  # real, or complex where a gradient is taken


@dataclass(frozen=True, slots=True, init=False)
class Histories:
    """n buyers in any unit of time, the same for all; every array has the shape (n,).

    `frequency` (x): orders after the first, on days of their own; `recency` (t_x): from the first
    order to the last, 0 where there is only one; `age` (T): from the first order to now.

    Raises ValueError where lengths differ, x is no whole number, or not 0 <= t_x <= T, 0 < T, or
    t_x is not 0 exactly where x is.
    """

    frequency: Array
    recency: Array
    age: Array

    def __init__(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> None:
        for name, given in (("frequency", frequency), ("recency", recency), ("age", age)):
            object.__setattr__(self, name, np.asarray(given, dtype=np.float64))
        x, last, total = self.frequency, self.recency, self.age
        if x.ndim != 1 or not x.shape == last.shape == total.shape:
            raise ValueError("frequency, recency and age are three lists of the same length")
        if not (np.isfinite(x) & np.isfinite(last) & np.isfinite(total)).all():
            raise ValueError("a history holds finite numbers only")
        if (x < 0).any() or (x != np.floor(x)).any():
            raise ValueError("the frequency is a whole number, 0 or more")
        if (last < 0).any() or (last > total).any() or (total <= 0).any():
            raise ValueError("0 <= recency <= age, and the age is above 0")
        if ((last == 0) != (x == 0)).any():
            raise ValueError("the recency is 0 exactly where nothing was ordered again")

    def __len__(self) -> int:
        return len(self.frequency)

    def __getitem__(self, some: slice) -> Histories:
        return Histories(self.frequency[some], self.recency[some], self.age[some])

    @property
    def repeat_buyers(self) -> int:
        return int((self.frequency > 0).sum())

    @property
    def common_gap(self) -> float:
        """How much time passes for each order after the first, all buyers together.

        Raises ValueError where nobody ordered again.
        """
        if not self.repeat_buyers:
            raise ValueError("nobody has ordered again: nothing can be said of how often")
        return float(self.age.sum() / self.frequency.sum())

    def in_units_of(self, unit: float) -> Histories:
        return Histories(self.frequency, self.recency / unit, self.age / unit)

    def distinct(self, weights: ArrayLike | None = None) -> tuple[Histories, Array]:
        """Return each different history once, and how many buyers (or what weight) have it."""
        every = np.column_stack([self.frequency, self.recency, self.age])
        rows, which = np.unique(every, axis=0, return_inverse=True)
        each = None if weights is None else np.asarray(weights, dtype=np.float64)
        counts = np.bincount(which.ravel(), weights=each, minlength=len(rows)).astype(np.float64)
        kept = rows[counts > 0]
        return Histories(kept[:, 0], kept[:, 1], kept[:, 2]), counts[counts > 0]


def histories_of(buyers: ArrayLike, times: ArrayLike, until: float) -> tuple[Histories, Array]:
    """Return the histories of those who ordered before `until`, and their ids in the same order.

    `buyers` and `times` (same length): whose each order is, and when; two orders of a buyer at the
    same time are one. Who ordered for the first time at `until` itself has no age yet and is left out.
    """
    who = np.asarray(buyers)
    when = np.asarray(times, dtype=np.float64)
    if who.shape != when.shape:
        raise ValueError("each order has one buyer and one time")
    pairs = np.unique(np.column_stack([who, when])[when <= until], axis=0)
    ids, starts, counts = np.unique(pairs[:, 0], return_index=True, return_counts=True)
    first, last = pairs[starts, 1], pairs[starts + counts - 1, 1]
    known = first < until
    found = Histories((counts - 1)[known], (last - first)[known], (until - first)[known])
    return found, ids[known]
