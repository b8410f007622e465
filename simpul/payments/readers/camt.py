"""camt.053, the statement of ISO 20022, read as a stream and without entities.

The version of the namespace varies, so names are compared without it. The direction is that of
CdtDbtInd also in a reversal: RvslInd only says that the original went the other way.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, BinaryIO
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser
from django.utils.translation import gettext as _

from simpul.payments.readers import cells
from simpul.payments.readers.statement import Reading, Row, StatementRefused, Total

NAME = "camt.053"
CHUNK = 1 << 16
_PARTS = {"Ntry", "Bal", "Acct"}  # of a statement, read one at a time
_AMOUNT = re.compile(r"([0-9]{1,15})(?:\.([0-9]{1,2})0*)?")
_ISO_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T.*|Z|[+-][0-9]{2}:[0-9]{2})?")
_OPENING, _CLOSING = {"OPBD", "PRCD"}, {"CLBD"}
_BOOKED, _PENDING, _TOLD_ONLY = {"BOOK"}, {"PDNG", "FUTR"}, {"INFO"}
_TEXTS = (
    *("RmtInf/Ustrd", "CdtrRefInf/Ref", "AddtlTxInf", "AddtlNtryInf"),
    *("Dbtr/Nm", "Dbtr/Pty/Nm", "Cdtr/Nm", "Cdtr/Pty/Nm"),
)


def is_xml(file: BinaryIO) -> bool:
    file.seek(0)
    start = file.read(200).removeprefix(b"\xef\xbb\xbf")
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return start[2:].replace(b"\0", b"").lstrip().startswith(b"<")
    return start.lstrip().startswith(b"<")


@dataclass(slots=True)
class Part:
    """A balance, an account or an entry: what stands in it, by the way that leads there."""

    name: str
    line: int
    said: list[tuple[str, str]] = field(default_factory=list)
    currency: str = ""

    def first(self, *ways: str) -> str:
        """Return what stands at the first of these ways that is there; a way begins at the part."""
        for way in ways:
            for found, text in self.said:
                if found == way:
                    return text
        return ""

    def ends(self, ways: tuple[str, ...]) -> list[str]:
        return [text for found, text in self.said if found.endswith(ways)]


class CamtReading(Reading):
    def __init__(self, file: BinaryIO) -> None:
        super().__init__(NAME)
        self._file = file
        self._open = False
        self._opening: int | None = None
        self._closing: int | None = None

    def rows(self) -> Iterator[Row]:
        for part in self._parts():
            try:
                row = self._taken(part)
                if row is not None:
                    yield self.ledger.add(row)
            except StatementRefused:
                raise
            except ValueError as reason:
                raise StatementRefused(part.line, str(reason)) from reason
        self.ledger.close({}, None)

    def _parts(self) -> Iterator[Part]:
        parser = DefusedExpatParser(forbid_dtd=True)
        handler = _Handler(parser)
        parser.setContentHandler(handler)
        self._file.seek(0)
        try:
            while chunk := self._file.read(CHUNK):
                parser.feed(chunk)
                yield from handler.taken()
            parser.close()
            yield from handler.taken()
        except DefusedXmlException as reason:
            raise StatementRefused(
                None, _("The file declares entities, which no bank does: it is not read.")
            ) from reason
        except SAXParseException as reason:
            raise StatementRefused(
                reason.getLineNumber(), _("The XML is damaged: download the file again.")
            ) from reason

    def _taken(self, part: Part) -> Row | None:
        if part.name == "Acct":
            number = part.first("Acct/Id/Othr/Id", "Acct/Id/IBAN")
            self.is_about(cells.account(number))
            if currency := part.first("Acct/Ccy"):
                cells.rupiah(currency)
        elif part.name == "Bal":
            self._balance(part)
        elif part.name == "Stmt":
            self._end(part.line)
        else:
            return self._entry(part)
        return None

    def _balance(self, part: Part) -> None:
        kind = part.first("Bal/Tp/CdOrPrtry/Cd")
        if kind in _OPENING and self._opening is None:
            self._opening = _signed(part, "Bal")
            self._begin(self._opening)
        elif kind in _CLOSING:
            if self._closing is not None:
                raise ValueError(_("This total stands twice in the file."))
            self._closing = _signed(part, "Bal")

    def _begin(self, opening: int) -> None:
        known = self.ledger.closing
        if known is None:
            if self.ledger.rows:
                raise ValueError(_("There is no opening balance above this entry."))
            self.ledger = type(self.ledger)(opening)
        elif known != opening:
            raise ValueError(_("This statement does not go on where the one before it ended."))

    def _end(self, line: int) -> None:
        if self._opening is None or self._closing is None:
            raise StatementRefused(
                line, _("The totals at the end are missing: download the file again.")
            )
        if self.ledger.rows:
            self.ledger.close({"closing": Total(self._closing)}, line)
        elif self._closing != self._opening:
            raise ValueError(_("The closing balance differs, though there is no entry."))
        self._opening = self._closing = None

    def _entry(self, part: Part) -> Row | None:
        if self._opening is None:
            raise ValueError(_("There is no opening balance above this entry."))
        status = part.first("Ntry/Sts/Cd", "Ntry/Sts")
        if status in _TOLD_ONLY:
            return None
        if status not in _BOOKED | _PENDING:
            raise ValueError(_("“%(cell)s” is no state of an entry.") % {"cell": status})
        amount = _signed(part, "Ntry")
        if not amount:
            raise ValueError(_("“%(cell)s” is no amount.") % {"cell": part.first("Ntry/Amt")})
        text = " ".join(dict.fromkeys(part.ends(_TEXTS)))
        return Row(
            part.line,
            _day(
                part.first(
                    "Ntry/BookgDt/Dt", "Ntry/BookgDt/DtTm", "Ntry/ValDt/Dt", "Ntry/ValDt/DtTm"
                )
            ),
            amount,
            cells.bare(text),
            pending=status in _PENDING,
            reference=cells.bare(part.first("Ntry/AcctSvcrRef", "Ntry/NtryRef")),
        )


class _Handler(ContentHandler):
    """Collects the parts of statements; keeps one at a time and nothing else."""

    def __init__(self, parser: Any) -> None:
        super().__init__()
        self._parser = parser
        self._way: list[str] = []
        self._part: Part | None = None
        self._depth = 0
        self._text: list[str] = []
        self._done: deque[Part] = deque()

    def taken(self) -> Iterator[Part]:
        while self._done:
            yield self._done.popleft()

    def startElement(self, name: str, attrs: Any) -> None:
        local = name.rpartition(":")[2]
        self._way.append(local)
        self._text = []
        if len(self._way) == 2 and local != "BkToCstmrStmt":
            line = self._parser.getLineNumber()
            raise StatementRefused(line, _("This XML is no statement of camt.053."))
        if self._part is None and len(self._way) == 4 and local in _PARTS:
            self._part = Part(local, self._parser.getLineNumber())
            self._depth = len(self._way)
        if self._part and local == "Amt" and len(self._way) == self._depth + 1:
            self._part.currency = attrs.get("Ccy", "")

    def characters(self, content: str) -> None:
        if self._part:
            self._text.append(content)

    def endElement(self, name: str) -> None:
        part = self._part
        if part:
            text = "".join(self._text).strip()
            if text:
                part.said.append(("/".join(self._way[self._depth - 1 :]), text))
            if len(self._way) == self._depth:
                self._done.append(part)
                self._part = None
        elif len(self._way) == 3 and self._way[-1] == "Stmt":
            self._done.append(Part("Stmt", self._parser.getLineNumber()))
        self._text = []
        self._way.pop()

    def endDocument(self) -> None:
        self._way = []


def _signed(part: Part, name: str) -> int:
    cells.rupiah(part.currency)
    written = part.first(f"{name}/Amt")
    found = _AMOUNT.fullmatch(written)
    if not found:
        raise ValueError(_("“%(cell)s” is no amount.") % {"cell": written})
    whole, decimals = found.groups(default="")
    sen = int(whole) * 100 + int(decimals.ljust(2, "0"))
    sign = {"CRDT": 1, "DBIT": -1}.get(part.first(f"{name}/CdtDbtInd"))
    if sign is None:
        raise ValueError(
            _("“%(cell)s” says neither credit nor debit.")
            % {"cell": part.first(f"{name}/CdtDbtInd")}
        )
    return sign * sen


def _day(written: str) -> date:
    found = _ISO_DAY.fullmatch(written)
    return cells.day(found[1] if found else written)
