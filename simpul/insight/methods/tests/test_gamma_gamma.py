from __future__ import annotations

import numpy as np
import pytest

from simpul.insight.methods.beta_geometric import BetaGeometric
from simpul.insight.methods.fitting import Fit, bootstrap
from simpul.insight.methods.gamma_gamma import GammaGamma, Values, gamma_gamma
from simpul.insight.methods.histories import Array, Histories
from simpul.insight.methods.lifetime_value import lifetime_value
from simpul.insight.methods.tests import cdnow


@pytest.fixture(scope="module")
def fit() -> Fit[GammaGamma]:
    return gamma_gamma(cdnow.values())


def test_cdnow_gives_the_parameters_of_the_paper(fit: Fit[GammaGamma]) -> None:
    """Fader, Hardie 2013, The Gamma-Gamma model of monetary value, section 4."""
    assert (round(fit.model.p, 2), round(fit.model.q, 2)) == (6.25, 3.74)
    assert fit.model.gamma == pytest.approx(15.44, abs=0.01)
    assert fit.is_sure
    assert len(cdnow.values().orders) == 946
    assert cdnow.values().together == pytest.approx(0.114, abs=0.001)


def test_the_errors_are_those_of_the_bootstrap() -> None:
    few = Values(cdnow.values().orders[:120], cdnow.values().mean_value[:120])

    def refit(times: Array) -> Fit[GammaGamma]:
        return gamma_gamma(few, weights=times, has_prior=True)

    drawn = np.array([model.expected([1], [50])[0] for model in bootstrap(refit, 120, 25, seed=3)])
    assert len(drawn) == 25
    found = gamma_gamma(few, has_prior=True).above_zero(lambda model: model.expected([1], [50]))
    error = (found.high[0] - found.low[0]) / 3.92
    assert drawn.std() == pytest.approx(error, rel=0.5)


def test_who_has_ordered_little_is_drawn_towards_all() -> None:
    model = GammaGamma(6.25, 3.74, 15.44)
    assert model.mean == pytest.approx(35.22, abs=0.01)
    nobody, once, often = model.expected([0, 1, 100], [0, 100, 100])
    assert nobody == model.mean
    assert once == pytest.approx(6.25 * (15.44 + 100) / (6.25 + 2.74))
    assert 99 < often < 100


def test_rupiah_and_thousands_say_the_same(fit: Fit[GammaGamma]) -> None:
    dollars = cdnow.values()
    cents = gamma_gamma(Values(dollars.orders, dollars.mean_value * 100))
    assert cents.model.gamma == pytest.approx(100 * fit.model.gamma, rel=1e-5)
    assert cents.log_likelihood == pytest.approx(fit.log_likelihood - 946 * np.log(100), abs=1e-6)


def test_what_is_worth_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="worth more than nothing"):
        Values([1, 2], [10, 0])


def test_where_means_have_no_mean_there_is_none() -> None:
    model = GammaGamma(2, 0.9, 10)
    assert np.isnan(model.mean)
    assert np.isnan(model.expected([0], [0])[0])
    assert np.isfinite(model.expected([1], [10])[0])


def test_worth_is_orders_times_value_less_the_time() -> None:
    buying, worth = BetaGeometric(0.243, 4.414, 0.793, 2.426), GammaGamma(6.25, 3.74, 15.44)
    one = Histories([2], [30.43], [38.86])
    plain = lifetime_value(buying, worth, one, [22.35], horizon=39)
    assert plain[0] == pytest.approx(
        buying.expected(one, 39)[0] * worth.expected([2], [22.35])[0], rel=1e-9
    )
    later = lifetime_value(buying, worth, one, [22.35], horizon=39, discount=0.01)
    assert 0.8 * plain[0] < later[0] < 0.85 * plain[0]
