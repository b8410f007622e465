"""Recommendations on the desk: what waits for a look, and what became of the others."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.crm.models import Referral
from simpul.crm.point_forms import VoidingForm
from simpul.lib import clock
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, demand

A_PAGE = 30
COLUMNS: tuple[Column, ...] = (
    (_("Day"), lambda one: clock.day_of(one.at)),
    (_("The new customer"), lambda one: one.friend.name),
    (_("Who recommended"), lambda one: one.recommender.party.name),
    (_("State"), lambda one: str(one.get_status_display())),
    (_("What speaks against it"), lambda one: "; ".join(one.reasons)),
    (_("First order"), lambda one: one.order.number if one.order else ""),
)


@require_safe
def referrals(request: Request) -> HttpResponse:
    words, chosen = request.GET.get("q", "").strip(), request.GET.get("status", "held")
    found = Referral.objects.visible_to(request.person).search(words)
    counts = dict(found.order_by().values_list("status").annotate(n=Count("pk")))
    shown = found.filter(status=chosen) if chosen in Referral.Status.values else found
    rows = shown.for_list().order_by("-pk")
    if answer := download(request, "recommendations", COLUMNS, rows, is_personal=True):
        return answer
    page = Paginator(rows, A_PAGE)
    return render(
        request,
        "workshop/customers/referrals/list.html",
        {
            "page": page.get_page(request.GET.get("page")),
            "words": words,
            "chosen": chosen,
            "statuses": [(one, counts.get(one.value, 0)) for one in Referral.Status],
            "all": sum(counts.values()),
            "part": "referrals",
        },
    )


@require_POST
def approval(request: Request, pk: int) -> HttpResponse:
    _find(request, pk).approve(by=request.person)
    return redirect("workshop:referrals", request.workshop.slug)


@require_http_methods(["GET", "POST"])
def voiding(request: Request, pk: int) -> HttpResponse:
    referral = _find(request, pk)
    demand(request, "crm.void_referral", referral)
    form = VoidingForm(request.POST if request.method == "POST" else None)
    form.fields["reason"].help_text = ""
    if form.is_valid():
        referral.void(by=request.person, **form.cleaned_data)
        return redirect("workshop:referrals", request.workshop.slug)
    return render(
        request,
        "workshop/customers/referrals/voiding.html",
        {"referral": referral, "form": form},
        status=422 if form.is_bound else 200,
    )


def _find(request: Request, pk: int) -> Referral:
    found = Referral.objects.visible_to(request.person).for_list()
    return get_object_or_404(found, pk=pk)
