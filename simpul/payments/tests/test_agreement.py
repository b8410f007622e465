"""Agreeing on an order and being asked for its money are one act."""

from __future__ import annotations

import pytest

from simpul import testing
from simpul.orders.models import Order, Status
from simpul.parties.models import Party, Person
from simpul.payments import agreement
from simpul.payments.models import BankAccount, Instruction
from simpul.workflow.steps import NotAllowed, WrongState, keyed


def test_confirming_asks_for_the_down_payment(
    buyer: Party, sari: Person, account: BankAccount
) -> None:
    order = testing.order(buyer)

    agreement.confirm(order, by=sari)

    asked = Instruction.objects.open().get(order=order)
    assert order.status == Status.CONFIRMED
    assert (asked.account, asked.base, asked.instalment.position) == (account, 600_000, 1)
    assert 600_000 < asked.amount < 601_000
    assert asked.due_on == asked.instalment.due_on


def test_accepting_asks_too(buyer: Party, dewi: Person, account: BankAccount) -> None:
    order = testing.offered_order(buyer)

    agreement.accept(order, by=dewi, revision=2)

    asked = Instruction.objects.open().get(order=order)
    assert asked.base == 570_000


def test_without_an_account_nothing_is_asked(buyer: Party, sari: Person) -> None:
    order = testing.order(buyer)

    agreement.confirm(order, by=sari)

    assert order.status == Status.CONFIRMED
    assert not Instruction.objects.exists()


def test_who_may_not_confirm_asks_for_nothing(
    buyer: Party, dewi: Person, account: BankAccount
) -> None:
    order = testing.order(buyer)

    with pytest.raises(NotAllowed):
        agreement.confirm(order, by=dewi)

    order.refresh_from_db()
    assert order.status == Status.PLACED
    assert not Instruction.objects.exists()


def test_not_twice(buyer: Party, sari: Person, account: BankAccount) -> None:
    order = testing.order(buyer)
    agreement.confirm(order, by=sari)

    with pytest.raises(WrongState):
        agreement.confirm(Order.objects.get(pk=order.pk), by=sari)

    assert Instruction.objects.count() == 1


def test_a_form_sent_twice_asks_once(buyer: Party, sari: Person, account: BankAccount) -> None:
    order = testing.order(buyer)

    for _time in range(2):
        with keyed("3c5c1b34"):
            agreement.confirm(Order.objects.get(pk=order.pk), by=sari)

    assert Instruction.objects.count() == 1
