"""MT940, the statement of SWIFT, as business portals offer it.

The fields are read by the package `mt-940`; what the file says in all is checked here, because the
package adds nothing up. Bank Mandiri's guide leaves out the entry date and both references.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _
from mt940 import models, tags

from simpul.payments.readers import cells
from simpul.payments.readers.source import TextFile
from simpul.payments.readers.statement import Reading, Row, StatementRefused, Total

NAME = "MT940"
_TAG = re.compile(r":([0-9]{2}[A-Z]?|NS):(.*)")
_BLOCKS = re.compile(
    r"(?:\{[1-35][^{}]*(?:\{[^{}]*\}[^{}]*)*\})*\{4:\s*|\{[1-35]:[^{}]*(?:\{[^{}]*\}[^{}]*)*\}"
)
_BALANCE = re.compile(r"([CD])([0-9]{2})([0-9]{2})([0-9]{2})([A-Z]{3})([0-9]{1,13}),([0-9]{0,2})")
_ENDS = re.compile(r"-(?:\}.*)?")
_IGNORED = {"20", "21", "28", "28C", "34F", "64", "65", "90C", "90D", "NS", "13", "13D"}
_OF_ONE_LINE = {"20", "21", "25", "28", "28C", "60F", "60M", "62F", "62M", "64", "65"}
_NOTHING_SAID = {"", "NONREF", "NOREF"}


def is_mt940(text: TextFile) -> bool:
    """Tell whether it opens with a SWIFT block or with the first tag of a statement."""
    for line in islice(text.lines(), 5):
        if line.strip():
            return line.lstrip().startswith(("{1:", "{4:", ":20:"))
    return False


@dataclass(slots=True)
class Field:
    line: int
    tag: str
    lines: list[str]

    @property
    def value(self) -> str:
        return "\n".join(self.lines)


class Mt940Reading(Reading):
    """One statement after the other, each of them checked, and each going on where the last ended."""

    def __init__(self, text: TextFile) -> None:
        super().__init__(NAME)
        self.expected = text.count // 3
        self._text = text
        self._open = False  # a statement has begun and not ended
        self._line = 0

    def rows(self) -> Iterator[Row]:
        waiting: Row | None = None
        for field in _fields(self._text):
            self._line = field.line
            try:
                if field.tag == "86" and waiting is not None:
                    waiting = _with_text(waiting, field)
                    continue
                if waiting is not None:
                    yield self.ledger.add(waiting)
                waiting = self._taken(field)
            except StatementRefused:
                raise
            except ValueError as reason:
                raise StatementRefused(field.line, str(reason)) from reason
        if self._open:
            raise StatementRefused(
                self._line, _("The closing balance is missing: download the file again.")
            )
        self.ledger.close({}, None)

    def _taken(self, field: Field) -> Row | None:
        kind = field.tag[:2]
        if kind == "61":
            if not self._open:
                raise ValueError(_("There is no opening balance above this entry."))
            return _row(field)
        if kind == "25":
            self.is_about(cells.account(re.sub(r"[A-Z/]+$|^.*/", "", field.value.strip())))
        elif kind == "60":
            self._begin(_balance(field))
        elif kind == "62":
            self._end(_balance(field))
        elif kind != "86" and field.tag not in _IGNORED:
            raise ValueError(_("The tag %(tag)s is not known.") % {"tag": f":{field.tag}:"})
        return None

    def _begin(self, opening: int) -> None:
        if self._open:
            raise ValueError(_("The statement before this one has no closing balance."))
        known = self.ledger.closing
        if known is None:
            self.ledger = type(self.ledger)(opening)
        elif known != opening:
            raise ValueError(_("This statement does not go on where the one before it ended."))
        self._open = True

    def _end(self, closing: int) -> None:
        if not self._open:
            raise ValueError(_("There is no opening balance above this closing balance."))
        if self.ledger.rows:
            self.ledger.close({"closing": Total(closing)}, self._line)
        elif closing != self.ledger.opening:
            raise ValueError(_("The closing balance differs, though there is no entry."))
        self._open = False


def _fields(text: TextFile) -> Iterator[Field]:
    """Cut the file into its tags, without the blocks of SWIFT around them."""
    field: Field | None = None
    for number, raw in enumerate(text.lines(), start=1):
        line = _BLOCKS.sub("", raw.rstrip(), count=1) if raw.startswith("{") else raw.rstrip()
        if found := _TAG.fullmatch(line):
            if field:
                yield field
            field = Field(number, found[1], [found[2]])
        elif _ENDS.fullmatch(line):
            if field:
                yield field
            field = None
        elif not line:
            continue
        elif field is None or field.tag in _OF_ONE_LINE:
            raise StatementRefused(number, _("This line belongs to no tag."))
        else:
            field.lines.append(line)
    if field:
        yield field


_STATEMENT = tags.Statement()
_NONE = models.Transactions()


def _row(field: Field) -> Row:
    try:
        found: dict[str, Any] = _STATEMENT(_NONE, _STATEMENT.parse(_NONE, field.value))
    except (ValueError, RuntimeError, ArithmeticError) as reason:
        raise ValueError(_("This is no entry of MT940.")) from reason
    if not found.get("id"):
        raise ValueError(_("This is no entry of MT940."))
    written = str(found["amount"].amount).lstrip("-")
    amount = cells.amount(written, thousands=",")
    comes = found["status"] in ("C", "RD")  # a reversal turns the direction round
    said = [found.get("customer_reference"), found.get("extra_details")]
    on = found.get("entry_date") or found["date"]
    return Row(
        field.line,
        date(on.year, on.month, on.day),
        amount if comes else -amount,
        cells.bare(" ".join(part for part in said if part and part.strip() not in _NOTHING_SAID)),
        reference=cells.bare(found.get("bank_reference") or ""),
    )


def _with_text(row: Row, field: Field) -> Row:
    text = cells.bare(" ".join([row.text, *field.lines]))
    return Row(row.line, row.booked_on, row.amount_sen, text, reference=row.reference)


def _balance(field: Field) -> int:
    found = _BALANCE.fullmatch(field.value.strip())
    if not found:
        raise ValueError(_("“%(cell)s” is no balance.") % {"cell": field.value.strip()})
    sign, _year, _month, _day, currency, whole, decimals = found.groups()
    cells.rupiah(currency)
    sen = int(whole) * 100 + int(decimals.ljust(2, "0"))
    return sen if sign == "C" else -sen
