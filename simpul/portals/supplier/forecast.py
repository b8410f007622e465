"""What the workshop is likely to need, and nothing of whom it is for."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from simpul.portals.http import Request
from simpul.procurement.forecast import forecast as forecast_for


@require_safe
def forecast(request: Request) -> HttpResponse:
    """By material and half month; the workshop may have switched it off for this supplier."""
    party = request.person.party
    if party is None or not party.sees_forecast:
        raise Http404
    rows = [row for row in forecast_for(party) if row.is_wanted]
    return render(request, "supplier/forecast.html", {"rows": rows})
