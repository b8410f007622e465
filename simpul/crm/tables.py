"""Lists that people hand in: a sheet of a spreadsheet, or the contacts of a telephone, as a table."""

from __future__ import annotations

import csv
import io
import quopri
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from simpul.payments.readers import StatementRefused
from simpul.payments.readers.source import TextFile

MOST_ROWS = 5_000
MOST_COLUMNS = 60
LONGEST_CELL = 500
DELIMITERS = ",;\t|"
CARD = ("Name", "Organisation", "Telephone", "E-mail", "Street", "Town or area")  # of a contact

_DAMAGED = (
    *(ParseError, DefusedXmlException, InvalidFileException, zipfile.BadZipFile, EOFError),
    *(KeyError, ValueError, TypeError, IndexError, AttributeError, OSError),
)
_PROPERTY = re.compile(r"(?:[\w-]+\.)?([A-Za-z-]+)((?:;[^:;\"]*(?:\"[^\"]*\")?)*):(.*)", re.DOTALL)


class ListRefused(ValueError):
    """The file is refused as a whole; the message is a sentence, with the line where it has one."""


class Line(NamedTuple):
    """A row of a list: where it stands in the file, and its cells as texts."""

    number: int
    cells: list[str]


class Table(NamedTuple):
    headings: list[str]
    lines: list[Line]


def read_table(content: bytes) -> Table:
    """Return the list that a file holds, its kind told by its bytes. Raises ListRefused."""
    if content.startswith(b"PK\3\4"):
        return _table(_of_workbook(content))
    try:
        lines = list(TextFile(io.BytesIO(content)).lines())
    except StatementRefused as refusal:
        raise ListRefused(_("This is no list that can be read: save it as CSV or XLSX.")) from (
            refusal
        )
    if any(line.strip().upper() == "BEGIN:VCARD" for line in lines):
        return _table([Line(0, list(CARD)), *_contacts(lines)])
    return _table(_of_text(lines))


def _table(lines: Iterable[Line]) -> Table:
    """Take the first line as the headings. Raises ListRefused where nothing stands below it."""
    said = [line for line in lines if any(cell.strip() for cell in line.cells)]
    if len(said) < 2:
        raise ListRefused(_("No rows stand below the headings."))
    if len(said) > MOST_ROWS + 1:
        text = _("The list has more than %(most)s rows: hand it in in parts.")
        raise ListRefused(text % {"most": MOST_ROWS})
    width = max(len(line.cells) for line in said)
    if width > MOST_COLUMNS:
        raise ListRefused(_("The list has more than %(most)s columns.") % {"most": MOST_COLUMNS})
    filled = [
        Line(line.number, [_plain(cell) for cell in line.cells] + [""] * (width - len(line.cells)))
        for line in said
    ]
    return Table(filled[0].cells, filled[1:])


def _plain(cell: str) -> str:
    """Return a cell in one line, without the apostrophe that keeps a sheet from computing it."""
    said = cell.replace("\0", "")  # PostgreSQL refuses it
    return " ".join(said.removeprefix("'").split())[:LONGEST_CELL]


def _of_text(lines: Sequence[str]) -> Iterator[Line]:
    sample = [line for line in lines[:50] if line.strip()]
    delimiter = max(DELIMITERS, key=lambda sign: _fit(sample, sign))
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter, strict=True)
    number = 1
    try:
        for cells in reader:
            yield Line(number, cells)
            number = reader.line_num + 1
    except csv.Error as error:
        text = _("Line %(line)s: the quotation marks do not fit, or a cell is far too long.")
        raise ListRefused(text % {"line": number}) from error


def _fit(sample: Sequence[str], delimiter: str) -> int:
    """Weigh a way of cutting: how many rows have the same number of cells, and how many cells."""
    try:
        rows = list(csv.reader(sample, delimiter=delimiter))
    except csv.Error:
        return 0
    widths = Counter(len(row) for row in rows if len(row) > 1)
    return max((width * count for width, count in widths.items()), default=0)


def _of_workbook(content: bytes) -> list[Line]:
    """Return the rows of the first sheet that has any."""
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # some programs write wrong ones
            rows = sheet.iter_rows(values_only=True, max_row=MOST_ROWS + 2)
            lines = [Line(at, [_written(one) for one in row]) for at, row in enumerate(rows, 1)]
            if any(any(line.cells) for line in lines):
                return lines
    except _DAMAGED as error:
        raise ListRefused(_("This workbook is damaged: save it again.")) from error
    return []


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat()[:10] if isinstance(value, date) else str(value)


# Contacts: vCard 2.1, 3.0 and 4.0 (RFC 6350), of which only what a list of customers has


def _contacts(lines: Sequence[str]) -> Iterator[Line]:
    card: dict[str, list[str]] | None = None
    begins = 0
    for number, name, value in _properties(lines):
        if name == "BEGIN":
            card, begins = {}, number
        elif name == "END" and card is not None:
            yield Line(begins, _contact(card))
            card = None
        elif card is not None and value:
            card.setdefault(name, []).append(value)
    if card is not None:
        text = _("Line %(line)s: this contact has no end. Export the contacts again.")
        raise ListRefused(text % {"line": begins})


def _properties(lines: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """Return line, name and value of each, put together where they were broken."""
    at = 0
    while at < len(lines):
        number, text = at + 1, lines[at]
        at += 1
        is_quoted = "QUOTED-PRINTABLE" in text.partition(":")[0].upper()
        while at < len(lines) and (
            lines[at][:1] in (" ", "\t") or (is_quoted and text[-1:] == "=")
        ):
            joint = text[:-1] if is_quoted and text[-1:] == "=" else text
            text = joint + (lines[at] if is_quoted else lines[at][1:])
            at += 1
        if found := _PROPERTY.fullmatch(text.strip()):
            value = found[3]
            if is_quoted:
                value = quopri.decodestring(value.encode()).decode("utf-8", errors="replace")
            yield number, found[1].upper(), value


def _contact(card: dict[str, list[str]]) -> list[str]:
    structured = _parts(card["N"][0]) if "N" in card else []
    family, given = [*structured, "", ""][:2]
    name = _spoken(card["FN"][0]) if "FN" in card else f"{given} {family}"
    works_for = _parts(card["ORG"][0])[0] if "ORG" in card else ""
    address = [*_parts(card["ADR"][0]), *[""] * 7] if "ADR" in card else [""] * 7
    numbers = [one.removeprefix("tel:") for one in card.get("TEL", [])]
    mails = [_spoken(one) for one in card.get("EMAIL", [])]
    return [name, works_for, ", ".join(numbers), ", ".join(mails), address[2], address[3]]


def _parts(value: str) -> list[str]:
    return [_spoken(part) for part in re.split(r"(?<!\\);", value)]


def _spoken(value: str) -> str:
    return re.sub(r"\\([\\,;])", r"\1", re.sub(r"\\[nN]", " ", value)).strip()
