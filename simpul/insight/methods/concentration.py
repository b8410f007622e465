"""On how few buyers (or models, or suppliers) the workshop hangs.

Herfindahl's index (Hirschman 1964, The paternity of an index, American Economic Review 54, 761): the sum of squared shares. 1 / index: so many of equal size would be
as concentrated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from simpul.insight.methods.histories import Array


@dataclass(frozen=True, slots=True)
class Concentration:
    """`herfindahl` between 1 / n and 1; `shares` (n,): the largest first, together 1."""

    herfindahl: float
    shares: Array

    @property
    def as_if(self) -> float:
        """How many of equal size would be as concentrated."""
        return 1 / self.herfindahl

    def of_first(self, count: int) -> float:
        """Return the share of the largest `count`."""
        return float(self.shares[:count].sum())

    def needed_for(self, share: float) -> int:
        """Return how many of the largest have that share (0 to 1) together."""
        first = int(np.searchsorted(np.cumsum(self.shares), share - 1e-12)) + 1
        return min(first, len(self.shares))


def concentration(amounts: ArrayLike) -> Concentration | None:
    """Return how a sum is spread over n amounts, finite and none below 0; None where it is 0."""
    values = np.sort(np.asarray_chkfinite(amounts, dtype=np.float64))[::-1]
    if (values < 0).any():
        raise ValueError("what is below 0 has no share")
    total = values.sum()
    if not total:
        return None
    shares = values / total
    return Concentration(float(shares @ shares), shares)
