"""Workbooks: the same story, in cells of every kind."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from simpul.payments import readers
from simpul.payments.readers import LayoutUnknown, StatementRefused
from simpul.payments.readers.tests import samples
from simpul.payments.readers.tests.test_read import BALANCES, CLOSING, OPENING, STORY, TABLES

TITLES = [["e-Statement"], ["Nomor Rekening", "1060000000001"], []]


def workbook(*sheets: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.remove(book.active)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def rows_of(text: str, delimiter: str = "|") -> list[list[Any]]:
    return [line.split(delimiter) for line in text.splitlines()]


def refused(content: bytes) -> StatementRefused:
    with pytest.raises(StatementRefused) as refusal:
        readers.read(content)
    return refusal.value


@pytest.mark.parametrize("text", [text for text in TABLES if "|" in text.splitlines()[0]])
def test_each_sheet_tells_the_same_story(text: str) -> None:
    statement = readers.read(workbook(TITLES + rows_of(text)))

    assert [(row.booked_on, row.amount_sen) for row in statement.rows] == STORY
    assert statement.account == "1060000000001"
    assert statement.rows[0].line in (5, 6)
    if text != samples.BNI_OLDER_SHEET:
        assert [row.balance_sen for row in statement.rows] == BALANCES
        assert (statement.opening_sen, statement.closing_sen) == (OPENING, CLOSING)


def test_numbers_and_days_may_be_kept_as_such() -> None:
    rows = rows_of(samples.LIVIN)[:1]
    rows += [
        [None, "SALDO AWAL", None, 10_000_000],
        [datetime(2026, 11, 2, 9, 5), "CONTOH BUDI", 5_840_217, 15_840_217],
        [date(2026, 11, 3), "CONTOH SITI", 324_845.0, 16_165_062.0],
        [46329, "CONTOH JAYA", -5_376_000, 10_789_062],
        [46330, "QRIS", 697_900.00, 11_486_962],
    ]

    statement = readers.read(workbook(rows))

    assert [(row.booked_on, row.amount_sen) for row in statement.rows] == STORY
    assert (statement.opening_sen, statement.closing_sen) == (OPENING, CLOSING)


@pytest.mark.parametrize("amount", [0.125, 1e17, float("inf"), float("nan"), True, "=1+1", "x", 0])
def test_a_cell_that_is_no_amount_is_refused(amount: Any) -> None:
    content = workbook([*rows_of(samples.LIVIN)[:2], ["02 Nov 2026", "BUDI", amount, 10_000_001]])

    refusal = refused(content)

    assert "is no amount" in refusal.reason or "damaged" in refusal.reason
    assert refusal.line in (3, None)


def test_empty_sheets_are_passed_over() -> None:
    statement = readers.read(workbook([], [["Catatan"]], rows_of(samples.BNI_SHEET)))
    assert len(statement.rows) == 4


def test_two_sheets_with_entries_are_refused() -> None:
    rows = rows_of(samples.BNI_SHEET)
    assert "More than one sheet" in refused(workbook(rows, rows)).reason


def test_a_sheet_that_nobody_knows_is_told_apart() -> None:
    assert isinstance(refused(workbook([["Hari", "Uang"], ["Senin", "5"]])), LayoutUnknown)


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<x",
        b"<worksheet/>",
        b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;">]><l>&b;</l>',
    ],
)
def test_a_damaged_or_hostile_workbook_is_refused(part: str, content: bytes) -> None:
    good = io.BytesIO(workbook(rows_of(samples.BNI_SHEET)))
    bad = io.BytesIO()
    with zipfile.ZipFile(good) as before, zipfile.ZipFile(bad, "w") as after:
        for name in before.namelist():
            after.writestr(name, content if name == part else before.read(name))

    assert refused(bad.getvalue()).reason
