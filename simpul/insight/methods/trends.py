"""Whether something goes one way, and by how much it changed.

Mann 1945, Nonparametric tests against trend, Econometrica 13, 245-259, and Kendall 1975, Rank correlation
methods: whether a series goes one way, whatever its shape, with the correction for ties. Sen 1968, Estimates of
the regression coefficient based on Kendall's tau, Journal of the American Statistical Association 63, 1379-1389:
by how much. Whether two Poisson counts have one rate is asked of `insight/rates.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import beta

from simpul.insight import rates
from simpul.lib.intervals import Interval


@dataclass(frozen=True, slots=True)
class Trend:
    """`slope`: by how much a period, the median of all pairs; `p`: how often chance alone would show
    as much, either way."""

    slope: float
    p: float


def mann_kendall(series: ArrayLike) -> Trend:
    """Test a series (n,), the latest last, for going one way.

    It takes for granted that the periods do not hang together: take out season and feasts first.
    With fewer than four nothing is shown: p is 1. Raises ValueError for what is no finite number.
    """
    values = np.asarray_chkfinite(series, dtype=np.float64)
    n = len(values)
    if n < 4:
        return Trend(0.0, 1.0)
    earlier, later = np.triu_indices(n, 1)
    rises = values[later] - values[earlier]
    score = float(np.sign(rises).sum())
    _, ties = np.unique(values, return_counts=True)
    variance = (n * (n - 1) * (2 * n + 5) - float((ties * (ties - 1) * (2 * ties + 5)).sum())) / 18
    slope = float(np.median(rises / (later - earlier)))
    if variance <= 0:
        return Trend(slope, 1.0)
    z = max(abs(score) - 1, 0) / sqrt(variance)
    return Trend(slope, 2 * NormalDist().cdf(-z))


@dataclass(frozen=True, slots=True)
class Change:
    """One thing now against before: the ratio of its rates, its interval at 95 % (Clopper, Pearson
    1934, on the share of now), and how often chance alone would show as much."""

    ratio: Interval
    p: float


def rate_ratio(now: int, before: int, days_now: float = 1, days_before: float = 1) -> Change:
    """Compare two counts of orders over so many days each. Count orders, not pairs: the pairs of an
    order come together. Nothing in either is no change; nothing before has an infinite ratio."""
    total, even = now + before, days_now / (days_now + days_before)
    if not total:
        return Change(Interval(1.0, 0.0, float("inf")), 1.0)
    low = float(beta.ppf(0.025, now, before + 1)) if now else 0.0
    high = float(beta.ppf(0.975, now + 1, before)) if before else 1.0
    sides = (_odds(share) * days_before / days_now for share in (now / total, low, high))
    return Change(Interval(*sides), rates.chance(rates.Counted(now, before), even))


def _odds(share: float) -> float:
    return share / (1 - share) if share < 1 else float("inf")
