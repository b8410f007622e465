"""What is ordered together: pairs with support, confidence and lift (Brin, Motwani, Ullman, Tsur 1997,
Dynamic itemset counting and implication rules for market basket data, SIGMOD, 255-264).

The lift's lower bound is exact: given how many orders have each, the orders with both are hypergeometric, or
with some odds ratio noncentral (Fisher 1935, The logic of inductive inference, Journal of the Royal Statistical
Society 98, 39-82; its limit: Cornfield 1956, A statistical problem arising from retrospective studies, Third
Berkeley Symposium 4, 135-148). The least odds ratio that is
not refuted says how many orders with both are to be expected, and so the least lift; of counts as small as
these the normal approximation would promise too much. The level is shared out over all pairs of things that
stand in FEWEST orders (Bonferroni), since of a thousand pairs some look good by chance. A pair is worth a
word where the lower bound is above 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np

from simpul.insight.methods.histories import Array

FEWEST = 5  # orders with both; with fewer nothing is said
LEVEL = 0.95  # that of all pairs together none is called clear by chance
WIDEST = 40.0  # a logarithm of an odds ratio is not looked for beyond


@dataclass(frozen=True, slots=True)
class Pair[Item: Hashable]:
    """Two things and how often they stand in one order.

    `together`: orders with both; `support`: of all orders; `confidence`: of the orders with the
    first; `lift`: how many times as often as by chance, `low`: at least so many times.
    """

    first: Item
    second: Item
    together: int
    support: float
    confidence: float
    lift: float
    low: float

    @property
    def is_clear(self) -> bool:
        return self.low > 1


def pairs[Item: Hashable](orders: Iterable[Collection[Item]]) -> list[Pair[Item]]:
    """Return each pair in both directions that stands together in FEWEST orders at least, the surest
    first. What stands in an order twice counts once. The work grows with the square of the longest
    order, never with the number of things.
    """
    baskets = [list(dict.fromkeys(order)) for order in orders]
    singles = Counter(item for basket in baskets for item in basket)
    frequent = {item for item, count in singles.items() if count >= FEWEST}
    both = Counter(
        pair
        for basket in baskets
        for pair in combinations(sorted((i for i in basket if i in frequent), key=repr), 2)
    )
    n = len(baskets)
    error = (1 - LEVEL) / max(comb(len(frequent), 2), 1)
    found: list[Pair[Item]] = []
    for (one, other), count in both.items():
        if count < FEWEST:
            continue
        by_chance = singles[one] * singles[other] / n
        low = _fewest_together(count, singles[one], singles[other], n, error) / by_chance
        for first, second in ((one, other), (other, one)):
            sure = count / singles[first]
            found.append(Pair(first, second, count, count / n, sure, count / by_chance, low))
    return sorted(
        found, key=lambda one: (-one.low, -one.confidence, repr(one.first), repr(one.second))
    )


def _fewest_together(both: int, one: int, other: int, n: int, error: float) -> float:
    """Return how many of n orders have both on average by the least odds ratio under which as many as
    were seen are no rarer than `error`."""
    least, most = max(one + other - n, 0), min(one, other)
    far = int(20 * both**0.5) + 20  # no outcome beyond has any weight where it matters
    counts = np.arange(max(least, both - far), min(most, both + far) + 1, dtype=np.float64)
    if counts[0] == both:
        return float(both if most == both else least)
    before = counts[:-1]
    steps = (one - before) * (other - before) / ((before + 1) * (n - one - other + before + 1))
    logs = np.concatenate([[0.0], np.cumsum(np.log(steps))])
    low, high = -WIDEST, WIDEST
    for _ in range(50):
        middle = (low + high) / 2
        is_rare = _chances(logs, counts, middle)[counts >= both].sum() < error
        low, high = (middle, high) if is_rare else (low, middle)
    return float(_chances(logs, counts, low) @ counts)


def _chances(logs: Array, counts: Array, log_odds: float) -> Array:
    weights = logs + log_odds * (counts - counts[0])
    chances = np.exp(weights - weights.max())
    return np.asarray(chances / chances.sum())
