"""Who is still a customer, and what he will order: the model that fits best, with what is unsure.

Three models are tried (`beta_geometric`, `pareto_nbd`), all of four parameters, so the one under which
the data are likeliest is taken. Below FEW buyers weak priors hold them; below FEWEST that came back
nothing is said of chances, and only the gaps between orders are looked at (`gaps`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simpul.insight.methods.beta_geometric import (
    BetaGeometric,
    ModifiedBetaGeometric,
    bg_nbd,
    mbg_nbd,
)
from simpul.insight.methods.fitting import Estimates, Fit
from simpul.insight.methods.histories import Array, Histories
from simpul.insight.methods.pareto_nbd import ParetoNBD, pareto_nbd

FEW = 400  # buyers: with fewer of them weak priors help
FEWEST = 30  # repeat buyers: with fewer of them no model is asked
DRAWS = 200  # of model and future, for what may come
type BuyingFit = Fit[BetaGeometric] | Fit[ModifiedBetaGeometric] | Fit[ParetoNBD]


@dataclass(frozen=True, slots=True)
class StillBuying:
    """n buyers, in the order of their histories.

    `alive`: the chance that each is still a customer, and `expected`: orders within the horizon, with
    the intervals of these means. `low`, `high` (n,): between what the number of orders of each will
    lie in 8 of 10 cases at least, since orders are whole numbers, chance included; `total`: of all
    together, in 95 of 100.
    """

    name: str
    fit: BuyingFit
    alive: Estimates
    expected: Estimates
    low: Array
    high: Array
    total: Estimates

    def alive_where_told(self, histories: Histories) -> Array:
        """Return the chance that each (n,) is still a customer; not a number where the model takes it for
        granted: in BG/NBD nobody leaves before his second order (Fader, Hardie and Lee 2005)."""
        is_granted = (self.name == "BG/NBD") & (histories.frequency == 0)
        return np.where(is_granted, np.nan, self.alive.estimate)


def fitted(histories: Histories) -> tuple[str, BuyingFit] | None:
    """Return the name and the fit of the likeliest model; None where nothing can be said."""
    if histories.repeat_buyers < FEWEST:
        return None
    has_prior = len(histories) < FEW
    fits: dict[str, BuyingFit] = {
        "MBG/NBD": mbg_nbd(histories, has_prior=has_prior),
        "BG/NBD": bg_nbd(histories, has_prior=has_prior),
        "Pareto/NBD": pareto_nbd(histories, has_prior=has_prior),
    }
    sure = {name: fit for name, fit in fits.items() if fit.is_sure}
    if not sure:
        return None
    best = max(sure, key=lambda name: sure[name].log_likelihood)
    return best, sure[best]


def still_buying(histories: Histories, horizon: float, *, seed: int = 0) -> StillBuying | None:
    """Return what is to be expected within `horizon` from now; None where nothing can be said.

    The same histories and the same seed give the same answer.
    """
    found = fitted(histories)
    if not found:
        return None
    name, fit = found
    drawn: list[BetaGeometric | ParetoNBD] = [*fit.draws(DRAWS, seed)]
    futures = np.array(
        [model.simulate_on(histories, horizon, seed + at) for at, model in enumerate(drawn)]
    )
    low, high = np.quantile(futures, [0.1, 0.9], axis=0, method="nearest")
    expected = fit.above_zero(lambda model: model.expected(histories, horizon))
    ends = np.quantile(futures.sum(axis=1), [0.025, 0.975])
    return StillBuying(
        name,
        fit,
        fit.share(lambda model: model.alive(histories)),
        expected,
        low,
        high,
        Estimates(np.asarray(expected.estimate.sum()), np.asarray(ends[0]), np.asarray(ends[1])),
    )
