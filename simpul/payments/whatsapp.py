"""WhatsApp's Cloud API: what it tells of messages, and how their pictures are fetched.

The formats are those of developers.facebook.com/docs/whatsapp/cloud-api/webhooks: a body is signed
over its raw bytes, holds any number of messages, and names a picture only by an identifier. The
picture comes by two calls: one for its address, one for its bytes.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from simpul.conversations.models import Channel
from simpul.lib import clock, mails, outgoing, phones, sealing
from simpul.lib.mails import Attached, Letter
from simpul.lib.outgoing import NotAllowedThere, Unreachable
from simpul.lib.uploads import IMAGE_LIMIT
from simpul.parties.models import Workshop
from simpul.payments import inbox
from simpul.payments.models import Arrival
from simpul.payments.models.messenger import WhatsAppNumber

API = "https://graph.facebook.com/v23.0/"
HOSTS = ("graph.facebook.com", "lookaside.fbsbx.com")
SHOWN = {"image", "document"}  # kinds that may be a proof
READ = {"text", *SHOWN}
MOST_AT_ONCE = 100  # messages of one notice


type Take = Callable[[Arrival, list[Attached]], None]


class Unreadable(ValueError):
    """The body is no notice of WhatsApp."""


class Gone(Exception):
    """The picture cannot be had any more, however often it is asked for."""


@dataclass(frozen=True, slots=True)
class Received:
    """A message to one of our numbers; `media` names the picture that is still to be fetched."""

    number_id: str
    letter: Letter
    media: str = ""


def is_genuine(body: bytes, signature: str, secret: str) -> bool:
    """Tell whether whoever sent it has the app's secret; compares in constant time."""
    mark = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"sha256={mark}".encode(), signature.encode("utf-8", "replace"))


def read(body: bytes) -> list[Received]:
    """Return the messages of a notice; what is told of our own messages' state is passed over.

    Raises Unreadable.
    """
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as reason:
        raise Unreadable from reason
    if not isinstance(told, dict) or told.get("object") != "whatsapp_business_account":
        raise Unreadable
    return list(_received(told))[:MOST_AT_ONCE]


def is_to(received: Received, workshop: Workshop) -> bool:
    """Tell whether a message is to a number of this workshop."""
    mine = WhatsAppNumber.objects.connected().filter(workshop=workshop)
    return mine.filter(number_id=received.number_id).exists()


def expect(received: Received, workshop: Workshop) -> Arrival:
    """Take in a message with a picture, which is fetched later."""
    return inbox.expect(
        received.letter, channel=Channel.WHATSAPP, workshop=workshop, media=received.media
    )


def fetch(arrival: Arrival, *, take: Take = inbox.complete) -> None:
    """Fetch the picture of a message and let `take` judge it with that, or note that it did not
    come; after the last try it waits."""
    if not arrival.take_try():
        return
    try:
        attached = [_fetched(arrival)]
    except Unreachable:
        if not arrival.is_last_try:
            return
        attached = []
    except (Gone, NotAllowedThere, sealing.Unsealable):
        attached = []
    if attached:
        take(arrival, attached)
    else:
        inbox.complete(arrival, [], why=Arrival.Why.NOT_FETCHED)


def fetch_due(workshop: Workshop, *, take: Take = inbox.complete) -> None:
    """Fetch what is still to be fetched, as `fetch` does."""
    for arrival in due(workshop).select_related("workshop").order_by("pk")[:20]:
        fetch(arrival, take=take)


def due(workshop: Workshop) -> Any:
    waiting = Arrival.objects.filter(workshop=workshop, status=Arrival.Status.FETCHING)
    return waiting.filter(next_try_at__lte=clock.now())


def is_needed(workshop: Workshop) -> bool:
    found: bool = due(workshop).exists()
    return found


def _fetched(arrival: Arrival) -> Attached:
    number = WhatsAppNumber.objects.connected().filter(workshop=arrival.workshop_id).first()
    if number is None:
        raise Gone
    headers = {"Authorization": f"Bearer {number.open_keys()['access_token']}"}
    told = _answer(f"{API}{arrival.media}", headers, longest=100_000)
    try:
        address = json.loads(told)["url"]
    except (ValueError, LookupError, TypeError) as reason:
        raise Gone from reason
    if not isinstance(address, str):
        raise Gone
    return Attached("", _answer(address, headers, longest=IMAGE_LIMIT))


def _answer(url: str, headers: Mapping[str, str], *, longest: int) -> bytes:
    answer = outgoing.ask("GET", url, hosts=HOSTS, headers=headers, longest=longest)
    if answer.is_good:
        return answer.body
    if answer.status in {408, 429} or answer.status >= 500:
        raise Unreachable(str(answer.status))
    raise Gone


# Reading


def _received(told: dict[str, Any]) -> Iterator[Received]:
    for entry in _list(told, "entry"):
        for change in _list(entry, "changes"):
            value = change.get("value")
            if change.get("field") != "messages" or not isinstance(value, dict):
                continue
            number_id = _text(_dict(value, "metadata"), "phone_number_id")
            names = {
                _text(one, "wa_id"): _text(_dict(one, "profile"), "name")
                for one in _list(value, "contacts")
            }
            for message in _list(value, "messages"):
                if (one := _message(message, number_id, names)) is not None:
                    yield one


def _message(message: dict[str, Any], number_id: str, names: dict[str, str]) -> Received | None:
    """Return a text, a picture or a document; of voices, places and stickers nothing is kept."""
    kind, name = _text(message, "type"), _text(message, "id")
    if kind not in READ or not name or len(name) > mails.LONGEST_ID:
        return None
    said = _dict(message, kind)
    letter = Letter(
        id=mails.one_line(name),
        sender=_number(_text(message, "from")),
        sender_name=mails.one_line(names.get(_text(message, "from"), ""))[:80],
        subject="",
        text=mails.tidy(_text(said, "body") or _text(said, "caption")),
        answered="",
        sent_at=_moment(_text(message, "timestamp")),
    )
    if not letter.id:
        return None
    media = _text(said, "id") if kind in SHOWN else ""
    is_name = media.isascii() and media.replace("_", "").replace("-", "").isalnum()
    if kind in SHOWN and not is_name:
        return Received(number_id, letter)
    return Received(number_id, replace(letter), media[:100])


def _number(digits: str) -> str:
    try:
        return phones.normalise(f"+{digits.removeprefix('+')}")
    except phones.NotATelephone:
        return mails.one_line(digits)[:40]


def _moment(seconds: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _list(fields: Any, name: str) -> list[dict[str, Any]]:
    found = fields.get(name) if isinstance(fields, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _dict(fields: dict[str, Any], name: str) -> dict[str, Any]:
    found = fields.get(name)
    return found if isinstance(found, dict) else {}


def _text(fields: dict[str, Any], name: str) -> str:
    found = fields.get(name)
    return found if isinstance(found, str) else ""
