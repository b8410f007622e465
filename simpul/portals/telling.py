"""*What I am told* for somebody without a login: by a sealed address on what a link opened."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from simpul.conversations.forms import PreferencesForm
from simpul.parties.models import Person
from simpul.portals.doors import told_by
from simpul.portals.http import Visit


@never_cache
@require_http_methods(["GET", "POST"])
def telling(request: Visit, token: str) -> HttpResponse:
    """Once there is a login the address opens nothing any more: then it is chosen there."""
    without_login = Person.objects.active().filter(user=None, workshop=request.workshop)
    who = without_login.select_related("party").filter(pk=told_by(token)).first()
    if who is None:
        raise Http404
    form = PreferencesForm(request.POST or None, person=who)
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("storefront:telling", request.workshop.slug, token)
    return render(
        request,
        "storefront/telling.html",
        {"form": form, "who": who},
        status=422 if form.is_bound else 200,
    )
