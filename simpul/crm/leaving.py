"""The address by which somebody ends what is sent to them: sealed, without login, without end."""

from __future__ import annotations

from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from simpul.conversations.models import Channel, How, Kind, Preference
from simpul.crm.models import Consent, ConsentHow, Purpose, Recipient
from simpul.lib.seals import Seal
from simpul.parties.models import Identity, Workshop

_SEAL = Seal("leaving", parts=3)


class Leaving(NamedTuple):
    identity: Identity
    purpose: Purpose
    recipient: int  # the message in which it stood; 0: none


def token_of(identity: Identity, purpose: str, recipient: int = 0) -> str:
    """Return what stands in the address; it says nothing of the number or address itself."""
    return _SEAL.token_of(identity.pk, purpose, recipient)


def read(token: str, workshop: Workshop) -> Leaving | None:
    """Return what an address ends; None where we did not seal it, or of somebody who is gone."""
    parts = _SEAL.read(token)
    if not parts:
        return None
    pk, purpose, recipient = parts
    mine = Identity.objects.filter(workshop=workshop, pk=pk).select_related("person")
    identity = mine.first()
    return Leaving(identity, Purpose(purpose), int(recipient)) if identity else None


def identities_of(found: Leaving) -> list[Identity]:
    """Return all numbers and addresses of who leaves: otherwise the next message went by WhatsApp."""
    return list(Identity.objects.filter(person=found.identity.person).order_by("pk"))


@transaction.atomic
def leave(found: Leaving, *, is_all: bool, is_one_click: bool) -> None:
    """End what the address stands for, or everything, by whichever way the person is reached; done
    twice it is done once. Of everything are the questions how content one is, too."""
    for identity in identities_of(found):
        Consent.end(
            identity,
            [*Purpose] if is_all else [found.purpose],
            how=ConsentHow.ONE_CLICK if is_one_click else ConsentHow.LINK,
            words=_("Send me nothing more of any kind") if is_all else _("Send me no more of this"),
            by=found.identity.workshop.machine,
        )
    if is_all:
        for way in Channel:
            Preference.objects.update_or_create(
                person=found.identity.person,
                kind=Kind.OPINION,
                channel=way,
                defaults={"how": How.NEVER},
            )
    for recipient in Recipient.objects.filter(pk=found.recipient, identity=found.identity):
        recipient.leave()
