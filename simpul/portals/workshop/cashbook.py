"""The cash book on the desk, and the closing of the day."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from simpul.lib import clock
from simpul.lib.sheets import rupiah
from simpul.payments import cashbook as book
from simpul.payments.counting import ClosingForm
from simpul.payments.models import BankAccount, CashBox, DayClosing
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request
from simpul.portals.months import month_of
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed

A_PAGE = 50
COLUMNS: list[Column] = [
    (gettext_lazy("Day"), lambda line: line.on),
    (gettext_lazy("What"), lambda line: "; ".join(one.label for one in line.reasons)),
    (gettext_lazy("With"), lambda line: "; ".join(one.party for one in line.reasons if one.party)),
    (gettext_lazy("Orders"), lambda line: " ".join(n for one in line.reasons for n in one.orders)),
    (
        gettext_lazy("Text"),
        lambda line: "; ".join(filter(None, [line.text, *(one.words for one in line.reasons)])),
    ),
    (gettext_lazy("In"), lambda line: rupiah(max(line.sen, 0))),
    (gettext_lazy("Out"), lambda line: rupiah(max(-line.sen, 0))),
    (gettext_lazy("Balance"), lambda line: rupiah(line.balance_sen)),
    (
        gettext_lazy("Counted"),
        lambda line: None if line.counted_sen is None else rupiah(line.counted_sen),
    ),
]
CLOSINGS: list[Column] = [
    (gettext_lazy("Day"), lambda one: one.on),
    (gettext_lazy("Who counted"), lambda one: one.by.name),
    (gettext_lazy("Should be there"), lambda one: rupiah(one.expected_sen)),
    (gettext_lazy("Counted"), lambda one: rupiah(one.counted_sen)),
    (gettext_lazy("Difference"), lambda one: rupiah(one.difference_sen)),
    (gettext_lazy("Reason"), lambda one: one.reason),
]


@require_safe
def cash(request: Request) -> HttpResponse:
    """A month of the cash box."""
    return _page(request, None)


@require_safe
def account(request: Request, pk: int) -> HttpResponse:
    """A month of a bank account, as its statements tell it."""
    return _page(request, _account(request, pk))


@require_safe
def closings(request: Request) -> HttpResponse:
    """Every count of the cash box, the newest first."""
    if not book.is_shown_to(request.person):
        raise Http404
    found = DayClosing.objects.visible_to(request.person)
    words, shown = request.GET.get("q", "").strip(), request.GET.get("shown", "")
    if shown == "difference":
        found = found.with_difference()
    if words:
        found = found.filter(Q(reason__icontains=words) | Q(by__name__icontains=words))
    rows = found.select_related("by").order_by("-pk")
    if answer := download(request, "closings", CLOSINGS, rows):
        return answer
    return render(
        request,
        "workshop/cashbook/closings.html",
        {
            "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
            "words": words,
            "shown": shown,
            "may_close": request.person.may("payments.close_day", request.workshop),
        },
    )


@require_http_methods(["GET", "POST"])
def new_closing(request: Request) -> HttpResponse:
    """Count the cash box; beside it stands what else of the day is open."""
    if not request.person.may("payments.close_day", request.workshop):
        raise NotAllowed
    box = CashBox.of(request.workshop.pk)
    form = ClosingForm(request.POST or None, box=box)
    if form.is_valid():
        made = DayClosing.close(by=request.person, **form.facts())
        return redirect("workshop:day-closing", request.workshop.slug, made.pk)
    return render(
        request,
        "workshop/cashbook/new_closing.html",
        {
            "form": form,
            "box": box,
            "waiting": book.still_open(request.person),
            "today": clock.today(),
        },
        status=422 if form.is_bound else 200,
    )


@require_safe
def closing(request: Request, pk: int) -> HttpResponse:
    closings = DayClosing.objects.visible_to(request.person).select_related("by", "previous")
    closing = get_object_or_404(closings, pk=pk)
    return render(
        request,
        "workshop/cashbook/closing.html",
        {"closing": closing, "journal": journal_of(closing)},
    )


def _page(request: Request, account: BankAccount | None) -> HttpResponse:
    month, lines = _found(request, account)
    name = f"cashbook-{account.bank if account else 'cash'}-{month.month:%Y-%m}"
    if answer := download(request, name.lower().replace(" ", "-"), COLUMNS, lines):
        return answer
    return render(
        request,
        "workshop/cashbook/page.html",
        {
            "book": month,
            "account": account,
            "accounts": book.accounts_of(request.person),
            "months": book.months_since(book.first_day(request.workshop.pk, account)),
            "page": Paginator(lines, A_PAGE if "all" not in request.GET else 10**6).get_page(
                request.GET.get("page")
            ),
            "box": None if account else CashBox.of(request.workshop.pk),
            "words": request.GET.get("q", "").strip(),
            "kind": request.GET.get("kind", ""),
            "today": clock.today(),
            "may_close": request.person.may("payments.close_day", request.workshop),
        },
    )


def _found(request: Request, account: BankAccount | None) -> tuple[book.Month, list[book.Line]]:
    """Return the month that was asked for, and those of its lines that were."""
    if not book.is_shown_to(request.person):
        raise Http404
    chosen = request.GET.get("month", "")
    on = month_of(chosen) if chosen else clock.today().replace(day=1)
    month = book.account_month(account, on) if account else book.cash_month(request.workshop.pk, on)
    words, kind = request.GET.get("q", "").strip(), request.GET.get("kind", "")
    lines: list[Any] = [
        line
        for line in month.lines
        if (not kind or line.is_of(kind)) and (not words or line.says(words))
    ]
    return month, lines


def _account(request: Request, pk: int) -> BankAccount:
    if not book.is_shown_to(request.person):
        raise Http404
    return get_object_or_404(book.accounts_of(request.person), pk=pk)
