"""What a buyer answers to the workshop, each with its page. GET asks, POST does."""

from __future__ import annotations

from functools import partial

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from simpul.catalog.models import Product
from simpul.crm import vouchers
from simpul.orders.forms import AcceptanceForm, CounterForm, PlainForm, WithdrawalForm
from simpul.orders.models import Order
from simpul.payments import agreement
from simpul.portals.buyer.orders import find_order
from simpul.portals.http import Request, demand


@require_http_methods(["GET", "POST"])
def acceptance(request: Request, number: str) -> HttpResponse:
    order = find_order(request, number)
    demand(request, "orders.accept", order)
    form = AcceptanceForm(request.POST or None, initial={"revision": order.revision})
    if form.is_valid():
        agreement.accept(order, by=request.person, **form.cleaned_data)
        return redirect("buyer:order", request.workshop.slug, number)
    return _page(request, "buyer/orders/acceptance.html", order, form)


@require_http_methods(["GET", "POST"])
def counter(request: Request, number: str) -> HttpResponse:
    order = find_order(request, number)
    demand(request, "orders.counter", order)
    products = Product.objects.filter(colourways__in=order.lines.values("colourway")).distinct()
    form = CounterForm(
        request.POST or None, order=order, products=products.for_page().order_by("position", "pk")
    )
    if form.is_valid():
        promised = partial(vouchers.keep, order)
        order.counter(by=request.person, promised=promised, **form.cleaned_data)
        return redirect("buyer:order", request.workshop.slug, number)
    return _page(request, "buyer/orders/counter.html", order, form)


@require_http_methods(["GET", "POST"])
def withdrawal(request: Request, number: str) -> HttpResponse:
    order = find_order(request, number)
    demand(request, "orders.withdraw", order)
    form = WithdrawalForm(request.POST or None)
    if form.is_valid():
        order.withdraw(by=request.person, **form.cleaned_data)
        return redirect("buyer:order", request.workshop.slug, number)
    return _ask(
        request,
        order,
        form,
        _("Take the order back"),
        _("Nothing was agreed yet, so it costs nothing. The workshop reads your reason."),
        _("Take it back"),
    )


@require_http_methods(["GET", "POST"])
def closing(request: Request, number: str) -> HttpResponse:
    order = find_order(request, number)
    demand(request, "orders.close", order)
    form = PlainForm(request.POST or None)
    if form.is_valid():
        order.close(by=request.person)
        return redirect("buyer:order", request.workshop.slug, number)
    return _ask(
        request,
        order,
        form,
        _("Everything received"),
        _("You have counted the pairs and all is well. The order is then closed."),
        _("Everything is here"),
    )


def _ask(
    request: Request, order: Order, form: Form, question: str, explanation: str, label: str
) -> HttpResponse:
    words = {"question": question, "explanation": explanation, "label": label}
    return _page(request, "buyer/orders/step.html", order, form, **words)


def _page(request: Request, template: str, order: Order, form: Form, **words: str) -> HttpResponse:
    return render(
        request,
        template,
        {"order": order, "form": form, **words},
        status=422 if form.is_bound else 200,
    )
