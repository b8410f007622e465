"""Whose money is this? Pure, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from simpul.payments.matching import Asked, Claimed, Heard, certain, guesses

DAY = date(2026, 11, 2)
CODE, OTHER_CODE = "ABCDEA", "KTRMBA"  # made valid below


def spoken(body: str) -> str:
    from simpul.lib.codes import ALPHABET, is_spoken

    return next(body + letter for letter in ALPHABET if is_spoken(body + letter))


CODE, OTHER_CODE = spoken("KTRMB"), spoken("WHYPX")

ASKED = Asked(
    order_id=1,
    number="SO-2026-0017",
    code=CODE,
    names=("Toko Contoh Budi", "Budi"),
    since=date(2026, 10, 30),
    instalments=(5_840_000, 13_626_783),
    account_id=7,
    amount=5_840_217,
    base=5_840_000,
    is_unique=True,
    asked_on=date(2026, 10, 31),
)
OTHER = replace(
    ASKED,
    order_id=2,
    number="SO-2026-0018",
    code=OTHER_CODE,
    names=("Siti",),
    instalments=(300_000,),
    amount=300_000,
    base=300_000,
    is_unique=False,
)
BOTH = [ASKED, OTHER]


def heard(rupiah: int = 5_840_217, text: str = "TRSF E-BANKING CR", on: date = DAY) -> Heard:
    return Heard(rupiah, text, on, account_id=7)


def known(entry: Heard, asked: list[Asked] = BOTH) -> tuple[int, str] | None:
    found = certain(entry, asked)
    return (found[0].order_id, found[1]) if found else None


def test_a_unique_amount_names_the_order() -> None:
    assert known(heard()) == (1, "amount")


def test_of_another_account_it_names_nothing() -> None:
    assert known(replace(heard(), account_id=8)) is None


def test_money_from_before_it_was_asked_for_is_not_it() -> None:
    assert known(heard(on=date(2026, 10, 29))) is None


def test_a_round_amount_names_nothing() -> None:
    assert known(heard(300_000)) is None


def test_two_orders_with_the_amount_are_not_certain() -> None:
    twin = replace(ASKED, order_id=3, number="SO-2026-0019", code=spoken("AAAAA"), is_unique=False)
    assert known(heard(), [ASKED, twin]) is None


@pytest.mark.parametrize(
    "text",
    [
        f"BI-FAST CR {CODE} DARI X",
        f"bi-fast cr {CODE.lower()}",
        f"5500000.00{CODE}",
        "DP SO-2026-0018 SITI",
        "dp so 2026/0018",
    ],
)
def test_a_code_or_number_with_a_fitting_amount_names_the_order(text: str) -> None:
    amount, order = (300_000, 2) if "0018" in text else (13_626_783, 1)
    assert known(heard(amount, text)) == (order, "code")


def test_the_whole_balance_fits_too() -> None:
    assert known(heard(19_466_783, f"LUNAS {CODE}")) == (1, "code")


def test_a_code_with_another_amount_is_not_certain() -> None:
    assert known(heard(5_000_000, f"DP {CODE}")) is None


def test_a_code_against_another_orders_amount_is_not_certain() -> None:
    assert known(heard(5_840_217, f"DP {OTHER_CODE}")) is None


def test_two_codes_are_not_certain() -> None:
    assert known(heard(300_000, f"{CODE} {OTHER_CODE}")) is None


def test_the_number_of_an_order_that_owes_nothing_is_not_certain() -> None:
    assert known(heard(text="SO-2026-0001")) is None


def test_a_code_with_a_slip_is_a_suggestion() -> None:
    slip = CODE[1] + CODE[0] + CODE[2:]
    entry = heard(5_840_000, f"DP {slip}")
    assert known(entry) is None

    guess = guesses(entry, BOTH)[0]
    assert guess.order_id == 1
    assert len(guess.reasons) == 2
    assert slip in guess.reasons[0]


def test_the_likeliest_stands_first_with_its_reasons() -> None:
    said = replace(OTHER, claims=(Claimed(300_000, date(2026, 11, 1), "Ani Lestari"),))
    entry = heard(300_000, "BI-FAST CR TRANSFER DARI ANI LESTARI")

    found = guesses(entry, [replace(OTHER, order_id=3, names=("X",), code=CODE), said])

    assert [guess.order_id for guess in found] == [2, 3]
    assert [len(guess.reasons) for guess in found] == [3, 1]


@pytest.mark.parametrize("amount", [5_840_217 - 2_500, 5_840_217 + 1])
def test_nearly_the_amount_counts_only_with_a_name(amount: int) -> None:
    assert guesses(heard(amount), BOTH) == []

    found = guesses(heard(amount, "TRSF CONTOH BUDI"), BOTH)
    assert [guess.order_id for guess in found] == [1]


def test_nothing_fits_nothing_is_guessed() -> None:
    assert guesses(heard(697_900, "KR OTOMATIS MID"), BOTH) == []
