"""What the postings add up to: trial balance, ledger of an account, profit and loss, balance sheet."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from simpul.insight.books.chart import Account
from simpul.insight.books.postings import Books, Posting
from simpul.lib.quantities import MILLI

NOT_IN_DEBIT = (Account.PAYABLES, Account.CREDIT)  # by party: who owes, and whom


@dataclass(frozen=True, slots=True)
class Period:
    """Days of a report, from the first to the last."""

    first: date
    last: date

    @staticmethod
    def of(kind: str, day: date) -> Period:
        """Return the month, quarter or year in which a day lies."""
        if kind == "year":
            return Period(date(day.year, 1, 1), date(day.year, 12, 31))
        months = 3 if kind == "quarter" else 1
        begins = (day.month - 1) // months * months + 1
        ends = begins + months - 1
        last = calendar.monthrange(day.year, ends)[1]
        return Period(date(day.year, begins, 1), date(day.year, ends, last))

    def before(self, kind: str) -> Period:
        return Period.of(kind, self.first - timedelta(days=1))

    def after(self, kind: str) -> Period:
        return Period.of(kind, self.last + timedelta(days=1))

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(slots=True)
class Row:
    """An account in the trial balance; all in sen, debit positive."""

    account: Account
    opening: int = 0
    debit: int = 0
    credit: int = 0

    @property
    def closing(self) -> int:
        return self.opening + self.debit - self.credit


@dataclass(frozen=True, slots=True)
class Moved:
    """A line in the ledger of an account, with what stands there after it."""

    posting: Posting
    sen: int
    detail: int | str
    balance: int


@dataclass(frozen=True, slots=True)
class Figure:
    """A line of a statement beside that of the period before."""

    account: Account
    detail: str
    sen: int
    before: int


@dataclass(slots=True)
class Statement:
    """Profit and loss, or one half of the balance sheet."""

    rows: list[Figure] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(row.sen for row in self.rows)

    @property
    def total_before(self) -> int:
        return sum(row.before for row in self.rows)


def trial_balance(books: Books, period: Period) -> list[Row]:
    """Return every account that was ever used; its columns add up to the same on both sides."""
    rows: dict[Account, Row] = {}
    for posting in books.postings:
        if posting.on > period.last:
            continue
        for line in posting.lines:
            row = rows.setdefault(line.account, Row(line.account))
            if posting.on < period.first:
                row.opening += line.sen
            elif line.sen > 0:
                row.debit += line.sen
            else:
                row.credit -= line.sen
    return [rows[account] for account in sorted(rows)]


def ledger(
    books: Books, account: Account, period: Period, detail: str = ""
) -> tuple[int, list[Moved]]:
    """Return what stood on an account before the period, and each line in it, oldest first."""
    found = [
        (posting, sen, part)
        for posting in books.postings
        if posting.on <= period.last
        for one, sen, part in posting.lines
        if one is account and (not detail or str(part) == detail)
    ]
    opening = balance = 0
    moved = []
    for posting, sen, part in sorted(found, key=lambda line: line[0].on):  # stable: as told
        balance += sen
        if posting.on < period.first:
            opening = balance
        else:
            moved.append(Moved(posting, sen, part, balance))
    return opening, moved


def balances(books: Books, on: date) -> dict[Account, int]:
    """Return what stands on each account at the end of a day."""
    sums: dict[Account, int] = defaultdict(int)
    for posting in books.postings:
        if posting.on <= on:
            for line in posting.lines:
                sums[line.account] += line.sen
    return sums


def by_detail(books: Books, account: Account, on: date | None = None) -> dict[int | str, int]:
    """Return what stands on an account of each order, party or kind."""
    sums: dict[int | str, int] = defaultdict(int)
    for posting in books.postings:
        if on is None or posting.on <= on:
            for line in posting.lines:
                if line.account == account:
                    sums[line.detail] += line.sen
    return {detail: sen for detail, sen in sums.items() if sen}


@dataclass(slots=True)
class ProfitAndLoss:
    """SAK EMKM: income, costs, and what is left before and after tax; beside the period before."""

    income: Statement
    costs: Statement
    tax: Statement

    @property
    def before_tax(self) -> tuple[int, int]:
        return (
            self.income.total - self.costs.total,
            self.income.total_before - self.costs.total_before,
        )

    @property
    def profit(self) -> tuple[int, int]:
        now, before = self.before_tax
        return now - self.tax.total, before - self.tax.total_before


def profit_and_loss(books: Books, period: Period, before: Period) -> ProfitAndLoss:
    now, then = _results(books.postings, period), _results(books.postings, before)
    found = ProfitAndLoss(Statement(), Statement(), Statement())
    for account, detail in sorted(now.keys() | then.keys(), key=lambda key: (key[0], key[1])):
        sign = -1 if account.value[0] == "4" else 1
        part = found.income if sign < 0 else found.tax if account == Account.TAX else found.costs
        figures = sign * now.get((account, detail), 0), sign * then.get((account, detail), 0)
        if any(figures):
            part.rows.append(Figure(account, detail, *figures))
    return found


@dataclass(slots=True)
class BalanceSheet:
    """SAK EMKM: what the workshop has, what it owes, and what of it is the owner's."""

    assets: Statement
    debts: Statement
    equity: Statement

    @property
    def is_even(self) -> bool:
        return self.assets.total == self.debts.total + self.equity.total


def balance_sheet(books: Books, on: date, before: date) -> BalanceSheet:
    """Return it at the end of two days. Who has paid too much to a supplier has an asset there."""
    sums = _sums(books, on, before)
    now = _positions(sums, on.year)
    then = _positions([one for one in sums if one.day <= before], before.year)
    sheet = BalanceSheet(Statement(), Statement(), Statement())
    for place, account, detail in sorted(now.keys() | then.keys()):
        part = {"a": sheet.assets, "d": sheet.debts, "e": sheet.equity}[place]
        sign = 1 if place == "a" else -1
        key = (place, account, detail)
        figures = sign * now.get(key, 0), sign * then.get(key, 0)
        if any(figures):
            part.rows.append(Figure(account, detail, *figures))
    return sheet


class Worth(NamedTuple):
    """What lies there of an item (thousandths of its unit), and what it is worth on average, in sen."""

    item: int
    quantity: int
    sen: int

    @property
    def price_sen(self) -> int:
        """What a unit is worth."""
        return self.sen * MILLI // self.quantity if self.quantity else 0


def stock_value(books: Books, on: date) -> list[Worth]:
    """Return what material lay in the house at the end of a day, the most valuable first.

    By moving average: what comes is added at its price, what leaves takes its share along. The sum
    is what the balance sheet has for material.
    """
    quantities: dict[int | str, int] = defaultdict(int)
    for move in books.facts.moves:
        if move.on <= on:
            quantities[move.item] += move.quantity if move.goes_in else -move.quantity
    sums = by_detail(books, Account.MATERIAL, on)
    found = [
        Worth(int(item), quantity, sums.get(item, 0))
        for item, quantity in quantities.items()
        if quantity or sums.get(item)
    ]
    return sorted(found, key=lambda one: (-one.sen, one.item))


def turnover_of(books: Books, year: int) -> list[int]:
    """Return the rupiah sold in each month of a year, credit notes taken off."""
    months = [0] * 12
    for posting in books.postings:
        if posting.on.year == year:
            for line in posting.lines:
                if line.account == Account.SALES:
                    months[posting.on.month - 1] -= line.sen
    return [sen // 100 for sen in months]


def _results(postings: Iterable[Posting], period: Period) -> dict[tuple[Account, str], int]:
    """Income and costs of a period; other costs and income by their kind."""
    sums: dict[tuple[Account, str], int] = defaultdict(int)
    for posting in postings:
        if posting.on in period:
            for line in posting.lines:
                if line.account.is_result:
                    by_kind = line.account in (Account.OTHER_COSTS, Account.OTHER_INCOME)
                    sums[line.account, str(line.detail) if by_kind else ""] += line.sen
    return sums


class _Sums(NamedTuple):
    """What was posted in a year up to a day, by account and detail."""

    year: int
    day: date
    sen: dict[tuple[Account, int | str], int]


def _sums(books: Books, on: date, before: date) -> list[_Sums]:
    """Add up all postings once, in parts that make both days."""
    found: dict[tuple[int, bool], _Sums] = {}
    for posting in books.postings:
        if posting.on <= on:
            is_before = posting.on <= before
            key = posting.on.year, is_before
            if key not in found:
                found[key] = _Sums(posting.on.year, before if is_before else on, defaultdict(int))
            sen = found[key].sen
            for account, amount, part in posting.lines:
                sen[account, part] += amount
    return list(found.values())


def _positions(sums: list[_Sums], year: int) -> dict[tuple[str, Account, str], int]:
    """What stands where at the end of a day: assets, debts, and the owner's part with the profit."""
    found: dict[tuple[str, Account, str], int] = defaultdict(int)
    parties: dict[tuple[Account, int | str], int] = defaultdict(int)
    lines = ((one.year, *key, sen) for one in sums for key, sen in one.sen.items())
    for posted, account, part, sen in lines:
        if account.is_result:
            when = "this year" if posted == year else "earlier years"
            found["e", Account.EQUITY, when] += sen
        elif account in NOT_IN_DEBIT:
            parties[account, part] += sen
        elif account == Account.BANK:
            found["a", account, str(part)] += sen
        else:
            found[_place(account), account, ""] += sen
    for (account, _party), sen in parties.items():
        place, detail = ("a", "paid in advance") if sen > 0 else ("d", "")
        found[place, account, detail] += sen
    unexplained = ("a", Account.UNEXPLAINED, "")
    if found.get(unexplained, 0) < 0:
        found["d", Account.UNEXPLAINED, ""] = found.pop(unexplained)
    return found


def _place(account: Account) -> str:
    return {"1": "a", "2": "d", "3": "e", "9": "a"}[account.value[0]]
