"""Payment gateways on the desk: what they told, what waits for a person, and their keys."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.lib import clock, codes
from simpul.orders.models import Order
from simpul.payments import online
from simpul.payments.forms import GatewayForm, OrderNumberForm, ReasonForm
from simpul.payments.gateways import GATEWAYS, shown
from simpul.payments.models import GatewayAccount, GatewayNotice, GatewayPayment, PaymentLink
from simpul.payments.tasks import tend_links
from simpul.portals.downloads import Column, download
from simpul.portals.fresh import freshly
from simpul.portals.http import Request, demand
from simpul.portals.workshop.providers import enter_keys, rows
from simpul.workflow.models import journal_of

A_PAGE = 30
NOTICES: tuple[Column, ...] = (
    (gettext_lazy("Came"), lambda one: clock.day_of(one.at)),
    (gettext_lazy("Gateway"), lambda one: str(one.account)),
    (gettext_lazy("Order"), lambda one: _order_of(one.payment)),
    (gettext_lazy("Amount"), lambda one: one.payment.amount if one.payment else None),
    (
        gettext_lazy("What came of it"),
        lambda one: str(one.get_why_display() or one.get_status_display()),
    ),
)
PAYMENTS: tuple[Column, ...] = (
    (gettext_lazy("Number"), lambda one: one.number),
    (gettext_lazy("Gateway"), lambda one: one.provider_name),
    (gettext_lazy("Order"), lambda one: _order_of(one) or one.reference),
    (gettext_lazy("Paid"), lambda one: one.amount),
    (gettext_lazy("Currency"), lambda one: one.currency),
    (gettext_lazy("Refunded"), lambda one: one.refunded),
    (gettext_lazy("Counted"), lambda one: one.booked),
    (gettext_lazy("State"), lambda one: str(one.get_state_display())),
)


@require_safe
def gateways(request: Request) -> HttpResponse:
    """Three lists, each behind its tab: what waits for a person, payments, all that was told."""
    lists = _lists(request)
    chosen = request.GET.get("tab", "waiting")
    if chosen not in lists:
        chosen = "waiting"
    columns = PAYMENTS if chosen == "payments" else NOTICES
    if answer := download(request, f"online-{chosen}", columns, lists[chosen]):
        return answer
    page = Paginator(lists[chosen], A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "workshop/gateways/list.html",
        {
            "page": page,
            "chosen": chosen,
            "counts": {name: found.count() for name, found in lists.items()},
            "words": request.GET.get("q", "").strip(),
            "accounts": GatewayAccount.objects.visible_to(request.person).for_settings(),
            "providers": GATEWAYS.values(),
            "provider": request.GET.get("provider", ""),
        },
    )


@require_safe
def notice(request: Request, pk: int) -> HttpResponse:
    """One notice as it came, what it says, and what to do about it."""
    notice = _notice(request, pk)
    return render(
        request,
        "workshop/gateways/notice.html",
        {
            "notice": notice,
            "payment": notice.payment,
            "receipt": notice.payment.receipt if notice.payment else None,
            "advice": online.advice(notice),
            "raw": shown(notice.body),
            "others": _others(request, notice),
            "journal": journal_of(notice),
        },
    )


@require_http_methods(["GET", "POST"])
def counting(request: Request, pk: int) -> HttpResponse:
    """Count the payment that a notice speaks of for an order."""
    notice = _notice(request, pk)
    payment = notice.payment
    if payment is None:
        raise Http404
    proposed = payment.order.number if payment.order else ""
    form = OrderNumberForm(request.POST or None, initial={"order": proposed})
    if form.is_valid():
        order = _order(request, form.cleaned_data["order"])
        if order is None:
            form.add_error("order", _("There is no such order."))
        else:
            online.count_for(notice, order, by=request.person)
            return redirect("workshop:gateway-notice", request.workshop.slug, pk)
    return render(
        request,
        "workshop/gateways/counting.html",
        {"notice": notice, "payment": payment, "form": form},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def settling(request: Request, pk: int) -> HttpResponse:
    """Say what was done about a notice that is not to be counted."""
    notice = _notice(request, pk)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        notice.settle(by=request.person, **form.cleaned_data)
        return redirect("workshop:gateways", request.workshop.slug)
    return render(
        request,
        "workshop/gateways/settling.html",
        {"notice": notice, "form": form},
        status=422 if form.is_bound else 200,
    )


# Settings


@require_safe
def settings(request: Request) -> HttpResponse:
    """Which gateways are connected, and whether they work."""
    found = rows(GATEWAYS, GatewayAccount.objects.visible_to(request.person))
    return render(
        request,
        "workshop/gateways/settings.html",
        {
            "rows": found,
            "healths": {
                account.pk: online.health_of(account) for _gateway, account in found if account
            },
            "may_keep": request.person.may("payments.connect_gateway", request.workshop),
        },
    )


@freshly
@require_http_methods(["GET", "POST"])
def connection(request: Request, provider: str) -> HttpResponse:
    """Enter the keys of a gateway."""
    return enter_keys(
        request,
        GATEWAYS.get(provider),
        ability="payments.connect_gateway",
        form=GatewayForm,
        connect=GatewayAccount.connect,
        page="workshop:gateway-settings",
        template="workshop/gateways/connection.html",
    )


@require_POST
def trial(request: Request, provider: str) -> HttpResponse:
    """Ask the gateway for a link of play money: who pays it sees whether the notice arrives."""
    account = _account(request, provider)
    demand(request, "payments.connect_gateway", account)
    if account.is_live:
        raise Http404
    PaymentLink.want_trial(account)
    tend_links.enqueue(request.workshop.pk)
    messages.success(request, _("A trial link is asked for. Load this page again in a moment."))
    return redirect("workshop:gateway-settings", request.workshop.slug)


@require_POST
def closing(request: Request, provider: str) -> HttpResponse:
    """Disconnect a gateway; this makes nobody richer, so no fresh login is asked for."""
    _account(request, provider).disconnect(by=request.person)
    return redirect("workshop:gateway-settings", request.workshop.slug)


def _lists(request: Request) -> dict[str, QuerySet[Any]]:
    notices = GatewayNotice.objects.visible_to(request.person)
    payments = GatewayPayment.objects.visible_to(request.person)
    if provider := request.GET.get("provider", ""):
        notices = notices.filter(account__provider=provider)
        payments = payments.filter(provider=provider)
    if words := request.GET.get("q", "").strip():
        notices, payments = notices.search(words), payments.search(words)
    notices = notices.select_related("account", "payment__order__buyer").order_by("-pk")
    return {
        "waiting": notices.waiting(),
        "payments": payments.select_related("order__buyer").order_by("-pk"),
        "notices": notices,
    }


def _order_of(payment: GatewayPayment | None) -> str:
    return payment.order.number if payment and payment.order else ""


def _notice(request: Request, pk: int) -> GatewayNotice:
    notices = GatewayNotice.objects.visible_to(request.person)
    shown_with = notices.select_related(
        "account", "settled_by", "payment__order__buyer", "payment__link__instruction__order"
    )
    return get_object_or_404(shown_with, pk=pk)


def _others(request: Request, notice: GatewayNotice) -> list[GatewayNotice]:
    """Return what else was told of the same payment."""
    if notice.payment_id is None:
        return []
    same = GatewayNotice.objects.visible_to(request.person).filter(payment=notice.payment_id)
    return list(same.select_related("account").exclude(pk=notice.pk).order_by("-pk")[:20])


def _order(request: Request, typed: str) -> Order | None:
    orders = Order.objects.visible_to(request.person)
    return orders.filter(Q(number=typed.strip().upper()) | Q(code=codes.tidy(typed))).first()


def _account(request: Request, provider: str) -> GatewayAccount:
    accounts = GatewayAccount.objects.visible_to(request.person).connected()
    return get_object_or_404(accounts, provider=provider)
