"""What a person wants to be told, by which channel and when: the same page in every portal."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from simpul.conversations.forms import DeviceForm, PreferencesForm
from simpul.crm.consent_forms import ConsentForm
from simpul.lib import webpush
from simpul.portals.http import Request, portal_of


@require_http_methods(["GET", "POST"])
def told(request: Request) -> HttpResponse:
    portal = portal_of(request)
    mine = request.person.identities
    form = PreferencesForm(request.POST or None, person=request.person)
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect(f"{portal}:told", request.workshop.slug)
    consents = ConsentForm(identities=mine.all()) if portal == "buyer" else None
    return page(request, form, consents, 422 if form.is_bound else 200)


def page(
    request: Request, form: PreferencesForm, consents: ConsentForm | None, status: int
) -> HttpResponse:
    portal = portal_of(request)
    return render(
        request,
        "portals/told.html",
        {
            "frame": f"{portal}/base.html",
            "portal": portal,
            "form": form,
            "device_form": DeviceForm(),
            "consents": consents,
            "key": webpush.public_key(),
        },
        status=status,
    )
