"""What a supplier is asked the price of: its own question and its own answers, nobody else's."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from simpul.lib import clock
from simpul.portals.http import Request, demand
from simpul.procurement.inquiry_forms import BidForm
from simpul.procurement.models import Bid
from simpul.workflow.steps import WrongState

A_PAGE = 50


@require_safe
def bids(request: Request) -> HttpResponse:
    found = Bid.objects.visible_to(request.person).for_list().order_by("-inquiry_id")
    return render(
        request,
        "supplier/inquiries/list.html",
        {
            "page": Paginator(found, A_PAGE).get_page(request.GET.get("page")),
            "today": clock.today(),
        },
    )


@require_safe
def bid(request: Request, pk: int) -> HttpResponse:
    bid = _find(request, pk)
    current = bid.current
    said = {one.line_id: one for one in current.lines.all()} if current else {}
    return render(
        request,
        "supplier/inquiries/page.html",
        {
            "bid": bid,
            "inquiry": bid.inquiry,
            "answer": current,
            "rows": [(line, said.get(line.pk)) for line in bid.inquiry.lines.all()],
            "is_open": bid.inquiry.is_open(clock.today()),
        },
    )


@require_http_methods(["GET", "POST"])
def answer(request: Request, pk: int) -> HttpResponse:
    """Say what each line would cost, or say it otherwise than before."""
    bid = _find(request, pk)
    demand(request, "procurement.bid", bid)
    if request.method == "GET" and not bid.inquiry.is_open(clock.today()):
        raise WrongState(_("The time to answer is over: telephone the workshop."))
    form = BidForm(request.POST or None, bid=bid)
    if form.is_valid():
        bid.answer(by=request.person, terms=form.terms, note=form.cleaned_data["note"])
        messages.success(request, _("Thank you: the workshop has your answer."))
        return redirect("supplier:bid", request.workshop.slug, pk)
    return render(
        request,
        "supplier/inquiries/answer.html",
        {"bid": bid, "inquiry": bid.inquiry, "form": form},
        status=422 if form.is_bound else 200,
    )


def _find(request: Request, pk: int) -> Bid:
    return get_object_or_404(Bid.objects.visible_to(request.person).for_page(), pk=pk)
