from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from simpul.insight.methods.feasts import around, feast_effect, first_days, shares
from simpul.lib.workdays import IDUL_FITRI

WEEKS = [date(2022, 1, 3) + timedelta(weeks=at) for at in range(52 * 4)]


def test_lebaran_moves() -> None:
    days = first_days(IDUL_FITRI, date(2023, 1, 1), date(2025, 12, 31))
    assert days == [date(2023, 4, 22), date(2024, 4, 10), date(2025, 3, 31)]


def test_a_week_is_shared_between_stretches() -> None:
    found = shares([date(2024, 4, 1), date(2024, 7, 1)], 7, [date(2024, 4, 10)])
    assert found == pytest.approx(np.array([[0, 2 / 7, 5 / 7, 0], [0, 0, 0, 0]]))


def test_a_feast_counts_from_afar() -> None:
    """The orders for Lebaran on 10 April 2024 begin eight weeks before, on 14 February."""
    for start, days, share in (
        (date(2024, 1, 22), 28, 5 / 28),
        (date(2024, 2, 7), 7, 0),
        (date(2024, 2, 8), 7, 1 / 7),
    ):
        assert around(IDUL_FITRI, [start], days)[0] == pytest.approx([share, 0, 0, 0])
    after = around(IDUL_FITRI, [date(2024, 5, 7)], 7)[0]  # it ends after four weeks, on 8 May
    assert after == pytest.approx([0, 0, 0, 1 / 7])


def test_what_lebaran_does_is_found_again() -> None:
    feasts = first_days(IDUL_FITRI, date(2022, 1, 1), date(2026, 6, 1))
    inside = shares(WEEKS, 7, feasts)
    truth = np.array([1.6, 2.5, 0.3, 0.8])
    demand = np.random.default_rng(3).poisson(40 * np.exp(inside @ np.log(truth)))
    found = feast_effect(demand, inside)
    assert found.factors == pytest.approx(truth, rel=0.2)
    assert (demand / found.over(inside)).std() < 0.5 * demand.std()


def test_one_feast_of_few_pairs_moves_little() -> None:
    inside = np.zeros((20, 1))
    inside[10] = 1
    demand = np.ones(20)
    demand[10] = 4
    factor = float(feast_effect(demand, inside).factors[0])
    assert 1.3 < factor < 3


def test_of_nothing_no_effect() -> None:
    assert feast_effect([0, 0], [[1], [0]]).factors.tolist() == [1]
