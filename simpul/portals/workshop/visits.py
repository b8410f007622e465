"""Visits: whom to go and see, the list of a day, and one visit with all that is known there.

The pages of one's own visits of today may be kept on the telephone for a day (`Keep-Until`).
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, Sum
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from simpul.catalog.models import Tier
from simpul.conversations.models import FollowUp
from simpul.crm.models import Visit, VisitDay, VisitQuerySet
from simpul.crm.visit_forms import MissedForm, VisitNoteForm, VisitPlanForm
from simpul.crm.visiting import (
    Candidate,
    candidates,
    drawn,
    in_order,
    offered_to,
    spot_of,
    taken_at,
)
from simpul.lib import clock
from simpul.orders.models import AGREED, Instalment, Order
from simpul.parties.models import Party, Person
from simpul.parties.roles import Role
from simpul.payments.models import party_credit
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, demand, number_of
from simpul.portals.workshop.orders import take
from simpul.portals.workshop.parties import find_parties
from simpul.workflow.models import journal_of

A_PAGE = 50
LAST = 5  # orders and visits that a visit's page shows
A_DAY = timedelta(days=1)
COLUMNS: tuple[Column, ...] = (
    (_lazy("Who"), lambda one: one.party.name),
    (_lazy("Area"), lambda one: one.party.area),
    (_lazy("Last visit"), lambda one: one.visited_on),
    (_lazy("Last order"), lambda one: one.ordered_on),
    (_lazy("Days between orders"), lambda one: one.every),
    (_lazy("On a list"), lambda one: one.planned.day.on if one.planned else None),
)


@require_safe
def visits(request: Request) -> HttpResponse:
    """The list of a day of one of our people, in the order of the way."""
    today = clock.today()
    on = _day_in(request, today)
    colleagues = list(_colleagues(request))
    asked = number_of(request.GET.get("of", ""))
    rep = next((one for one in colleagues if one.pk == asked), request.person)
    rows = list(_visible(request).filter(day__rep=rep, day__on=on).for_list().order_by("pk"))
    planned = in_order(request.workshop, [one for one in rows if one.status == "planned"])
    later = VisitDay.objects.visible_to(request.person).filter(rep=rep, on__gt=on)
    is_mine = rep == request.person and on == today
    answer = render(
        request,
        "workshop/customers/visits/day.html",
        {
            "on": on,
            "as_of": clock.now(),
            "is_kept": is_mine,
            "today": today,
            "rep": rep,
            "colleagues": colleagues,
            "planned": [(one, spot_of(one.party)) for one in planned],
            "sketch": drawn(request.workshop, planned),
            "over": [one for one in rows if one.status != "planned"],
            "later": later.order_by("on").first(),
        },
    )
    return _keep(answer) if is_mine else answer


@require_http_methods(["GET", "POST"])
def plan(request: Request) -> HttpResponse:
    """Who waits for a visit, and putting some of them on the list of a day."""
    colleagues = _colleagues(request)
    form = VisitPlanForm(
        request.POST or None,
        buyers=Party.objects.visible_to(request.person).buyers(),
        colleagues=colleagues,
        initial={"on": clock.today(), "rep": request.person.pk},
    )
    if form.is_valid():
        day = VisitDay.plan(by=request.person, **form.cleaned_data)
        count = len(form.cleaned_data["parties"])
        said = ngettext("%(n)s visit stands on the list.", "%(n)s visits stand on the list.", count)
        messages.success(request, said % {"n": count})
        return redirect(_list_of(request, day))
    words = request.GET.get("q", "").strip()
    near = _near(request)
    found = candidates(request.workshop, find_parties(request, words), near=near)
    towns = Counter(one.town for one in found if one.town)
    town = request.GET.get("town", "")
    found = [one for one in found if one.town == town] if town else found
    kinds = {
        "": found,
        "visit": [one for one in found if one.wants_visit],
        "order": [one for one in found if one.wants_order],
    }
    chosen = request.GET.get("shown", "")
    rows = kinds.get(chosen, found)
    if answer := download(request, "visits", COLUMNS, rows, is_personal=True):
        return answer
    return render(
        request,
        "workshop/customers/visits/plan.html",
        {
            "form": form,
            "ticked": set(request.POST.getlist("parties")),
            "page": _page_of(request, rows),
            "words": words,
            "near": near,
            "town": town,
            "towns": sorted(towns.items()),
            "chosen": chosen,
            "counts": {name: len(rows) for name, rows in kinds.items()},
            "may_plan": request.person.may("crm.plan_visits", request.workshop),
        },
        status=422 if form.is_bound else 200,
    )


@require_safe
def visit(request: Request, pk: int) -> HttpResponse:
    """Show all that helps in front of the shop."""
    found = _find(request, pk)
    party = found.party
    orders = Order.objects.visible_to(request.person).filter(buyer=party)
    owed = Instalment.objects.filter(order__buyer=party, order__status__in=AGREED)
    steps = FollowUp.objects.open().filter(conversation__party=party)
    before = _visible(request).filter(party=party).exclude(pk=found.pk).done()
    answer = render(
        request,
        "workshop/customers/visits/page.html",
        {
            "visit": found,
            "day_list": _list_of(request, found.day),
            "spot": spot_of(party),
            "is_kept": _is_kept(request, found),
            "orders": list(orders.for_list().order_by("-id")[:LAST]),
            "taken": taken_at(found, request.person),
            "owed": owed.aggregate(n=Sum(F("amount") - F("paid")))["n"] or 0,
            "credit": party_credit(party),
            "follow_ups": list(steps.select_related("by").order_by("due_on", "pk")),
            "before": list(before.for_list().order_by("-day__on", "-pk")[:LAST]),
            "offered": offered_to(party),
            "tier": Tier.of(party),
            "as_of": clock.now(),
            "today": clock.today(),
            "journal": journal_of(found).select_related("by").order_by("-pk"),
        },
    )
    return _keep(answer) if _is_kept(request, found) else answer


@require_http_methods(["GET", "POST"])
def note(request: Request, pk: int) -> HttpResponse:
    found = _find(request, pk)
    demand(request, "crm.note_visit", found)
    people = _people(found.party)
    form = VisitNoteForm(
        request.POST or None,
        request.FILES or None,
        people=people,
        initial={"with_whom": people.first()},
    )
    if form.is_valid():
        found.note(by=request.person, **form.cleaned_data)
        messages.success(request, _("%(name)s is noted.") % {"name": found})
        return redirect(_list_of(request, found.day))
    return _ask(request, found, form, "note")


@require_http_methods(["GET", "POST"])
def missed(request: Request, pk: int) -> HttpResponse:
    found = _find(request, pk)
    demand(request, "crm.miss_visit", found)
    form = MissedForm(request.POST or None)
    if form.is_valid():
        found.miss(by=request.person, **form.cleaned_data)
        return redirect(_list_of(request, found.day))
    return _ask(request, found, form, "missed")


@require_http_methods(["GET", "POST"])
def order(request: Request, pk: int) -> HttpResponse:
    """Take an order on the spot."""
    demand(request, "orders.place", request.workshop)
    found = _find(request, pk)
    answer = take(request, found.party, found)
    return _keep(answer) if _is_kept(request, found) else answer


def _ask(request: Request, found: Visit, form: Form, page: str) -> HttpResponse:
    answer = render(
        request,
        f"workshop/customers/visits/{page}.html",
        {"visit": found, "form": form, "day_list": _list_of(request, found.day)},
        status=422 if form.is_bound else 200,
    )
    return _keep(answer) if _is_kept(request, found) else answer


def _is_kept(request: Request, found: Visit) -> bool:
    """Tell whether the telephone may keep the pages of a visit: whoever goes there today needs them."""
    return found.day.rep_id == request.person.pk and found.day.on == clock.today()


def _keep(answer: HttpResponse) -> HttpResponse:
    answer["Keep-Until"] = str(int((clock.now() + A_DAY).timestamp()))
    return answer


def _visible(request: Request) -> VisitQuerySet:
    return Visit.objects.visible_to(request.person)


def _find(request: Request, pk: int) -> Visit:
    return get_object_or_404(_visible(request).for_list(), pk=pk)


def _people(party: Party) -> Any:
    return Person.objects.active().filter(party=party).order_by("pk")


def _colleagues(request: Request) -> Any:
    """Return who visits: whoever may note what was said there."""
    house = request.workshop
    roles = [
        role for role in Role if Person(workshop=house, role=role).may("crm.note_visit", house)
    ]
    people = Person.objects.visible_to(request.person).active().staff()
    return people.filter(role__in=roles).order_by("name", "pk")


def _day_in(request: Request, today: date) -> date:
    try:
        return parse_date(request.GET.get("on", "")) or today
    except ValueError:  # the 31st of February
        return today


def _near(request: Request) -> Party | None:
    pk = number_of(request.GET.get("near", ""))
    return Party.objects.visible_to(request.person).filter(pk=pk).first() if pk else None


def _page_of(request: Request, rows: list[Candidate]) -> Any:
    return Paginator(rows, A_PAGE).get_page(request.GET.get("page"))


def _list_of(request: Request, day: VisitDay) -> str:
    """Return where the list of a day stands; one's own of today has no other name."""
    listed = reverse("workshop:visits", args=[request.workshop.slug])
    if day.rep_id == request.person.pk and day.on == clock.today():
        return listed
    return f"{listed}?on={day.on:%Y-%m-%d}&of={day.rep_id}"
