"""What comes by mail or message, and where it belongs: into a conversation, to a new prospect, or to
the inbox of payments, where a person looks.

A sender is a claim: whoever writes may do what that person could do with words, and no more. Nobody
outside is answered or told anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import QuerySet

from simpul.conversations import replies
from simpul.conversations.models import Channel, Conversation, Message, Notice
from simpul.conversations.notices import come_back
from simpul.crm.models import WRITTEN, Lead, Recipient, WhyLost
from simpul.crm.tasks import look_at_new
from simpul.delivery.models import Shipment
from simpul.lib import clock, mails, signatures
from simpul.lib.mails import Attached, Letter
from simpul.lib.uploads import Handed
from simpul.orders.models import Order
from simpul.parties.models import Identity, Party, Person, Workshop
from simpul.payments import inbox, traces
from simpul.payments.models import Arrival
from simpul.procurement.models import PurchaseOrder
from simpul.workflow.steps import Refused

PROSPECTS = 40  # new ones of a day; what more strangers write waits in the inbox

_NUMBER = re.compile(r"\b(?:SO|PO|KRM)-\d{4}-\d{4,6}\b", re.I)
_OF_PAYING = re.compile(
    r"\b(bukti|transfer|ditransfer|trf|tf|bayar|dibayar|pembayaran|lunas|pelunasan|dp|uang muka"
    r"|struk|rekening|payment|paid|receipt)\b",
    re.I,
)
_NO_READER = re.compile(r"^(no-?_?reply|do-?not-?reply|notifications?|newsletter|bounces?)\b", re.I)

Why = Arrival.Why


@dataclass(frozen=True, slots=True)
class Heard:
    """What a letter says, without what is quoted and what stands below it."""

    letter: Letter
    channel: str
    workshop: Workshop
    body: str
    files: list[Handed]
    refused: list[str]

    @property
    def is_of_paying(self) -> bool:
        names = " ".join(one.name for one in self.letter.attached)
        return bool(_OF_PAYING.search(f"{self.letter.subject}\n{self.body}\n{names}"))


def take_mail(content: bytes, *, workshop: Workshop) -> Arrival | Message:
    """Take in a mail as it came over the line; the same one again changes nothing. Raises Flood."""
    try:
        letter = mails.read(content)
    except mails.Unreadable:
        return inbox.take_mail(content, workshop=workshop)
    return take(letter, channel=Channel.MAIL, workshop=workshop, original=content)


def take(
    letter: Letter, *, channel: str, workshop: Workshop, original: bytes = b""
) -> Arrival | Message:
    """Take in a letter; return what it became. The same one again changes nothing. Raises Flood."""
    letter = replace(letter, id=mails.fingerprint(letter))
    known = _came_before(letter, channel, workshop)
    if known is not None:
        return known
    if letter.automatic == mails.BOUNCE:
        _note_bounce(letter, workshop)
        _note_campaign_bounce(letter, workshop)
    if letter.automatic or _NO_READER.match(letter.sender):
        return inbox.take(letter, channel=channel, workshop=workshop, original=original)
    _demand_no_flood(workshop)
    files, refused = inbox.admit(letter.attached)
    body = signatures.without(letter.text) if channel == Channel.MAIL else letter.text
    heard = Heard(letter, channel, workshop, body, files, refused)
    identity = inbox.known_as(letter.sender, channel, workshop)
    person = identity.person if identity else None
    meant = replies.meant(letter.marks)
    if meant is not None and not _is_from(person, meant, workshop):
        return inbox.keep(letter, channel=channel, workshop=workshop, why=Why.ANSWER)
    if person is not None and _is_declined(person):
        return inbox.keep(
            letter, channel=channel, workshop=workshop, why=Why.DECLINED, is_aside=True
        )
    said = _said(heard, person, meant[0] if meant else None)
    return said or inbox.take(letter, channel=channel, workshop=workshop, original=original)


def take_fetched(arrival: Arrival, attached: list[Attached]) -> None:
    """Take in a message whose picture came by now, where it belongs, like a mail with a file."""
    workshop, letter = arrival.workshop, replace(inbox.letter_of(arrival), attached=tuple(attached))
    identity = inbox.known_as(letter.sender, arrival.channel, workshop)
    person = identity.person if identity else None
    if person is not None and _is_declined(person):
        with transaction.atomic():
            inbox.complete(arrival, attached, why=Why.DECLINED)
            if arrival.status == Arrival.Status.WAITING:
                arrival.set_aside(by=workshop.machine, reason="")
        return
    files, refused = inbox.admit(letter.attached)
    heard = Heard(letter, arrival.channel, workshop, letter.text, files, refused)
    with transaction.atomic():
        if _said(heard, person, None) is None:
            inbox.complete(arrival, attached)
            return
        arrival.fetch(by=workshop.machine, files=[], refused=[], why=Why.TALK)
        arrival.set_aside(by=workshop.machine, reason="")


def _said(heard: Heard, person: Person | None, answered: Conversation | None) -> Message | None:
    """Put it into the conversation where it belongs; nothing where the inbox is to judge it."""
    if not (heard.body or heard.files) or _is_for_finance(heard, person, answered):
        return None
    if person is None:
        return _met(heard)
    conversation = answered or _conversation_of(heard, person)
    if conversation is None or not person.is_active or _said_today(person) >= inbox.OF_ONE:
        return None
    return _once(heard, lambda: _say(heard, person, conversation))


def _is_for_finance(heard: Heard, person: Person | None, answered: Conversation | None) -> bool:
    """Tell whether it may be a proof of payment: the inbox knows what to do with these."""
    if person is None:
        names_an_order = any(traces.named_in(f"{heard.letter.subject}\n{heard.body}"))
        return heard.is_of_paying or names_an_order or not heard.body
    is_buyer = person.party is not None and person.party.buys_as != ""
    if not heard.files or not is_buyer:
        return False
    return answered is None or heard.is_of_paying


def _conversation_of(heard: Heard, person: Person) -> Conversation | None:
    """Return the talk about the one document that is named, or the talk with the party."""
    if person.party is None:  # our own people answer; they do not write to us
        return None
    where = heard.letter.subject if heard.channel == Channel.MAIL else heard.body
    numbers = {number.upper() for number in _NUMBER.findall(where)}
    named = _named(numbers, person.party) if numbers else []
    return Conversation.of(named[0] if len(named) == 1 else person.party, person.party)


def _named(numbers: set[str], party: Party) -> list[Order | PurchaseOrder | Shipment]:
    return [
        *Order.objects.filter(buyer=party, number__in=numbers)[:2],
        *PurchaseOrder.objects.filter(supplier=party, number__in=numbers)[:2],
        *Shipment.objects.filter(courier=party, number__in=numbers)[:2],
    ]


def _met(heard: Heard) -> Message | None:
    """Keep a prospect of whom nobody knew; nothing where the address or the day does not allow it."""
    letter, workshop = heard.letter, heard.workshop
    by_mail = heard.channel == Channel.MAIL
    if not letter.sender or not (by_mail or letter.sender.startswith("+")):
        return None
    since = clock.begin_of(clock.today())
    today = Lead.objects.filter(workshop=workshop, at__gte=since, source__in=WRITTEN)
    if today.count() >= PROSPECTS:
        return None
    return _once(heard, lambda: _meet(heard))


def _meet(heard: Heard) -> Message:
    letter = heard.letter
    met = inbox.known_as(letter.sender, heard.channel, heard.workshop)
    if met is not None and met.person.party is not None:  # by another mail of this moment
        return _say(heard, met.person, Conversation.of(met.person.party, met.person.party))
    lead = Lead.meet(
        by=heard.workshop.machine,
        source=heard.channel,
        sender=letter.sender,
        name=letter.sender_name,
        body=heard.body,
        attached=heard.files,
        refused=heard.refused,
        foreign_id=letter.id,
    )
    look_at_new.enqueue(lead.party_id)
    return Message.objects.get(by=lead.person)


def _say(heard: Heard, person: Person, conversation: Conversation) -> Message:
    said: Message = Message.say(
        by=person,
        conversation=conversation,
        body=heard.body,
        channel=heard.channel,
        attached=heard.files,
        refused=heard.refused,
        foreign_id=heard.letter.id,
    )
    return said


def _once(heard: Heard, make: Callable[[], Message]) -> Message | None:
    """Make a message of it; of two of one moment only one is. Nothing where a step refuses it."""
    with transaction.atomic():
        inbox.queue(heard.workshop)
        known = _message(heard.letter, heard.channel, heard.workshop)
        if known is not None:
            return known
        try:
            with transaction.atomic():
                return make()
        except Refused:
            return None


def _is_from(person: Person | None, meant: tuple[Conversation, Person], workshop: Workshop) -> bool:
    """Tell whether an answer comes from whom we wrote to, or from somebody else of that party."""
    conversation, asked = meant
    if person is None or conversation.workshop_id != workshop.pk:
        return False
    return person == asked or (person.party_id is not None and person.party_id == asked.party_id)


def _is_declined(person: Person) -> bool:
    """Tell whether this contact wrote once, and the workshop found that it is no prospect at all."""
    if person.party is None or person.party.is_welcome:
        return False
    last = Lead.objects.filter(party=person.party).order_by("-pk").first()
    return last is not None and last.has_written and last.why == WhyLost.NONSENSE


def _note_bounce(letter: Letter, workshop: Workshop) -> None:
    """Mark the address that is gone for good, where a mail of ours comes back; tell by other ways
    what stood in it, also of the mails that come back after the first."""
    lost = replies.told(letter.marks) if letter.gone else []
    if not lost or lost[0].person.workshop_id != workshop.pk:
        return
    mine = Identity.objects.filter(person=lost[0].person, kind=Identity.Kind.MAIL)
    gone = mine.filter(value=letter.gone).first()
    if gone is None:
        return
    if gone.bounced_at is None:
        gone.come_back()
    for notice in lost:
        if notice.status == Notice.Status.SENT:
            come_back(notice)


def _note_campaign_bounce(letter: Letter, workshop: Workshop) -> None:
    """The same for a mail of a campaign: nobody is told otherwise, and it stands in its list."""
    keys = replies.circulars(letter.marks) if letter.gone else []
    lost = Recipient.objects.filter(pk__in=keys, campaign__workshop=workshop)
    for recipient in lost.select_related("identity"):
        identity = recipient.identity
        if identity is not None and identity.value == letter.gone:
            if identity.bounced_at is None:
                identity.come_back()
            recipient.come_back()


def _came_before(letter: Letter, channel: str, workshop: Workshop) -> Arrival | Message | None:
    return _message(letter, channel, workshop) or inbox.arrived(letter, channel, workshop)


def _message(letter: Letter, channel: str, workshop: Workshop) -> Message | None:
    same = Message.objects.filter(workshop=workshop, channel=channel, foreign_id=letter.id)
    return same.first()


def _said_today(person: Person) -> int:
    return _came_today().filter(by=person).count()


def _demand_no_flood(workshop: Workshop) -> None:
    if _came_today().filter(workshop=workshop).count() >= inbox.OF_ALL:
        raise inbox.Flood(f"More than {inbox.OF_ALL} messages came today.")


def _came_today() -> QuerySet[Message]:
    since = clock.begin_of(clock.today())  # `at__date` would turn every moment into a day
    return Message.objects.filter(at__gte=since).exclude(foreign_id="")
