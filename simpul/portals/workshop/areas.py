"""The areas of distributors: who serves which, who has asked for one, and where two overlap."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.crm.models import AreaTaken, Claim, Territory, held_by_others, overlapping
from simpul.crm.territory_forms import AreaEndForm, AreaForm, AreaRefusalForm, said_of_clash
from simpul.lib import clock
from simpul.lib.regions import Region
from simpul.parties.models import Party
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, demand

A_PAGE = 50
COLUMNS: tuple[Column, ...] = (
    (gettext_lazy("Regency or city"), lambda one: one.regency),
    (gettext_lazy("Province"), lambda one: one.province),
    (gettext_lazy("Distributor"), lambda one: one.party.name),
    (gettext_lazy("State"), lambda one: str(one.get_status_display())),
    (gettext_lazy("From"), lambda one: one.since),
    (gettext_lazy("Last day"), lambda one: one.until),
    (gettext_lazy("Exclusive"), lambda one: _("yes") if one.is_exclusive else ""),
)


class Row(NamedTuple):
    """An area, and those of others that it overlaps."""

    area: Territory
    others: list[Territory]


@require_safe
def areas(request: Request) -> HttpResponse:
    words, shown = request.GET.get("q", "").strip(), request.GET.get("shown", "held")
    found = Territory.objects.visible_to(request.person)
    if words:
        found = found.search(words)
    kinds = {"held": found.held(), "asked": found.asked(), "over": found.over()}
    shown = shown if shown in kinds else "held"
    order = ("province", "regency", "since", "pk") if shown == "held" else ("-pk",)
    rows = kinds[shown].select_related("party").order_by(*order)
    if answer := download(request, "areas", COLUMNS, rows):
        return answer
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    is_over = shown == "over"
    return render(
        request,
        "workshop/customers/areas/list.html",
        {
            "page": page,
            "rows": [Row(one, []) for one in page] if is_over else _rows(request, list(page)),
            "words": words,
            "shown": shown,
            "counts": {name: rows.count() for name, rows in kinds.items()},
        },
    )


@require_http_methods(["GET", "POST"])
def distributor(request: Request, pk: int) -> HttpResponse:
    """The areas of one distributor, now and before; another is given."""
    parties = Party.objects.visible_to(request.person).buyers()
    party = get_object_or_404(parties.filter(buys_as=Party.BuysAs.DISTRIBUTOR), pk=pk)
    form, others = _form(request, party, {"since": clock.today()})
    if form.is_valid():
        try:
            given = Territory.give(by=request.person, party=party, **form.cleaned_data)
        except AreaTaken:
            form.add_error(None, said_of_clash())
        else:
            said = _("%(party)s serves %(area)s.") % {"party": party, "area": given}
            messages.success(request, said)
            return redirect("workshop:distributor-areas", request.workshop.slug, pk)
    return render(
        request,
        "workshop/customers/areas/distributor.html",
        {
            "party": party,
            "rows": areas_of(request, party),
            "form": form,
            "others": others,
            "may_keep": request.person.may("crm.give_area", request.workshop),
        },
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def grant(request: Request, pk: int) -> HttpResponse:
    """Grant what a distributor has asked for, as it was asked or otherwise."""
    asked = _find(request, pk)
    demand(request, "crm.grant_area", asked)
    initial = {"regency": asked.regency, "province": asked.province, "since": clock.today()}
    form, others = _form(request, asked.party, initial)
    if form.is_valid():
        try:
            asked.grant(by=request.person, **form.cleaned_data)
        except AreaTaken:
            form.add_error(None, said_of_clash())
        else:
            return redirect("workshop:distributor-areas", request.workshop.slug, asked.party_id)
    return render(
        request,
        "workshop/customers/areas/grant.html",
        {"area": asked, "form": form, "others": others, "refusal": AreaRefusalForm()},
        status=422 if form.is_bound else 200,
    )


@require_POST
def refusal(request: Request, pk: int) -> HttpResponse:
    asked = _find(request, pk)
    form = AreaRefusalForm(request.POST)
    asked.decline(by=request.person, reason=form.cleaned_data["reason"] if form.is_valid() else "")
    return redirect("workshop:distributor-areas", request.workshop.slug, asked.party_id)


@require_http_methods(["GET", "POST"])
def ending(request: Request, pk: int) -> HttpResponse:
    held = _find(request, pk)
    demand(request, "crm.end_area", held)
    form = AreaEndForm(request.POST or None)
    if form.is_valid():
        held.end(by=request.person, **form.cleaned_data)
        return redirect("workshop:distributor-areas", request.workshop.slug, held.party_id)
    return render(
        request,
        "workshop/customers/areas/end.html",
        {"area": held, "form": form},
        status=422 if form.is_bound else 200,
    )


def areas_of(request: Request, party: Party) -> list[Row]:
    """Return all areas of a distributor, those that were asked for first, with who else is there."""
    mine = list(Territory.objects.visible_to(request.person).filter(party=party).order_by("-pk"))
    open_ones = [one for one in mine if one.status != "declined" and not one.is_over]
    over = [one for one in mine if one not in open_ones]
    open_ones.sort(key=lambda one: one.status != "asked")
    return [*_rows(request, open_ones), *(Row(one, []) for one in over)]


def _rows(request: Request, shown: list[Territory]) -> list[Row]:
    """Find what overlaps; one more question, if there is anything to find."""
    others = held_by_others(request.person, 0) if shown else []
    return [Row(one, _beside(one.claim, one.party_id, others)) for one in shown]


def _beside(claim: Claim, party: int, others: Iterable[Territory]) -> list[Territory]:
    return overlapping(claim, (one for one in others if one.party_id != party))


def _form(
    request: Request, party: Party, initial: dict[str, Any]
) -> tuple[AreaForm, list[Territory]]:
    """Return the form of an area, and who else holds what it says; then it can be given knowingly."""
    data = request.POST or None
    said = initial
    if data is not None:
        typed = AreaForm(data)
        said = typed.cleaned_data if typed.is_valid() else {}
    others: list[Territory] = []
    if said.get("regency") or said.get("province"):
        region = Region(said.get("regency", ""), said.get("province", ""))
        claim = Claim(region, said.get("since") or clock.today(), said.get("until"))
        others = overlapping(claim, held_by_others(request.person, party.pk))
    return AreaForm(data, is_taken=bool(others), initial=initial), others


def _find(request: Request, pk: int) -> Territory:
    found = Territory.objects.visible_to(request.person).select_related("party")
    return get_object_or_404(found, pk=pk)
