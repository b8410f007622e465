"""Sending what the notices say: mail, and texts for WhatsApp that a person sends with one tap."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import F
from django.urls import reverse

from simpul.conversations.models import Channel, Notice
from simpul.conversations.notices import REMINDERS
from simpul.lib import clock
from simpul.parties.models import AccessLink, Identity, Person
from simpul.portals.doors import document_of, path_for, portal_path
from simpul.portals.letters import mail_of, text_of

# after each failure a longer pause; after the last one we give up
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 180, 720)]
A_BATCH = 50
LONGEST_TEXT = (
    1500  # letters of a message in a link that opens WhatsApp; the rest is behind its link
)

log = logging.getLogger(__name__)


def send() -> tuple[int, int]:
    """Send the mail that waits; return how many went out and how many failed."""
    if settings.DEMO:
        return 0, 0
    now = clock.now()
    waiting = Notice.objects.waiting().filter(channel=Channel.MAIL, next_try_at__lte=now)
    sent = failed = 0
    notices = waiting.select_related("entry__by", "person__workshop", "person__party")
    for notice in notices.order_by("pk")[:A_BATCH]:
        if not _waits_for_morning(notice) and _claim(notice):
            if _send(notice):
                sent += 1
            else:
                failed += 1
    return sent, failed


def prepare() -> int:
    """Make the links of the texts that people send by hand, so that looking at them writes nothing.

    Return how many were made ready.
    """
    fresh = Notice.objects.waiting().filter(channel=Channel.WHATSAPP, attempts=0)
    notices = list(fresh.select_related("entry", "person__party").order_by("pk")[:A_BATCH])
    for notice in notices:
        person = notice.person
        document = document_of(notice.entry.subject, person)
        if person.user_id is None and document is not None:
            notice.link = AccessLink.issue(person, document)
        notice.attempts = 1
        notice.save(update_fields=["link", "attempts"])
    return len(notices)


def prepared_text(notice: Notice) -> str:
    """Return the text that a person sends by hand; reads the link that `prepare` made."""
    person = notice.person
    path = reverse("access", args=[notice.link.token]) if notice.link else portal_path(person)
    return text_of(notice, settings.SITE_URL + path, longest=LONGEST_TEXT)


def address_for(subject: Any, person: Person) -> str:
    """Return the whole address of the thing's page: by a link of its own for one without login."""
    if person.user_id is not None:
        path = path_for(subject, person) or portal_path(person)
    elif (document := document_of(subject, person)) is not None:
        path = reverse("access", args=[AccessLink.issue(person, document).token])
    else:
        path = reverse("storefront:profile", args=[person.workshop.slug])
    return settings.SITE_URL + path


def _waits_for_morning(notice: Notice) -> bool:
    """Put a reminder off that would be sent in the quiet time."""
    awake_from = notice.person.workshop.awake_from(clock.now())
    if notice.entry.step not in REMINDERS or awake_from <= clock.now():
        return False
    notice.next_try_at = awake_from
    notice.save(update_fields=["next_try_at"])
    return True


def _claim(notice: Notice) -> bool:
    """Take the notice for this process, and note the try before it is made."""
    pause = PAUSES[min(notice.attempts, len(PAUSES) - 1)]
    mine = Notice.objects.waiting().filter(pk=notice.pk, attempts=notice.attempts)
    return mine.update(attempts=F("attempts") + 1, next_try_at=clock.now() + pause) == 1


def _send(notice: Notice) -> bool:
    address = _identity(notice.person, Identity.Kind.MAIL)
    if address is None:
        notice.mark(Notice.Status.FAILED)
        return False
    try:
        where = address_for(notice.entry.subject, notice.person)
        mail_of(notice, to=address, address=where).send()
    except Exception:
        log.exception("Notice %s could not be sent", notice.pk)
        if notice.attempts >= len(PAUSES):
            notice.mark(Notice.Status.FAILED)
        return False
    notice.mark(Notice.Status.SENT)
    return True


def _identity(person: Person, kind: Identity.Kind) -> str | None:
    usable = person.identities.filter(kind=kind, bounced_at=None, opted_out_at=None)
    return usable.order_by("pk").values_list("value", flat=True).first()
