"""Price against volume on the desk: of each model what it cost and how much was ordered."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from simpul.insight.models import FactsKept
from simpul.insight.volume import Priced, priced
from simpul.lib import clock
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, demand
from simpul.ui import charts
from simpul.ui.jinja import number, rupiah

COLUMNS: tuple[Column, ...] = (
    (gettext_lazy("Model"), lambda one: f"{one.product.code} {one.product}"),
    (gettext_lazy("Price before"), lambda one: one.old if one.since else None),
    (gettext_lazy("Price since"), lambda one: one.new if one.since else None),
    (gettext_lazy("Since"), lambda one: one.since),
    (gettext_lazy("Orders since"), lambda one: one.orders.now if one.since else None),
    (gettext_lazy("Orders before"), lambda one: one.orders.before if one.since else None),
    (gettext_lazy("Others' orders since"), lambda one: one.others.now if one.since else None),
    (gettext_lazy("Others' orders before"), lambda one: one.others.before if one.since else None),
    (gettext_lazy("Trend"), lambda one: one.verdict_label),
)
COLUMNS_OF_MONTHS: tuple[Column, ...] = (
    (gettext_lazy("Month"), lambda month: month.first),
    (gettext_lazy("Price"), lambda month: month.price),
    (gettext_lazy("Pairs"), lambda month: month.pairs),
    (gettext_lazy("Orders"), lambda month: month.orders),
)


@require_safe
def prices(request: Request) -> HttpResponse:
    """All models with the last change of their price; `?model=`: the months of one of them."""
    demand(request, "insight.see_trend", request.workshop)
    rows = priced(request.workshop, clock.today())
    slug = request.GET.get("model", "")
    chosen = next((one for one in rows if one.product.slug == slug), rows[0] if rows else None)
    answer = (
        chosen
        and download(
            request,
            f"prices-{chosen.product.slug}",
            COLUMNS_OF_MONTHS,
            chosen.months,
            of="months",
        )
    ) or download(request, "prices", COLUMNS, rows)
    if answer:
        return answer
    context = {
        "kept": FactsKept.objects.filter(workshop=request.workshop).first(),
        "changed": [one for one in rows if one.since],
        "said": [
            f"{one.product.code} {one.product} {one.verdict_label}" for one in rows if one.verdict
        ],
        "rows": rows,
        "chosen": chosen,
        "chart": _chart(chosen) if chosen and chosen.points else None,
        "months_list": {"list": "months", "model": chosen.product.slug if chosen else ""},
    }
    return render(request, "workshop/insight/prices.html", context)


def _chart(one: Priced) -> charts.Chart:
    return charts.points(
        str(one.product),
        _("Each point is a month: to the right what a pair cost, up how many were ordered."),
        one.points,
        (rupiah, number),
        (_("price of a pair"), _("pairs a month")),
    )
