"""Forecast what will be asked for: what the job of the night does. Pages read `DemandForecast`.

Only this module asks `methods` for it; whoever imports it loads scipy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite

import numpy as np
from django.db import transaction
from django.db.models import Min, Sum

from simpul.catalog.models import Variant
from simpul.insight import nightly
from simpul.insight.methods import feasts
from simpul.insight.methods.histories import Array
from simpul.insight.methods.intermittent import classify
from simpul.insight.methods.judging import FEASTS, FEWEST_ORIGINS, Forecast, forecast
from simpul.insight.methods.size_curve import curve, split
from simpul.insight.models import (
    DemandForecast,
    ForecastSize,
    MaterialForecast,
    ModelDay,
    ModelMonth,
    PairsFact,
)
from simpul.insight.spans import WEEK, months_back
from simpul.insight.supplying import supplies
from simpul.lib import clock
from simpul.lib.workdays import DAY, IDUL_FITRI
from simpul.parties.models import Workshop

A_BATCH = 1_000
LONGEST = 160  # weeks that are looked at: three years, and some
FEWEST = 8  # weeks that a model is known for before anything is said of it
IDLE = 52  # weeks without an order after which nothing is said of it any more
HORIZON = max(DemandForecast.SPANS)  # weeks
COARSE = 4  # weeks to a period, where demand does not come in every one
SHOWN = 52  # weeks of the past that are kept for the page
SPLIT_BY = 12  # months whose sales say how a model falls on its sizes and colours

type Sold = dict[date, int]  # pairs by the Monday of their week


@dataclass(frozen=True, slots=True)
class Known:
    """A model's pairs by week, the latest last (the running week is not among them), and what was
    agreed on in the running one."""

    weekly: Array
    ordered: int


def is_needed(workshop: Workshop) -> bool:
    """Whether anything was ever agreed on, and nobody has forecast it today."""
    return nightly.is_of_yesterday(DemandForecast, ModelDay, of=workshop)


def foretell(workshop: Workshop) -> None:
    """Forecast all models of a workshop anew, and all of them together."""
    today = clock.today()
    begins = today - today.weekday() * DAY
    known, everything = weekly_demand(workshop, begins)
    undelivered = _undelivered(workshop)
    rows = [
        _forecast(workshop, product, one, undelivered.get(product, 0), begins)
        for product, one in sorted(known.items())
    ]
    if rows:
        whole = sum(undelivered.values())
        rows.append(_forecast(workshop, None, everything, whole, begins))
    sizes = _sizes(workshop, rows, today)
    weekly = {product: one.weekly for product, one in known.items()}
    materials = supplies(workshop, sizes, weekly, today)
    with transaction.atomic():
        DemandForecast.objects.filter(workshop=workshop).delete()
        DemandForecast.objects.bulk_create(rows, batch_size=A_BATCH)
        ForecastSize.objects.bulk_create(sizes, batch_size=A_BATCH)
        MaterialForecast.objects.filter(workshop=workshop).delete()
        MaterialForecast.objects.bulk_create(materials, batch_size=A_BATCH)


# What is known


def weekly_demand(workshop: Workshop, begins: date) -> tuple[dict[int, Known], Known]:
    """Return of each model that is asked for (by its key) its pairs week by week up to the week that
    `begins`, since it was first; and of all together, also of those that are new or that nobody asks
    for any more: without them the workshop would seem to grow."""
    days = ModelDay.objects.filter(workshop=workshop, pairs__gt=0).order_by()
    first = dict(days.values_list("product").annotate(day=Min("day")))
    by_week: dict[int, Sold] = defaultdict(lambda: defaultdict(int))
    recent = days.filter(day__gte=begins - LONGEST * WEEK)
    for product, day, pairs in recent.values_list("product", "day", "pairs").iterator():
        by_week[product][day - day.weekday() * DAY] += pairs
    found = {}
    whole: Sold = defaultdict(int)
    for product, sold in by_week.items():
        one = _by_week(sold, first[product], begins)
        if len(one.weekly) >= FEWEST and any(sold.get(begins - n * WEEK) for n in range(IDLE + 1)):
            found[product] = one
        for monday, pairs in sold.items():
            whole[monday] += pairs
    return found, _by_week(whole, min(first.values(), default=begins), begins)


def _by_week(sold: Sold, first: date, begins: date) -> Known:
    since = max(first - first.weekday() * DAY, begins - LONGEST * WEEK)
    mondays = [begins - n * WEEK for n in range((begins - since).days // 7, 0, -1)]
    weekly = [sold.get(monday, 0) for monday in mondays]
    return Known(np.array(weekly, dtype=np.float64), sold.get(begins, 0))


def _undelivered(workshop: Workshop) -> dict[int, int]:
    """Return how many pairs of each model stand in orders that are not wholly delivered."""
    parts = PairsFact.objects.filter(order__workshop=workshop, order__delivered_on=None)
    rows = parts.order_by().values_list("variant__colourway__product")
    return dict(rows.annotate(n=Sum("pairs")))


# What follows from it


def _forecast(
    workshop: Workshop, product: int | None, known: Known, undelivered: int, begins: date
) -> DemandForecast:
    each, told = _told(known, begins)
    series, on_hand = _periods(known.weekly, each), _first(known.ordered, len(told.mean))
    spans = [_span(told, on_hand, each, weeks) for weeks in DemandForecast.SPANS]
    mean = told.with_orders_on_hand(on_hand)
    return DemandForecast(
        workshop=workshop,
        product_id=product,
        as_of=clock.today(),
        begins=begins,
        weeks_each=each,
        pattern=told.demand.pattern.value,
        adi=told.demand.adi,
        cv2=told.demand.cv2,
        way=told.way.removesuffix(FEASTS),
        with_feasts=told.way.endswith(FEASTS),
        ordered=known.ordered,
        undelivered=undelivered,
        expected=spans[-1][1] or 0,
        past=[int(one) for one in series[-(SHOWN // each) :]],
        ahead=[
            [round(float(one)), *_limits(told, at, at + 1, on_hand)] for at, one in enumerate(mean)
        ],
        spans=spans,
        judged=_judged(told),
    )


def _told(known: Known, begins: date) -> tuple[int, Forecast]:
    """Forecast week by week where demand comes in most weeks and there are enough of them to judge by;
    else by four weeks. Return how many weeks a period has, too."""
    if not classify(known.weekly).pattern.is_seldom:
        weekly = _ask(known.weekly, 1, begins)
        if weekly.judged:
            return 1, weekly
    return COARSE, _ask(_periods(known.weekly, COARSE), COARSE, begins)


def _ask(series: Array, each: int, begins: date) -> Forecast:
    horizon = HORIZON // each
    starts = [begins + n * each * WEEK for n in range(-len(series), horizon)]
    a_year = 52 // each
    is_seen_twice = len(series) >= 2 * a_year + horizon + FEWEST_ORIGINS - 1
    return forecast(
        series,
        horizon,
        season=a_year if is_seen_twice else 1,
        feasts=feasts.around(IDUL_FITRI, starts, 7 * each),
    )


def _periods(weekly: Array, each: int) -> Array:
    """Put weeks together to whole periods; the first one has the weeks that are over."""
    whole = np.pad(weekly, (-len(weekly) % each, 0))
    return np.asarray(whole.reshape(-1, each).sum(axis=1))


def _first(ordered: int, periods: int) -> list[int]:
    """Return what is ordered of each period to come: all of it of the one that runs."""
    return [ordered, *[0] * (periods - 1)]


def _span(told: Forecast, on_hand: list[int], each: int, weeks: int) -> list[int | None]:
    periods = weeks // each
    mean = told.with_orders_on_hand(on_hand)
    return [weeks, round(float(mean[:periods].sum())), *_limits(told, 0, periods, on_hand)]


def _limits(told: Forecast, first: int, last: int, on_hand: list[int]) -> list[int | None]:
    between = told.between(first, last, on_hand)
    return [None, None] if between is None else [round(one) for one in between]


def _judged(told: Forecast) -> list[list[object]]:
    return [
        [
            name.removesuffix(FEASTS),
            name.endswith(FEASTS),
            *(_plain(one) for one in (how.mase, how.rmsse, how.bias, how.pinball)),
        ]
        for name, how in told.judged.items()
    ]


def _plain(figure: float) -> float | None:
    return round(figure, 3) if isfinite(figure) else None


# How it falls on sizes and colours


def _sizes(workshop: Workshop, rows: Sequence[DemandForecast], today: date) -> list[ForecastSize]:
    """Return what is still to be ordered of each size of each colourway: a model's own shares, drawn
    to those of its category; each size's share is the same in all colours of a model."""
    offered: dict[int, dict[int, dict[str, Variant]]] = defaultdict(lambda: defaultdict(dict))
    products = [row.product_id for row in rows if row.product_id is not None]
    variants = Variant.objects.filter(is_offered=True, colourway__product__in=products)
    for one in variants.select_related("colourway__product").order_by("pk"):
        offered[one.colourway.product_id][one.colourway_id][one.size] = one
    sold = _sold(workshop, today)
    by_size, by_colour = _shares(sold, 1), _shares(sold, 0)
    return [
        one
        for row in rows
        if row.product_id in offered
        for one in _split(row, offered[row.product_id], by_size, by_colour)
    ]


type Cells = dict[tuple[int, int], dict[tuple[str, str], int]]
"""Of a category and a model: pairs by colour and size."""


def _sold(workshop: Workshop, today: date) -> Cells:
    months = ModelMonth.objects.filter(
        workshop=workshop, month__gte=months_back(today, SPLIT_BY), pairs__gt=0
    )
    found: Cells = defaultdict(lambda: defaultdict(int))
    way = "variant__colourway"
    rows = months.order_by().values_list(
        f"{way}__product__category", f"{way}__product", f"{way}__name", "variant__size"
    )
    for category, product, colour, size, pairs in rows.annotate(n=Sum("pairs")):
        found[category, product][colour, size] += pairs
    return found


class _Shares:
    """The curve of one category: what each of its models sold by colour, or by size."""

    def __init__(self, models: Mapping[int, Mapping[str, int]]) -> None:
        self.keys = sorted({key for sold in models.values() for key in sold})
        self.sold = {one: [of.get(key, 0) for key in self.keys] for one, of in models.items()}
        self.curve = curve(list(self.sold.values()))

    def of(self, product: int, keys: Sequence[str]) -> Array:
        """Return the shares of a model's own sizes or colours; all alike where none of them was sold."""
        shares = self.curve.of(self.sold.get(product, [0] * len(self.keys)))
        known = dict(zip(self.keys, shares.tolist(), strict=True))
        found = np.array([known.get(key, 0.0) for key in keys])
        return found if found.any() else np.ones(len(keys))


def _shares(sold: Cells, at: int) -> dict[int, _Shares]:
    """Return the curves by category; `at`: of colours 0, of sizes 1."""
    found: dict[int, dict[int, dict[str, int]]] = defaultdict(dict)
    for (category, product), cells in sold.items():
        mine: dict[str, int] = defaultdict(int)
        for cell, pairs in cells.items():
            mine[cell[at]] += pairs
        found[category][product] = mine
    return {category: _Shares(models) for category, models in found.items()}


def _split(
    row: DemandForecast,
    offered: Mapping[int, Mapping[str, Variant]],
    by_size: Mapping[int, _Shares],
    by_colour: Mapping[int, _Shares],
) -> list[ForecastSize]:
    variants = [one for sizes in offered.values() for one in sizes.values()]
    category = variants[0].colourway.product.category_id
    assert row.product_id is not None  # noqa: S101 - all together are not split
    shares = np.ones(len(variants))
    for curves, key_of in ((by_colour, _colour), (by_size, _size)):
        if category in curves:
            keys = sorted({key_of(one) for one in variants})
            each = dict(zip(keys, curves[category].of(row.product_id, keys), strict=True))
            shares *= [each[key_of(one)] for one in variants]
    if not shares.any():
        shares = np.ones(len(variants))
    parts = [
        split(max(row.span(weeks).expected - row.ordered, 0), shares)
        for weeks in DemandForecast.SPANS
    ]
    return [
        ForecastSize(forecast=row, variant=one, pairs_4=four, pairs_8=eight, pairs_12=twelve)
        for one, four, eight, twelve in zip(
            variants, *(part.tolist() for part in parts), strict=True
        )
        if four or eight or twelve
    ]


def _colour(variant: Variant) -> str:
    return variant.colourway.name


def _size(variant: Variant) -> str:
    return variant.size
