from __future__ import annotations

import pytest

from simpul.insight.methods.intermittent import Pattern, classify, croston, sba, tsb

SERIES = [
    *(0, 2, 0, 1, 0, 11, 0, 0, 0, 0, 2, 0, 6, 3, 0, 0, 0, 0),
    *(0, 7, 0, 0, 0, 0, 0, 0, 0, 3, 1, 0, 0, 1, 0, 1, 0, 0),
]  # fmt: skip


def test_a_series_whose_figures_are_known() -> None:
    """All weights 0.1; they begin as the module says."""
    assert round(croston(SERIES), 5) == 0.98460
    assert round(sba(SERIES), 5) == 0.93537
    assert round(tsb(SERIES), 5) == 0.80407


def test_a_demand_in_every_period_is_smoothed_simply() -> None:
    assert croston([4, 6, 5], 0.5) == 5.0
    assert tsb([4, 6, 5], 0.5) == 5.0


def test_only_tsb_fades_where_nothing_more_comes() -> None:
    gone = [*SERIES, *[0] * 40]
    assert croston(gone) == croston(SERIES)
    assert tsb(gone) == pytest.approx(tsb(SERIES) * 0.9**40)


def test_of_nothing_nothing_is_expected() -> None:
    assert (croston([0, 0]), sba([0, 0]), tsb([0, 0])) == (0, 0, 0)
    with pytest.raises(ValueError, match="below 0"):
        croston([1, -1])


@pytest.mark.parametrize(
    ("series", "pattern"),
    [
        ([5, 6, 5, 4, 5, 6], Pattern.SMOOTH),
        ([1, 20, 2, 1, 30, 1], Pattern.ERRATIC),
        ([0, 5, 0, 0, 5, 0], Pattern.INTERMITTENT),
        (SERIES, Pattern.LUMPY),
        ([0, 0, 0], Pattern.NONE),
    ],
)
def test_classes_by_interval_and_spread(series: list[int], pattern: Pattern) -> None:
    assert classify(series).pattern is pattern


def test_the_figures_behind_the_class() -> None:
    found = classify([0, 2, 0, 4])
    assert found.adi == 2
    assert found.cv2 == pytest.approx(1 / 9)
