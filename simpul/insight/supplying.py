"""What the forecast means in leather and soles: needs of material, when to buy, and what to keep.

A part of the job of the night (`insight.demand`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from simpul.catalog.models import Recipe
from simpul.insight.methods.histories import Array
from simpul.insight.methods.safety_stock import FEWEST_DELIVERIES, Stock, safety_stock
from simpul.insight.models import DemandForecast, ForecastSize, MaterialForecast
from simpul.lib import clock
from simpul.lib.quantities import MILLI
from simpul.parties.models import Party, Workshop
from simpul.procurement import planning
from simpul.procurement.models import GoodsReceipt, PurchaseLine, PurchaseOrder, SupplierPrice
from simpul.procurement.planning import Shelf
from simpul.stock.models import Item

YEARS = 2  # of deliveries that say how punctual a supplier is
A_YEAR = 52  # weeks whose demand says how much it varies
STEP = 100  # thousandths: no forecast is finer than a tenth of a unit
A_WEEK = 7
FEWEST_WEEKS = 2  # with fewer it is not known how much the demand varies


@dataclass(slots=True)
class Eaten:
    """What the models eat of a material: needs by weeks, and what went into the demand of each week of
    the year that was, of which the last `known` are known."""

    needs: dict[int, int] = field(default_factory=lambda: dict.fromkeys(DemandForecast.SPANS, 0))
    weekly: Array = field(default_factory=lambda: np.zeros(A_YEAR))
    known: int = 0


class Source(NamedTuple):
    """Who would be asked for a material, the days that he says, and those that his deliveries took."""

    supplier: Party
    said: int
    took: list[int]

    @property
    def lead_days(self) -> int:
        return round(sum(self.took) / len(self.took)) if self.took else self.said


def supplies(
    workshop: Workshop, sizes: Sequence[ForecastSize], weekly: Mapping[int, Array], today: date
) -> list[MaterialForecast]:
    """Return what the pairs that are still to be ordered (`sizes`) need of each material.

    `weekly`: the pairs of each model by week, the latest last. What is ordered already stands in the
    orders' own needs, and is not among `sizes`.
    """
    eaten = _eaten(sizes, weekly)
    if not eaten:
        return []
    lacking, free = planning.uncovered(workshop), planning.free_stock(workshop)
    coming = _coming(workshop)
    sources = _sources(workshop, eaten)
    items = Item.objects.filter(workshop=workshop, material__in={one for one, _size in eaten})
    keys = {(one.material_id, one.size): one.pk for one in items.order_by("pk")}
    found = []
    for shelf, mine in sorted(eaten.items()):
        source = sources.get(shelf)
        stock = _stock(mine, source)
        step = MILLI if shelf[1] else STEP  # what has a size is counted in whole units
        row = MaterialForecast(
            workshop=workshop,
            material_id=shelf[0],
            size=shelf[1],
            item_id=keys.get(shelf),
            as_of=today,
            needs_4=_tidy(mine.needs[4], step),
            needs_8=_tidy(mine.needs[8], step),
            needs_12=_tidy(mine.needs[12], step),
            lacking=lacking.get(shelf, 0),
            free=free.get(shelf, 0),
            coming=coming.get(shelf, 0),
            supplier=source.supplier if source else None,
            lead_days=source.lead_days if source else None,
            deliveries=len(source.took) if source else 0,
            safety=_tidy(stock.safety, step) if stock else None,
            reorder_at=_tidy(stock.reorder_at, step) if stock else None,
        )
        row.buy_by = _buy_by(row, today)
        found.append(row)
    return found


def _eaten(sizes: Sequence[ForecastSize], weekly: Mapping[int, Array]) -> dict[Shelf, Eaten]:
    """Explode what is expected by the recipes in force; models without one eat nothing that is known."""
    by_model: dict[int, list[ForecastSize]] = defaultdict(list)
    for one in sizes:
        by_model[one.variant.colourway.product_id].append(one)
    recipes = Recipe.objects.filter(product__in=by_model).for_needs().order_by("version")
    in_force = {one.product_id: one for one in recipes}
    found: dict[Shelf, Eaten] = defaultdict(Eaten)
    for product, recipe in sorted(in_force.items()):
        mine = by_model[product]
        for weeks in DemandForecast.SPANS:
            for shelf, quantity in _exploded(recipe, mine, weeks).items():
                found[shelf].needs[weeks] += quantity
        pairs = sum(one.pairs_12 for one in mine)
        last = weekly[product][-A_YEAR:]
        for shelf, quantity in _exploded(recipe, mine, 12).items() if pairs else ():
            found[shelf].weekly[A_YEAR - len(last) :] += last * (quantity / pairs)
            found[shelf].known = max(found[shelf].known, len(last))
    return found


def _exploded(recipe: Recipe, rows: Sequence[ForecastSize], weeks: int) -> dict[Shelf, int]:
    colourways = {one.variant.colourway_id: one.variant.colourway for one in rows}
    found: dict[Shelf, int] = defaultdict(int)
    for key, colourway in colourways.items():
        pairs = {
            one.variant.size: one.pairs(weeks) for one in rows if one.variant.colourway_id == key
        }
        for need in recipe.explode(colourway, pairs):
            found[need.material.pk, need.size] += need.quantity
    return found


def _coming(workshop: Workshop) -> dict[Shelf, int]:
    """Return what was bought for no order and has not come; drafts count."""
    lines = PurchaseLine.objects.filter(
        purchase__in=PurchaseOrder.objects.open(), purchase__workshop=workshop
    )
    found: dict[Shelf, int] = defaultdict(int)
    for material, size, rest in lines.loose("material", "size"):
        found[material, size] += rest
    return found


def _sources(workshop: Workshop, eaten: Mapping[Shelf, Eaten]) -> dict[Shelf, Source]:
    """Return of each material who would be asked for what twelve weeks take, as the plan does."""
    offers: dict[int, list[SupplierPrice]] = defaultdict(list)
    known = SupplierPrice.objects.filter(supplier__workshop=workshop).for_list()
    for offer in known.filter(material__in={one for one, _size in eaten}).order_by("pk"):
        offers[offer.material_id].append(offer)
    best = {
        shelf: planning.best_offer(offers[shelf[0]], max(mine.needs[12], MILLI))
        for shelf, mine in eaten.items()
        if offers.get(shelf[0])
    }
    took = _took({offer.supplier_id for offer in best.values()})
    return {
        shelf: Source(offer.supplier, offer.lead_days, took.get(offer.supplier_id, []))
        for shelf, offer in best.items()
    }


def _took(suppliers: Collection[int]) -> dict[int, list[int]]:
    """Return how many days each delivery of these suppliers took, from the asking on."""
    since = clock.now() - timedelta(weeks=YEARS * A_YEAR)
    came = GoodsReceipt.objects.filter(
        purchase__supplier__in=suppliers, purchase__sent_at__isnull=False, at__gte=since
    )
    found: dict[int, list[int]] = defaultdict(list)
    rows = came.order_by("pk").values_list("purchase__supplier", "purchase__sent_at", "at")
    for supplier, sent_at, at in rows:
        if sent_at is not None:
            found[supplier].append((clock.day_of(at) - clock.day_of(sent_at)).days)
    return found


def _stock(mine: Eaten, source: Source | None) -> Stock | None:
    """Return what to keep by the supplier's own punctuality; None where that is not known."""
    if source is None or len(source.took) < FEWEST_DELIVERIES or mine.known < FEWEST_WEEKS:
        return None
    return safety_stock(mine.weekly[A_YEAR - mine.known :], np.array(source.took) / A_WEEK)


def _buy_by(row: MaterialForecast, today: date) -> date | None:
    """Return the last day on which to buy so that it does not run out; today where it is too late; None
    where it lasts, or nobody is known who sells it. What is kept for safety is not waited for."""
    if row.lead_days is None:
        return None
    left = row.free + row.coming - row.lacking
    days, eaten = 0, 0
    if left >= row.needs_12:
        return None
    for weeks in DemandForecast.SPANS:
        if left < row.needs(weeks):
            step = weeks * A_WEEK - days
            more = row.needs(weeks) - eaten
            lasts = days + int(step * max(left - eaten, 0) / more) if more > 0 else days
            return today + timedelta(days=max(lasts - row.lead_days, 0))
        days, eaten = weeks * A_WEEK, row.needs(weeks)
    return None


def _tidy(quantity: float, step: int) -> int:
    """Round up to whole steps, in thousandths of a unit."""
    return int(-(-quantity // step)) * step
