"""The four factors and the way of customers on one page, each figure with its rows."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from simpul.insight import factors as told
from simpul.insight.factors import AIMS, BUYERS, Step
from simpul.insight.models import FactsKept, WorkingsKept
from simpul.lib import clock
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, demand
from simpul.ui import charts
from simpul.ui.jinja import number

A_PAGE = 25
COLUMNS: tuple[Column, ...] = (
    (gettext_lazy("Buyer"), lambda row: row.buyer.name),
    (gettext_lazy("First order"), lambda row: row.first_on),
    (gettext_lazy("Last order"), lambda row: row.last_on),
    (gettext_lazy("Orders"), lambda row: row.orders),
    (gettext_lazy("Revenue"), lambda row: row.sold),
)
COLUMNS_OF_STEPS: tuple[Column, ...] = (
    (gettext_lazy("Step"), lambda row: str(row[0].label)),
    (gettext_lazy("How many"), lambda row: row[1]),
)


@require_safe
def factors(request: Request) -> HttpResponse:
    demand(request, "insight.see_trend", request.workshop)
    asked = request.GET.get("step", "")
    step = Step(asked) if asked in BUYERS else None
    rows = told.buyers_on(request.person, step) if step else None
    if rows is not None:
        answer = download(request, "buyers", COLUMNS, rows, is_personal=True)
        if answer:
            return answer
    counts = told.funnel(request.person)
    if answer := download(request, "steps", COLUMNS_OF_STEPS, counts.items(), of="steps"):
        return answer
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page")) if rows is not None else None
    context = {
        "figures": told.figures(request.person, clock.today()),
        "aims": AIMS,
        "counts": counts,
        "buyer_steps": BUYERS,
        "funnel_chart": _chart(counts),
        "step": step,
        "page": page,
        "facts": FactsKept.objects.filter(workshop=request.workshop).first(),
        "kept": WorkingsKept.objects.filter(workshop=request.workshop).first(),
    }
    return render(request, "workshop/insight/factors.html", context)


def _chart(counts: dict[Step, int]) -> charts.Chart | None:
    if not any(counts.values()):
        return None
    return charts.bars(
        _("From prospect to loyal customer"),
        _("Everybody stands on one step only."),
        [charts.Bar(str(step.label), count) for step, count in counts.items()],
        number,
    )
