"""How many of those who came in one period come again: two curves, their counts, and what is not known yet.

`ordered`: how many of a cohort ordered in the very period; it tells of the rhythm. `stayed`: how many
ordered in that period or a later one (rolling retention); it tells who is still there, but near the end of
what is known it is too low, since a later order may only not have come yet: such cells are *open*.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simpul.lib.intervals import Interval, wilson

type Counts = NDArray[np.int64]
type Marks = NDArray[np.bool_]

PATIENCE = 0.9  # of the gaps between two orders are over in so many periods


@dataclass(frozen=True, slots=True)
class Cohorts:
    """c cohorts by the period of the first order, k periods after it (0 is that period itself).

    `sizes` (c,): buyers of each. `ordered`, `stayed` (c, k): of these. `known` (c, k): whether that
    period is over; where it is not, the counts are 0 and mean nothing. `is_open` (c, k): whether
    `stayed` may still grow.
    """

    first: int  # the period of the first cohort
    sizes: Counts
    ordered: Counts
    stayed: Counts
    known: Marks
    is_open: Marks

    def ordered_share(self, after: int) -> Interval | None:
        """Return the share that ordered so many periods after, all cohorts that are known so far
        together, with its interval at 95 %; None where there are none."""
        return _share(self.ordered, self.sizes, self.known, after)

    def stayed_share(self, after: int) -> Interval | None:
        """Return the share that was still there so many periods after, of the cohorts for which
        that will hardly change any more."""
        return _share(self.stayed, self.sizes, self.known & ~self.is_open, after)


def cohorts(buyers: ArrayLike, periods: ArrayLike, now: int) -> Cohorts:
    """Return the cohorts of all orders: `buyers` and `periods` (same length, whole numbers) say whose
    each is and in which period; `now`: the period that is not over yet, whose orders do not count.

    Raises ValueError where no period is over.
    """
    who, when = np.asarray(buyers, dtype=np.int64), np.asarray(periods, dtype=np.int64)
    pairs = np.unique(np.column_stack([who, when])[when < now], axis=0)
    if not len(pairs):
        raise ValueError("no period with an order is over yet")
    _, starts, whose = np.unique(pairs[:, 0], return_index=True, return_inverse=True)
    begun = pairs[starts, 1]
    first = int(begun.min())
    length = now - first
    sizes = np.bincount(begun - first, minlength=length)
    ordered = np.zeros((length, length), dtype=np.int64)
    np.add.at(ordered, (begun[whose] - first, pairs[:, 1] - begun[whose]), 1)
    ends = pairs[np.append(starts[1:], len(pairs)) - 1, 1]
    last = np.zeros((length, length), dtype=np.int64)
    np.add.at(last, (begun - first, ends - begun), 1)
    stayed = last[:, ::-1].cumsum(axis=1)[:, ::-1]
    left = length - 1 - np.arange(length)[:, None] - np.arange(length)[None, :]
    return Cohorts(first, sizes, ordered, stayed, left >= 0, left < _patience(pairs, now))


def _patience(pairs: Counts, now: int) -> int:
    """Return in how many periods nine of ten of the gaps are over that end at all, by the estimate of
    Kaplan and Meier (1958, Journal of the American Statistical Association 53, 457-481), in which a gap
    that is open counts for as long as it is open by now. Whoever has left has one without an end, so it
    is held against the share that ended in the longest time that is known."""
    last = np.append(pairs[1:, 0] != pairs[:-1, 0], True)
    gaps = np.append(np.diff(pairs[:, 1]), 0)
    gaps[last] = now - 1 - pairs[last, 1]  # until the last period that is over
    longest = int(gaps.max())
    ended = np.bincount(gaps[~last], minlength=longest + 1)
    known = np.bincount(gaps, minlength=longest + 1)[::-1].cumsum()[::-1]  # as long, or longer
    over = 1 - np.cumprod(1 - ended / np.maximum(known, 1))
    return int(np.argmax(over >= PATIENCE * over[-1])) if over[-1] else 1


def _share(counts: Counts, sizes: Counts, seen: Marks, after: int) -> Interval | None:
    if not 0 <= after < counts.shape[1]:
        return None
    at = seen[:, after]
    of = int(sizes[at].sum())
    return wilson(int(counts[at, after].sum()), of) if of else None
