"""Whose money is this? Pure, without a database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest

from simpul.lib.codes import ALPHABET, is_spoken
from simpul.payments.matching import Asked, Book, Claimed, Due, Heard, certain, guesses, names

DAY = date(2026, 11, 2)


def spoken(body: str) -> str:
    return next(body + letter for letter in ALPHABET if is_spoken(body + letter))


CODE, OTHER_CODE = spoken("KTRMB"), spoken("WHYPX")

ASKED = Asked(
    order_id=1,
    party_id=11,
    number="SO-2026-0017",
    code=CODE,
    since=date(2026, 10, 30),
    dues=(Due(101, 5_840_000, date(2026, 11, 3)), Due(102, 13_626_783, date(2026, 11, 21))),
    account_id=7,
    amount=5_840_217,
    base=5_840_000,
    is_unique=True,
    asked_on=date(2026, 10, 31),
)
OTHER = ASKED._replace(
    order_id=2,
    party_id=12,
    number="SO-2026-0018",
    code=OTHER_CODE,
    dues=(Due(103, 300_000, date(2026, 11, 3)),),
    amount=300_000,
    base=300_000,
    is_unique=False,
)
BOTH = [ASKED, OTHER]
NAMES = {11: ("Toko Contoh Budi", "Budi"), 12: ("Siti",)}


def heard(rupiah: int = 5_840_217, text: str = "TRSF E-BANKING CR", on: date = DAY) -> Heard:
    return Heard(rupiah, text, on, account_id=7)


def known(entry: Heard, asked: list[Asked] = BOTH) -> tuple[int, str] | None:
    found = certain(entry, Book.of(asked))
    return (found[0].order_id, found[1]) if found else None


def likely(entry: Heard, asked: Iterable[Asked] = BOTH) -> list[int]:
    return [guess.order_ids[0] for guess in guesses(entry, book(asked))]


def book(asked: Iterable[Asked] = BOTH) -> Book:
    made = Book.of(asked)
    made.names = NAMES
    return made


def test_a_unique_amount_names_the_order() -> None:
    assert known(heard()) == (1, "amount")


def test_of_another_account_it_names_nothing() -> None:
    assert known(heard()._replace(account_id=8)) is None


def test_money_from_before_it_was_asked_for_is_not_it() -> None:
    assert known(heard(on=date(2026, 10, 29))) is None


def test_a_round_amount_names_nothing() -> None:
    assert known(heard(300_000)) is None


def test_two_orders_with_the_amount_are_not_certain() -> None:
    twin = ASKED._replace(order_id=3, number="SO-2026-0019", code=spoken("AAAAA"), is_unique=False)
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


def test_a_code_beside_another_orders_round_amount_is_certain() -> None:
    other = OTHER._replace(order_id=3, number="SO-2026-0019", code=spoken("AAAAA"))
    assert known(heard(300_000, f"DP {OTHER_CODE}"), [OTHER, other]) == (2, "code")
    assert known(heard(300_000, "DP SO-2026-0018"), [OTHER, other]) is None  # no check letter


def test_a_number_against_a_known_payer_is_not_certain() -> None:
    known_payers = book()
    known_payers.payers = {"CONTOH BUDI": {11: 3}}
    entry = heard(300_000, "TRANSFER DARI CONTOH BUDI SO-2026-0018")
    assert certain(entry, known_payers) is None
    known_payers.payers = {"CONTOH BUDI": {11: 3, 12: 1}}
    assert certain(entry, known_payers) is not None


def test_a_unique_amount_beside_half_of_another_number_is_not_certain() -> None:
    assert known(heard(text="DP SO 18")) is None
    assert known(heard(text="DP SO 17")) == (1, "amount")


def test_a_known_payer_alone_is_never_certain() -> None:
    known_payers = book()
    known_payers.payers = {"CONTOH SITI": {12: 9}}
    entry = heard(300_000, "BI-FAST CR TRANSFER DARI CONTOH SITI")
    assert certain(entry, known_payers) is None
    assert guesses(entry, known_payers)[0].score > 70


def test_a_code_with_a_slip_is_a_suggestion() -> None:
    slip = CODE[1] + CODE[0] + CODE[2:]
    entry = heard(5_840_000, f"DP {slip}")
    assert known(entry) is None

    guess = guesses(entry, book())[0]
    assert guess.parts == ((101, 5_840_000),)
    assert guess.left == 0
    assert len(guess.reasons) == 2
    assert slip in guess.reasons[0]


def test_the_likeliest_stands_first_with_its_reasons() -> None:
    said = OTHER._replace(claims=(Claimed(300_000, date(2026, 11, 1), "Ani Lestari"),))
    entry = heard(300_000, "BI-FAST CR TRANSFER DARI ANI LESTARI")
    other = OTHER._replace(order_id=3, party_id=13, number="SO-2026-0020", code=CODE)

    found = guesses(entry, Book.of([other, said]))

    assert [guess.order_ids for guess in found] == [(2,), (3,)]
    assert [len(guess.reasons) for guess in found] == [3, 1]


def test_a_known_payer_goes_before_whoever_reported_the_same_amount() -> None:
    """Two buyers owe as much; one reports a transfer, the other's comes: it is not for the first."""
    reported = OTHER._replace(
        order_id=3, party_id=13, claims=(Claimed(300_000, DAY, "Wening"),), code=CODE
    )
    payers = book([OTHER, reported])
    payers.payers = {"CONTOH SITI": {12: 2}}
    found = guesses(heard(300_000, "BI-FAST CR TRANSFER DARI CONTOH SITI"), payers)
    assert [guess.order_ids for guess in found] == [(2,), (3,)]
    assert "But this payer is known as that of another buyer." in found[1].reasons


def test_of_several_whom_a_payer_has_paid_for_the_one_that_is_named_is_likelier() -> None:
    payers = book([OTHER, OTHER._replace(order_id=3, party_id=13, code=CODE)])
    payers.payers = {"CONTOH SITI": {12: 9, 13: 1}}
    payers.names = {12: ("Budi",), 13: ("Siti",)}
    found = guesses(heard(300_000, "BI-FAST CR TRANSFER DARI CONTOH SITI"), payers)
    assert [guess.order_ids for guess in found] == [(3,), (2,)]


def test_a_short_first_name_tells_people_of_one_family_apart() -> None:
    assert names("TRSF DIAN LESTARI", "Dian Lestari")
    assert not names("TRSF DIAN LESTARI", "Ani Lestari")
    assert names("TRSF ANI LESTARI", "Ibu Ani Lestari")


@pytest.mark.parametrize("amount", [5_840_217 - 2_500, 5_838_000])
def test_nearly_the_amount_counts_only_with_a_name(amount: int) -> None:
    assert likely(heard(amount)) == []
    assert likely(heard(amount, "TRSF CONTOH BUDI")) == [1]


def test_nothing_fits_nothing_is_guessed() -> None:
    assert likely(heard(697_900, "KR OTOMATIS MID")) == []


def test_what_is_settled_is_found_no_more() -> None:
    settled = book()
    settled.drop(1)
    assert certain(heard(), settled) is None
    settled.put(ASKED._replace(dues=(), account_id=None, amount=0, base=0))
    settled.put(ASKED)
    assert certain(heard(), settled) is not None
