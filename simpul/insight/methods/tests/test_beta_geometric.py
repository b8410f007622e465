from __future__ import annotations

import numpy as np
import pytest

from simpul.insight.methods.beta_geometric import (
    BetaGeometric,
    ModifiedBetaGeometric,
    bg_nbd,
    mbg_nbd,
)
from simpul.insight.methods.fitting import Fit
from simpul.insight.methods.histories import Histories
from simpul.insight.methods.tests import cdnow

TWICE = Histories([2], [30.43], [38.86])


@pytest.fixture(scope="module")
def fit() -> Fit[BetaGeometric]:
    return bg_nbd(cdnow.histories())


def test_cdnow_gives_the_parameters_of_the_paper(fit: Fit[BetaGeometric]) -> None:
    """Fader, Hardie, Lee 2005, table 2."""
    model = fit.model
    assert (round(model.r, 3), round(model.alpha, 3)) == (0.243, 4.414)
    assert (round(model.a, 3), round(model.b, 3)) == (0.793, 2.426)
    assert round(fit.log_likelihood, 1) == -9582.4
    assert fit.is_sure


def test_what_one_buyer_of_cdnow_will_order(fit: Fit[BetaGeometric]) -> None:
    """Fader, Hardie, Lee 2005, section 4.1: customer 0001, the next 39 weeks."""
    assert round(float(fit.model.expected(TWICE, 39)[0]), 3) == 1.226
    around = fit.above_zero(lambda model: model.expected(TWICE, 39))
    assert (round(float(around.low[0]), 2), round(float(around.high[0]), 2)) == (1.14, 1.32)


def test_the_modified_model_on_cdnow() -> None:
    model = mbg_nbd(cdnow.histories()).model
    assert (round(model.r, 3), round(model.alpha, 3)) == (0.525, 6.183)
    assert (round(model.a, 3), round(model.b, 3)) == (0.891, 1.614)


def test_days_and_weeks_say_the_same(fit: Fit[BetaGeometric]) -> None:
    weeks = cdnow.histories()
    days = bg_nbd(weeks.in_units_of(1 / 7))
    assert days.model.alpha == pytest.approx(7 * fit.model.alpha, rel=1e-6)
    assert days.model.b == pytest.approx(fit.model.b, rel=1e-6)
    constant = weeks.frequency.sum() * np.log(7)
    assert days.log_likelihood == pytest.approx(fit.log_likelihood - constant, abs=1e-6)


@pytest.mark.parametrize("kind", [BetaGeometric, ModifiedBetaGeometric])
def test_what_is_expected_of_somebody_new_is_what_happens(kind: type[BetaGeometric]) -> None:
    model = kind(0.8, 6.0, 0.9, 2.5)
    count, last = model.simulate(np.full(60_000, 50.0), seed=5)

    assert count.mean() == pytest.approx(float(model.expected_of_new(50)), rel=0.03)
    made_up = Histories(count, last, np.full(60_000, 50.0))
    later = model.simulate_on(made_up, 30.0, seed=6)
    assert later.mean() == pytest.approx(model.expected(made_up, 30).mean(), rel=0.03)


@pytest.mark.parametrize("kind", [BetaGeometric, ModifiedBetaGeometric])
def test_what_one_knows_of_buyers_adds_up_to_what_one_knows_of_nobody(
    kind: type[BetaGeometric],
) -> None:
    """Expected up to T, and after it by those histories: together what is expected up to T + t."""
    model = kind(0.8, 6.0, 0.9, 2.5)
    count, last = model.simulate(np.full(60_000, 50.0), seed=7)
    after = model.expected(Histories(count, last, np.full(60_000, 50.0)), 30).mean()
    more = float(model.expected_of_new(80) - model.expected_of_new(50))
    assert after == pytest.approx(more, rel=0.03)


def test_a_made_up_book_gives_its_own_parameters_back() -> None:
    model = ModifiedBetaGeometric(1.2, 8.0, 0.8, 3.0)
    age = np.repeat([20.0, 40.0, 60.0, 80.0], 1_000)
    fit = mbg_nbd(Histories(*model.simulate(age, seed=11), age))
    inside = fit.parameters()
    truth = np.exp(model.logs())
    assert (np.exp(3 * np.log(inside.low / inside.estimate)) * inside.estimate < truth).all()
    assert inside.estimate == pytest.approx(truth, rel=0.25)


def test_by_the_first_model_nobody_leaves_before_a_second_order() -> None:
    once = Histories([0, 0], [0, 0], [3, 300])
    assert BetaGeometric(0.3, 4, 0.8, 2.4).alive(once).tolist() == [1, 1]
    late, long = ModifiedBetaGeometric(0.3, 4, 0.8, 2.4).alive(once)
    assert 0 < long < late < 2.4 / 3.2


@pytest.mark.parametrize("kind", [BetaGeometric, ModifiedBetaGeometric])
@pytest.mark.parametrize("a", [0.05, 1.0, 1.3, 40.0])
def test_nothing_overflows(kind: type[BetaGeometric], a: float) -> None:
    model = kind(0.25, 4.4, a, 2.4)
    odd = Histories([0, 1, 900, 9000], [0, 1e-6, 39, 390], [0.001, 39, 39, 390])
    for found in (model.log_likelihood(odd), model.alive(odd), model.expected(odd, 39)):
        assert np.isfinite(found).all()
    assert (model.expected(odd, 39) <= 39 * (0.25 + odd.frequency) / (4.4 + odd.age) + 1e-9).all()
    assert model.expected(odd, 0).tolist() == [0, 0, 0, 0]


def test_where_the_closed_form_fails_the_mean_is_integrated() -> None:
    """Against mpmath 1.3, 60 digits; scipy's 2F1 gives no number for the first two."""
    model = BetaGeometric(0.5, 1.0, 0.79, 500.0)
    assert float(model.expected_of_new(9999)) == pytest.approx(1153.5084, rel=1e-6)
    assert float(BetaGeometric(0.05, 1.0, 0.05, 30.0).expected_of_new(9999)) == pytest.approx(
        402.58627, rel=1e-6
    )


@pytest.mark.parametrize(
    ("model", "horizon", "orders"),
    [
        (BetaGeometric(0.0055, 688.8, 1.2192, 45.77), 0.018, 1.4372817400171e-7),
        (BetaGeometric(0.01, 619.8, 0.999998, 52.37), 0.034, 5.4856376818099e-7),
        (BetaGeometric(2.5, 90.0, 1.0, 4.0), 0.1, 2.7766981306087e-3),
    ],
)
def test_of_a_short_time_all_digits_are_kept(
    model: BetaGeometric, horizon: float, orders: float
) -> None:
    """Against mpmath 1.4, 60 digits; the closed form keeps two to ten of them."""
    assert float(model.expected_of_new(horizon)) == pytest.approx(orders, rel=1e-12, abs=0)
    longer = model.expected_of_new([horizon * times for times in (1, 10, 100, 1_000)])
    assert (np.diff(longer) > 0).all()


@pytest.mark.parametrize(
    ("model", "horizon", "orders"),
    [
        (BetaGeometric(20.07, 0.2829, 592.0, 20.05), 6.088, 1.03392554992),
        (BetaGeometric(464.5, 38.02, 140.1, 171.4), 442.6, 2.23220704529),
        (BetaGeometric(0.5, 4.0, 300.0, 0.5), 39.0, 0.695932989085),
    ],
)
def test_who_leaves_nearly_always_orders_about_once(
    model: BetaGeometric, horizon: float, orders: float
) -> None:
    """Against mpmath 1.4, 60 digits; the chance to leave is near 1 and hardly differs between buyers."""
    assert float(model.expected_of_new(horizon)) == pytest.approx(orders, rel=1e-8)


def test_weak_priors_hold_a_handful_of_buyers() -> None:
    """Twenty buyers by whom no likelihood alone can be held: all ordered as often as another."""
    few = Histories([3] * 20, [27] * 20, [30] * 20)
    held = mbg_nbd(few, has_prior=True)
    assert held.is_sure
    assert 2 < float(held.model.expected(few, 30)[0]) < 4
    days = mbg_nbd(few.in_units_of(1 / 7), has_prior=True)
    assert days.model.alpha == pytest.approx(7 * held.model.alpha, rel=1e-4)


def test_where_nobody_ordered_again_nothing_is_fitted() -> None:
    with pytest.raises(ValueError, match="nobody"):
        bg_nbd(Histories([0, 0], [0, 0], [3, 4]))
