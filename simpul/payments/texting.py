"""Sending by WhatsApp's Cloud API, and what becomes of what was sent.

Within a day of the other side's last message free words may go; later only a template that Meta has
approved. Where neither may go, or the workshop has no keys, a person sends the text by hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Max, Q, QuerySet

from simpul.conversations.models import Channel, Message, Notice, NoticeQuerySet
from simpul.conversations.notices import come_back
from simpul.lib import clock, outgoing
from simpul.lib.outgoing import Unreachable
from simpul.lib.sealing import Unsealable
from simpul.parties.models import Identity, Party, Person, Workshop
from simpul.payments.models import Arrival
from simpul.payments.models.messenger import WhatsAppNumber
from simpul.payments.whatsapp import API, HOSTS

WINDOW = timedelta(hours=24)
LONGEST_WORDS = 300  # letters of a gap of a template
FOR_GOOD = {  # what Meta refuses however often it is sent
    131026,  # the number has no WhatsApp, or takes nothing from businesses
    131047,  # more than a day since the other side wrote
    *(132000, 132001, 132005, 132007, 132012, 132015, 132016),  # the template: gone, wrong, paused
}
MOST_STATES = 200  # of one notice of Meta

Status = Notice.Status
_CLIMBS = {"sent": Status.SENT, "delivered": Status.ARRIVED, "read": Status.SEEN}
_STEPS = [Status.WAITING, Status.SENT, Status.ARRIVED, Status.SEEN]


class NotReached(Exception):
    """This number is not reached by WhatsApp, or not with this; another try would not help."""


@dataclass(frozen=True, slots=True)
class State:
    """What Meta tells of a message of ours."""

    number_id: str
    message: str
    status: str  # sent, delivered, read, failed


def not_by_machine() -> Q:
    """Say which notices the machine does not send: texts for a person, or not made ready yet."""
    return Q(channel=Channel.WHATSAPP) & (_for_a_person() | Q(attempts=0))


def to_send_by_hand(workshop: int) -> NoticeQuerySet:
    """Return the texts that a person is to send; those that go by themselves are not among them."""
    texts = Notice.objects.texts(workshop)
    return texts if settings.DEMO else texts.filter(_for_a_person())


def leaves_to_hand(notice: Notice) -> bool:
    """Tell whether only a person may send this now, and note it."""
    number = _number(notice.person.workshop_id)
    may_go = number is not None and (number.template or _is_open(notice.person))
    if not may_go:
        notice.by_hand = True
        notice.save(update_fields=["by_hand"])
    return not may_go


def send(notice: Notice, *, body: str, words: tuple[str, ...]) -> None:
    """Send a text, or the template with these words in its gaps.

    Raises NotReached and Unreachable.
    """
    number, to = _number(notice.person.workshop_id), _telephone(notice.person)
    if number is None or not to:
        raise NotReached
    said: dict[str, Any] = {"type": "text", "text": {"body": body}}
    if not _is_open(notice.person):
        said = _template(number.template, words)
    told = {"messaging_product": "whatsapp", "to": to.removeprefix("+"), **said}
    try:
        token = number.open_keys()["access_token"]
    except Unsealable as reason:  # the keys must be entered again
        raise NotReached from reason
    answer = outgoing.ask(
        "POST",
        f"{API}{number.number_id}/messages",
        hosts=HOSTS,
        headers={"Authorization": f"Bearer {token}"},
        json=told,
    )
    notice.foreign_id = _identifier(answer)
    notice.save(update_fields=["foreign_id"])


def free_until(party: Party | None) -> datetime | None:
    """Return until when free words may go to a party by WhatsApp; nothing where none may."""
    if party is None or _number(party.workshop_id) is None:
        return None
    return _open_until(Person.objects.active().filter(party=party), party.workshop_id)


def read_states(body: bytes) -> list[State]:
    """Return what a notice of Meta, whose shape was checked, tells of messages of ours."""
    told = json.loads(body)
    return list(_states(told))[:MOST_STATES]


def move(state: State, workshop: Workshop) -> None:
    """Note what became of a message: a state only climbs, however often and late it is told, also
    by several at once and before we noted that it was sent."""
    mine = WhatsAppNumber.objects.connected().filter(workshop=workshop, number_id=state.number_id)
    notices = Notice.objects.filter(channel=Channel.WHATSAPP, foreign_id=state.message)
    notice = notices.filter(person__workshop=workshop).first() if mine.exists() else None
    if notice is None:
        return
    reached = Status.FAILED if state.status == "failed" else _CLIMBS.get(state.status)
    if reached is None:
        return
    lower = _STEPS[:2] if reached == Status.FAILED else _STEPS[: _STEPS.index(reached)]
    climbs = notices.filter(pk=notice.pk, status__in=lower).update(status=reached)
    if climbs and reached == Status.FAILED:
        come_back(notice)


def _for_a_person() -> Q:
    connected = WhatsAppNumber.objects.connected().values("workshop")
    return Q(by_hand=True) | ~Q(person__workshop__in=connected)


def _number(workshop: int) -> WhatsAppNumber | None:
    return WhatsAppNumber.objects.connected().filter(workshop=workshop).first()


def _is_open(person: Person) -> bool:
    alone = Person.objects.filter(pk=person.pk)
    return _open_until(alone, person.workshop_id) is not None


def _open_until(people: QuerySet[Person], workshop: int) -> datetime | None:
    """Return a day after the last message of any of them, if that is still to come."""
    since = clock.now() - WINDOW
    numbers = Identity.objects.filter(person__in=people, kind=Identity.Kind.PHONE).values("value")
    said = Message.objects.filter(by__in=people, channel=Channel.WHATSAPP, at__gt=since)
    came = Arrival.objects.filter(
        workshop=workshop, channel=Channel.WHATSAPP, sender__in=numbers, at__gt=since
    )
    found = (
        said.exclude(foreign_id="").aggregate(last=Max("at"))["last"],
        came.aggregate(last=Max("at"))["last"],
    )
    moments = [moment for moment in found if moment is not None]
    return max(moments) + WINDOW if moments else None


def _telephone(person: Person) -> str:
    first = Identity.objects.filter(person=person).usable(Identity.Kind.PHONE).first()
    return first.value if first else ""


def _template(name: str, words: tuple[str, ...]) -> dict[str, Any]:
    """Fill the gaps of a template: each one line, as Meta asks."""
    gaps = [{"type": "text", "text": " ".join(one.split())[:LONGEST_WORDS]} for one in words]
    return {
        "type": "template",
        "template": {
            "name": name,
            "language": {"code": "id", "policy": "deterministic"},
            "components": [{"type": "body", "parameters": gaps}],
        },
    }


def _identifier(answer: outgoing.Answer) -> str:
    try:
        told = json.loads(answer.body)
    except ValueError as reason:
        raise Unreachable(f"{answer.status}: no JSON") from reason
    if answer.is_good:
        try:
            return str(told["messages"][0]["id"])[:200]
        except (LookupError, TypeError) as reason:
            raise Unreachable("no identifier") from reason
    error = told.get("error") if isinstance(told, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    if code in FOR_GOOD:
        raise NotReached
    raise Unreachable(f"{answer.status}: {code}")


def _states(told: Any) -> Iterator[State]:
    for entry in _rows(told, "entry"):
        for change in _rows(entry, "changes"):
            value = change.get("value")
            if change.get("field") != "messages" or not isinstance(value, dict):
                continue
            metadata = value.get("metadata")
            number = metadata.get("phone_number_id") if isinstance(metadata, dict) else None
            for one in _rows(value, "statuses"):
                name, status = one.get("id"), one.get("status")
                if isinstance(name, str) and isinstance(status, str) and isinstance(number, str):
                    yield State(number, name, status)


def _rows(fields: Any, name: str) -> list[dict[str, Any]]:
    found = fields.get(name) if isinstance(fields, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
