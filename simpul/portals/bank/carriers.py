"""Notices of carriers: where a shipment is, and what it costs by now."""

from __future__ import annotations

from django.db import transaction
from django.http import Http404, HttpResponse

from simpul.delivery.carriers import CARRIERS
from simpul.delivery.models import CarrierAccount, TrackingEvent
from simpul.delivery.tasks import hear
from simpul.lib.providers import Call
from simpul.lib.sealing import Unsealable
from simpul.portals.bank import door
from simpul.portals.bank.door import hook, missed, plain

MOST_BYTES = 64_000


@hook(most_bytes=MOST_BYTES)
def notice(request: door.Call, provider: str) -> HttpResponse:
    """Take a notice whose key is right: keep it as it came, answer, and leave the rest to the
    worker. One that is not connected here and one that nobody knows answer alike."""
    accounts = CarrierAccount.objects.connected().filter(workshop=request.workshop)
    account = accounts.filter(provider=provider).first() if provider in CARRIERS else None
    if account is None:
        raise Http404
    if not request.body:
        return plain(200, "OK")  # how Biteship looks whether somebody is there
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        is_genuine = account.carrier.is_genuine(Call(request.body, headers), account.open_keys())
    except Unsealable:  # the keys must be entered again; let it be repeated
        return plain(503, "The keys of this carrier cannot be read.")
    if not is_genuine:
        return missed(request, f"{provider}:{request.workshop.slug}")
    with transaction.atomic():
        kept, is_new = TrackingEvent.store(account, request.body)
        if is_new:
            hear.enqueue(kept.pk)
    return plain(200, "OK")
