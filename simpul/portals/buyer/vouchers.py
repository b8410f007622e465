"""A buyer's vouchers: made of points, and used for an order before it is agreed on."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from simpul.crm import referrals, vouchers
from simpul.crm.models import (
    NotReferred,
    NoVoucher,
    PointRules,
    Voucher,
    VoucherUse,
    balance_of,
    find_recommender,
)
from simpul.crm.voucher_forms import ExchangeForm, RedeemForm
from simpul.lib import clock
from simpul.lib.limits import is_too_often
from simpul.orders.models import Order
from simpul.portals.buyer.points import demand_points
from simpul.portals.http import Request, demand
from simpul.ui.jinja import rupiah


@require_http_methods(["GET", "POST"])
def exchange(request: Request) -> HttpResponse:
    """Turn points into a voucher."""
    party = demand_points(request)
    most = max(balance_of(party), 0)
    form = ExchangeForm(request.POST if request.method == "POST" else None, most=most)
    if form.is_valid():
        voucher = Voucher.exchange(by=request.person, party=party, **form.cleaned_data)
        messages.success(
            request,
            _("Voucher %(code)s over %(sum)s is yours.")
            % {"code": voucher.code, "sum": rupiah(voucher.amount)},
        )
        return redirect("buyer:points", request.workshop.slug)
    return render(
        request,
        "buyer/points/exchange.html",
        {"form": form, "most": most, "rules": PointRules.of(request.workshop)},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def redemption(request: Request, number: str) -> HttpResponse:
    """Take a voucher, or points, off an order that waits for the workshop."""
    orders = Order.objects.visible_to(request.person).for_page()
    order = get_object_or_404(orders, number=number)
    demand(request, "orders.reduce", order)
    mine = Voucher.objects.visible_to(request.person).good(clock.today())
    most = vouchers.most_points(order, order.buyer) if request.workshop.gives_points else 0
    form = RedeemForm(request.POST if request.method == "POST" else None, most=most)
    if form.is_valid() and _redeem(request, order, form):
        return redirect("buyer:order", request.workshop.slug, number)
    return render(
        request,
        "buyer/points/redemption.html",
        {
            "order": order,
            "form": form,
            "most": most,
            "rules": PointRules.of(request.workshop),
            "vouchers": mine.unused_by(order.buyer).order_by("until_on", "pk"),
        },
        status=422 if form.is_bound else 200,
    )


def _redeem(request: Request, order: Order, form: RedeemForm) -> bool:
    """Do it, or say in the form why not."""
    if is_too_often("voucher", str(request.person.pk), times=20, seconds=3600):
        form.add_error("code", _("Too many tries: please try again in an hour."))
        return False
    said = form.cleaned_data
    try:
        if said.get("points"):
            vouchers.spend(order, by=request.person, points=said["points"])
        else:
            VoucherUse.make(by=request.person, order=order, code=said["code"])
    except NoVoucher as reason:
        return _is_recommended(request, order, form) or _say(form, str(reason))
    return True


def _is_recommended(request: Request, order: Order, form: RedeemForm) -> bool:
    """Take the code for that of who recommended the workshop, if it is one."""
    code = form.cleaned_data.get("code", "")
    is_known = find_recommender(request.workshop, code) is not None
    if not code or not is_known or not referrals.rewards(request.workshop):
        return False
    try:
        referrals.refer(order.buyer, by=request.person, code=code, typed=True)
    except NotReferred as reason:
        return _say(form, str(reason))
    messages.success(request, _("Thank you: we have noted who recommended us to you."))
    return True


def _say(form: RedeemForm, words: str) -> bool:
    form.add_error("points" if form.cleaned_data.get("points") else "code", words)
    return False
