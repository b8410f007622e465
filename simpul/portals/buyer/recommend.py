"""Recommend us: a buyer's own link, and what came of it."""

from __future__ import annotations

from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from simpul.crm import referrals
from simpul.crm.models import PointRules, Recommender
from simpul.lib import qr
from simpul.parties.models import Party
from simpul.portals.http import Request


@require_http_methods(["GET", "POST"])
def recommend(request: Request) -> HttpResponse:
    """Show the link; it is made when somebody asks for it."""
    party = _party(request)
    may = referrals.may_recommend(party)
    if request.method == "POST" and may:
        referrals.begin(party, by=request.person)
        return redirect("buyer:recommend", request.workshop.slug)
    own = Recommender.objects.filter(party=party).first()
    return render(
        request,
        "buyer/points/recommend.html",
        {
            "rules": PointRules.of(request.workshop),
            "may": may,
            "own": own,
            **(_shared(request, own) if own else {}),
        },
        status=409 if request.method == "POST" else 200,
    )


def _shared(request: Request, own: Recommender) -> dict[str, object]:
    """The link, its QR code, the words to send, and how many came by it."""
    shop = reverse("storefront:profile", args=[request.workshop.slug])
    link = f"{settings.SITE_URL}{shop}?from={own.code}"
    words = _("I buy from %(workshop)s. Have a look: %(link)s") % {
        "workshop": request.workshop.name,
        "link": link,
    }
    return {
        "link": link,
        "qr": qr.svg(link, label=_("QR code of your link"), ink="black"),
        "send": f"https://wa.me/?text={quote(words, safe='')}",
        "counts": referrals.counts_of(own),
    }


def _party(request: Request) -> Party:
    party = request.person.party
    if party is None or not referrals.rewards(request.workshop):
        raise Http404
    return party
