"""Notices of carriers: where a shipment is, and what it costs by now."""

from __future__ import annotations

from django.http import HttpResponse

from simpul.delivery.models import CarrierAccount, TrackingEvent
from simpul.delivery.tasks import hear
from simpul.lib.providers import Call
from simpul.portals.bank import door
from simpul.portals.bank.door import hook
from simpul.portals.bank.providers import MOST_BYTES, take


@hook(most_bytes=MOST_BYTES)
def notice(request: door.Call, provider: str) -> HttpResponse:
    return take(request, CarrierAccount.objects.connected(), provider, _keep)


def _keep(account: CarrierAccount, call: Call) -> None:
    kept, is_new = TrackingEvent.store(account, call.body)
    if is_new:
        hear.enqueue(kept.pk)
