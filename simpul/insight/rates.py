"""Whether something happens more often than before, or only seems to; without scipy, for pages.

Two counts of a Poisson process are compared by the exact conditional test (Przyborowski and Wilenski
1940, Biometrika 31, 313-323): given their sum, the first one is binomial. Where they are held against
two counts of something else, which are chance as well, it is Fisher's exact test (1935): given all
sums, the first one is hypergeometric. What several such tests say together is held by the rule of
Benjamini and Hochberg (1995, Journal of the Royal Statistical Society B 57, 289-300), so that of the
findings at most one in ten is expected to be chance. Counted are orders, not pairs: forty pairs of one
order are one decision of one buyer.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
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
    return _no_likelier(
        counted.now, range(n + 1), int((n + 1) * share), lambda k: _binomial(k, n, share)
    )


def chance_beside(counted: Counted, others: Counted) -> float:
    """Return how likely counts so unlike those of the others are where all go the same way, from both
    sides (the sum of all outcomes that are no likelier)."""
    mine, now, every = sum(counted), counted.now + others.now, sum(counted) + sum(others)
    outcomes = range(max(mine + now - every, 0), min(mine, now) + 1)
    likeliest = (mine + 1) * (now + 1) // (every + 2)
    return _no_likelier(
        counted.now, outcomes, likeliest, lambda k: _hypergeometric(k, mine, now, every)
    )


def found[Key](chances: Mapping[Key, float], false_ones: float = FALSE_ONES) -> set[Key]:
    """Return what may be called found, where so many were looked at at once."""
    ranked = sorted(chances.items(), key=lambda item: item[1])
    last = 0
    for rank, (_key, one) in enumerate(ranked, start=1):
        if one <= false_ones * rank / len(ranked):
            last = rank
    return {key for key, _chance in ranked[:last]}


def _no_likelier(
    seen: int, outcomes: range, likeliest: int, chance_of: Callable[[int], float]
) -> float:
    """Sum the chances of all outcomes that are no likelier than the one that was seen; they rise up to
    the likeliest one, and fall from there."""
    most = chance_of(seen) * (1 + 1e-9)
    peak = min(max(likeliest, outcomes.start), outcomes.stop - 1)

    def is_more(k: int) -> bool:
        return chance_of(k) > most

    first, last = outcomes.start, outcomes.stop
    fewer = first + bisect_left(range(first, peak + 1), True, key=is_more) - 1
    more = peak + bisect_left(range(peak, last), True, key=lambda k: not is_more(k))
    tails = _sum(range(fewer, first - 1, -1), chance_of)
    return min(1.0, tails + _sum(range(max(more, fewer + 1), last), chance_of))


def _sum(outcomes: Iterable[int], chance_of: Callable[[int], float]) -> float:
    """Sum a tail from its likeliest end: not what adds nothing any more, however many there are."""
    total = 0.0
    for k in outcomes:
        one = chance_of(k)
        if one < NOTHING:
            break
        total += one
    return total


def _binomial(k: int, n: int, share: float) -> float:
    return exp(_ways(n, k) + k * log(share) + (n - k) * log(1 - share))


def _hypergeometric(k: int, drawn: int, marked: int, every: int) -> float:
    """Return the chance that k of so many that are drawn are among the marked ones of all."""
    return exp(_ways(marked, k) + _ways(every - marked, drawn - k) - _ways(every, drawn))


def _ways(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
