"""The workshop's number at WhatsApp: whether it is connected, and its keys."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.payments.forms import TemplateForm, WhatsAppForm
from simpul.payments.models import Arrival, WhatsAppNumber
from simpul.portals.fresh import freshly
from simpul.portals.http import Request, demand


@require_safe
def whatsapp(request: Request) -> HttpResponse:
    """Say whether messages come, and to which address Meta sends them."""
    numbers = WhatsAppNumber.objects.visible_to(request.person)
    arrivals = Arrival.objects.visible_to(request.person).filter(channel="whatsapp")
    return render(
        request,
        "workshop/settings/whatsapp.html",
        {
            "number": numbers.for_settings().first(),
            "latest": arrivals.order_by("-pk").first(),
            "may_keep": request.person.may("payments.connect_whatsapp", request.workshop),
        },
    )


@freshly
@require_http_methods(["GET", "POST"])
def connection(request: Request) -> HttpResponse:
    """Enter the number and its keys."""
    demand(request, "payments.connect_whatsapp", request.workshop)
    form = WhatsAppForm(request.POST or None)
    if form.is_valid():
        WhatsAppNumber.connect(by=request.person, **form.cleaned_data)
        messages.success(request, _("The number is connected."))
        return redirect("workshop:whatsapp", request.workshop.slug)
    return render(
        request,
        "workshop/settings/whatsapp_connection.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def template(request: Request) -> HttpResponse:
    """Say what is sent to whoever has not written for a day."""
    numbers = WhatsAppNumber.objects.visible_to(request.person).connected()
    number = get_object_or_404(numbers)
    demand(request, "payments.name_template", number)
    form = TemplateForm(request.POST or None, initial={"template": number.template})
    if form.is_valid():
        number.name_template(by=request.person, **form.cleaned_data)
        return redirect("workshop:whatsapp", request.workshop.slug)
    return render(
        request,
        "workshop/settings/whatsapp_template.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


@require_POST
def closing(request: Request) -> HttpResponse:
    numbers = WhatsAppNumber.objects.visible_to(request.person).connected()
    get_object_or_404(numbers).disconnect(by=request.person)
    return redirect("workshop:whatsapp", request.workshop.slug)
