from __future__ import annotations

import numpy as np
import pytest

from simpul.insight.methods import smoothing

MONTHS = np.arange(60)
WAVE = 20 * np.sin(2 * np.pi * MONTHS / 12)


def test_the_naive_ways() -> None:
    assert smoothing.naive([3, 5], 3).tolist() == [5, 5, 5]
    assert smoothing.seasonal_naive([1, 2, 3, 4, 5], 4, 3).tolist() == [3, 4, 5, 3]
    with pytest.raises(ValueError, match="season"):
        smoothing.seasonal_naive([1], 1, 3)


def test_a_level_is_kept() -> None:
    noise = np.random.default_rng(1).normal(0, 5, 200)
    assert smoothing.simple(100 + noise, 2) == pytest.approx([100, 100], abs=2.5)


def test_a_step_is_followed() -> None:
    series = [10.0] * 20 + [50.0] * 20
    assert smoothing.simple(series, 1)[0] == pytest.approx(50, abs=0.5)


def test_a_trend_goes_on_and_fades() -> None:
    series = 100 + 3.0 * MONTHS
    ahead = smoothing.damped(series, 24)
    assert ahead[0] == pytest.approx(100 + 3 * 60, abs=3)
    growth = np.diff(ahead)
    assert (growth > 0).all()
    assert (np.diff(growth) < 0).all()


def test_a_season_comes_again() -> None:
    noise = np.random.default_rng(2).normal(0, 2, 60)
    ahead = smoothing.seasonal(100 + WAVE + noise, 12, 12)
    assert ahead == pytest.approx(100 + WAVE[:12], abs=5)


def test_no_demand_is_below_nothing() -> None:
    assert (smoothing.damped(np.linspace(50, 0, 30), 20) >= 0).all()
    assert smoothing.simple([4.0, 6.0], 2).tolist() == [5, 5]
