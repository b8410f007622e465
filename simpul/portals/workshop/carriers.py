"""Carriers on the desk: their keys, what they cost for a shipment, booking them, their numbers."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.delivery import carrying
from simpul.delivery.carriers import CARRIERS
from simpul.delivery.forms import RatesForm, TrackingNumberForm
from simpul.delivery.models import (
    CarrierAccount,
    Consignment,
    Load,
    NotReady,
    RateRequest,
    Shipment,
)
from simpul.delivery.models.consignment import carrier_names
from simpul.delivery.tasks import ask_rates, book, call_off
from simpul.portals.fresh import freshly
from simpul.portals.http import Request, demand
from simpul.portals.workshop.providers import enter_keys, rows
from simpul.ui.keys import KeysForm
from simpul.workflow.connections import ConnectionQuerySet
from simpul.workflow.models import EntryQuerySet, journal_of

# Settings


@require_safe
def carriers(request: Request) -> HttpResponse:
    """Which carriers are asked by their programs."""
    return render(
        request,
        "workshop/carriers/settings.html",
        {
            "rows": rows(CARRIERS, CarrierAccount.objects.visible_to(request.person)),
            "may_keep": request.person.may("delivery.connect_carrier", request.workshop),
        },
    )


@freshly
@require_http_methods(["GET", "POST"])
def connection(request: Request, provider: str) -> HttpResponse:
    """Enter the keys."""
    return enter_keys(
        request,
        CARRIERS.get(provider),
        ability="delivery.connect_carrier",
        form=KeysForm,
        connect=CarrierAccount.connect,
        page="workshop:carriers",
        template="workshop/carriers/connection.html",
    )


@require_POST
def closing(request: Request, provider: str) -> HttpResponse:
    accounts = CarrierAccount.objects.visible_to(request.person).connected()
    get_object_or_404(accounts, provider=provider).disconnect(by=request.person)
    return redirect("workshop:carriers", request.workshop.slug)


# One shipment


@require_safe
def consignment(request: Request, number: str) -> HttpResponse:
    """Who carries it: prices side by side, the booking, and what the carrier says."""
    return _show(request, _find(request, number))


@require_POST
def rates(request: Request, number: str) -> HttpResponse:
    """Ask carriers what it costs."""
    shipment = _find(request, number)
    demand(request, "delivery.ask_rates", shipment)
    form = RatesForm(request.POST)
    account = _connected(request).first()
    if account is None:
        raise Http404
    if form.is_valid():
        try:
            carrying.demand_ready(shipment)
            asked = RateRequest.ask(
                by=request.person, shipment=shipment, account=account, **form.cleaned_data
            )
        except NotReady as reason:
            form.add_error(None, str(reason))
        else:
            ask_rates.enqueue(asked.pk)
            return _back(request, number)
    return _show(request, shipment, form)


@require_POST
def choice(request: Request, number: str) -> HttpResponse:
    """Take one of the services that were offered."""
    shipment = _find(request, number)
    asked = get_object_or_404(_requests(shipment), pk=_id(request.POST.get("request")))
    company, _dot, service = request.POST.get("service", "").partition(" ")
    Consignment.choose(by=request.person, request=asked, company=company, service=service)
    if shipment.note_number and not _find(request, number).note_number:
        text = _("The delivery note %(number)s names the old way: it is void. Issue it again.")
        messages.warning(request, text % {"number": shipment.note_number})
    return _back(request, number)


@require_POST
def booking(request: Request, number: str) -> HttpResponse:
    """Order that it is carried."""
    chosen = _standing(_find(request, number))
    chosen.book(by=request.person)
    book.enqueue(chosen.pk)
    return _back(request, number)


@require_POST
def ending(request: Request, number: str) -> HttpResponse:
    """Let this carrier not bring it."""
    chosen = _standing(_find(request, number))
    chosen.call_off(by=request.person)
    if chosen.reference:
        call_off.enqueue(chosen.pk)
    return _back(request, number)


@require_http_methods(["GET", "POST"])
def number(request: Request, number: str) -> HttpResponse:
    """Type who carries it and under which number."""
    shipment = _find(request, number)
    demand(request, "delivery.write_number", shipment)
    written = shipment.consignments.standing().order_by("-pk").first()
    known = {"carrier": written.name, "number": written.number} if written else None
    form = TrackingNumberForm(request.POST or None, initial=known)
    if form.is_valid():
        Consignment.write_down(by=request.person, shipment=shipment, **form.cleaned_data)
        return redirect("workshop:shipment", request.workshop.slug, number)
    return render(
        request,
        "workshop/carriers/number.html",
        {"shipment": shipment, "form": form, "names": carrier_names()},
        status=422 if form.is_bound else 200,
    )


def _show(request: Request, shipment: Shipment, form: RatesForm | None = None) -> HttpResponse:
    consignments = Consignment.objects.filter(shipment=shipment)
    newest = consignments.select_related("account", "shipment").order_by("-pk").first()
    asked = _requests(shipment).order_by("-pk").first()
    postcode = carrying.postcode_of(shipment.first_order.address)
    return render(
        request,
        "workshop/carriers/page.html",
        {
            "shipment": shipment,
            "consignment": newest,
            "events": newest.events.order_by("-pk")[:30] if newest else [],
            "asked": asked,
            "accounts": _connected(request),
            "form": form or RatesForm(initial={"postcode": postcode}),
            "journal": _journal(newest) if newest else [],
        },
        status=200 if form is None else 422,
    )


def _find(request: Request, number: str) -> Shipment:
    shipments = Shipment.objects.visible_to(request.person).select_related("workshop", "buyer")
    loads = Prefetch("loads", Load.objects.with_order())
    return get_object_or_404(shipments.prefetch_related(loads), number=number)


def _requests(shipment: Shipment) -> QuerySet[RateRequest]:
    return RateRequest.objects.filter(shipment=shipment).select_related(
        "account", "shipment__workshop"
    )


def _journal(consignment: Consignment) -> EntryQuerySet:
    """Return what was done; what the carrier said stands above with its words."""
    lines = journal_of(consignment).exclude(step="delivery.hear_carrier")
    return lines.prefetch_related("subject")


def _standing(shipment: Shipment) -> Consignment:
    mine = Consignment.objects.filter(shipment=shipment).standing()
    return get_object_or_404(mine.select_related("shipment", "account"))


def _connected(request: Request) -> ConnectionQuerySet[CarrierAccount]:
    return CarrierAccount.objects.visible_to(request.person).for_settings()


def _id(typed: str | None) -> int:
    return int(typed) if typed and typed.isascii() and typed.isdigit() else 0


def _back(request: Request, number: str) -> HttpResponse:
    return redirect("workshop:carrier", request.workshop.slug, number)
