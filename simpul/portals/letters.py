"""What a mail says: the sentence of a step, or the very words of a message, in one thread."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any, cast

from django.core.mail import EmailMessage
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import override

from simpul.conversations import replies
from simpul.conversations.models import (
    LONGEST_MESSAGE,
    Channel,
    Conversation,
    Message,
    MessageFile,
    Notice,
)
from simpul.parties.models import Party
from simpul.portals.doors import document_of
from simpul.portals.jinja import sentence

A_LINE = 200  # letters of a message in the letter of the day
MOST_ATTACHED = 8_000_000  # bytes; of more files only the names are written
TALKED_OF = {  # what has a page with a conversation on it
    "orders.order",
    "procurement.purchaseorder",
    "delivery.shipment",
    "conversations.ticket",
}

# so that absence notes do not answer, and two programs never write to each other (RFC 3834)
OF_A_PROGRAM = {"Auto-Submitted": "auto-generated"}


def head_of(notices: Sequence[Notice]) -> dict[str, str]:
    """Return what stands in the head of every mail: the same whenever it is sent again."""
    return {**OF_A_PROGRAM, "Message-ID": replies.identifier(notices)}


def in_short(notice: Notice) -> str:
    """Return what happened in one line; of a message its first words."""
    message = said_in(notice)
    if message is None or not message.body:
        return plain(notice)
    words = {"who": notice.entry.by, "words": Truncator(message.body).chars(A_LINE)}
    return " ".join((_("%(who)s writes: %(words)s") % words).split())


def plain(notice: Notice) -> str:
    """Return the sentence of the step, as it stands in the journal, in one line."""
    return " ".join(html.unescape(str(sentence(notice.entry))).split())


def text_of(
    notice: Notice,
    address: str,
    *,
    longest: int = LONGEST_MESSAGE,
    names: Sequence[str] = (),
    by_mail: bool = False,
) -> str:
    """Return the message in the reader's language: what happened or was said, where to look, who
    writes. `names` are those of the files that come with it; `by_mail` lets the reader answer so;
    `address` is empty where no page shows this reader what was said."""
    person, message = notice.person, said_in(notice)
    with override(person.language):
        lines = [_("Hello %(name)s,") % {"name": person.name}]
        if message is None:
            lines += [plain(notice), address]
        else:
            lines += [_who_writes(notice, message), Truncator(message.body).chars(longest)]
            lines += [_("Files: %(names)s") % {"names": ", ".join(names)}] if names else []
            lines.append(_where_to_answer(address, by_mail=by_mail))
        lines.append(person.workshop.name)
    return "\n\n".join(filter(None, lines))


def _where_to_answer(address: str, *, by_mail: bool) -> str:
    if not address:
        return _("Simply answer this e-mail.") if by_mail else ""
    how = _("Answer this e-mail, or here:") if by_mail else _("Read and answer here:")
    return f"{how}\n{address}"


def mail_of(notice: Notice, address: str) -> EmailMessage:
    """Return the mail that tells a notice, to nobody yet; those of a conversation are one thread."""
    person, message = notice.person, said_in(notice)
    conversation = _conversation(notice, message)
    headers = head_of([notice])
    reply_to, earlier = "", ""
    if conversation is not None:
        conversation.begin()
        reply_to = replies.address(conversation, person)
        root = replies.thread(conversation, person)
        earlier = _earlier(notice, conversation) if message else ""
        headers |= {"References": f"{root} {earlier}".strip()}
        headers |= {"In-Reply-To": earlier} if earlier else {}
    attached = list(message.files.taken().in_order()) if message else []
    with override(person.language):
        mail = EmailMessage(
            _subject(notice, message, earlier),
            text_of(
                notice, address, names=[_name(one) for one in attached], by_mail=bool(reply_to)
            ),
            reply_to=[reply_to] if reply_to else None,
            headers=headers,
        )
    files = [(_name(one), one.upload) for one in attached if one.upload]
    if sum(upload.size for _called, upload in files) <= MOST_ATTACHED:
        for called, upload in files:
            mail.attach(called, upload.read(), upload.kind)
    return mail


def said_in(notice: Notice) -> Message | None:
    """Return what was said, where the notice tells that something was."""
    return cast(Message, notice.entry.subject) if notice.entry.step == "conversations.say" else None


def _conversation(notice: Notice, message: Message | None) -> Conversation | None:
    """Return the talk to which an answer belongs: about the document, or with the party."""
    if message is not None:
        return message.conversation
    party = notice.person.party
    if party is None:
        return None
    document: Any = document_of(notice.entry.subject, notice.person)
    is_talked_of = document is not None and document._meta.label_lower in TALKED_OF
    return Conversation.of(document if is_talked_of else party, party)


def _earlier(notice: Notice, conversation: Conversation) -> str:
    """Return the identifier of the last mail in this thread."""
    said = Message.objects.filter(conversation=conversation)
    before = Notice.objects.filter(
        person=notice.person,
        channel=Channel.MAIL,
        status=Notice.Status.SENT,
        pk__lt=notice.pk,
        entry__step="conversations.say",
        entry__subject_type=notice.entry.subject_type_id,
        entry__subject_id__in=said.values("pk"),
    )
    last = before.order_by("-pk").first()
    return replies.identifier([last]) if last else ""


def _subject(notice: Notice, message: Message | None, earlier: str) -> str:
    """Return what happened; of talk what stays the same, as mail programs ask of a thread."""
    workshop = notice.person.workshop.name
    if message is None:
        return f"{workshop}: {plain(notice)}"
    about = _about(notice, message)
    said = f"{about} · {workshop}" if about else _("Message from %(who)s") % {"who": workshop}
    return " ".join((f"Re: {said}" if earlier else said).split())


def _who_writes(notice: Notice, message: Message) -> str:
    who, what = notice.entry.by, _about(notice, message)
    if what:
        return _("%(who)s writes about %(what)s:") % {"who": who, "what": what}
    return _("%(who)s writes:") % {"who": who}


def _about(notice: Notice, message: Message) -> str:
    """Return what was talked of; nothing where a partner hears of no single document."""
    is_own = isinstance(message.conversation.subject, Party) and not notice.person.is_staff
    return "" if is_own else notice.label


def _name(file: MessageFile) -> str:
    suffix = file.upload.path.rpartition(".")[2] if file.upload else ""
    stem = file.name.rpartition(".")[0] or file.name or str(file.position)
    return f"{stem}.{suffix}"
