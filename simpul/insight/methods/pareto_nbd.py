"""Whether a buyer still buys, and how much: Pareto/NBD.

Schmittlein, Morrison, Colombo 1987, Counting your customers: who are they and what will they do next?,
Management Science 33, 1-24; the likelihood after Fader, Hardie 2005, A note on deriving the Pareto/NBD
model and related expressions.

While he is a customer a buyer orders at random times with a rate of his own, and leaves at a random
time, by a rate of his own that has nothing to do with his orders. Rates to order differ between buyers
as a gamma distribution (r, alpha), rates to leave as another (s, beta).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, exprel

from simpul.insight.methods.fitting import Fit, Prior, add_logs, climb, rising
from simpul.insight.methods.histories import Array, Histories, Params

STARTS = np.log([[0.6, 0.6, 0.5, 1.0], [1.5, 1.5, 0.5, 3.0], [0.3, 0.3, 1.5, 1.5]])
WEAK = Prior(mean=np.log([0.8, 0.8, 0.7, 2.0]), deviation=np.array([1.0, 1.0, 1.2, 1.5]))
NODES, WEIGHTS = np.polynomial.legendre.leggauss(24)
FADED = 36.0  # an integrand that has fallen by e^-36 adds nothing more


@dataclass(frozen=True, slots=True)
class ParetoNBD:
    """r and s have no unit; alpha and beta are times, in the unit of the histories."""

    r: float
    alpha: float
    s: float
    beta: float

    def logs(self) -> Array:
        return np.log([self.r, self.alpha, self.s, self.beta])

    @classmethod
    def of(cls, logs: Array) -> Self:
        return cls(*(float(value) for value in np.exp(logs)))

    def log_likelihood(self, histories: Histories) -> Array:
        """Return that of each buyer, shape (n,)."""
        return np.real(_log_likelihood(self.logs(), histories))

    def alive(self, histories: Histories) -> Array:
        """Return the chance that each buyer is still one, shape (n,), between 0 and 1."""
        still_there, has_left = _ways(self.logs(), histories)
        return np.asarray(expit(np.real(still_there - has_left)), dtype=np.float64)

    def expected(self, histories: Histories, horizon: ArrayLike) -> Array:
        """Return how many orders each buyer will place within `horizon` from now, shape (n,)."""
        x, age = histories.frequency, histories.age
        rate = (self.r + x) / (self.alpha + age)
        return self.alive(histories) * rate * self._time_left(self.beta + age, horizon)

    def expected_of_new(self, horizon: ArrayLike) -> Array:
        """Return how many orders after the first a new buyer places within each horizon."""
        return self.r / self.alpha * self._time_left(np.asarray(self.beta), horizon)

    def _time_left(self, beta: Array, horizon: ArrayLike) -> Array:
        """Return how much of `horizon` somebody who is a customer now remains one, on average."""
        spread = np.log1p(np.asarray(horizon, dtype=float) / beta)
        return np.asarray(beta * spread * exprel((1 - self.s) * spread), dtype=np.float64)

    def simulate(self, age: ArrayLike, seed: int) -> tuple[Array, Array]:
        """Return frequency and recency of made-up buyers, one for each `age`, shape (n,)."""
        chance = np.random.default_rng(seed)
        span = np.asarray(age, dtype=np.float64)
        rate = chance.gamma(self.r, size=span.shape) / self.alpha
        return _played(chance, rate, self._stay(chance, np.zeros(span.shape)), span)

    def simulate_on(self, histories: Histories, horizon: float, seed: int) -> Array:
        """Return how many orders each buyer places within `horizon` from now in one made-up future."""
        chance = np.random.default_rng(seed)
        x, age = histories.frequency, histories.age
        rate = chance.gamma(self.r + x) / (self.alpha + age)
        stay = self._stay(chance, age) * (chance.random(age.shape) < self.alive(histories))
        return _played(chance, rate, stay, np.full(age.shape, horizon))[0]

    def _stay(self, chance: np.random.Generator, age: Array) -> Array:
        """Return how long buyers remain from now on who are customers at that age."""
        hurry = chance.gamma(self.s, size=age.shape) / (self.beta + age)
        wait = chance.exponential(size=age.shape)
        return np.asarray(wait / np.maximum(hurry, np.finfo(np.float64).tiny * 1e3))


def _played(
    chance: np.random.Generator, rate: Array, stay: Array, span: Array
) -> tuple[Array, Array]:
    lived = np.minimum(span, stay)
    count = chance.poisson(rate * lived).astype(np.float64)
    latest = chance.random(span.shape) ** (1 / np.maximum(count, 1))  # of so many moments
    return count, np.where(count > 0, lived * latest, 0.0)


def pareto_nbd(
    histories: Histories, *, weights: ArrayLike | None = None, has_prior: bool = False
) -> Fit[ParetoNBD]:
    """Return the Pareto/NBD that fits best; `weights` (n,): how often each buyer counts.

    With `has_prior` weak priors hold it (MAP), for a few hundred buyers or fewer. Raises ValueError
    where nobody ordered again.
    """
    unit = histories.common_gap
    rows, counts = histories.in_units_of(unit).distinct(weights)

    def log_likelihood(logs: Params) -> complex:
        return complex(np.sum(counts * _log_likelihood(logs, rows)))

    peak = climb(log_likelihood, list(STARTS), WEAK if has_prior else None)
    reached = log_likelihood(peak.logs).real
    time = float(np.log(unit))
    return Fit(
        ParetoNBD.of(peak.logs + np.array([0, time, 0, time])),
        reached - float((counts * rows.frequency).sum()) * time,
        peak.covariance,
        has_prior,
        peak.is_sure,
    )


def _log_likelihood(logs: Params, histories: Histories) -> Params:
    r = np.exp(logs[0])
    still_there, has_left = _ways(logs, histories)
    common = rising(r, histories.frequency) + r * logs[1] + np.exp(logs[2]) * logs[3]
    either: Params = common + add_logs(still_there, has_left)
    return either


def _ways(logs: Params, histories: Histories) -> tuple[Params, Params]:
    """Return the logarithms of how likely a history is with the buyer still there, and with him gone
    some time after the last order, both but for a common factor.

    The second is s times the integral of (alpha + t)^-(r + x) (beta + t)^-(s + 1) from t_x to T.
    Fader and Hardie write it as a difference of two 2F1, which loses its digits where T is near t_x
    and overflows where x is large. With c the smaller one of alpha and beta it is smooth over
    v = log((c + t) / (c + t_x)), and 24 points of Gauss and Legendre give it to nine digits or more.
    """
    x, last, age = histories.frequency, histories.recency, histories.age
    r, alpha, s, beta = np.exp(logs)
    k = r + x
    still_there = -k * np.log(alpha + age) - s * np.log(beta + age)
    if alpha.real <= beta.real:
        near, power, far, other = alpha + last, k, beta + last, np.full(x.shape, s + 1)
    else:
        near, power, far, other = beta + last, np.full(x.shape, s + 1), alpha + last, k
    spread = np.log1p((age - last) / near)
    most = _faded_at((power - 1).real, other.real, (near / far).real)
    width = np.where(spread.real > most, most, spread)
    width = np.where(age > last, width, np.finfo(np.float64).tiny)
    at = width[:, None] * (1 + NODES) / 2
    far_and_time = far[:, None] + near[:, None] * np.expm1(at)
    terms = (1 - power)[:, None] * at - other[:, None] * np.log(far_and_time)
    top = terms.real.max(axis=1, keepdims=True)
    total = np.log(np.sum(WEIGHTS / 2 * np.exp(terms - top), axis=1)) + top[:, 0]
    return still_there, logs[2] + (1 - power) * np.log(near) + np.log(width) + total


def _faded_at(fall: Array, other: Array, ratio: Array) -> Array:
    """Return a v by which e^(-fall v) (1 + ratio (e^v - 1))^-other is below e^-FADED.

    Either factor alone may have fallen so far, where it falls at all, or both by how they begin to.
    """
    both = FADED / np.maximum(fall + other * ratio, 1e-3)
    with np.errstate(over="ignore"):
        alone = np.log1p(np.expm1(FADED / other) / ratio)
    return np.where(fall >= 0, np.minimum(both, alone), both)
