"""How many of those who came in one month, or in one quarter, come again."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simpul.insight.methods.cohorts import Cohorts, cohorts

ROWS = 12  # the latest cohorts
AFTER = 12  # periods
LENGTHS = {"month": 1, "quarter": 3}

type Whole = NDArray[np.int64]


def month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def coming_again(buyers: Whole, months: Whole, today: date) -> dict[str, Any]:
    """Return the cohorts by each length of a period; one is left out where none of it is over.

    `buyers`, `months` (same length): whose each order is, and in which month (`month_number`). Of each:
    `cohorts`, the latest ones, each its first day, its buyers, how many ordered 0, 1, 2, ... periods
    after, how many were still there then, and for how many periods the latter will hardly change any
    more; and `curves`, for 1, 2, ... periods after: how many ordered, of how many, and how many were
    still there, of how many, of all cohorts of which that is known.
    """
    found = {}
    for name, length in LENGTHS.items():
        now = month_number(today) // length
        if len(months) and int(months.min()) // length < now:
            found[name] = _plain(cohorts(buyers, months // length, now), length)
    return found


def _plain(found: Cohorts, length: int) -> dict[str, Any]:
    some = [at for at, size in enumerate(found.sizes.tolist()) if size][-ROWS:]
    closed = found.known & ~found.is_open
    return {
        "cohorts": [
            {
                "first": _first_day((found.first + at) * length).isoformat(),
                "buyers": int(found.sizes[at]),
                "ordered": found.ordered[at, found.known[at]][: AFTER + 1].tolist(),
                "stayed": found.stayed[at, found.known[at]][: AFTER + 1].tolist(),
                "closed": min(int(closed[at].sum()), AFTER + 1),
            }
            for at in some
        ],
        "curves": [
            [
                *_counts(found.ordered, found, found.known, after),
                *_counts(found.stayed, found, closed, after),
            ]
            for after in range(1, min(AFTER, len(found.sizes) - 1) + 1)
        ],
    }


def _counts(counts: Whole, found: Cohorts, seen: NDArray[np.bool_], after: int) -> tuple[int, int]:
    at = seen[:, after]
    return int(counts[at, after].sum()), int(found.sizes[at].sum())


def _first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)
