"""A quotation, as whoever it was made for sees and answers it."""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from simpul.crm.models import Quotation
from simpul.crm.quotation_forms import QuotationAcceptanceForm, QuotationDeclineForm
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.papers.models import Paper
from simpul.parties.models import AccessLink
from simpul.portals.files import serve_paper
from simpul.portals.http import Request, demand


@require_safe
def quotation(request: Request, pk: int) -> HttpResponse:
    found = _find(request, pk)
    return render(
        request,
        "buyer/quotations/page.html",
        {
            "quotation": found,
            "paper": found.current.paper,
            "order_url": _order_url(request, found.order) if found.order else "",
        },
    )


@require_http_methods(["GET", "POST"])
def acceptance(request: Request, pk: int) -> HttpResponse:
    found = _find(request, pk)
    demand(request, "crm.accept_quotation", found)
    form = QuotationAcceptanceForm(
        request.POST or None,
        initial={"revision": found.revision, **QuotationAcceptanceForm.proposal(found.lead)},
    )
    if form.is_valid():
        found.accept(by=request.person, **form.cleaned_data)
        return redirect("buyer:quotation", request.workshop.slug, pk)
    return render(
        request,
        "buyer/quotations/acceptance.html",
        {"quotation": found, "form": form},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def refusal(request: Request, pk: int) -> HttpResponse:
    found = _find(request, pk)
    demand(request, "crm.decline_quotation", found)
    form = QuotationDeclineForm(request.POST or None)
    if form.is_valid():
        found.decline(by=request.person, **form.cleaned_data)
        return redirect("buyer:quotation", request.workshop.slug, pk)
    return render(
        request,
        "buyer/quotations/refusal.html",
        {"quotation": found, "form": form},
        status=422 if form.is_bound else 200,
    )


@require_safe
def paper(request: Request, pk: int, code: str) -> HttpResponse:
    papers = Paper.objects.visible_to(request.person).about(_find(request, pk))
    return serve_paper(request, get_object_or_404(papers, code=code))


def _order_url(request: Request, order: Order) -> str:
    """Return where the reader sees the order: who came by a link has another one for that."""
    if request.link is None:
        return reverse("buyer:order", args=[request.workshop.slug, order.number])
    mine = AccessLink.objects.alive(clock.now()).filter(
        person=request.person,
        subject_type=ContentType.objects.get_for_model(order),
        subject_id=order.pk,
    )
    link = mine.order_by("pk").first()
    return reverse("access", args=[link.token]) if link else ""


def _find(request: Request, pk: int) -> Quotation:
    return get_object_or_404(Quotation.objects.visible_to(request.person).for_page(), pk=pk)
