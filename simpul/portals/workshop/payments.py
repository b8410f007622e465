"""Money on the desk: what waits, what is due, what buyers report, cash, and papers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.lib import clock
from simpul.lib.sheets import rupiah
from simpul.orders.models import Order
from simpul.papers.models import Paper
from simpul.payments import agreement, cashbook, inbox, reconciliation
from simpul.payments.forms import CashForm, RejectionForm
from simpul.payments.models import (
    Arrival,
    BankAccount,
    BankEntry,
    Instruction,
    PaymentClaim,
    Receipt,
    Refund,
)
from simpul.portals.downloads import Column, download
from simpul.portals.files import serve_paper, serve_upload
from simpul.portals.http import Request
from simpul.workflow.models import journal_of

A_PAGE = 30
COLUMNS: dict[str, list[Column]] = {
    "entries": [
        (gettext_lazy("Day"), lambda entry: entry.booked_on),
        (gettext_lazy("Account"), lambda entry: str(entry.account)),
        (gettext_lazy("Text"), lambda entry: entry.text),
        (gettext_lazy("Amount"), lambda entry: rupiah(entry.amount_sen)),
        (gettext_lazy("State"), lambda entry: str(entry.get_status_display())),
    ],
    "claims": [
        (gettext_lazy("Order"), lambda claim: claim.order.number),
        (gettext_lazy("Buyer"), lambda claim: claim.order.buyer.name),
        (gettext_lazy("Amount"), lambda claim: claim.amount),
        (gettext_lazy("Paid on"), lambda claim: claim.paid_on),
        (gettext_lazy("State"), lambda claim: str(claim.get_status_display())),
    ],
    "due": [
        (gettext_lazy("Due on"), lambda asked: asked.due_on),
        (gettext_lazy("Order"), lambda asked: asked.order.number),
        (gettext_lazy("Buyer"), lambda asked: asked.order.buyer.name),
        (gettext_lazy("Amount"), lambda asked: asked.amount),
    ],
    "receipts": [
        (gettext_lazy("Received on"), lambda receipt: receipt.received_on),
        (gettext_lazy("Buyer"), lambda receipt: receipt.party.name),
        (gettext_lazy("Way"), lambda receipt: str(receipt.get_source_display())),
        (gettext_lazy("Amount"), lambda receipt: receipt.amount),
        (gettext_lazy("Credit"), lambda receipt: None if receipt.annulled_at else receipt.credit),
        (gettext_lazy("State"), lambda receipt: _("annulled") if receipt.annulled_at else ""),
    ],
    "refunds": [
        (gettext_lazy("Day"), lambda refund: clock.day_of(refund.at)),
        (gettext_lazy("Buyer"), lambda refund: refund.party.name),
        (gettext_lazy("Order"), lambda refund: str(refund.order or "")),
        (gettext_lazy("Amount"), lambda refund: refund.amount),
        (gettext_lazy("State"), lambda refund: str(refund.get_status_display())),
    ],
}


@require_safe
def payments(request: Request) -> HttpResponse:
    """Lists behind tabs: entries to match, reports, mail and messages, what is due, what came, and
    what goes back."""
    lists = _lists(request)
    chosen = request.GET.get("tab", "entries")
    if chosen not in lists:
        chosen = "entries"
    if chosen in COLUMNS and (answer := download(request, chosen, COLUMNS[chosen], lists[chosen])):
        return answer
    page = Paginator(lists[chosen], A_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page": page,
        "chosen": chosen,
        "counts": {name: rows.count() for name, rows in lists.items()},
        "words": request.GET.get("q", "").strip(),
        "shown": request.GET.get("shown", ""),
        "unasked": agreement.unasked(request.workshop).count(),
        "account": BankAccount.objects.newest(request.workshop.pk, BankAccount.Kind.BANK),
        "today": clock.today(),
        "sees_books": cashbook.is_shown_to(request.person),
        "may_import": request.person.may("payments.import", request.workshop),
    }
    if chosen == "entries":
        waiting: list[Any] = [one for one in page.object_list if one.status == "new"]
        context["suggestions"] = reconciliation.suggestions(request.workshop, waiting)
        context["accepted"] = _accepted(request)
    if chosen == "inbox":
        letters: list[Any] = [one for one in page.object_list if one.status == "waiting"]
        context["suggestions"] = inbox.suggestions(request.workshop, letters)
    return render(request, f"workshop/payments/{chosen}.html", context)


@require_POST
def reminder(request: Request, pk: int) -> HttpResponse:
    """Speak of what is due now, whatever the calendar of reminders says."""
    asked = get_object_or_404(Instruction.objects.visible_to(request.person), pk=pk)
    days = (clock.today() - asked.due_on).days
    asked.remind(by=request.person, days=days, amount=asked.amount, due_on=asked.due_on)
    messages.success(request, _("The buyer is being reminded."))
    return redirect(f"{reverse('workshop:payments', args=[request.workshop.slug])}?tab=due")


@require_POST
def asking(request: Request) -> HttpResponse:
    """Tell the buyers who could not be told while there was no account."""
    count = agreement.ask_all(request.workshop, by=request.person)
    text = ngettext("%(n)s buyer was told.", "%(n)s buyers were told.", count)
    messages.success(request, text % {"n": count})
    return redirect("workshop:payments", request.workshop.slug)


@require_safe
def claim(request: Request, pk: int) -> HttpResponse:
    claim = _claim(request, pk)
    near = BankEntry.objects.visible_to(request.person).open()
    return render(
        request,
        "workshop/payments/claim.html",
        {
            "claim": claim,
            "arrival": Arrival.objects.visible_to(request.person).filter(claim=claim).first(),
            "entries": near.filter(amount_sen=claim.amount * 100).order_by("-booked_on", "pk")[:5],
            "same_file": PaymentClaim.objects.visible_to(request.person)
            .filter(proof__sha256=claim.proof.sha256)
            .exclude(pk=pk)
            .select_related("order__buyer")[:5],
            "journal": journal_of(claim),
        },
    )


@require_safe
def proof(request: Request, pk: int) -> HttpResponse:
    return serve_upload(_claim(request, pk).proof)


@require_http_methods(["GET", "POST"])
def rejection(request: Request, pk: int) -> HttpResponse:
    claim = _claim(request, pk)
    form = RejectionForm(request.POST or None)
    if form.is_valid():
        claim.reject(by=request.person, **form.cleaned_data)
        return redirect("workshop:claim", request.workshop.slug, pk)
    return render(
        request,
        "workshop/payments/rejection.html",
        {"claim": claim, "form": form},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def cash(request: Request, number: str) -> HttpResponse:
    orders = Order.objects.visible_to(request.person).for_page()
    order = get_object_or_404(orders, number=number)
    open_ones = [one for one in order.instalments.all() if one.open_amount]
    first = min(open_ones, key=lambda one: one.position, default=None)
    form = CashForm(request.POST or None, initial={"amount": first.open_amount if first else None})
    if form.is_valid():
        receipt = Receipt.take_cash(by=request.person, order=order, **form.cleaned_data)
        return redirect("workshop:receipt", request.workshop.slug, receipt.pk)
    return render(
        request,
        "workshop/payments/cash.html",
        {"order": order, "form": form},
        status=422 if form.is_bound else 200,
    )


@require_safe
def paper(request: Request, code: str) -> HttpResponse:
    return serve_paper(
        request, get_object_or_404(Paper.objects.visible_to(request.person), code=code)
    )


def _lists(request: Request) -> dict[str, QuerySet[Any]]:
    entries = BankEntry.objects.visible_to(request.person).select_related("account")
    if request.GET.get("shown") == "all":
        entries = entries.exclude(status=BankEntry.Status.OUT)
    else:
        entries = entries.open()
    claims = PaymentClaim.objects.visible_to(request.person)
    if request.GET.get("shown") != "all":
        claims = claims.open()
    letters = Arrival.objects.visible_to(request.person)
    if request.GET.get("shown") != "all":
        letters = letters.filter(status__in=(Arrival.Status.WAITING, Arrival.Status.FETCHING))
    due = Instruction.objects.visible_to(request.person).open()
    receipts = Receipt.objects.visible_to(request.person)
    if request.GET.get("tab") == "receipts":  # elsewhere they are only counted
        receipts = receipts.with_credit()
    refunds = Refund.objects.visible_to(request.person)
    if request.GET.get("shown") != "all":
        refunds = refunds.open()
    words = request.GET.get("q", "").strip()
    if words:
        orders = Order.objects.visible_to(request.person).search(words, request.person.workshop_id)
        entries = entries.filter(text__icontains=words)
        letters = letters.search(words)
        claims, due = claims.filter(order__in=orders), due.filter(order__in=orders)
        receipts = receipts.filter(party__name__icontains=words)
        refunds = refunds.filter(party__name__icontains=words)
    return {
        "entries": entries.order_by("-booked_on", "-pk"),
        "claims": claims.with_twins().select_related("order__buyer").order_by("-pk"),
        "inbox": letters.select_related("person__party", "claim__order")
        .prefetch_related("files__upload")
        .order_by("-pk"),
        "due": due.select_related("order__buyer", "instalment", "account").order_by("due_on", "pk"),
        "receipts": receipts.select_related("party").order_by("-pk"),
        "refunds": refunds.select_related("party", "order").order_by("-pk"),
    }


def _accepted(request: Request) -> Receipt | None:
    """What was counted a moment ago: it can be taken back from here."""
    pk = request.GET.get("accepted", "")
    if not pk.isdecimal() or len(pk) > 18:
        return None
    entries = BankEntry.objects.visible_to(request.person).filter(pk=pk)
    receipts = Receipt.objects.standing().filter(entry__in=entries).with_credit()
    shown = receipts.select_related("party", "entry").prefetch_related(
        "allocations__instalment__order"
    )
    return shown.first()


def _claim(request: Request, pk: int) -> PaymentClaim:
    claims = PaymentClaim.objects.visible_to(request.person).with_twins()
    shown = claims.select_related("order__buyer", "instalment", "proof", "by")
    return get_object_or_404(shown, pk=pk)
