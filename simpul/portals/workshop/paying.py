"""How buyers pay what is due, in words: days late, what they said of transfers, and the trend."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from simpul.insight.models import PayingBuyer
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, demand
from simpul.portals.workshop.behaviour import kind_asked, told_of
from simpul.portals.workshop.parties import find_parties
from simpul.ui import charts
from simpul.ui.jinja import month, quantity

A_PAGE = 50
COLUMNS: tuple[Column, ...] = (
    (_("Buyer"), lambda one: one.buyer.name),
    (_("How it pays"), lambda one: one.get_trait_display()),
    (_("Instalments due"), lambda one: one.parts),
    (_("on the day or sooner"), lambda one: one.on_time),
    (_("Days late"), lambda one: one.days_late / 1000),
    (_("Overdue now"), lambda one: one.overdue),
    (_("Reported transfers"), lambda one: one.claims),
    (_("of them came"), lambda one: one.came_true),
    (_("reported before the money came"), lambda one: one.before_money),
)
QUARTERS: tuple[Column, ...] = (
    (_("Quarter from"), lambda row: row.first),
    (_("Instalments due"), lambda row: row.parts),
    (_("on the day or sooner"), lambda row: row.on_time),
    (_("Days late"), lambda row: row.days_late / 1000),
)


class Quarter(NamedTuple):
    first: date
    parts: int
    on_time: int
    days_late: int  # of the average rupiah, in thousandths


@require_safe
def paying(request: Request) -> HttpResponse:
    demand(request, "insight.see_trend", request.workshop)
    kind, trait = kind_asked(request), request.GET.get("trait", "")
    words = request.GET.get("q", "").strip()
    found = PayingBuyer.objects.visible_to(request.person).filter(buys_as=kind)
    chosen = found.filter(trait=trait) if trait in PayingBuyer.Trait.values else found
    if words:
        chosen = chosen.filter(buyer__in=find_parties(request, words))
    rows = chosen.select_related("buyer").order_by("-days_late", "pk")
    context = told_of(request, kind)
    told = context["told"].paying if context["told"] else {}
    quarters = [
        Quarter(date.fromisoformat(first), *rest) for first, *rest in told.get("quarters", [])
    ]
    answer = download(request, "paying-by-quarter", QUARTERS, quarters, of="quarters") or download(
        request, "paying", COLUMNS, rows, is_personal=True
    )
    if answer:
        return answer
    context |= {
        "trait": trait if trait in PayingBuyer.Trait.values else "",
        "traits": PayingBuyer.Trait,
        "words": words,
        "sums": _sums(found),
        "since": date.fromisoformat(told["since"]) if told else None,
        "days_late": told.get("days_late", 0),
        "quarters": quarters,
        "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        "chart": _chart(quarters) if len(quarters) > 1 else None,
        "quarters_list": {"kind": kind, "list": "quarters"},
    }
    return render(request, "workshop/insight/behaviour/paying.html", context)


def _sums(found: Any) -> dict[str, int]:
    traits = {trait.value: Count("pk", filter=Q(trait=trait.value)) for trait in PayingBuyer.Trait}
    sums = {
        name: Sum(name, default=0)
        for name in ("parts", "on_time", "overdue", "claims", "came_true", "before_money")
    }
    return dict(found.order_by().aggregate(all=Count("pk"), **traits, **sums))


def _chart(quarters: list[Quarter]) -> charts.Chart:
    return charts.lines(
        _now("Days late, quarter by quarter"),
        _now("Of the average rupiah that was due in it."),
        [f"{month(one.first)[:3]} {one.first:%y}" for one in quarters],
        [(_now("days late"), [one.days_late for one in quarters])],
        lambda milli: quantity(round(milli, -2)),
    )
