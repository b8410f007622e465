"""The books on the desk: derived from the facts each time, for those who keep the money."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from simpul.insight.books import exports, margins, reports
from simpul.insight.books.chart import Account
from simpul.insight.books.checks import banks_off
from simpul.insight.books.kept import books_now
from simpul.insight.books.postings import Books, Source
from simpul.insight.books.reports import Period
from simpul.insight.books.turnover import Rule, tax_due
from simpul.lib import clock
from simpul.lib.sheets import rupiah
from simpul.payments.models import PurposeKind
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request
from simpul.stock.models import Item

A_PAGE = 100
PERIODS = ("month", "quarter", "year")
# where the document of a posting stands on the desk, below the desk's own address
PLACES = {
    "entry": "payments/entries/{}/",
    "import": "payments/imports/{}/",
    "receipt": "payments/receipts/{}/",
    "credit note": "payments/credit-notes/{}/",
    "refund": "payments/refunds/{}/",
    "closing": "payments/cashbook/closings/{}/",
    "purpose": "payments/out/purposes/{}/",
    "bill": "payments/bills/{}/",
    "purchase": "purchases/{}/",
    "item": "stock/{}/",
    "job": "production/jobs/{}/",
    "order": "orders/{}/",
    "shipment": "deliveries/{}/",
    "turnover": "books/turnover/?day={}-12-31",
}
LEDGER: tuple[Column, ...] = (
    (gettext_lazy("Day"), lambda one: one.posting.on),
    (gettext_lazy("Event"), lambda one: str(one.posting.label)),
    (
        gettext_lazy("Document"),
        lambda one: str(one.posting.source.label or one.posting.source.key),
    ),
    (gettext_lazy("Amount"), lambda one: rupiah(one.sen)),
    (gettext_lazy("Balance"), lambda one: rupiah(one.balance)),
)
MARGINS: tuple[Column, ...] = (
    (gettext_lazy("Order"), lambda row: row.order.number),
    (gettext_lazy("Buyer"), lambda row: row.order.buyer.name),
    (gettext_lazy("Sold"), lambda row: row.sold),
    (gettext_lazy("Material"), lambda row: row.material),
    (gettext_lazy("Wages"), lambda row: row.wages),
    (gettext_lazy("Freight"), lambda row: row.freight),
    (gettext_lazy("Left"), lambda row: row.left),
    (gettext_lazy("Margin, %"), lambda row: row.percent),
    (gettext_lazy("Planned, %"), lambda row: row.planned_percent),
)


@require_safe
def trial_balance(request: Request) -> HttpResponse:
    """Every account with its opening, debit, credit and closing; both sides add up to the same."""
    books, period, context = _asked(request)
    rows = reports.trial_balance(books, period)
    context |= {
        "rows": rows,
        "debit": sum(row.debit for row in rows),
        "credit": sum(row.credit for row in rows),
        "total": sum(row.closing for row in rows),
        "off": banks_off(books),
    }
    return render(request, "workshop/books/trial_balance.html", context)


@require_safe
def ledger(request: Request, account: str) -> HttpResponse:
    """What happened on one account, each line with its document."""
    books, period, context = _asked(request)
    if account not in Account.values:
        raise Http404
    detail = request.GET.get("of", "")
    opening, moved = reports.ledger(books, Account(account), period, detail)
    if answer := download(request, f"ledger-{account}", LEDGER, moved):
        return answer
    page = Paginator(moved, A_PAGE).get_page(request.GET.get("page"))
    context |= {
        "account": Account(account),
        "detail": detail,
        "opening": opening,
        "closing": moved[-1].balance if moved else opening,
        "page": page,
        "rows": [(one, _place(request, one.posting.source)) for one in page.object_list],
        "banks": books.banks,
    }
    return render(request, "workshop/books/ledger.html", context)


@require_safe
def profit(request: Request) -> HttpResponse:
    """Profit and loss of a period beside the one before."""
    books, period, context = _asked(request)
    before = period.before(context["kind"])
    context |= {
        "before": before,
        "result": reports.profit_and_loss(books, period, before),
        "names": {
            **dict(PurposeKind.choices),
            "forfeit": _("down payments kept"),
            "rounding": _("rounding"),
            "cash difference": _("differences of cash"),
        },
    }
    return render(request, "workshop/books/profit.html", context)


@require_safe
def balance_sheet(request: Request) -> HttpResponse:
    """What the workshop has and owes at the end of a period, beside the one before."""
    books, period, context = _asked(request)
    before = period.before(context["kind"])
    last = min(period.last, clock.today())
    context |= {
        "before": before,
        "last": last,
        "sheet": reports.balance_sheet(books, last, before.last),
        "names": {
            "paid in advance": _("paid in advance"),
            "this year": _("profit of this year"),
            "earlier years": _("profit of earlier years"),
            **{str(key): name for key, name in books.banks.items()},
        },
    }
    return render(request, "workshop/books/balance_sheet.html", context)


@require_safe
def order_margins(request: Request) -> HttpResponse:
    """What was left of the orders that were delivered in a period, the worst first and explained."""
    books, period, context = _asked(request)
    rows = margins.margins(books, period)
    if answer := download(request, "margins", MARGINS, rows):
        return answer
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    context |= {
        "page": page,
        "explained": {row.order.pk for row in rows[: margins.WORST]},
        "sold": sum(row.sold for row in rows),
        "left": sum(row.left for row in rows),
        "price": sum(row.price for row in rows),
        "planned": sum(row.planned for row in rows),
    }
    return render(request, "workshop/books/margins.html", context)


@require_safe
def stock_value(request: Request) -> HttpResponse:
    """What material lay in the house at the end of a period, and what it was worth."""
    books, period, context = _asked(request)
    last = min(period.last, clock.today())
    rows = reports.stock_value(books, last)
    total = sum(row.sen for row in rows)
    items = Item.objects.select_related("material").in_bulk([row.item for row in rows])
    context |= {"last": last, "rows": [(items[row.item], row) for row in rows], "total": total}
    return render(request, "workshop/books/stock_value.html", context)


@require_safe
def turnover(request: Request) -> HttpResponse:
    """The turnover of a year, month by month, against the thresholds of the tax."""
    books, period, context = _asked(request)
    rule = Rule.on(date(period.last.year, 12, 31))
    months = reports.turnover_of(books, period.last.year)
    taxed_as = request.workshop.taxed_as
    taxes = tax_due(months, rule, taxed_as) if taxed_as else [0] * 12
    total, rows = 0, []
    for month, (sold, tax) in enumerate(zip(months, taxes, strict=True), start=1):
        total += sold
        rows.append((date(period.last.year, month, 1), sold, total, tax))
    context |= {"rule": rule, "rows": rows, "sold": total, "tax": sum(taxes), "taxed_as": taxed_as}
    return render(request, "workshop/books/turnover.html", context)


@require_safe
def export(request: Request, form: str) -> HttpResponse:
    """The postings of a period as a file; Beancount takes them all."""
    books, period, _context = _asked(request)
    if form == "beancount":
        answer = HttpResponse(exports.as_beancount(books), content_type="text/plain; charset=utf-8")
    elif form == "xlsx":
        answer = HttpResponse(
            exports.as_xlsx(books, period),
            content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        )
    else:
        answer = HttpResponse(exports.as_csv(books, period), content_type="text/csv; charset=utf-8")
    name = f"{request.workshop.slug}-{period.first}-{period.last}.{form}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _asked(request: Request) -> tuple[Books, Period, dict[str, Any]]:
    """The books up to the end of the period that was asked for; not there for others."""
    if not request.person.may("insight.see_books", request.workshop):
        raise Http404
    kind = request.GET.get("period", "month")
    kind = kind if kind in PERIODS else "month"
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        day = clock.today()
    period = Period.of(kind, day)
    books = books_now(request.workshop, max(period.last, clock.today()))
    return (
        books,
        period,
        {
            "kind": kind,
            "period": period,
            "earlier": period.before(kind),
            "later": period.after(kind) if period.last < clock.today() else None,
            "path": request.path,
        },
    )


def _place(request: Request, source: Source) -> str:
    place = PLACES.get(source.kind, "")
    return f"/{request.workshop.slug}/desk/{place.format(source.key)}" if place else ""
