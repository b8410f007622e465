"""Sending what a campaign says: mail by the machine, texts for WhatsApp by somebody's hand.

As with notices, a row is claimed, with the time of the next try, before its mail is sent, and marked
after it: what a process leaves behind that is killed in between is sent again under the same
Message-ID, which mail servers know already. Before each mail it is asked again whether it may be sent.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from email.message import MIMEPart

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from simpul.conversations import replies
from simpul.conversations.reach import hours_of
from simpul.crm import drawing, leaving, sealed_news, wording
from simpul.crm.models import Bulletin, Campaign, Purpose, Recipient, Why
from simpul.insight.worth import left_of
from simpul.lib import bounces, clock
from simpul.parties.models import Identity, Person, Workshop
from simpul.portals.letters import OF_A_PROGRAM

A_BATCH = 50
PAUSES = [timedelta(minutes=minutes) for minutes in (5, 30, 180, 720)]  # after each failure

log = logging.getLogger(__name__)


def begin_due(workshop: Workshop) -> None:
    """Begin the campaigns whose time has come, also those whose readers are chosen by margin."""
    drawing.begin_due(workshop, left_of(workshop))


def send() -> tuple[int, int]:
    """Send what is due of all campaigns; return how many mails went out and how many failed."""
    if settings.DEMO:
        return 0, 0
    due = Recipient.objects.due().select_related(*_WITH)[:A_BATCH]
    results = [_send(recipient) for recipient in due if not _waits(recipient)]
    return results.count(True), results.count(False)


def mail_of(recipient: Recipient) -> EmailMultiAlternatives:
    """Return the mail to one of a campaign, with the ways to end it (RFC 2369, RFC 8058)."""
    person, identity = recipient.person, recipient.identity
    assert person is not None and identity is not None  # noqa: S101, PT018 - of one that waits
    address = leaving_address(recipient)
    headers = {
        **OF_A_PROGRAM,
        "Precedence": "bulk",
        "Message-ID": replies.circular(recipient.pk),
        "List-Unsubscribe": f"<{address}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    mail = _mail(recipient.campaign, person, address, headers)
    mail.to = [identity.value]
    return mail


def send_test(campaign: Campaign, person: Person) -> bool:
    """Send it to whoever writes it, as one of its readers would get it; False: there is no address.

    Raises what a mail server answers.
    """
    to = _own_address(person)
    if not to or settings.DEMO:
        return False
    shop = settings.SITE_URL + reverse("storefront:profile", args=[person.workshop.slug])
    mail = _mail(campaign, person, shop, OF_A_PROGRAM)
    mail.subject = _("Test: %(subject)s") % {"subject": mail.subject}
    mail.to = [to]
    mail.send()
    return True


def text_of(recipient: Recipient, model: str = "") -> str:
    """Return the text that somebody sends by WhatsApp; `model` is what they ordered last."""
    person = recipient.person
    assert person is not None  # noqa: S101 - of one that waits
    with override(person.language):
        _subject, body = words_for(recipient.campaign, person, model or _("our shoes"))
        lines = [body, person.workshop.name]
        lines.append(_("No more of this: %(address)s") % {"address": leaving_address(recipient)})
    return "\n\n".join(lines)


def words_for(campaign: Campaign, person: Person, model: str = "") -> tuple[str, str]:
    """Return subject and body as this person reads them, in the language of the moment; what they
    ordered last is asked for where it is not given."""
    model = model or wording.last_model(person.party_id)
    subject, body = campaign.text_in(person.language)
    if campaign.bulletin is not None:
        body = body.replace(
            bulletin_address(campaign.bulletin), bulletin_address(campaign.bulletin, person)
        )
    gaps = {"name": person.name, "model": model}
    return wording.filled(subject, **gaps), wording.filled(body, **gaps)


def leaving_address(recipient: Recipient) -> str:
    assert recipient.identity is not None  # noqa: S101 - of one that waits
    purpose = recipient.campaign.purpose
    token = leaving.token_of(recipient.identity, purpose, recipient.pk)
    slug = recipient.campaign.workshop.slug
    return settings.SITE_URL + reverse("storefront:leaving", args=[slug, token])


def bulletin_address(bulletin: Bulletin, person: Person | None = None) -> str:
    """Return where news is read: in the shop window, or by whom it is for after a login; by one
    who has none, at an address of his own."""
    slug = bulletin.workshop.slug
    if not bulletin.is_public and person is not None and person.user_id is None:
        token = sealed_news.token_of(bulletin, person)
        return settings.SITE_URL + reverse("storefront:sealed-bulletin", args=[slug, token])
    page = "storefront:bulletin" if bulletin.is_public else "buyer:bulletin"
    return settings.SITE_URL + reverse(page, args=[slug, bulletin.pk])


def awake_from(recipient: Recipient, at: datetime) -> datetime:
    """Return from when it may be sent: neither in the workshop's quiet time nor in the reader's."""
    at = recipient.campaign.workshop.awake_from(at)
    return hours_of(recipient.person).awake_from(at) if recipient.person else at


def _send(recipient: Recipient) -> bool | None:
    """Tell whether it went out; None where it may not or somebody else sends it."""
    if (reason := drawing.why_not(recipient)) is not None:
        recipient.skip(reason)
        return None
    pause = PAUSES[min(recipient.attempts, len(PAUSES) - 1)]
    if not recipient.claim(pause):
        return None
    try:
        mail_of(recipient).send()
    except Exception as failure:
        if bounces.is_dead(failure) and recipient.identity:
            recipient.identity.come_back()
            recipient.come_back()
        else:
            log.exception("Recipient %s of a campaign could not be written to", recipient.pk)
            _give_up_some_day(recipient)
        return False
    recipient.note_sent()
    return True


def _give_up_some_day(recipient: Recipient) -> None:
    if recipient.attempts >= len(PAUSES):
        recipient.skip(Why.FAILED)


def _waits(recipient: Recipient) -> bool:
    """Put off what would be sent in a quiet time."""
    now = clock.now()
    at = awake_from(recipient, now)
    if at > now:
        recipient.put_off(at)
    return at > now


def _mail(
    campaign: Campaign, person: Person, address: str, headers: dict[str, str]
) -> EmailMultiAlternatives:
    with override(person.language):
        subject, body = words_for(campaign, person)
        why = _("You get this because you agreed: “%(words)s”") % {
            "words": Purpose(campaign.purpose).asked
        }
        text = f"{body}\n\n{campaign.workshop.name}\n\n-- \n{why}\n" + (
            _("No more of this: %(address)s") % {"address": address}
        )
        mail = EmailMultiAlternatives(" ".join(subject.split()), text, headers=dict(headers))
        said = {
            "body": body,
            "campaign": campaign,
            "why": why,
            "address": address,
            "language": person.language,
        }
        mail.attach_alternative(render_to_string("portals/circular.html", said), "text/html")
    if campaign.picture is not None:
        mail.attach(_inline(campaign.picture.read(), campaign.picture.kind))
    return mail


def _inline(content: bytes, kind: str) -> MIMEPart:
    """Return a picture that stands in the text, not below it."""
    part = MIMEPart()
    main, _slash, sub = kind.partition("/")
    part.set_content(content, main, sub, disposition="inline", cid="<picture>")
    return part


def _own_address(person: Person) -> str:
    mine = Identity.objects.filter(person=person, kind=Identity.Kind.MAIL, bounced_at=None)
    identity = mine.order_by("pk").first()
    return identity.value if identity else person.user.email if person.user else ""


_WITH = (
    "campaign__workshop",
    "campaign__picture",
    "campaign__bulletin__product",
    "campaign__bulletin__workshop",
    "party",
    "person__workshop",
    "person__party",
    "person__hours",
    "identity",
)
