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
from scipy.special import digamma, expit, exprel

from simpul.insight.methods.fitting import Fit, Prior, climb, rising
from simpul.insight.methods.histories import Array, Histories, Params

STARTS = np.log([[0.6, 0.6, 0.5, 1.0], [1.5, 1.5, 0.5, 3.0], [0.3, 0.3, 1.5, 1.5]])
WEAK = Prior(mean=np.log([0.8, 0.8, 0.7, 2.0]), deviation=np.array([1.0, 1.0, 1.2, 1.5]))
NODES, WEIGHTS = np.polynomial.legendre.leggauss(28)
A_PART = 500  # buyers at a time: their integrals stay near the processor
FADED = 32.0  # an integrand that has fallen by e^-32 adds nothing more


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
        return _log_likelihood(self.logs(), histories)

    def alive(self, histories: Histories) -> Array:
        """Return the chance that each buyer is still one, shape (n,), between 0 and 1."""
        logs = self.logs()
        odds = _still_there(logs, histories) - _gone(logs, histories).log_chance
        return np.asarray(expit(odds), dtype=np.float64)

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
    starts = range(0, len(rows), A_PART)
    parts = [(rows[at : at + A_PART], counts[at : at + A_PART]) for at in starts]

    def log_likelihood(logs: Params) -> complex:
        return complex(sum(times @ _log_likelihood(logs, part) for part, times in parts))

    def slopes(logs: Array) -> Array:
        return np.sum([slopes_of(logs, part) @ times for part, times in parts], axis=0)

    peak = climb(log_likelihood, list(STARTS), WEAK if has_prior else None, slopes)
    reached = log_likelihood(peak.logs).real
    time = float(np.log(unit))
    return Fit(
        ParetoNBD.of(peak.logs + np.array([0, time, 0, time])),
        reached - float((counts * rows.frequency).sum()) * time,
        peak.covariance,
        has_prior,
        peak.is_sure,
    )


def _log_likelihood(logs: Array, histories: Histories) -> Array:
    still_there, has_left = _still_there(logs, histories), _gone(logs, histories).log_chance
    r, s = np.exp(logs[[0, 2]])
    common = rising(r, histories.frequency) + r * logs[1] + s * logs[3]
    return np.asarray(common + np.logaddexp(still_there, has_left))


def slopes_of(logs: Array, histories: Histories) -> Array:
    """Return how the log-likelihood of each buyer rises with the logarithm of each parameter, shape (4, n):
    the complex step would run through the integral four times, in numbers five times as slow."""
    x, age = histories.frequency, histories.age
    r, alpha, s, beta = np.exp(logs)
    k = r + x
    there = -np.array(
        [
            r * np.log(alpha + age),
            k * alpha / (alpha + age),
            s * np.log(beta + age),
            s * beta / (beta + age),
        ]
    )
    left = _gone(logs, histories)
    gone = -np.array(
        [
            r * left.mean(left.log_alpha),
            k * alpha * left.mean(np.exp(-left.log_alpha)),
            s * left.mean(left.log_beta) - 1,
            (s + 1) * beta * left.mean(np.exp(-left.log_beta)),
        ]
    )
    both = np.stack(np.broadcast_arrays(r * (digamma(k) - digamma(r) + logs[1]), r, s * logs[3], s))
    stays = expit(_still_there(logs, histories) - left.log_chance)
    return np.asarray(both + stays * there + (1 - stays) * gone)


def _still_there(logs: Array, histories: Histories) -> Array:
    """Return the logarithm of how likely a history is with the buyer still there, but for a factor that
    it has in common with that in `_Gone`."""
    r, alpha, s, beta = np.exp(logs)
    x, age = histories.frequency, histories.age
    return np.asarray(-(r + x) * np.log(alpha + age) - s * np.log(beta + age))


@dataclass(frozen=True, slots=True)
class _Gone:
    """n buyers who left at some time after the last order: `log_chance` (n,) of the history; when that
    was, as m moments t of each with their `weights`, together 1; log(alpha + t) and log(beta + t) at these,
    all (n, m)."""

    log_chance: Array
    weights: Array
    log_alpha: Array
    log_beta: Array

    def mean(self, at_moments: Array) -> Array:
        """Return the mean of a figure (n, m) over the moments, shape (n,)."""
        return np.asarray((self.weights * at_moments).sum(axis=1))


def _gone(logs: Array, histories: Histories) -> _Gone:
    """The chance is s times the integral of (alpha + t)^-(r + x) (beta + t)^-(s + 1) from t_x to T.

    Fader and Hardie write it as a difference of two 2F1, which loses its digits where T is near t_x
    and overflows where x is large. With c the smaller one of alpha and beta it is smooth over
    v = log((c + t) / (c + t_x)), and 28 points of Gauss and Legendre give it to eight digits or more.
    """
    x, last, age = histories.frequency, histories.recency, histories.age
    r, alpha, s, beta = np.exp(logs)
    k, leaving = r + x, np.full(x.shape, s + 1)
    is_alpha = alpha <= beta
    if is_alpha:
        near, power, far, other = alpha + last, k, beta + last, leaving
    else:
        near, power, far, other = beta + last, leaving, alpha + last, k
    spread = np.log1p((age - last) / near)
    width = np.minimum(spread, _faded_at(power - 1, other, near / far, spread))
    width = np.where(age > last, width, np.finfo(np.float64).tiny)
    at = width[:, None] * (1 + NODES) / 2
    log_near = np.log(near)[:, None] + at
    log_far = np.log((far - near)[:, None] + near[:, None] * np.exp(at))
    terms = (1 - power)[:, None] * at - other[:, None] * log_far
    top = terms.max(axis=1, keepdims=True)
    weights = WEIGHTS / 2 * np.exp(terms - top)
    total = weights.sum(axis=1, keepdims=True)
    return _Gone(
        logs[2] + (1 - power) * np.log(near) + np.log(width) + (np.log(total) + top)[:, 0],
        weights / total,
        *((log_near, log_far) if is_alpha else (log_far, log_near)),
    )


def _faded_at(fall: Array, other: Array, ratio: Array, spread: Array) -> Array:
    """Return a v from which on, as far as `spread`, e^(-fall v) (1 + ratio (e^v - 1))^-other is below e^-FADED.

    Both factors have fallen so far by how they begin to, since the logarithm of the second one is concave; or
    the second one has by itself, and as far again as the first one may have risen by then.
    """
    both = FADED / np.maximum(fall + other * ratio, 1e-3)
    alone = spread
    for _ in range(3):
        risen = np.maximum(-fall, 0) * np.minimum(alone, spread)
        with np.errstate(over="ignore"):
            alone = np.log1p(np.expm1((FADED + risen) / other) / ratio)
    return np.asarray(np.minimum(both, alone))
