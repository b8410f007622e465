"""How much to keep so that it is seldom short: demand varies, and so does the supplier.

Silver, Pyke, Thomas 2017, Inventory and production management in supply chains, section 6: demand over a lead
time L has the mean d L and the variance L s^2 + d^2 v, where a period's demand has mean d and variance s^2,
and the lead time variance v. Where demand comes seldom that is far from normal: it is then drawn from the
periods that were (after Willemain, Smart, Schwarz 2004, International Journal of Forecasting 20, 375-387).
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from simpul.insight.methods.intermittent import classify

DRAWS = 4_000
FEWEST_DELIVERIES = 2  # with fewer a supplier's punctuality is not known


@dataclass(frozen=True, slots=True)
class Stock:
    """Order again when no more than `reorder_at` is left and on its way; `safety` of it is for the case
    that more is asked for, or the supplier is late; `expected`: what is asked for meanwhile. In the
    unit of the demand."""

    expected: float
    safety: float

    @property
    def reorder_at(self) -> float:
        return self.expected + self.safety


def safety_stock(
    demand: ArrayLike, lead_times: ArrayLike, *, service: float = 0.95, seed: int = 0
) -> Stock:
    """Return the stock that lasts in `service` of all lead times.

    `demand` (n,): of each period, none below 0; `lead_times` (m,): of the supplier's deliveries, in
    periods, as they were and not as promised. Raises ValueError where service is not between 0.5 and
    1, n < 2 or m < FEWEST_DELIVERIES, or for what is no finite number.
    """
    series, waits = (np.asarray_chkfinite(one, dtype=np.float64) for one in (demand, lead_times))
    if not 0.5 <= service < 1:
        raise ValueError("a service of a half at least, and below all")
    if len(series) < 2 or len(waits) < FEWEST_DELIVERIES or (waits < 0).any():
        raise ValueError("two periods and two deliveries at least")
    is_seldom = classify(series).pattern.is_seldom
    mean, wait = float(series.mean()), float(waits.mean())
    expected = mean * wait
    if not is_seldom:
        spread = np.sqrt(wait * series.var(ddof=1) + mean**2 * waits.var(ddof=1))
        return Stock(expected, float(NormalDist().inv_cdf(service) * spread))
    chance = np.random.default_rng(seed)
    lengths = chance.choice(waits, DRAWS)
    most = int(np.ceil(lengths.max())) or 1
    drawn = chance.choice(series, (DRAWS, most))
    part = np.clip(lengths[:, None] - np.arange(most), 0, 1)  # of the last period only what is left
    needed = float(np.quantile((drawn * part).sum(axis=1), service, method="higher"))
    return Stock(expected, max(needed - expected, 0.0))
