"""On how few buyers the workshop hangs, and what goes with the first of them."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from simpul.insight.models import GroupedBuyer
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, demand
from simpul.portals.workshop.behaviour import kind_asked, told_of
from simpul.ui import charts

SHOWN = 10  # of the largest
FEW = 3  # buyers for a curve
VERY_FEW, RATHER_FEW = 30, 100  # as if there were so many of equal size, in tenths


class Large(NamedTuple):
    """One of the largest, with what he brought; shares in thousandths."""

    place: int
    buyer: GroupedBuyer
    permille: int
    upto: int  # he and those before him


COLUMNS: tuple[Column, ...] = (
    (_("Buyer"), lambda row: row.buyer.buyer.name),
    (_("Bought in twelve months"), lambda row: row.buyer.sold_year),
    (_("Share, %"), lambda row: row.permille / 10),
    (_("Together with those before, %"), lambda row: row.upto / 10),
)


@require_safe
def concentration(request: Request) -> HttpResponse:
    demand(request, "insight.see_trend", request.workshop)
    kind = kind_asked(request)
    context = told_of(request, kind)
    spread = context["told"].spread if context["told"] else {}
    rows = _largest(request, kind, spread)
    if answer := download(request, "largest", COLUMNS, rows, is_personal=True):
        return answer
    sees_left = request.person.may("insight.see_books", request.workshop)
    context |= {
        "spread": spread,
        "rows": rows,
        "first": rows[0] if rows else None,
        "verdict": _verdict(spread) if spread else "",
        "more": _more(rows[0], spread) if rows else None,
        "sees_left": sees_left,
        "chart": _chart(spread) if spread and spread["buyers"] >= FEW else None,
    }
    return render(request, "workshop/insight/behaviour/concentration.html", context)


def _largest(request: Request, kind: str, spread: dict[str, Any]) -> list[Large]:
    found = GroupedBuyer.objects.visible_to(request.person).filter(buys_as=kind, sold_year__gt=0)
    total, sums, rows = spread.get("total", 0), 0, []
    largest = found.select_related("buyer").order_by("-sold_year", "pk")[: SHOWN if total else 0]
    for place, buyer in enumerate(largest, start=1):
        sums += buyer.sold_year
        share = round(1000 * buyer.sold_year / total)
        rows.append(Large(place, buyer, share, round(1000 * sums / total)))
    return rows


def _verdict(spread: dict[str, Any]) -> str:
    if spread["as_if"] < VERY_FEW:
        return _now("The sales hang on very few.")
    if spread["as_if"] < RATHER_FEW:
        return _now("The sales hang on a few.")
    return _now("The sales rest on many shoulders.")


def _more(first: Large, spread: dict[str, Any]) -> int | None:
    """Return how much more the others had to buy to make up for the first, in thousandths; None where
    there are no others."""
    others = spread["total"] - first.buyer.sold_year
    return round(1000 * first.buyer.sold_year / others) if others > 0 else None


def _chart(spread: dict[str, Any]) -> charts.Chart:
    curve = spread["curve"]
    steps = [100 * at // (len(curve) - 1) for at in range(len(curve))]
    return charts.lines(
        _now("What the largest buyers bring"),
        _now("Across: so many of 100 buyers, the largest first. Up: so much of 100 rupiah."),
        [f"{one}%" for one in steps],
        [
            (_now("the largest"), [round(one / 10) for one in curve]),
            (_now("if all were equal"), steps),
        ],
        lambda value: f"{value}%",
    )
