"""Feasts that move: how much more is asked for before Lebaran, and how much less after.

A regression of the demand on how many days of each period fall into each stretch around a feast:
quasi-Poisson with a log link (McCullagh, Nelder 1989, chapter 9), its effects held by a normal prior, so that
one feast seen once in a scattered demand moves little. What is left is forecast by any other way and
multiplied again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import ArrayLike

from simpul.insight.methods.histories import Array
from simpul.lib import workdays

STRETCHES = (-56, -28, -7, 7, 28)  # days from the feast; each stretch ends where the next begins
SPREAD = 0.7  # of the logarithms of the factors, before anything is seen: a half to double


@dataclass(frozen=True, slots=True)
class FeastEffect:
    """Effects of k stretches, as factors of ordinary demand (1: none), shape (k,)."""

    factors: Array

    def over(self, shares: ArrayLike) -> Array:
        """Return by what each period of `shares` (n, k) is multiplied, shape (n,)."""
        return np.asarray(np.exp(np.asarray(shares) @ np.log(self.factors)), dtype=np.float64)


def first_days(name: str, first: date, last: date) -> list[date]:
    """Return the first day of each feast of that name (as in `workdays`) between two days."""
    found: list[date] = []
    day = first
    while (span := workdays.next_feast(name, day)) and span[0] <= last:
        found.append(span[0])
        day = span[1] + workdays.DAY
    return found


def around(name: str, starts: Sequence[date], days: int) -> Array:
    """Return the `shares` of periods, in order, around every feast of that name that reaches them."""
    first = starts[0] - STRETCHES[-1] * workdays.DAY
    last = starts[-1] + (days - STRETCHES[0]) * workdays.DAY
    return shares(starts, days, first_days(name, first, last))


def shares(
    starts: Sequence[date], days: int, feasts: Sequence[date], stretches: Sequence[int] = STRETCHES
) -> Array:
    """Return what share of each period (`starts`, each so many days) lies in each stretch, (n, k)."""
    begin = np.array([one.toordinal() for one in starts], dtype=np.float64)[:, None]
    found = np.zeros((len(starts), len(stretches) - 1))
    for feast in feasts:
        edges = feast.toordinal() + np.array(stretches, dtype=np.float64)
        inside = np.minimum(begin + days, edges[1:]) - np.maximum(begin, edges[:-1])
        found += np.maximum(inside, 0) / days
    return np.minimum(found, 1)


def feast_effect(series: ArrayLike, shares: ArrayLike) -> FeastEffect:
    """Return the factors that explain a demand (n,), by the shares (n, k) of its periods.

    Raises ValueError where lengths differ, the demand is below 0, or something is no finite number.
    """
    demand, inside = (np.asarray_chkfinite(one, dtype=np.float64) for one in (series, shares))
    if len(demand) != len(inside) or (demand < 0).any():
        raise ValueError("each period has its shares, and no demand below 0")
    if not demand.any():
        return FeastEffect(np.ones(inside.shape[1]))
    columns = np.column_stack([np.ones(len(demand)), inside])
    freedom = max(len(demand) - columns.shape[1], 1)
    mean = np.exp(columns @ _logs(demand, columns, 1.0))
    scatter = max(float((((demand - mean) ** 2) / mean).sum()) / freedom, 1.0)
    return FeastEffect(np.exp(_logs(demand, columns, scatter)[1:]))


def _logs(demand: Array, columns: Array, scatter: float) -> Array:
    """Return the logarithms of level and factors where the variance is `scatter` times the mean."""
    ridge = np.diag([0.0] + [scatter / SPREAD**2] * (columns.shape[1] - 1))
    logs = np.zeros(columns.shape[1])
    logs[0] = np.log(demand.mean())
    for _ in range(50):
        mean = np.exp(columns @ logs)
        slope = columns.T @ (demand - mean) - ridge @ logs
        step = np.linalg.solve((columns.T * mean) @ columns + ridge, slope)
        logs = logs + np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-10:
            break
    return logs
