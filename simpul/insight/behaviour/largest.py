"""How the revenue of twelve months is spread over the buyers of a kind."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from simpul.insight.methods.concentration import concentration

POINTS = 20  # of the curve


def spread(amounts: Collection[int]) -> dict[str, Any]:
    """Return the figures of these rupiah, a buyer each; nothing where none bought anything.

    `buyers` who bought, `total` rupiah, `as_if` so many of equal size (tenths), `half`: so many of the
    largest have half of it; `first`: the share of the largest 1, 5 and 10 and `curve`: that of the
    largest 5 %, 10 %, ... of the buyers, all in thousandths.
    """
    bought = [amount for amount in amounts if amount > 0]
    found = concentration(bought)
    if found is None:
        return {}
    sums = np.concatenate([[0.0], np.cumsum(found.shares)])
    places = np.arange(POINTS + 1) / POINTS * len(bought)
    curve = np.interp(places, np.arange(len(sums)), sums)
    return {
        "buyers": len(bought),
        "total": sum(bought),
        "as_if": round(10 * found.as_if),
        "half": found.needed_for(0.5),
        "first": [round(1000 * found.of_first(count)) for count in (1, 5, 10)],
        "curve": [round(1000 * one) for one in curve.tolist()],
    }
