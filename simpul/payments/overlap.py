"""Which rows of a file are here already? Pure: one day's rows are held against one day's entries.

A statement covers a day from its first entry on; so of two files of one day the shorter is the
beginning of the longer, and equal rows are told apart by counting. What says most is asked first:
all of it, the balance after it, the bank's reference, then amount and text. What nothing decides
is a doubt, and nobody but a person may decide it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

SAME, OTHER = "same", "other"

_BANK_WORDS = {
    *("TRSF", "TRF", "TRANSFER", "BANKING", "FTSCY", "FTFVA", "DARI", "FROM", "KREDIT", "DEBET"),
    *("FAST", "BIFAST", "BFST", "NBMB", "ESB", "MCM", "INHOUSETRF", "SWITCHING", "OTOMATIS"),
    *("QRIS", "SETTLEMENT", "SETORAN", "TUNAI", "BIAYA", "ADM", "ATM", "TRX", "NONREF"),
}
_NEITHER = bytes(at for at in range(128) if not chr(at).isalnum())  # letter nor digit


class Line(NamedTuple):
    """One entry, wherever it stands: `at` is its primary key."""

    at: int
    line: int
    amount: int
    text: str
    fingerprint: str
    balance: int | None = None
    is_counted: bool = False
    reference: str = ""
    layout: str = ""
    twin: int = 1


@dataclass(frozen=True, slots=True)
class Doubt:
    """A row that may be here already; `here` is what it may be, or empty where it should not be."""

    row: Line
    here: tuple[Line, ...] = ()


@dataclass(slots=True)
class Day:
    """What became of a day: its new rows and their twins, and what must be asked."""

    new: list[tuple[Line, int]] = field(default_factory=list)
    known: list[Line] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    missing: list[Line] = field(default_factory=list)  # is here, and the file should have it


def compare(
    rows: Sequence[Line],
    here: Sequence[Line],
    *,
    is_covered: bool = False,
    is_inside: bool = False,
    answers: dict[int, str] | None = None,
) -> Day:
    """Tell what of the rows of a day is new.

    `is_covered`: a file with balances had this day before, so nothing can be new. `is_inside`: this
    file has balances and covers the day, so nothing that is here can be missing. `answers` are what
    a person said of a line.
    """
    day = Day()
    left, others = list(rows), list(here)
    for is_same in (_is_equal, _has_same_balance, _has_same_reference, _has_same_text):
        if others:
            left, others = _paired(left, others, is_same, day.known)
    for row in left:
        may_be = tuple(one for one in others if _may_be(row, one))
        said = (answers or {}).get(row.line)
        if said == SAME:
            day.known.append(row)
            others = [one for one in others if one not in may_be[:1]]
        elif said != OTHER and (may_be or is_covered):
            day.doubts.append(Doubt(row, may_be))
        else:
            day.new.append((row, 1))
    if is_inside:
        day.missing = others
    day.new = _numbered([row for row, _twin in day.new], here)
    return day


def _paired(
    rows: Iterable[Line],
    here: Iterable[Line],
    is_same: Callable[[Line, Line], bool],
    known: list[Line],
) -> tuple[list[Line], list[Line]]:
    """Take away what is the same, one by one; return what is left on both sides."""
    by_amount: dict[int, list[Line]] = defaultdict(list)
    for one in here:
        by_amount[one.amount].append(one)
    left = []
    for row in rows:
        others = by_amount[row.amount]
        found = next((at for at, one in enumerate(others) if is_same(row, one)), None)
        if found is None:
            left.append(row)
        else:
            known.append(row)
            del others[found]
    return left, [one for others in by_amount.values() for one in others]


def _is_equal(row: Line, one: Line) -> bool:
    return row.fingerprint == one.fingerprint


def _has_same_balance(row: Line, one: Line) -> bool:
    if row.balance is None or row.balance != one.balance or _differ(row, one):
        return False
    return row.layout != one.layout or _goes_on(row.text, one.text)


def _has_same_reference(row: Line, one: Line) -> bool:
    return bool(row.reference) and row.reference == one.reference and not _differ(row, one)


def _has_same_text(row: Line, one: Line) -> bool:
    if _differ(row, one):
        return False
    if row.layout == one.layout:
        return _goes_on(row.text, one.text)
    ours, theirs = _words(row.text), _words(one.text)
    fewest = min(len(ours), len(theirs))
    return fewest > 0 and 3 * len(ours & theirs) >= 2 * fewest


def _goes_on(text: str, other: str) -> bool:
    """Within one layout a bank may append to its text later, and changes nothing else of it."""
    shorter, longer = sorted((plain(text), plain(other)), key=len)
    return longer.startswith(shorter) and bool(shorter or not longer)


def _may_be(row: Line, one: Line) -> bool:
    return row.amount == one.amount and not _differ(row, one)


def _differ(row: Line, one: Line) -> bool:
    """Tell whether they are two for certain: by the bank's balances, or by its references."""
    stated = row.balance is not None and one.balance is not None
    if stated and not (row.is_counted or one.is_counted) and row.balance != one.balance:
        return True
    is_one_layout = row.layout == one.layout
    return (
        is_one_layout and bool(row.reference and one.reference) and row.reference != one.reference
    )


def _numbered(rows: Iterable[Line], here: Iterable[Line]) -> list[tuple[Line, int]]:
    """Count equal rows on from those that are here."""
    last: dict[str, int] = defaultdict(int)
    for one in here:
        last[one.fingerprint] = max(last[one.fingerprint], one.twin)
    found = []
    for row in rows:
        last[row.fingerprint] += 1
        found.append((row, last[row.fingerprint]))
    return found


def plain(text: str) -> str:
    """What stays the same however a layout joins its columns: letters and digits, in capitals."""
    upper = text.upper()
    if upper.isascii():
        return upper.encode().translate(None, _NEITHER).decode()
    return re.sub(r"[\W_]+", "", upper)


def _words(text: str) -> set[str]:
    return set(re.findall(r"[A-Z0-9]{3,}", text.upper())) - _BANK_WORDS
