"""What all layouts that are tables have in common: the way through a file."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple, Protocol

from django.utils.translation import gettext as _

from simpul.payments.readers import cells
from simpul.payments.readers.cells import Period
from simpul.payments.readers.statement import Reading, Row, StatementRefused, Total

HEADER_WITHIN = 100  # lines

_ACCOUNT = ("no. rekening", "nomor rekening", "account no.", "norek")
_PERIOD = ("periode", "period")
_CURRENCY = ("kode mata uang", "mata uang", "currency")
_LABELLED = re.compile(r"\s*\"?\s*([A-Za-z. ]+?)\s*(?::|,=,|;)\s*(.*?)\s*\"?[,;]*\s*")


class Record(NamedTuple):
    """One record of the file, cut into cells."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Preamble:
    """What a file says of itself above its header row."""

    account: str | None
    period: Period | None


class Table(Protocol):
    """Something with rows of cells: a text file, or a sheet of a workbook."""

    count: int

    def head(self) -> list[str]:
        """Return the first lines, for what stands above the header row."""

    def records(self, layout: Layout, after: int) -> Iterator[Record]:
        """Cut what follows after so many lines into cells, as the layout does it."""

    def is_header(self, at: int, layout: Layout) -> bool:
        """Tell whether the line is the header row of the layout."""


class Layout:
    """One way in which a bank writes its statements.

    A layout has its name, its header and `row`, the reading of one entry; where the file has them
    also `account` (named in each entry) and `total` (at the end). These raise ValueError with a
    sentence; the line is added here.
    """

    name: str
    header: tuple[str, ...]
    delimiters: str = ","
    requires: tuple[str, ...] = ()  # totals without which the file was cut off
    newest_first: bool = False

    def row(self, record: Record, period: Period | None) -> Row:
        raise NotImplementedError

    def account(self, record: Record) -> str | None:
        return None

    def total(self, record: Record) -> tuple[str, Total] | None:
        """Return `opening`, `credits`, `debits` or `closing` with what it says; None for an entry."""
        return None

    def split(self, lines: Iterable[str], first: int, delimiter: str) -> Iterator[Record]:
        """Cut lines into records; `first` is the number of the first line within the file."""
        reader = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter, strict=True)
        line = first
        try:
            for found in reader:
                yield Record(line, found)
                line = first + reader.line_num
        except csv.Error as error:
            raise StatementRefused(line, _("The quotation marks do not fit.")) from error

    def delimiter_of(self, line: str) -> str | None:
        """Return what parts the cells, if this is the header row; else None."""
        for delimiter in self.delimiters:
            try:
                [record] = self.split([line], 1, delimiter)
            except StatementRefused:
                continue
            if self.is_header(record):
                return delimiter
        return None

    def is_header(self, record: Record) -> bool:
        if cells.usual("".join(record.cells[:1])).casefold() != self.header[0].casefold():
            return False
        found = [cells.bare(cell).casefold() for cell in record.cells]
        while len(found) > len(self.header) and not found[-1]:
            found.pop()
        return found == [cell.casefold() for cell in self.header]

    def fitted(self, record: Record) -> Record:
        """Refuse a record that is too short or too long."""
        width = len(self.header)
        if len(record.cells) == width:
            return record
        if len(record.cells) < width or any(cell.strip() for cell in record.cells[width:]):
            raise ValueError(
                _("This line has %(found)s cells, not %(right)s.")
                % {"found": len(record.cells), "right": width}
            )
        return Record(record.line, record.cells[:width])


class TableReading(Reading):
    """Reads what follows after the header row of a table."""

    def __init__(self, layout: Layout, table: Table, at: int, period: Period | None) -> None:
        super().__init__(layout.name)
        self.expected = table.count - at - 1
        self.newest_first = self.ledger.newest_first = layout.newest_first
        self._layout = layout
        self._table = table
        self._at = at
        self._period = period

    def rows(self) -> Iterator[Row]:
        layout = self._layout
        stated = preamble(self._table.head()[: self._at])
        self.account = stated.account
        period = stated.period or self._period
        totals: dict[str, Total] = {}
        last = self._at + 1
        for record in self._table.records(layout, self._at + 1):
            if not any(cell.strip() for cell in record.cells):
                continue
            last = record.line
            if layout.is_header(record):
                continue
            try:
                if found := layout.total(record):
                    _add(totals, *found)
                    continue
                entry = layout.fitted(record)
                self.is_about(layout.account(entry))
                row = _within(layout.row(entry, period), stated.period)
            except StatementRefused:
                raise
            except ValueError as reason:
                raise StatementRefused(record.line, str(reason)) from reason
            yield self.ledger.add(row)
        if not all(name in totals for name in layout.requires):
            raise StatementRefused(
                last,
                _("The totals at the end are missing: download the file again."),
            )
        self.ledger.close(totals, last)


class Lines:
    """A text file as a table."""

    def __init__(self, text: TextLines) -> None:
        self._text = text
        self.count = text.count
        self._head = list(islice(text.lines(), HEADER_WITHIN))
        self._delimiter = ","

    def head(self) -> list[str]:
        return self._head

    def is_header(self, at: int, layout: Layout) -> bool:
        found = layout.delimiter_of(self._head[at])
        if found:
            self._delimiter = found
        return found is not None

    def records(self, layout: Layout, after: int) -> Iterator[Record]:
        lines = islice(self._text.lines(), after, None)
        return layout.split(lines, after + 1, self._delimiter)


class TextLines(Protocol):
    count: int

    def lines(self) -> Iterator[str]: ...


def preamble(lines: Sequence[str]) -> Preamble:
    """Read what stands above the header row; what has no meaning for us is passed over."""
    account = period = None
    for number, line in enumerate(lines, start=1):
        found = _LABELLED.fullmatch(line)
        if not found:
            continue
        label, value = found[1].casefold(), cells.bare(found[2])
        try:
            if label in _ACCOUNT:
                account = cells.account(value)
            elif label in _CURRENCY:
                cells.rupiah(value)
            elif label in _PERIOD:
                period = _period(value)
        except ValueError as reason:
            raise StatementRefused(number, str(reason)) from reason
    return Preamble(account, period)


def _period(text: str) -> Period:
    first, _dash, last = text.partition(" - ")
    return cells.day(first), cells.day(last)


def _add(totals: dict[str, Total], name: str, total: Total) -> None:
    if name in totals:
        raise ValueError(_("This total stands twice in the file."))
    totals[name] = total


def _within(row: Row, period: Period | None) -> Row:
    if period and not period[0] <= row.booked_on <= period[1]:
        raise ValueError(_("This day lies outside the period that the file states."))
    return row
