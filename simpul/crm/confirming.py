"""Proving that an address or number is theirs (double opt-in): what was ticked at registration counts from
then on.

Anybody can type anybody's address. So a tick at registration is kept with its words, but nothing is
sent for it until somebody has followed the link in a mail to that very address, or has logged in by
a code that was sent there. Of a telephone number it is who opens the link that was sent to that very
number by WhatsApp, and does something there: only to look is what a messenger does by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from operator import attrgetter

from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from simpul.crm.models import Consent, ConsentHow
from simpul.lib import clock
from simpul.lib.seals import Seal
from simpul.parties.models import Identity, IdentityQuerySet, Party, Person, Workshop
from simpul.workflow.steps import creation

GOOD_FOR = timedelta(days=30)
ASKED_WITHIN = timedelta(days=2)  # of the registration; later nobody is asked any more
PAUSES = [timedelta(minutes=minutes) for minutes in (5, 30, 180, 720)]  # after each failure

# Each proves in its own way: what was sent to a number proves nothing on the page that a mail leads to.
_SEALS = {
    Identity.Kind.MAIL: Seal("confirming", parts=2, good_for=GOOD_FOR),
    Identity.Kind.PHONE: Seal("number", parts=2, good_for=GOOD_FOR),
}

type Waiting = dict[str, str]  # purpose -> the very words


class Proved:
    """That a number or address is theirs. Nothing is kept of it but its day and a line in the journal."""

    @classmethod
    @creation("crm.prove_identity")
    def note(cls, *, by: Person, identity: Identity, kind: str, how: str) -> Party | Workshop:
        """Note of which kind it is and how it was proved, with whoever it belongs to."""
        identity.verified_at = clock.now()
        identity.save(update_fields=["verified_at"])
        return identity.person.party or identity.workshop


def token_of(identity: Identity) -> str:
    """Return what stands in the address of the link; it says nothing of the address itself, and proves
    no other one that is put right later."""
    return _SEALS[Identity.Kind(identity.kind)].token_of(identity.pk, _print_of(identity))


def read(token: str, workshop: Workshop, kind: Identity.Kind) -> Identity | None:
    """Return which number or address (as `kind` says) the link proves; None where we did not seal it for
    one, or too long ago, and where it is another one now."""
    parts = _SEALS[kind].read(token)
    if not parts:
        return None
    pk, seen = parts
    ours = Identity.objects.filter(workshop=workshop, kind=kind, pk=pk)
    found = ours.select_related("person").first()
    return found if found is not None and _print_of(found) == seen else None


def number_is_used(token: str, person: Person) -> None:
    """Note that somebody has done something behind the link that was sent to the number of a person."""
    identity = read(token, person.workshop, Identity.Kind.PHONE)
    if identity is not None and identity.person_id == person.pk and identity.verified_at is None:
        confirm(identity, how=ConsentHow.NUMBER)


def number_to_write_to(identities: Iterable[Identity]) -> Identity | None:
    """Return at which of somebody's numbers he is written to by WhatsApp: the first that works."""
    usable = (
        one
        for one in identities
        if one.kind == Identity.Kind.PHONE and not one.bounced_at and not one.opted_out_at
    )
    return min(usable, key=attrgetter("pk"), default=None)


def waiting_for(identity: Identity) -> Waiting:
    """Return what was ticked at registration for this address as it is now, and is not proved."""
    last = {line.purpose: line for line in Consent.objects.filter(identity=identity).order_by("pk")}
    return {
        purpose: line.words
        for purpose, line in last.items()
        if line.is_given and line.how == ConsentHow.REGISTRATION and line.value == identity.value
    }


def to_ask() -> IdentityQuerySet:
    """Return the mail addresses to which the link is still to be sent."""
    since = clock.now() - ASKED_WITHIN
    unproved = Consent.objects.filter(how=ConsentHow.REGISTRATION, asked_at=None, at__gt=since)
    unproved = unproved.filter(next_try_at__lte=clock.now())
    usable = Identity.objects.filter(kind=Identity.Kind.MAIL, bounced_at=None, opted_out_at=None)
    return usable.filter(pk__in=unproved.values("identity"), person__is_active=True).order_by("pk")


def claim(identity: Identity) -> bool:
    """Take the asking for this process: an address is asked once. False: somebody else has it."""
    lines = Consent.objects.filter(identity=identity, how=ConsentHow.REGISTRATION, asked_at=None)
    return lines.update(asked_at=clock.now(), attempts=F("attempts") + 1) > 0


def give_back(identity: Identity) -> None:
    """Let it be asked again after a while, because nothing went out; not more than a few times."""
    lines = Consent.objects.filter(identity=identity, how=ConsentHow.REGISTRATION)
    for attempts, pause in enumerate(PAUSES, 1):
        lines.filter(attempts=attempts).update(asked_at=None, next_try_at=clock.now() + pause)


@transaction.atomic
def confirm(identity: Identity, *, how: str) -> None:
    """Note that the address is proved, and give what waited for it, in its own words; done twice it
    is done once."""
    held = Identity.objects.select_for_update(of=("self",), no_key=True).get(pk=identity.pk)
    for purpose, words in waiting_for(held).items():
        Consent.give(by=held.workshop.machine, identity=held, purpose=purpose, how=how, words=words)
    if held.verified_at is None:
        Proved.note(by=held.workshop.machine, identity=held, kind=held.kind, how=how)


def logged_in_by(address: str, people: Iterable[Person]) -> None:
    """Note that these people have logged in by a code that was sent to this address."""
    mine = Identity.objects.filter(person__in=people, kind=Identity.Kind.MAIL)
    for identity in mine.filter(value=address.lower()).select_related("workshop").order_by("pk"):
        confirm(identity, how=ConsentHow.LOGIN)


def _print_of(identity: Identity) -> str:
    """Return by what a number or address is known again, without saying it: numbers are so few that
    whoever could make the print himself would only have to try them all."""
    return salted_hmac("simpul.print", identity.value, algorithm="sha256").hexdigest()[:8]
