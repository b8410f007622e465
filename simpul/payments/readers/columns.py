"""A layout that is nothing but columns: which one says what, and how it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from simpul.payments.readers import cells
from simpul.payments.readers.cells import Period
from simpul.payments.readers.layout import Layout, Record
from simpul.payments.readers.statement import Row, Total

EVERYWHERE = ",;\t|"  # a sheet that somebody saved as text


@dataclass(frozen=True, eq=False)
class Columns(Layout):
    """Columns by their place, counted from zero.

    An amount stands in `credit` and `debit`, or in `amount`, whose direction `sign` tells, or its
    own plus or minus. `thousands` is what parts them, empty where each cell must tell itself.
    """

    name: str
    header: tuple[str, ...]
    day: int
    texts: tuple[int, ...]
    delimiters: str = ","
    credit: int | None = None
    debit: int | None = None
    amount: int | None = None
    sign: int | None = None
    signs: Mapping[str, int] = field(default_factory=lambda: cells.CR_DB)
    before: int | None = None  # the balance before the entry
    balance: int | None = None
    reference: int | None = None
    number: int | None = None  # of the account
    currency: int | None = None
    thousands: str = ","
    month_first: bool = False
    newest_first: bool = False
    opening_row: str = ""  # a row with this text and a balance alone

    def account(self, record: Record) -> str | None:
        return None if self.number is None else cells.account(record.cells[self.number])

    def total(self, record: Record) -> tuple[str, Total] | None:
        if not self.opening_row or self.balance is None or len(record.cells) <= self.balance:
            return None
        said = [cells.bare(cell) for cell in record.cells if cell.strip()]
        if len(said) != 2 or said[0].upper() != self.opening_row:
            return None
        return "opening", Total(cells.balance(record.cells[self.balance], thousands=self.thousands))

    def row(self, record: Record, period: Period | None) -> Row:
        found = record.cells
        if self.currency is not None:
            cells.rupiah(found[self.currency])
        amount = self._amount(found)
        balance = None
        if self.balance is not None:
            balance = cells.balance(found[self.balance], thousands=self.thousands)
        if self.before is not None and balance is not None:
            before = cells.balance(found[self.before], thousands=self.thousands)
            if before + amount != balance:
                raise ValueError(_("The balances before and after do not fit the amount."))
        return Row(
            record.line,
            cells.day(found[self.day], period, month_first=self.month_first),
            amount,
            cells.bare(" ".join(found[place] for place in self.texts)),
            balance,
            reference="" if self.reference is None else cells.bare(found[self.reference]),
        )

    def _amount(self, found: list[str]) -> int:
        if self.credit is not None and self.debit is not None:
            credit, debit = found[self.credit], found[self.debit]
            return cells.one_of(credit, debit, thousands=self.thousands)
        assert self.amount is not None  # noqa: S101 - for the type checker
        written = found[self.amount]
        if self.sign is not None:
            direction = cells.direction(found[self.sign], self.signs)
            return direction * cells.amount(written, thousands=self.thousands)
        value = cells.sen(written, thousands=self.thousands)
        if not value:
            raise ValueError(_("“%(cell)s” is no amount.") % {"cell": written.strip()})
        return value
