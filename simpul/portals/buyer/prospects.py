"""Prospects that the workshop hands on to a distributor: take one or pass, then say what became of it."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.crm import handing
from simpul.crm.lead_forms import LossForm
from simpul.crm.models import LeadOffer, OfferStatus
from simpul.portals.http import Request, demand

A_PAGE = 30
ENDS = (OfferStatus.WON, OfferStatus.LOST)


@require_safe
def prospects(request: Request) -> HttpResponse:
    """What waits for an answer, what he looks after, and what became of the others."""
    mine = LeadOffer.objects.visible_to(request.person).for_list().order_by("-pk")
    return render(
        request,
        "buyer/prospects/list.html",
        {
            "waiting": list(mine.waiting()),
            "taken": list(mine.filter(status=OfferStatus.TAKEN)),
            "page": Paginator(mine.filter(status__in=ENDS), A_PAGE).get_page(
                request.GET.get("page")
            ),
        },
    )


@require_safe
def prospect(request: Request, pk: int) -> HttpResponse:
    return render(request, "buyer/prospects/page.html", {"offer": _find(request, pk)})


@require_POST
def taking(request: Request, pk: int) -> HttpResponse:
    _find(request, pk).take(by=request.person)
    return redirect("buyer:prospect", request.workshop.slug, pk)


@require_POST
def passing(request: Request, pk: int) -> HttpResponse:
    handing.pass_on(_find(request, pk), by=request.person)
    return redirect("buyer:prospect", request.workshop.slug, pk)


@require_POST
def winning(request: Request, pk: int) -> HttpResponse:
    _find(request, pk).report_won(by=request.person)
    return redirect("buyer:prospect", request.workshop.slug, pk)


@require_http_methods(["GET", "POST"])
def loss(request: Request, pk: int) -> HttpResponse:
    found = _find(request, pk)
    demand(request, "crm.report_lead_lost", found)
    form = LossForm(request.POST or None)
    if form.is_valid():
        found.report_lost(by=request.person, **form.cleaned_data)
        if request.link:  # which opens nothing any more
            messages.success(request, _("Thank you. The workshop reads it."))
            return redirect("storefront:profile", request.workshop.slug)
        return redirect("buyer:prospect", request.workshop.slug, pk)
    return render(
        request,
        "buyer/prospects/loss.html",
        {"offer": found, "form": form},
        status=422 if form.is_bound else 200,
    )


def _find(request: Request, pk: int) -> LeadOffer:
    found = LeadOffer.objects.visible_to(request.person).for_page()
    return get_object_or_404(found.select_related("workshop"), pk=pk)
