"""The sums over the facts, taken anew for the days and buyers that were touched; or for all of them."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum

from simpul.insight.models import (
    AreaDay,
    BuyerFact,
    ColourDay,
    ModelDay,
    ModelMonth,
    OrderFact,
    PairsFact,
    SizeDay,
)
from simpul.insight.models.sums import SummedDay
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
    _sum_models(workshop, month, (month, last))
    if days is None:
        _sum_days(workshop, "range", (month, last))
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
    found = _both_ways(_parts_of(workshop), "order__", "range", days, ("variant",))
    rows.replace(
        ModelMonth.objects.filter(workshop=workshop, month=month),
        ("workshop_id", "month", "variant_id", *SUMMED),
        [(workshop.pk, month, *key, *_row(sums, SUMMED)) for key, sums in found.items()],
    )


@dataclass(frozen=True, slots=True)
class _Daily:
    """Sums by day: `by` are what they are told by, `ways` lead there from a fact. `order` is the way
    from a fact to that of its order, `orders` counts orders where they are counted."""

    model: type[SummedDay]
    facts: Callable[[Workshop], QuerySet[Any]]
    order: str
    by: tuple[str, ...]
    ways: tuple[str, ...]
    orders: Count | None = None


def _parts_of(workshop: Workshop) -> QuerySet[PairsFact]:
    return PairsFact.objects.filter(order__workshop=workshop)


def _orders_of(workshop: Workshop) -> QuerySet[OrderFact]:
    return OrderFact.objects.filter(workshop=workshop)


_OF_AREAS = ("area", "sold_as", "channel")
_DAILY = (
    _Daily(
        ModelDay,
        _parts_of,
        "order__",
        ("product_id",),
        ("variant__colourway__product",),
        Count("order", distinct=True),
    ),
    _Daily(ColourDay, _parts_of, "order__", ("colourway_id",), ("variant__colourway",)),
    _Daily(SizeDay, _parts_of, "order__", ("size",), ("variant__size",)),
    _Daily(AreaDay, _orders_of, "", _OF_AREAS, _OF_AREAS, Count("pk")),
)


def _sum_days(workshop: Workshop, lookup: str, days: Collection[date]) -> None:
    for one in _DAILY:
        facts, agreed_on = one.facts(workshop), f"{one.order}agreed_on"
        found = _both_ways(facts, one.order, lookup, days, one.ways, by_day=True)
        names: tuple[str, ...] = SUMMED
        if one.orders is not None:
            names = ("orders", *SUMMED)
            agreed = facts.filter(**{f"{agreed_on}__{lookup}": days}).order_by()
            for *key, orders in agreed.values_list(agreed_on, *one.ways).annotate(n=one.orders):
                found[tuple(key)]["orders"] = orders
        rows.replace(
            one.model._default_manager.filter(**{"workshop": workshop, f"day__{lookup}": days}),
            ("workshop_id", "day", *one.by, *names),
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
