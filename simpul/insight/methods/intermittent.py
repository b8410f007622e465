"""Demand that does not come in every period: its classes, and Croston's method with its heirs.

Syntetos, Boylan, Croston 2005, On the categorization of demand patterns, Journal of the Operational
Research Society 56, 495-503. Croston 1972, Forecasting and stock control for intermittent demands,
Operational Research Quarterly 23, 289-303. Syntetos, Boylan 2005, The accuracy of intermittent demand
estimates, International Journal of Forecasting 21, 303-314 (SBA). Teunter, Syntetos, Babai 2011,
Intermittent demand: linking forecasting to inventory obsolescence, European Journal of Operational
Research 214, 606-615 (TSB).

Each forecast is flat: the mean of every period to come. Sizes start with the first demand. Croston and
SBA start the interval with the first one, counted from the beginning of the series; TSB starts the
probability with what the first period was, 0 or 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from simpul.insight.methods.histories import Array

MANY_PERIODS = 1.32  # between two demands, on average
MUCH_SPREAD = 0.49  # of their sizes, as a squared coefficient of variation


class Pattern(StrEnum):
    NONE = "none"  # nothing was ever asked for
    SMOOTH = "smooth"
    ERRATIC = "erratic"  # often, in very different sizes
    INTERMITTENT = "intermittent"  # seldom, in like sizes
    LUMPY = "lumpy"  # seldom, in very different sizes

    @property
    def is_seldom(self) -> bool:
        return self in (Pattern.INTERMITTENT, Pattern.LUMPY)


@dataclass(frozen=True, slots=True)
class Demand:
    """The class of a series; `adi`: periods for each demand (n / demands); `cv2`: variance of their sizes (their
    own, not an estimate for more) / square of their mean."""

    pattern: Pattern
    adi: float
    cv2: float


def classify(series: ArrayLike) -> Demand:
    """Return the class of a series of demands by period, shape (n,), none below 0."""
    demand = _series(series)
    sizes = demand[demand > 0]
    if not len(sizes):
        return Demand(Pattern.NONE, float("inf"), 0.0)
    adi, cv2 = len(demand) / len(sizes), float(np.var(sizes) / np.mean(sizes) ** 2)
    if adi < MANY_PERIODS:
        pattern = Pattern.SMOOTH if cv2 < MUCH_SPREAD else Pattern.ERRATIC
    else:
        pattern = Pattern.INTERMITTENT if cv2 < MUCH_SPREAD else Pattern.LUMPY
    return Demand(pattern, adi, cv2)


def croston(series: ArrayLike, alpha: float = 0.1) -> float:
    """Return the demand to expect in a period: smoothed size / smoothed interval; 0 without any."""
    demand = _series(series)
    at = np.flatnonzero(demand)
    if not len(at):
        return 0.0
    intervals = np.diff(at, prepend=-1).astype(np.float64)
    return _smoothed(demand[at], alpha) / _smoothed(intervals, alpha)


def sba(series: ArrayLike, alpha: float = 0.1) -> float:
    """Return Croston's less the share alpha / 2 by which that is too high on average."""
    return (1 - alpha / 2) * croston(series, alpha)


def tsb(series: ArrayLike, alpha: float = 0.1, beta: float = 0.1) -> float:
    """Return smoothed size (alpha) x smoothed probability (beta): it fades where nothing more comes."""
    demand = _series(series)
    sizes = demand[demand > 0]
    if not len(sizes):
        return 0.0
    return _smoothed(sizes, alpha) * _smoothed((demand > 0).astype(np.float64), beta)


def _series(series: ArrayLike) -> Array:
    demand = np.asarray_chkfinite(series, dtype=np.float64)
    if demand.ndim != 1 or not len(demand) or not (demand >= 0).all():
        raise ValueError("a series has one period at least, and no demand below 0")
    return demand


def _smoothed(values: Array, alpha: float) -> float:
    level = float(values[0])
    for value in values[1:]:
        level += alpha * (float(value) - level)
    return level
