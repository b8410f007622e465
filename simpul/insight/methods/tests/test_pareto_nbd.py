from __future__ import annotations

import numpy as np
import pytest
from scipy.special import gammaln, hyp2f1

from simpul.insight.methods.fitting import Fit
from simpul.insight.methods.histories import Histories
from simpul.insight.methods.pareto_nbd import A_PART, ParetoNBD, pareto_nbd, slopes_of
from simpul.insight.methods.tests import cdnow


@pytest.fixture(scope="module")
def fit() -> Fit[ParetoNBD]:
    return pareto_nbd(cdnow.histories())


def test_cdnow_gives_the_parameters_of_the_paper(fit: Fit[ParetoNBD]) -> None:
    """Fader, Hardie, Lee 2005, table 2."""
    model = fit.model
    assert (round(model.r, 3), round(model.s, 3)) == (0.553, 0.606)
    assert model.alpha == pytest.approx(10.578, abs=0.001)
    assert model.beta == pytest.approx(11.669, abs=0.003)
    assert round(fit.log_likelihood, 2) == -9594.97
    assert fit.is_sure


@pytest.mark.parametrize(
    "model",
    [
        ParetoNBD(0.55, 10.6, 0.6, 11.7),
        ParetoNBD(5, 2, 0.6, 50),
        ParetoNBD(0.5, 50, 0.1, 3),
        ParetoNBD(2, 0.01, 8, 300),
    ],
)
@pytest.mark.parametrize("history", [(0, 0, 39), (2, 30, 39), (20, 10, 39), (3, 38.999, 39)])
def test_the_likelihood_is_that_of_fader_and_hardie(
    model: ParetoNBD, history: tuple[float, float, float]
) -> None:
    x, last, age = history
    r, alpha, s, beta = model.r, model.alpha, model.s, model.beta
    most, apart = max(alpha, beta), abs(alpha - beta)
    second = s + 1 if alpha >= beta else r + x

    def part(time: float) -> float:
        series = hyp2f1(r + s + x, second, r + s + x + 1, apart / (most + time))
        return float(series / (most + time) ** (r + s + x))

    either = (alpha + age) ** -(r + x) * (beta + age) ** -s
    either += s / (r + s + x) * (part(last) - part(age))
    paper = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta) + np.log(either)

    found = model.log_likelihood(Histories([x], [last], [age]))
    assert found[0] == pytest.approx(paper, abs=1e-10)


def test_where_beta_is_tiny_and_alpha_is_large() -> None:
    """Against 40 points in each of a hundred parts of the integral, each twice as long as the last."""
    model = ParetoNBD(r=0.0683, alpha=4680.0, s=0.0423, beta=0.00105)
    once = Histories([0], [0], [278.0])
    assert model.alive(once)[0] == pytest.approx(0.5887830508, abs=1e-9)
    assert model.log_likelihood(once)[0] == pytest.approx(-0.0024264646011, abs=1e-9)


@pytest.mark.parametrize(
    ("model", "age", "log_likelihood"),
    [
        (ParetoNBD(0.22, 0.0064, 109.66, 6.78), 706.0, -0.4179620431095),
        (ParetoNBD(0.4536, 0.0704, 11.79, 2.733), 706.0, -0.5151238611773),
    ],
)
def test_who_left_soon_after_the_first_order(
    model: ParetoNBD, age: float, log_likelihood: float
) -> None:
    """Against mpmath 1.4, 40 digits: the integrand rises before it falls."""
    once = Histories([0], [0], [age])
    assert model.log_likelihood(once)[0] == pytest.approx(log_likelihood, abs=1e-8)


def test_the_peak_is_where_no_parameter_leads_higher(fit: Fit[ParetoNBD]) -> None:
    logs = fit.model.logs()
    for way in np.eye(4):
        sides = [
            ParetoNBD.of(logs + step * way).log_likelihood(cdnow.histories()).sum()
            for step in (-0.01, 0.01)
        ]
        assert max(sides) < fit.log_likelihood
        bend = (sides[0] + sides[1] - 2 * fit.log_likelihood) / 0.01**2
        assert bend == pytest.approx(-(way @ np.linalg.inv(fit.covariance) @ way), rel=1e-3)


def test_the_slopes_are_those_of_the_likelihood() -> None:
    """Against differences; with more buyers than are taken at a time, by both orders of alpha and beta."""
    chance = np.random.default_rng(4)
    age = chance.uniform(1, 300, A_PART + 3)
    x = chance.integers(0, 30, len(age)).astype(float)
    known = Histories(x, np.where(x > 0, age * chance.uniform(0.01, 1, len(age)), 0), age)
    for model in (ParetoNBD(0.55, 10.6, 0.6, 11.7), ParetoNBD(1.5, 60, 3, 0.5)):
        logs = model.logs()
        slopes = slopes_of(logs, known)
        for way, found in zip(1e-5 * np.eye(4), slopes, strict=True):
            one, other = (ParetoNBD.of(logs + side * way).log_likelihood(known) for side in (1, -1))
            assert found == pytest.approx((one - other) / 2e-5, rel=1e-6, abs=1e-6)


def test_days_and_weeks_say_the_same(fit: Fit[ParetoNBD]) -> None:
    weeks = cdnow.histories()
    days = ParetoNBD(fit.model.r, 7 * fit.model.alpha, fit.model.s, 7 * fit.model.beta)
    inside = days.log_likelihood(weeks.in_units_of(1 / 7)).sum()
    assert inside == pytest.approx(fit.log_likelihood - weeks.frequency.sum() * np.log(7), abs=1e-6)


def test_what_is_expected_is_what_happens() -> None:
    model = ParetoNBD(0.8, 6.0, 1.0, 40.0)  # s = 1: the papers' formula is 0 / 0 there
    age = np.full(60_000, 50.0)
    count, last = model.simulate(age, seed=5)
    assert count.mean() == pytest.approx(float(model.expected_of_new(50)), rel=0.03)
    known = Histories(count, last, age)
    assert model.simulate_on(known, 30.0, seed=6).mean() == pytest.approx(
        model.expected(known, 30).mean(), rel=0.03
    )
    more = float(model.expected_of_new(80) - model.expected_of_new(50))
    assert model.expected(known, 30).mean() == pytest.approx(more, rel=0.03)


def test_a_made_up_book_gives_its_own_parameters_back() -> None:
    model = ParetoNBD(1.2, 8.0, 0.8, 30.0)
    age = np.repeat([40.0, 80.0], 700)
    count, last = model.simulate(age, seed=11)
    fit = pareto_nbd(Histories(count, np.where(count > 0, np.maximum(np.round(last), 1), 0), age))
    assert fit.model.r / fit.model.alpha == pytest.approx(1.2 / 8, rel=0.15)
    assert fit.model.s / fit.model.beta == pytest.approx(0.8 / 30, rel=0.3)


def test_nothing_overflows() -> None:
    model = ParetoNBD(0.55, 10.6, 0.6, 11.7)
    odd = Histories([0, 1, 900, 9000, 3], [0, 1e-6, 39, 390, 39], [0.001, 39, 39, 400, 39])
    for found in (model.log_likelihood(odd), model.alive(odd), model.expected(odd, 39)):
        assert np.isfinite(found).all()
    assert model.alive(odd)[4] == pytest.approx(1)  # has just ordered
    assert model.alive(odd)[3] < 1e-9  # nine thousand times, and then not for ten weeks
