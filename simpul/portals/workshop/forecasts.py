"""What will be asked for, as it was forecast last night: models, their sizes and colours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, F, Max, Min, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from simpul.insight.models import DemandForecast, ForecastSize, MaterialForecast
from simpul.insight.spans import WEEK
from simpul.lib.quantities import MILLI
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, demand
from simpul.ui import charts
from simpul.ui.jinja import day_month, number

A_PAGE = 50
COLUMNS_OF_PERIODS: tuple[Column, ...] = (
    (gettext_lazy("From"), lambda row: row[0]),
    (gettext_lazy("Pairs ordered"), lambda row: row[1]),
    (gettext_lazy("Expected"), lambda row: row[2]),
    (gettext_lazy("At least"), lambda row: row[3]),
    (gettext_lazy("At most"), lambda row: row[4]),
)

type Period = tuple[date, int | None, int | None, int | None, int | None]


@require_safe
def forecasts(request: Request) -> HttpResponse:
    """All models together, and each of them, for the weeks that one chooses."""
    demand(request, "insight.see_trend", request.workshop)
    weeks = _weeks(request)
    found = DemandForecast.objects.visible_to(request.person)
    rows = found.of_models().order_by("-expected", "pk")
    everything = found.filter(product=None).first()
    answer = (
        everything
        and download(request, "demand", COLUMNS_OF_PERIODS, _periods(everything), of="weeks")
    ) or download(request, "demand-models", _columns(weeks), rows)
    if answer:
        return answer
    ways = list(found.of_models().values_list("way", "judged"))
    naive = (DemandForecast.Way.NAIVE, DemandForecast.Way.SEASONAL)
    context = {
        "weeks": weeks,
        "spans": DemandForecast.SPANS,
        "everything": everything,
        "chart": _chart(everything) if everything else None,
        "periods": _periods(everything) if everything else [],
        "periods_list": {"list": "weeks"},
        "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        "models": len(ways),
        "judged": sum(bool(judged) for _way, judged in ways),
        "better": sum(way not in naive for way, _judged in ways),
        "way_of": _way_of,
    }
    return render(request, "workshop/insight/demand.html", context)


@require_safe
def forecast(request: Request, slug: str) -> HttpResponse:
    """One model: what was, what is expected, how good that is, and of which sizes and colours."""
    demand(request, "insight.see_trend", request.workshop)
    found = DemandForecast.objects.visible_to(request.person).of_models()
    one = get_object_or_404(found, product__slug=slug)
    weeks = _weeks(request)
    sizes = list(one.sizes.select_related("variant__colourway").order_by("pk"))
    answer = (
        download(request, f"demand-{slug}-sizes", _columns_of_sizes(), sizes, of="sizes")
        or download(request, f"demand-{slug}-ways", COLUMNS_OF_WAYS, one.ways, of="ways")
        or download(request, f"demand-{slug}", COLUMNS_OF_PERIODS, _periods(one), of="weeks")
    )
    if answer:
        return answer
    colours = list({row.variant.colourway_id: row.variant.colourway for row in sizes}.values())
    context = {
        "one": one,
        "weeks": weeks,
        "spans": DemandForecast.SPANS,
        "span": one.span(weeks),
        "chart": _chart(one),
        "periods": _periods(one),
        "colours": colours,
        "sizes": _by_size(sizes, [colour.pk for colour in colours], weeks),
        "way_of": _way_of,
        "weeks_list": {"list": "weeks"},
        "ways_list": {"list": "ways"},
        "sizes_list": {"list": "sizes"},
    }
    return render(request, "workshop/insight/demand_model.html", context)


@require_safe
def materials(request: Request) -> HttpResponse:
    """What the forecast takes in material: what to buy, by when, and what to keep."""
    demand(request, "insight.see_trend", request.workshop)
    weeks = _weeks(request)
    found = MaterialForecast.objects.visible_to(request.person)
    rows = found.select_related("material", "supplier", "item").in_order()
    if answer := download(request, "demand-materials", _columns_of_materials(weeks), rows):
        return answer
    counts = found.aggregate(
        all=Count("pk"),
        now=Count("material", filter=Q(buy_by__lte=F("as_of")), distinct=True),  # not each size
        later=Min("buy_by"),
        as_of=Max("as_of"),
    )
    context = {
        "weeks": weeks,
        "spans": DemandForecast.SPANS,
        "materials": counts["all"],
        "now": counts["now"],
        "later": counts["later"],
        "as_of": counts["as_of"],
        "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        "may_set": request.person.may("stock.set_reorder_point", request.workshop),
    }
    return render(request, "workshop/insight/demand_materials.html", context)


def _weeks(request: Request) -> int:
    asked = request.GET.get("weeks", "")
    return int(asked) if asked in {str(one) for one in DemandForecast.SPANS} else 8


def _columns(weeks: int) -> list[Column]:
    return [
        (gettext_lazy("Model"), lambda one: f"{one.product.code} {one.product.name}"),
        (gettext_lazy("Demand"), lambda one: str(one.get_pattern_display())),
        (_("Expected in %(weeks)s weeks") % {"weeks": weeks}, lambda one: one.span(weeks).expected),
        (gettext_lazy("At least"), lambda one: one.span(weeks).low),
        (gettext_lazy("At most"), lambda one: one.span(weeks).high),
        (gettext_lazy("Ordered this week"), lambda one: one.ordered),
        (gettext_lazy("Not delivered yet"), lambda one: one.undelivered),
        (gettext_lazy("Way to forecast"), lambda one: _way_of(one.way, one.with_feasts)),
        (gettext_lazy("Nearer than like last time, %"), lambda one: one.gain_percent),
    ]


COLUMNS_OF_WAYS: tuple[Column, ...] = (
    (gettext_lazy("Way to forecast"), lambda one: _way_of(one.way, one.with_feasts)),
    ("MASE", lambda one: one.mase),
    ("RMSSE", lambda one: one.rmsse),
    (gettext_lazy("Bias, %"), lambda one: round(100 * one.bias)),
    ("Pinball", lambda one: one.pinball),
)


def _columns_of_sizes() -> list[Column]:
    def pairs(weeks: int) -> Column:
        heading = _("To come in %(weeks)s weeks") % {"weeks": weeks}
        return heading, lambda row: row.pairs(weeks)

    return [
        (gettext_lazy("Colour"), lambda row: str(row.variant.colourway)),
        (gettext_lazy("Size"), lambda row: row.variant.size),
        *(pairs(weeks) for weeks in DemandForecast.SPANS),
    ]


def _columns_of_materials(weeks: int) -> list[Column]:
    def amount(heading: Any, of: Callable[[MaterialForecast], int | None]) -> Column:
        return heading, lambda row: None if of(row) is None else (of(row) or 0) / MILLI

    return [
        (gettext_lazy("Code"), lambda row: row.material.code),
        (gettext_lazy("Material"), lambda row: str(row.material)),
        (gettext_lazy("Size"), lambda row: row.size),
        (gettext_lazy("Unit"), lambda row: row.material.unit_here),
        (gettext_lazy("Buy by"), lambda row: row.buy_by),
        amount(gettext_lazy("To buy"), lambda row: row.to_buy(weeks)),
        amount(gettext_lazy("Orders to come need"), lambda row: row.needs(weeks)),
        amount(gettext_lazy("Running orders lack"), lambda row: row.lacking),
        amount(gettext_lazy("Free"), lambda row: row.free),
        amount(gettext_lazy("On its way"), lambda row: row.coming),
        (gettext_lazy("Supplier"), lambda row: row.supplier.name if row.supplier else ""),
        (gettext_lazy("Days"), lambda row: row.lead_days),
        (gettext_lazy("Deliveries"), lambda row: row.deliveries),
        amount(gettext_lazy("Safety stock"), lambda row: row.safety),
        amount(gettext_lazy("Proposed reorder point"), lambda row: row.reorder_at),
    ]


def _way_of(way: str, with_feasts: bool) -> str:
    """Say a way in words; that of a forecast, or one that competed."""
    label = str(DemandForecast.Way(way).label)
    return _("%(way)s, with the feasts") % {"way": label} if with_feasts else label


def _periods(one: DemandForecast) -> list[Period]:
    """Return the periods that were and those to come, by their first days."""
    each = one.weeks_each * WEEK
    was: list[Period] = [
        (one.begins - (len(one.past) - at) * each, pairs, None, None, None)
        for at, pairs in enumerate(one.past)
    ]
    return was + [
        (one.begins + at * each, None, mean, low, high)
        for at, (mean, low, high) in enumerate(one.ahead)
    ]


def _by_size(
    rows: Sequence[ForecastSize], colours: Sequence[int], weeks: int
) -> list[tuple[str, list[int]]]:
    """Return the pairs of each size, colour by colour."""
    found: dict[str, dict[int, int]] = {}
    for row in rows:
        found.setdefault(row.variant.size, {})[row.variant.colourway_id] = row.pairs(weeks)
    return [(size, [found[size].get(one, 0) for one in colours]) for size in sorted(found)]


def _chart(one: DemandForecast) -> charts.Chart:
    """What was, a whole line; what is expected, a dashed one that begins where the first ends."""
    periods, was = _periods(one), len(one.past)
    ahead = [*[None] * (was - 1), one.past[-1], *(row[2] for row in periods[was:])]
    limits = [
        (low, high) if low is not None and high is not None else None
        for _first, _was, _mean, low, high in periods
    ]
    return charts.lines(
        _("Pairs a week") if one.weeks_each == 1 else _("Pairs in four weeks"),
        _("What was ordered, and what is expected from %(day)s on.")
        % {"day": day_month(one.begins)},
        [day_month(first) for first, *_rest in periods],
        [
            (_("ordered"), [row[1] for row in periods]),
            (_("expected"), ahead),
        ],
        number,
        (_("8 of 10 cases"), limits),
    )
