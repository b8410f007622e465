from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import f

from simpul.insight.methods.trends import mann_kendall, rate_ratio


def test_a_series_that_rises() -> None:
    """S is 26, its variance 8 x 7 x 21 / 18: z = 25 / 8.083."""
    found = mann_kendall([1, 3, 2, 5, 6, 8, 9, 12])
    assert found.slope == 1.5
    assert found.p == pytest.approx(0.00198, abs=0.00001)


def test_ties_make_it_less_sure() -> None:
    assert mann_kendall([1, 1, 1, 2, 2, 2]).p > mann_kendall([1, 2, 3, 4, 5, 6]).p
    assert mann_kendall([4, 4, 4, 4]).p == 1
    assert mann_kendall([1, 2, 3]).p == 1


def test_chance_alone_seldom_shows_a_trend() -> None:
    chance = np.random.default_rng(5)
    found = [mann_kendall(chance.normal(size=24)).p < 0.05 for _ in range(400)]
    assert 0.02 < np.mean(found) < 0.08


def test_two_counts_of_orders() -> None:
    """The limits by the quantiles of F: 30 / (16 F(32, 60)) and 31 F(62, 30) / 15, at 97.5 %."""
    found = rate_ratio(30, 15)
    assert found.ratio.estimate == pytest.approx(2)
    assert found.ratio.low == pytest.approx(30 / (16 * f.ppf(0.975, 32, 60)))
    assert found.ratio.high == pytest.approx(31 * f.ppf(0.975, 62, 30) / 15)
    assert found.p == pytest.approx(0.0357, abs=0.0001)


def test_as_often_in_half_the_days_is_twice_as_often() -> None:
    assert rate_ratio(20, 20, 30, 60).ratio.estimate == pytest.approx(2)


def test_nothing_before_has_no_limit_above() -> None:
    found = rate_ratio(10, 0)
    assert found.ratio.estimate == found.ratio.high == float("inf")
    assert found.ratio.low > 1
    assert rate_ratio(0, 0).p == 1
