"""The cash box is counted, and what is not as it should be is a fact with a reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from simpul import testing
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person, Workshop
from simpul.payments import reconciliation
from simpul.payments.counting import ClosingForm
from simpul.payments.models import (
    BankAccount,
    BankEntry,
    CashBox,
    DayClosing,
    Purpose,
    Receipt,
    Refund,
)
from simpul.tests.statement import statement
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, Refused, WrongState, keyed


def box(workshop: Workshop) -> CashBox:
    return CashBox.of(workshop.pk)


def close(by: Person, counted: int, reason: str = "") -> DayClosing:
    expected = CashBox.of(by.workshop_id).expected_sen
    return DayClosing.close(by=by, counted=counted, expected_sen=expected, reason=reason)


def pay_back(buyer: Party, amount: int, *, by: Person) -> None:
    refund = Refund.request(by=by, party=buyer, amount=amount)
    refund.approve(by=by)
    refund.pay_out(by=by, paid_on=clock.today())


def test_it_closes_on_what_was_counted(order: Order, buyer: Party, fajar: Person) -> None:
    testing.pay(order, 5_000_000)
    pay_back(buyer, 300_000, by=fajar)

    made = close(fajar, 4_700_000)

    assert (made.opening_sen, made.came_sen, made.went_sen) == (0, 500_000_000, 30_000_000)
    assert (made.counted, made.difference_sen, made.previous) == (4_700_000, 0, None)


def test_the_next_one_begins_where_it_ended(order: Order, fajar: Person) -> None:
    testing.pay(order, 1_000_000)
    first = close(fajar, 995_000, "Uang kembalian untuk parkir, belum ditulis")
    testing.pay(order, 200_000)

    second = close(fajar, 1_195_000)

    assert first.difference_sen == -500_000
    assert (second.previous, second.opening_sen, second.came_sen) == (first, 99_500_000, 20_000_000)
    assert second.difference_sen == 0


def test_it_is_written_in_the_journal(order: Order, fajar: Person) -> None:
    testing.pay(order, 1_000_000)

    made = close(fajar, 1_000_000)

    entry = journal_of(made).get()
    assert (entry.step, entry.by, entry.facts["counted"]) == (
        "payments.close_day", fajar, 1_000_000,
    )  # fmt: skip


def test_who_does_not_keep_the_money_may_not(
    order: Order, sari: Person, dewi: Person, viewer: Person
) -> None:
    testing.pay(order, 1_000_000)
    for person in (sari, dewi, viewer):
        with pytest.raises(NotAllowed):
            close(person, 1_000_000)

    assert not DayClosing.objects.exists()


def test_the_same_form_closes_once(order: Order, fajar: Person) -> None:
    testing.pay(order, 1_000_000)
    for _time in range(2):
        with keyed("k"):
            made = close(fajar, 1_000_000)

    assert DayClosing.objects.get() == made


def test_cash_that_came_while_counting_is_looked_at_again(order: Order, fajar: Person) -> None:
    testing.pay(order, 1_000_000)
    seen = box(fajar.workshop).expected_sen
    testing.pay(order, 200_000)

    with pytest.raises(WrongState):
        DayClosing.close(by=fajar, counted=1_000_000, expected_sen=seen)

    assert not DayClosing.objects.exists()


def test_a_difference_needs_a_reason(order: Order, fajar: Person) -> None:
    testing.pay(order, 1_000_000)

    with pytest.raises(Refused):
        close(fajar, 995_000)

    assert not DayClosing.objects.exists()


def test_pieces_make_the_sum(workshop: Workshop, fajar: Person) -> None:
    facts: dict[str, Any] = {"by": fajar, "expected_sen": 0, "reason": "Isi awal"}
    with pytest.raises(Refused):
        DayClosing.close(counted=250_000, pieces={100_000: 2}, **facts)

    made = DayClosing.close(counted=250_000, pieces={100_000: 2, 50_000: 1, 500: 0}, **facts)

    assert made.held == [(100_000, 2, 200_000), (50_000, 1, 50_000)]


def test_what_is_noted_late_is_new_in_the_next_closing(order: Order, fajar: Person) -> None:
    testing.pay(order, 1_000_000)
    close(fajar, 1_000_000)
    yesterday = clock.today() - timedelta(days=1)
    Receipt.take_cash(by=fajar, order=order, amount=300_000, received_on=yesterday)

    assert box(fajar.workshop).came_sen == 30_000_000
    assert box(fajar.workshop).expected_sen == 130_000_000


def test_what_was_bought_and_what_the_bank_gave_moves_the_box(
    account: BankAccount, fajar: Person
) -> None:
    content = statement([(clock.today(), -500_000, "TARIK TUNAI")])
    reconciliation.take(by=fajar, account=account, content=content)
    BankEntry.objects.get().explain(by=fajar, kind="cash_box")
    glue = Purpose.of_cash(by=fajar, kind="tools", amount=-35_000, words="Lem")

    assert (box(fajar.workshop).came_sen, box(fajar.workshop).went_sen) == (50_000_000, 3_500_000)

    close(fajar, 465_000)
    glue.retract(by=fajar, reason="Salah catat")
    assert box(fajar.workshop).expected_sen == 50_000_000


def test_an_annulled_receipt_leaves_the_box(order: Order, fajar: Person) -> None:
    receipt = testing.pay(order, 300_000)
    close(fajar, 300_000)
    for allocation in receipt.allocations.standing():
        allocation.undo(by=fajar, reason="Salah pesanan")
    receipt.refresh_from_db()
    receipt.annul(by=fajar, reason="Salah ketik")

    assert (box(fajar.workshop).came_sen, box(fajar.workshop).went_sen) == (0, 30_000_000)


def test_the_database_keeps_the_sum(workshop: Workshop, fajar: Person) -> None:
    with pytest.raises(IntegrityError):
        DayClosing.objects.create(
            workshop=workshop, on=clock.today(), opening_sen=0, came_sen=0, went_sen=0,
            counted=5, difference_sen=0, by=fajar,
        )  # fmt: skip


# The form


def form(workshop: Workshop, **posted: object) -> ClosingForm:
    return ClosingForm({"expected": box(workshop).expected_sen, **posted}, box=box(workshop))


def test_the_form_adds_up(order: Order, workshop: Workshop) -> None:
    testing.pay(order, 250_000)
    told = form(workshop, piece_100000="2", piece_50000="1")

    assert told.is_valid(), told.errors
    assert told.facts()["counted"] == 250_000


@pytest.mark.parametrize(
    ("posted", "field"),
    [
        ({}, "counted"),
        ({"piece_100000": "2", "counted": "250.000"}, "counted"),
        ({"counted": "245.000"}, "reason"),
        ({"counted": "0"}, "reason"),
        ({"counted": "250.000", "expected": "7"}, "__all__"),
    ],
)
def test_the_form_says_what_is_missing(
    order: Order, workshop: Workshop, posted: dict[str, str], field: str
) -> None:
    testing.pay(order, 250_000)
    told = form(workshop, **posted)

    assert not told.is_valid()
    assert list(told.errors) == [field]


def test_an_empty_box_is_a_count(workshop: Workshop) -> None:
    assert form(workshop, counted="0").is_valid()
