"""Workbooks of Excel, opened for reading only and row by row."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from simpul.payments.readers.cells import Figure
from simpul.payments.readers.layout import HEADER_WITHIN, Layout, Record
from simpul.payments.readers.statement import StatementRefused

# What openpyxl raises on hostile bytes (defusedxml stands behind it: no entities are opened).
_DAMAGED = (
    *(ParseError, DefusedXmlException, InvalidFileException, zipfile.BadZipFile, EOFError),
    *(KeyError, ValueError, TypeError, IndexError, AttributeError, OSError),
)


def sheets_of(file: BinaryIO) -> Iterator[Sheet]:
    """Return every sheet with cells. Raises StatementRefused where the workbook is damaged."""
    try:
        file.seek(0)
        book = openpyxl.load_workbook(file, read_only=True, data_only=False, keep_links=False)
        sheets = [Sheet(one) for one in book.worksheets]
    except _DAMAGED as error:
        raise _damaged() from error
    yield from sheets


class Sheet:
    """A sheet as a table: each cell as text, a number as a Figure."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet
        sheet.reset_dimensions()  # some programs write wrong ones
        head = list(islice(self._rows(1), HEADER_WITHIN))
        self.rows = [record.cells for record in head]  # the first ones
        self.count = len(head) if len(head) < HEADER_WITHIN else 0

    def head(self) -> list[str]:
        return [_line(row) for row in self.rows]

    def is_header(self, at: int, layout: Layout) -> bool:
        return layout.is_header(Record(at + 1, self.rows[at]))

    def records(self, layout: Layout, after: int) -> Iterator[Record]:
        try:
            for record in self._rows(after + 1):
                self.count = record.line
                yield record
        except _DAMAGED as error:
            if isinstance(error, StatementRefused):
                raise
            raise _damaged() from error

    def _rows(self, first: int) -> Iterator[Record]:
        rows = self._sheet.iter_rows(min_row=first, values_only=True)
        for line, row in enumerate(rows, start=first):
            yield Record(line, [_written(value, line) for value in row])


def _written(value: Any, line: int) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int):
        return Figure(value)
    if isinstance(value, float):
        return _fraction(value, line)
    if isinstance(value, date | datetime):
        return value.isoformat()[:10]
    return str(value)


def _fraction(value: float, line: int) -> str:
    """Write a float with its sen, and refuse one that has more than two decimals."""
    sen = round(value * 100)
    if abs(value) >= 10**13 or abs(value * 100 - sen) > 0.001:
        raise StatementRefused(line, _("“%(cell)s” is no amount.") % {"cell": f"{value!r}"})
    return Figure(f"{'-' if sen < 0 else ''}{abs(sen) // 100}.{abs(sen) % 100:02}")


def _line(row: list[str]) -> str:
    said = [cell.strip() for cell in row if cell.strip()]
    if len(said) == 2 and not said[0].endswith(":"):
        return " : ".join(said)
    return " ".join(said)


def _damaged() -> StatementRefused:
    return StatementRefused(None, _("This workbook is damaged: download it again."))
