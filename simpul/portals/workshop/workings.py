"""The workshop itself on the desk: where orders wait, who keeps a promise, speed, cash, prices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any

from django.contrib import messages
from django.db import models
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from simpul.insight import causes, pricing
from simpul.insight.models import CashKept, CashWeek, PricingRules, Working, WorkingsKept
from simpul.insight.pricing_forms import PricingRulesForm
from simpul.lib import clock
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, demand
from simpul.portals.workshop.insight import millions
from simpul.ui import charts
from simpul.ui.jinja import day_month, days, in_days, month, number, percent, rupiah

FEWEST = 5  # orders, to say where they wait
SHOWN = 10  # bars; the table has all
MONTHS = (3, causes.MONTHS)  # of which the causes can be asked for

Kind = Working.Kind
type Rows = dict[str, list[Working]]
type Lists = dict[str, tuple[Sequence[Column], Iterable[Any]]]
type Shown = tuple[str, dict[str, Any], Lists]


class Part(models.TextChoices):
    DAYS = "days", gettext_lazy("Where orders wait")
    FLOOR = "floor", gettext_lazy("Speed and mistakes")
    CASH = "cash", gettext_lazy("The next eight weeks")
    PRICES = "prices", gettext_lazy("Prices")


class Place(models.TextChoices):
    """By what the causes are told apart."""

    STAGE = "stage", gettext_lazy("By stage")
    MODEL = "model", gettext_lazy("By model")
    WORKER = "worker", gettext_lazy("By worker")


OF_THE_BOOKS = (Part.CASH, Part.PRICES)


@require_safe
def workings(request: Request) -> HttpResponse:
    demand(request, "insight.see_trend", request.workshop)
    parts = _parts(request)
    wanted = request.GET.get("part", "")
    part = Part(wanted) if wanted in parts else Part.DAYS
    template, shown, lists = ASKED[part](request)
    for name, (columns, rows) in lists.items():
        if answer := download(request, name, columns, rows, of=name):
            return answer
    context = {
        "part": part,
        "parts": parts,
        "kept": WorkingsKept.objects.filter(workshop=request.workshop).first(),
        **shown,
    }
    return render(request, f"workshop/insight/workings/{template}.html", context)


@require_http_methods(["GET", "POST"])
def wished_margin(request: Request) -> HttpResponse:
    """The owner says how much of a price should be left; no price changes by it."""
    demand(request, "insight.wish_margin", request.workshop)
    form = PricingRulesForm(request.POST or None, instance=PricingRules.of(request.workshop))
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        here = reverse("workshop:workings", args=[request.workshop.slug])
        return redirect(f"{here}?part={Part.PRICES}")
    return render(
        request,
        "workshop/insight/workings/margin.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


def _parts(request: Request) -> list[Part]:
    sees_books = request.person.may("insight.see_books", request.workshop)
    return [one for one in Part if sees_books or one not in OF_THE_BOOKS]


def _rows(request: Request, *kinds: Kind) -> Rows:
    found: Rows = defaultdict(list)
    known = Working.objects.filter(workshop=request.workshop, kind__in=kinds)
    for row in known.select_related("party").order_by("kind", "place"):
        found[row.kind].append(row)
    return found


# Where orders wait


def _days(request: Request) -> Shown:
    rows = _rows(
        request,
        Kind.LEG, Kind.POST, Kind.FIRST, Kind.LAST, Kind.PROMISE, Kind.SUPPLIER, Kind.COURIER,
    )  # fmt: skip
    legs, posts, promises = rows[Kind.LEG], rows[Kind.POST], rows[Kind.PROMISE]
    planned = list(zip(rows[Kind.FIRST], rows[Kind.LAST], strict=True))
    suppliers, couriers = rows[Kind.SUPPLIER], rows[Kind.COURIER]
    context = {
        "legs": legs,
        "posts": posts,
        "promises": promises,
        "planned": planned,
        "judged": sum(first.count for first, _last in planned),
        "kept_at_first": sum(first.kept for first, _last in planned),
        "kept_at_last": sum(last.kept for _first, last in planned),
        "without_plan": sum(first.lost for first, _last in planned),
        "worst_kept": _worst_kept(rows[Kind.FIRST]),
        "planned_chart": _planned_chart(planned),
        "suppliers": suppliers,
        "couriers": couriers,
        "fewest": FEWEST,
        "in_days": lambda tenths: in_days(100 * tenths),
        "longest": max(legs, key=lambda row: row.middle, default=None),
        "costliest": max(legs, key=lambda row: row.lost, default=None),
        "promised": sum(row.count for row in promises),
        "in_time": sum(row.kept for row in promises),
        "legs_chart": _waits(_("Days on each part of the way"), legs),
        "posts_chart": _waits(_("Days at each stage of production"), posts),
        "promise_chart": _promise_chart(promises),
    }
    lists: Lists = {
        "legs": (COLUMNS_OF_WAITS, legs),
        "stages": ((COLUMNS_OF_WAITS[0], _jobs, *COLUMNS_OF_WAITS[2:-1]), posts),
        "punctuality": (COLUMNS_OF_PLANNED, planned),
        "promises": (COLUMNS_OF_PROMISES, promises),
        "suppliers": ((*COLUMNS_OF_BRINGERS, _sent_back), suppliers),
        "couriers": ((*COLUMNS_OF_BRINGERS, _in_vain), couriers),
    }
    return "days", context, lists


def _tenths(of_days: int) -> str:
    return days(100 * of_days)


def _percent(whole: int) -> str:
    return percent(whole / 100)


def _waits(title: str, rows: Sequence[Working]) -> charts.Chart | None:
    known = [row for row in rows if row.count]
    if not known:
        return None
    longest = max(known, key=lambda row: row.middle)
    return charts.bars(
        title,
        _("The longest: %(first)s.") % {"first": longest.label},
        [charts.Bar(row.label, row.middle, row.slow) for row in known],
        _tenths,
        (_("half of them take longer"), _("one in ten takes longer")),
    )


def _worst_kept(rows: Sequence[Working]) -> Working | None:
    """Return the stage that was late most often, where enough jobs were planned to say so."""
    known = [row for row in rows if row.count >= FEWEST and row.late]
    return min(known, key=lambda row: row.kept / row.count, default=None)


def _planned_chart(rows: Sequence[tuple[Working, Working]]) -> charts.Chart | None:
    known = [(first, last) for first, last in rows if first.count]
    if not known:
        return None
    return charts.bars(
        _("Done in time, of 100 jobs"),
        _("By the day on which the last pair of a job passed the stage."),
        [charts.Bar(first.label, first.percent, last.percent) for first, last in known],
        _percent,
        (_("by the first plan"), _("by the last plan")),
    )


def _promise_chart(rows: Sequence[Working]) -> charts.Chart | None:
    if len(rows) < 2:
        return None
    return charts.lines(
        _("Promises kept, of 100"),
        _("By the month for which the order was promised at first."),
        [month(row.month)[:3] for row in rows if row.month],
        [(_("kept, of 100"), [row.percent for row in rows])],
        _percent,
    )


COLUMNS_OF_WAITS: tuple[Column, ...] = (
    (gettext_lazy("Part"), lambda row: row.label),
    (gettext_lazy("Orders"), lambda row: row.count),
    (gettext_lazy("Half take longer than (days)"), lambda row: row.middle / 10),
    (gettext_lazy("One in ten takes longer than (days)"), lambda row: row.slow / 10),
    (gettext_lazy("Days lost here by late orders"), lambda row: row.lost / 10),
)
_jobs: Column = (gettext_lazy("Jobs"), lambda row: row.count)
COLUMNS_OF_PLANNED: tuple[Column, ...] = (
    (gettext_lazy("Stage"), lambda row: row[0].label),
    (gettext_lazy("Jobs with a plan"), lambda row: row[0].count),
    (gettext_lazy("In time by the first plan"), lambda row: row[0].kept),
    (gettext_lazy("In time by the last plan"), lambda row: row[1].kept),
    (gettext_lazy("Half of the late ones later than (days)"), lambda row: row[0].middle / 10),
    (gettext_lazy("Jobs without a plan"), lambda row: row[0].lost),
)
COLUMNS_OF_PROMISES: tuple[Column, ...] = (
    (gettext_lazy("Month"), lambda row: row.month),
    (gettext_lazy("Orders promised"), lambda row: row.count),
    (gettext_lazy("In time"), lambda row: row.kept),
    (gettext_lazy("Late"), lambda row: row.late),
)
COLUMNS_OF_BRINGERS: tuple[Column, ...] = (
    (gettext_lazy("Name"), lambda row: row.party.name),
    (gettext_lazy("With a promised day"), lambda row: row.count),
    (gettext_lazy("In time"), lambda row: row.kept),
    (gettext_lazy("Half take longer than (days)"), lambda row: row.middle / 10),
    (gettext_lazy("One in ten takes longer than (days)"), lambda row: row.slow / 10),
)
_sent_back: Column = (gettext_lazy("Sent back, per thousand"), lambda row: row.spoilt)
_in_vain: Column = (gettext_lazy("Ways in vain"), lambda row: row.spoilt)


# Speed and mistakes


def _floor(request: Request) -> Shown:
    sees_names = request.person.may("production.see_workers", request.workshop)
    kinds = (Kind.SPEED, Kind.SPOILT, Kind.HAND) if sees_names else (Kind.SPEED, Kind.SPOILT)
    rows = _rows(request, *kinds)
    speed, hands, spoilt = rows[Kind.SPEED], rows[Kind.HAND], rows[Kind.SPOILT]
    working = [row for row in speed if row.days]
    why = _why(request, sees_names)
    context = {
        "speed": speed,
        "hands": hands,
        "spoilt": spoilt,
        "slowest": min(working, key=lambda row: row.a_day, default=None),
        "worst": spoilt[0] if spoilt else None,
        "all_spoilt": sum(row.spoilt for row in spoilt),
        "all_mended": sum(row.lost for row in spoilt),
        "speed_chart": _speed_chart(speed),
        "spoilt_chart": _spoilt_chart(spoilt),
        "days": WorkingsKept.SPEED_DAYS,
        **why,
    }
    lists: Lists = {
        "speed": (COLUMNS_OF_SPEED, speed),
        "workers": (COLUMNS_OF_SPEED, hands),
        "spoilt": (COLUMNS_OF_SPOILT, spoilt),
        "causes": (COLUMNS_OF_CAUSES, why["why"].places),
        "reasons": ((COLUMNS_OF_CAUSES[0], *COLUMNS_OF_CAUSES[2:]), why["why"].causes),
    }
    return "floor", context, lists


def _why(request: Request, sees_names: bool) -> dict[str, Any]:
    """Return why pairs were spoilt or mended in the months that are asked for, and where."""
    told = request.GET.get("months", "")
    months = next((one for one in MONTHS if str(one) == told), MONTHS[0])
    places = [one for one in Place if sees_names or one != Place.WORKER]
    wanted = request.GET.get("by", "")
    by = Place(wanted) if wanted in places else Place.STAGE
    found = causes.of(request.workshop, clock.today(), months, by.value)
    return {
        "why": found,
        "why_chart": _why_chart(found.causes),
        "places": found.places[: causes.SHOWN],
        "months": months,
        "spans": MONTHS,
        "by": by,
        "ways": places,
    }


def _why_chart(rows: Sequence[causes.Cause]) -> charts.Chart | None:
    if not any(row.words for row in rows):
        return None
    return charts.bars(
        _("Why pairs were spoilt or mended"),
        _("The most: %(first)s.") % {"first": rows[0].label},
        [charts.Bar(row.label or _("not said"), row.pairs, row.spoilt) for row in rows],
        number,
        (_("spoilt or mended"), _("of them spoilt")),
    )


def _speed_chart(rows: Sequence[Working]) -> charts.Chart | None:
    if not rows:
        return None
    return charts.bars(
        _("Pairs on a day with work, by stage"),
        _("The narrow bar is the time before."),
        [charts.Bar(row.label, row.a_day, row.a_day_before) for row in rows],
        number,
        (_("these four weeks"), _("four weeks before")),
    )


def _spoilt_chart(rows: Sequence[Working]) -> charts.Chart | None:
    if not rows:
        return None
    return charts.bars(
        _("Pairs spoilt or mended"),
        _("The most: %(first)s.") % {"first": rows[0].label},
        [charts.Bar(row.label, row.spoilt + row.lost) for row in rows[:SHOWN]],
        number,
    )


COLUMNS_OF_SPEED: tuple[Column, ...] = (
    (gettext_lazy("Name"), lambda row: row.label),
    (gettext_lazy("Pairs in four weeks"), lambda row: row.count),
    (gettext_lazy("Days with work"), lambda row: row.days),
    (gettext_lazy("Pairs a day"), lambda row: row.a_day),
    (gettext_lazy("Four weeks before"), lambda row: row.a_day_before),
)
COLUMNS_OF_SPOILT: tuple[Column, ...] = (
    (gettext_lazy("Model and stage"), lambda row: row.label),
    (gettext_lazy("Good pairs"), lambda row: row.count),
    (gettext_lazy("Spoilt"), lambda row: row.spoilt),
    (gettext_lazy("Mended"), lambda row: row.lost),
)
COLUMNS_OF_CAUSES: tuple[Column, ...] = (
    (gettext_lazy("Cause"), lambda row: row.label or _("not said")),
    (gettext_lazy("Where"), lambda row: row.place or _("not said")),
    (gettext_lazy("Spoilt"), lambda row: row.spoilt),
    (gettext_lazy("Mended"), lambda row: row.mended),
)


# Cash


def _cash(request: Request) -> Shown:
    kept = CashKept.objects.filter(workshop=request.workshop).first()
    weeks = list(CashWeek.objects.filter(workshop=request.workshop).order_by("monday"))
    ends = _ends(kept, weeks)
    lowest = min(zip(ends, weeks, strict=True), key=itemgetter(0), default=None)
    rows = list(zip(weeks, ends, strict=True))
    context = {
        "cash": kept,
        "weeks": rows,
        "lowest": lowest,
        "comes": sum(week.from_buyers for week in weeks),
        "goes": sum(week.goes_out for week in weeks),
        "cash_chart": _cash_chart(kept, weeks, ends),
    }
    return "cash", context, {"cash": (COLUMNS_OF_CASH, rows)}


def _ends(kept: CashKept | None, weeks: Sequence[CashWeek]) -> list[int]:
    """Return what is in hand at the end of each week; where nobody knows what is, what was added."""
    stands = (kept.in_hand or 0) if kept else 0
    found = []
    for week in weeks:
        stands += week.change
        found.append(stands)
    return found


def _cash_chart(
    kept: CashKept | None, weeks: Sequence[CashWeek], ends: Sequence[int]
) -> charts.Chart | None:
    if kept is None:
        return None
    return charts.lines(
        _("Money at the end of each week"),
        _("Each week by its Monday."),
        [day_month(week.monday) for week in weeks],
        [(_("at the end of the week"), ends)],
        millions,
    )


COLUMNS_OF_CASH: tuple[Column, ...] = (
    (gettext_lazy("Week"), lambda row: row[0].monday),
    (gettext_lazy("From buyers"), lambda row: row[0].from_buyers),
    (gettext_lazy("To suppliers"), lambda row: row[0].to_suppliers),
    (gettext_lazy("Wages"), lambda row: row[0].wages),
    (gettext_lazy("All other"), lambda row: row[0].running),
    (gettext_lazy("At the end"), lambda row: row[1]),
)


# Prices


def _prices(request: Request) -> Shown:
    rules = PricingRules.of(request.workshop)
    rows = pricing.proposals(request.workshop, clock.today(), rules.wished_percent)
    context = {
        "rules": rules,
        "rows": rows,
        "below_cost": [row for row in rows if row.is_below_cost],
        "too_low": [row for row in rows if row.is_too_low],
        "prices_chart": _prices_chart(rows),
        "may_wish": request.person.may("insight.wish_margin", request.workshop),
        "span": pricing.span_of(clock.today()),
    }
    return "prices", context, {"prices": (COLUMNS_OF_PRICES, rows)}


def _prices_chart(rows: Sequence[pricing.Proposal]) -> charts.Chart | None:
    if not rows:
        return None
    return charts.bars(
        _("List price and real cost of a pair"),
        _("The narrow bar is what a pair has really cost."),
        [charts.Bar(row.label, row.price, row.cost) for row in rows[:SHOWN]],
        rupiah,
        (_("list price"), _("what a pair has cost")),
    )


COLUMNS_OF_PRICES: tuple[Column, ...] = (
    (gettext_lazy("Model"), lambda row: row.label),
    (gettext_lazy("Pairs delivered"), lambda row: row.pairs),
    (gettext_lazy("Cost of a pair"), lambda row: row.cost),
    (gettext_lazy("Really sold for"), lambda row: row.sold),
    (gettext_lazy("List price"), lambda row: row.price),
    (gettext_lazy("Left of it, %"), lambda row: row.permille / 10),
    (gettext_lazy("Proposal"), lambda row: row.proposed or ""),
)

ASKED: dict[Part, Callable[[Request], Shown]] = {
    Part.DAYS: _days,
    Part.FLOOR: _floor,
    Part.CASH: _cash,
    Part.PRICES: _prices,
}
