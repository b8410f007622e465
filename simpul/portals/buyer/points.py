"""What a buyer has earned: points, what becomes of them, and the tier."""

from __future__ import annotations

from collections import Counter
from datetime import date

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from simpul.crm.loyalty import standing_of
from simpul.crm.models import PointRules, Voucher, left_of
from simpul.crm.point_ledger import Line, ledger
from simpul.lib import clock
from simpul.parties.models import Party
from simpul.portals.http import Request

A_PAGE = 30


@require_safe
def points(request: Request) -> HttpResponse:
    party = demand_points(request)
    page = Paginator(ledger(request.workshop, party=party), A_PAGE).get_page(
        request.GET.get("page")
    )
    rules = PointRules.of(request.workshop)
    mine = Voucher.objects.visible_to(request.person).good(clock.today())
    lots = [lot for lot in left_of(party) if not lot.is_over]
    expiring: Counter[date] = Counter()
    for lot in lots:
        if lot.rest > 0 and lot.expires_on is not None:
            expiring[lot.expires_on] += lot.rest
    return render(
        request,
        "buyer/points/page.html",
        {
            "balance": sum(lot.rest for lot in lots),
            "expiring": sorted(expiring.items()),
            "vouchers": mine.unused_by(party).order_by("until_on", "pk"),
            "rules": rules,
            "per": rules.per(party),
            "standing": standing_of(party),
            "page": page,
            "lines": [Line(*row) for row in page.object_list],
        },
    )


def demand_points(request: Request) -> Party:
    """Return the buyer who has come; where the workshop gives no points there is no such page."""
    party = request.person.party
    if party is None or not request.workshop.gives_points:
        raise Http404
    return party
