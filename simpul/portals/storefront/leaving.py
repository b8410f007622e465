"""Ending what is sent, by the link in a message: without login, as easy as it was begun (RFC 8058)."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from simpul.crm import leaving
from simpul.crm.models import Purpose, consents_of
from simpul.portals.http import Visit


@csrf_exempt  # a mail program sends the form, without ever having seen the page
@never_cache
@require_http_methods(["GET", "POST"])
def page(request: Visit, token: str) -> HttpResponse:
    """Ask whoever follows the link; do it at once where a mail program asks for them."""
    found = leaving.read(token, request.workshop)
    if found is None:
        raise Http404
    purpose = found.purpose
    if request.method == "POST":
        is_one_click = request.POST.get("List-Unsubscribe") == "One-Click"
        is_all = request.POST.get("what") == "all" and not is_one_click
        leaving.leave(found, is_all=is_all, is_one_click=is_one_click)
        if not is_one_click:
            return redirect("storefront:leaving", request.workshop.slug, token)
    standing = {Purpose(one) for _identity, one in consents_of(leaving.identities_of(found))}
    context = {
        "purpose": purpose,
        "is_over": purpose not in standing,
        "others": [one for one in Purpose if one != purpose and one in standing],
    }
    return render(request, "storefront/leaving.html", context)
