"""What a buyer sees first: what waits for me, and how far my orders are."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from simpul.crm.models import BulletinReader, Dealing, LeadOffer, Poll, Quotation
from simpul.insight.dates import outlook
from simpul.lib import clock
from simpul.orders.models import Order, Status
from simpul.payments.models import party_credit
from simpul.portals.http import Request

SHOWN = 8  # with their knots; the list has all
LOOKED_AT = 40
NEWEST = 3  # bulletins


@require_safe
def home(request: Request) -> HttpResponse:
    mine = Order.objects.visible_to(request.person)
    running = mine.open() | mine.filter(status=Status.FULFILLED)
    orders = list(running.for_cards().order_by("-id")[:LOOKED_AT])
    outlook.expect(request.workshop, orders)
    return render(
        request,
        "buyer/home.html",
        {
            "orders": orders[:SHOWN],
            "has_more": len(orders) > SHOWN,
            "has_older": not orders and mine.exists(),
            "credit": party_credit(request.person.party) if request.person.party else 0,
            "quotations": list(
                Quotation.objects.visible_to(request.person).waiting(clock.today()).order_by("pk")
            ),
            "offered_leads": list(
                LeadOffer.objects.visible_to(request.person).his_turn().for_list().order_by("pk")
            ),
            "polls": list(Poll.objects.waiting_for(request.person)),
            "has_dealers": Dealing.objects.visible_to(request.person).exists(),
            "bulletins": list(BulletinReader.objects.of(request.person).wanted()[:NEWEST]),
            "through": Dealing.objects.through(request.person).first(),
            "tasks": [order for order in orders if order.waits_for_buyer],
        },
    )
