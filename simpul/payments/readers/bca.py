"""BCA: the layouts of KlikBCA."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from django.utils.translation import gettext as _

from simpul.payments.readers import cells
from simpul.payments.readers.cells import Period
from simpul.payments.readers.columns import Columns
from simpul.payments.readers.layout import Layout, Record
from simpul.payments.readers.statement import Row, Total

THOUSANDS = ","
ALL_TOTALS = ("opening", "credits", "debits", "closing")


class KlikBcaBusiness(Layout):
    """As of 2026: all quoted, the sign within the amount, totals with counts at the end."""

    name = "BCA KlikBCA Bisnis"
    header = ("Tanggal Transaksi", "Keterangan", "Cabang", "Jumlah", "Saldo")
    requires = ALL_TOTALS

    _TOTAL = re.compile(r"(Saldo Awal|Mutasi Debet|Mutasi Kredit|Saldo Akhir) ?:(.*)")
    _NAMES = {
        "Saldo Awal": "opening",
        "Mutasi Debet": "debits",
        "Mutasi Kredit": "credits",
        "Saldo Akhir": "closing",
    }

    def row(self, record: Record, period: Period | None) -> Row:
        day, text, _branch, amount, balance = record.cells
        figure, _blank, sign = cells.bare(amount).rpartition(" ")
        return _row(record.line, day, text, figure, sign, balance, period)

    def total(self, record: Record) -> tuple[str, Total] | None:
        found = self._TOTAL.fullmatch(cells.usual(record.cells[0]))
        if not found:
            return None
        count = cells.bare(record.cells[1]) if len(record.cells) > 1 else ""
        return self._NAMES[found[1]], Total(_total(found[2]), cells.count(count) if count else None)


class OlderKlikBcaBusiness(Layout):
    """Apostrophes, days without a year, the sign in a column without a name, no totals."""

    name = "BCA KlikBCA Bisnis (dd/mm)"
    header = ("Tanggal Transaksi", "Keterangan", "Cabang", "Jumlah", "", "Saldo")

    def row(self, record: Record, period: Period | None) -> Row:
        day, text, _branch, figure, sign, balance = record.cells
        return _row(record.line, day, text, figure, sign, balance, period)


class KlikBcaIndividual(Layout):
    """In English and without quotation marks, though a description may have commas."""

    name = "KlikBCA Individual (English)"
    header = ("Date", "Description", "Branch", "Amount", "", "Balance")
    requires = ALL_TOTALS

    _NAMES = {
        "Starting Balance": "opening",
        "Credit": "credits",
        "Debet": "debits",
        "Ending Balance": "closing",
    }

    def split(self, lines: Iterable[str], first: int, delimiter: str) -> Iterator[Record]:
        """Cut from both ends: what is left in the middle is the description."""
        for number, line in enumerate(lines, start=first):
            parts = line.split(delimiter)
            middle = len(self.header) - 2
            if len(parts) > len(self.header):
                parts = [parts[0], ",".join(parts[1:-middle]), *parts[-middle:]]
            yield Record(number, parts)

    def row(self, record: Record, period: Period | None) -> Row:
        day, text, _branch, figure, sign, balance = record.cells
        return _row(record.line, day, text, figure, sign, balance, period)

    def total(self, record: Record) -> tuple[str, Total] | None:
        name = self._NAMES.get(cells.usual(record.cells[0]))
        if name is None or len(record.cells) < 3 or record.cells[1].strip() != "=":
            return None
        return name, Total(_total(record.cells[2]))


PREVIEW = Columns(
    name="BCA Pratinjau",
    header=("No", "Tanggal", "Keterangan", "Debit", "Kredit", "Saldo"),
    delimiters="\t",
    day=1,
    texts=(2,),
    debit=3,
    credit=4,
    balance=5,
    thousands=".",
)


def _row(
    line: int, day: str, text: str, figure: str, sign: str, balance: str, period: Period | None
) -> Row:
    booked_on, pending = _day(day, period)
    amount = cells.direction(sign) * cells.amount(figure, thousands=THOUSANDS)
    left = cells.sen(balance, thousands=THOUSANDS) if pending else _total(balance)
    return Row(line, booked_on, amount, cells.bare(text), left, pending)


def _day(cell: str, period: Period | None) -> tuple[date, bool]:
    """Return the day and whether it is pending: then it is the last of the period at best."""
    if cells.usual(cell).upper() != "PEND":
        return cells.day(cell, period), False
    if period is None:
        raise ValueError(_("An entry is pending: say which period the file covers."))
    return period[1], True


def _total(cell: str) -> int:
    return cells.balance(cell, thousands=THOUSANDS)
