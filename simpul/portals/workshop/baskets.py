"""Which models are ordered together more often than chance would have it."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from simpul.catalog.models import Product
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, demand
from simpul.portals.workshop.behaviour import kind_asked, told_of
from simpul.ui import charts

SHOWN = 8  # bars; the table has all


class Together(NamedTuple):
    """Whoever orders `first` orders `second` too in `both` of `of` orders; `lift` times as often as by
    chance, at least `low` times, both in thousandths."""

    first: Product
    second: Product
    both: int
    of: int
    lift: int
    low: int
    orders: int  # all that were looked at

    @property
    def share(self) -> int:
        """Of a hundred orders with the first: so many with the second too."""
        return round(100 * self.both / self.of)

    @property
    def usual(self) -> int:
        """Of a hundred orders of all: so many with the second."""
        return round(100_000 * self.both / self.of / self.lift)

    @property
    def of_all(self) -> float:
        """The share of all orders that have both."""
        return self.both / self.orders


COLUMNS: tuple[Column, ...] = (
    (_("Who orders"), lambda row: str(row.first)),
    (_("also orders"), lambda row: str(row.second)),
    (_("Orders with both"), lambda row: row.both),
    (_("Of 100 orders, %"), lambda row: round(100 * row.of_all, 1)),
    (_("Of 100 orders with the first"), lambda row: row.share),
    (_("Times as often as by chance"), lambda row: row.lift / 1000),
    (_("at least"), lambda row: row.low / 1000),
)


@require_safe
def baskets(request: Request) -> HttpResponse:
    demand(request, "insight.see_trend", request.workshop)
    kind = kind_asked(request)
    context = told_of(request, kind)
    found = context["told"].together if context["told"] else {}
    rows = _rows(request, found)
    if answer := download(request, "together", COLUMNS, rows):
        return answer
    context |= {
        "found": found,
        "since": date.fromisoformat(found["since"]) if found else None,
        "rows": rows,
        "chart": _chart(rows[:SHOWN]) if rows else None,
    }
    return render(request, "workshop/insight/behaviour/baskets.html", context)


def _rows(request: Request, found: dict[str, Any]) -> list[Together]:
    pairs = found.get("pairs", [])
    keys = {key for first, second, *_rest in pairs for key in (first, second)}
    models = Product.objects.filter(workshop=request.workshop).in_bulk(keys)
    return [
        Together(models[first], models[second], both, of, 10 * lift, 10 * low, found["orders"])
        for first, second, both, of, lift, low in pairs
        if first in models and second in models
    ]


def _chart(rows: list[Together]) -> charts.Chart:
    return charts.bars(
        _now("Of 100 orders with the first model, so many have the second too"),
        _now("The hatched bar: of 100 orders of all."),
        [charts.Bar(f"{row.first} + {row.second}", row.share, row.usual) for row in rows],
        lambda value: f"{value}",
        (_now("with the first model"), _now("of all orders")),
    )
