"""Piece wages on the desk: the week by worker, the sheets that settle it, and their payment."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.lib import clock
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, demand
from simpul.production import wages as earnings
from simpul.production.forms import PayForm, SettleForm
from simpul.production.models import TooLittle, WagePayment, WageSheet
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed

A_PAGE = 12
EARLIEST = date(2000, 1, 1)  # a day before is a slip of the hand, or a crawler's
COLUMNS: tuple[Column, ...] = (  # of the people of the house: whoever sees wages pays by them
    (gettext_lazy("Made by"), lambda row: row.worker),
    (gettext_lazy("Good pairs, all stages"), lambda row: row.pairs),
    (gettext_lazy("Earned"), lambda row: row.amount),
    (gettext_lazy("Settled already"), lambda row: row.settled),
    (gettext_lazy("From before"), lambda row: row.carried),
    (gettext_lazy("Left to settle"), lambda row: row.open),
)
SHEETS: tuple[Column, ...] = (
    (gettext_lazy("Sheet"), str),
    (gettext_lazy("From"), lambda sheet: sheet.first_on),
    (gettext_lazy("Until"), lambda sheet: sheet.last_on),
    (gettext_lazy("People"), lambda sheet: sheet.people),
    (gettext_lazy("Wage"), lambda sheet: sheet.amount),
    (gettext_lazy("Still to pay"), lambda sheet: sheet.unpaid),
)


@require_safe
def wages(request: Request) -> HttpResponse:
    """What each worker earned in a week by the piece, and what was settled."""
    demand(request, "production.see_wages", request.workshop)
    today = clock.today()
    first, last = earnings.week_of(min(_day(request) or today, today))
    rows = earnings.earned(request.person, first, last)
    sheets = WageSheet.objects.visible_to(request.person).with_sums().order_by("-pk")
    answer = download(request, "wage-sheets", SHEETS, sheets, of="sheets") or download(
        request, f"wages-{first}", COLUMNS, rows
    )
    if answer:
        return answer
    return render(
        request,
        "workshop/wages/week.html",
        {
            "rows": rows,
            "pairs": sum(row.pairs for row in rows),
            "amount": sum(row.amount for row in rows),
            "open": sum(row.open for row in rows if row.open > 0),
            "first": first,
            "last": last,
            "until": min(last, today),
            "earlier": first - timedelta(days=7),
            "later": first + timedelta(days=7) if last < today else None,
            "page": Paginator(sheets, A_PAGE).get_page(request.GET.get("page")),
            "may_settle": request.person.may("production.settle_wages", request.workshop),
            "tab": "wages",
        },
    )


@require_POST
def settling(request: Request) -> HttpResponse:
    """Settle what is open up to a day, of one worker or of all."""
    form = SettleForm(request.POST)
    if not form.is_valid():
        return redirect("workshop:wages", request.workshop.slug)
    sheet = WageSheet.settle(by=request.person, **form.cleaned_data)
    return redirect("workshop:wage-sheet", request.workshop.slug, sheet.pk)


@require_http_methods(["GET", "POST"])
def sheet(request: Request, pk: int) -> HttpResponse:
    """One sheet: each slip with the work behind it, and how it was paid."""
    sheet = _find(request, pk)
    slips = earnings.pieces_of(sheet)
    unpaid = [slip for slip, _pieces in slips if not slip.is_paid]
    may_pay = request.person.may("production.pay_wages", sheet)
    if request.method == "POST" and not may_pay:
        raise NotAllowed
    left = earnings.payments_left(request.person) if may_pay and unpaid else []
    form = PayForm(request.POST or None, slips=unpaid, payments=left)
    if form.is_valid():
        try:
            sheet.pay(by=request.person, **form.facts)
        except TooLittle as reason:
            form.add_error("purpose", str(reason))
        else:
            return redirect("workshop:wage-sheet", request.workshop.slug, pk)
    payments = WagePayment.objects.standing().filter(slip__sheet=sheet)
    return render(
        request,
        "workshop/wages/sheet.html",
        {
            "sheet": sheet,
            "slips": slips,
            "pairs": sum(slip.pairs for slip, _pieces in slips),
            "form": form if may_pay and unpaid else None,
            "payments": payments.select_related("slip", "purpose__entry", "by").order_by("pk"),
            "journal": journal_of(sheet),
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
def unpaying(request: Request, pk: int, payment: int) -> HttpResponse:
    """Say that a payment was not for this slip."""
    mine = WagePayment.objects.filter(slip__sheet=_find(request, pk)).select_related("purpose")
    get_object_or_404(mine, pk=payment).take_back(by=request.person)
    return redirect("workshop:wage-sheet", request.workshop.slug, pk)


def _find(request: Request, pk: int) -> WageSheet:
    sheets = WageSheet.objects.visible_to(request.person).with_sums()
    return get_object_or_404(sheets.select_related("by"), pk=pk)


def _day(request: Request) -> date | None:
    try:
        day = parse_date(request.GET.get("day", ""))
    except ValueError:
        return None
    return day if day and day >= EARLIEST else None
