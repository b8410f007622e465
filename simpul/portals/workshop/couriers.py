"""What couriers collected: who still holds how much, and counting what they bring."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from simpul.conversations.models import Ticket
from simpul.parties.models import Party
from simpul.payments.handing import CountedForm, HandingForm
from simpul.payments.models import CashHanding, Collection
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed

A_PAGE = 30
COLUMNS: tuple[Column, ...] = (
    (gettext_lazy("Order"), lambda one: one.order.number),
    (gettext_lazy("Buyer"), lambda one: one.order.buyer.name),
    (gettext_lazy("Courier"), lambda one: one.courier.name if one.courier else ""),
    (gettext_lazy("To be collected"), lambda one: one.asked),
    (gettext_lazy("Collected"), lambda one: one.collected),
    (gettext_lazy("State"), lambda one: _stands(one)),
)


@require_safe
def cash(request: Request) -> HttpResponse:
    """Who holds what since when, what waits to be counted, and every collection."""
    words = request.GET.get("q", "").strip()
    collections = Collection.objects.visible_to(request.person)
    handings = CashHanding.objects.visible_to(request.person)
    shown = collections if request.GET.get("shown") == "all" else collections.live()
    if words:
        shown = shown.filter(Q(order__number__icontains=words) | Q(courier__name__icontains=words))
    rows = shown.select_related("order__buyer", "courier", "handing", "receipt").order_by("-pk")
    if answer := download(request, "courier-cash", COLUMNS, rows):
        return answer
    return render(
        request,
        "workshop/couriers/cash.html",
        {
            "holders": collections.by_holder(),
            "waiting": handings.waiting().select_related("courier", "by").order_by("pk"),
            "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
            "words": words,
            "shown": request.GET.get("shown", ""),
            "may_take": request.person.may("payments.hand_cash", request.workshop),
        },
    )


@require_http_methods(["GET", "POST"])
def handing(request: Request, pk: int = 0) -> HttpResponse:
    """Note what a courier (or one of ours) brings."""
    couriers = Party.objects.visible_to(request.person).couriers()
    courier = get_object_or_404(couriers, pk=pk) if pk else None
    if not request.person.may("payments.hand_cash", request.workshop):
        raise NotAllowed
    held = Collection.objects.visible_to(request.person).held().filter(courier=courier)
    brought = list(held.select_related("order").order_by("pk"))
    form = HandingForm(request.POST or None, held=sum(one.collected or 0 for one in brought))
    if form.is_valid():
        made = CashHanding.hand(by=request.person, courier=courier, **form.cleaned_data)
        return redirect("workshop:cash-handing", request.workshop.slug, made.pk)
    return render(
        request,
        "workshop/couriers/handing.html",
        {"courier": courier, "brought": brought, "form": form},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def counting(request: Request, pk: int) -> HttpResponse:
    """Count what was brought; it pays the orders."""
    handings = CashHanding.objects.visible_to(request.person).select_related(
        "courier", "by", "counted_by"
    )
    handing = get_object_or_404(handings, pk=pk)
    form = CountedForm(request.POST or None)
    if form.is_valid():
        handing.count(by=request.person, **form.cleaned_data)
        return redirect("workshop:cash-handing", request.workshop.slug, pk)
    return render(
        request,
        "workshop/couriers/counting.html",
        {
            "handing": handing,
            "collections": handing.collections.select_related("order__buyer", "receipt").order_by(
                "pk"
            ),
            "collected": handing.collected_sum(),
            "tickets": Ticket.objects.visible_to(request.person).about(handing),
            "form": form,
            "journal": journal_of(handing),
        },
        status=422 if form.is_bound else 200,
    )


def _stands(one: Collection) -> str:
    """Say how far the money of a collection has come."""
    if one.receipt_id:
        return _("counted")
    return str((one.handing or one).get_status_display())
