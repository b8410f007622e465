"""Two counts compared: values that can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest, fisher_exact

from simpul.insight.rates import Counted, chance, chance_beside, found


@pytest.mark.parametrize(
    ("counted", "share", "expected"),
    [
        (Counted(0, 0), 0.5, 1.0),
        (Counted(5, 5), 0.5, 1.0),
        (Counted(10, 0), 0.5, 2 / 2**10),
        (Counted(10, 2), 0.5, 2 * (1 + 12 + 66) / 2**12),
        (Counted(3, 0), 0.25, 1 / 64),
        (Counted(0, 3), 0.25, 1.0),
    ],
)
def test_the_chance_is_the_sum_of_what_is_no_likelier(
    counted: Counted, share: float, expected: float
) -> None:
    assert chance(counted, share) == pytest.approx(expected)


def test_many_orders_do_not_overflow() -> None:
    assert chance(Counted(5_000, 5_100)) == pytest.approx(0.3247, abs=1e-3)


def test_a_share_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="part of the days"):
        chance(Counted(1, 1), 0)


def test_it_is_the_exact_test_of_scipy() -> None:
    for counted in (Counted(3, 9), Counted(40, 21), Counted(0, 6), Counted(7, 7)):
        exact = binomtest(counted.now, sum(counted), 90 / 200).pvalue
        assert chance(counted, 90 / 200) == pytest.approx(exact)


@pytest.mark.parametrize(
    ("counted", "others"),
    [
        (Counted(3, 9), Counted(20, 14)),
        (Counted(32, 64), Counted(160, 160)),
        (Counted(9, 0), Counted(1, 8)),
        (Counted(0, 0), Counted(4, 4)),
        (Counted(400, 300), Counted(2_000, 2_100)),
    ],
)
def test_beside_others_it_is_the_exact_test_of_fisher(counted: Counted, others: Counted) -> None:
    assert chance_beside(counted, others) == pytest.approx(fisher_exact([counted, others]).pvalue)


def test_of_many_only_those_are_found_that_the_rule_lets_stand() -> None:
    # Benjamini and Hochberg 1995, the example of their section 3.2: four of fifteen
    said = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
        0.5719, 0.6528, 0.7590, 1.0,
    ]  # fmt: skip
    assert found(dict(enumerate(said)), 0.05) == {0, 1, 2, 3}
    assert found({}) == set()


def test_of_a_hundred_models_of_chance_none_is_called_changed() -> None:
    dice = np.random.default_rng(9)
    pairs = zip(*dice.poisson(20, (2, 100)).tolist(), strict=True)
    chances = {at: chance(Counted(now, before)) for at, (now, before) in enumerate(pairs)}
    assert found(chances) == set()
