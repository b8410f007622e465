"""What is owed to suppliers, on the desk: accounts with their age, and bills."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.lib import clock
from simpul.lib.sheets import rupiah
from simpul.papers.models import Upload
from simpul.parties.models import Party
from simpul.payments.models import Purpose
from simpul.portals.downloads import Column, download
from simpul.portals.files import serve_upload
from simpul.portals.http import Request
from simpul.procurement import payables as owed
from simpul.procurement.bill_forms import BillForm, CountForm, TermForm
from simpul.procurement.forms import ReasonForm
from simpul.procurement.models import BillPayment, SupplierBill, value_of
from simpul.procurement.payables import SupplierAccount
from simpul.workflow.models import journal_of
from simpul.workflow.reasons import said
from simpul.workflow.steps import NotAllowed

A_PAGE = 30
COLUMNS: list[Column] = [  # of an account and its ages
    (gettext_lazy("Supplier"), lambda row: row[0].supplier.name),
    (gettext_lazy("Not due yet"), lambda row: rupiah(row[1][0])),
    (gettext_lazy("Up to 30 days late"), lambda row: rupiah(row[1][1])),
    (gettext_lazy("31 to 60 days"), lambda row: rupiah(row[1][2])),
    (gettext_lazy("61 to 90 days"), lambda row: rupiah(row[1][3])),
    (gettext_lazy("Over 90 days"), lambda row: rupiah(row[1][4])),
    (gettext_lazy("Owed"), lambda row: rupiah(row[0].balance_sen)),
]
PAID: list[Column] = [  # to one of them
    (gettext_lazy("Day"), lambda one: one.on),
    (gettext_lazy("Way"), lambda one: _("Transfer") if one.entry_id else _("Cash")),
    (gettext_lazy("Note"), lambda one: said(one.reason) or one.words),
    (gettext_lazy("Amount"), lambda one: rupiah(-one.amount_sen)),
]
BILLS: list[Column] = [
    (gettext_lazy("Bill"), lambda bill: bill.number),
    (gettext_lazy("Day"), lambda bill: bill.billed_on),
    (gettext_lazy("Amount"), lambda bill: bill.amount),
    (gettext_lazy("State"), lambda bill: str(bill.get_status_display())),
]


@require_safe
def payables(request: Request) -> HttpResponse:
    """Each supplier with what is owed and how old it is."""
    today = clock.today()
    accounts = _accounts(request)
    ages = [one.ages(today) for one in accounts]
    rows = zip(accounts, ages, strict=True)
    if answer := download(request, "payables", COLUMNS, rows):
        return answer
    return render(
        request,
        "workshop/payables/list.html",
        {
            "page": Paginator(accounts, A_PAGE).get_page(request.GET.get("page")),
            "total": sum(one.balance_sen for one in accounts),
            "sums": [sum(age) for age in zip(*ages, strict=True)],
            "words": request.GET.get("q", "").strip(),
            "shown": request.GET.get("shown", ""),
            "today": today,
        },
    )


def _accounts(request: Request) -> list[SupplierAccount]:
    """Return the accounts that were asked for, what is longest due first."""
    today = clock.today()
    words, shown = request.GET.get("q", "").strip(), request.GET.get("shown", "")
    accounts = owed.payables_for(request.person)
    if words:
        accounts = [one for one in accounts if words.lower() in one.supplier.name.lower()]
    if shown == "late":
        accounts = [one for one in accounts if one.late_sen(today)]
    elif shown != "all":
        accounts = [one for one in accounts if one.balance_sen]
    accounts.sort(key=lambda one: (-one.late_sen(today), -one.balance_sen, one.supplier.name))
    return accounts


@require_safe
def account(request: Request, pk: int) -> HttpResponse:
    supplier = _supplier(request, pk)
    found = [one for one in owed.payables_for(request.person) if one.supplier.pk == pk]
    paid = Purpose.objects.visible_to(request.person).filter(
        party=supplier, kind__in=("supplier", "back")
    )
    paid = paid.select_related("entry__account").order_by("-on", "-pk")
    bills = SupplierBill.objects.visible_to(request.person).filter(supplier=supplier)
    bills = bills.order_by("-billed_on", "-pk")
    answer = download(request, f"bills-{pk}", BILLS, bills, of="bills") or download(
        request, f"paid-{pk}", PAID, paid
    )
    if answer:
        return answer
    shown = Paginator(paid, A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "workshop/payables/account.html",
        {
            "supplier": supplier,
            "account": found[0] if found else None,
            "paid": shown.object_list,
            "page": shown,
            "bills": bills[:50],
            "term_days": owed.term_of(supplier, request.workshop).days,
            "term_form": TermForm(initial={"days": supplier.supplier_days}),
            "today": clock.today(),
            "may_bill": request.person.may("procurement.record_bill", request.workshop),
            "may_keep": request.person.may("parties.keep", request.workshop),
        },
    )


@require_POST
def term(request: Request, pk: int) -> HttpResponse:
    """How long this supplier gives us."""
    if not request.person.may("parties.keep", request.workshop):
        raise NotAllowed
    form = TermForm(request.POST)
    if form.is_valid():
        form.keep(_supplier(request, pk))
    return redirect("workshop:supplier-account", request.workshop.slug, pk)


@require_http_methods(["GET", "POST"])
def new_bill(request: Request, pk: int) -> HttpResponse:
    """Record a bill against what came."""
    supplier = _supplier(request, pk)
    if not request.person.may("procurement.record_bill", request.workshop):
        raise NotAllowed
    form = BillForm(
        request.POST or None,
        request.FILES or None,
        supplier=supplier,
        receipts=owed.receipts_without_bill(supplier),
        term=owed.term_of(supplier, request.workshop),
    )
    if form.is_valid():
        bill = SupplierBill.record(by=request.person, supplier=supplier, **form.facts)
        return redirect("workshop:bill", request.workshop.slug, bill.pk)
    return render(
        request,
        "workshop/payables/new_bill.html",
        {"supplier": supplier, "form": form},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def bill(request: Request, pk: int) -> HttpResponse:
    """One bill: its goods, the difference, and what was paid for it."""
    bill = _bill(request, pk)
    spoken_of = [one.receipt for one in bill.receipts.select_related("receipt__purchase")]
    values = value_of(spoken_of)
    form = CountForm(request.POST or None, payments=_payments(request, bill))
    if form.is_valid():
        BillPayment.count(by=request.person, bill=bill, **form.cleaned_data)
        return redirect("workshop:bill", request.workshop.slug, pk)
    found = [
        one for one in owed.payables_for(request.person) if one.supplier.pk == bill.supplier_id
    ]
    payable = next((one for one in found[0].payables if one.bill_id == pk), None) if found else None
    return render(
        request,
        "workshop/payables/bill.html",
        {
            "bill": bill,
            "receipts": [(one, values[one.pk]) for one in spoken_of],
            "difference": bill.amount - sum(values.values()),
            "payable": payable,
            "counted": bill.payments.filter(taken_back_at=None)
            .select_related("purpose", "by")
            .order_by("pk"),
            "form": form,
            "journal": journal_of(bill),
        },
        status=422 if form.is_bound else 200,
    )


@require_safe
def bill_document(request: Request, pk: int) -> HttpResponse:
    uploads = Upload.objects.visible_to(request.person)
    return serve_upload(get_object_or_404(uploads, pk=_bill(request, pk).document_id))


@require_http_methods(["GET", "POST"])
def voiding(request: Request, pk: int) -> HttpResponse:
    bill = _bill(request, pk)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        bill.void(by=request.person, **form.cleaned_data)
        return redirect("workshop:bill", request.workshop.slug, pk)
    return render(
        request,
        "workshop/payables/voiding.html",
        {"bill": bill, "form": form},
        status=422 if form.is_bound else 200,
    )


@require_POST
def uncounting(request: Request, pk: int, payment: int) -> HttpResponse:
    """Let a payment go to what is due first again."""
    mine = BillPayment.objects.filter(bill=_bill(request, pk))
    get_object_or_404(mine, pk=payment).take_back(by=request.person)
    return redirect("workshop:bill", request.workshop.slug, pk)


def _supplier(request: Request, pk: int) -> Party:
    return get_object_or_404(Party.objects.visible_to(request.person).suppliers(), pk=pk)


def _bill(request: Request, pk: int) -> SupplierBill:
    bills = SupplierBill.objects.visible_to(request.person).select_related("supplier", "by")
    return get_object_or_404(bills, pk=pk)


def _payments(request: Request, bill: SupplierBill) -> list[tuple[Purpose, int]]:
    """The payments to this supplier, the latest first, with what nobody has said is for a bill."""
    paid = Purpose.objects.visible_to(request.person).standing()
    found = list(
        paid.filter(party=bill.supplier_id, kind="supplier")
        .select_related("entry__account")
        .order_by("-on", "-pk")[:50]
    )
    counted = dict(
        BillPayment.objects.standing()
        .filter(purpose__in=found)
        .order_by()
        .values_list("purpose")
        .annotate(n=Sum("amount"))
    )
    rests = [(one, one.rupiah - counted.get(one.pk, 0)) for one in found]
    return [(one, rest) for one, rest in rests if rest > 0]
