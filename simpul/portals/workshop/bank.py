"""The bank on the desk: the entries of statements, and the accounts."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.lib import qr
from simpul.lib.qris import Qris
from simpul.orders.models import AGREED, Order
from simpul.parties.models import Party
from simpul.payments import reconciliation
from simpul.payments.forms import (
    AccountForm,
    ConfirmationForm,
    PartsForm,
    QrisConfirmationForm,
    QrisForm,
    ReasonForm,
    SetAsideForm,
    SuggestionForm,
)
from simpul.payments.models import BankAccount, BankEntry, Refund
from simpul.payments.queries import corrections_of, credits_before, refunds_for
from simpul.payments.returning import BounceForm
from simpul.portals.http import Request
from simpul.ui.jinja import rupiah
from simpul.workflow.models import journal_of
from simpul.workflow.reasons import Given, because
from simpul.workflow.steps import WrongState

FOUND_AT_MOST = 8


@require_http_methods(["GET", "POST"])
def entry(request: Request, pk: int) -> HttpResponse:
    """One entry: what it may be for, and dividing it by hand."""
    entry = _entry(request, pk)
    words = request.GET.get("q", "").strip()
    orders = _chosen(request, words)
    form = PartsForm(_posted(request), orders=orders, amount=entry.rupiah)
    if form.is_valid():
        entry.allocate(by=request.person, parts=form.parts, how="hand")
        return redirect("workshop:bank-entry", request.workshop.slug, pk)
    waiting = [entry] if entry.status == BankEntry.Status.NEW else []
    return render(
        request,
        "workshop/payments/entry.html",
        {
            "entry": entry,
            "receipt": entry.receipt,
            "refund": Refund.objects.select_related("party").filter(entry=entry).first(),
            "refunds": refunds_for(entry, Refund.objects.visible_to(request.person)),
            "may_take_back": credits_before(entry, BankEntry.objects.visible_to(request.person)),
            "suggestions": reconciliation.suggestions(request.workshop, waiting).get(pk, []),
            "words": words,
            "orders": orders,
            "form": form,
            "aside_form": SetAsideForm(),
            "journal": journal_of(entry),
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
def matching(request: Request, pk: int) -> HttpResponse:
    """Accept a suggestion: count the entry as it was shown."""
    entry = _entry(request, pk)
    form = SuggestionForm(
        request.POST,
        parties=Party.objects.visible_to(request.person).buyers(),
        orders=Order.objects.visible_to(request.person),
    )
    if not form.is_valid():
        raise WrongState(_("This suggestion does not fit any more. Look at the entry again."))
    facts = form.cleaned_data
    entry.allocate(by=request.person, parts=facts["parts"], party=facts["party"], how="hand")
    return redirect(_list_of(request, accepted=pk))


@require_POST
def unmatching(request: Request, pk: int) -> HttpResponse:
    """Undo what was accepted: the money is counted for nothing, the entry waits again."""
    reason = because(Given.COUNTED_WRONGLY)
    reconciliation.undo(_entry(request, pk), by=request.person, reason=reason)
    messages.success(request, _("Taken back. The entry waits again."))
    return redirect("workshop:bank-entry", request.workshop.slug, pk)


@require_POST
def aside(request: Request, pk: int) -> HttpResponse:
    entry = _entry(request, pk)
    form = SetAsideForm(request.POST)
    if form.is_valid():
        entry.set_aside(by=request.person, **form.cleaned_data)
    return redirect("workshop:bank-entry", request.workshop.slug, pk)


@require_POST
def reopening(request: Request, pk: int) -> HttpResponse:
    _entry(request, pk).reopen(by=request.person)
    return redirect("workshop:bank-entry", request.workshop.slug, pk)


@require_http_methods(["GET", "POST"])
def bounce(request: Request, pk: int) -> HttpResponse:
    """Say that the bank took the money of an entry back, and by which entry it did."""
    entry = _entry(request, pk)
    corrections = corrections_of(entry, BankEntry.objects.visible_to(request.person))
    form = BounceForm(
        _posted(request),
        corrections=corrections.order_by("booked_on", "pk"),
        initial={"correction": request.GET.get("correction", ""), "reason": entry.reason},
    )
    if form.is_valid():
        entry.bounce(by=request.person, **form.cleaned_data)
        return redirect("workshop:bank-entry", request.workshop.slug, pk)
    explanation = _(
        "Whatever it was counted for is owed again, and what waited for it stops. The buyer, the"
        " owner, finance, stock and production are told."
    )
    return render(
        request,
        "workshop/credit/step.html",
        {
            "trail": (_("Bank entry"), "workshop:bank-entry", pk),
            "title": rupiah(entry.rupiah),
            "question": _("The bank took it back"),
            "explanation": explanation,
            "form": form,
            "is_final": True,
        },
        status=422 if form.is_bound else 200,
    )


@require_safe
def accounts(request: Request) -> HttpResponse:
    found = BankAccount.objects.visible_to(request.person).select_related(
        "opened_by", "confirmed_by"
    )
    return render(
        request,
        "workshop/payments/accounts.html",
        {
            "accounts": found.in_use_first(),
            "may_open": request.person.may("payments.open_account", request.workshop),
        },
    )


@require_http_methods(["GET", "POST"])
def new_account(request: Request) -> HttpResponse:
    form = AccountForm(request.POST or None)
    if form.is_valid():
        BankAccount.open(by=request.person, **form.cleaned_data)
        return redirect("workshop:accounts", request.workshop.slug)
    return render(
        request,
        "workshop/payments/account_form.html",
        {"form": form, "question": _("New bank account"), "label": _("Enter it"), "account": None},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def new_qris(request: Request) -> HttpResponse:
    """Read the shop's printed QRIS, show what it says, and enter it once that was looked at."""
    form = QrisForm(request.POST or None, request.FILES or None)
    read = form.cleaned_data["read"] if form.is_valid() else None
    if read and "looked" in request.POST:
        BankAccount.open_qris(by=request.person, payload=read.payload)
        return redirect("workshop:accounts", request.workshop.slug)
    return render(
        request,
        "workshop/payments/qris_form.html",
        {"form": form, "read": read, "drawn": _drawn(read)},
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "POST"])
def account_confirmation(request: Request, pk: int) -> HttpResponse:
    """Compare with the passbook, or with the printed QRIS, as a second person."""
    account = _account(request, pk)
    is_own = account.opened_by_id == request.person.pk
    asked = QrisConfirmationForm if account.is_qris else ConfirmationForm
    form = asked(request.POST or None, request.FILES or None, account=account, is_own=is_own)
    if form.is_valid():
        account.confirm(by=request.person, reason=form.cleaned_data.get("reason", ""))
        return redirect("workshop:accounts", request.workshop.slug)
    return render(
        request,
        "workshop/payments/account_form.html",
        {
            "form": form,
            "question": _("Confirm the QRIS") if account.is_qris else _("Confirm the account"),
            "label": _("It is the same") if account.is_qris else _("The numbers agree"),
            "account": account,
        },
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def account_haste(request: Request, pk: int) -> HttpResponse:
    account = _account(request, pk)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        account.hasten(by=request.person, **form.cleaned_data)
        return redirect("workshop:accounts", request.workshop.slug)
    return render(
        request,
        "workshop/payments/account_form.html",
        {
            "form": form,
            "question": _("Use it without the day of waiting"),
            "label": _("Use it now"),
            "account": account,
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
def account_closing(request: Request, pk: int) -> HttpResponse:
    _account(request, pk).close(by=request.person)
    return redirect("workshop:accounts", request.workshop.slug)


def _list_of(request: Request, accepted: int) -> str:
    return f"{reverse('workshop:payments', args=[request.workshop.slug])}?accepted={accepted}"


def _entry(request: Request, pk: int) -> BankEntry:
    entries = BankEntry.objects.visible_to(request.person).select_related("account", "takes_back")
    return get_object_or_404(entries, pk=pk)


def _account(request: Request, pk: int) -> BankAccount:
    return get_object_or_404(BankAccount.objects.visible_to(request.person), pk=pk)


def _drawn(read: Qris | None) -> str:
    return qr.svg(read.payload, label="QRIS", ink="black") if read else ""


def _chosen(request: Request, words: str) -> list[Order]:
    """The orders that were searched for, as far as money is open for them."""
    if not words:
        return []
    orders = (
        Order.objects.visible_to(request.person)
        .search(words, request.person.workshop_id)
        .filter(status__in=AGREED)
    )
    found = orders.select_related("buyer").prefetch_related("instalments").order_by("-pk")
    return [order for order in found[: FOUND_AT_MOST * 4] if order.balance][:FOUND_AT_MOST]


def _posted(request: Request) -> QueryDict | None:
    """What was sent, even where every field was left empty."""
    return request.POST if request.method == "POST" else None
