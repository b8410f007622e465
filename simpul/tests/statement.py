"""Statement files for tests, in the layout of BCA's business portal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import count

from simpul.demo.bank import Bank

_serial = count(1)


def statement(
    entries: Sequence[tuple[date, int, str]],
    number: str = "0000012345",
    opening: int | None = None,
) -> bytes:
    """A statement with these entries; each opens with another balance, so none is taken twice."""
    opening = 1_000_000 * next(_serial) if opening is None else opening
    bank = Bank(number, "BENGKEL", balance=opening)
    for on, rupiah, text in entries:
        bank.book(on, rupiah, text)
    return bank.export()
