"""The books as files: CSV and XLSX for a sheet, and Beancount for whoever keeps books as text."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.insight.books.chart import Account
from simpul.insight.books.postings import Books, Posting
from simpul.insight.books.reports import Period
from simpul.lib import sheets

COLUMNS = ("day", "what", "document", "account", "name", "of", "debit", "credit")
# The five kinds of account that Beancount knows, by the first digit of ours.
KINDS = {
    "1": "Assets",
    "2": "Liabilities",
    "3": "Equity",
    "4": "Income",
    "5": "Expenses",
    "9": "Assets",
}


def as_csv(books: Books, period: Period) -> str:
    """Return each line of each posting in a period; a text that a sheet would compute is a text."""
    return sheets.as_csv(COLUMNS, _rows(books, period))


def as_xlsx(books: Books, period: Period) -> bytes:
    """The same as a workbook: amounts are numbers, days are days, texts are never formulas."""
    return sheets.as_xlsx(COLUMNS, _rows(books, period))


def as_beancount(books: Books) -> str:
    """Return the whole books as a Beancount file (v2 and v3): accounts, then every posting.

    Amounts are rupiah with two decimals, as sen are kept; the document is a link of the entry.
    """
    out = [
        f'option "title" "{_quoted(books.workshop.name)}"',
        'option "operating_currency" "IDR"',
        "",
    ]
    first = min((posting.on for posting in books.postings), default=books.until)
    names = sorted(
        {_name(line.account, line.detail) for posting in books.postings for line in posting.lines}
    )
    out += [f"{first} open {name} IDR" for name in names]
    for posting in sorted(books.postings, key=lambda one: one.on):
        out += ["", *_transaction(posting)]
    return "\n".join([*out, ""])


def _rows(books: Books, period: Period) -> Iterator[tuple[sheets.Cell, ...]]:
    names = {account: str(account.label) for account in Account}
    for posting in sorted(books.postings, key=lambda one: one.on):
        if posting.on in period:
            for line in posting.lines:
                debit = sheets.rupiah(max(line.sen, 0))
                credit = sheets.rupiah(max(-line.sen, 0))
                detail = line.detail
                if line.account == Account.BANK:
                    detail = books.banks.get(int(line.detail), detail)
                yield (
                    posting.on, posting.what, posting.source.label,
                    line.account.value, names[line.account], str(detail or ""),
                    debit or "", credit or "",
                )  # fmt: skip


def _transaction(posting: Posting) -> Iterator[str]:
    source = posting.source
    link = "".join(letter if letter.isalnum() else "-" for letter in f"{source.kind}-{source.key}")
    yield f'{posting.on} * "{_quoted(source.label)}" "{posting.what}" ^{link}'
    for line in posting.lines:
        yield f"  {_name(line.account, line.detail)}  {_decimal(line.sen)} IDR"


def _decimal(sen: int) -> str:
    sign = "-" if sen < 0 else ""
    return f"{sign}{abs(sen) // 100}.{abs(sen) % 100:02}"


def _name(account: Account, detail: int | str) -> str:
    """`Assets:Bank:A7`: our name for an account in English, and of which bank or kind."""
    words = account.name.title().replace("_", "-")
    parts = [KINDS[account.value[0]], f"{words}"]
    if account == Account.BANK:
        parts.append(f"A{detail}")
    elif account in (Account.OTHER_COSTS, Account.OTHER_INCOME):
        parts.append(str(detail).title().replace("_", "-").replace(" ", "-"))
    return ":".join(parts)


def _quoted(text: str) -> str:
    return " ".join(text.replace("\\", "").replace('"', "'").split())
