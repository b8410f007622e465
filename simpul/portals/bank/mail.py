"""Mail that a provider takes in for us: each of them proves itself in its own way, by anymail."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import replace
from typing import Any

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.inbound import AnymailInboundMessage
from anymail.signals import inbound
from anymail.webhooks.base import AnymailBaseWebhookView
from anymail.webhooks.mailgun import MailgunInboundWebhookView
from anymail.webhooks.postmark import PostmarkInboundWebhookView
from django.conf import settings
from django.http import Http404, HttpResponse

from simpul.conversations.models import Channel
from simpul.lib import mails
from simpul.parties.models import Workshop
from simpul.payments import inbox
from simpul.portals.bank import arriving
from simpul.portals.bank.door import Call, hook, missed, plain

MOST_BYTES = 35_000_000  # files are a third larger on the way
PROVIDERS: dict[str, type[AnymailBaseWebhookView]] = {
    "mailgun": MailgunInboundWebhookView,
    "postmark": PostmarkInboundWebhookView,
}

_arriving_at: ContextVar[Workshop] = ContextVar("arriving_at")


@hook(most_bytes=MOST_BYTES, methods=("POST", "HEAD"))
def mail(request: Call) -> HttpResponse:
    """Take in a mail whose provider proves itself. It is kept before the answer is given.

    A provider that gets no good answer sends it again; the same mail changes nothing.
    """
    view = PROVIDERS.get(settings.MAIL_PROVIDER)
    if view is None:
        raise Http404
    if _is_raw(request):
        return plain(415, "Let the provider take the mail apart: switch its raw form off.")
    token = _arriving_at.set(request.workshop)
    try:
        answer: HttpResponse = view.as_view()(request)
    except AnymailWebhookValidationFailure:
        return missed(request, f"mail:{request.workshop.slug}")
    except inbox.Flood:
        return plain(429, "Too many mails for one day.")
    finally:
        _arriving_at.reset(token)
    return answer


def receive(sender: Any, event: Any, **rest: Any) -> None:
    """Take in what anymail tells of: a mail, or that there was one it could not give."""
    message: AnymailInboundMessage | None = event.message
    if message is None:
        return
    try:
        letter = mails.letter_of(message)
    except mails.Unreadable:
        arriving.take_mail(_written_out(message), workshop=_arriving_at.get())
        return
    if message.envelope_sender == "":  # only what comes back has nobody to come back to
        letter = replace(letter, automatic=mails.BOUNCE)
    if message.envelope_recipient:
        letter = replace(letter, marks=(*letter.marks, message.envelope_recipient))
    arriving.take(
        letter, channel=Channel.MAIL, workshop=_arriving_at.get(), original=_written_out(message)
    )


inbound.connect(receive)


def _is_raw(request: Call) -> bool:
    """Tell whether the mail comes in one piece: anymail would take it apart without any limit."""
    if request.method != "POST":
        return False
    if request.content_type == "application/json":
        return b'"RawEmail":' in request.body.replace(b" ", b"")
    return "body-mime" in request.POST


def _written_out(message: AnymailInboundMessage) -> bytes:
    """Return the mail in one piece, to be looked at later; nothing where it cannot be written."""
    try:
        return bytes(message)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return b""
