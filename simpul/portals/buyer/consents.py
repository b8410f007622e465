"""What a buyer agrees to be sent, beside what belongs to an order."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from simpul.conversations.forms import PreferencesForm
from simpul.crm.consent_forms import ConsentForm
from simpul.crm.models import ConsentHow
from simpul.portals import told
from simpul.portals.http import Request


@require_POST
def consents(request: Request) -> HttpResponse:
    form = ConsentForm(request.POST, identities=request.person.identities.order_by("pk"))
    if not form.is_valid():
        return told.page(request, PreferencesForm(person=request.person), form, 422)
    form.save(by=request.person, how=ConsentHow.PORTAL)
    messages.success(request, _("Saved."))
    return redirect("buyer:told", request.workshop.slug)
