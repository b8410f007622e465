"""What tallies and what does not: an order, a party's month, and what all buyers owe."""

from __future__ import annotations

from operator import attrgetter

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from simpul.lib import clock
from simpul.parties.models import Party
from simpul.payments.models import Tick, ticks_of
from simpul.payments.receivables import aged, owing
from simpul.payments.sheet import order_sheet, party_sheet
from simpul.payments.tally import OrderTally, months_of, order_tally, party_tally
from simpul.portals.downloads import Column, download
from simpul.portals.files import serve_sheet
from simpul.portals.http import Request
from simpul.portals.months import month_of
from simpul.portals.workshop.orders import find_order

A_PAGE = 40
COLUMNS: list[Column] = [
    (gettext_lazy("Buyer"), attrgetter("name")),
    (gettext_lazy("Not due yet"), attrgetter("not_due")),
    (gettext_lazy("Up to 30 days late"), attrgetter("days_30")),
    (gettext_lazy("31 to 60 days"), attrgetter("days_60")),
    (gettext_lazy("61 to 90 days"), attrgetter("days_90")),
    (gettext_lazy("Over 90 days"), attrgetter("older")),
    (gettext_lazy("Total"), attrgetter("open_sum")),
    (gettext_lazy("Credit"), attrgetter("credit")),
]


@require_safe
def order(request: Request, number: str) -> HttpResponse:
    return render(request, "workshop/tally/order.html", {"tally": _order(request, number)})


@require_safe
def order_pdf(request: Request, number: str) -> HttpResponse:
    return serve_sheet(order_sheet(_order(request, number)), f"{number}-klop")


@require_safe
def party(request: Request, pk: int) -> HttpResponse:
    buyer = _buyer(request, pk)
    months = months_of(buyer)
    chosen = request.GET.get("month", "")
    month = month_of(chosen) if chosen else months[0]
    tally = party_tally(buyer, month)
    return render(
        request,
        "workshop/tally/party.html",
        {
            "tally": tally,
            "months": months,
            "ticks": ticks_of(buyer, month, tally.digest),
            "my_side": Tick.Side.WORKSHOP,
            "may_tick": request.person.may("payments.tick", buyer),
        },
    )


@require_safe
def party_pdf(request: Request, pk: int, month: str) -> HttpResponse:
    tally = party_tally(_buyer(request, pk), month_of(month))
    ticks = ticks_of(tally.party, tally.month, tally.digest)
    return serve_sheet(party_sheet(tally, ticks), f"klop-{pk}-{month}")


@require_POST
def tick(request: Request, pk: int, month: str) -> HttpResponse:
    buyer, chosen = _buyer(request, pk), month_of(month)
    digest = request.POST.get("digest", "")
    Tick.give(by=request.person, party=buyer, month=chosen, digest=digest)
    path = reverse("workshop:party-tally", args=[request.workshop.slug, pk])
    return redirect(f"{path}?month={month}")


@require_safe
def receivables(request: Request) -> HttpResponse:
    """Who owes how much, and since when."""
    found = _owing(request)
    if answer := download(request, "receivables", COLUMNS, found):
        return answer
    return render(
        request,
        "workshop/tally/receivables.html",
        {
            "page": Paginator(found, A_PAGE).get_page(request.GET.get("page")),
            "sums": aged(request.person, clock.today()),
            "words": request.GET.get("q", "").strip(),
            "today": clock.today(),
        },
    )


def _owing(request: Request) -> QuerySet[Party]:
    found = owing(request.person, clock.today())
    words = request.GET.get("q", "").strip()
    return found.filter(name__icontains=words) if words else found


def _order(request: Request, number: str) -> OrderTally:
    tally = order_tally(find_order(request, number))
    if tally is None:
        raise Http404
    return tally


def _buyer(request: Request, pk: int) -> Party:
    buyers = Party.objects.visible_to(request.person).buyers()
    return get_object_or_404(buyers.select_related("workshop"), pk=pk)
