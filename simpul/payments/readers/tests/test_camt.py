"""camt.053: any version of the namespace, no entities, and it must add up."""

from __future__ import annotations

import re

import pytest

from simpul.payments import readers
from simpul.payments.readers import StatementRefused
from simpul.payments.readers.tests.samples import CAMT
from simpul.payments.readers.tests.test_read import BALANCES, CLOSING, OPENING, STORY, changed, read

SITI = '<Amt Ccy="IDR">324845.00</Amt>'
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


def refused(text: str) -> StatementRefused:
    with pytest.raises(StatementRefused) as refusal:
        readers.read(text.encode())
    return refusal.value


@pytest.mark.parametrize(
    "text",
    [
        CAMT,
        CAMT.replace("camt.053.001.02", "camt.053.001.08"),
        CAMT.replace("<Sts>BOOK</Sts>", "<Sts><Cd>BOOK</Cd></Sts>"),
        re.sub(r"<(/?)(\w)", r"<\1c:\2", CAMT.partition("?>")[2]).replace("xmlns=", "xmlns:c="),
        re.sub(r">\s+<", "><", CAMT),
        re.sub(r"<BookgDt>.*?</BookgDt>", "", CAMT),
        CAMT.replace(
            "<Dt>2026-11-04</Dt></BookgDt>", "<DtTm>2026-11-04T09:00:00+07:00</DtTm></BookgDt>"
        ),
    ],
)
def test_each_version_tells_the_same_story(text: str) -> None:
    statement = read(text)

    assert [(row.booked_on, row.amount_sen) for row in statement.rows] == STORY
    assert [row.balance_sen for row in statement.rows] == BALANCES
    assert (statement.opening_sen, statement.closing_sen) == (OPENING, CLOSING)


def test_text_reference_and_line() -> None:
    row = read(CAMT).rows[0]
    assert (row.text, row.reference) == ("DP SO-2026-0017 CONTOH BUDI", "FT26300001")
    assert CAMT.splitlines()[row.line - 1].strip() == "<Ntry>"


def test_what_is_pending_is_not_booked() -> None:
    entry = (
        '<Ntry><Amt Ccy="IDR">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>{}</Sts>'
        "<BookgDt><Dt>2026-11-04</Dt></BookgDt></Ntry></Stmt>"
    )
    pending = read(changed(CAMT, "</Stmt>", entry.format("PDNG")))
    told = read(changed(CAMT, "</Stmt>", entry.format("INFO")))

    assert [row.pending for row in pending.rows] == [False] * 4 + [True]
    assert pending.closing_sen == told.closing_sen == CLOSING
    assert len(told.rows) == 4


def test_a_reversal_keeps_its_direction() -> None:
    text = changed(CAMT, "<CdtDbtInd>DBIT", "<RvslInd>true</RvslInd><CdtDbtInd>DBIT")
    assert [(row.booked_on, row.amount_sen) for row in read(text).rows] == STORY


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (SITI, SITI.replace("845", "846"), "make 11,486,963.00"),
        (SITI, SITI.replace("IDR", "USD"), "not in rupiah"),
        (SITI, SITI.replace("324845.00", "324845.001"), "no amount"),
        (SITI, SITI.replace("324845.00", "-324845.00"), "no amount"),
        (SITI, SITI.replace("324845.00", "324,845.00"), "no amount"),
        (SITI, SITI.replace("324845.00", ""), "no amount"),
        (SITI, "", "not in rupiah"),
        ("<Sts>BOOK", "<Sts>HOLD", "no state"),
        ("<CdtDbtInd>DBIT</CdtDbtInd>", "", "neither credit"),
        ("<BookgDt><Dt>2026-11-02", "<BookgDt><Dt>2026-02-30", "no date"),
        ("<Cd>CLBD", "<Cd>CLAV", "totals at the end are missing"),
        ("<Cd>OPBD", "<Cd>OPAV", "no opening balance"),
        ("<Cd>OPBD", "<Cd>CLBD", "stands twice"),
        ("<Id>1060000000001", "<Id>x", "no account number"),
        ("BkToCstmrStmt>", "BkToCstmrDbtCdtNtfctn>", "no statement of camt.053"),
        ("</Ntry>", "</Entry>", "damaged"),
        ("<Document", f"{BOMB}<Document", "declares entities"),
        ("?>", '?><!DOCTYPE x SYSTEM "file:///etc/passwd">', "declares entities"),
    ],
)
def test_a_file_is_refused_whole(old: str, new: str, reason: str) -> None:
    refusal = refused(changed(CAMT, old, new))
    assert re.search(reason, refusal.reason)


def test_a_file_that_was_cut_off_is_refused() -> None:
    for length in range(10, len(CAMT) - 12, 97):
        assert refused(CAMT[:length]).reason


def test_an_entry_names_its_line() -> None:
    assert refused(changed(CAMT, SITI, SITI.replace("324845.00", "x"))).line == 15
