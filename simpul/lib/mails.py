"""Reading mail as it comes: any bytes give a letter of plain text and files, or a refusal.

Python's own parser takes the pieces apart (RFC 5322, RFC 2045 to 2047); around it stand limits on
size, parts and depth, because whoever knows the address may send anything. Nothing of a mail is
believed here: a sender is what the mail says it is.
"""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import getaddresses, parsedate_to_datetime

from simpul.lib import bounces

MOST_BYTES = 25_000_000
MOST_PARTS = 60
MOST_COMPARED = 4_000_000  # the parser holds each line against each open boundary
MOST_HEADERS = 200_000  # bytes before the first blank line
LONGEST_TEXT = 5_000
MOST_READ = 100_000  # letters of a text, with its markup, before it is made plain
LONGEST_LINE = 200  # of a subject, a name, an address
LONGEST_ID = 200
MOST_MARKS = 10  # headers of one name

BOUNCE, REPLY, LIST, MACHINE = "bounce", "reply", "list", "machine"

# What Python's parser raises on hostile headers and bodies, besides its own errors.
_DAMAGED = (
    *(MessageError, HeaderParseError, ValueError, LookupError, TypeError, AttributeError),
    *(AssertionError, OverflowError, RecursionError),
)

_QUOTES = re.compile(  # the line above a quotation, which programs break in two or three
    r"^(On|Pada|Tanggal)\b.{0,200}<\s?[^<>\s]{1,120}@[^<>\s]{1,100}\s?>.{0,20}\b(wrote|menulis) ?:",
    re.I,
)
_ANSWERED = re.compile(  # from here on stands the letter that is answered
    r"^(On\b.{0,200}\bwrote:|(Pada|Tanggal)\b.{0,200}\bmenulis:|-{3,} ?(Original Message|Pesan Asli)"
    r"|_{20,}$)",
    re.I,
)
_FORWARDED = re.compile(
    r"^(-{3,} ?(Forwarded message|Pesan terusan|Pesan yang diteruskan)|Begin forwarded message:"
    r"|Awal pesan terusan:)",
    re.I,
)
_FROM, _SENT = (
    re.compile(r"^(From|Dari) ?:", re.I),
    re.compile(r"^(Sent|Dikirim|Terkirim) ?:", re.I),
)
_LEADS = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "In-Reply-To", "References")
_PASSED_ON = re.compile(r"^(fwd?|trs|terusan) ?:", re.I)
_TAG = re.compile(r"<(/?)([a-z!][a-z0-9]*)?[^<>]*>", re.I)
_ENDS_A_LINE = {"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "table", "hr", "blockquote"}
_UNSEEN = {"script", "style", "head", "title"}


class Unreadable(ValueError):
    """The bytes are no letter that we take apart: too large, too many pieces, too deep."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that came with a letter, as it came."""

    name: str
    content: bytes
    is_inline: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """What somebody sent, by mail or by message, in plain text."""

    id: str
    sender: str  # a mail address in small letters, or a number; empty where none or several stand
    sender_name: str
    subject: str
    text: str  # what was written, and what was forwarded
    answered: str  # what it is an answer to: our own words, most often
    sent_at: datetime | None
    attached: tuple[Attached, ...] = ()
    automatic: str = ""  # bounce, reply, list or machine, where nobody wrote it
    marks: tuple[str, ...] = ()  # to whom it came, and what it answers or brings back, as it says
    gone: str = ""  # of a bounce: the address that cannot be reached for good


def read(content: bytes) -> Letter:
    """Take a mail apart. Broken ones give what can be read of them; raises Unreadable."""
    _demand_size(content)
    try:
        message = BytesParser(policy=compat32).parsebytes(content)
    except _DAMAGED as error:
        raise Unreadable("the mail cannot be taken apart") from error
    return letter_of(message)


def letter_of(message: Message) -> Letter:
    """Return what stands in a mail that was taken apart already; raises Unreadable."""
    try:
        parts = list(_leaves(message))
    except _DAMAGED as error:
        raise Unreadable("the mail has too many parts") from error
    name, sender = _sender(message)
    subject = one_line(_header(message, "Subject"))
    text = _written(parts)
    text, answered = (text, "") if _PASSED_ON.match(subject) else _parted(text)
    return Letter(
        id=_id(message),
        sender=sender,
        sender_name=name,
        subject=subject,
        text=text,
        answered=answered,
        sent_at=_sent_at(message),
        attached=tuple(_attached(parts)),
        automatic=_automatic(message, sender),
        marks=_marks(message),
        gone=_gone(message),
    )


def fingerprint(letter: Letter) -> str:
    """Return the letter's own identifier, or one made of what it says, where it has none."""
    if letter.id:
        return letter.id
    mark = hashlib.sha256()
    for said in (letter.sender, letter.subject, letter.text, str(letter.sent_at)):
        mark.update(said.encode() + b"\0")
    for file in letter.attached:
        mark.update(hashlib.sha256(file.content).digest())
    return f"sha256:{mark.hexdigest()}"


def address(typed: str) -> str:
    """Return a mail address in the form in which addresses are kept and compared."""
    return unicodedata.normalize("NFC", _visible(typed)).strip().lower()


def one_line(text: str) -> str:
    return " ".join(_visible(text).split())[:LONGEST_LINE]


def tidy(text: str) -> str:
    """Return text without invisible signs, trailing blanks and rows of empty lines.

    The blank behind two dashes stays: it tells a signature (`signatures`) from a rule.
    """
    lines = [
        line if line == "-- " else " ".join(line.split())
        for line in _visible(text[:MOST_READ]).splitlines()
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()[:LONGEST_TEXT]


def plain_of(markup: str) -> str:
    """Return what a person would read of an HTML text: no tag is kept, so nothing is cleaned."""
    read: list[str] = []
    unseen = ""
    end = 0
    for tag in _TAG.finditer(markup[:MOST_READ]):
        if not unseen:
            read.append(" ".join(markup[end : tag.start()].split()) or " ")
        end = tag.end()
        closes, name = tag.group(1), (tag.group(2) or "").lower()
        if unseen:
            unseen = "" if closes and name == unseen else unseen
        elif name in _UNSEEN and not closes:
            unseen = name
        elif name in _ENDS_A_LINE:
            read.append("\n")
    if not unseen:
        read.append(markup[end:MOST_READ])
    return tidy(html.unescape(" ".join(read)))


def _demand_size(content: bytes) -> None:
    if len(content) > MOST_BYTES:
        raise Unreadable("the mail is too large")
    head = re.split(rb"\r?\n\r?\n", content[: MOST_HEADERS + 4], maxsplit=1)[0]
    if len(head) > MOST_HEADERS:
        raise Unreadable("the mail has too many headers")
    lowered = content.lower()
    boundaries, forwarded = lowered.count(b"boundary="), lowered.count(b"message/rfc822")
    if max(boundaries, forwarded) > MOST_PARTS:
        raise Unreadable("the mail has too many parts")
    if content.count(b"\n") * (boundaries + 1) > MOST_COMPARED:
        raise Unreadable("the mail has too many lines")


# The pieces


def _leaves(message: Message) -> Iterator[Message]:
    """Yield the parts that hold something, those of forwarded mails too."""
    for count, part in enumerate(message.walk()):
        if count > MOST_PARTS * 3:
            raise Unreadable("the mail has too many parts")
        if not part.is_multipart():
            yield part


def _written(parts: list[Message]) -> str:
    """Return all that was written; the marked-up form only where there is no plain one."""
    kinds: dict[str, list[str]] = {"plain": [], "html": []}
    for part in parts:
        if not _is_file(part):
            kind = "html" if part.get_content_subtype() == "html" else "plain"
            kinds[kind].append(_text(part))
    written = tidy("\n\n".join(kinds["plain"]))
    return written or tidy("\n\n".join(map(plain_of, kinds["html"])))


def _parted(written: str) -> tuple[str, str]:
    """Part what is said now, or passed on, from what is answered.

    Some programs begin each line of what is answered with a mark: what stands below such a block
    was written now. The others put all of it below one line, to the end.
    """
    said: list[str] = []
    answered: list[str] = []
    into = said
    lines = written.splitlines()
    heads, has_marks, before = 0, None, ""
    for place, line in enumerate(lines):
        if heads:
            heads -= 1
        elif _FORWARDED.match(line):
            into = said
        elif count := _heads_of_an_answer(lines, place):
            into, heads, has_marks = answered, count - 1, None
        elif line.startswith(">"):
            has_marks = has_marks is not False
            into = answered
        elif into is answered and line and has_marks is None:
            has_marks = False
        elif into is answered and not line and has_marks and before.startswith(">"):
            into = said
        into.append(line)
        before = line
    return "\n".join(said).strip(), "\n".join(answered).strip()


def _heads_of_an_answer(lines: list[str], place: int) -> int:
    """Return how many lines, from this one on, say whose letter follows; 0 where none does."""
    line, following = lines[place], "".join(lines[place + 1 : place + 2])
    if _ANSWERED.match(line) or (_FROM.match(line) and _SENT.match(following)):
        return 1
    for count in (1, 2, 3):
        if _QUOTES.match(" ".join(lines[place : place + count])):
            return count
    return 0


def _is_file(part: Message) -> bool:
    if part.get_content_maintype() == "text":
        return part.get_content_disposition() == "attachment"
    return True


def _attached(parts: list[Message]) -> Iterator[Attached]:
    for part in parts:
        if not _is_file(part):
            continue
        content = _bytes(part)
        if content:
            is_inline = part.get_content_disposition() != "attachment"
            yield Attached(one_line(_name(part)), content, is_inline)


def _bytes(part: Message) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except _DAMAGED:
        return b""
    return payload if isinstance(payload, bytes) else b""


def _text(part: Message) -> str:
    content = _bytes(part)[:MOST_READ]
    try:
        named = part.get_content_charset() or "utf-8"
        return content.decode(named)
    except _DAMAGED:
        pass
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("windows-1252", errors="replace")


def _name(part: Message) -> str:
    try:
        return _decoded(part.get_filename() or "")
    except _DAMAGED:
        return ""


# The head


def _header(message: Message, name: str) -> str:
    fields = _fields(message, name)
    try:
        return _decoded(fields[0]) if fields else ""
    except _DAMAGED:
        return ""


def _fields(message: Message, name: str) -> list[str]:
    """Return every header of this name in letters, as it came but for bytes nobody declared."""
    return [
        _guessed(str(value)[: LONGEST_LINE * 20])
        for field, value in message.raw_items()
        if field.lower() == name.lower()
    ]


def _guessed(raw: str) -> str:
    """Read bytes that should not stand in a header: the parser kept them as half letters."""
    content = raw.encode("utf-8", "surrogateescape")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("windows-1252", errors="replace")


def _decoded(raw: str) -> str:
    """Return a header with its encoded words (RFC 2047) read."""
    words = []
    for content, named in decode_header(raw):
        if isinstance(content, str):
            words.append(content)
            continue
        try:
            words.append(content.decode(named or "utf-8"))
        except _DAMAGED:
            words.append(content.decode("windows-1252", errors="replace"))
    return "".join(words)


def _sender(message: Message) -> tuple[str, str]:
    """Return name and address of the one who says to have written it."""
    try:
        found = [one for one in getaddresses(_fields(message, "From")) if "@" in one[1]]
    except _DAMAGED:
        return "", ""
    if len(found) != 1:
        return "", ""
    name, where = found[0]
    try:
        name = _decoded(name)
    except _DAMAGED:
        name = ""
    known = address(where)
    return one_line(name)[:80], known if len(known) <= LONGEST_LINE else ""


def _id(message: Message) -> str:
    raw = _visible(_header(message, "Message-ID")).strip().strip("<>").strip()
    if len(raw) > LONGEST_ID:
        return f"sha256:{hashlib.sha256(raw.encode()).hexdigest()}"
    return raw


def _marks(message: Message) -> tuple[str, ...]:
    """Return the addresses it came to and the identifiers of the mails before it."""
    found = [field for name in _LEADS for field in _fields(message, name)[:MOST_MARKS]]
    with suppress(*_DAMAGED):
        found += bounces.returned(message)[:MOST_MARKS]
    return tuple(" ".join(_visible(one).split()) for one in found)


def _gone(message: Message) -> str:
    try:
        return bounces.gone(message)
    except _DAMAGED:
        return ""


def _sent_at(message: Message) -> datetime | None:
    try:
        said = parsedate_to_datetime(_header(message, "Date"))
        return (said if said.tzinfo else said.replace(tzinfo=UTC)).astimezone(UTC)
    except _DAMAGED:
        return None


def _automatic(message: Message, sender: str) -> str:
    """Tell what no person wrote (RFC 3834, RFC 2919, RFC 3464), or return nothing."""
    submitted = _header(message, "Auto-Submitted").partition(";")[0].strip().lower()
    precedence = _header(message, "Precedence").strip().lower()
    mailbox = sender.partition("@")[0]
    try:
        is_report = message.get_content_type() == "multipart/report"
    except _DAMAGED:
        is_report = False
    if is_report or mailbox in {"mailer-daemon", "postmaster"}:
        return BOUNCE
    if "Return-Path" in message and _header(message, "Return-Path").strip() in {"<>", ""}:
        return BOUNCE
    if "List-Id" in message or precedence == "list":
        return LIST
    if submitted in {"auto-replied", "auto-notified"} or "X-Autoreply" in message:
        return REPLY
    if precedence in {"auto_reply", "junk"}:
        return REPLY
    if submitted not in {"", "no"} or precedence == "bulk":
        return MACHINE
    return ""


def _visible(text: str) -> str:
    """Drop what nobody can see, and what no database takes: controls, joiners, half letters."""
    return "".join(
        sign
        for sign in text
        if sign in "\n\t\r" or unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )
