"""Points on the desk: the rules, the ledger of all buyers, and what one buyer has."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_safe

from simpul.crm.loyalty import standing_of
from simpul.crm.models import PointLot, PointRules, balance_of
from simpul.crm.point_forms import GiftForm, PointRulesForm, VoidingForm, tier_table
from simpul.crm.point_ledger import KINDS, Line, ledger, owed
from simpul.lib import clock
from simpul.parties.models import Party
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request
from simpul.workflow.steps import NotAllowed

A_PAGE = 50
COLUMNS: tuple[Column, ...] = (
    (_lazy("Day"), lambda row: clock.day_of(Line(*row).at)),
    (_lazy("Buyer"), lambda row: Line(*row).buyer),
    (_lazy("What"), lambda row: Line(*row).label),
    (_lazy("Order"), lambda row: Line(*row).order or ""),
    (_lazy("Points"), lambda row: Line(*row).points),
    (_lazy("Note"), lambda row: Line(*row).words),
    (_lazy("By"), lambda row: Line(*row).by),
)


@require_safe
def points(request: Request) -> HttpResponse:
    """What came and went, and what is owed for it."""
    words, kind = request.GET.get("q", "").strip(), request.GET.get("kind", "")
    found = ledger(request.workshop, words=words, kind=kind if kind in KINDS else "")
    if answer := download(request, "points", COLUMNS, found, is_personal=True):
        return answer
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "workshop/customers/points/ledger.html",
        {
            "page": page,
            "lines": [Line(*row) for row in page.object_list],
            "words": words,
            "kind": kind,
            "kinds": KINDS,
            "owed": owed(request.workshop),
            "part": "ledger",
        },
    )


@require_http_methods(["GET", "POST"])
def rules(request: Request) -> HttpResponse:
    """What earns points, what they are worth, and the tiers."""
    if not request.person.may("crm.set_points", request.workshop):
        raise NotAllowed(_("Only the owner changes these."))
    kept = PointRules.of(request.workshop)
    form = PointRulesForm(_posted(request), rules=kept)
    table = tier_table(_posted(request), kept)
    if form.is_valid() and table.is_valid():
        PointRules.decide(by=request.person, tiers=table.terms, **form.cleaned_data)
        messages.success(request, _("The rules hold from now on."))
        return redirect("workshop:points", request.workshop.slug)
    return render(
        request,
        "workshop/customers/points/rules.html",
        {"form": form, "table": table, "part": "rules"},
        status=422 if form.is_bound else 200,
    )


@require_safe
def party(request: Request, pk: int) -> HttpResponse:
    return _party_page(request, _party(request, pk), GiftForm())


@require_http_methods(["GET", "POST"])
def gift(request: Request, pk: int) -> HttpResponse:
    """Give points by hand."""
    party = _party(request, pk)
    form = GiftForm(_posted(request))
    if form.is_valid():
        expires_on = PointRules.of(request.workshop).expires_on(clock.today())
        PointLot.give(by=request.person, party=party, expires_on=expires_on, **form.cleaned_data)
        return redirect("workshop:party-points", request.workshop.slug, pk)
    if not request.person.may("crm.give_points", party):
        raise NotAllowed(_("Only the owner gives points by hand."))
    return _party_page(request, party, form)


@require_http_methods(["GET", "POST"])
def voiding(request: Request, pk: int) -> HttpResponse:
    """Take back what was granted or given by mistake."""
    lot = get_object_or_404(
        PointLot.objects.visible_to(request.person).select_related("party", "order"), pk=pk
    )
    form = VoidingForm(_posted(request))
    if form.is_valid():
        lot.void(by=request.person, **form.cleaned_data)
        return redirect("workshop:party-points", request.workshop.slug, lot.party_id)
    if not request.person.may("crm.void_points", lot):
        raise NotAllowed
    return render(
        request,
        "workshop/customers/points/voiding.html",
        {"lot": lot, "form": form},
        status=422 if form.is_bound else 200,
    )


def _party_page(request: Request, party: Party, form: GiftForm) -> HttpResponse:
    found = ledger(request.workshop, party=party)
    if answer := download(request, f"points-{party.pk}", COLUMNS, found, is_personal=True):
        return answer
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "workshop/customers/points/party.html",
        {
            "party": party,
            "balance": balance_of(party),
            "rules": PointRules.of(request.workshop),
            "standing": standing_of(party),
            "page": page,
            "lines": [Line(*row) for row in page.object_list],
            "form": form,
        },
        status=422 if form.is_bound else 200,
    )


def _party(request: Request, pk: int) -> Party:
    return get_object_or_404(Party.objects.visible_to(request.person).buyers(), pk=pk)


def _posted(request: Request) -> Any:
    """What was sent, even where every field was left empty."""
    return request.POST if request.method == "POST" else None
