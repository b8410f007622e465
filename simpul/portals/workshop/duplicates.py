"""Parties that are probably one: looked at side by side, merged, or known to be two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.conversations.models import Message
from simpul.crm import looking, tasks
from simpul.crm.forms import MergingForm
from simpul.crm.models import SPEAKS_FOR, Duplicate, Merging, NotMerged
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person
from simpul.payments.models import party_credit
from simpul.payments.tally import owed_by
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, demand
from simpul.procurement.models import PurchaseOrder

A_PAGE = 20
COLUMNS: tuple[Column, ...] = (
    (gettext_lazy("One"), lambda pair: pair.one.name),
    (gettext_lazy("Its people"), lambda pair: _known_of(pair.one)),
    (gettext_lazy("The other"), lambda pair: pair.other.name),
    (gettext_lazy("Its people"), lambda pair: _known_of(pair.other)),
    (gettext_lazy("What speaks for it"), lambda pair: _whys(pair)),
    (gettext_lazy("State"), lambda pair: str(pair.get_status_display())),
)
MERGED: tuple[Column, ...] = (
    (gettext_lazy("Stayed"), lambda one: one.kept.name),
    (gettext_lazy("Merged into it"), lambda one: one.absorbed.name),
    (gettext_lazy("Day"), lambda one: clock.day_of(one.at)),
    (gettext_lazy("By"), lambda one: str(one.by)),
    (gettext_lazy("State"), lambda one: str(one.get_status_display())),
)


@dataclass(frozen=True, slots=True)
class Side:
    """What would move, or stay, of one of two parties; money in rupiah."""

    party: Party
    people: list[Person]
    addresses: list[str]
    orders: int
    purchases: int
    messages: int
    owed: int
    credit: int

    @property
    def logins(self) -> list[Person]:
        """Who sees in the portal what is theirs, and is told."""
        return [one for one in self.people if one.is_active and one.user_id]


@require_safe
def duplicates(request: Request) -> HttpResponse:
    found = Duplicate.objects.visible_to(request.person)
    words = request.GET.get("q", "").strip()
    status = request.GET.get("status", "")
    if words:
        found = found.search(words)
    kinds = {"": found.waiting(), "apart": found.filter(status=Duplicate.Status.APART)}
    shown = kinds.get(status, kinds[""]).for_list().order_by("-bits", "pk")
    if answer := download(request, "duplicates", COLUMNS, shown, is_personal=True):
        return answer
    return render(
        request,
        "workshop/customers/duplicates/list.html",
        {
            "page": Paginator(shown, A_PAGE).get_page(request.GET.get("page")),
            "words": words,
            "status": status,
            "speaks_for": SPEAKS_FOR,
            "is_looking": looking.is_under_way(request.workshop),
            "counts": {name: rows.count() for name, rows in kinds.items()},
        },
    )


@require_POST
def search(request: Request) -> HttpResponse:
    """Look through all parties now, and not only tonight."""
    demand(request, "crm.part", request.workshop)
    if looking.begin(request.workshop):
        tasks.look_for_duplicates.enqueue(request.workshop.pk)
    return redirect("workshop:duplicates", request.workshop.slug)


@require_POST
def apart(request: Request, pk: int) -> HttpResponse:
    found = Duplicate.objects.visible_to(request.person).select_related("one", "other")
    pair = get_object_or_404(found, pk=pk)
    pair.part(by=request.person)
    messages.success(request, _("They are two: nobody is asked about these again."))
    return redirect("workshop:duplicates", request.workshop.slug)


@require_http_methods(["GET", "POST"])
def pair(request: Request, one: int, other: int) -> HttpResponse:
    """Two parties side by side, what would move, and which one stays."""
    demand(request, "crm.merge", request.workshop)
    both = Party.objects.visible_to(request.person).filter(pk__in={one, other})
    parties = {party.pk: party for party in both}
    if len(parties) != 2:
        raise Http404
    sides = [_side(parties[one]), _side(parties[other])]
    form = MergingForm(
        request.POST or None, parties=both, initial={"kept": max(sides, key=_weight).party}
    )
    if form.is_valid():
        kept = form.cleaned_data["kept"]
        absorbed = parties[one if kept.pk == other else other]
        try:
            Merging.merge(by=request.person, kept=kept, absorbed=absorbed)
        except NotMerged as reason:
            form.add_error(None, str(reason))
        else:
            told = _("Merged. This can be undone under Duplicates, Merged.")
            messages.success(request, told)
            return redirect("workshop:party", request.workshop.slug, kept.pk)
    found = Duplicate.objects.visible_to(request.person).waiting()
    return render(
        request,
        "workshop/customers/duplicates/pair.html",
        {
            "sides": sides,
            "form": form,
            "speaks_for": SPEAKS_FOR,
            "duplicate": found.filter(one=min(one, other), other=max(one, other)).first(),
        },
        status=422 if form.is_bound else 200,
    )


@require_safe
def mergings(request: Request) -> HttpResponse:
    found = Merging.objects.visible_to(request.person).select_related("kept", "absorbed", "by")
    shown = found.annotate(rows=Count("moved")).order_by("-pk")
    if answer := download(request, "mergings", MERGED, shown, is_personal=True):
        return answer
    return render(
        request,
        "workshop/customers/duplicates/mergings.html",
        {"page": Paginator(shown, A_PAGE).get_page(request.GET.get("page"))},
    )


@require_POST
def undoing(request: Request, pk: int) -> HttpResponse:
    """Let two that were merged be two again; a refusal is shown by the middleware."""
    merging = get_object_or_404(Merging.objects.visible_to(request.person), pk=pk)
    merging.undo(by=request.person)
    messages.success(request, _("They are two again, each with what is its own."))
    return redirect("workshop:party", request.workshop.slug, merging.absorbed_id)


def _whys(pair: Duplicate) -> str:
    return ", ".join(str(SPEAKS_FOR[why]) for why in pair.whys)


def _known_of(party: Party) -> str:
    """Return the people of a party with their numbers and addresses, for a spreadsheet."""
    return "; ".join(
        " ".join([one.name, *(known.value for known in one.identities.all())])
        for one in party.people.all()
    )


def _side(party: Party) -> Side:
    return Side(
        party=party,
        people=list(party.people.prefetch_related("identities").order_by("pk")),
        addresses=[address.in_one_text for address in party.addresses.order_by("pk")],
        orders=Order.objects.filter(buyer=party).count(),
        purchases=PurchaseOrder.objects.filter(supplier=party).count(),
        messages=Message.objects.filter(conversation__party=party).count(),
        owed=owed_by(party),
        credit=party_credit(party),
    )


def _weight(side: Side) -> tuple[Any, ...]:
    """Say which one is rather kept: the one that more happened with, and the older one."""
    return (side.party.is_welcome, side.orders + side.purchases, side.messages, -side.party.pk)
