"""Receipts on the desk: what money was counted for, credit, and taking back."""

from __future__ import annotations

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from simpul.orders.models import AGREED, Order
from simpul.papers.models import Paper
from simpul.payments.forms import PartsForm, ReasonForm
from simpul.payments.models import Allocation, Receipt, party_credit
from simpul.portals.http import Request
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
def credit(request: Request, pk: int) -> HttpResponse:
    """Count what a buyer has left over for its open orders."""
    receipt = _receipt(request, pk)
    orders = Order.objects.visible_to(request.person).filter(
        buyer_id=receipt.party_id, status__in=AGREED
    )
    found = orders.prefetch_related("instalments").order_by("pk")
    open_ones = [order for order in found if order.balance]
    form = PartsForm(_posted(request), orders=open_ones, amount=party_credit(receipt.party))
    if form.is_valid():
        Allocation.use(by=request.person, party=receipt.party, parts=form.parts)
        return redirect("workshop:receipt", request.workshop.slug, pk)
    return render(
        request,
        "workshop/payments/credit.html",
        {"receipt": receipt, "form": form},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def annulment(request: Request, pk: int) -> HttpResponse:
    receipt = _receipt(request, pk)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        receipt.annul(by=request.person, **form.cleaned_data)
        return redirect("workshop:receipt", request.workshop.slug, pk)
    explanation = _("The receipt no longer counts. An entry of the bank waits again to be matched.")
    return _ask(request, receipt, form, _("Annul the receipt"), explanation)


@require_http_methods(["GET", "POST"])
def reversal(request: Request, pk: int) -> HttpResponse:
    ours = Receipt.objects.visible_to(request.person)
    allocation = get_object_or_404(Allocation, pk=pk, receipt__in=ours)
    receipt = _receipt(request, allocation.source.pk)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        allocation.reverse(by=request.person, **form.cleaned_data)
        return redirect("workshop:receipt", request.workshop.slug, receipt.pk)
    explanation = _("The money becomes the buyer's credit, and what waits for it stops again.")
    return _ask(request, receipt, form, _("Take the payment back"), explanation)


def _ask(
    request: Request, receipt: Receipt, form: ReasonForm, question: str, explanation: str
) -> HttpResponse:
    return render(
        request,
        "workshop/payments/undoing.html",
        {"receipt": receipt, "form": form, "question": question, "explanation": explanation},
        status=422 if form.is_bound else 200,
    )


def _receipt(request: Request, pk: int) -> Receipt:
    receipts = Receipt.objects.visible_to(request.person).select_related("party", "entry", "by")
    return get_object_or_404(receipts, pk=pk)


def _posted(request: Request) -> QueryDict | None:
    """What was sent, even where every field was left empty."""
    return request.POST if request.method == "POST" else None
