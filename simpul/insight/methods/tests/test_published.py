"""What others have published of the CDNOW sample, beyond the parameters themselves."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.special import gammaln, hyperu

from simpul.insight.methods.backtest import backtest
from simpul.insight.methods.beta_geometric import BetaGeometric, bg_nbd, mbg_nbd
from simpul.insight.methods.fitting import Fit
from simpul.insight.methods.gamma_gamma import gamma_gamma
from simpul.insight.methods.histories import Histories
from simpul.insight.methods.lifetime_value import discounted_orders
from simpul.insight.methods.pareto_nbd import ParetoNBD, pareto_nbd
from simpul.insight.methods.tests import cdnow

PARETO = ParetoNBD(0.5533971, 10.5801985, 0.6060625, 11.6562237)
BETA = BetaGeometric(0.2425945, 4.4136019, 0.7929199, 2.4258881)
EAGER = Histories([26], [30.86], [31.0])


def test_the_examples_of_btyd() -> None:
    """Dziurzynski, Wadsworth, McCarthy, the R package BTYD: its vignette, buyer 1516."""
    assert round(float(PARETO.expected_of_new(52)), 3) == 1.473
    assert round(float(PARETO.expected(EAGER, 52)[0]), 2) == 25.46
    assert round(float(PARETO.alive(EAGER)[0]), 3) == 0.998
    assert round(float(BETA.expected_of_new(52)), 3) == 1.444
    assert round(float(BETA.expected(EAGER, 52)[0]), 2) == 25.76
    assert round(float(BETA.alive(EAGER)[0]), 3) == 0.969


def test_the_first_buyer_of_the_paper_is_rather_still_one() -> None:
    """Fader, Hardie 2008, Computing P(alive) using the BG/NBD model."""
    assert round(float(BETA.alive(Histories([2], [30.43], [38.86]))[0]), 3) == 0.727


def test_the_second_half_by_how_often_one_had_ordered() -> None:
    """BTYD again, its vignette on Pareto/NBD: buyers, orders and those foretold of the next 39 weeks; its ages
    are rounded."""
    found = backtest(lambda known: PARETO, *cdnow.orders(), split=cdnow.SPLIT, end=cdnow.END)
    assert [row.buyers for row in found.rows] == [1411, 439, 214, 100, 62, 38, 29, 64]
    came = [0.237, 0.697, 1.393, 1.560, 2.532, 2.947, 3.862, 6.359]
    foretold = [0.138, 0.600, 1.196, 1.714, 2.399, 2.907, 3.819, 6.403]
    assert [row.ordered for row in found.rows] == pytest.approx(came, abs=0.001)
    assert [row.expected for row in found.rows] == pytest.approx(foretold, abs=0.0015)


@pytest.mark.parametrize("story", [(0, 0.0, 38.86), (7, 35.0, 38.86), (26, 30.86, 31.0)])
def test_orders_of_all_time_to_come_less_the_time(story: tuple[int, float, float]) -> None:
    """Fader, Hardie, Lee 2005, RFM and CLV, equation 2, where interest is added at every moment."""
    x, last, age = story
    one = Histories([x], [last], [age])
    r, alpha, s, beta = PARETO.r, PARETO.alpha, PARETO.s, PARETO.beta
    interest = 0.0027
    closed = gammaln(r + x + 1) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    closed += (s - 1) * np.log(interest) + np.log(hyperu(s, s, interest * (beta + age)))
    closed -= (r + x + 1) * np.log(alpha + age) + float(PARETO.log_likelihood(one)[0])
    found = discounted_orders(
        PARETO, one, horizon=6_000, periods=2_000, discount=np.expm1(interest)
    )
    assert found[0] == pytest.approx(np.exp(closed), rel=5e-5)


@pytest.mark.parametrize(
    ("fit", "parameters"),
    [
        (bg_nbd, (0.1638509, 1.8642808, 1.8503431, 3.1810588)),
        (mbg_nbd, (1.1129269, 7.7744774, 1.8921980, 2.1099851)),
        (pareto_nbd, (0.8247880, 13.5433509, 1.1789875, 19.6383161)),
    ],
)
def test_another_book_gives_the_parameters_of_others(
    fit: Callable[[Histories], Fit[BetaGeometric] | Fit[ParetoNBD]], parameters: tuple[float, ...]
) -> None:
    """What lifetimes 0.11.3 fits to its own example; its search for Pareto/NBD ends a little early."""
    book = cdnow.other_histories()
    assert (len(book), int(book.frequency.sum())) == (5000, 9270)
    found = fit(book)
    assert found.is_sure
    assert np.exp(found.model.logs()) == pytest.approx(parameters, rel=2e-4)


def test_what_the_orders_of_the_first_buyers_are_worth() -> None:
    """The manual of the Python package lifetimes, from its own fit of Gamma-Gamma."""
    model = gamma_gamma(cdnow.values()).model
    found = model.expected([2, 1, 0, 7, 2], [22.35, 11.77, 0, 73.74, 25.55])
    assert found == pytest.approx([24.658619, 18.911489, 35.170981, 71.462843, 27.282408], rel=2e-4)
