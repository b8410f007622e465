"""What is no number is refused where it comes in: a mean of it would be none, and nobody would know why."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import ArrayLike

from simpul.insight.methods import smoothing
from simpul.insight.methods.concentration import concentration
from simpul.insight.methods.feasts import feast_effect
from simpul.insight.methods.gamma_gamma import Values
from simpul.insight.methods.gaps import gaps_of
from simpul.insight.methods.intermittent import classify, croston, sba, tsb
from simpul.insight.methods.judging import forecast
from simpul.insight.methods.rfm import rfm
from simpul.insight.methods.safety_stock import safety_stock
from simpul.insight.methods.size_curve import curve
from simpul.insight.methods.trends import mann_kendall

GOOD = [4.0, 2.0, 3.0, 1.0, 6.0, 5.0, 7.0, 9.0]

WAYS: dict[str, Callable[[ArrayLike], object]] = {
    "classify": classify,
    "Croston": croston,
    "SBA": sba,
    "TSB": tsb,
    "naive": lambda given: smoothing.naive(given, 2),
    "seasonal naive": lambda given: smoothing.seasonal_naive(given, 2, 4),
    "simple smoothing": lambda given: smoothing.simple(given, 2),
    "damped trend": lambda given: smoothing.damped(given, 2),
    "trend and season": lambda given: smoothing.seasonal(given, 2, 4),
    "forecast": lambda given: forecast(given, 1),
    "feasts": lambda given: feast_effect(given, np.ones((8, 1))),
    "trend": mann_kendall,
    "shares": concentration,
    "sizes": lambda given: curve(np.array([given])),
    "demand": lambda given: safety_stock(given, [2, 3]),
    "lead times": lambda given: safety_stock(GOOD, given),
    "days": lambda given: rfm(given, GOOD, GOOD),
    "money": lambda given: rfm(GOOD, GOOD, given),
    "gaps": lambda given: gaps_of([given], [3]),
    "silences": lambda given: gaps_of([[2, 3]] * 8, given),
    "numbers of orders": lambda given: Values(given, GOOD),
    "worth of orders": lambda given: Values(GOOD, given),
}


@pytest.mark.parametrize("name", WAYS)
@pytest.mark.parametrize("no_number", [float("nan"), float("inf")])
def test_it_is_refused(name: str, no_number: float) -> None:
    way = WAYS[name]
    way(GOOD)
    with pytest.raises(ValueError, match=r"NaN"):
        way([*GOOD[:-1], no_number])


@pytest.mark.parametrize(
    "name", ["classify", "Croston", "naive", "simple smoothing", "damped trend", "forecast"]
)
def test_a_series_has_a_period(name: str) -> None:
    with pytest.raises(ValueError, match="one period at least"):
        WAYS[name]([])
