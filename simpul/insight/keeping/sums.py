"""The sums over the facts, taken anew for the days and buyers that were touched; or for all of them."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
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
from simpul.lib import rows
from simpul.parties.models import Workshop

SUMMED = ("pairs", "sold", "delivered", "earned", "contribution")  # the fields of Summed

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
        _sum_days(workshop, "range", chosen)
    elif mine := [day for day in days if month <= day <= last]:
        _sum_days(workshop, "in", mine)


def sum_buyers(workshop: Workshop, buyers: Collection[int]) -> None:
    """Take the sums of these buyers; call it in a transaction."""
    left = Q(contribution__isnull=False)
    found = (
        OrderFact.objects.filter(workshop=workshop, buyer__in=buyers)
        .order_by()
        .values_list("buyer", "workshop")
        .annotate(
            first_on=Min("agreed_on"),
            last_on=Max("agreed_on"),
            n=Count("pk"),
            days=Count("agreed_on", distinct=True),
            late=Count("pk", filter=Q(delivered_on__gt=F("promised_on"))),
            n_pairs=Sum("pairs"),
            n_sold=Sum("sold"),
            delivered=Sum("pairs", filter=left, default=0),
            earned=Sum("sold", filter=left, default=0),
            n_left=Sum("contribution", default=0),
        )
    )
    rows.replace(
        BuyerFact.objects.filter(workshop=workshop, buyer__in=buyers),
        ("buyer_id", "workshop_id", "first_on", "last_on", "orders", "days", "late", *SUMMED),
        found,
    )


def _sum_models(workshop: Workshop, month: date, days: tuple[date, date]) -> None:
    found = _both_ways(
        PairsFact.objects.filter(order__workshop=workshop),
        "order__",
        "range",
        days,
        ("variant",),
    )
    rows.replace(
        ModelMonth.objects.filter(workshop=workshop, month=month),
        ("workshop_id", "month", "variant_id", *SUMMED),
        [(workshop.pk, month, *key, *_row(sums, SUMMED)) for key, sums in found.items()],
    )


def _sum_areas(workshop: Workshop, month: date, days: tuple[date, date]) -> None:
    facts = OrderFact.objects.filter(workshop=workshop)
    by = ("area", "sold_as", "channel")
    found = _both_ways(facts, "", "range", days, by)
    counted = facts.filter(agreed_on__range=days).order_by().values_list(*by)
    for *key, orders in counted.annotate(n=Count("pk")):
        found[tuple(key)]["orders"] = orders
    names = ("orders", *SUMMED)
    rows.replace(
        AreaMonth.objects.filter(workshop=workshop, month=month),
        ("workshop_id", "month", *by, *names),
        [(workshop.pk, month, *key, *_row(sums, names)) for key, sums in found.items()],
    )


def _sum_days(workshop: Workshop, lookup: str, days: Collection[date]) -> None:
    parts = PairsFact.objects.filter(order__workshop=workshop)
    product = "variant__colourway__product"
    found = _both_ways(parts, "order__", lookup, days, (product,), by_day=True)
    counted = parts.filter(**{f"order__agreed_on__{lookup}": days}).order_by()
    for *key, orders in counted.values_list("order__agreed_on", product).annotate(
        n=Count("order", distinct=True)
    ):
        found[tuple(key)]["orders"] = orders
    names = ("orders", *SUMMED)
    rows.replace(
        ModelDay.objects.filter(**{"workshop": workshop, f"day__{lookup}": days}),
        ("workshop_id", "day", "product_id", *names),
        [(workshop.pk, *key, *_row(sums, names)) for key, sums in found.items()],
    )


def _row(sums: dict[str, int], names: Sequence[str]) -> list[int]:
    return [sums.get(name, 0) for name in names]


def _both_ways(
    known: QuerySet[Any],
    order: str,
    lookup: str,
    days: Collection[date],
    by: tuple[str, ...],
    *,
    by_day: bool = False,
) -> Found:
    """Sum what was agreed on in some days, and what came of the orders that were delivered in them.

    `order` is the way from what is known to the order's fact, `lookup` how a day is held against the
    days: "range" or "in".
    """
    found: Found = defaultdict(dict)
    agreed = known.filter(**{f"{order}agreed_on__{lookup}": days}).order_by()
    keys = (f"{order}agreed_on", *by) if by_day else by
    for *key, pairs, sold in agreed.values_list(*keys).annotate(n=Sum("pairs"), m=Sum("sold")):
        found[tuple(key)] |= {"pairs": pairs, "sold": sold}
    ended = known.filter(
        **{f"{order}delivered_on__{lookup}": days, "contribution__isnull": False}
    ).order_by()
    keys = (f"{order}delivered_on", *by) if by_day else by
    for *key, pairs, sold, left in ended.values_list(*keys).annotate(
        n=Sum("pairs"), m=Sum("sold"), k=Sum("contribution")
    ):
        found[tuple(key)] |= {"delivered": pairs, "earned": sold, "contribution": left}
    return found
