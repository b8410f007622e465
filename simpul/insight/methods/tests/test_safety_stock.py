from __future__ import annotations

import numpy as np
import pytest

from simpul.insight.methods.safety_stock import safety_stock

WEEKS = [40, 50, 60, 50, 40, 60, 50, 50]


def test_demand_and_supplier_vary() -> None:
    """z(0.95) sqrt(3 s2 + 50^2 v) with s2 = 57.14 and v = 2/3."""
    found = safety_stock(WEEKS, [2, 3, 3, 4])
    assert found.expected == 150
    assert found.safety == pytest.approx(1.644854 * (3 * 400 / 7 + 2500 * 2 / 3) ** 0.5)
    assert found.reorder_at == found.expected + found.safety


def test_a_punctual_supplier_needs_less() -> None:
    assert safety_stock(WEEKS, [3, 3, 3]).safety < 0.6 * safety_stock(WEEKS, [2, 3, 3, 4]).safety


def test_seldom_demand_is_drawn_and_not_taken_for_normal() -> None:
    seldom = [0, 0, 0, 12, 0, 0, 0, 0, 12, 0, 0, 0]
    found = safety_stock(seldom, [2, 2])
    assert found.expected == 4
    assert found.reorder_at == 12  # one such order in both weeks, in 95 of 100 cases
    assert safety_stock(seldom, [2, 2], service=0.99).reorder_at == 24
    assert safety_stock(seldom, [2, 2]) == found


def test_in_so_many_lead_times_it_lasts() -> None:
    chance = np.random.default_rng(3)
    demand = np.maximum(chance.normal(50, 12, 300), 0)
    waits = chance.choice([2.0, 3.0, 4.0], 60)
    kept = safety_stock(demand, waits).reorder_at
    asked = [
        np.maximum(chance.normal(50, 12, int(chance.choice([2, 3, 4]))), 0).sum()
        for _ in range(4_000)
    ]
    assert np.mean(np.array(asked) <= kept) == pytest.approx(0.95, abs=0.03)


def test_of_one_delivery_nothing_is_known() -> None:
    with pytest.raises(ValueError, match="two deliveries"):
        safety_stock(WEEKS, [3])
    with pytest.raises(ValueError, match="service"):
        safety_stock(WEEKS, [3, 3], service=1)
