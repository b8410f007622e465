"""Whether a buyer still buys, and how much: BG/NBD and MBG/NBD.

Fader, Hardie, Lee 2005, "Counting Your Customers" the Easy Way: An Alternative to the Pareto/NBD
Model, Marketing Science 24, 275-284. Batislam, Denizel, Filiztekin 2007, Empirical validation and
comparison of models for customer base analysis, Int. Journal of Research in Marketing 24, 201-209.

While he is a customer a buyer orders at random times with a rate of his own; after each order (MBG:
after the first one, too) he leaves with a chance of his own. Rates differ between buyers as a gamma
distribution (r, alpha), chances as a beta distribution (a, b). Seasons and trends are not in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import quad
from scipy.special import betaln, expit, hyp2f1

from simpul.insight.methods.fitting import Fit, Prior, add_logs, climb, rising
from simpul.insight.methods.histories import Array, Histories, Params

STARTS = np.log([[0.5, 0.5, 0.7, 2.0], [1.5, 1.5, 0.5, 5.0], [0.2, 0.2, 1.5, 1.5]])
SOON, TERMS = 3e-3, 6  # below so many orders that many terms of a series are exact
WEAK = Prior(mean=np.log([0.8, 0.8, 0.7, 2.0]), deviation=np.array([1.0, 1.0, 1.2, 1.2]))


@dataclass(frozen=True, slots=True)
class BetaGeometric:
    """r, a, b have no unit; alpha is time, in the unit of the histories."""

    r: float
    alpha: float
    a: float
    b: float

    leaves_at_once = False  # whether somebody may leave right after the first order

    def logs(self) -> Array:
        return np.log([self.r, self.alpha, self.a, self.b])

    @classmethod
    def of(cls, logs: Array) -> Self:
        return cls(*(float(value) for value in np.exp(logs)))

    def log_likelihood(self, histories: Histories) -> Array:
        """Return that of each buyer, shape (n,)."""
        return np.real(_log_likelihood(self.logs(), histories, self.leaves_at_once))

    def alive(self, histories: Histories) -> Array:
        """Return the chance that each buyer is still one, shape (n,), between 0 and 1.

        By the BG/NBD who ordered only once is certainly one: nobody leaves before a second order.
        """
        x, last, age = histories.frequency, histories.recency, histories.age
        stays, leaves = _coins(np.log([self.a, self.b]), x, self.leaves_at_once)
        wait = (self.r + x) * (np.log(self.alpha + age) - np.log(self.alpha + last))
        return np.asarray(expit(stays - leaves - wait), dtype=np.float64)

    def expected(self, histories: Histories, horizon: ArrayLike) -> Array:
        """Return how many orders each buyer will place within `horizon` from now, shape (n,)."""
        x, age = histories.frequency, histories.age
        tosses = x + 1 if self.leaves_at_once else x
        return self.alive(histories) * _orders_of_active(
            self.r + x, self.alpha + age, self.a, self.b + tosses, np.asarray(horizon, dtype=float)
        )

    def expected_of_new(self, horizon: ArrayLike) -> Array:
        """Return how many orders after the first a new buyer places within each horizon."""
        time = np.asarray(horizon, dtype=float)
        if not self.leaves_at_once:
            return _orders_of_active(self.r, self.alpha, self.a, self.b, time)
        stays = self.b / (self.a + self.b)
        return stays * _orders_of_active(self.r, self.alpha, self.a, self.b + 1, time)

    def simulate(self, age: ArrayLike, seed: int) -> tuple[Array, Array]:
        """Return frequency and recency of made-up buyers, one for each `age`, shape (n,)."""
        chance = np.random.default_rng(seed)
        span = np.asarray(age, dtype=np.float64)
        rate = chance.gamma(self.r, size=span.shape) / self.alpha
        leaving = chance.beta(self.a, self.b, span.shape)
        gone = chance.random(span.shape) < leaving if self.leaves_at_once else np.zeros(span.shape)
        return _played(chance, rate, leaving, np.where(gone, 0, span))

    def simulate_on(self, histories: Histories, horizon: float, seed: int) -> Array:
        """Return how many orders each buyer places within `horizon` from now in one made-up future."""
        chance = np.random.default_rng(seed)
        x, age = histories.frequency, histories.age
        rate = chance.gamma(self.r + x) / (self.alpha + age)
        leaving = chance.beta(self.a, self.b + x + (1 if self.leaves_at_once else 0))
        gone = chance.random(age.shape) >= self.alive(histories)
        return _played(chance, rate, leaving, np.where(gone, 0.0, horizon))[0]


@dataclass(frozen=True, slots=True)
class ModifiedBetaGeometric(BetaGeometric):
    """The same, but one may leave after the very first order."""

    leaves_at_once = True


def _played(
    chance: np.random.Generator, rate: Array, leaving: Array, span: Array
) -> tuple[Array, Array]:
    """Let buyers order at their rates until they leave or their span is over."""
    count, last, now = np.zeros(span.shape), np.zeros(span.shape), np.zeros(span.shape)
    pause = 1 / np.maximum(rate, np.finfo(np.float64).tiny * 1e3)
    there = span > 0
    while there.any():
        now = now + chance.exponential(size=span.shape) * pause
        there &= now <= span
        count[there] += 1
        last[there] = now[there]
        there &= chance.random(span.shape) >= leaving
    return count, last


def bg_nbd(
    histories: Histories, *, weights: ArrayLike | None = None, has_prior: bool = False
) -> Fit[BetaGeometric]:
    """Return the BG/NBD that fits best; `weights` (n,): how often each buyer counts.

    With `has_prior` weak priors hold it (MAP), for a few hundred buyers or fewer: rates a mean gap
    apart, differing about as an exponential distribution does. Raises ValueError where nobody
    ordered again.
    """
    return _fit(BetaGeometric, histories, weights, has_prior)


def mbg_nbd(
    histories: Histories, *, weights: ArrayLike | None = None, has_prior: bool = False
) -> Fit[ModifiedBetaGeometric]:
    """Return the MBG/NBD that fits best; else as `bg_nbd`."""
    return _fit(ModifiedBetaGeometric, histories, weights, has_prior)


def _fit[M: BetaGeometric](
    kind: type[M], histories: Histories, weights: ArrayLike | None, has_prior: bool
) -> Fit[M]:
    unit = histories.common_gap
    rows, counts = histories.in_units_of(unit).distinct(weights)

    def log_likelihood(logs: Params) -> complex:
        return complex(np.sum(counts * _log_likelihood(logs, rows, kind.leaves_at_once)))

    peak = climb(log_likelihood, list(STARTS), WEAK if has_prior else None)
    reached = log_likelihood(peak.logs).real
    return Fit(
        kind.of(peak.logs + np.array([0, np.log(unit), 0, 0])),
        reached - float((counts * rows.frequency).sum()) * float(np.log(unit)),
        peak.covariance,
        has_prior,
        peak.is_sure,
    )


def _log_likelihood(logs: Params, histories: Histories, leaves_at_once: bool) -> Params:
    x, last, age = histories.frequency, histories.recency, histories.age
    r, alpha = np.exp(logs[0]), np.exp(logs[1])
    stays, leaves = _coins(logs[2:], x, leaves_at_once)
    rates = rising(r, x) + r * logs[1]
    still_there = stays - (r + x) * np.log(alpha + age)
    has_left = leaves - (r + x) * np.log(alpha + last)
    either: Params = rates + add_logs(still_there, has_left)
    return either


def _coins(logs: Params, x: Array, leaves_at_once: bool) -> tuple[Params, Params]:
    """Return the log chances to have stayed after every order, and to have left after the last."""
    a, b = np.exp(logs[0]), np.exp(logs[1])
    tosses = x + 1 if leaves_at_once else x
    stays = rising(b, tosses) - rising(a + b, tosses)
    # a toss fewer was won: B(a + 1, b + tosses - 1) : B(a, b + tosses) = a : (b + tosses - 1)
    before = np.where(tosses > 0, b + tosses - 1, 1)
    never = np.where(tosses > 0, 0.0, -np.inf)
    return stays, stays + logs[0] - np.log(before) + never


def _orders_of_active(
    shape: ArrayLike, rate: ArrayLike, a: float, b: ArrayLike, horizon: Array
) -> Array:
    """Return the orders within `horizon` of somebody who is a customer now, whose rate is gamma
    (shape, rate) and whose chance to leave after each order is beta (a, b).

    It is the mean of (1 - (rate / (rate + p horizon))^shape) / p over that beta distribution. The
    papers' closed form is turned by Euler's transformation, which keeps the series 2F1 small for
    buyers with many orders; where it still gives no number the mean is integrated. Of a short horizon
    it is a small difference of numbers near 1: there the mean's own series in the horizon is summed.
    """
    k, wait, wins, time = np.broadcast_arrays(
        *(np.asarray(one, dtype=float) for one in (shape, rate, b, horizon))
    )
    if abs(a - 1) < 1e-6:  # the closed form is 0 / 0 there
        sides = [_orders_of_active(k, wait, 1 + way, wins, time) for way in (-1e-5, 1e-5)]
        return (sides[0] + sides[1]) / 2
    z = time / (wait + time)
    with np.errstate(all="ignore"):
        series = hyp2f1(a + wins - 1 - k, a - 1, a + wins - 1, z)
        found = np.atleast_1d((a + wins - 1) / (a - 1) * (1 - (1 - z) ** (a - 1) * series))
    most = np.atleast_1d(k * time / wait)  # of one who never leaves
    lost = ~np.isfinite(found) | (found < 0) | (found > most * (1 + 1e-9))
    for at in zip(*np.nonzero(lost), strict=True):
        one = (float(np.atleast_1d(part)[at]) for part in (k, wait, wins, time))
        found[at] = _integrated(a, *one)
    is_soon = np.maximum(k, 1) * time < SOON * wait
    return np.where(is_soon, _soon(k, time / wait, a, wins), found.reshape(k.shape))


def _soon(k: Array, share: Array, a: float, wins: Array) -> Array:
    """Return the first terms of the same in powers of `share`, the horizon in units of the rate: that of
    one who never leaves, and what the moments of his chance to leave take off."""
    term = k * share
    total = term
    for n in range(1, TERMS):
        term = -term * share * (k + n) / (n + 1) * (a + n - 1) / (a + wins + n - 1)
        total = total + term
    return total


def _integrated(a: float, k: float, wait: float, wins: float, time: float) -> float:
    """Return the same by quadrature over the log odds of p, where the density has light tails."""
    if time == 0:
        return 0.0
    middle, size = np.log(a / wins), np.sqrt(80 * (1 / a + 1 / wins))
    low = max(middle - size - 40 / a, np.log(wait / (k * time)) - 40)
    constant = betaln(a, wins)

    def density(odds: float) -> float:
        log_p, log_rest = -np.logaddexp(0, -odds), -np.logaddexp(0, odds)
        return float(np.exp(a * log_p + wins * log_rest - constant))

    def weighted(odds: float) -> float:
        p = 1 / (1 + np.exp(-odds))
        return float(density(odds) * -np.expm1(-k * np.log1p(p * time / wait)) / p)

    # below `low` the density falls as p^a, and the rest of the mean is that of one who never leaves
    below = density(low) / a * k * time / wait
    near = [float(middle), float(np.log(wait / (k * time)))]
    high = middle + size + 40 / wins
    cuts = [float(low), *sorted(one for one in near if low < one < high), float(high)]
    parts = (quad(weighted, *ends, limit=400, epsabs=0, epsrel=1e-9)[0] for ends in pairwise(cuts))
    return float(below + sum(parts))
