"""What others have published of the CDNOW sample, beyond the parameters themselves."""

from __future__ import annotations

import pytest

from simpul.insight.methods.beta_geometric import BetaGeometric
from simpul.insight.methods.gamma_gamma import gamma_gamma
from simpul.insight.methods.histories import Histories
from simpul.insight.methods.pareto_nbd import ParetoNBD
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


def test_what_the_orders_of_the_first_buyers_are_worth() -> None:
    """The manual of the Python package lifetimes, from its own fit of Gamma-Gamma."""
    model = gamma_gamma(cdnow.values()).model
    found = model.expected([2, 1, 0, 7, 2], [22.35, 11.77, 0, 73.74, 25.55])
    assert found == pytest.approx([24.658619, 18.911489, 35.170981, 71.462843, 27.282408], rel=2e-4)
