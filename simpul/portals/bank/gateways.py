"""Notices of payment gateways."""

from __future__ import annotations

from django.db import transaction
from django.http import Http404, HttpResponse

from simpul.lib.providers import Call
from simpul.lib.sealing import Unsealable
from simpul.payments.gateways import GATEWAYS
from simpul.payments.models import GatewayAccount, GatewayNotice
from simpul.payments.tasks import apply_notice
from simpul.portals.bank import door
from simpul.portals.bank.door import hook, missed, plain

MOST_BYTES = 64_000


@hook(most_bytes=MOST_BYTES)
def notice(request: door.Call, provider: str) -> HttpResponse:
    """Take a notice whose signature is right: keep it as it came, answer, and leave the rest to
    the worker. A gateway that is not connected here and one that nobody knows answer alike."""
    accounts = GatewayAccount.objects.connected().filter(workshop=request.workshop)
    account = accounts.filter(provider=provider).first() if provider in GATEWAYS else None
    if account is None:
        raise Http404
    headers = {name.lower(): value for name, value in request.headers.items()}
    call = Call(request.body, headers)
    try:
        is_genuine = account.gateway.is_genuine(call, account.open_keys())
    except Unsealable:  # the keys must be entered again; let the gateway repeat it
        return plain(503, "The keys of this gateway cannot be read.")
    if not is_genuine:
        return missed(request, f"{provider}:{request.workshop.slug}")
    with transaction.atomic():
        kept, is_new = GatewayNotice.store(
            account, call.body, number=account.gateway.number_of(call)
        )
        if is_new:
            apply_notice.enqueue(kept.pk)
    return plain(200, "OK")
