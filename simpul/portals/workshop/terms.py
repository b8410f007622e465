"""The steps of an order that sales and the owner do: each with its page. GET asks, POST does."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from simpul.crm import vouchers
from simpul.crm.loyalty import tier_discount
from simpul.insight.dates import outlook
from simpul.orders.forms import PlainForm, ReasonForm
from simpul.orders.models import Order
from simpul.orders.offers import OfferForm
from simpul.payments import agreement
from simpul.payments.returning import CancellationForm
from simpul.portals.http import Request, demand
from simpul.portals.workshop.orders import find_order
from simpul.ui.jinja import rupiah


@require_http_methods(["GET", "POST"])
def confirmation(request: Request, number: str) -> HttpResponse:
    order = find_order(request, number)
    demand(request, "orders.confirm", order)
    form = PlainForm(_told(request))
    if form.is_valid():
        agreement.confirm(order, by=request.person)
        return redirect("workshop:order", request.workshop.slug, number)
    return render(
        request,
        "workshop/orders/confirmation.html",
        {"order": order, "form": form, **_told_of(request, order), **_tier_of(order)},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def offer(request: Request, number: str) -> HttpResponse:
    order = find_order(request, number)
    demand(request, "orders.offer", order)
    brings = _tier_of(order)
    discount = order.current.discount + brings["tier_discount"]
    form = OfferForm(_told(request), order=order, discount=discount)
    if form.is_valid():
        order.offer(by=request.person, **form.cleaned_data)
        vouchers.leave(order, form.cleaned_data["discount"] or 0)
        return redirect("workshop:order", request.workshop.slug, number)
    return render(
        request,
        "workshop/orders/offer.html",
        {
            "order": order,
            "form": form,
            **brings,
            **_told_of(request, order),
        },
        status=422 if form.is_bound else 200,
    )


def _tier_of(order: Order) -> dict[str, Any]:
    """The tier of who ordered, and what it takes off: nothing where somebody has decided otherwise."""
    tier, discount = tier_discount(order) or (None, 0)
    if order.current.discount not in (0, vouchers.taken_off(order)):
        discount = 0
    return {"tier": tier, "tier_discount": discount}


def _told_of(request: Request, order: Order) -> dict[str, Any]:
    """When what is asked for can be ready, and why then."""
    wishes = [line.wish for line in order.current.lines.all()]
    return outlook.told(request.person, wishes)


@require_http_methods(["GET", "POST"])
def refusal(request: Request, number: str) -> HttpResponse:
    order = find_order(request, number)
    demand(request, "orders.decline", order)
    form = ReasonForm(_told(request))
    if form.is_valid():
        order.decline(by=request.person, **form.cleaned_data)
        return redirect("workshop:order", request.workshop.slug, number)
    explanation = _("The buyer reads the reason. Nothing was agreed, so nothing is owed.")
    return _ask(request, order, form, _("Decline the order"), _("Decline"), explanation)


@require_http_methods(["GET", "POST"])
def expiry(request: Request, number: str) -> HttpResponse:
    order = find_order(request, number)
    demand(request, "orders.expire", order)
    form = PlainForm(_told(request))
    if form.is_valid():
        order.expire(by=request.person)
        return redirect("workshop:order", request.workshop.slug, number)
    explanation = _("Nobody answered the offer in time.")
    return _ask(request, order, form, _("Close the offer"), _("Close"), explanation)


@require_http_methods(["GET", "POST"])
def cancellation(request: Request, number: str) -> HttpResponse:
    order = find_order(request, number)
    demand(request, "orders.cancel", order)
    paid = agreement.money_paid(order)
    form = CancellationForm(_told(request), paid=paid, most=agreement.most_kept(order, paid))
    if form.is_valid():
        agreement.cancel(order, by=request.person, **form.decision)
        return redirect("workshop:order", request.workshop.slug, number)
    explanation = _("Both agreed on this order. Say why it ends.")
    if paid:
        explanation = _(
            "Both agreed on this order, and %(amount)s came for it. Say why it ends, and what"
            " becomes of the money."
        ) % {"amount": rupiah(paid)}
    return _ask(request, order, form, _("Cancel the order"), _("Cancel the order"), explanation)


@require_http_methods(["GET", "POST"])
def waiver(request: Request, number: str, position: int) -> HttpResponse:
    order = find_order(request, number)
    demand(request, "orders.waive", order)
    instalment = get_object_or_404(order.instalments, position=position)
    form = ReasonForm(_told(request))
    if form.is_valid():
        order.waive(by=request.person, instalment=instalment, **form.cleaned_data)
        return redirect("workshop:order", request.workshop.slug, number)
    explanation = _(
        "Work goes on without waiting for: %(kind)s, %(amount)s. The debt stays, and the buyer"
        " sees the reason."
    ) % {"kind": instalment.get_kind_display(), "amount": rupiah(instalment.amount)}
    return _ask(
        request, order, form, _("Do not wait for the money"), _("Go on without it"), explanation
    )


@require_http_methods(["GET", "POST"])
def closing(request: Request, number: str) -> HttpResponse:
    order = find_order(request, number)
    demand(request, "orders.close", order)
    form = PlainForm(_told(request))
    if form.is_valid():
        order.close(by=request.person)
        return redirect("workshop:order", request.workshop.slug, number)
    explanation = _("Everything is delivered and paid.")
    return _ask(request, order, form, _("Close the order"), _("Close"), explanation)


def _told(request: Request) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _ask(
    request: Request,
    order: Order,
    form: forms.Form,
    question: str,
    label: str,
    explanation: str,
) -> HttpResponse:
    return render(
        request,
        "workshop/orders/step.html",
        {
            "order": order,
            "form": form,
            "question": question,
            "label": label,
            "explanation": explanation,
            "is_final": "reason" in form.fields,
        },
        status=422 if form.is_bound else 200,
    )
