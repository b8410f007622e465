"""Estimates by maximum likelihood, or with weak priors; how sure they are; what follows for others.

Every parameter of these models is above zero, so all work is done on their logarithms: no bounds, and
well scaled. The gradient is exact to the last digit by a complex step (Squire, Trapp 1998): a
log-likelihood given here has to bear complex parameters, or to come with its slopes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Protocol, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import OptimizeResult, minimize

from simpul.insight.methods.histories import Array, Params

STEP = 1e-30  # of the complex step: nothing is subtracted, so it can be as small as one likes
NUDGE = 1e-4  # of differences of exact gradients and of derived figures, on the logarithms
EDGE = 12.0  # a logarithm beyond this (1 : 160,000) is no estimate but a flight

FIRST_ROUNDS = 8  # from each start; the search goes on from where it was highest then

type LogLikelihood = Callable[[Params], complex]  # of the logarithms of k parameters
type Slopes = Callable[[Array], Array]  # of the same: how it rises with each of them, shape (k,)


class Model(Protocol):
    """A model whose parameters are all above zero."""

    def logs(self) -> Array:
        """Return the logarithms of its k parameters, shape (k,)."""

    @classmethod
    def of(cls, logs: Array) -> Self:
        """Return the model whose parameters have these logarithms."""


@dataclass(frozen=True, slots=True)
class Estimates:
    """Figures with the interval that holds the truth in 95 of 100 such cases; shapes alike."""

    estimate: Array
    low: Array
    high: Array


@dataclass(frozen=True, slots=True)
class Prior:
    """Independent normal distributions of the logarithms of k parameters."""

    mean: Array
    deviation: Array

    def log_density(self, logs: Params) -> complex:
        """Return the logarithm of the density but for a constant."""
        return complex(-0.5 * np.sum(((logs - self.mean) / self.deviation) ** 2))


@dataclass(frozen=True, slots=True)
class Fit[M: Model]:
    """A fitted model and what is known of its certainty.

    `log_likelihood`: at the estimate, of the data alone, in the unit of time (or money) that they
    were given in. `covariance` (k, k): of the logarithms of the parameters, from the curvature.
    `has_prior`: whether weak priors held the estimate (MAP). `is_sure`: the search ended where it is
    flat, curved downwards on all sides, and away from the edges; where False, say nothing.
    """

    model: M
    log_likelihood: float
    covariance: Array
    has_prior: bool
    is_sure: bool

    def standard_errors(self) -> Array:
        """Return those of the k parameters themselves, by the delta method."""
        return np.exp(self.model.logs()) * np.sqrt(np.diag(self.covariance))

    def parameters(self) -> Estimates:
        """Return the k parameters with intervals that stay above zero."""
        return self.above_zero(lambda model: np.exp(model.logs()))

    def above_zero(self, figure: Callable[[M], Array], level: float = 0.95) -> Estimates:
        """Return a figure of the model, any number of values above zero, by the delta method on
        its logarithm: how sure the figure itself is, not how far a single case strays from it."""
        return self._delta(figure, np.log, np.exp, level)

    def share(self, figure: Callable[[M], Array], level: float = 0.95) -> Estimates:
        """Return a figure between 0 and 1, by the delta method on its log odds."""
        return self._delta(figure, _log_odds, _from_log_odds, level)

    def draws(self, times: int, seed: int) -> list[M]:
        """Return models as likely as the data leave them, drawn from the normal approximation."""
        chance = np.random.default_rng(seed)
        kind = type(self.model)
        drawn = chance.multivariate_normal(self.model.logs(), self.covariance, size=times)
        return [kind.of(logs) for logs in drawn]

    def _delta(
        self,
        figure: Callable[[M], Array],
        there: Callable[[Array], Array],
        back: Callable[[Array], Array],
        level: float,
    ) -> Estimates:
        at, kind = self.model.logs(), type(self.model)
        tiny = np.finfo(np.float64).tiny

        def value(logs: Array) -> Array:
            return there(np.maximum(figure(kind.of(logs)), tiny))

        slopes = np.array(
            [
                (value(at + NUDGE * way) - value(at - NUDGE * way)) / (2 * NUDGE)
                for way in np.eye(len(at))
            ]
        )
        variance = np.einsum("i...,ij,j...->...", slopes, self.covariance, slopes)
        half = NormalDist().inv_cdf((1 + level) / 2) * np.sqrt(np.maximum(variance, 0))
        middle = value(at)
        return Estimates(back(middle), back(middle - half), back(middle + half))


@dataclass(frozen=True, slots=True)
class Peak:
    """Where a search ended: logarithms (k,), covariance of them (k, k), and whether it is a peak."""

    logs: Array
    covariance: Array
    is_sure: bool


def climb(
    log_likelihood: LogLikelihood,
    starts: Sequence[ArrayLike],
    prior: Prior | None = None,
    slopes: Slopes | None = None,
) -> Peak:
    """Return the highest peak that is reached from any of the starts (logarithms, shape (k,)).

    With the `slopes` of the log-likelihood it is asked for real parameters only.
    """

    def held(logs: Params) -> complex:
        edges = np.sign(logs.real) * EDGE
        wall = -np.sum(np.where(np.abs(logs.real) > EDGE, logs - edges, 0) ** 2)
        return complex(wall) + (prior.log_density(logs) if prior else 0)

    def depth(logs: Array) -> float:
        with np.errstate(over="ignore", invalid="ignore"):  # a step too far is taken back
            found = -(log_likelihood(logs) + held(logs)).real
        return found if np.isfinite(found) else np.inf

    def slope(logs: Array) -> Array:
        told = slopes(logs) if slopes else gradient(log_likelihood, logs)
        return -told - gradient(held, logs)

    def search(start: ArrayLike, rounds: int) -> OptimizeResult:
        return minimize(
            depth,
            np.asarray(start, dtype=np.float64),
            jac=slope,
            method="BFGS",  # that with bounds calls threads to solve systems of four equations
            options={"maxiter": rounds, "gtol": 1e-5},
        )

    ahead = min((search(start, FIRST_ROUNDS) for start in starts), key=lambda run: float(run.fun))
    best = search(ahead.x, 500)
    at = np.asarray(best.x, dtype=np.float64)
    curvature = _hessian(slope, at)
    flat = np.abs(slope(at)).max() < 1e-3 * (1 + abs(best.fun)) ** 0.5
    inside = np.abs(at).max() < EDGE
    try:
        np.linalg.cholesky(curvature)
        covariance, curved = np.linalg.inv(curvature), True
    except np.linalg.LinAlgError:
        covariance, curved = np.linalg.pinv(curvature), False
    return Peak(at, covariance, bool(flat and inside and curved))


def gradient(height: LogLikelihood, logs: Array) -> Array:
    """Return the slopes of a function of k logarithms by a complex step, shape (k,)."""
    ways = 1j * STEP * np.eye(len(logs))
    return np.array([height(logs + way).imag / STEP for way in ways])


def _hessian(slope: Slopes, logs: Array) -> Array:
    rows = [
        (slope(logs + NUDGE * way) - slope(logs - NUDGE * way)) / (2 * NUDGE)
        for way in np.eye(len(logs))
    ]
    square = np.array(rows)
    return (square + square.T) / 2


def add_logs(one: Params, other: Params) -> Params:
    """Return log(e^one + e^other), real or complex, without overflow."""
    first = one.real >= other.real
    high, low = np.where(first, one, other), np.where(first, other, one)
    return high + np.log1p(np.exp(low - high))


def rising(start: Params, times: Array) -> Params:
    """Return log(start (start + 1) ... (start + times - 1)) for whole `times`, real or complex: what
    stands between gamma(start + times) and gamma(start), without their huge numbers."""
    steps = np.arange(int(times.max(initial=0)))
    table = np.concatenate([np.zeros(1), np.cumsum(np.log(start + steps))])
    return table[times.astype(np.intp)]


def bootstrap[M: Model](
    refit: Callable[[Array], Fit[M]], people: int, times: int, seed: int
) -> list[M]:
    """Return the models that `refit` finds when the people are drawn anew, with putting back.

    `refit` gets how often each of them was drawn (shape (people,)); those that end at no peak are
    left out.
    """
    chance = np.random.default_rng(seed)
    odds = np.full(people, 1 / people)
    fits = [refit(chance.multinomial(people, odds).astype(np.float64)) for _ in range(times)]
    return [fit.model for fit in fits if fit.is_sure]


def _log_odds(share: Array) -> Array:
    kept = np.minimum(share, 1 - np.finfo(np.float64).eps)
    return np.log(kept) - np.log1p(-kept)


def _from_log_odds(odds: Array) -> Array:
    return 1 / (1 + np.exp(-odds))
