"""How many of those who came in one month, or one quarter, come again: with counts, and what is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from simpul.lib.intervals import Interval, wilson
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, demand
from simpul.portals.workshop.behaviour import kind_asked, told_of
from simpul.ui import charts
from simpul.ui.jinja import month, number

LENGTHS = ("month", "quarter")
FEW = 10  # buyers: below it one more or less changes much
FEWEST = 5  # buyers, for a point of a curve
LOOKS_AT = {"month": 6, "quarter": 2}  # periods after: what the answer is about
ASIDE = 62


class Point(NamedTuple):
    """So many periods after the first order: how many ordered and were still there, of how many."""

    after: int
    ordered: int
    of: int
    stayed: int
    stayed_of: int

    @property
    def ordered_percent(self) -> int | None:
        return round(100 * self.ordered / self.of) if self.of else None

    @property
    def stayed_percent(self) -> int | None:
        return round(100 * self.stayed / self.stayed_of) if self.stayed_of else None


class Cohort(NamedTuple):
    """Those whose first order lies in one period; `ordered` and `stayed` 0, 1, 2, ... periods after,
    the latter final for the first `closed` of them."""

    first: date
    buyers: int
    ordered: list[int]
    stayed: list[int]
    closed: int

    @property
    def name(self) -> str:
        return f"{month(self.first)[:3]} {self.first:%y} · {number(self.buyers)}"

    @property
    def ordered_said(self) -> str:
        return " · ".join(number(one) for one in self.ordered[1:])

    @property
    def stayed_said(self) -> str:
        return " · ".join(
            ("" if after < self.closed or one == self.buyers else "≥") + number(one)
            for after, one in enumerate(self.stayed)
            if after
        )


CURVES: tuple[Column, ...] = (
    (_("Periods after"), lambda row: row.after),
    (_("Ordered in it"), lambda row: row.ordered),
    (_("of buyers"), lambda row: row.of),
    (_("Ordered in it or later"), lambda row: row.stayed),
    (_("of buyers known so long"), lambda row: row.stayed_of),
)
COHORTS: tuple[Column, ...] = (
    (_("First order in"), lambda row: row[0]),
    (_("Buyers"), lambda row: row[1]),
    (_("Periods after"), lambda row: row[2]),
    (_("Ordered in it"), lambda row: row[3]),
    (_("Ordered in it or later"), lambda row: row[4]),
    (_("May still grow"), lambda row: _now("yes") if row[5] else _now("no")),
)


@require_safe
def cohorts(request: Request) -> HttpResponse:
    demand(request, "insight.see_trend", request.workshop)
    kind, asked = kind_asked(request), request.GET.get("by", "")
    length = asked if asked in LENGTHS else LENGTHS[0]
    context = told_of(request, kind)
    found = context["told"].coming.get(length, {}) if context["told"] else {}
    rows = [
        Cohort(**one | {"first": date.fromisoformat(one["first"])})
        for one in found.get("cohorts", [])
    ]
    points = [Point(after, *one) for after, one in enumerate(found.get("curves", []), start=1)]
    answer = download(request, "cohorts", COHORTS, _fields(rows), of="cohorts") or download(
        request, "coming-again", CURVES, points
    )
    if answer:
        return answer
    looked = _looked(points, LOOKS_AT[length])
    context |= {
        "length": length,
        "lengths": LENGTHS,
        "rows": rows,
        "points": points,
        "looked": looked,
        "interval": _percents(wilson(looked.stayed, looked.stayed_of)) if looked else None,
        "is_few": looked is not None and looked.stayed_of < FEW,
        "curves": _curves(points) if points else None,
        "ordered_chart": _heat(rows, "ordered"),
        "stayed_chart": _heat(rows, "stayed"),
        "cohorts_list": {"kind": kind, "by": length, "list": "cohorts"},
    }
    return render(request, "workshop/insight/behaviour/cohorts.html", context)


def _fields(rows: Sequence[Cohort]) -> list[tuple[Any, ...]]:
    return [
        (row.first, row.buyers, after, ordered, stayed, after >= row.closed)
        for row in rows
        for after, (ordered, stayed) in enumerate(zip(row.ordered, row.stayed, strict=True))
        if after
    ]


def _looked(points: Sequence[Point], after: int) -> Point | None:
    """Return the point that the answer is about: so many periods after, or the last one known."""
    known = [one for one in points[:after] if one.stayed_of]
    return known[-1] if known else None


def _percents(interval: Interval) -> tuple[int, int]:
    return round(100 * interval.low), round(100 * interval.high)


def _curves(points: Sequence[Point]) -> charts.Chart:
    return charts.lines(
        _now("How many of 100 come again"),
        _now("So many periods after the first order."),
        ["0", *(str(one.after) for one in points)],
        [
            (
                _now("ordered in it or later"),
                [100, *(_drawn(one.stayed_percent, one.stayed_of) for one in points)],
            ),
            (
                _now("ordered in that very period"),
                [100, *(_drawn(one.ordered_percent, one.of) for one in points)],
            ),
        ],
        _percent,
    )


def _drawn(percent: int | None, of: int) -> int | None:
    """Leave out what is known of a handful only: one of one would leap to 100."""
    return percent if of >= FEWEST else None


def _heat(rows: Sequence[Cohort], which: str) -> charts.Chart | None:
    """Draw shares of the cohorts; what may still grow is marked."""
    wide = max((len(row.ordered) for row in rows), default=0) - 1
    if wide < 1:
        return None
    rows = [row for row in rows if len(row.ordered) > 1]
    is_stayed = which == "stayed"
    return charts.calendar(
        _now("Ordered in it or later, of 100") if is_stayed else _now("Ordered in it, of 100"),
        _now("A row for each cohort, a column for each period after the first order."),
        [str(after) for after in range(1, wide + 1)],
        [
            (row.name, [round(100 * one / row.buyers) for one in counts[1:]])
            for row in rows
            for counts in [row.stayed if is_stayed else row.ordered]
        ],
        number,
        aside=ASIDE,
        growing={
            (line, after - 1)
            for line, row in enumerate(rows)
            for after in range(max(row.closed, 1), len(row.stayed))
            if is_stayed and row.stayed[after] < row.buyers
        },
    )


def _percent(value: int) -> str:
    return f"{value}%"
