"""Tables that people take away into a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from simpul.lib.quantities import MILLI

FORMULA = ("=", "+", "-", "@", "\t", "\r")
WIDTH = 16  # of a column, in characters

type Cell = str | int | float | date | None


def harmless(text: str) -> str:
    """Keep a sheet from reading a text as a formula: it then begins with an apostrophe (CWE-1236)."""
    return f"'{text}" if text.startswith(FORMULA) else text


def rupiah(sen: int) -> int | float:
    """Return an amount as a number of rupiah: whole where it is whole."""
    return sen / 100 if sen % 100 else sen // 100


def quantity(milli: int) -> int | float:
    """Return thousandths of a unit as a number of units: whole where it is whole."""
    return milli / MILLI if milli % MILLI else milli // MILLI


def as_csv(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return comma-separated lines: days as 2026-03-01, numbers with a point, texts harmless."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(headings)
    for row in rows:
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return out.getvalue()


def as_xlsx(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The same as a workbook: amounts are numbers, days are days, texts are never formulas."""
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Simpul")
        sheet.write_row(0, 0, headings, book.add_format({"bold": True}))
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(headings) - 1, WIDTH)
        as_day = book.add_format({"num_format": "yyyy-mm-dd"})
        for at, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                _write(sheet, at, column, cell, as_day)
    return out.getvalue()


def _write(sheet: Worksheet, at: int, column: int, cell: Any, as_day: Format) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, str):
        sheet.write_string(at, column, cell)  # never a formula, as it stands
    elif isinstance(cell, date):
        day = datetime(cell.year, cell.month, cell.day)
        sheet.write_datetime(at, column, day, as_day)
    else:
        sheet.write_number(at, column, cell)
