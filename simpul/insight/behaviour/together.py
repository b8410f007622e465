"""Which models are ordered together more often than chance would have it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from simpul.insight.methods.baskets import pairs
from simpul.insight.models import PairsFact
from simpul.parties.models import Workshop

SHOWN = 30  # pairs of models, the surest first


def together(workshop: Workshop, kind: str, since: date) -> dict[str, Any]:
    """Return what was found in the orders of a kind of buyers since a day; nothing without orders.

    `orders` looked at, `tried` pairs of models; `pairs`: those of which it is clear, each the keys of
    two models, orders with both, orders with the first, and lift and its lower bound in hundredths.
    The first is the one that predicts the other better.
    """
    baskets = list(_baskets(workshop, kind, since))
    if not baskets:
        return {}
    tried = pairs(baskets)
    clear: dict[frozenset[int], list[int]] = {}
    for one in tried:
        if one.is_clear and frozenset((one.first, one.second)) not in clear:
            clear[frozenset((one.first, one.second))] = [
                one.first,
                one.second,
                one.together,
                round(one.together / one.confidence),
                round(100 * one.lift),
                round(100 * one.low),
            ]
    return {
        "since": since.isoformat(),
        "orders": len(baskets),
        "tried": len(tried) // 2,
        "pairs": list(clear.values())[:SHOWN],
    }


def _baskets(workshop: Workshop, kind: str, since: date) -> Iterator[list[int]]:
    rows = (
        PairsFact.objects.filter(
            order__workshop=workshop, order__agreed_on__gte=since, order__buyer__buys_as=kind
        )
        .order_by("order", "pk")
        .values_list("order", "variant__colourway__product")
    )
    for _order, some in groupby(rows.iterator(), key=itemgetter(0)):
        yield list({model for _key, model in some})
