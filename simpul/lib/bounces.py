"""Mails that came back: which address cannot be reached for good, and which mail it was (RFC 3464)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message
from smtplib import SMTPRecipientsRefused

_ADDRESS = re.compile(r"^rfc822;\s*<?([^\s<>;]+@[^\s<>;]+)>?\s*$", re.I)
_STATUS = re.compile(r"^\s*5\.(\d{1,3})\.(\d{1,3})\b")
_RETURNED_ID = re.compile(r"^Message-ID:\s*(<[^<>]+>)", re.I | re.M)

# All that says of an address, for good, that nobody reads it (RFC 3463, RFC 7505): no such mailbox (1.1) or
# domain (1.2), no address at all (1.3), moved away (1.6), takes no mail (1.10), closed (2.1). Anything else
# may pass, or is a fault of the sender or of the words. A refusal without such a code (a bare 550) says
# nothing of the kind either: servers answer it to senders whom they do not like, too, and then one
# evening's listing would take all customers away.
_GONE = {("1", "1"), ("1", "2"), ("1", "3"), ("1", "6"), ("1", "10"), ("2", "1")}


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
    if not isinstance(failure, SMTPRecipientsRefused) or not failure.recipients:
        return False
    return all(map(_refuses_it, failure.recipients.values()))


def _refuses_it(answer: tuple[int, bytes | str]) -> bool:
    code, said = answer
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return code >= 500 and _says_gone(text)


def _blocks(message: Message) -> Iterator[Message]:
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            for block in part.get_payload():
                if isinstance(block, Message):
                    yield block


def _is_final(block: Message) -> bool:
    is_failed = _field(block, "Action").strip().lower() == "failed"
    return is_failed and _says_gone(_field(block, "Status"))


def _says_gone(status: str) -> bool:
    """Tell whether what begins with such a code says that the mailbox is gone for good."""
    found = _STATUS.match(status)
    return found is not None and found.groups() in _GONE


def _field(block: Message, name: str) -> str:
    return str(block.get(name, ""))[:400]
