from __future__ import annotations

import numpy as np
import pytest

from simpul.insight.methods.size_curve import curve, split

COMMON = np.array([0.05, 0.15, 0.3, 0.3, 0.15, 0.05])


def family(pull: float, models: int = 40, pairs: int = 200) -> np.ndarray:
    chance = np.random.default_rng(7)
    return np.array(
        [chance.multinomial(pairs, chance.dirichlet(pull * COMMON)) for _ in range(models)]
    )


@pytest.mark.parametrize("pull", [20.0, 200.0])
def test_how_much_models_differ_is_learned(pull: float) -> None:
    found = curve(family(pull))
    assert found.shares == pytest.approx(COMMON, abs=0.03)
    assert found.pull == pytest.approx(pull, rel=0.4)


def test_a_new_model_begins_with_its_family() -> None:
    found = curve(family(50))
    assert found.of([0] * 6) == pytest.approx(found.shares)
    some = found.of([0, 0, 0, 0, 0, 10])
    assert found.shares[5] < some[5] < 0.3
    assert some.sum() == pytest.approx(1)


def test_shrunk_curves_are_nearer_than_the_models_own() -> None:
    chance = np.random.default_rng(8)
    truth = chance.dirichlet(60 * COMMON, 60)
    sold = np.array([chance.multinomial(25, one) for one in truth])
    found = curve(sold)
    shrunk = np.array([found.of(one) for one in sold])
    own = sold / sold.sum(axis=1, keepdims=True)
    assert ((shrunk - truth) ** 2).sum() < 0.5 * ((own - truth) ** 2).sum()


def test_pairs_add_up() -> None:
    assert split(10, [1, 1, 1]).tolist() == [4, 3, 3]
    assert split(100, COMMON).tolist() == [5, 15, 30, 30, 15, 5]
    assert split(0, [0.5, 0.5]).tolist() == [0, 0]
    for total in range(60):
        assert split(total, COMMON).sum() == total


def test_a_size_that_nobody_buys_has_no_share() -> None:
    found = curve([[3, 0, 5], [2, 0, 9]])
    assert found.shares[1] == 0
    assert found.of([1, 0, 1])[1] == 0
    with pytest.raises(ValueError, match="something sold"):
        curve([[0, 0]])
