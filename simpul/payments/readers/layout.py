"""What all layouts have in common: the way through a file."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _

from simpul.payments.readers import cells
from simpul.payments.readers.cells import Period
from simpul.payments.readers.statement import (
    Row,
    Stated,
    Statement,
    StatementRefused,
    closing_of,
    hold_against,
    opening_of,
)

_ACCOUNT = ("no. rekening", "nomor rekening", "account no.")
_PERIOD = ("periode", "period")
_CURRENCY = ("kode mata uang", "mata uang", "currency")
_LABELLED = re.compile(r"\s*\"?\s*([A-Za-z. ]+?)\s*(?::|,=,)\s*(.*?)\s*\"?,*\s*")


@dataclass(frozen=True, slots=True)
class Record:
    """One record of the file, cut into cells."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Total:
    """A total at the end of a file, and how many entries it counts if it says so."""

    amount: int
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Preamble:
    """What a file says of itself above its header row."""

    account: str | None
    period: Period | None


class Layout:
    """One way in which a bank writes its statements.

    A subclass gives its name, its header and `row`, the reading of one entry; where the file has
    them also `account` (named in each entry) and `total` (at the end). These raise ValueError
    with a sentence; the line is added here.
    """

    name: ClassVar[str]
    header: ClassVar[tuple[str, ...]]
    delimiter: ClassVar[str] = ","
    has_totals: ClassVar[bool] = False

    def row(self, record: Record, period: Period | None) -> Row:
        raise NotImplementedError

    def account(self, record: Record) -> str | None:
        return None

    def total(self, record: Record) -> tuple[str, Total] | None:
        """Return `opening`, `credits`, `debits` or `closing` with what it says; None for an entry."""
        return None

    def split(self, lines: Sequence[str], first: int) -> Iterator[Record]:
        """Cut lines into records; `first` is the number of the first line within the file."""
        reader = csv.reader((f"{line}\n" for line in lines), delimiter=self.delimiter, strict=True)
        line = first
        try:
            for found in reader:
                yield Record(line, found)
                line = first + reader.line_num
        except csv.Error as error:
            raise StatementRefused(line, _("The quotation marks do not fit.")) from error

    def is_header(self, line: str) -> bool:
        try:
            [record] = self.split([line], 1)
        except StatementRefused:
            return False
        return self._is_header(record)

    def read(self, lines: Sequence[str], header_at: int, period: Period | None) -> Statement:
        """Read all that follows the header in `lines[header_at]`. Raises StatementRefused."""
        stated = _preamble(lines[:header_at])
        account = stated.account
        rows: list[Row] = []
        totals: dict[str, Total] = {}
        for record in self.split(lines[header_at + 1 :], header_at + 2):
            if not any(cell.strip() for cell in record.cells) or self._is_header(record):
                continue
            try:
                if found := self.total(record):
                    _add(totals, *found)
                    continue
                entry = self._fitted(record)
                account = _same_account(account, self.account(entry))
                rows.append(_within(self.row(entry, stated.period or period), stated.period))
            except ValueError as reason:
                raise StatementRefused(record.line, str(reason)) from reason
        return self._checked(rows, account, self._stated(totals, len(lines)))

    def _is_header(self, record: Record) -> bool:
        found = [cells.bare(cell).casefold() for cell in record.cells]
        while len(found) > len(self.header) and not found[-1]:
            found.pop()
        return found == [cell.casefold() for cell in self.header]

    def _fitted(self, record: Record) -> Record:
        width = len(self.header)
        if len(record.cells) < width or any(cell.strip() for cell in record.cells[width:]):
            raise ValueError(
                _("This line has %(found)s cells, not %(right)s.")
                % {"found": len(record.cells), "right": width}
            )
        return Record(record.line, record.cells[:width])

    def _stated(self, totals: dict[str, Total], last_line: int) -> Stated | None:
        if not self.has_totals:
            return None
        try:
            return Stated(
                line=last_line,
                opening=totals["opening"].amount,
                closing=totals["closing"].amount,
                credits=totals["credits"].amount,
                debits=totals["debits"].amount,
                credit_count=totals["credits"].count,
                debit_count=totals["debits"].count,
            )
        except KeyError:
            raise StatementRefused(
                last_line, _("The totals at the end are missing: download the file again.")
            ) from None

    def _checked(self, rows: list[Row], account: str | None, stated: Stated | None) -> Statement:
        if not rows:
            raise StatementRefused(None, _("The file has no entries."))
        opening = opening_of(rows, stated)
        if stated:
            hold_against(rows, stated)
        return Statement(self.name, account, opening, closing_of(rows, opening), tuple(rows))


def _preamble(lines: Sequence[str]) -> Preamble:
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


def _same_account(known: str | None, named: str | None) -> str | None:
    if known and named and known != named:
        raise ValueError(_("This line is about another account."))
    return named or known


def _within(row: Row, period: Period | None) -> Row:
    if period and not period[0] <= row.booked_on <= period[1]:
        raise ValueError(_("This day lies outside the period that the file states."))
    return row
