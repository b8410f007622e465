"""Damaged files: refused with a plain text, or read as something that still adds up.

A file is damaged as files are: cut off, sent with a line twice, opened and saved by a spreadsheet,
mangled by mail. Whatever comes of it, nobody gets an error page and no amount is read as nothing.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simpul.payments import readers
from simpul.payments.readers import Statement, StatementRefused
from simpul.payments.readers.tests.samples import LIVIN, MT940_OF_MANDIRI, MT940_OF_SWIFT
from simpul.payments.readers.tests.test_read import (
    ALL,
    NOVEMBER,
    WITHOUT_BALANCES,
    changed,
    refused,
)

SAMPLES = [*ALL.values(), MT940_OF_MANDIRI, MT940_OF_SWIFT]
DELIMITERS = b',;|\t":<>='
STRANGE = (
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b'"',
    b"\r",
    b"\n\n",
    b"\xe2\x80\x8b",
    b"-",
    b"9" * 30,
)
FIGURE = re.compile(rb"\d[\d.,]{3,}\d")

type Damage = Callable[[bytes, random.Random], bytes]


def drop_line(content: bytes, dice: random.Random) -> bytes:
    lines = content.splitlines(keepends=True)
    del lines[dice.randrange(len(lines))]
    return b"".join(lines)


def double_line(content: bytes, dice: random.Random) -> bytes:
    lines = content.splitlines(keepends=True)
    at = dice.randrange(len(lines))
    return b"".join([*lines[: at + 1], *lines[at:]])


def swap_lines(content: bytes, dice: random.Random) -> bytes:
    lines = content.splitlines(keepends=True)
    one, two = dice.sample(range(len(lines)), 2)
    lines[one], lines[two] = lines[two], lines[one]
    return b"".join(lines)


def cut(content: bytes, dice: random.Random) -> bytes:
    return content[: dice.randrange(len(content))]


def change_digit(content: bytes, dice: random.Random) -> bytes:
    at = dice.choice([at for at, byte in enumerate(content) if chr(byte).isdigit()])
    return content[:at] + str(dice.randrange(10)).encode() + content[at + 1 :]


def swap_cells(content: bytes, dice: random.Random) -> bytes:
    lines = content.splitlines(keepends=True)
    at = dice.randrange(len(lines))
    mark = dice.choice([b",", b";", b"|", b"\t", b'","'])
    cells = lines[at].split(mark)
    if len(cells) > 1:
        one, two = dice.sample(range(len(cells)), 2)
        cells[one], cells[two] = cells[two], cells[one]
    lines[at] = mark.join(cells)
    return b"".join(lines)


def delete_delimiter(content: bytes, dice: random.Random) -> bytes:
    at = dice.choice([at for at, byte in enumerate(content) if byte in DELIMITERS])
    return content[:at] + content[at + 1 :]


def insert_bytes(content: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(content))
    return content[:at] + dice.choice(STRANGE) + content[at:]


def empty_figure(content: bytes, dice: random.Random) -> bytes:
    found = dice.choice(list(FIGURE.finditer(content)))
    other = dice.choice([b"", b"0", b"0.00", b"-", b"1e9", b"NaN", b"#REF!"])
    return content[: found.start()] + other + content[found.end() :]


DAMAGES: list[Damage] = [
    drop_line, double_line, swap_lines, cut, change_digit, swap_cells, delete_delimiter,
    insert_bytes, empty_figure,
]  # fmt: skip


def hold(text: str, content: bytes) -> None:
    """Demand of a damaged file what is promised of any."""
    try:
        statement = readers.read(content, NOVEMBER)
    except StatementRefused as refusal:
        reason = refusal.reason
    else:
        _demand_sense(text, statement)
        return
    assert reason.strip()


def _demand_sense(text: str, statement: Statement) -> None:
    assert statement.rows
    assert all(row.amount_sen for row in statement.rows)
    if text not in WITHOUT_BALANCES and not _is_as_it_was(text, statement):
        _demand_sums(statement)


def _is_as_it_was(text: str, statement: Statement) -> bool:
    before = readers.read(text.encode(), NOVEMBER)
    return [(row.booked_on, row.amount_sen) for row in statement.rows] == [
        (row.booked_on, row.amount_sen) for row in before.rows
    ]


def _demand_sums(statement: Statement) -> None:
    assert statement.opening_sen is not None
    total = sum(row.amount_sen for row in statement.booked)
    assert statement.opening_sen + total == statement.closing_sen
    for one, two in pairwise(statement.rows):
        if one.balance_sen is not None and two.balance_sen is not None:
            assert one.balance_sen + two.amount_sen == two.balance_sen


def test_an_opening_row_that_lost_a_delimiter_is_refused() -> None:
    lost = changed(LIVIN, "|SALDO AWAL||", "|SALDO AWAL|")
    assert refused(lost).line == 2


@settings(max_examples=20, deadline=None, derandomize=True, database=None)
@given(seed=st.integers(0, 2**32))
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda one: one.__name__)
def test_a_damaged_file_is_refused_or_adds_up(damage: Damage, seed: int) -> None:
    dice = random.Random(seed)
    for text in SAMPLES:
        hold(text, damage(text.encode(), dice))
