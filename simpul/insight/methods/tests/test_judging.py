from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t as student

from simpul.insight.methods.intermittent import Pattern, classify
from simpul.insight.methods.judging import FEASTS, Forecast, errors_of, forecast, judge, ways
from simpul.insight.methods.smoothing import naive

MONTHS = np.arange(72)


def test_the_errors_from_each_origin() -> None:
    errors = errors_of(naive, np.array([1.0, 2, 4, 7]), range(1, 3), 2)
    assert errors.tolist() == [[-1, -3], [-2, -5]]


def test_the_naive_way_is_as_far_off_as_itself() -> None:
    series = np.array([1.0, 3, 1, 3, 1, 3, 1, 3])
    found = judge(errors_of(naive, series, range(4, 8), 1), series, 4)
    assert (found.mase, found.rmsse, found.bias) == (1, 1, 0)


def test_too_much_is_a_bias_above_nothing() -> None:
    series = np.array([10.0, 12, 10, 12, 10, 10, 10])
    found = judge(np.full((3, 1), 5.0), series, 4)
    assert found.bias == pytest.approx(5 / series.mean())
    assert found.mase == 2.5


def test_a_quantile_is_learned_only_of_what_was_known_at_its_origin() -> None:
    """Three periods each: the fifth origin after one knows how far off the third after it was."""
    series = np.array([10.0, 12, 10, 12, 10])
    short = np.array([3.0, 9, 6, 12, 30, 15, 60, 21])
    errors = np.repeat(-short[:, None] / 3, 3, axis=1)
    found = judge(errors, series, 5)
    # known of the last two: 3, 9, 6, 12; then 30 too
    assert found.pinball == pytest.approx((0.9 * (60 - 12) + 0.1 * (30 - 21)) / 2)
    held = judge(errors[4:], series, 5, errors[:4])
    assert held.pinball == found.pinball
    assert held.mase == pytest.approx(short[4:].mean() / 3 / 2)
    assert np.isnan(judge(errors[:6], series, 5).pinball)


def test_nothing_of_the_time_to_come_is_seen_at_an_origin() -> None:
    series = np.random.default_rng(2).poisson(30, 43).astype(float)
    changed = np.append(series[:33], [500, 0, 900, 1, 0, 0, 700, 0, 0, 300])
    around = np.zeros((46, 2))
    around[[8, 21, 34, 44], 0] = around[[9, 22, 35, 45], 1] = 0.5
    competing = ways(classify(series), 43, 13, around)
    assert len(competing) == 8
    for way in competing.values():
        errors = errors_of(way, series, range(26, 31), 3)
        assert (errors == errors_of(way, changed, range(26, 31), 3)).all()


def test_a_random_walk_is_left_to_the_naive_way() -> None:
    walk = 200 + np.cumsum(np.random.default_rng(4).normal(0, 5, 120))
    found = forecast(walk, 1)
    ours = found.judged[found.way].mase
    assert ours == min(one.mase for one in found.judged.values())
    assert ours > 0.9 * found.judged["naive"].mase


def test_where_only_the_last_period_counts_the_naive_way_wins() -> None:
    steps = np.repeat([10.0, 60, 20, 80, 30, 90], 8)
    found = forecast(steps, 1)
    assert found.is_naive
    assert found.mean.tolist() == [90]


def test_a_season_is_found() -> None:
    noise = np.random.default_rng(5).normal(0, 3, 72)
    found = forecast(200 + 60 * np.sin(2 * np.pi * MONTHS / 12) + noise, 3, season=12)
    assert found.way in ("trend and season", "seasonal naive")
    assert found.judged[found.way].mase < 0.5 * found.judged["naive"].mase
    assert found.mean == pytest.approx(200 + 60 * np.sin(2 * np.pi * MONTHS[:3] / 12), abs=12)


def test_seldom_demand_is_not_forecast_as_nothing() -> None:
    chance = np.random.default_rng(6)
    series = (chance.random(80) < 0.25) * chance.integers(4, 8, 80)
    found = forecast(series, 4)
    assert found.demand.pattern is Pattern.INTERMITTENT
    assert found.way in ("Croston", "SBA", "TSB")
    assert found.mean.sum() == pytest.approx(4 * series.mean(), rel=0.5)
    assert found.high is not None
    assert found.high > found.mean.sum()


def test_what_is_too_short_is_not_judged() -> None:
    found = forecast([3, 4, 5], 2)
    assert (found.way, found.mean.tolist(), found.judged) == ("naive", [5, 5], {})
    assert forecast([0, 0], 2).mean.tolist() == [0, 0]


def test_what_is_ordered_already_uses_up_the_forecast() -> None:
    found = forecast([3, 4, 5], 3)
    assert found.with_orders_on_hand([2, 9, 0]).tolist() == [5, 9, 5]


def test_a_feast_that_moves_is_taken_out_and_put_in_again() -> None:
    """Twice as much in the weeks before each feast; the last feast lies in the time to come."""
    chance = np.random.default_rng(11)
    around = np.zeros((112, 1))
    for feast in (20, 70, 103):
        around[feast - 4 : feast] = 1
    series = chance.poisson(40, 100) * (1 + around[:100, 0])
    found = forecast(series, 12, feasts=around)
    assert found.way.endswith(FEASTS)
    rises = found.mean[:3] / found.mean[6:9]
    assert rises == pytest.approx(2.0, abs=0.2)


def test_the_limits_are_those_of_the_errors_and_wider_where_horizons_overlap() -> None:
    series = np.tile([20.0, 26, 17, 24, 22, 15, 27, 21], 6)
    found = forecast(series, 4)
    assert found.errors.shape == (21, 4)  # from the middle of the series on
    limits = found.between(0, 4)
    assert limits is not None
    mean = found.mean.sum()
    off = np.sqrt((found.errors.sum(axis=1) ** 2).mean())
    half = student.ppf(0.9, 24 / 4) * off  # six horizons lie side by side
    assert limits == pytest.approx((mean - half, mean + half))
    assert found.high == pytest.approx(limits[1])
    assert forecast([3.0, 4.0], 4).between(0, 4) is None


@pytest.mark.parametrize(("weeks_ahead", "runs", "off"), [(12, 400, 0.05), (1, 2_000, 0.03)])
def test_eight_of_ten_are_eight_of_ten(weeks_ahead: int, runs: int, off: float) -> None:
    """Weeks of mere chance, foretold by their true mean; by the quantiles alone of so many errors that
    overlap it would be five of ten for twelve weeks."""
    dice = np.random.default_rng(7)
    hits = 0
    for _ in range(runs):
        weeks = dice.poisson(30, 42).astype(float)
        errors = 30 - np.lib.stride_tricks.sliding_window_view(weeks[:30], 12)
        found = Forecast(classify(weeks), "simple", np.full(12, 30.0), None, {}, errors)
        limits = found.between(0, weeks_ahead)
        assert limits is not None
        hits += limits[0] <= weeks[30 : 30 + weeks_ahead].sum() <= limits[1]
    assert hits / runs == pytest.approx(0.8, abs=off)
