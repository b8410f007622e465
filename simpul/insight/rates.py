"""Whether something happens more often than before, or only seems to; without scipy, for pages.

Two counts of a Poisson process are compared by the exact conditional test (Przyborowski and Wilenski
1940): given their sum, the first one is binomial. What several such tests say together is held by the
rule of Benjamini and Hochberg (1995), so that of the findings at most one in ten is expected to be
chance. Counted are orders, not pairs: forty pairs of one order are one decision of one buyer.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from math import exp, lgamma, log
from typing import NamedTuple

FALSE_ONES = 0.1  # of what is found
NOTHING = 1e-18


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
    seen = _binomial(counted.now, n, share) * (1 + 1e-9)
    likeliest = min(int((n + 1) * share), n)

    def is_more(k: int) -> bool:
        return _binomial(k, n, share) > seen

    fewer = bisect_left(range(likeliest + 1), True, key=is_more) - 1
    more = likeliest + bisect_left(range(likeliest, n + 1), True, key=lambda k: not is_more(k))
    tails = _sum(range(fewer, -1, -1), n, share)
    return min(1.0, tails + _sum(range(max(more, fewer + 1), n + 1), n, share))


def found[Key](chances: Mapping[Key, float], false_ones: float = FALSE_ONES) -> set[Key]:
    """Return what may be called found, where so many were looked at at once."""
    ranked = sorted(chances.items(), key=lambda item: item[1])
    last = 0
    for rank, (_key, one) in enumerate(ranked, start=1):
        if one <= false_ones * rank / len(ranked):
            last = rank
    return {key for key, _chance in ranked[:last]}


def _sum(outcomes: Iterable[int], n: int, share: float) -> float:
    """Sum a tail from its likeliest end: not what adds nothing any more, however many there are."""
    total = 0.0
    for k in outcomes:
        one = _binomial(k, n, share)
        if one < NOTHING:
            break
        total += one
    return total


def _binomial(k: int, n: int, share: float) -> float:
    ways = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    return exp(ways + k * log(share) + (n - k) * log(1 - share))
