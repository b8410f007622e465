"""Whose answer a mail is: addresses and identifiers of our mails that nobody can guess.

What a mail of ours carries says which conversation and which person it was written to, sealed with
the program's secret key; so nothing has to be kept of it. Whoever holds such an address is believed
no further: the sender of an answer must be that person, too.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence

from django.conf import settings

from simpul.conversations.models import Conversation, Notice
from simpul.parties.models import Person

_TALK, _NOTICE, _CIRCULAR, _ROOM = "talk", "note", "circ", "room"
_LETTERS = 26  # of the seal: 130 bits
_MARK = re.compile(
    rf"({_TALK}|{_NOTICE}|{_CIRCULAR})-((?:[0-9]{{1,18}}-)+)([a-z2-7]{{{_LETTERS}}})(?=@)", re.I
)


def address(conversation: Conversation, person: Person) -> str:
    """Return to which address this person answers in this conversation; nothing where it is off."""
    mailbox, _at, host = settings.MAIL_REPLY.partition("@")
    return f"{mailbox}+{_mark(_TALK, conversation.pk, person.pk)}@{host}" if host else ""


def thread(conversation: Conversation, person: Person) -> str:
    """Return the identifier that all mails of a conversation to a person refer to."""
    return f"<{_mark(_TALK, conversation.pk, person.pk)}@{_host()}>"


def identifier(notices: Sequence[Notice]) -> str:
    """Return the identifier of the mail that tells these; another one for more of them."""
    keys = [notices[0].pk]
    if len(notices) > 1:
        keys += [notices[-1].pk, len(notices)]
    return f"<{_mark(_NOTICE, *keys)}@{_host()}>"


def meant(marks: Iterable[str]) -> tuple[Conversation, Person] | None:
    """Return where one of these addresses or identifiers leads, and to whom it was given."""
    for keys in _keys(_TALK, marks):
        person = Person.objects.active().filter(pk=keys[1]).select_related("party").first()
        conversation = Conversation.objects.select_related("party").filter(pk=keys[0]).first()
        if person is not None and conversation is not None:
            return conversation, person
    return None


def told(marks: Iterable[str]) -> list[Notice]:
    """Return the notices of the mail that one of these identifiers is of: several of a letter of
    the day."""
    for keys in _keys(_NOTICE, marks):
        first = Notice.objects.filter(pk=keys[0]).select_related("person").first()
        if first is not None:
            return [first, *_rest_of_the_letter(first, keys)]
    return []


def circular(key: int) -> str:
    """Return the identifier of a mail that goes to many: of the row of this one reader."""
    return f"<{_mark(_CIRCULAR, key)}@{_host()}>"


def of_the_room(key: int) -> str:
    """Return the identifier of a letter of the week from the room."""
    return f"<{_mark(_ROOM, key)}@{_host()}>"


def circulars(marks: Iterable[str]) -> list[int]:
    """Return the rows of whose mail these identifiers are."""
    return [keys[0] for keys in _keys(_CIRCULAR, marks)]


def _rest_of_the_letter(first: Notice, keys: list[int]) -> list[Notice]:
    if len(keys) == 1:
        return []
    same = Notice.objects.filter(person=first.person, channel=first.channel, is_daily=True)
    return list(same.filter(pk__gt=first.pk, pk__lte=keys[1]).order_by("pk"))


def _keys(what: str, marks: Iterable[str]) -> list[list[int]]:
    """Return the keys in those of the marks that we sealed ourselves."""
    found = []
    for match in _MARK.finditer(" ".join(marks)):
        keys = [int(key) for key in match[2].split("-") if key]
        whole = _mark(what, *keys)
        if hmac.compare_digest(whole, match[0].lower()):
            found.append(keys)
    return found


def _mark(what: str, *keys: int) -> str:
    said = "-".join([what, *map(str, keys)])
    mac = hmac.digest(settings.SECRET_KEY.encode(), f"mail:{said}".encode(), hashlib.sha256)
    return f"{said}-{base64.b32encode(mac).decode()[:_LETTERS].lower()}"


def _host() -> str:
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip("> ")
