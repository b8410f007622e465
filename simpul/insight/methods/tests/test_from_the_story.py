"""The models of buying held against what they are of: one buyer's story, averaged over all buyers.

No formula of the papers is used here: what happens to a buyer whose rates are known is written down, and
summed over a fine grid of rates. On the logarithms the sums of equal steps are right to ten digits.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from scipy.special import betaln, gammaln

from simpul.insight.methods.beta_geometric import BetaGeometric, ModifiedBetaGeometric
from simpul.insight.methods.histories import Array, Histories
from simpul.insight.methods.pareto_nbd import ParetoNBD

HORIZON = 30.0
STORIES = [(0, 0.0, 39.0), (1, 5.0, 39.0), (4, 30.0, 39.0), (4, 39.0, 39.0), (12, 20.0, 60.0)]


class Told(NamedTuple):
    log_likelihood: float
    alive: float
    expected: float


def _averaged(weights: Array, there: Array, gone: Array, then: Array) -> Told:
    both = float((weights * (there + gone)).sum())
    alive = float((weights * there).sum()) / both
    return Told(float(np.log(both)), alive, float((weights * there * then).sum()) / both)


def _rates(shape: float, rate: float) -> tuple[Array, Array]:
    """Return rates, and how often buyers have them, by a gamma distribution."""
    logs = np.linspace(-36, 6, 481)
    density = shape * (np.log(rate) + logs) - rate * np.exp(logs) - gammaln(shape)
    return np.exp(logs), np.exp(density) * (logs[1] - logs[0])


def _coins(a: float, b: float) -> tuple[Array, Array]:
    """Return chances to leave, and how often buyers have them, by a beta distribution."""
    odds = np.linspace(-60, 30, 481)
    density = -a * np.logaddexp(0, -odds) - b * np.logaddexp(0, odds) - betaln(a, b)
    return 1 / (1 + np.exp(-odds)), np.exp(density) * (odds[1] - odds[0])


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("kind", [BetaGeometric, ModifiedBetaGeometric])
def test_a_coin_after_each_order(
    kind: type[BetaGeometric], story: tuple[int, float, float]
) -> None:
    x, last, age = story
    model = kind(0.6, 5.0, 0.9, 2.4)
    rate, often = _rates(model.r, model.alpha)
    leaves, as_often = _coins(model.a, model.b)
    rate, often = rate[:, None], often[:, None]
    tossed = x + model.leaves_at_once
    there = rate**x * np.exp(-rate * age) * (1 - leaves) ** tossed
    gone = rate**x * np.exp(-rate * last) * (1 - leaves) ** max(tossed - 1, 0) * leaves
    then = -np.expm1(-rate * leaves * HORIZON) / leaves
    told = _averaged(often * as_often, there, gone if tossed else 0 * gone, then)
    _agrees(model, story, told)


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("model", [ParetoNBD(0.6, 5.0, 0.7, 12.0), ParetoNBD(0.6, 9.0, 0.7, 0.5)])
def test_a_leaving_at_any_time(model: ParetoNBD, story: tuple[int, float, float]) -> None:
    x, last, age = story
    rate, often = _rates(model.r, model.alpha)
    hurry, as_often = _rates(model.s, model.beta)
    rate, often = rate[:, None], often[:, None]
    either = rate + hurry
    there = rate**x * np.exp(-either * age)
    gone = rate**x * np.exp(-either * last) * -np.expm1(-either * (age - last)) * hurry / either
    then = rate * -np.expm1(-hurry * HORIZON) / hurry
    _agrees(model, story, _averaged(often * as_often, there, gone, then))


def _agrees(model: BetaGeometric | ParetoNBD, story: tuple[int, float, float], told: Told) -> None:
    one = Histories(*([part] for part in story))
    assert model.log_likelihood(one)[0] == pytest.approx(told.log_likelihood, abs=1e-8)
    assert model.alive(one)[0] == pytest.approx(told.alive, abs=1e-8)
    assert model.expected(one, HORIZON)[0] == pytest.approx(told.expected, rel=1e-8)
