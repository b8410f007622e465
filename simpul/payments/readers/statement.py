"""What a statement file says, and whether it adds up. Amounts are in sen, because banks have sen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _


class StatementRefused(ValueError):
    """The file is refused as a whole; the message is a sentence that names the line."""

    def __init__(self, line: int | None, reason: str) -> None:
        self.line = line
        self.reason = reason
        super().__init__(
            reason
            if line is None
            else _("Line %(line)s: %(reason)s") % {"line": line, "reason": reason}
        )


class LayoutUnknown(StatementRefused):
    """It may be a statement, but none of the layouts that are known has such a header row."""


class Row(NamedTuple):
    """One entry, as the bank wrote it. What is pending may still change or vanish."""

    line: int  # in the file
    booked_on: date  # of a pending row: the last day it can be at this moment
    amount_sen: int  # money in is positive, money out negative
    text: str
    balance_sen: int | None = None  # after this entry
    pending: bool = False
    reference: str = ""  # the bank's own, where the layout has one
    is_counted: bool = False  # the balance does not stand in the file but follows from the opening


@dataclass(frozen=True, slots=True)
class Statement:
    """A file that added up. Without balances in the file, opening and closing are None."""

    layout: str
    account: str | None
    opening_sen: int | None
    closing_sen: int | None  # opening and the booked rows, without what is pending
    rows: tuple[Row, ...]

    @property
    def booked(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if not row.pending)


@dataclass(frozen=True, slots=True)
class Total:
    """What a file states in all, and how many entries it counts if it says so."""

    amount: int
    count: int | None = None


@dataclass(slots=True)
class Tally:
    """Sums and counts of what came and what went."""

    credits: int = 0
    debits: int = 0
    credit_count: int = 0
    debit_count: int = 0

    def add(self, sen: int) -> None:
        if sen > 0:
            self.credits += sen
            self.credit_count += 1
        else:
            self.debits -= sen
            self.debit_count += 1


@dataclass(slots=True)
class Ledger:
    """Adds row to row and refuses what does not follow; keeps nothing but the sums.

    `opening` where the file states it before its first row. A file may be `newest_first`: then the
    balance of each row is that after it, and the row below comes before it.
    """

    opening: int | None = None
    newest_first: bool = False
    rows: int = 0
    pending: int = 0
    booked: Tally = field(default_factory=Tally)
    all: Tally = field(default_factory=Tally)
    _balance: int | None = None
    _first: Row | None = None

    def __post_init__(self) -> None:
        self._balance = self.opening

    def add(self, row: Row) -> Row:
        """Take the next row; return it with its balance, where that follows from the opening."""
        row = self._taken_upwards(row) if self.newest_first else self._taken(row)
        self.rows += 1
        self._first = self._first or row
        self.all.add(row.amount_sen)
        if row.pending:
            self.pending += 1
        else:
            self.booked.add(row.amount_sen)
        return row

    def close(self, stated: Mapping[str, Total], line: int | None) -> None:
        """Hold the rows against the totals that the file states, with or without what is pending."""
        if self._first is None:
            raise StatementRefused(None, _("The file has no entries."))
        if self.newest_first:
            self.opening = self._balance
        opening = stated.get("opening")
        if opening is not None and self.opening not in (None, opening.amount):
            right = opening.amount + self._first.amount_sen
            raise self._broken(self._first, right)
        if opening is not None:
            self.opening = opening.amount
        difference = self._difference(self.booked, stated)
        if difference and (not self.pending or self._difference(self.all, stated)):
            raise StatementRefused(line, difference)

    @property
    def closing(self) -> int | None:
        """The balance after the booked rows."""
        if self.opening is None:
            return None
        return self.opening + self.booked.credits - self.booked.debits

    def _taken(self, row: Row) -> Row:
        if row.balance_sen is None:
            if self._balance is None:
                return row
            self._balance += row.amount_sen
            return row._replace(balance_sen=self._balance, is_counted=True)
        if self._balance is None:
            self.opening = self._balance = row.balance_sen - row.amount_sen
        self._balance += row.amount_sen
        if self._balance != row.balance_sen:
            raise self._broken(row, self._balance)
        return row

    def _taken_upwards(self, row: Row) -> Row:
        if row.balance_sen is None:
            return row
        if self._balance is not None and self._balance != row.balance_sen:
            raise self._broken(row, self._balance)
        self._balance = row.balance_sen - row.amount_sen
        return row

    def _broken(self, row: Row, right: int) -> StatementRefused:
        return StatementRefused(
            row.line,
            _("The balance here should be %(right)s, but the file says %(found)s.")
            % {"right": figure(right), "found": figure(row.balance_sen or 0)},
        )

    def _difference(self, rows: Tally, stated: Mapping[str, Total]) -> str:
        credits, debits = stated.get("credits"), stated.get("debits")
        counts = ((credits, rows.credit_count), (debits, rows.debit_count))
        if any(one and one.count not in (None, count) for one, count in counts):
            return _("The file states another number of entries than it has.")
        found = _("The credits add up to %(right)s, but the file says %(found)s.")
        if credits and credits.amount != rows.credits:
            return found % _figures(rows.credits, credits)
        found = _("The debits add up to %(right)s, but the file says %(found)s.")
        if debits and debits.amount != rows.debits:
            return found % _figures(rows.debits, debits)
        closing = stated.get("closing")
        if closing is None or self.opening is None:
            return ""
        right = self.opening + rows.credits - rows.debits
        found = _(
            "The opening balance and all entries make %(right)s, but the file says %(found)s."
        )
        return found % _figures(right, closing) if closing.amount != right else ""


class Reading:
    """A file that was recognised, one row after the other, none of them kept.

    Only when the last row was taken is it known that the file adds up: `rows` raises
    StatementRefused at the line where it does not, or at the end.
    """

    layout: str
    account: str | None = None  # as far as it is known yet
    expected: int | None = None  # about how many rows there are
    newest_first: bool = False

    def __init__(self, layout: str, opening: int | None = None) -> None:
        self.layout = layout
        self.ledger = Ledger(opening)

    def rows(self) -> Iterator[Row]:
        raise NotImplementedError

    @property
    def opening_sen(self) -> int | None:
        return self.ledger.opening

    @property
    def closing_sen(self) -> int | None:
        return self.ledger.closing

    def whole(self) -> Statement:
        """Read all of it at once."""
        rows = tuple(self.rows())
        if self.newest_first:
            rows = rows[::-1]
        return Statement(self.layout, self.account, self.opening_sen, self.closing_sen, rows)

    def is_about(self, named: str | None) -> None:
        """Note which account the file names; refuse a second one. Raises ValueError."""
        if self.account and named and self.account != named:
            raise ValueError(_("This line is about another account."))
        self.account = named or self.account


def figure(sen: int) -> str:
    """Write sen as the banks do: 5,840,217.00."""
    return f"{'-' if sen < 0 else ''}{abs(sen) // 100:,}.{abs(sen) % 100:02}"


def _figures(right: int, total: Total) -> dict[str, str]:
    return {"right": figure(right), "found": figure(total.amount)}
