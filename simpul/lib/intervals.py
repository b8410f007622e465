"""How sure a difference between two groups is: intervals at 95 %."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist, mean, variance
from typing import NamedTuple

Z = NormalDist().inv_cdf(0.975)


class Interval(NamedTuple):
    """An estimate, and between what the truth lies in 95 of 100 such comparisons."""

    estimate: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether it lies on one side of zero: chance alone seldom makes such a difference."""
        return self.low > 0 or self.high < 0


def wilson(hits: int, of: int) -> Interval:
    """Return a share with its score interval (Wilson 1927)."""
    share, spread = hits / of, Z * Z / of
    middle = (share + spread / 2) / (1 + spread)
    half = Z / (1 + spread) * math.sqrt(share * (1 - share) / of + spread / (4 * of))
    return Interval(share, max(0.0, middle - half), min(1.0, middle + half))


def difference_of_shares(hits: int, of: int, other_hits: int, other_of: int) -> Interval:
    """Return first share - other share with its hybrid score interval (Newcombe 1998, Statistics in
    Medicine 17, 873-890, method 10): it holds for small groups and for shares near zero, where the
    textbook's does not."""
    one, two = wilson(hits, of), wilson(other_hits, other_of)
    gap = one.estimate - two.estimate
    low = gap - math.hypot(one.estimate - one.low, two.high - two.estimate)
    high = gap + math.hypot(one.high - one.estimate, two.estimate - two.low)
    return Interval(gap, low, high)


def difference_of_means(values: Sequence[float], others: Sequence[float]) -> Interval:
    """Return first mean - other mean with the interval of Welch (1947): the groups may differ in
    size and in spread. Each has two values at least."""
    parts = [variance(group) / len(group) for group in (values, others)]
    gap, error = mean(values) - mean(others), math.sqrt(sum(parts))
    if not error:
        return Interval(gap, gap, gap)
    sizes = (len(values) - 1, len(others) - 1)
    freedom = error**4 / sum(part**2 / size for part, size in zip(parts, sizes, strict=True))
    half = _student(freedom) * error
    return Interval(gap, gap - half, gap + half)


def _student(freedom: float) -> float:
    """Return the 97.5 % point of Student's distribution by its Cornish-Fisher expansion; from ten
    degrees of freedom on it is right to three digits."""
    terms = (
        (Z**3 + Z) / 4,
        (5 * Z**5 + 16 * Z**3 + 3 * Z) / 96,
        (3 * Z**7 + 19 * Z**5 + 17 * Z**3 - 15 * Z) / 384,
        (79 * Z**9 + 776 * Z**7 + 1482 * Z**5 - 1920 * Z**3 - 945 * Z) / 92160,
    )
    return Z + sum(term / freedom**power for power, term in enumerate(terms, start=1))
