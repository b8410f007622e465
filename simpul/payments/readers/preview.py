"""The first rows of a table that no layout fits: for whoever says what its columns mean."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from simpul.payments.readers import cells
from simpul.payments.readers.columns import EVERYWHERE
from simpul.payments.readers.sheet import sheets_of
from simpul.payments.readers.source import TextFile

ROWS = 60
MOST_COLUMNS = 40
_WORKBOOK = b"PK\3\4"


@dataclass(frozen=True, slots=True)
class Head:
    """The first rows, cut into cells, and by what they were cut."""

    rows: tuple[tuple[str, ...], ...]
    delimiter: str

    def header_at(self) -> int | None:
        """Guess the header row: the first that has words only, above one that is as wide."""
        for at, row in enumerate(self.rows[:-1]):
            said = [cell for cell in row if cell.strip()]
            below = [cell for cell in self.rows[at + 1] if cell.strip()]
            if len(said) >= 3 and len(below) >= 3 and not any(map(_has_digit, said)):
                return at
        return None

    def could_be(self) -> list[int]:
        """Return the rows that may be the header row."""
        wide = [at for at, row in enumerate(self.rows[:-1]) if _width(row) >= 2]
        return [at for at in wide if _width(self.rows[at]) <= MOST_COLUMNS]

    def below(self, at: int, column: int, most: int = 3) -> list[str]:
        """Return what stands below a cell of the header row."""
        found = [row[column].strip() for row in self.rows[at + 1 :] if column < len(row)]
        return [cell for cell in found if cell][:most]


def head_of(file: BinaryIO) -> Head:
    """Cut the first rows of a file. Raises StatementRefused where it is no table at all."""
    file.seek(0)
    if file.read(len(_WORKBOOK)) == _WORKBOOK:
        heads = [Head(tuple(map(tuple, sheet.rows[:ROWS])), "") for sheet in sheets_of(file)]
        return max(heads, key=lambda head: len(head.could_be()), default=Head((), ""))
    lines = list(islice(TextFile(file).lines(), ROWS))
    heads = [Head(_cut(lines, delimiter), delimiter) for delimiter in EVERYWHERE]
    return max(heads, key=_fits)


def _cut(lines: Sequence[str], delimiter: str) -> tuple[tuple[str, ...], ...]:
    rows = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter)
    return tuple(tuple(row) for row in rows)


def _fits(head: Head) -> int:
    """Weigh a way of cutting: how many rows have the same number of cells, and how many cells."""
    widths = Counter(len(row) for row in head.rows if len(row) > 1)
    return max((width * count for width, count in widths.items()), default=0)


def _width(row: Sequence[str]) -> int:
    return sum(bool(cells.bare(cell)) for cell in row)


def _has_digit(cell: str) -> bool:
    return any(map(str.isdigit, cell))
