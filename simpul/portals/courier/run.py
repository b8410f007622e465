"""Today's run: the courier's stops in a sensible order, which he may change."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from simpul.delivery import rounds
from simpul.delivery.models import Shipment
from simpul.lib import clock
from simpul.portals.http import Request

HALF_A_DAY = timedelta(hours=12)


@require_safe
def run(request: Request) -> HttpResponse:
    answer = render(
        request,
        "courier/run.html",
        {"run": rounds.of(request.person), "moved": request.GET.get("moved", "")},
    )
    # no longer, so that the list of jobs has it kept anew each time
    answer["Keep-Until"] = str(int((clock.now() + HALF_A_DAY).timestamp()))
    return answer


@require_POST
def stop(request: Request, number: str) -> HttpResponse:
    """Put a stop before or after another one."""
    mine = Shipment.objects.for_courier(request.person).filter(courier=request.person.party_id)
    shipment = get_object_or_404(mine, number=number)
    rounds.put(
        shipment.number,
        by=request.person,
        before=request.POST.get("before", ""),
        after=request.POST.get("after", ""),
    )
    page = reverse("courier:run", args=[request.workshop.slug])
    return redirect(f"{page}?{urlencode({'moved': number})}")


@require_POST
def proposal(request: Request) -> HttpResponse:
    """Take the proposed order again."""
    rounds.propose_again(by=request.person)
    return redirect("courier:run", request.workshop.slug)
