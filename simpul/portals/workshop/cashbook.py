"""The cash book on the desk, and the closing of the day."""

from __future__ import annotations

import csv
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from simpul.lib import clock
from simpul.lib.sheets import harmless
from simpul.payments import cashbook as book
from simpul.payments.counting import ClosingForm
from simpul.payments.models import BankAccount, CashBox, DayClosing
from simpul.portals.http import Request
from simpul.portals.months import month_of
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed

A_PAGE = 50


@require_safe
def cash(request: Request) -> HttpResponse:
    """A month of the cash box."""
    return _page(request, None)


@require_safe
def account(request: Request, pk: int) -> HttpResponse:
    """A month of a bank account, as its statements tell it."""
    return _page(request, _account(request, pk))


@require_safe
def cash_csv(request: Request) -> HttpResponse:
    return _csv(request, None)


@require_safe
def account_csv(request: Request, pk: int) -> HttpResponse:
    return _csv(request, _account(request, pk))


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
    return render(
        request,
        "workshop/cashbook/closings.html",
        {
            "page": Paginator(found.select_related("by").order_by("-pk"), A_PAGE).get_page(
                request.GET.get("page")
            ),
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


def _csv(request: Request, account: BankAccount | None) -> HttpResponse:
    """Give the month as it is filtered, for a spreadsheet; amounts in rupiah."""
    month, lines = _found(request, account)
    name = f"cashbook-{account.bank if account else 'cash'}-{month.month:%Y-%m}"
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name.lower().replace(" ", "-")}.csv"'
    sheet = csv.writer(answer)
    sheet.writerow(["day", "what", "party", "orders", "text", "in", "out", "balance", "counted"])
    for line in lines:
        sheet.writerow(
            [
                line.on,
                *map(harmless, _words(line)),
                _plain(max(line.sen, 0)),
                _plain(max(-line.sen, 0)),
                _plain(line.balance_sen),
                _plain(line.counted_sen) if line.counted_sen is not None else "",
            ]
        )
    return answer


def _words(line: book.Line) -> tuple[str, str, str, str]:
    """Return what a line was, with whom, for which orders, and in whose words."""
    reasons = line.reasons
    return (
        "; ".join(one.label for one in reasons),
        "; ".join(filter(None, (one.party for one in reasons))),
        " ".join(number for one in reasons for number in one.orders),
        "; ".join(filter(None, [line.text, *(one.words for one in reasons)])),
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


def _plain(sen: int) -> str:
    """Return rupiah for a spreadsheet: `1250`, or `1250.37`."""
    whole, rest = divmod(abs(sen), 100)
    return f"{'-' if sen < 0 else ''}{whole}" + (f".{rest:02}" if rest else "")
