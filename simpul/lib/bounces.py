"""Mails that came back: which address cannot be reached for good, and which mail it was (RFC 3464)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message
from smtplib import SMTPRecipientsRefused

_ADDRESS = re.compile(r"^rfc822;\s*<?([^\s<>;]+@[^\s<>;]+)>?\s*$", re.I)
_STATUS = re.compile(r"^\s*(\d)\.(\d{1,3})\.(\d{1,3})")
_RETURNED_ID = re.compile(r"^Message-ID:\s*(<[^<>]+>)", re.I | re.M)

# Said of an address for good (5), but of no fault of its own: a full mailbox, a mail too large,
# content or a sender that is refused.
_PASSING = {("2", "2"), ("3", "4")}
_NOT_THE_ADDRESS = {"6", "7"}


def gone(message: Message) -> str:
    """Return the address, in small letters, that a report says is gone for good; or nothing."""
    for block in _blocks(message):
        for name in ("Original-Recipient", "Final-Recipient"):
            found = _ADDRESS.match(_field(block, name))
            if found is not None and _is_final(block):
                return found[1].lower()
    return ""


def returned(message: Message) -> list[str]:
    """Return the identifiers of the mail that a report brings back."""
    marks: list[str] = []
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822" and part.is_multipart():
            inner = part.get_payload(0)
            marks += [str(inner.get("Message-ID", ""))] if isinstance(inner, Message) else []
        elif kind in {"text/rfc822-headers", "message/rfc822-headers"}:
            marks += _RETURNED_ID.findall(str(part.get_payload())[:20_000])
    return [mark for mark in marks if mark]


def is_dead(failure: Exception) -> bool:
    """Tell whether a mail could not be sent because its mailbox is gone for good: then nothing is
    sent there any more."""
    return isinstance(failure, SMTPRecipientsRefused) and all(
        map(_refuses_it, failure.recipients.values())
    )


def _refuses_it(answer: tuple[int, bytes | str]) -> bool:
    """Tell whether a mail server refuses the address itself (RFC 5321, RFC 3463), and not for now,
    and not the sender."""
    code, said = answer
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    enhanced = re.match(r"5\.(\d{1,3})\.\d{1,3}\b", text)
    if enhanced:
        return enhanced[1] in {"1", "2"}
    return code in {550, 551, 553}


def _blocks(message: Message) -> Iterator[Message]:
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            for block in part.get_payload():
                if isinstance(block, Message):
                    yield block


def _is_final(block: Message) -> bool:
    status = _STATUS.match(_field(block, "Status"))
    if status is None or _field(block, "Action").strip().lower() != "failed" or status[1] != "5":
        return False
    return status[2] not in _NOT_THE_ADDRESS and (status[2], status[3]) not in _PASSING


def _field(block: Message, name: str) -> str:
    return str(block.get(name, ""))[:400]
