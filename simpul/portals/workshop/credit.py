"""A party's account on the desk: its credit, credit notes, and counting credit for orders."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from simpul.lib import clock
from simpul.orders.models import AGREED, Order
from simpul.papers.models import Paper
from simpul.parties.models import Party
from simpul.payments.forms import PartsForm, ReasonForm
from simpul.payments.models import (
    Allocation,
    CreditNote,
    Refund,
    party_credit,
    party_debt,
)
from simpul.payments.queries import credit_of
from simpul.payments.returning import CreditNoteForm
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request
from simpul.portals.workshop.orders import find_order
from simpul.workflow.models import journal_of

A_PAGE = 30
COLUMNS: tuple[Column, ...] = (
    (gettext_lazy("Day"), lambda line: clock.day_of(line.at)),
    (gettext_lazy("What"), lambda line: line.what),
    (gettext_lazy("Order"), lambda line: str(line.order or "")),
    (gettext_lazy("Amount"), lambda line: line.amount),
    (gettext_lazy("Credit"), lambda line: line.credit),
)


@require_safe
def account(request: Request, pk: int) -> HttpResponse:
    """Where a party's credit comes from, what became of it, and what is owed."""
    party = find_party(request, pk)
    lines = credit_of(party)[::-1]
    if answer := download(request, f"account-{pk}", COLUMNS, lines):
        return answer
    refunds = Refund.objects.visible_to(request.person).filter(party=party)
    notes = CreditNote.objects.visible_to(request.person).filter(party=party).with_credit()
    return render(
        request,
        "workshop/credit/account.html",
        {
            "party": party,
            "credit": party_credit(party),
            "debt": party_debt(party),
            "page": Paginator(lines, A_PAGE).get_page(request.GET.get("page")),
            "refunds": refunds.select_related("order").order_by("-pk")[:20],
            "notes": notes.select_related("order").order_by("-pk")[:20],
        },
    )


@require_http_methods(["GET", "POST"])
def credit(request: Request, pk: int) -> HttpResponse:
    """Count what a buyer has left over for its open orders."""
    party = find_party(request, pk)
    form = PartsForm(
        _posted(request), orders=open_orders(request, party), amount=party_credit(party)
    )
    if form.is_valid():
        Allocation.use(by=request.person, party=party, parts=form.parts)
        return redirect("workshop:party-account", request.workshop.slug, pk)
    return render(
        request,
        "workshop/credit/use.html",
        {"party": party, "form": form},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def new_note(request: Request, pk: int) -> HttpResponse:
    """Credit a party with something, without an order."""
    return _new_note(request, find_party(request, pk), None)


@require_http_methods(["GET", "POST"])
def order_note(request: Request, number: str) -> HttpResponse:
    """Let a buyer pay less for an order."""
    order = find_order(request, number)
    return _new_note(request, order.buyer, order)


@require_safe
def note(request: Request, pk: int) -> HttpResponse:
    note = _note(request, pk)
    allocations = note.allocations.select_related(
        "instalment__order", "refund", "forfeit__order", "by", "reversal"
    )
    return render(
        request,
        "workshop/credit/note.html",
        {
            "note": note,
            "allocations": allocations.order_by("pk"),
            "credit": note.credit_now(),
            "is_used": note.is_used(),
            "papers": Paper.objects.visible_to(request.person).about(note).order_by("pk"),
            "journal": journal_of(note),
        },
    )


@require_http_methods(["GET", "POST"])
def note_annulment(request: Request, pk: int) -> HttpResponse:
    note = _note(request, pk)
    form = ReasonForm(_posted(request))
    if form.is_valid():
        note.annul(by=request.person, **form.cleaned_data)
        return redirect("workshop:credit-note", request.workshop.slug, pk)
    return render(
        request,
        "workshop/credit/step.html",
        {
            "trail": (_("Credit note"), "workshop:credit-note", pk),
            "title": note.number,
            "question": _("Annul the credit note"),
            "explanation": _("What it lowered is owed again. Its number stays with it."),
            "form": form,
            "is_final": True,
        },
        status=422 if form.is_bound else 200,
    )


def find_party(request: Request, pk: int) -> Party:
    return get_object_or_404(Party.objects.visible_to(request.person), pk=pk)


def open_orders(request: Request, party: Party) -> list[Order]:
    """Return the orders of a party that money is open for."""
    orders = Order.objects.visible_to(request.person).filter(buyer=party, status__in=AGREED)
    found = orders.prefetch_related("instalments").order_by("pk")
    return [order for order in found if order.balance]


def _new_note(request: Request, party: Party, order: Order | None) -> HttpResponse:
    form = CreditNoteForm(_posted(request))
    if form.is_valid():
        made = CreditNote.issue(by=request.person, party=party, order=order, **form.cleaned_data)
        return redirect("workshop:credit-note", request.workshop.slug, made.pk)
    return render(
        request,
        "workshop/credit/new_note.html",
        {"party": party, "order": order, "form": form},
        status=422 if form.is_bound else 200,
    )


def _note(request: Request, pk: int) -> CreditNote:
    notes = CreditNote.objects.visible_to(request.person).select_related("party", "order", "by")
    return get_object_or_404(notes, pk=pk)


def _posted(request: Request) -> QueryDict | None:
    """What was sent, even where every field was left empty."""
    return request.POST if request.method == "POST" else None
