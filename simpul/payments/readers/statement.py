"""What a statement file says, and whether it adds up. Amounts are in sen, because banks have sen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

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


@dataclass(frozen=True, slots=True)
class Row:
    """One entry, as the bank wrote it. What is pending may still change or vanish."""

    line: int  # in the file
    booked_on: date  # of a pending row: the last day it can be at this moment
    amount_sen: int  # money in is positive, money out negative
    text: str
    balance_sen: int | None = None  # after this entry
    pending: bool = False


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
class Stated:
    """The totals that a file states at its end, and the line they stand in."""

    line: int
    opening: int
    closing: int
    credits: int
    debits: int
    credit_count: int | None = None
    debit_count: int | None = None


def opening_of(rows: Sequence[Row], stated: Stated | None) -> int | None:
    """Return the balance before the first row; refuse balances that do not follow on each other."""
    balance = stated.opening if stated else None
    opening = balance
    for row in rows:
        if row.balance_sen is None:
            if balance is not None:
                balance += row.amount_sen
            continue
        if balance is None:
            opening = balance = row.balance_sen - row.amount_sen
        balance += row.amount_sen
        if balance != row.balance_sen:
            raise StatementRefused(
                row.line,
                _("The balance here should be %(right)s, but the file says %(found)s.")
                % {"right": figure(balance), "found": figure(row.balance_sen)},
            )
    return opening


def closing_of(rows: Sequence[Row], opening: int | None) -> int | None:
    """Return the balance after the booked rows."""
    if opening is None:
        return None
    return opening + sum(row.amount_sen for row in rows if not row.pending)


def hold_against(rows: Sequence[Row], stated: Stated) -> None:
    """Refuse rows that do not add up to the stated totals, with or without what is pending."""
    booked = [row for row in rows if not row.pending]
    difference = _difference(booked, stated)
    if difference and (len(booked) == len(rows) or _difference(rows, stated)):
        raise StatementRefused(stated.line, difference)


def figure(sen: int) -> str:
    """Write sen as the banks do: 5,840,217.00."""
    return f"{'-' if sen < 0 else ''}{abs(sen) // 100:,}.{abs(sen) % 100:02}"


def _difference(rows: Sequence[Row], stated: Stated) -> str:
    credits = [row.amount_sen for row in rows if row.amount_sen > 0]
    debits = [-row.amount_sen for row in rows if row.amount_sen < 0]
    if stated.credit_count not in (None, len(credits)) or stated.debit_count not in (
        None,
        len(debits),
    ):
        return _("The file states another number of entries than it has.")
    sums = (
        (
            _("The credits add up to %(right)s, but the file says %(found)s."),
            sum(credits),
            stated.credits,
        ),
        (
            _("The debits add up to %(right)s, but the file says %(found)s."),
            sum(debits),
            stated.debits,
        ),
        (
            _("The opening balance and all entries make %(right)s, but the file says %(found)s."),
            stated.opening + sum(credits) - sum(debits),
            stated.closing,
        ),
    )
    for sentence, right, found in sums:
        if right != found:
            return sentence % {"right": figure(right), "found": figure(found)}
    return ""
