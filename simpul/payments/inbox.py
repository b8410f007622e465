"""From a mail or a message to a claim: by itself where sender and order are beyond doubt.

A sender is a claim. Only where a party of the workshop owns the address or number, and one order
of its own is meant, a claim is made in its name, and a claim moves no money. All else waits for a
person, and nobody outside is told anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from simpul.conversations.models import Channel
from simpul.lib import clock, mails, uploads
from simpul.lib.mails import Attached, Letter
from simpul.lib.uploads import Handed
from simpul.orders.models import AGREED, Order
from simpul.parties.models import Identity, Person, Workshop
from simpul.payments import matching, telling, traces
from simpul.payments.asked import book_for
from simpul.payments.matching import Book, Heard
from simpul.payments.models import Arrival, ArrivalFile, Instruction, PaymentClaim
from simpul.workflow.steps import Refused

OF_ONE = 30  # letters of one sender on one day; of more only a note is kept
OF_ALL = 600  # letters of a workshop on one day; more are refused
MOST_FILES = 6
OWN = 30  # what it weighs that the sender is the buyer
DECORATION = 160  # pixels: what is smaller on both sides is a logo or a smiley

UNREADABLE = "unreadable"

_PROOFS = ("bukti", "transfer", "struk", "receipt", "resi", "screenshot", "img", "whatsapp")
_OUR_PAPERS = ("invoice", "faktur", "kuitansi", "inv-", "so-")

Why, Status = Arrival.Why, Arrival.Status


class Flood(Refused):
    """So much came on one day that nothing more is kept: try again tomorrow."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An order that a letter may be for, and why."""

    order: Order
    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a letter is, as far as a program can tell."""

    person: Person | None = None
    order: Order | None = None  # beyond doubt
    why: str = ""  # not beyond doubt, because
    is_aside: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What a claim says; `guessed` names what stood nowhere and was taken from what is asked."""

    amount: int
    paid_on: date
    bank: str
    guessed: tuple[str, ...]


def take_mail(content: bytes, *, workshop: Workshop) -> Arrival:
    """Take in a mail as it came over the line. The same one again gives the first arrival.

    Raises Flood where too much came on one day.
    """
    try:
        letter = mails.read(content)
    except mails.Unreadable:
        letter = Letter("", "", "", "", "", "", None, (Attached("", content),))
        unread = replace(letter, id=mails.fingerprint(letter), attached=(), automatic=UNREADABLE)
        return take(unread, channel=Channel.MAIL, workshop=workshop)
    return take(letter, channel=Channel.MAIL, workshop=workshop, original=content)


def take(letter: Letter, *, channel: str, workshop: Workshop, original: bytes = b"") -> Arrival:
    """Take in a letter, and make it a claim where that is beyond doubt."""
    letter = replace(letter, id=mails.fingerprint(letter))
    known = arrived(letter, channel, workshop)
    if known is not None:
        return known
    if _sent_today(workshop, channel, letter.sender) >= OF_ONE:
        short = replace(letter, text="", answered="", attached=())
        return _keep(short, channel, workshop, Verdict(why=Why.MANY, is_aside=True), [], [], b"")
    if letter.automatic == UNREADABLE:
        return _keep(letter, channel, workshop, Verdict(why=Why.UNREADABLE), [], [], b"")
    if letter.automatic in _NOBODY_WROTE:
        verdict = Verdict(why=_NOBODY_WROTE[letter.automatic], is_aside=True)
        return _keep(replace(letter, answered=""), channel, workshop, verdict, [], [], b"")
    files, refused = admit(letter.attached)
    verdict = _judge(letter, channel, workshop, files)
    return _keep(letter, channel, workshop, verdict, files, refused, original)


def expect(letter: Letter, *, channel: str, workshop: Workshop, media: str) -> Arrival:
    """Take in a message whose picture is still to be fetched."""
    known = arrived(letter, channel, workshop)
    if known is not None:
        return known
    if _sent_today(workshop, channel, letter.sender) >= OF_ONE:
        return take(letter, channel=channel, workshop=workshop)
    person = owner_of(letter.sender, channel, workshop)
    with transaction.atomic():
        queue(workshop)
        known = arrived(letter, channel, workshop)
        if known is not None:
            return known
        return _made(letter, channel, workshop, person=person, status=Status.FETCHING, media=media)


def complete(arrival: Arrival, attached: Sequence[Attached], *, why: str = "") -> None:
    """Add what was fetched to a message, and make it a claim where that is beyond doubt."""
    files, refused = admit(attached)
    workshop = arrival.workshop
    letter = letter_of(arrival)
    with transaction.atomic():
        queue(workshop)
        verdict = _judge(letter, arrival.channel, workshop, files)
        arrival.fetch(by=workshop.machine, files=files, refused=refused, why=why or verdict.why)
        _claim(arrival, verdict)
        if verdict.is_aside:
            arrival.set_aside(by=workshop.machine, reason="")


def claim(arrival: Arrival, order: Order, *, by: Person, file: ArrivalFile) -> None:
    """Make it the report of a payment of this order: a person saw what it is for."""
    found = facts(arrival, order)
    arrival.become_claim(
        by=by,
        order=order,
        file=file,
        amount=found.amount,
        paid_on=found.paid_on,
        bank=found.bank,
        guessed=found.guessed,
    )


def facts(arrival: Arrival, order: Order) -> Facts:
    """Return what the letter says of a payment for this order, and what had to be guessed."""
    asked = Instruction.objects.open().filter(order=order).first()
    due = order.instalments.unpaid().order_by("position").first()
    open_amounts = [one.open_amount for one in order.instalments.all() if one.open_amount]
    fitting = {*open_amounts, sum(open_amounts)} | ({asked.amount, asked.base} if asked else set())
    amount = telling.amount_in(arrival.whole_text, fitting)
    paid_on = telling.day_in(arrival.text, arrival.written_on)
    guessed = [name for name, found in (("amount", amount), ("paid_on", paid_on)) if not found]
    if not amount:
        amount = asked.amount if asked else due.open_amount if due else 0
    return Facts(
        amount, paid_on or arrival.written_on, telling.bank_in(arrival.text), tuple(guessed)
    )


def suggestions(workshop: Workshop, arrivals: list[Arrival]) -> dict[int, list[Suggestion]]:
    """Return for each waiting letter the likeliest orders, with a fixed number of queries."""
    heards = {one.pk: _heard(one) for one in arrivals}
    ours = {one.person.party_id for one in arrivals if one.person is not None}
    book = book_for(workshop, list(heards.values()), parties={pk for pk in ours if pk})
    weighed = {one.pk: _weigh(one, heards[one.pk], book) for one in arrivals}
    found = {order for scores in weighed.values() for order in scores}
    orders = Order.objects.select_related("buyer").in_bulk(found)
    return {pk: _ranked(scores, orders) for pk, scores in weighed.items()}


def admit(attached: Iterable[Attached]) -> tuple[list[Handed], list[str]]:
    """Let files through the upload door, the likeliest proof first; name those not taken."""
    weighed: list[tuple[int, int, Handed]] = []
    refused = []
    for one in list(attached)[:MOST_FILES]:
        try:
            file = uploads.admit(ContentFile(one.content), uploads.PROOF)
        except uploads.Refusal:
            refused.append(one.name or "?")
            continue
        side = uploads.longest_side(file)
        if file.kind == "application/pdf" or side >= DECORATION:
            weighed.append((_likeness(one, file), file.size, Handed(one.name, file)))
    refused += [one.name or "?" for one in list(attached)[MOST_FILES:]]
    weighed.sort(key=lambda row: (-row[0], -row[1]))
    return [row[2] for row in weighed], refused


def keep(
    letter: Letter,
    *,
    channel: str,
    workshop: Workshop,
    why: str,
    is_aside: bool = False,
    original: bytes = b"",
) -> Arrival:
    """Keep a letter for a person to look at, whatever it says. The same one again changes nothing."""
    letter = replace(letter, id=mails.fingerprint(letter))
    if _sent_today(workshop, channel, letter.sender) >= OF_ONE:
        return take(letter, channel=channel, workshop=workshop)
    files, refused = admit(letter.attached)
    verdict = Verdict(why=why, is_aside=is_aside)
    return _keep(letter, channel, workshop, verdict, files, refused, original)


def owner_of(sender: str, channel: str, workshop: Workshop) -> Person | None:
    """Return the buyer's person who is known under this address or number."""
    identity = known_as(sender, channel, workshop)
    if identity is None or not identity.person.is_active:
        return None
    party = identity.person.party
    return identity.person if party is not None and party.buys_as else None


def known_as(sender: str, channel: str, workshop: Workshop) -> Identity | None:
    """Return whose address or number this is, of whatever side, also of who is gone."""
    kind = Identity.Kind.MAIL if channel == Channel.MAIL else Identity.Kind.PHONE
    known = Identity.objects.filter(workshop=workshop, kind=kind, value=sender)
    return known.select_related("person__party").first()


_NOBODY_WROTE = {mails.BOUNCE: Why.BOUNCE, mails.REPLY: Why.REPLY, mails.LIST: Why.LIST}


def arrived(letter: Letter, channel: str, workshop: Workshop) -> Arrival | None:
    same = Arrival.objects.filter(workshop=workshop, channel=channel, foreign_id=letter.id)
    return same.first()


def _sent_today(workshop: Workshop, channel: str, sender: str) -> int:
    """Count what one sender sent today. Raises Flood where all of them sent too much."""
    today = Arrival.objects.filter(workshop=workshop, at__gte=clock.begin_of(clock.today()))
    if today.count() >= OF_ALL:
        raise Flood(f"More than {OF_ALL} letters came today.")
    return today.filter(channel=channel, sender=sender).count()


def _keep(
    letter: Letter,
    channel: str,
    workshop: Workshop,
    verdict: Verdict,
    files: list[Handed],
    refused: list[str],
    original: bytes,
) -> Arrival:
    """Keep it and make the claim in one go; two of one moment are one."""
    with transaction.atomic():
        queue(workshop)
        known = arrived(letter, channel, workshop)
        if known is not None:
            return known
        arrival = _made(
            letter,
            channel,
            workshop,
            person=verdict.person,
            status=Status.ASIDE if verdict.is_aside else Status.WAITING,
            why=verdict.why,
            files=files,
            refused=refused,
            original=original,
        )
        _claim(arrival, verdict)
    return arrival


def _made(letter: Letter, channel: str, workshop: Workshop, **rest: Any) -> Arrival:
    made: Arrival = Arrival.take_in(by=workshop.machine, channel=channel, letter=letter, **rest)
    return made


def queue(workshop: Workshop) -> None:
    """Let what comes to one workshop at once be judged one after the other."""
    Person.objects.select_for_update(of=("self",)).get(pk=workshop.machine.pk)


def _claim(arrival: Arrival, verdict: Verdict) -> None:
    """Make the claim where there is no doubt; should the step refuse it, a person looks at it."""
    if verdict.order is None:
        return
    file = arrival.files.select_related("upload").order_by("position").first()
    if file is None:
        return
    try:
        with transaction.atomic():
            claim(arrival, verdict.order, by=arrival.workshop.machine, file=file)
    except Refused:
        Arrival.objects.filter(pk=arrival.pk).update(why=Why.LIMIT)
        arrival.refresh_from_db()


# Whose, and for which order?


def _judge(letter: Letter, channel: str, workshop: Workshop, files: list[Handed]) -> Verdict:
    if letter.automatic == mails.MACHINE:  # a bank's own notice may carry a proof: a person looks
        return Verdict(why=Why.MACHINE, is_aside=not files)
    if files and _came_before(letter.sender, workshop, files[0]):
        return Verdict(why=Why.REPEATED, is_aside=True)
    person = owner_of(letter.sender, channel, workshop)
    if person is None:
        return Verdict(why=Why.STRANGER)
    if not files:
        return Verdict(person, why=Why.NO_PROOF)
    order, why = _order_of(letter, person)
    if order is None:
        return Verdict(person, why=why)
    handed_in = PaymentClaim.objects.filter(
        workshop=workshop, proof__sha256=files[0].file.sha256
    ).values_list("order", flat=True)
    if order.pk in handed_in:
        return Verdict(person, why=Why.REPEATED, is_aside=True)
    if handed_in:
        return Verdict(person, why=Why.SAME_FILE)
    return Verdict(person, order)


def _order_of(letter: Letter, person: Person) -> tuple[Order | None, str]:
    """Return the one order that is meant: named now, or in what is answered, or the only one."""
    for text in (f"{letter.subject}\n{letter.text}", letter.answered):
        codes, numbers = traces.named_in(text)
        orders = Order.objects.filter(workshop_id=person.workshop_id)
        named = list(
            (orders.filter(code__in=codes) | orders.filter(number__in=numbers)).distinct()[:3]
        )
        if len(named) > 1:
            return None, Why.SEVERAL
        if named:
            return _payable(named[0], person)
        if numbers:
            return None, Why.NO_ORDER  # it speaks of an order that there is not
    asked = Instruction.objects.open().filter(order__buyer_id=person.party_id)
    open_ones = list(asked.select_related("order")[:2])
    if len(open_ones) != 1:
        return None, Why.NO_ORDER
    return _payable(open_ones[0].order, person)


def _payable(order: Order, person: Person) -> tuple[Order | None, str]:
    if order.buyer_id != person.party_id:
        return None, Why.FOREIGN
    if order.status not in AGREED or not order.instalments.unpaid().exists():
        return None, Why.NOTHING_DUE
    return order, ""


def _came_before(sender: str, workshop: Workshop, best: Handed) -> bool:
    """Tell whether this sender's same file waits already."""
    same = ArrivalFile.objects.filter(
        arrival__workshop=workshop,
        arrival__sender=sender,
        upload__sha256=best.file.sha256,
        position=1,
    )
    return same.filter(arrival__status__in=(Status.WAITING, Status.CLAIMED)).exists()


def letter_of(arrival: Arrival) -> Letter:
    """Return a message as it came, without its picture."""
    return Letter(
        id=arrival.foreign_id,
        sender=arrival.sender,
        sender_name=arrival.sender_name,
        subject=arrival.subject,
        text=arrival.text,
        answered=arrival.answered,
        sent_at=arrival.sent_at,
    )


def _likeness(one: Attached, file: uploads.Admitted) -> int:
    """Weigh how much a file looks like a proof: by its name, and how it was attached."""
    name = one.name.lower()
    return (
        2 * any(word in name for word in _PROOFS)
        - 3 * any(word in name for word in _OUR_PAPERS)
        + (not one.is_inline)
        + (file.kind == "application/pdf" or uploads.longest_side(file) >= 3 * DECORATION)
    )


# Suggestions


def _heard(arrival: Arrival) -> Heard:
    text = f"{arrival.whole_text}\n{arrival.answered}"
    return Heard(telling.amount_in(text), text, arrival.written_on, 0, arrival.pk)


def _weigh(arrival: Arrival, heard: Heard, book: Book) -> dict[int, tuple[int, tuple[str, ...]]]:
    """Return scores and reasons: what the text says, and whose the address is."""
    weighed: dict[int, tuple[int, tuple[str, ...]]] = {}
    for guess in matching.guesses(heard, book):
        for order_id in guess.order_ids:
            if book.orders[order_id].dues:
                weighed.setdefault(order_id, (guess.score, guess.reasons))
    own = book.by_party.get(arrival.person.party_id or 0, set()) if arrival.person else set()
    for order_id in own:
        if book.orders[order_id].dues:
            score, reasons = weighed.get(order_id, (0, ()))
            weighed[order_id] = (score + OWN, (*reasons, _("The sender is the buyer.")))
    return weighed


def _ranked(
    weighed: dict[int, tuple[int, tuple[str, ...]]], orders: dict[int, Order]
) -> list[Suggestion]:
    found = [Suggestion(orders[pk], score, why) for pk, (score, why) in weighed.items()]
    found.sort(key=lambda one: (-one.score, one.order.pk))
    return found[: matching.MOST]
