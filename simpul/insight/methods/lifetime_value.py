"""What a buyer is going to be worth: orders to come times what an order is worth, discounted.

Fader, Hardie, Lee 2005, RFM and CLV, Journal of Marketing Research 42, 415-430. Over a horizon that
one can see, never "for life": beyond some years no such model knows anything.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from simpul.insight.methods.gamma_gamma import GammaGamma
from simpul.insight.methods.histories import Array, Histories


class BuyingModel(Protocol):
    """What every model of buying can be asked: BetaGeometric, ParetoNBD."""

    def alive(self, histories: Histories) -> Array: ...

    def expected(self, histories: Histories, horizon: ArrayLike) -> Array: ...

    def expected_of_new(self, horizon: ArrayLike) -> Array: ...


def lifetime_value(
    buying: BuyingModel,
    worth: GammaGamma,
    histories: Histories,
    mean_value: ArrayLike,
    *,
    horizon: float,
    periods: int = 12,
    discount: float = 0.0,
) -> Array:
    """Return what the orders of `horizon` from now are worth today, shape (n,), in money.

    `mean_value` (n,): of the repeat orders of each buyer, anything where there are none. The horizon
    is cut into `periods`; what comes in one counts at its middle, less `discount` (0.1: ten percent)
    for each unit of time. Raises ValueError where horizon or periods are not above 0.
    """
    orders = discounted_orders(
        buying, histories, horizon=horizon, periods=periods, discount=discount
    )
    return np.asarray(orders * worth.expected(histories.frequency, mean_value), dtype=np.float64)


def discounted_orders(
    buying: BuyingModel,
    histories: Histories,
    *,
    horizon: float,
    periods: int = 12,
    discount: float = 0.0,
) -> Array:
    """Return how many orders of today those of `horizon` from now are worth, shape (n,); the rest is
    as in `lifetime_value`."""
    if horizon <= 0 or periods < 1:
        raise ValueError("a horizon above 0 in one period at least")
    ends = np.linspace(0, horizon, periods + 1)
    sums = np.array([buying.expected(histories, end) for end in ends])
    middles = (ends[1:] + ends[:-1]) / 2
    weights = (1 + discount) ** -middles
    return np.asarray(weights @ np.diff(sums, axis=0), dtype=np.float64)
