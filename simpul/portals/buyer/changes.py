"""Changes of a buyer's agreed orders: asking for one, and answering what the workshop proposes."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.catalog.models import Product
from simpul.changes.agreeing import accept
from simpul.changes.pricetag import PriceTag, tag_if, tag_of
from simpul.insight.dates import outlook
from simpul.orders.forms import AmendmentWishForm, ReasonForm
from simpul.orders.models import Amendment
from simpul.portals.buyer.orders import find_order
from simpul.portals.http import Request, demand
from simpul.workflow.models import journal_of
from simpul.workflow.reasons import Given, because
from simpul.workflow.steps import WrongState


@require_http_methods(["GET", "POST"])
def new(request: Request, number: str) -> HttpResponse:
    order = find_order(request, number)
    demand(request, "orders.propose_change", order)
    products = Product.objects.filter(colourways__in=order.lines.values("colourway")).distinct()
    form = AmendmentWishForm(
        request.POST or None, order=order, products=products.for_page().order_by("position", "pk")
    )
    told: dict[str, Any] = {"tag": None}
    if form.is_valid():
        facts = {
            "by": request.person,
            "order": order,
            "shipping": order.current.shipping,
            "discount": order.current.discount,
            **form.cleaned_data,
        }
        try:
            if "look" not in request.POST:
                made = Amendment.propose(**facts)
                return redirect("buyer:change", request.workshop.slug, number, made.revision.number)
            told = _told(request, tag_if(**facts))
        except WrongState as reason:  # said in the form: what was typed stays
            form.add_error(None, str(reason))
    return render(
        request,
        "buyer/changes/new.html",
        {"order": order, "form": form, **told},
        status=422 if form.is_bound and form.errors else 200,
    )


@require_safe
def change(request: Request, number: str, revision: int) -> HttpResponse:
    order = find_order(request, number)
    amendment = _find(request, number, revision)
    told: dict[str, Any] = {"tag": None}
    if amendment.is_open:
        told = _told(request, tag_of(order, amendment.revision))
    return render(
        request,
        "buyer/changes/page.html",
        {
            "order": order,
            "amendment": amendment,
            "journal": journal_of(amendment),
            "rather_changed": because(Given.RATHER_CHANGED),
            **told,
        },
    )


@require_POST
def acceptance(request: Request, number: str, revision: int) -> HttpResponse:
    accept(_find(request, number, revision), by=request.person, in_parts="in_parts" in request.POST)
    return redirect("buyer:order", request.workshop.slug, number)


@require_POST
def withdrawal(request: Request, number: str, revision: int) -> HttpResponse:
    _find(request, number, revision).withdraw(by=request.person)
    return redirect("buyer:order", request.workshop.slug, number)


@require_http_methods(["GET", "POST"])
def refusal(request: Request, number: str, revision: int) -> HttpResponse:
    order = find_order(request, number)
    amendment = _find(request, number, revision)
    demand(request, "orders.refuse_change", amendment)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        amendment.refuse(by=request.person, **form.cleaned_data)
        onward = "buyer:new-change" if "change" in request.POST else "buyer:order"
        return redirect(onward, request.workshop.slug, number)
    return render(
        request,
        "buyer/orders/step.html",
        {
            "order": order,
            "form": form,
            "question": _("Refuse the change"),
            "explanation": _("The order stands as it was agreed. The workshop reads your reason."),
            "label": _("Refuse"),
        },
        status=422 if form.is_bound else 200,
    )


def _told(request: Request, tag: PriceTag) -> dict[str, Any]:
    """What a price tag says, and when the pairs that come on top can be ready."""
    return {"tag": tag, **outlook.told(request.person, tag.more)}


def _find(request: Request, number: str, revision: int) -> Amendment:
    amendments = Amendment.objects.visible_to(request.person).for_page()
    return get_object_or_404(amendments, order__number=number, revision__number=revision)
