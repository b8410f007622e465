"""Receipts on the desk: what money was counted for, credit, and taking back."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from simpul.papers.models import Paper
from simpul.payments import reconciliation
from simpul.payments.forms import ReasonForm
from simpul.payments.models import Allocation, CreditNote, Receipt
from simpul.portals.http import Request
from simpul.ui.jinja import rupiah
from simpul.workflow.models import journal_of


@require_safe
def receipt(request: Request, pk: int) -> HttpResponse:
    receipt = _receipt(request, pk)
    allocations = receipt.allocations.select_related(
        "instalment__order", "refund", "forfeit__order", "by", "reversal"
    )
    return render(
        request,
        "workshop/payments/receipt.html",
        {
            "receipt": receipt,
            "allocations": allocations.order_by("pk"),
            "credit": receipt.credit_now(),
            "papers": Paper.objects.visible_to(request.person).about(receipt).order_by("pk"),
            "journal": journal_of(receipt),
        },
    )


@require_http_methods(["GET", "POST"])
def annulment(request: Request, pk: int) -> HttpResponse:
    receipt = _receipt(request, pk)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        reconciliation.annul(receipt, by=request.person, **form.cleaned_data)
        return redirect("workshop:receipt", request.workshop.slug, pk)
    explanation = _(
        "The receipt no longer counts. An entry of the bank waits again to be matched, a payment at "
        "a gateway to be counted."
    )
    return _ask(request, receipt, form, _("Annul the receipt"), explanation)


@require_http_methods(["GET", "POST"])
def reversal(request: Request, pk: int) -> HttpResponse:
    """Take something back from where it was counted, whatever paid it."""
    ours = Allocation.objects.visible_to(request.person)
    allocation = get_object_or_404(ours, pk=pk)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        allocation.reverse(by=request.person, **form.cleaned_data)
        return redirect(_page_of(allocation.source), request.workshop.slug, allocation.source.pk)
    explanation = _("The money becomes the buyer's credit, and what waits for it stops again.")
    return _ask(request, allocation.source, form, _("Take the payment back"), explanation)


def _page_of(source: Receipt | CreditNote) -> str:
    return "workshop:receipt" if isinstance(source, Receipt) else "workshop:credit-note"


def _ask(
    request: Request,
    source: Receipt | CreditNote,
    form: ReasonForm,
    question: str,
    explanation: str,
) -> HttpResponse:
    return render(
        request,
        "workshop/credit/step.html",
        {
            "trail": (source.party.name, _page_of(source), source.pk),
            "title": rupiah(source.amount),
            "form": form,
            "question": question,
            "explanation": explanation,
            "is_final": True,
        },
        status=422 if form.is_bound else 200,
    )


def _receipt(request: Request, pk: int) -> Receipt:
    receipts = Receipt.objects.visible_to(request.person).select_related("party", "entry", "by")
    return get_object_or_404(receipts, pk=pk)
