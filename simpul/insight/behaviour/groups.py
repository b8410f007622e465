"""Buyers of a kind by how lately, how often and for how much they order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from simpul.insight.methods.rfm import rfm
from simpul.insight.models import BuyerFact, GroupedBuyer


class Year(NamedTuple):
    """What one bought in twelve months, and what was left of it as far as that is known; rupiah."""

    sold: int = 0
    left: int = 0


def grouped(
    kind: str, facts: Sequence[BuyerFact], years: Mapping[int, Year], today: date
) -> tuple[int, list[GroupedBuyer]]:
    """Return into how many parts each score divides these buyers, and a row for each."""
    scored = rfm(
        [(today - one.last_on).days for one in facts],
        [one.orders for one in facts],
        [one.sold for one in facts],
    )
    rows = []
    for at, one in enumerate(facts):
        year = years.get(one.pk, Year())
        rows.append(
            GroupedBuyer(
                buyer_id=one.pk,
                workshop_id=one.workshop_id,
                buys_as=kind,
                group=scored.groups[at].value,
                last_on=one.last_on,
                orders=one.orders,
                sold=one.sold,
                sold_year=year.sold,
                left_year=year.left,
                recency=int(scored.recency[at]),
                frequency=int(scored.frequency[at]),
                monetary=int(scored.monetary[at]),
            )
        )
    return scored.steps, rows
