"""Amounts, days and banks as people write them."""

from __future__ import annotations

from datetime import date

import pytest

from simpul.payments.telling import amount_in, bank_in, day_in

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("Sudah transfer Rp 5.840.217 ya Bu", 5_840_217),
        ("sudah transfer rp5.840.217,- tadi", 5_840_217),
        ("Rp. 5.840.217,00", 5_840_217),
        ("Transfer sebesar 5.840.217.", 5_840_217),
        ("Nominal: 5840217", 5_840_217),
        ("IDR 5,840,217.00", 5_840_217),
        ("DP 2,5 jt sudah masuk", 2_500_000),
        ("dp rp 600rb", 600_000),
        ("Nominal Rp 5.840.217\nTotal Rp 5.840.217", 5_840_217),
        ("Nominal Rp 5.840.217\nBiaya admin Rp 6.500\nTotal Rp 5.846.717", 5_840_217),
        ("Saya bayar Rp 1.000.000 dan Rp 2.000.000", 0),
        ("transfer 2 kali", 0),
        ("Rp 100.00", 0),
        ("Rp 0", 0),
        ("sudah dibayar semua", 0),
        ("pesanan SO-2026-0017", 0),
        ("Rp " + "9" * 40, 0),
    ],
)
def test_amounts(text: str, amount: int) -> None:
    assert amount_in(text, {5_840_217}) == amount


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("tgl 24/11/2026", date(2026, 11, 24)),
        ("tgl 24-11-26 jam 10.15", date(2026, 11, 24)),
        ("tanggal 24.11.2026", date(2026, 11, 24)),
        ("2026-11-24 10:15:03", date(2026, 11, 24)),
        ("24 November 2026", date(2026, 11, 24)),
        ("tgl 24 nop", date(2026, 11, 24)),
        ("transfer 3 Des 2025 lalu", None),
        ("transfer kemarin sore", date(2026, 11, 24)),
        ("barusan saya kirim", TODAY),
        ("24 Nov dan 23 Nov", None),
        ("26/11/2026", None),
        ("31/11/2026", None),
        ("Rp 1.250.000 SO-2026-0017 0812-3456-7890", None),
        ("5.840.217", None),
        ("", None),
    ],
)
def test_days(text: str, day: date | None) -> None:
    assert day_in(text, TODAY) == day


def test_a_day_without_a_year_is_the_last_one_of_that_name() -> None:
    assert day_in("tgl 30 desember", date(2027, 1, 2)) == date(2026, 12, 30)


@pytest.mark.parametrize(
    ("text", "bank"),
    [
        ("transfer via BRImo", "BRI"),
        ("dari BNI ke BCA 0000012345", "BNI"),
        ("dari rekening Mandiri a.n. Dewi ke BCA", "Mandiri"),
        ("BCA", "BCA"),
        ("BRI ke BCA", ""),
        ("dari hobri", ""),
        ("", ""),
    ],
)
def test_banks(text: str, bank: str) -> None:
    assert bank_in(text) == bank
