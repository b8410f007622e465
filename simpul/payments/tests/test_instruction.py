"""What to pay: an amount that names the order, where an amount can."""

from __future__ import annotations

from datetime import timedelta

import pytest

from simpul import testing
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person
from simpul.payments import agreement
from simpul.payments.models import BankAccount, Instruction, NoAccount
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, WrongState


def asked(order: Order) -> Instruction:
    return Instruction.objects.open().get(order=order)


def test_no_two_ask_for_the_same(buyer: Party, account: BankAccount, sari: Person) -> None:
    for _time in range(4):
        agreement.confirm(testing.order(buyer), by=sari)

    instructions = Instruction.objects.open()
    assert len({one.amount for one in instructions}) == 4
    assert {one.base for one in instructions} == {600_000}
    assert all(one.is_unique and 1 <= one.suffix <= 999 for one in instructions)


def test_the_digits_come_off_the_balance(order: Order) -> None:
    first = asked(order)
    testing.pay(order, first.amount)

    rest = asked(order)
    assert rest.suffix == 0
    assert first.amount + rest.amount == order.total == 2_000_000
    assert rest.is_unique


def test_a_round_last_instalment_is_told_apart_by_its_code_only(
    account: BankAccount, siti: Person, sari: Person
) -> None:
    assert siti.party is not None
    order = testing.order(siti.party, sizes={"40": 1}, by=siti)
    agreement.confirm(order, by=sari)

    only = asked(order)
    assert (only.amount, only.suffix, only.is_unique) == (300_000, 0, False)


def test_it_never_asks_for_more_than_the_balance(order: Order) -> None:
    testing.pay(order, order.total - 5)

    assert asked(order).amount == 5


def test_an_amount_is_not_used_again_soon(order: Order, buyer: Party, sari: Person) -> None:
    first = asked(order)
    testing.pay(order, first.amount)
    with clock.stopped(clock.now() + timedelta(days=30)):
        for _time in range(30):
            agreement.confirm(testing.order(buyer), by=sari)

    assert Instruction.objects.filter(amount=first.amount).get() == first


def test_it_stands_in_the_journal(order: Order, sari: Person) -> None:
    entry = journal_of(asked(order)).get()
    assert (entry.step, entry.by) == ("payments.instruct", sari)
    assert entry.facts == {"instalment": asked(order).instalment_id}


def test_it_keeps_its_account(order: Order, account: BankAccount, owner: Person) -> None:
    account.close(by=owner)
    testing.account(order.workshop, "999")

    assert asked(order).account == account


def test_the_production_may_not(order: Order, udin: Person) -> None:
    asked(order).close(by=testing.accountant(order.workshop))
    instalment = order.instalments.get(position=1)

    with pytest.raises(NotAllowed):
        Instruction.issue(by=udin, instalment=instalment)

    assert not Instruction.objects.open().exists()


def test_without_an_account_it_says_so(buyer: Party, sari: Person) -> None:
    order = testing.confirmed_order(buyer)

    with pytest.raises(NoAccount):
        Instruction.issue(by=sari, instalment=order.instalments.get(position=1))


def test_it_closes_once(order: Order, sari: Person) -> None:
    instruction = asked(order)
    instruction.close(by=sari)

    with pytest.raises(WrongState):
        Instruction.objects.get(pk=instruction.pk).close(by=sari)
