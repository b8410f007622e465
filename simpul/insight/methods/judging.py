"""Which way to forecast a demand: all are held against what came, from many origins; the naive, too.

Tashman 2000, Out-of-sample tests of forecasting accuracy, International Journal of Forecasting 16,
437-450 (rolling origin). Hyndman, Koehler 2006, Another look at measures of forecast accuracy, same
journal 22, 679-688 (MASE). Demand that comes seldom is chosen for by the squared error: the absolute
one prefers the median, which is 0, and nobody can buy for that (Kolassa 2020, Why the "best" point
forecast depends on the error or accuracy measure, same journal 36, 208-211).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import t as student

from simpul.insight.methods import smoothing
from simpul.insight.methods.feasts import feast_effect
from simpul.insight.methods.histories import Array
from simpul.insight.methods.intermittent import Demand, Pattern, classify, croston, sba, tsb

type Way = Callable[[Array, int], Array]  # a series and a horizon -> means, shape (horizon,)

NAIVE = ("naive", "seasonal naive")
FEASTS = " and feasts"  # ends the name of a way that takes the feasts out first
FEWEST_ORIGINS = 4  # with fewer nothing is judged, and the naive way is taken
ORIGINS = 12  # the latest of them
MOST_ORIGINS = 52  # whose errors say how far off the way that was taken may be
HIGH = 0.9  # the quantile that the pinball loss asks for


@dataclass(frozen=True, slots=True)
class Judgement:
    """How far one way was off. `mase`: mean absolute error, 1 is as far as the naive way within the
    series; `rmsse`: the same of squares, as a root; `bias`: mean error as a share of the mean demand,
    above 0 where it forecast too much; `pinball`: loss of the 90 % quantile of the whole horizon,
    in the unit of the demand; nan where there were too few origins for it.
    """

    mase: float
    rmsse: float
    bias: float
    pinball: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """The demand of each period to come, the way that was taken, and how all ways were judged.

    `mean` (horizon,); `high`: what 9 of 10 such horizons stay below as a
    whole, or None. `judged` is empty where the series is too short to judge anything; `errors` are
    those of the way that was taken, from each of up to MOST_ORIGINS, shape (origins, horizon).
    """

    demand: Demand
    way: str
    mean: Array
    high: float | None
    judged: Mapping[str, Judgement]
    errors: Array

    @property
    def is_naive(self) -> bool:
        return self.way in NAIVE

    def with_orders_on_hand(self, on_hand: ArrayLike) -> Array:
        """Return the demand to make for: what is ordered already uses up the forecast of its period,
        and where more is ordered that counts, shape (horizon,)."""
        return np.maximum(self.mean, np.asarray(on_hand, dtype=np.float64))

    def between(
        self, first: int, last: int, on_hand: ArrayLike | None = None
    ) -> tuple[float, float] | None:
        """Return the limits within which the demand of the periods from `first` up to `last` (not
        with it) together lies in 8 of 10 cases, if it is as far off as it was so far; what is ordered
        already (`on_hand`, (horizon,)) comes in any case. None where nothing was judged.
        """
        if not len(self.errors):
            return None
        least = np.zeros(len(self.mean)) if on_hand is None else np.asarray(on_hand)
        mean = float(self.with_orders_on_hand(least)[first:last].sum())
        sums = np.maximum(self.mean - self.errors, least)[:, first:last].sum(axis=1)
        half = _half(mean - sums, last)
        return max(mean - half, float(least[first:last].sum())), mean + half


def ways(
    demand: Demand, length: int, season: int, feasts: ArrayLike | None = None
) -> dict[str, Way]:
    """Return the ways that compete for a series of that class and length; `season` 1: none.

    With `feasts`, the shares (n + horizon, k) of its periods and of those to come around feasts, each
    way that is not naive competes once more with the feasts taken out, where there were any.
    """
    found: dict[str, Way] = {"naive": smoothing.naive}
    if season > 1 and length >= 2 * season:
        found["seasonal naive"] = partial(smoothing.seasonal_naive, season=season)
    if demand.pattern.is_seldom:
        found |= {"Croston": _flat(croston), "SBA": _flat(sba), "TSB": _flat(tsb)}
    else:
        found |= {"simple smoothing": smoothing.simple, "damped trend": smoothing.damped}
        if season > 1 and length >= 3 * season:
            found["trend and season"] = partial(smoothing.seasonal, season=season)
    if feasts is None or not np.asarray(feasts)[:length].any():
        return found
    around = np.asarray(feasts, dtype=np.float64)
    others = {name: way for name, way in found.items() if name not in NAIVE}
    return found | {name + FEASTS: without_feasts(way, around) for name, way in others.items()}


def without_feasts(way: Way, feasts: Array) -> Way:
    """Return the way that takes the feasts out of what was, forecasts, and puts them in again.

    What they do is learned of what was known at each origin, and of nothing later.
    """

    def forecast(history: Array, horizon: int) -> Array:
        known, ahead = feasts[: len(history)], feasts[len(history) : len(history) + horizon]
        effect = feast_effect(history, known)
        return way(history / effect.over(known), horizon) * effect.over(ahead)

    return forecast


def forecast(
    series: ArrayLike, horizon: int, *, season: int = 1, feasts: ArrayLike | None = None
) -> Forecast:
    """Forecast a demand by the way that was nearest so far; the naive way where none was nearer.

    `series` (n,): the demand of each period, the latest last; ValueError where it is empty or below 0.
    `feasts` (n + horizon, k): as in `ways`.
    """
    history = np.asarray(series, dtype=np.float64)
    demand = classify(history)
    nothing = np.empty((0, horizon))
    if demand.pattern is Pattern.NONE:
        return Forecast(demand, "naive", np.zeros(horizon), None, {}, nothing)
    competing = ways(demand, len(history), season, feasts)
    need = 2 * season if season > 1 and "seasonal naive" in competing else 4
    first = max(need, len(history) - horizon - ORIGINS + 1, len(history) // 2)
    last = len(history) - horizon
    if last - first + 1 < FEWEST_ORIGINS:
        return Forecast(demand, "naive", smoothing.naive(history, horizon), None, {}, nothing)
    earlier = range(max(need, first - horizon - FEWEST_ORIGINS + 1), first)
    origins = range(first, last + 1)
    errors = {name: errors_of(way, history, origins, horizon) for name, way in competing.items()}
    judged = {
        name: judge(errors[name], history, first, errors_of(way, history, earlier, horizon))
        for name, way in competing.items()
    }

    def off(name: str) -> tuple[float, bool]:
        one = judged[name]
        return (one.rmsse if demand.pattern.is_seldom else one.mase), name not in NAIVE

    best = min(judged, key=off)
    mean = competing[best](history, horizon)
    more = range(max(need, last - MOST_ORIGINS + 1, len(history) // 2), first)
    known = np.concatenate([errors_of(competing[best], history, more, horizon), errors[best]])
    high = float(mean.sum()) + _half(known.sum(axis=1), horizon)
    return Forecast(demand, best, mean, high, judged, known)


def _half(errors: Array, ahead: int) -> float:
    """Return how far above a forecast its limit lies that one of ten is beyond, by errors (origins,) of
    forecasts so far `ahead`: by their root mean square and Student's distribution, with as many degrees
    of freedom as horizons lie side by side, since most of them overlap."""
    apart = (len(errors) + ahead - 1) / ahead
    return float(student.ppf(HIGH, apart) * np.sqrt((errors**2).mean()))


def errors_of(way: Way, history: Array, origins: Sequence[int], horizon: int) -> Array:
    """Return forecast - demand from each origin, shape (origins, horizon); an origin is how many
    periods were known."""
    rows = [way(history[:at], horizon) - history[at : at + horizon] for at in origins]
    return np.array(rows).reshape(len(origins), horizon)


def judge(errors: Array, history: Array, first: int, earlier: ArrayLike = ()) -> Judgement:
    """Judge errors of shape (origins, horizon); the scale is the naive way's in the periods before
    the `first` origin, or in all of the series where nothing moved before.

    The quantile of an origin is that of the errors that were known then: those from origins before
    whose whole horizon was over, also from `earlier` ones (m, horizon), which count for nothing else.
    """
    steps = np.diff(history[:first])
    steps = steps if steps.any() else np.diff(history)
    scale, square = float(np.abs(steps).mean()), float((steps**2).mean())
    if not scale:
        return Judgement(*(0.0 if not errors.any() else float("inf"),) * 2, 0.0, float("nan"))
    horizon = errors.shape[1]
    before = np.asarray(earlier, dtype=np.float64).reshape(-1, horizon)
    short = -np.concatenate([before, errors]).sum(axis=1)
    losses = [
        _pinball(float(short[at] - np.quantile(short[:over], HIGH, method="higher")))
        for at in range(len(before), len(short))
        if (over := at - horizon + 1) >= FEWEST_ORIGINS
    ]
    return Judgement(
        float(np.abs(errors).mean() / scale),
        float(np.sqrt((errors**2).mean() / square)),
        float(errors.mean() / history.mean()),
        float(np.mean(losses)) if losses else float("nan"),
    )


def _pinball(short: float) -> float:
    """Return the loss of a quantile that lay so much below what came (above: less than 0)."""
    return max(HIGH * short, (HIGH - 1) * short)


def _flat(method: Callable[[ArrayLike], float]) -> Way:
    return lambda history, horizon: np.full(horizon, method(history))
