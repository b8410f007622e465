"""The cash book: opening + in - out = closing, held against the bank and the counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from simpul import testing
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Person
from simpul.payments import cashbook as book
from simpul.payments import reconciliation
from simpul.payments.models import BankAccount, BankEntry, CashBox, DayClosing, Purpose, Refund
from simpul.tests.statement import statement

NOVEMBER = date(2026, 11, 1)
DECEMBER = date(2026, 12, 1)


@pytest.fixture(autouse=True)
def _mid_november() -> Iterator[None]:
    with clock.stopped(datetime(2026, 11, 20, 9, tzinfo=clock.WIB)):
        yield


def take(account: BankAccount, by: Person, opening: int, *rows: tuple[date, int, str]) -> None:
    content = statement(rows, account.number, opening)
    reconciliation.take(by=by, account=account, content=content)


def test_the_cash_box_runs_from_month_to_month(order: Order, fajar: Person) -> None:
    with clock.stopped(datetime(2026, 10, 30, 9, tzinfo=clock.WIB)):
        testing.pay(order, 1_000_000)
    testing.pay(order, 200_000)
    expected = CashBox.of(fajar.workshop_id).expected_sen
    DayClosing.close(by=fajar, counted=1_195_000, expected_sen=expected, reason="Parkir")

    month = book.cash_month(fajar.workshop_id, NOVEMBER)

    assert (month.opening_sen, month.closing_sen) == (100_000_000, 119_500_000)
    assert [(line.sen, line.balance_sen) for line in month.lines] == [
        (20_000_000, 120_000_000),
        (-500_000, 119_500_000),
    ]
    assert month.lines[0].reasons[0].orders == [order.number]
    assert month.lines[1].counted_sen == 119_500_000
    assert book.cash_month(fajar.workshop_id, DECEMBER).opening_sen == 119_500_000


def test_what_should_be_there_is_what_the_book_closes_on(order: Order, fajar: Person) -> None:
    testing.pay(order, 1_000_000)
    expected = CashBox.of(fajar.workshop_id).expected_sen
    DayClosing.close(by=fajar, counted=1_005_000, expected_sen=expected, reason="?")
    testing.pay(order, 50_000)

    closing = book.cash_month(fajar.workshop_id, NOVEMBER).closing_sen
    assert closing == CashBox.of(fajar.workshop_id).expected_sen == 105_500_000


def test_an_account_closes_as_its_statement(
    order: Order, account: BankAccount, fajar: Person
) -> None:
    days = [NOVEMBER + timedelta(days=n) for n in (1, 2, 3)]
    take(
        account, fajar, 5_000_000,
        (days[0], 700_000, "SETORAN"), (days[1], -200_000, "LISTRIK"), (days[2], 90_000, "BUNGA"),
    )  # fmt: skip
    BankEntry.objects.get(text__contains="BUNGA").set_aside(by=fajar, reason="Bunga")

    month = book.account_month(account, NOVEMBER)

    assert (month.opening_sen, month.came_sen, month.went_sen) == (
        500_000_000, 79_000_000, 20_000_000,
    )  # fmt: skip
    assert month.stated is not None
    assert (month.stated.on, month.stated.sen, month.stated.gap_sen) == (days[2], 559_000_000, 0)
    assert [line.reasons[0].kind for line in month.lines] == ["open", "open", "aside"]


def test_a_missing_statement_shows_as_a_gap(account: BankAccount, fajar: Person) -> None:
    take(account, fajar, 1_000_000, (NOVEMBER, 100_000, "A"))
    take(account, fajar, 1_500_000, (NOVEMBER + timedelta(days=9), 50_000, "B"))

    stated = book.account_month(account, NOVEMBER).stated

    assert stated is not None
    assert (stated.sen, stated.book_sen) == (155_000_000, 115_000_000)
    assert stated.gap_sen == 40_000_000


def test_money_is_named_by_what_became_of_it(
    order: Order, account: BankAccount, fajar: Person
) -> None:
    take(account, fajar, 0, (NOVEMBER, 5_000_000, "DEWI"))
    entry = BankEntry.objects.get()
    entry.allocate(by=fajar, parts=[], party=order.buyer)
    refund = Refund.request(by=fajar, party=order.buyer, amount=300_000)
    refund.approve(by=fajar)
    today = clock.today()
    refund.send(by=fajar, account=account, sent_on=today, bank="B", number="1")
    take(account, fajar, 5_000_000, (today, -306_500, "TRSF"))
    refund.see(by=fajar, entry=BankEntry.objects.get(status="out"))

    came, went = book.account_month(account, NOVEMBER).lines

    assert [(one.kind, one.party) for one in came.reasons] == [("payment", order.buyer.name)]
    assert [one.kind for one in went.reasons] == ["refund", "open"]  # the bank's fee
    assert went.says("trsf")
    assert went.is_of("out")


def test_what_money_out_was_for_is_named(account: BankAccount, fajar: Person) -> None:
    take(account, fajar, 2_000_000, (NOVEMBER, -500_000, "TARIK TUNAI"), (NOVEMBER, -9_000, "X"))
    first, second = BankEntry.objects.order_by("pk")
    first.explain(by=fajar, kind="cash_box")
    second.explain(by=fajar, kind="cost", words="Materai")
    Purpose.of_cash(by=fajar, kind="tools", amount=-35_000, words="Lem")

    bank = book.account_month(account, NOVEMBER)
    box = book.cash_month(fajar.workshop_id, NOVEMBER)

    assert [line.reasons[0].kind for line in bank.lines] == ["cash_box", "cost"]
    assert [(line.sen, line.reasons[0].kind) for line in box.lines] == [
        (50_000_000, "cash_box"),
        (-3_500_000, "tools"),
    ]
