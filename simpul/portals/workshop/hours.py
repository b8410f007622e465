"""When the workshop works, what each post can do in a day, and what that says of the orders' days."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.insight.dates import outlook, whatif
from simpul.insight.dates.forms import WhatIfForm
from simpul.insight.dates.whatif import WhatIf
from simpul.lib import clock
from simpul.lib.workdays import IDUL_FITRI, next_feast, public_holidays
from simpul.orders.models import Order
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, demand
from simpul.production.forms import CausesForm, ClosedDaysForm, WeekForm, capacity_lines
from simpul.production.models import (
    Capacity,
    CauseList,
    ClosedDays,
    LastSet,
    WorkWeek,
    cause_label,
)
from simpul.ui.jinja import weekday_names

A_PAGE = 50
COLUMNS: list[Column] = [
    (gettext_lazy("Order"), lambda row: row.order.number),
    (gettext_lazy("Buyer"), lambda row: row.order.buyer.name),
    (gettext_lazy("Promised for"), lambda row: row.order.promised_on),
    (gettext_lazy("Ready by schedule"), lambda row: row.ready_on),
    (gettext_lazy("Slack"), lambda row: row.slack),
    (gettext_lazy("Because"), lambda row: " ".join(row.reasons)),
]
WEEKS = 9  # two months of plan
BEFORE_LEBARAN, AFTER_LEBARAN = timedelta(days=3), timedelta(days=7)
HOLIDAYS_SHOWN = 6


@require_safe
def plan(request: Request) -> HttpResponse:
    """When each running order is made by the plan, and how full the posts are."""
    found = outlook.of(request.workshop)
    keys = outlook.in_turn(request.person, found)
    every = outlook.rows(request.person, found, keys) if request.GET.get("as") else ()
    if answer := download(request, "schedule", COLUMNS, every):
        return answer
    page = Paginator(keys, A_PAGE).get_page(
        request.GET.get("page") or _page_of_moved(request, keys)
    )
    # one more on either side: an order may be put before or after it
    first, last = page.has_previous(), page.has_next()
    begins = max(page.start_index() - 1, 0)
    rows = outlook.rows(request.person, found, keys[begins - first : page.end_index() + last])
    above = rows.pop(0).order if first else None
    below = rows.pop().order if last else None
    return render(
        request,
        "workshop/production/plan.html",
        {
            "outlook": found,
            "page": page,
            "rows": rows,
            "above": above,
            "below": below,
            "weeks": found.weeks(WEEKS),
            "posts": outlook.load(request.workshop, found, WEEKS),
            "may_propose": request.person.may("orders.propose_change", request.workshop),
            "may_move": request.person.may("orders.take_turn", request.workshop),
            "moved": request.GET.get("moved", ""),
            "tab": "plan",
        },
    )


def _page_of_moved(request: Request, keys: list[int]) -> int:
    """Return the page on which the order stands that was moved just now, if one was."""
    if not (number := request.GET.get("moved")):
        return 1
    moved = Order.objects.visible_to(request.person).filter(number=number)
    key = moved.values_list("pk", flat=True).first()
    return keys.index(key) // A_PAGE + 1 if key in keys else 1


@require_POST
def turn(request: Request, number: str) -> HttpResponse:
    """Put an order before or after another one, or back to where its promise puts it."""
    order = get_object_or_404(Order.objects.visible_to(request.person), number=number)
    order.take_turn(
        by=request.person,
        before=request.POST.get("before", ""),
        after=request.POST.get("after", ""),
    )
    page = reverse("workshop:floor-plan", args=[request.workshop.slug])
    return redirect(f"{page}?{urlencode({'moved': number})}")


@require_safe
def what_if(request: Request) -> HttpResponse:
    """Try what a late supplier, or one order more, would do to the days of all others."""
    form = WhatIfForm(request.GET or None, person=request.person)
    found: WhatIf | None = None
    if form.is_valid():
        if form.order is not None:
            found = whatif.if_taken(request.person, form.order)
        elif form.supplier is not None:
            found = whatif.if_late(request.person, form.supplier, form.cleaned_data["days"])
    return render(
        request,
        "workshop/production/what_if.html",
        {"form": form, "found": found, "outlook": outlook.of(request.workshop), "tab": "plan"},
        status=422 if form.is_bound and not form.is_valid() else 200,
    )


@require_safe
def hours(request: Request) -> HttpResponse:
    """What each post can do in a day, and on which days is worked."""
    today = clock.today()
    closed = ClosedDays.objects.visible_to(request.person).standing().filter(last_on__gte=today)
    week = WorkWeek.of(request.workshop)
    lebaran = next_feast(IDUL_FITRI, today)
    posts = outlook.posts_of(request.workshop)
    return render(
        request,
        "workshop/production/hours.html",
        {
            "posts": posts,
            "labels": {name: label for name, label, _known in posts},
            "lasts": LastSet.objects.visible_to(request.person).standing().for_list(),
            "causes": [cause_label(one) for one in CauseList.of(request.workshop).words],
            "open_days": [weekday_names()[day] for day in week.days],
            "closed": closed.order_by("first_on", "pk"),
            "holidays": _holidays(today) if week.keeps_holidays else [],
            "lebaran": lebaran,
            "is_closed_then": lebaran
            and closed.filter(first_on__lte=lebaran[0], last_on__gte=lebaran[0]).exists(),
            "tab": "hours",
        },
    )


@require_http_methods(["GET", "POST"])
def capacity(request: Request) -> HttpResponse:
    """Say how many people work at each post, and how long."""
    demand(request, "production.set_capacity", request.workshop)
    lines, is_well = capacity_lines(request.POST or None, outlook.posts_of(request.workshop))
    if is_well:
        for _label, form in lines:
            if form.has_changed():
                Capacity.set(by=request.person, **form.facts)
        messages.success(request, _("Saved."))
        return redirect("workshop:hours", request.workshop.slug)
    return render(
        request,
        "workshop/production/capacity.html",
        {"lines": lines},
        status=422 if request.method == "POST" else 200,
    )


@require_http_methods(["GET", "POST"])
def causes(request: Request) -> HttpResponse:
    """Say why pairs are spoilt here, for whoever counts them to choose from."""
    demand(request, "production.name_causes", request.workshop)
    form = CausesForm(request.POST or None, causes=CauseList.of(request.workshop))
    if form.is_valid():
        CauseList.kept_of(request.workshop).name(by=request.person, **form.cleaned_data)
        return redirect("workshop:hours", request.workshop.slug)
    return render(
        request,
        "workshop/production/causes.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def week(request: Request) -> HttpResponse:
    demand(request, "production.set_week", request.workshop)
    form = WeekForm(request.POST or None, week=WorkWeek.of(request.workshop))
    if form.is_valid():
        WorkWeek.kept_of(request.workshop).set(by=request.person, **form.cleaned_data)
        return redirect("workshop:hours", request.workshop.slug)
    return render(
        request,
        "workshop/production/week.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def closing(request: Request) -> HttpResponse:
    """Close the workshop for some days; `?lebaran` proposes those around the next Idul Fitri."""
    demand(request, "production.close_days", request.workshop)
    feast = next_feast(IDUL_FITRI, clock.today()) if "lebaran" in request.GET else None
    initial = feast and {
        "words": "Lebaran",
        "first_on": feast[0] - BEFORE_LEBARAN,
        "last_on": feast[1] + AFTER_LEBARAN,
    }
    form = ClosedDaysForm(request.POST or None, initial=initial)
    if form.is_valid():
        ClosedDays.close(by=request.person, **form.cleaned_data)
        return redirect("workshop:hours", request.workshop.slug)
    return render(
        request,
        "workshop/production/closing.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


@require_POST
def opening(request: Request, pk: int) -> HttpResponse:
    """Work on closed days after all."""
    found = ClosedDays.objects.visible_to(request.person).standing()
    get_object_or_404(found, pk=pk).open(by=request.person)
    return redirect("workshop:hours", request.workshop.slug)


def _holidays(today: date) -> list[tuple[date, str]]:
    """The next public holidays with their names."""
    language = (get_language() or "id")[:2]
    both = {**public_holidays(today.year, language), **public_holidays(today.year + 1, language)}
    return [(on, name) for on, name in both.items() if on >= today][:HOLIDAYS_SHOWN]
