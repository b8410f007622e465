"""How well a model of buying would have foretold what has since happened.

After Fader, Hardie, Lee 2005 (Marketing Science 24), section 5: fitted on the orders up to a day,
held against those after it, as a sum over time and by how often one had ordered before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from simpul.insight.methods.histories import Array, Histories, histories_of
from simpul.insight.methods.lifetime_value import BuyingModel

type Tell = Callable[[Array], Histories]

MOST = 7  # orders before: so many and more are one row
POINTS = 40  # in time, of the sums


@dataclass(frozen=True, slots=True)
class Row:
    """Those who had ordered so often again (MOST: or more): orders held back, a buyer."""

    frequency: int
    buyers: int
    ordered: float
    expected: float


@dataclass(frozen=True, slots=True)
class Backtest:
    """Orders of the time held back, all buyers together, beside what was foretold.

    `repeated`: foretold the plain way, each buyer as often as in as long a time before. `error` and
    `plain_error`: how far model and plain way are off for one buyer on average, in orders. `times`
    (m,): from the beginning to the end; `sums` and `expected_sums` (m,): orders after the first up
    to each, of the buyers that were known at the split.
    """

    buyers: int
    ordered: float
    expected: float
    repeated: float
    error: float
    plain_error: float
    rows: tuple[Row, ...]
    times: Array
    sums: Array
    expected_sums: Array

    @property
    def is_better(self) -> bool:
        """Whether the model was nearer than the plain way, for the single buyer."""
        return self.error < self.plain_error

    @property
    def off(self) -> float:
        """By what share the sum was missed: 0.1 is ten percent too many; nan where none came."""
        return self.expected / self.ordered - 1 if self.ordered else float("nan")


def backtest(
    fit: Callable[[Histories], BuyingModel],
    buyers: ArrayLike,
    times: ArrayLike,
    *,
    split: float,
    end: float,
    tell: Tell | None = None,
) -> Backtest:
    """Fit on the orders up to `split` and hold it against those up to `end`.

    `buyers`, `times` (same length): whose each order is, and when. `tell`: what the model is told of the
    buyers with these ids, where that is not their plain histories, as for a clock that stood still for
    some of them at the split. Raises ValueError where not
    split < end; what `fit` raises where there is too little is passed on.
    """
    if not split < end:
        raise ValueError("the time held back ends after it begins")
    who, when = np.asarray(buyers), np.asarray(times, dtype=float)
    known, ids = histories_of(who, when, split)
    told = tell(ids) if tell else known
    model = fit(told)
    held = end - split
    came = _counts(who, when, ids, split, end)
    before = _counts(who, when, ids, split - held, split)
    before -= known.age < held  # the first order is none of them
    expected = model.expected(told, held)
    groups = np.minimum(known.frequency, MOST)
    rows = tuple(
        Row(int(x), int(sum(groups == x)), came[groups == x].mean(), expected[groups == x].mean())
        for x in np.unique(groups)
    )
    first = split - known.age
    points = np.linspace(first.min(), end, POINTS + 1)[1:]
    return Backtest(
        buyers=len(known),
        ordered=float(came.sum()),
        expected=float(expected.sum()),
        repeated=float(before.sum()),
        error=float(np.abs(came - expected).mean()),
        plain_error=float(np.abs(came - before).mean()),
        rows=rows,
        times=points,
        sums=_sums(who, when, ids, points),
        expected_sums=_expected_sums(model, first, points),
    )


def _pairs(who: Array, when: Array, ids: Array) -> Array:
    """Return buyer and time of each order of these buyers, two at the same time once."""
    mine = np.isin(who, ids)
    return np.unique(np.column_stack([who[mine], when[mine]]), axis=0)


def _counts(who: Array, when: Array, ids: Array, after: float, until: float) -> Array:
    """Return the orders of each buyer after one time and until another, shape of `ids`."""
    pairs = _pairs(who, when, ids)
    inside = pairs[(pairs[:, 1] > after) & (pairs[:, 1] <= until)]
    return np.bincount(np.searchsorted(ids, inside[:, 0]), minlength=len(ids)).astype(float)


def _sums(who: Array, when: Array, ids: Array, points: Array) -> Array:
    pairs = _pairs(who, when, ids)
    _, starts = np.unique(pairs[:, 0], return_index=True)
    again = np.sort(np.delete(pairs[:, 1], starts))
    return np.searchsorted(again, points, side="right").astype(float)


def _expected_sums(model: BuyingModel, first: Array, points: Array) -> Array:
    begins, counts = np.unique(first, return_counts=True)
    ages = np.maximum(points[:, None] - begins[None, :], 0)
    return np.asarray(model.expected_of_new(ages) @ counts, dtype=np.float64)
