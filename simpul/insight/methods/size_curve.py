"""How a model's demand falls on its sizes or colours: its own shares, drawn to those of its family.

The Dirichlet-multinomial (Mosimann 1962, On the compound multinomial distribution, Biometrika 49, 65-82): the curves of the models of a family vary around one common curve;
`pull` says how little, as so many pairs of the family's own curve that each model begins with.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize_scalar
from scipy.special import gammaln

from simpul.insight.methods.histories import Array

LIGHT, HEAVY = 1.0, 10_000.0  # pairs: the least and the most that a family pulls


@dataclass(frozen=True, slots=True)
class Curve:
    """The common shares (k,) of a family, together 1, and its pull in pairs."""

    shares: Array
    pull: float

    def of(self, sold: ArrayLike) -> Array:
        """Return the shares (k,) of a model that sold so many of each, shrunk to the family's."""
        own = np.asarray(sold, dtype=np.float64)
        return np.asarray((own + self.pull * self.shares) / (own.sum() + self.pull))


def curve(sold: ArrayLike) -> Curve:
    """Learn from what each of m models sold of each of k sizes, shape (m, k), none below 0.

    A size that nobody ever bought has no share. Raises ValueError where nothing was sold.
    """
    table = np.asarray_chkfinite(sold, dtype=np.float64)
    if table.ndim != 2 or (table < 0).any() or not table.any():
        raise ValueError("models by sizes, none below 0, and something sold")
    shares = table.sum(axis=0) / table.sum()
    told = table[table.sum(axis=1) > 0][:, shares > 0]
    if len(told) < 2 or told.shape[1] < 2:
        return Curve(shares, HEAVY if told.shape[1] < 2 else float(told.sum(axis=1).mean()))
    common, totals = shares[shares > 0], told.sum(axis=1)

    def unlikely(log_pull: float) -> float:
        pull = np.exp(log_pull)
        heads = gammaln(pull) - gammaln(pull + totals)
        parts = gammaln(told + pull * common) - gammaln(pull * common)
        return -float(heads.sum() + parts.sum())

    best = minimize_scalar(unlikely, bounds=(np.log(LIGHT), np.log(HEAVY)), method="bounded")
    return Curve(shares, float(np.exp(best.x)))


def split(total: int, shares: ArrayLike) -> NDArray[np.int64]:
    """Split whole pairs by shares (k,) so that they add up to `total`: the largest remainders get
    what is left; of equal ones the first."""
    parts = np.asarray(shares, dtype=np.float64)
    if total < 0 or (parts < 0).any() or not parts.any():
        raise ValueError("a total of 0 or more, and a share above 0")
    exact = total * parts / parts.sum()
    whole = np.floor(exact + 1e-9).astype(np.int64)
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[: total - int(whole.sum())]] += 1
    return whole
