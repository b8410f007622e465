"""Mandiri: the exports of Kopra (formerly MCM)."""

from django.utils.translation import gettext as _

from simpul.payments.readers import cells
from simpul.payments.readers.cells import Period
from simpul.payments.readers.layout import Layout, Record
from simpul.payments.readers.statement import Row

THOUSANDS = ","


class MandiriKopra(Layout):
    """With semicolons; credit stands before debit; a month is a word in English or Indonesian."""

    name = "Mandiri Kopra/MCM"
    delimiter = ";"
    header = (
        *("AccountNo", "Ccy", "PostDate", "Remarks", "AdditionalDesc"),
        *("Credit Amount", "Debit Amount", "Close Balance"),
    )

    def account(self, record: Record) -> str | None:
        return cells.account(record.cells[0])

    def row(self, record: Record, period: Period | None) -> Row:
        _account, currency, day, remark, more, credit, debit, balance = record.cells
        cells.rupiah(currency)
        return Row(
            record.line,
            cells.day(day, period),
            _amount(credit, debit),
            cells.bare(f"{remark} {more}"),
            cells.balance(balance, thousands=THOUSANDS),
        )


class MandiriWithCommas(Layout):
    """With commas; two columns are called Description, zero is `.00`, there is no balance."""

    name = "Mandiri (comma, no balance)"
    header = (
        *("Account No", "Date", "Val. Date", "Transaction Code", "Description", "Description"),
        *("Reference No.", "Debit", "Credit"),
    )

    def account(self, record: Record) -> str | None:
        return cells.account(record.cells[0])

    def row(self, record: Record, period: Period | None) -> Row:
        _account, day, _value_day, _code, text, more, reference, debit, credit = record.cells
        return Row(
            record.line,
            cells.day(day, period),
            _amount(credit, debit),
            cells.bare(f"{text} {more} {reference}"),
        )


def _amount(credit: str, debit: str) -> int:
    """Return the one of the two that is not zero; both must be readable, and neither negative."""
    money_in = cells.sen(credit, thousands=THOUSANDS) or 0
    money_out = cells.sen(debit, thousands=THOUSANDS) or 0
    if min(money_in, money_out) != 0 or money_in == money_out:
        raise ValueError(_("Exactly one of credit and debit must have an amount."))
    return money_in - money_out
