"""MT940: what the package reads, what it leaves to us, and what is refused."""

from __future__ import annotations

import re
from datetime import date

import pytest

from simpul.payments import readers
from simpul.payments.readers import StatementRefused
from simpul.payments.readers.tests.samples import MT940, MT940_OF_MANDIRI, MT940_OF_SWIFT
from simpul.payments.readers.tests.test_read import BALANCES, CLOSING, OPENING, STORY, changed, read


def refused(text: str) -> StatementRefused:
    with pytest.raises(StatementRefused) as refusal:
        readers.read(text.encode())
    return refusal.value


@pytest.mark.parametrize("text", [MT940, MT940_OF_MANDIRI, MT940_OF_SWIFT])
def test_the_balances_follow_from_the_opening(text: str) -> None:
    statement = read(text)

    assert [row.balance_sen for row in statement.rows] == BALANCES
    assert all(row.is_counted for row in statement.rows)
    assert (statement.opening_sen, statement.closing_sen) == (OPENING, CLOSING)


def test_texts_and_references() -> None:
    rows = read(MT940).rows
    assert rows[0].text == "MCM InhouseTrf DARI CONTOH BUDI DP SO-2026-0017"
    assert [row.reference for row in rows] == [f"FT2630000{n}" for n in (1, 2, 3, 4)]
    assert [row.line for row in rows] == [5, 8, 11, 14]


def test_the_references_of_the_payer_belong_to_the_text() -> None:
    text = changed(MT940, "NONREF//FT26300001", "INV17//FT26300001\nDARI TOKO")
    assert read(text).rows[0].text.startswith("INV17 DARI TOKO MCM")


def test_the_day_is_the_one_of_the_entry_where_it_is_given() -> None:
    text = changed(MT940, ":61:2611041104C", ":61:2612310101C")
    assert read(text, None).rows[-1].booked_on == date(2027, 1, 1)
    assert read(MT940_OF_MANDIRI).rows[0].booked_on == date(2026, 11, 2)


def test_a_reversal_turns_the_direction() -> None:
    text = changed(MT940, "1103D5376000,00", "1103RC5376000,00")
    text = changed(text, "1103C324845,00", "1103RD324845,00")
    assert [(row.booked_on, row.amount_sen) for row in read(text).rows] == STORY


def test_several_statements_go_on_where_the_last_ended() -> None:
    quiet = (
        ":20:B\n:25:1060000000001\n:28C:2\n:60F:C261105IDR11486962,00\n:62F:C261105IDR11486962,00\n"
    )
    more = (
        ":20:C\n:25:1060000000001\n:28C:3\n:60F:C261106IDR11486962,00\n"
        ":61:261106D1000,5NTRF\n:62F:C261106IDR11485961,50\n"
    )

    statement = read(MT940 + quiet + more)

    assert (len(statement.rows), statement.opening_sen) == (5, OPENING)
    assert statement.closing_sen == CLOSING - 100_050
    assert (
        "does not go on"
        in refused(MT940 + more.replace("60F:C261106IDR11486", "60F:C261106IDR11487")).reason
    )
    assert "no closing" in refused(MT940.replace(":62F:", ":64:") + more).reason


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("C324845,00", "C324846,00", 17, "make 11,486,963.00"),
        (":62F:C261104IDR11486962,00", ":62F:C261104IDR11486961,00", 17, "make"),
        (":60F:C261101IDR10000000,00", ":60F:C261101IDR10000001,00", 17, "make"),
        (":60F:C261101IDR", ":60F:C261101USD", 4, "not in rupiah"),
        (":60F:C261101IDR10000000,00\n", "", 4, "no opening balance"),
        (":61:2611031103C324845,00", ":61:2602301103C324845,00", 8, "no entry"),
        ("C324845,00", "C324.845,00", 8, "no entry"),
        ("C324845,00", "X324845,00", 8, "no entry"),
        ("C324845,00", "C0,00", 8, "no amount"),
        ("C324845,00", "C3,24845", 8, "no amount"),
        (":86:QRIS SETTLEMENT", ":99Z:QRIS SETTLEMENT", 15, "not known"),
        (":25:1060000000001", ":25:?", 2, "no account number"),
        (":28C:00001/001\n", ":28C:00001/001\nfoo\n", 4, "belongs to no tag"),
    ],
)
def test_a_file_is_refused_whole_and_the_line_is_named(
    old: str, new: str, line: int, reason: str
) -> None:
    refusal = refused(changed(MT940, old, new))
    assert re.search(reason, refusal.reason)
    assert refusal.line == line


def test_a_file_that_was_cut_off_is_refused() -> None:
    all_lines = MT940.splitlines()
    for kept in range(1, len(all_lines) - 1):  # the last line repeats the balance
        assert refused("\n".join(all_lines[:kept])).reason
