"""Vouchers on the desk: who gave which, how often they are used, and an end to one."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_safe

from simpul.crm.models import NoVoucher, Voucher, VoucherUse
from simpul.crm.point_forms import VoidingForm
from simpul.crm.voucher_forms import RedeemForm, VoucherForm
from simpul.lib import clock
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, demand
from simpul.portals.workshop.orders import find_order
from simpul.workflow.steps import NotAllowed

A_PAGE = 50
COLUMNS: tuple[Column, ...] = (
    (_lazy("Code"), lambda one: one.code),
    (_lazy("Per cent off"), lambda one: one.percent),
    (_lazy("Rupiah off"), lambda one: one.amount),
    (_lazy("For orders with goods from"), lambda one: one.least),
    (_lazy("For whom"), lambda one: one.party.name if one.party else ""),
    (_lazy("Until"), lambda one: one.until_on),
    (_lazy("Used"), lambda one: one.used),
    (_lazy("What for"), lambda one: one.note or str(one.get_origin_display())),
)


@require_safe
def vouchers(request: Request) -> HttpResponse:
    words, shown = request.GET.get("q", "").strip(), request.GET.get("shown", "good")
    found = Voucher.objects.visible_to(request.person).search(words)
    kinds = {
        "good": found.good(clock.today()),
        "points": found.filter(origin=Voucher.Origin.POINTS),
        "": found,
    }
    chosen = kinds.get(shown, found).with_times().select_related("party").order_by("-pk")
    if answer := download(request, "vouchers", COLUMNS, chosen, is_personal=True):
        return answer
    return render(
        request,
        "workshop/customers/vouchers/list.html",
        {
            "page": Paginator(chosen, A_PAGE).get_page(request.GET.get("page")),
            "words": words,
            "shown": shown,
            "counts": {name: rows.count() for name, rows in kinds.items()},
            "part": "vouchers",
        },
    )


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    if not request.person.may("crm.issue_voucher", request.workshop):
        raise NotAllowed(_("Sales or the owner gives vouchers."))
    data = request.POST if request.method == "POST" else None
    form = VoucherForm(data, workshop=request.workshop)
    if form.is_valid():
        voucher = Voucher.issue(by=request.person, **form.cleaned_data)
        messages.success(request, _("Voucher %(code)s can be used.") % {"code": voucher.code})
        return redirect("workshop:vouchers", request.workshop.slug)
    return render(
        request,
        "workshop/customers/vouchers/new.html",
        {"form": form, "part": "vouchers"},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def voiding(request: Request, pk: int) -> HttpResponse:
    """Let a voucher not be used any more."""
    voucher = get_object_or_404(Voucher.objects.visible_to(request.person), pk=pk)
    form = VoidingForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        voucher.void(by=request.person, **form.cleaned_data)
        return redirect("workshop:vouchers", request.workshop.slug)
    if not request.person.may("crm.void_voucher", voucher):
        raise NotAllowed
    return render(
        request,
        "workshop/customers/vouchers/voiding.html",
        {"voucher": voucher, "form": form},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def redemption(request: Request, number: str) -> HttpResponse:
    """Take a voucher off an order for a buyer who is on the telephone."""
    order = find_order(request, number)
    demand(request, "orders.reduce", order)
    form = RedeemForm(request.POST if request.method == "POST" else None, most=0)
    if form.is_valid():
        try:
            VoucherUse.make(by=request.person, order=order, code=form.cleaned_data["code"])
        except NoVoucher as reason:
            form.add_error("code", str(reason))
        else:
            return redirect("workshop:order", request.workshop.slug, number)
    return render(
        request,
        "workshop/customers/vouchers/redemption.html",
        {"order": order, "form": form},
        status=422 if form.is_bound else 200,
    )
