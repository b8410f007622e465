"""What is ordered together: pairs with support, confidence and lift (Brin, Motwani, Ullman, Tsur 1997).

The lift's lower bound is that of the delta method on its logarithm, the counts being multinomial; its
level is shared out over all pairs that were tried (Bonferroni), since of a thousand pairs some look good by
chance. A pair is worth a word where the lower bound is above 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass
from itertools import combinations
from math import exp, log, sqrt
from statistics import NormalDist

FEWEST = 5  # orders with both; with fewer nothing is said
LEVEL = 0.95


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
    tried = [(pair, count) for pair, count in both.items() if count >= FEWEST]
    z = NormalDist().inv_cdf(1 - (1 - LEVEL) / max(len(tried), 1))
    found: list[Pair[Item]] = []
    for (one, other), count in tried:
        lift, low = _lift(count, singles[one], singles[other], n, z)
        for first, second in ((one, other), (other, one)):
            found.append(Pair(first, second, count, count / n, count / singles[first], lift, low))
    return sorted(found, key=lambda pair: (-pair.low, -pair.confidence, repr(pair.first)))


def _lift(both: int, one: int, other: int, n: int, z: float) -> tuple[float, float]:
    lift = both * n / (one * other)
    variance = 1 / both - 1 / one - 1 / other + (2 * lift - 1) / n
    return lift, exp(log(lift) - z * sqrt(max(variance, 0)))
