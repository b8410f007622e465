from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simpul.lib import money

WORDS = {
    0: "nol",
    11: "sebelas",
    19: "sembilan belas",
    21: "dua puluh satu",
    100: "seratus",
    111: "seratus sebelas",
    1_000: "seribu",
    1_001: "seribu satu",
    1_100: "seribu seratus",
    1_999: "seribu sembilan ratus sembilan puluh sembilan",
    2_000: "dua ribu",
    11_000: "sebelas ribu",
    21_000: "dua puluh satu ribu",
    101_000: "seratus satu ribu",
    111_111: "seratus sebelas ribu seratus sebelas",
    1_000_000: "satu juta",
    1_001_000: "satu juta seribu",
    1_100_000: "satu juta seratus ribu",
    1_250_347: "satu juta dua ratus lima puluh ribu tiga ratus empat puluh tujuh",
    5_840_217: "lima juta delapan ratus empat puluh ribu dua ratus tujuh belas",
    14_600_000: "empat belas juta enam ratus ribu",
    1_011_001_001: "satu miliar sebelas juta seribu satu",
    1_000_000_000_000: "satu triliun",
    999_000_000_000_010: "sembilan ratus sembilan puluh sembilan triliun sepuluh",
}

AMOUNTS = st.integers(0, 10**15)


@pytest.mark.parametrize(("amount", "words"), WORDS.items())
def test_an_amount_is_written_in_words(amount: int, words: str) -> None:
    assert money.in_words(amount) == words


@pytest.mark.parametrize("amount", [-1, 10**15])
def test_what_has_no_words_is_refused(amount: int) -> None:
    with pytest.raises(ValueError, match="words"):
        money.in_words(amount)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1250000", 1_250_000),
        ("1.250.000", 1_250_000),
        ("1,250,000", 1_250_000),
        ("1,250,000.00", 1_250_000),
        ("Rp 1.250.000,-", 1_250_000),
        ("Rp. 1.250.000,-", 1_250_000),
        ("Rp1.250.000,00", 1_250_000),
        ("Rp\xa01.250.000", 1_250_000),
        ("rp\u202f1.250.000 ", 1_250_000),
        ("1250000.00", 1_250_000),
        ("1,25 jt", 1_250_000),
        ("1.25jt", 1_250_000),
        ("5,840217 juta", 5_840_217),
        ("250rb", 250_000),
        ("250 ribu", 250_000),
        ("0", 0),
        ("2.100", 2_100),
        ("100,00", 100),
    ],
)
def test_rupiah_are_read_as_people_write_them(typed: str, amount: int) -> None:
    assert money.parse_rupiah(typed) == amount


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", "Rp", "-", "banyak", "-5000", "1e6", "1_000", "1.250.000,50", "12.50", "100.00"),
        *(
            "1.00",
            "0.500",
            "1.000.00",
            "1,000,00",
            "1.2500",
            "1.250,000",
            "1,2345678 jt",
            "1,5 rbu",
        ),
        *("1.250 jt", "1,250 jt", "0,00015 rb", "9" * 40, "٣٤٥", "1 250 000", "5jt 5rb"),
    ],
)
def test_what_is_unclear_is_never_a_number(typed: str) -> None:
    with pytest.raises(ValueError, match=r"rupiah"):
        money.parse_rupiah(typed)


@given(AMOUNTS.filter(lambda amount: amount < 10**15))
def test_what_is_shown_can_be_typed(amount: int) -> None:
    assert money.parse_rupiah("Rp " + f"{amount:,}".replace(",", ".")) == amount


def test_stamp_duty_is_due_above_five_million() -> None:
    assert not money.stamp_duty_due(5_000_000)
    assert money.stamp_duty_due(5_000_001)
    assert money.stamp_duty_due(1_000_001, above=1_000_000)


@pytest.mark.parametrize(
    ("amount", "percent", "part"),
    [
        (14_600_000, 30, 4_380_000),
        (5, 30, 2),  # 1,5
        (1, 49, 0),
        (1, 50, 1),
        (700_000, Decimal("0.3"), 2_100),
        (999, 100, 999),
        (0, 30, 0),
    ],
)
def test_a_share_goes_to_the_nearest_rupiah(amount: int, percent: int | Decimal, part: int) -> None:
    assert money.share(amount, percent) == part


@pytest.mark.parametrize(("amount", "percent"), [(-1, 30), (1, -30), (1, Decimal("0.0000001"))])
def test_an_odd_share_is_refused(amount: int, percent: int | Decimal) -> None:
    with pytest.raises(ValueError, match="a "):
        money.share(amount, percent)


@given(AMOUNTS, st.lists(st.integers(0, 10_000), min_size=1, max_size=12).filter(any))
def test_no_rupiah_is_lost_in_a_split(amount: int, weights: list[int]) -> None:
    parts = money.split_exactly(amount, weights)

    assert sum(parts) == amount
    total = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * total - amount * weight) <= total


@given(AMOUNTS, st.integers(0, 100))
def test_the_first_of_two_parts_is_its_share(amount: int, percent: int) -> None:
    parts = money.split_exactly(amount, [percent, 100 - percent])
    assert parts == [money.share(amount, percent), amount - money.share(amount, percent)]


@pytest.mark.parametrize(("amount", "weights"), [(-1, [1]), (1, []), (1, [0, 0]), (1, [2, -1])])
def test_an_odd_split_is_refused(amount: int, weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        money.split_exactly(amount, weights)


@pytest.mark.parametrize(
    ("price", "base_sen", "tax"),
    [
        (50_000_000, 45_833_333_33, 5_500_000),
        (14_600_000, 13_383_333_33, 1_606_000),
        (365_000, 334_583_33, 40_150),
        (0, 0, 0),
    ],
)
def test_ppn_is_twelve_per_cent_of_eleven_twelfths(price: int, base_sen: int, tax: int) -> None:
    assert money.ppn(price) == money.Ppn(price, base_sen, tax)
    assert money.ppn_within(price + tax) == money.Ppn(price, base_sen, tax)


@given(st.integers(0, 10**13))
def test_price_and_tax_add_up_to_the_total(total: int) -> None:
    within = money.ppn_within(total)
    assert within.price + within.amount == total
    assert abs(within.amount - money.ppn(within.price).amount) <= 1
