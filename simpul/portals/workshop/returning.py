"""Who is still a customer, as it was judged last night: chances, silences, and the back-test."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from simpul.insight.models import BuyerOutlook, BuyingOutlook
from simpul.parties.models import Party
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, demand
from simpul.portals.workshop.parties import find_parties
from simpul.ui import charts
from simpul.ui.jinja import month, number

A_PAGE = 50
KINDS = (Party.BuysAs.DISTRIBUTOR, Party.BuysAs.CONSUMER)
COLUMNS: tuple[Column, ...] = (
    (_("Buyer"), lambda one: one.buyer.name),
    (_("Last order"), lambda one: one.last_on),
    (_("Days on which they ordered"), lambda one: one.orders),
    (_("Days between two orders"), lambda one: one.usual),
    (_("Days of silence that count"), lambda one: one.waited),
    (_("Of 100 such gaps so many are longer"), lambda one: one.longer_of_100),
    (_("Still a customer, %"), lambda one: one.alive_percent and one.alive_percent[0]),
    (_("At least, %"), lambda one: one.alive_percent and one.alive_percent[1]),
    (_("At most, %"), lambda one: one.alive_percent and one.alive_percent[2]),
    (_("Orders expected in three months"), lambda one: one.expected and round(one.expected, 2)),
    (_("Orders, at least"), lambda one: one.least),
    (_("Orders, at most"), lambda one: one.most),
    (_("At stake in a year"), lambda one: one.stake),
)
LEFT: tuple[Column, ...] = (
    (_("What these orders leave"), lambda one: one.worth),
    (_("What three years leave"), lambda one: one.lifetime),
)


class Row(NamedTuple):
    """Those who had ordered again so often; orders of each in thousandths."""

    times: int
    buyers: int
    expected: int
    ordered: int


class Point(NamedTuple):
    """Repeat orders up to a day, since the beginning; `is_held_back`: the model did not know them."""

    day: date
    came: int
    expected: int
    is_held_back: bool


class Tested(NamedTuple):
    """The back-test of a kind of buyers: what was foretold for the days held back, and what came."""

    first: date  # of these days
    last: date
    ordered: int
    expected: int
    repeated: int
    is_better: bool
    rows: list[Row]
    points: list[Point]

    @property
    def held_back(self) -> list[Point]:
        return [one for one in self.points if one.is_held_back]


POINTS: tuple[Column, ...] = (
    (_("Up to"), lambda one: one.day),
    (_("Orders that came"), lambda one: one.came),
    (_("Orders foretold"), lambda one: one.expected),
    (_("Not known to the model"), lambda one: _now("yes") if one.is_held_back else _now("no")),
)


@require_safe
def returning(request: Request) -> HttpResponse:
    demand(request, "insight.see_trend", request.workshop)
    kind, shown = request.GET.get("kind", ""), request.GET.get("shown", "")
    kind = kind if kind in KINDS else Party.BuysAs.DISTRIBUTOR
    words = request.GET.get("q", "").strip()
    found = BuyerOutlook.objects.visible_to(request.person).filter(buys_as=kind)
    if words:
        found = found.filter(buyer__in=find_parties(request, words))
    kinds = {"overdue": found.overdue(), "gone": found.probably_gone()}
    rows = kinds.get(shown, found).select_related("buyer").order_by("-stake", "pk")
    sees_left = request.person.may("insight.see_books", request.workshop)
    columns = (*COLUMNS, *LEFT) if sees_left else COLUMNS
    outlook = BuyingOutlook.objects.filter(workshop=request.workshop, buys_as=kind).first()
    tested = _tested(outlook.tested) if outlook and outlook.tested else None
    answer = download(
        request, "back-test", POINTS, tested.points if tested else (), of="tested"
    ) or download(request, "returning", columns, rows, is_personal=True)
    if answer:
        return answer
    counts = found.aggregate(
        all=Count("pk"),
        overdue=Count("pk", filter=Q(longer__lt=BuyerOutlook.SELDOM)),
        gone=Count("pk", filter=Q(alive__lt=0.5)),
    )
    context = {
        "kind": kind,
        "kinds": KINDS,
        "shown": shown if shown in kinds else "",
        "words": words,
        "counts": counts,
        "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        "outlook": outlook,
        "tested": tested,
        "tested_chart": _chart(tested) if tested else None,
        "tested_list": {"kind": kind, "list": "tested"},
        "sees_left": sees_left,
    }
    return render(request, "workshop/customers/returning/list.html", context)


def _tested(told: dict[str, Any]) -> Tested:
    first = date.fromisoformat(told["first"])
    days = [date.fromisoformat(one) for one in told["days"]]
    return Tested(
        first=first,
        last=days[-1],
        ordered=told["ordered"],
        expected=round(told["expected"]),
        repeated=told["repeated"],
        is_better=told["is_better"],
        rows=[
            Row(times, buyers, round(1000 * expected), round(1000 * ordered))
            for times, buyers, ordered, expected in told["rows"]
        ],
        points=[
            Point(day, came, round(expected), day >= first)
            for day, came, expected in zip(days, told["sums"], told["expected_sums"], strict=True)
        ],
    )


def _chart(tested: Tested) -> charts.Chart:
    return charts.lines(
        _now("Repeat orders, foretold and come"),
        _now("Added up over time."),
        [f"{month(one.day)[:3]} {one.day:%y}" for one in tested.points],
        [
            (_now("came"), [one.came for one in tested.points]),
            (_now("foretold"), [one.expected for one in tested.points]),
        ],
        number,
    )
