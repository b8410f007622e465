"""What is kept of a workshop as plain rows: to hold what was brought up to date against a rebuild."""

from __future__ import annotations

from django.db.models import Model, QuerySet

from simpul.insight.models import (
    AreaDay,
    BuyerFact,
    ColourDay,
    ItemWorth,
    LineWork,
    ModelDay,
    ModelMonth,
    OrderFact,
    PairsFact,
    ShelfWorth,
    SizeDay,
)
from simpul.parties.models import Workshop

type Rows = list[tuple[object, ...]]


def everything_kept(workshop: Workshop) -> dict[str, Rows]:
    """Return every fact and every sum, in order, without the keys that rows only have by chance."""
    asked: list[QuerySet[Model]] = [
        OrderFact.objects.filter(workshop=workshop),
        PairsFact.objects.filter(order__workshop=workshop),
        ModelMonth.objects.filter(workshop=workshop),
        ModelDay.objects.filter(workshop=workshop),
        ColourDay.objects.filter(workshop=workshop),
        SizeDay.objects.filter(workshop=workshop),
        AreaDay.objects.filter(workshop=workshop),
        BuyerFact.objects.filter(workshop=workshop),
        ItemWorth.objects.filter(workshop=workshop),
        ShelfWorth.objects.filter(workshop=workshop),
        LineWork.objects.filter(workshop=workshop),
    ]
    found = {}
    for rows in asked:
        names = [one.attname for one in rows.model._meta.concrete_fields if one.attname != "id"]
        found[rows.model.__name__] = sorted(rows.values_list(*names), key=str)
    return found
