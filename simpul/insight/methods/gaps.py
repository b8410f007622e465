"""Whether somebody is overdue to order, where there are too few buyers for a model of leaving.

The gaps between two orders of a buyer are lognormal around a length of his own, and those lengths are
lognormal around the common one: the normal model with random effects on the logarithms (Robinson 1991,
That BLUP is a good thing, Statistical Science 6, 15-32), its variances by maximum likelihood (Hartley, Rao
1967, Maximum-likelihood estimation for the mixed analysis of variance model, Biometrika 54, 93-108). Who has
ordered little is drawn towards all.

The gap that is open counts as well, else only the shorter ones would be learned from where all is known for
hardly longer than some last: it is longer than it is now, or will never end, because the buyer is gone. The
share of those who go is learned along with the lengths, after the first order and after later ones apart (a
mixture of those who come again and those who do not: Boag 1949, Maximum likelihood estimates of the proportion
of patients cured by cancer therapy, Journal of the Royal Statistical Society B 11, 15-53). All of it is one
likelihood in closed form, since the next gap of somebody whose gaps are known is lognormal, too.

Days on which nobody could have ordered (the workshop closed, the last order still being made, a
complaint open) do not count: a Clock stands still on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import norm
from scipy.stats import t as student

from simpul.insight.methods.histories import Array

FEWEST_GAPS = 8  # of all buyers together; with fewer nothing is said
OVERDUE = 0.1  # a gap that fewer than one of ten reaches
LEAST_WITHIN = 1e-4  # a buyer by the clock still varies by one percent
EXACT = {"ftol": 1e-13, "gtol": 1e-7}
STEEP = 0.1  # the likelihood is not at its top where it still changes by so much
DIGITS = 9
NO_TIME = 1e-9  # a silence that is none yet: it tells nothing
LEFT, STAYED = 0.5, 4.5  # a weak prior of going: as if so many had gone, and so many ordered again

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


def gaps_of(gaps: Sequence[ArrayLike], silences: ArrayLike) -> Gaps | None:
    """Learn from the gaps of each buyer (days that count, above 0) and from how long each has been silent
    since his last order (0 or more, shape (buyers,)); None where there are too few gaps (fewer than
    FEWEST_GAPS, or nobody who has two), or where no likeliest answer is found.

    Raises ValueError for a gap that is not above 0, for what is no finite number, or where there is not one
    silence for each buyer.
    """
    own = [np.asarray_chkfinite(one, dtype=np.float64) for one in gaps]
    open_now = np.asarray_chkfinite(silences, dtype=np.float64)
    if any((one <= 0).any() for one in own):
        raise ValueError("two orders of the same day are one: a gap is above 0")
    if open_now.shape != (len(own),):
        raise ValueError("each buyer has one silence")
    sizes = np.array([len(one) for one in own], dtype=np.float64)
    freedom = int(sizes.sum()) - int((sizes > 0).sum())
    if sizes.sum() < FEWEST_GAPS or freedom < 1:
        return None
    scale = float(np.log(np.concatenate(own)).mean())
    # rounded, so that another unit of time leads to the same to the last digit
    logs = [np.round(np.log(one) - scale, DIGITS) for one in own]
    means = np.array([float(one.mean()) if len(one) else 0.0 for one in logs])
    inside = sum(float(one.var()) * len(one) for one in logs if len(one))
    waited = np.round(np.log(np.maximum(open_now, NO_TIME)) - scale, DIGITS)
    book = _Book(sizes, means, inside, waited)
    found = book.likeliest()
    if found is None:
        return None
    middle, within, between = found
    return Gaps(middle + scale, within, freedom, between)


@dataclass(frozen=True, slots=True)
class _Book:
    """What is known of n buyers: how many gaps of each ended, the mean of their logarithms (n,), the sum of
    squares around these means of all buyers, and the logarithm of the gap that is open (n,)."""

    sizes: Array
    means: Array
    inside: float
    waited: Array

    def likeliest(self) -> tuple[float, float, float] | None:
        """Return middle, within and between where the data are likeliest, the open gaps among them; None
        where the search ended before."""
        many = self.sizes > 0
        spread = max(self.inside / max(self.sizes.sum() - many.sum(), 1), LEAST_WITHIN)
        begin = [0.0, spread**0.5, max(float(self.means[many].std()), 0.1), -2.0, -2.0]
        bounds = [(-np.inf, np.inf), (LEAST_WITHIN**0.5, np.inf), (0, np.inf), (-9, 9), (-9, 9)]
        found = minimize(
            self._unlikely, begin, jac="3-point", bounds=bounds, method="L-BFGS-B", options=EXACT
        )
        downhill = np.clip(found.x - found.jac, *np.array(bounds).T) - found.x
        if not found.success and np.abs(downhill).max() > STEEP:
            return None
        middle, within, between = found.x[:3]
        return float(middle), float(within) ** 2, float(between) ** 2

    def _unlikely(self, params: Array) -> float:
        """Return minus the logarithm of the likelihood and of the prior."""
        middle, within, between = params[0], params[1] ** 2, params[2] ** 2
        n, many = self.sizes, self.sizes > 0
        around = within + n * between
        ended = (
            (n.sum() - many.sum()) * np.log(within)
            + self.inside / within
            + np.log(around[many]).sum()
            + (n * (self.means - middle) ** 2 / around)[many].sum()
        ) / 2
        at = middle + n * between / around * (self.means - middle)
        lasts = norm.sf((self.waited - at) / np.sqrt(within + between * within / around))
        first, later = expit(
            params[3:]
        )  # the share of those who go after the first order, and later
        gone = np.where(many, later, first)
        stayed = many.sum() * np.log1p(-first) + (n.sum() - many.sum()) * np.log1p(-later)
        prior = LEFT * np.log([first, later]) + STAYED * np.log1p([-first, -later])
        is_open = np.log(gone + (1 - gone) * lasts)
        return float(ended - stayed - is_open.sum() - prior.sum())
