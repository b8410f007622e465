"""Demand that comes in every period: exponential smoothing, and the naive ways it has to beat.

Hyndman, Koehler, Ord, Snyder 2008, Forecasting with exponential smoothing: the state space approach,
with additive errors: simple (A,N,N), damped trend (A,Ad,N), and damped trend with an additive season
(A,Ad,A). Its weights are sought on a grid, then on a finer one around the best: all of a grid run
through the series at once, so a fit costs milliseconds and ends where it ended yesterday.

A level begins with the mean of the first four periods (of the first season, where there is one), a trend with
0, a season with how far its periods lay above the mean of theirs in the first two. alpha weighs the error of
each period for the level, alpha x share for the trend, (1 - alpha) x share for the season.

Forecasts are means of the periods to come, shape (horizon,), never below 0. A series (n,) that is empty, or
holds what is no finite number, is a ValueError.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import ArrayLike

from simpul.insight.methods.histories import Array

ALPHAS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 0.95)
SHARES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4)  # of alpha for the trend; of 1 - alpha for the season
DAMPINGS = (0.8, 0.9, 0.95, 0.98)
NONE = (0.0,)


def naive(series: ArrayLike, horizon: int) -> Array:
    """Every period like the last one."""
    return np.full(horizon, _known(series)[-1])


def seasonal_naive(series: ArrayLike, horizon: int, season: int) -> Array:
    """Every period like the same one a season ago; ValueError where no season is over."""
    demand = _known(series)
    if len(demand) < season:
        raise ValueError("not one season has passed")
    return np.resize(demand[-season:], horizon)


def simple(series: ArrayLike, horizon: int) -> Array:
    """Simple exponential smoothing: a level that follows, and no trend."""
    return _forecast(series, horizon, 1, [ALPHAS, NONE, NONE, NONE])


def damped(series: ArrayLike, horizon: int) -> Array:
    """Holt's linear trend that fades out (Gardner, McKenzie 1985)."""
    return _forecast(series, horizon, 1, [ALPHAS, SHARES, DAMPINGS, NONE])


def seasonal(series: ArrayLike, horizon: int, season: int) -> Array:
    """The same with a season of so many periods; ValueError below two seasons."""
    if len(np.asarray(series)) < 2 * season:
        raise ValueError("a season is seen twice before it is one")
    return _forecast(series, horizon, season, [ALPHAS, SHARES, DAMPINGS, SHARES])


def _forecast(
    series: ArrayLike, horizon: int, season: int, grid: Sequence[Sequence[float]]
) -> Array:
    demand = _known(series)
    if len(demand) < 3:
        return np.full(horizon, demand.mean())
    coarse = np.array(list(product(*grid)))
    best, _ = _run(demand, coarse, season, horizon)
    fine = np.array(
        list(product(*(_around(value, row) for value, row in zip(best, grid, strict=True))))
    )
    _, ahead = _run(demand, fine, season, horizon)
    return np.maximum(ahead, 0)


def _known(series: ArrayLike) -> Array:
    demand = np.asarray_chkfinite(series, dtype=np.float64)
    if not len(demand):
        raise ValueError("a series has one period at least")
    return demand


def _around(value: float, row: Sequence[float]) -> Array:
    """Return values between the neighbours of one in its row."""
    at = list(row).index(value)
    low, high = row[max(at - 1, 0)], row[min(at + 1, len(row) - 1)]
    return np.unique([*np.linspace(low, value, 3), *np.linspace(value, high, 3)])


def _run(demand: Array, weights: Array, season: int, horizon: int) -> tuple[Array, Array]:
    """Return the weights (alpha, share, damping, share) that missed least, and their forecast.

    All m sets of weights run side by side: states have the shape (m,), the season (m, season).
    """
    alpha, fade = weights[:, 0], weights[:, 2]
    beta, gamma = alpha * weights[:, 1], (1 - alpha) * weights[:, 3]
    first = min(len(demand), max(season, 4))
    level, trend = np.full(len(weights), demand[:first].mean()), np.zeros(len(weights))
    cycle = np.zeros((len(weights), season))
    if season > 1:
        level, cycle = level, cycle + _first_cycle(demand, season)
    missed = np.zeros(len(weights))
    for at, value in enumerate(demand):
        turn = at % season
        base = level + fade * trend
        error = value - base - cycle[:, turn]
        missed += error**2
        level, trend = base + alpha * error, fade * trend + beta * error
        cycle[:, turn] += gamma * error
    best = int(np.argmin(missed))
    steps = np.cumsum(fade[best] ** np.arange(1, horizon + 1))
    turns = (len(demand) + np.arange(horizon)) % season
    return weights[best], level[best] + steps * trend[best] + cycle[best, turns]


def _first_cycle(demand: Array, season: int) -> Array:
    """Return how far each period of a season lies above its season's mean, on average."""
    whole = demand[: len(demand) // season * season].reshape(-1, season)[:2]
    return np.asarray((whole - whole.mean(axis=1, keepdims=True)).mean(axis=0))
