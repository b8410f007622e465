"""Whether something happens more often than before, or only seems to; without scipy, for pages.

Two counts of a Poisson process are compared by the exact conditional test (Przyborowski and Wilenski
1940): given their sum, the first one is binomial. What several such tests say together is held by the
rule of Benjamini and Hochberg (1995), so that of the findings at most one in ten is expected to be
chance. Counted are orders, not pairs: forty pairs of one order are one decision of one buyer.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, lgamma, log
from typing import NamedTuple

FALSE_ONES = 0.1  # of what is found


class Counted(NamedTuple):
    """How often it happened in each of two spans."""

    now: int
    before: int


def chance(counted: Counted, share: float = 0.5) -> float:
    """Return how likely so unequal counts are where nothing has changed, from both sides (the sum of
    all outcomes that are no likelier).

    `share` is that of the first span in the days of both. Raises ValueError where it is none.
    """
    if not 0 < share < 1:
        raise ValueError("the first span has a part of the days, and so has the second")
    n = counted.now + counted.before
    likely = [_binomial(k, n, share) for k in range(n + 1)]
    seen = likely[counted.now] * (1 + 1e-9)
    return min(1.0, sum(one for one in likely if one <= seen))


def found[Key](chances: Mapping[Key, float], false_ones: float = FALSE_ONES) -> set[Key]:
    """Return what may be called found, where so many were looked at at once."""
    ranked = sorted(chances.items(), key=lambda item: item[1])
    last = 0
    for rank, (_key, one) in enumerate(ranked, start=1):
        if one <= false_ones * rank / len(ranked):
            last = rank
    return {key for key, _chance in ranked[:last]}


def _binomial(k: int, n: int, share: float) -> float:
    ways = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    return exp(ways + k * log(share) + (n - k) * log(1 - share))
