"""What a buyer's order is worth on average: Gamma-Gamma.

Fader, Hardie, Lee 2005, RFM and CLV: Using iso-value curves for customer base analysis, Journal of
Marketing Research 42, 415-430; Fader, Hardie 2013, The Gamma-Gamma model of monetary value.

The orders of a buyer vary around a mean of his own (shape p), the means differ between buyers as an
inverse gamma distribution (q, gamma). Who has ordered little is drawn towards the mean of all. It
takes for granted that what an order is worth has nothing to do with how often one orders: look at
`together`. It knows no order that is worth nothing or less.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import loggamma

from simpul.insight.methods.fitting import Fit, Prior, climb
from simpul.insight.methods.histories import Array, Params

STARTS = np.log([[5.0, 3.0, 2.0], [1.5, 3.0, 1.5], [20.0, 6.0, 5.0]])
WEAK = Prior(mean=np.log([4.0, 4.0, 3.0]), deviation=np.array([1.2, 1.0, 1.2]))


@dataclass(frozen=True, slots=True)
class GammaGamma:
    """p and q have no unit; gamma is money, in the unit of the values."""

    p: float
    q: float
    gamma: float

    def logs(self) -> Array:
        return np.log([self.p, self.q, self.gamma])

    @classmethod
    def of(cls, logs: Array) -> Self:
        return cls(*(float(value) for value in np.exp(logs)))

    @property
    def mean(self) -> float:
        """What the order of a buyer is worth of whom nothing is known; nan where q <= 1."""
        return self.p * self.gamma / (self.q - 1) if self.q > 1 else float("nan")

    def expected(self, orders: ArrayLike, mean_value: ArrayLike) -> Array:
        """Return what each buyer's next order is worth, shape (n,), in the unit of the values.

        `orders` (n,): how many of his orders the `mean_value` (n,) is of; with none it is the mean.
        """
        x = np.asarray(orders, dtype=float)
        value = np.where(x > 0, np.asarray(mean_value, dtype=float), 0.0)
        with np.errstate(invalid="ignore", divide="ignore"):
            found = self.p * (self.gamma + x * value) / (self.p * x + self.q - 1)
        return np.asarray(np.where(self.p * x + self.q > 1, found, np.nan), dtype=np.float64)


@dataclass(frozen=True, slots=True, init=False)
class Values:
    """Buyers and their orders: how many each mean is of, and the mean; both (n,), above zero.

    As in the papers the first order of each is left out, since it stands for becoming a customer.
    Raises ValueError where a number of orders is below 1, a mean is not above 0, or either is not finite.
    """

    orders: Array
    mean_value: Array

    def __init__(self, orders: ArrayLike, mean_value: ArrayLike) -> None:
        for name, given in (("orders", orders), ("mean_value", mean_value)):
            object.__setattr__(self, name, np.asarray_chkfinite(given, dtype=np.float64))
        if self.orders.ndim != 1 or self.orders.shape != self.mean_value.shape:
            raise ValueError("each buyer has one number of orders and one mean")
        if not len(self.orders):
            raise ValueError("there is no buyer to learn from")
        if (self.orders < 1).any() or not (self.mean_value > 0).all():
            raise ValueError("only buyers with orders that are worth more than nothing")

    @property
    def together(self) -> float:
        """How much number and worth go together (Pearson), -1 to 1; the model takes 0 for granted."""
        if np.ptp(self.orders) == 0 or np.ptp(self.mean_value) == 0:
            return 0.0
        return float(np.corrcoef(self.orders, self.mean_value)[0, 1])


def gamma_gamma(
    values: Values, *, weights: ArrayLike | None = None, has_prior: bool = False
) -> Fit[GammaGamma]:
    """Return the Gamma-Gamma that fits best; `weights` (n,): how often each buyer counts."""
    counts = np.ones(len(values.orders)) if weights is None else np.asarray(weights, dtype=float)
    unit = float(np.exp(np.average(np.log(values.mean_value), weights=counts)))
    x, value = values.orders, values.mean_value / unit

    def log_likelihood(logs: Params) -> complex:
        p, q, gamma = np.exp(logs)
        each = (
            loggamma(p * x + q)
            - loggamma(p * x)
            - loggamma(q)
            + q * logs[2]
            + (p * x - 1) * np.log(value)
            + p * x * np.log(x)
            - (p * x + q) * np.log(gamma + x * value)
        )
        return complex(np.sum(counts * each))

    peak = climb(log_likelihood, list(STARTS), WEAK if has_prior else None)
    reached = log_likelihood(peak.logs).real - float(counts.sum() * np.log(unit))
    model = GammaGamma.of(peak.logs + np.array([0, 0, np.log(unit)]))
    return Fit(model, reached, peak.covariance, has_prior, peak.is_sure)
