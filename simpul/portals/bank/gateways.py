"""Notices of payment gateways."""

from __future__ import annotations

from django.http import HttpResponse

from simpul.lib.providers import Call
from simpul.payments.models import GatewayAccount, GatewayNotice
from simpul.payments.tasks import apply_notice
from simpul.portals.bank import door
from simpul.portals.bank.door import hook
from simpul.portals.bank.providers import MOST_BYTES, take


@hook(most_bytes=MOST_BYTES)
def notice(request: door.Call, provider: str) -> HttpResponse:
    return take(request, GatewayAccount.objects.connected(), provider, _keep)


def _keep(account: GatewayAccount, call: Call) -> None:
    number = account.gateway.number_of(call)
    kept, is_new = GatewayNotice.store(account, call.body, number=number)
    if is_new:
        apply_notice.enqueue(kept.pk)
