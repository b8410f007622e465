"""The address of a bulletin for one reader without a login: sealed, only as long as it is his, and no
longer than news are news."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from simpul.crm.models import Bulletin
from simpul.lib.seals import Seal
from simpul.parties.models import Person, Workshop

LASTS = timedelta(days=90)
_SEAL = Seal("bulletin", parts=2, good_for=LASTS)


class Sealed(NamedTuple):
    bulletin: Bulletin
    person: Person


def token_of(bulletin: Bulletin, person: Person) -> str:
    """Return what stands in the address; it says nothing of who reads it."""
    return _SEAL.token_of(bulletin.pk, person.pk)


def read(token: str, workshop: Workshop) -> Sealed | None:
    """Return what an address opens, and to whom; None where we did not seal it or long ago, of
    somebody who is gone, and of news that is not for them (any more)."""
    parts = _SEAL.read(token)
    if not parts:
        return None
    bulletin, pk = parts
    person = Person.objects.active().filter(workshop=workshop, pk=pk).first()
    if person is None:
        return None
    mine = Bulletin.objects.visible_to(person).select_related("product", "picture")
    found = mine.filter(pk=bulletin).first()
    return Sealed(found, person) if found else None
