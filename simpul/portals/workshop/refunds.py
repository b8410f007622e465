"""Refunds on the desk: asked for, approved, sent, and seen at the bank."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.papers.models import Paper
from simpul.payments.forms import ReasonForm
from simpul.payments.models import BankAccount, BankEntry, Refund, party_credit
from simpul.payments.queries import transfers_for
from simpul.payments.returning import PayOutForm, RefundForm, SendingForm
from simpul.portals.http import Request
from simpul.portals.workshop.credit import find_party
from simpul.workflow.models import journal_of


@require_http_methods(["GET", "POST"])
def new(request: Request, pk: int) -> HttpResponse:
    """Ask for a party's credit in its name."""
    party = find_party(request, pk)
    form = RefundForm(_posted(request), credit=party_credit(party), needs_account=False)
    if form.is_valid():
        made = Refund.request(by=request.person, party=party, **form.cleaned_data)
        return redirect("workshop:refund", request.workshop.slug, made.pk)
    return render(
        request,
        "workshop/credit/new_refund.html",
        {"party": party, "form": form},
        status=422 if form.is_bound else 200,
    )


@require_safe
def refund(request: Request, pk: int) -> HttpResponse:
    refund = _find(request, pk)
    entries = BankEntry.objects.visible_to(request.person)
    return render(
        request,
        "workshop/credit/refund.html",
        {
            "refund": refund,
            "missing": refund.missing_now(),
            "transfers": transfers_for(refund, entries),
            "papers": Paper.objects.visible_to(request.person).about(refund).order_by("pk"),
            "journal": journal_of(refund),
        },
    )


@require_POST
def approval(request: Request, pk: int) -> HttpResponse:
    _find(request, pk).approve(by=request.person)
    return redirect("workshop:refund", request.workshop.slug, pk)


@require_http_methods(["GET", "POST"])
def refusal(request: Request, pk: int) -> HttpResponse:
    refund = _find(request, pk)
    form = ReasonForm(_posted(request))
    if form.is_valid():
        refund.refuse(by=request.person, **form.cleaned_data)
        return redirect("workshop:refund", request.workshop.slug, pk)
    explanation = _("The money is the buyer's credit again, and the buyer reads the reason.")
    return _ask(request, refund, form, _("Refuse the refund"), explanation, is_final=True)


@require_POST
def withdrawal(request: Request, pk: int) -> HttpResponse:
    _find(request, pk).withdraw(by=request.person)
    return redirect("workshop:refund", request.workshop.slug, pk)


@require_http_methods(["GET", "POST"])
def sending(request: Request, pk: int) -> HttpResponse:
    """Note the transfer that was made at the bank."""
    refund = _find(request, pk)
    accounts = BankAccount.objects.visible_to(request.person).usable().in_use_first()
    form = SendingForm(_posted(request), refund=refund, accounts=accounts)
    if form.is_valid():
        refund.send(by=request.person, **form.cleaned_data)
        return redirect("workshop:refund", request.workshop.slug, pk)
    explanation = _("Make the transfer at the bank first, then note it here. A note is issued.")
    return _ask(request, refund, form, _("I have sent the money"), explanation)


@require_http_methods(["GET", "POST"])
def payout(request: Request, pk: int) -> HttpResponse:
    refund = _find(request, pk)
    form = PayOutForm(_posted(request))
    if form.is_valid():
        refund.pay_out(by=request.person, **form.cleaned_data)
        return redirect("workshop:refund", request.workshop.slug, pk)
    explanation = _("A note is issued: let the buyer sign it.")
    return _ask(request, refund, form, _("I have paid it in cash"), explanation)


@require_POST
def seeing(request: Request, pk: int, entry: int) -> HttpResponse:
    """Say that this entry of the bank is the transfer."""
    found = get_object_or_404(BankEntry.objects.visible_to(request.person), pk=entry)
    _find(request, pk).see(by=request.person, entry=found)
    return redirect("workshop:refund", request.workshop.slug, pk)


@require_POST
def cover(request: Request, pk: int) -> HttpResponse:
    """Count later credit for a refund whose money was taken back."""
    _find(request, pk).cover(by=request.person)
    return redirect("workshop:refund", request.workshop.slug, pk)


def _find(request: Request, pk: int) -> Refund:
    refunds = Refund.objects.visible_to(request.person).select_related(
        "workshop", "party", "order", "by", "approved_by", "sent_by", "account", "entry"
    )
    return get_object_or_404(refunds, pk=pk)


def _ask(
    request: Request,
    refund: Refund,
    form: forms.Form,
    question: str,
    explanation: str,
    *,
    is_final: bool = False,
) -> HttpResponse:
    return render(
        request,
        "workshop/credit/step.html",
        {
            "trail": (_("Refund"), "workshop:refund", refund.pk),
            "title": refund.party.name,
            "question": question,
            "explanation": explanation,
            "form": form,
            "is_final": is_final,
        },
        status=422 if form.is_bound else 200,
    )


def _posted(request: Request) -> QueryDict | None:
    """What was sent, even where every field was left empty."""
    return request.POST if request.method == "POST" else None
