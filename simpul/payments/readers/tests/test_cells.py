from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simpul.payments.readers import cells
from simpul.payments.readers.statement import figure

FIRST_OF_AUGUST = date(2026, 8, 1)
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
TURN_OF_THE_YEAR = (date(2025, 12, 1), date(2026, 1, 31))


@pytest.mark.parametrize(
    ("cell", "thousands", "sen"),
    [
        ("55,500,000.00", ",", 5_550_000_000),
        ("55.500.000,00", ".", 5_550_000_000),
        (".00", ",", 0),
        ("0,00", ".", 0),
        ("+5.840.217,00", ".", 584_021_700),
        ("- 2,450,000.00", ",", -245_000_000),
        ("72100000.00", ",", 7_210_000_000),
        ("2,100", ",", 210_000),
        ("-", ",", None),
        ("", ",", None),
        ("Rp 100.000,00", ".", 10_000_000),
        ("-Rp 100.000,07", ".", -10_000_007),
        ("100.5", ",", 10_050),
        ("'1,000.25", ",", 100_025),
    ],
)
def test_amounts_are_read_by_the_layouts_rule(cell: str, thousands: str, sen: int | None) -> None:
    assert cells.sen(cell, thousands=thousands) == sen


@pytest.mark.parametrize(
    ("cell", "thousands"),
    [
        ("2,100", "."),
        ("2.100", ","),
        ("55.500.000,00", ","),
        ("55,500,000.00", "."),
        *[
            (cell, ",")
            for cell in ("x", "1O0.00", "1,00.00", "1,0000", "--5", "5-", "1e5", ".", "+")
        ],
        *[
            (cell, ",")
            for cell in ("9" * 20, "1 000.00", "(5.00)", "NaN", "٣.00", "#REF!", "1.2.3", "1.234")
        ],
    ],
)
def test_what_is_no_amount_is_refused(cell: str, thousands: str) -> None:
    with pytest.raises(ValueError, match="is no amount"):
        cells.sen(cell, thousands=thousands)


@given(st.integers(-(10**15), 10**15))
def test_what_a_bank_writes_is_read(sen: int) -> None:
    assert cells.sen(figure(sen), thousands=",") == sen


@pytest.mark.parametrize("cell", ["-", "", "0.00", "-5.00"])
def test_an_entry_is_above_zero(cell: str) -> None:
    with pytest.raises(ValueError, match="is no amount"):
        cells.amount(cell, thousands=",")


@pytest.mark.parametrize(
    "cell",
    [
        *("01/08/2026", "'01/08", "01/08", "01/08/26", "01 Agu 2026", "01-Aug-26", "46235"),
        *("01 August 2026 10:15:30", "01 Agustus 2026", "1 Agt 2026", "01 AUG 2026"),
        *("2026-08-01", "2026-08-01 09:05:07", "2026-08-01T09:05", "01/08/26 09.05"),
    ],
)
def test_a_day_is_read_in_every_form(cell: str) -> None:
    assert cells.day(cell, YEAR) == FIRST_OF_AUGUST


@pytest.mark.parametrize(
    ("cell", "month"),
    [
        *(
            ("5 Peb 2026", 2),
            ("5 Pebruari 2026", 2),
            ("5 Februari 2026", 2),
            ("5 February 2026", 2),
        ),
        *(("5 Mei 2026", 5), ("5 May 2026", 5), ("5 Okt 2026", 10), ("5 October 2026", 10)),
        *(("5 Nopember 2026", 11), ("5 November 2026", 11), ("5 Des 2026", 12), ("5-Dec-26", 12)),
    ],
)
def test_months_are_indonesian_or_english(cell: str, month: int) -> None:
    assert cells.day(cell) == date(2026, month, 5)


def test_a_day_without_a_year_takes_the_one_within_the_period() -> None:
    assert cells.day("31/12", TURN_OF_THE_YEAR) == date(2025, 12, 31)
    assert cells.day("02/01", TURN_OF_THE_YEAR) == date(2026, 1, 2)
    assert cells.day("29/02", (date(2027, 12, 1), date(2028, 3, 1))) == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("cell", "period", "reason"),
    [
        ("30/02/2026", None, "is no date"),
        ("30/02", YEAR, "is no date"),
        ("01/13/2026", None, "is no date"),
        ("01 Xyz 2026", None, "is no date"),
        ("01/08/026", None, "is no date"),
        ("", None, "is no date"),
        ("PEND", YEAR, "is no date"),
        ("01/08/2026 25", None, "is no date"),
        ("01/08", None, "which period"),
        ("01/06", TURN_OF_THE_YEAR, "not lie once"),
        ("15/12", (date(2025, 12, 1), date(2026, 12, 31)), "not lie once"),
    ],
)
def test_what_is_no_day_is_refused(
    cell: str, period: tuple[date, date] | None, reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        cells.day(cell, period)


def test_directions() -> None:
    assert [cells.direction(word) for word in ("CR", "DB", " cr ")] == [1, -1, 1]
    for word in ("", "C", "KR", "D"):
        with pytest.raises(ValueError, match="neither"):
            cells.direction(word)
