"""Proving an address by the link in a mail, without login: what was ticked at registration then counts."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from simpul.crm import confirming
from simpul.crm.models import ConsentHow
from simpul.parties.models import Identity
from simpul.portals.http import Visit


@never_cache
@require_http_methods(["GET", "POST"])
def page(request: Visit, token: str) -> HttpResponse:
    """Ask whoever follows the link once more: messengers and mail scanners follow links, too."""
    identity = confirming.read(token, request.workshop, Identity.Kind.MAIL)
    if identity is None:
        raise Http404
    if request.method == "POST":
        confirming.confirm(identity, how=ConsentHow.CONFIRMED)
        return redirect("storefront:confirming", request.workshop.slug, token)
    waiting = confirming.waiting_for(identity)
    return render(request, "storefront/confirming.html", {"waiting": list(waiting.values())})
