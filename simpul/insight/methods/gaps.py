"""Whether somebody is overdue to order, where there are too few buyers for a model of leaving.

The gaps between two orders of a buyer are lognormal around a length of his own, and those lengths are
lognormal around the common one: the normal model with random effects on the logarithms (Robinson 1991,
That BLUP is a good thing, Statistical Science 6, 15-32), its variances by the moments of the analysis
of variance (Searle 1971, for groups of unequal size). Who has ordered little is drawn towards all.

Only gaps that ended are learned from, since an open one may never end. Where all is known for hardly longer
than some gaps last, those that ended are the shorter ones, and it calls somebody overdue rather too soon.

Days on which nobody could have ordered (the workshop closed, the last order still being made, a
complaint open) do not count: a Clock stands still on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import t as student

from simpul.insight.methods.histories import Array

FEWEST_GAPS = 8  # of all buyers together; with fewer nothing is said
OVERDUE = 0.1  # a gap that fewer than one of ten reaches

type Span = tuple[float, float]  # from the first moment to the last, in days


class Clock:
    """Days that count: those of the calendar less the spans on which it stands still.

    Spans may overlap and come in any order; one that ends before it begins is a ValueError.
    """

    def __init__(self, still: Iterable[Span] = ()) -> None:
        spans = sorted(still)
        if any(end < begin for begin, end in spans):
            raise ValueError("a span ends after it begins")
        apart: list[list[float]] = []
        for begin, end in spans:
            if apart and begin <= apart[-1][1]:
                apart[-1][1] = max(apart[-1][1], end)
            else:
                apart.append([begin, end])
        self._spans = np.array(apart, dtype=np.float64).reshape(-1, 2)

    def at(self, days: ArrayLike) -> Array:
        """Return what the clock shows on each day, shape as given."""
        when = np.asarray(days, dtype=np.float64)
        passed = np.clip(when[..., None] - self._spans[:, 0], 0, np.ptp(self._spans, axis=1))
        return np.asarray(when - passed.sum(axis=-1), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A buyer and the gap that is open now; lengths in days that count.

    `usual`: the middle of his gaps, drawn towards the common one; `gaps`: how many of his own it is
    of; `chance`: how many of such gaps are longer than `waited`, between 0 and 1.
    """

    usual: float
    gaps: int
    waited: float
    chance: float

    @property
    def is_overdue(self) -> bool:
        return self.chance < OVERDUE


@dataclass(frozen=True, slots=True)
class Gaps:
    """The common length of gaps, all on logarithms: `middle`, variance `within` a buyer with its
    degrees of freedom, variance `between` buyers."""

    middle: float
    within: float
    freedom: int
    between: float

    def waiting(self, own: ArrayLike, waited: float) -> Waiting:
        """Judge the open gap of a buyer who has the gaps `own` (days, above 0) behind him.

        His next gap is Student's around the shrunken middle: it varies by itself, and his own middle
        is not known better than his gaps tell.
        """
        logs = np.log(np.asarray(own, dtype=np.float64))
        n = len(logs)
        pull = self.between / (self.between + self.within / n) if n and self.between else 0.0
        at = self.middle + pull * (float(logs.mean()) - self.middle if n else 0.0)
        unsure = pull * self.within / n if pull else self.between
        spread = np.sqrt(self.within + unsure)
        usual = float(np.exp(at))
        if waited <= 0:
            return Waiting(usual, n, max(waited, 0.0), 1.0)
        chance = float(student.sf((np.log(waited) - at) / spread, self.freedom))
        return Waiting(usual, n, waited, chance)


def gaps_of(gaps: Sequence[ArrayLike]) -> Gaps | None:
    """Learn from the gaps of each buyer (days that count, above 0); None where there are too few:
    fewer than FEWEST_GAPS, or nobody who has two.

    Raises ValueError for a gap that is not above 0.
    """
    logs = []
    for own in gaps:
        lengths = np.asarray(own, dtype=np.float64)
        if (lengths <= 0).any():
            raise ValueError("two orders of the same day are one: a gap is above 0")
        if len(lengths):
            logs.append(np.log(lengths))
    sizes = np.array([len(own) for own in logs], dtype=np.float64)
    total = float(sizes.sum())
    freedom = int(total) - len(logs)
    if total < FEWEST_GAPS or freedom < 1:
        return None
    means = np.array([own.mean() for own in logs])
    inside = sum(float(((own - own.mean()) ** 2).sum()) for own in logs)
    within = max(inside / freedom, 1e-4)  # a buyer by the clock still varies by one percent
    between = 0.0
    if len(logs) > 1:
        middle = float(sizes @ means / total)
        outside = float(sizes @ (means - middle) ** 2)
        size = (total - float(sizes @ sizes) / total) / (len(logs) - 1)
        between = max((outside / (len(logs) - 1) - within) / size, 0.0)
    weights = 1 / (between + within / sizes)
    return Gaps(float(weights @ means / weights.sum()), within, freedom, between)
