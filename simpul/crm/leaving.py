"""The address by which somebody ends what is sent to them: sealed, without login, without end."""

from __future__ import annotations

from typing import NamedTuple

from django.core import signing

from simpul.crm.models import Purpose
from simpul.parties.models import Identity, Workshop

_SEAL = signing.Signer(salt="simpul.leaving")


class Leaving(NamedTuple):
    identity: Identity
    purpose: Purpose


def token_of(identity: Identity, purpose: str) -> str:
    """Return what stands in the address; it says nothing of the number or address itself."""
    return _SEAL.sign(f"{identity.pk}.{purpose}")


def read(token: str, workshop: Workshop) -> Leaving | None:
    """Return what an address ends; None where we did not seal it, or of somebody who is gone."""
    try:
        pk, _dot, purpose = _SEAL.unsign(token).partition(".")
    except signing.BadSignature:
        return None
    mine = Identity.objects.filter(workshop=workshop, pk=pk).select_related("person")
    identity = mine.first()
    return Leaving(identity, Purpose(purpose)) if identity else None
