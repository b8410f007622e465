"""What the notices of all providers have in common: who is believed, what is kept, what is answered."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.http import Http404, HttpResponse

from simpul.lib.providers import Call
from simpul.lib.sealing import Unsealable
from simpul.portals.bank import door
from simpul.portals.bank.door import missed, plain
from simpul.workflow.connections import ConnectionQuerySet, ProviderAccount

MOST_BYTES = 64_000


def take[Account: ProviderAccount](
    request: door.Call,
    accounts: ConnectionQuerySet[Account],
    provider: str,
    keep: Callable[[Account, Call], None],
) -> HttpResponse:
    """Take a notice whose key is right: keep it as it came, answer, and leave the rest to the
    worker. A provider that is not connected here and one that nobody knows answer alike."""
    account = accounts.filter(workshop=request.workshop, provider=provider).first()
    if account is None or provider not in account.PROVIDERS:
        raise Http404
    call = Call(request.body, {name.lower(): value for name, value in request.headers.items()})
    if account.PROVIDERS[provider].is_knock(call):
        return plain(200, "OK")
    try:
        is_genuine = account.is_genuine(call)
    except Unsealable:  # the keys must be entered again; let it be repeated
        return plain(503, "The keys of this provider cannot be read.")
    if not is_genuine:
        return missed(request, f"{provider}:{request.workshop.slug}")
    with transaction.atomic():
        keep(account, call)
    return plain(200, "OK")
