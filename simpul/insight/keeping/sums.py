"""The sums over the facts, taken anew for the days and buyers that were touched; or for all of them."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum

from simpul.insight.models import (
    AreaMonth,
    BuyerFact,
    ModelDay,
    ModelMonth,
    OrderFact,
    PairsFact,
)
from simpul.parties.models import Workshop

A_BATCH = 1_000

type Found = dict[tuple[Any, ...], dict[str, int]]  # by what a sum is of: its fields


def months_of(days: Iterable[date]) -> list[date]:
    """Return the first day of each month in which one of these lies, in order."""
    return sorted({day.replace(day=1) for day in days})


def sum_month(workshop: Workshop, month: date, days: Collection[date] | None = None) -> None:
    """Take the sums of a month; of its single days only those named, all where none are.

    Call it in a transaction.
    """
    last = month.replace(day=calendar.monthrange(month.year, month.month)[1])
    chosen = (month, last)
    _sum_models(workshop, month, chosen)
    _sum_areas(workshop, month, chosen)
    if days is None:
        ModelDay.objects.filter(workshop=workshop, day__range=chosen).delete()
        _sum_days(workshop, {"range": chosen})
    elif mine := [day for day in days if month <= day <= last]:
        ModelDay.objects.filter(workshop=workshop, day__in=mine).delete()
        _sum_days(workshop, {"in": mine})


def sum_buyers(workshop: Workshop, buyers: Collection[int]) -> None:
    """Take the sums of these buyers; call it in a transaction."""
    BuyerFact.objects.filter(workshop=workshop, buyer__in=buyers).delete()
    left = Q(contribution__isnull=False)
    rows = (
        OrderFact.objects.filter(workshop=workshop, buyer__in=buyers)
        .order_by()
        .values("buyer")
        .annotate(
            first=Min("agreed_on"),
            last=Max("agreed_on"),
            n=Count("pk"),
            days=Count("agreed_on", distinct=True),
            n_pairs=Sum("pairs"),
            n_sold=Sum("sold"),
            late=Count("pk", filter=Q(delivered_on__gt=F("promised_on"))),
            delivered=Sum("pairs", filter=left, default=0),
            earned=Sum("sold", filter=left, default=0),
            n_left=Sum("contribution", default=0),
        )
    )
    BuyerFact.objects.bulk_create(
        (
            BuyerFact(
                buyer_id=row["buyer"],
                workshop=workshop,
                first_on=row["first"],
                last_on=row["last"],
                orders=row["n"],
                days=row["days"],
                late=row["late"],
                pairs=row["n_pairs"],
                sold=row["n_sold"],
                delivered=row["delivered"],
                earned=row["earned"],
                contribution=row["n_left"],
            )
            for row in rows
        ),
        batch_size=A_BATCH,
    )


def _sum_models(workshop: Workshop, month: date, days: tuple[date, date]) -> None:
    ModelMonth.objects.filter(workshop=workshop, month=month).delete()
    found = _both_ways(
        PairsFact.objects.filter(order__workshop=workshop),
        "order__",
        {"range": days},
        ("variant",),
    )
    ModelMonth.objects.bulk_create(
        (
            ModelMonth(workshop=workshop, month=month, variant_id=variant, **sums)
            for (variant,), sums in found.items()
        ),
        batch_size=A_BATCH,
    )


def _sum_areas(workshop: Workshop, month: date, days: tuple[date, date]) -> None:
    AreaMonth.objects.filter(workshop=workshop, month=month).delete()
    facts = OrderFact.objects.filter(workshop=workshop)
    by = ("area", "sold_as", "channel")
    found = _both_ways(facts, "", {"range": days}, by)
    counted = facts.filter(agreed_on__range=days).order_by().values_list(*by)
    for *key, orders in counted.annotate(n=Count("pk")):
        found[tuple(key)]["orders"] = orders
    AreaMonth.objects.bulk_create(
        (
            AreaMonth(
                workshop=workshop, month=month, area=area, sold_as=sold_as, channel=channel, **sums
            )
            for (area, sold_as, channel), sums in found.items()
        ),
        batch_size=A_BATCH,
    )


def _sum_days(workshop: Workshop, days: dict[str, Any]) -> None:
    rows = PairsFact.objects.filter(order__workshop=workshop)
    product = "variant__colourway__product"
    found = _both_ways(rows, "order__", days, (product,), by_day=True)
    [(lookup, value)] = days.items()
    counted = rows.filter(**{f"order__agreed_on__{lookup}": value}).order_by()
    for *key, orders in counted.values_list("order__agreed_on", product).annotate(
        n=Count("order", distinct=True)
    ):
        found[tuple(key)]["orders"] = orders
    ModelDay.objects.bulk_create(
        (
            ModelDay(workshop=workshop, day=day, product_id=model, **sums)
            for (day, model), sums in found.items()
        ),
        batch_size=A_BATCH,
    )


def _both_ways(
    rows: QuerySet[Any],
    order: str,
    days: dict[str, Any],
    by: tuple[str, ...],
    *,
    by_day: bool = False,
) -> Found:
    """Sum what was agreed on in some days, and what came of the orders that were delivered in them.

    `order` is the way from a row to the order's fact, `days` a lookup such as {"in": [...]}.
    """
    [(lookup, value)] = days.items()
    found: Found = defaultdict(dict)
    agreed = rows.filter(**{f"{order}agreed_on__{lookup}": value}).order_by()
    keys = (f"{order}agreed_on", *by) if by_day else by
    for *key, pairs, sold in agreed.values_list(*keys).annotate(n=Sum("pairs"), m=Sum("sold")):
        found[tuple(key)] |= {"pairs": pairs, "sold": sold}
    ended = rows.filter(
        **{f"{order}delivered_on__{lookup}": value, "contribution__isnull": False}
    ).order_by()
    keys = (f"{order}delivered_on", *by) if by_day else by
    for *key, pairs, sold, left in ended.values_list(*keys).annotate(
        n=Sum("pairs"), m=Sum("sold"), k=Sum("contribution")
    ):
        found[tuple(key)] |= {"delivered": pairs, "earned": sold, "contribution": left}
    return found
