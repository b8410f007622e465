"""Sending what the notices say: mail at once or once a day, news on devices, texts for WhatsApp
(without keys a person sends them with one tap), and SMS where nothing else carries what is urgent.
Guests of the guest book are told here, too.

A notice is claimed, with the time of the next try, before it is sent, and marked after it: what a
process leaves behind that is killed in between is sent again, under the same Message-ID.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from itertools import groupby
from smtplib import SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from simpul.conversations.brief import brief
from simpul.conversations.models import Channel, GuestEntry, How, Notice
from simpul.conversations.notices import come_back, tell_by_sms, with_ways
from simpul.conversations.reach import URGENT, hour_for
from simpul.crm import confirming
from simpul.lib import bounces, clock, phones, sms, sms_provider, webpush
from simpul.lib.outgoing import Unreachable
from simpul.parties.models import AccessLink, Identity, Person
from simpul.payments import texting
from simpul.portals.doors import document_of, number_mark, path_for, portal_path
from simpul.portals.letters import OF_A_PROGRAM, head_of, in_short, mail_of, said_in, text_of

# after each failure a longer pause; after the last one we give up
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 180, 720)]
A_BATCH = 50
LONGEST_TEXT = 1500  # letters in a link that opens WhatsApp; the rest is behind its link
MOST_IN_A_LETTER = 200
WITH_PIN = {"delivery.leave", "delivery.plan_attempt", "delivery.announce", "delivery.plan_fetch"}
LONGEST_PUSHING_S = 20  # of a turn: a push service that is down holds up nothing else

log = logging.getLogger(__name__)


class Undeliverable(Exception):
    """This person is not reached by this channel; another try would not help."""


def send() -> tuple[int, int]:
    """Send what waits to be sent; return how many messages went out and how many failed."""
    if settings.DEMO:
        return 0, 0
    due = Notice.objects.due().filter(channel__in=SENDERS, is_daily=False)
    notices = due.exclude(texting.not_by_machine()).select_related(*_WITH, "link")
    results = _send_each(notices.exclude(channel=Channel.PUSH)[:A_BATCH])
    until = time.monotonic() + LONGEST_PUSHING_S
    results += _send_each(notices.filter(channel=Channel.PUSH)[:A_BATCH], until=until)
    return results.count(True), results.count(False)


def send_daily() -> tuple[int, int]:
    """Send each person whose hour has come one letter with all that happened; return how many went
    out and how many failed."""
    if settings.DEMO:
        return 0, 0
    due = Notice.objects.due().filter(channel=Channel.MAIL, is_daily=True)
    whose = due.order_by("person").values_list("person", flat=True).distinct()[:A_BATCH]
    results = []
    for person in list(whose):
        notices = list(due.filter(person=person).select_related(*_WITH)[:MOST_IN_A_LETTER])
        if notices and _claim(notices):
            results.append(_try(notices, _mail_of_the_day))
    return results.count(True), results.count(False)


def send_to_guests() -> tuple[int, int]:
    """Tell guests who left a mail address that their words stand in the guest book, with what was
    answered; return how many mails went out and how many failed."""
    if settings.DEMO:
        return 0, 0
    entries = GuestEntry.objects.to_tell().select_related("workshop").order_by("pk")[:A_BATCH]
    results = [_tell_guest(entry) for entry in entries if _claim_guest(entry)]
    return results.count(True), results.count(False)


def prepare() -> int:
    """Make the links of the texts that people send by hand, so that looking at them writes nothing.

    Return how many were made ready.
    """
    fresh = Notice.objects.waiting().filter(channel=Channel.WHATSAPP, attempts=0)
    notices = list(fresh.select_related("entry", "person__party").order_by("pk")[:A_BATCH])
    for notice in notices:
        notice.link = _link(notice.entry.subject, notice.person)
        notice.attempts = 1
        notice.save(update_fields=["link", "attempts"])
        _tell_otherwise(notice)
    return len(notices)


def _tell_otherwise(notice: Notice) -> None:
    """Do not let what is urgent wait for somebody's hand, if it can go by SMS."""
    if sms_provider.is_on() and notice.entry.step in URGENT and texting.leaves_to_hand(notice):
        [person] = with_ways(Person.objects.filter(pk=notice.person_id))
        tell_by_sms(notice.entry, person, notice.label)


def prepared_text(notice: Notice) -> str:
    """Return the text that a person sends by hand; reads the link that `prepare` made."""
    is_read = notice.link is not None or _is_read_there(notice)
    return text_of(notice, _prepared_address(notice) if is_read else "", longest=LONGEST_TEXT)


def _send_each(notices: Iterable[Notice], *, until: float = math.inf) -> list[bool]:
    """Send one after the other, and begin none after `until` but the first."""
    results = []
    for notice in notices:
        if not _waits_for_its_hour(notice) and not _is_by_hand(notice) and _claim([notice]):
            results.append(_try([notice], SENDERS[Channel(notice.channel)]))
            if time.monotonic() >= until:
                break
    return results


def _prepared_address(notice: Notice) -> str:
    """Return the address in a text to a number; who does something there has shown that it is his."""
    address = _address(notice.entry.subject, notice.person, notice.link)
    number = confirming.number_to_write_to(notice.person.identities.all())
    is_by_link = notice.link is not None and notice.person.user_id is None
    return address + number_mark(number) if is_by_link and number else address


def _is_read_there(notice: Notice) -> bool:
    """Tell whether its reader has a page that shows it; what was said stands on no other page."""
    if said_in(notice) is None:
        return True
    subject, person = notice.entry.subject, notice.person
    if person.user_id is not None:
        return path_for(subject, person) is not None
    return document_of(subject, person) is not None


def address_for(subject: Any, person: Person) -> str:
    """Return the whole address of the thing's page: by a link of its own for one without login."""
    return _address(subject, person, _link(subject, person))


def _link(subject: Any, person: Person) -> AccessLink | None:
    """Return what opens the thing's document to one without login, if it has one."""
    document = document_of(subject, person) if person.user_id is None else None
    return AccessLink.issue(person, document) if document is not None else None


def _address(subject: Any, person: Person, link: AccessLink | None) -> str:
    if person.user_id is not None:
        path = path_for(subject, person) or portal_path(person)
    elif link is not None:
        path = reverse("access", args=[link.token])
    else:
        path = reverse("storefront:profile", args=[person.workshop.slug])
    return settings.SITE_URL + path


def _address_of(notice: Notice) -> str:
    is_read = _is_read_there(notice)
    return address_for(notice.entry.subject, notice.person) if is_read else ""


def _waits_for_its_hour(notice: Notice) -> bool:
    """Put off what would be sent in a quiet time."""
    now = clock.now()
    at = hour_for(notice.person, notice.entry.step, How.AT_ONCE, now)
    if at <= now:
        return False
    notice.next_try_at = at
    notice.save(update_fields=["next_try_at"])
    return True


def _is_by_hand(notice: Notice) -> bool:
    return notice.channel == Channel.WHATSAPP and texting.leaves_to_hand(notice)


def _claim(notices: list[Notice]) -> bool:
    """Take the notices for this process, and note the try before it is made."""
    first = notices[0]
    pause = PAUSES[min(first.attempts, len(PAUSES) - 1)]
    mine = Notice.objects.due().filter(pk__in=[notice.pk for notice in notices])
    later = {"attempts": F("attempts") + 1, "next_try_at": clock.now() + pause}
    return mine.order_by().update(**later) == len(notices)


def _try(notices: list[Notice], way: Callable[[list[Notice]], None]) -> bool:
    try:
        _demand_active(notices[0].person)
        way(notices)
    except Undeliverable:
        for notice in notices:
            come_back(notice)
        return False
    except Exception:
        log.exception("Notice %s could not be sent", notices[0].pk)
        for notice in notices:
            if notice.attempts >= len(PAUSES):
                come_back(notice)
        return False
    mine = Notice.objects.waiting().filter(pk__in=[notice.pk for notice in notices])
    mine.filter(by_hand=False).update(status=Notice.Status.SENT)  # unless we heard more meanwhile
    return True


def _demand_active(person: Person) -> None:
    if not person.is_active:
        raise Undeliverable


def _mail(notices: list[Notice]) -> None:
    [notice] = notices
    _post(notices, mail_of(notice, _address_of(notice)))


def _mail_of_the_day(notices: list[Notice]) -> None:
    """Write one letter: what happened, by document, each with the way to it."""
    person = notices[0].person
    with override(person.language):
        count = len(notices)
        news = ngettext("%(n)s piece of news", "%(n)s pieces of news", count) % {"n": count}
        parts = [
            _("Hello %(name)s,") % {"name": person.name},
            _("this happened since the last letter:"),
        ]
        by_document = sorted(notices, key=lambda one: (one.label, one.pk))
        for label, group in groupby(by_document, key=lambda one: one.label):
            told = list(group)
            lines = [f"- {in_short(one)}" for one in told]
            where = _address_of(told[-1])
            parts.append("\n".join(filter(None, [label, *lines, where])))
        text = "\n\n".join([*parts, person.workshop.name])
        mail = EmailMessage(f"{person.workshop.name}: {news}", text, headers=head_of(notices))
    _post(notices, mail)


def _post(notices: list[Notice], mail: EmailMessage) -> None:
    mine = Identity.objects.filter(person=notices[0].person)
    identity = mine.usable(Identity.Kind.MAIL).first()
    if identity is None:
        raise Undeliverable
    mail.to = [identity.value]
    try:
        mail.send()
    except SMTPRecipientsRefused as refusal:
        if not bounces.is_dead(refusal):
            raise
        identity.come_back()
        raise Undeliverable from refusal


def _whatsapp(notices: list[Notice]) -> None:
    [notice] = notices
    with override(notice.person.language):
        words = (notice.person.name, in_short(notice), _prepared_address(notice))
    try:
        texting.send(notice, body=prepared_text(notice), words=words)
    except texting.NotReached as reason:
        raise Undeliverable from reason


def _sms(notices: list[Notice]) -> None:
    """Send one line and a link, with the PIN where a courier will ask for it."""
    [notice] = notices
    number = _mobile(notice.person)
    if not number or not sms_provider.is_on():
        raise Undeliverable
    subject: Any = notice.entry.subject
    with override(notice.person.language):
        words = f"{notice.person.workshop}, {notice.label}: {in_short(notice)}"
        if notice.entry.step in WITH_PIN:
            words += f" {_('PIN for the courier')}: {subject.pin}"
    text = sms.fitted(words, address_for(subject, notice.person))
    try:
        sms_provider.provider().send(to=number, text=text, identifier=f"notice-{notice.pk}")
    except sms_provider.Refused as reason:
        log.warning("Notice %s was refused by the provider of SMS: %s", notice.pk, reason)
        raise Undeliverable from reason
    notice.drop_twin()


def _mobile(person: Person) -> str:
    usable = Identity.objects.filter(person=person).usable(Identity.Kind.PHONE)
    return next((one.value for one in usable if phones.is_mobile(one.value)), "")


def _claim_guest(entry: GuestEntry) -> bool:
    pause = PAUSES[min(entry.tries, len(PAUSES) - 1)]
    mine = GuestEntry.objects.to_tell().filter(pk=entry.pk)
    entry.tell_at = clock.now() + pause
    return mine.update(tries=F("tries") + 1, tell_at=entry.tell_at) == 1


def _tell_guest(entry: GuestEntry) -> bool:
    book = reverse("storefront:guestbook", args=[entry.workshop.slug])
    with override(entry.language):
        lines = [
            _("Hello %(name)s,") % {"name": entry.name},
            _("thank you: your words stand in our guest book now."),
            *([_("Our answer:") + "\n" + entry.answer] if entry.answer else []),
            settings.SITE_URL + book,
            entry.workshop.name,
        ]
        subject = _("%(workshop)s: your words in the guest book") % {"workshop": entry.workshop}
    mark = hashlib.sha256(f"{settings.SECRET_KEY}:{entry.pk}:{entry.answer}".encode()).hexdigest()
    headers = {**OF_A_PROGRAM, "Message-ID": f"<guest-{entry.pk}-{mark[:16]}@{settings.HOST}>"}
    mine = GuestEntry.objects.filter(pk=entry.pk, tell_at=entry.tell_at)  # or there is news since
    try:
        EmailMessage(subject, "\n\n".join(lines), to=[entry.mail], headers=headers).send()
    except Exception as failure:
        log.exception("The guest of entry %s could not be told", entry.pk)
        if entry.tries >= len(PAUSES) or bounces.is_dead(failure):
            mine.update(tell_at=None)
        return False
    mine.update(tell_at=None)
    return True


def _push(notices: list[Notice]) -> None:
    """Show it on every device of the person; one that is gone is forgotten."""
    [notice] = notices
    person = notice.person
    path = path_for(notice.entry.subject, person) or portal_path(person)
    with override(person.language):
        words = brief(notice.entry.step, notice.label)
    said = {
        "title": person.workshop.name,
        "body": words,
        "tag": f"notice-{notice.pk}",
        "path": path,
    }
    shown, failures = 0, []
    for device in person.devices.order_by("pk"):
        try:
            device.push(json.dumps(said).encode())
            shown += 1
        except webpush.Gone:
            device.delete()
        except Unreachable as failure:
            failures.append(failure)
    if not shown:
        raise failures[0] if failures else Undeliverable


_WITH = ("entry__by", "person__workshop", "person__party", "person__hours")

# what sends a notice by itself; it raises Undeliverable, or anything that may be over next time
SENDERS: dict[Channel, Callable[[list[Notice]], None]] = {
    Channel.MAIL: _mail,
    Channel.PUSH: _push,
    Channel.WHATSAPP: _whatsapp,  # of a workshop with keys; without them people send by hand
    Channel.SMS: _sms,
}

# all that is sent, in the order of a turn of the worker; each returns how many went out and failed
ALL = (send, send_daily, send_to_guests)
