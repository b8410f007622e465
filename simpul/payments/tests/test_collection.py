"""Cash on delivery: collected, brought, counted; a difference is a ticket, never silence."""

from __future__ import annotations

import pytest

from simpul import testing
from simpul.conversations.models import Ticket
from simpul.orders.models import Gate, Order, PlannedInstalment
from simpul.orders.models.instalment import Kind
from simpul.parties.models import Party, Person, User
from simpul.payments import agreement
from simpul.payments.models import (
    BankAccount,
    CashHanding,
    Collection,
    Instruction,
    NotYours,
    Receipt,
    TooMuch,
    to_collect,
)
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, WrongState, keyed


@pytest.fixture
def at_the_door(buyer: Party, sari: Person, dewi: Person, account: BankAccount) -> Order:
    """Ten pairs for 1.900.000: 500.000 first, the rest to the courier."""
    order = testing.order(buyer)
    testing.offer(
        order,
        plan=[
            PlannedInstalment(Kind.DOWN_PAYMENT, 500_000, Gate.PROCUREMENT),
            PlannedInstalment(Kind.SETTLEMENT, 1_400_000, Gate.COURIER),
        ],
    )
    agreement.accept(order, by=dewi, revision=order.revision)
    testing.pay(order, 500_000)
    return order


@pytest.fixture
def asked(at_the_door: Order, courier: Party, machine: Person) -> Collection:
    return Collection.ask(by=machine, order=at_the_door, courier=courier, amount=1_400_000)


@pytest.fixture
def brought(asked: Collection, courier: Party, asep: Person) -> CashHanding:
    asked.collect(by=asep, amount=1_400_000)
    return CashHanding.hand(by=asep, courier=courier, said=1_400_000)


def test_the_gate_is_open_and_nobody_asks_for_a_transfer(at_the_door: Order) -> None:
    at_the_door.demand_open(Gate.HAND_OVER)
    assert not Instruction.objects.open().filter(order=at_the_door).exists()
    assert not agreement.unasked(at_the_door.workshop).exists()
    assert to_collect([at_the_door])[at_the_door.pk] == 1_400_000


def test_who_is_under_way_collects_it(asked: Collection) -> None:
    assert to_collect([asked.order])[asked.order_id] == 0


def test_what_the_courier_says_moves_no_money(asked: Collection, asep: Person) -> None:
    asked.collect(by=asep, amount=1_400_000, client_id="c1")

    assert asked.order.balance_now() == 1_400_000
    assert Collection.objects.by_holder()[0]["sum"] == 1_400_000
    entry = journal_of(asked).last()
    assert entry is not None
    assert (entry.step, entry.by) == ("payments.collect", asep)
    assert not Ticket.objects.exists()


def test_less_than_asked_is_a_ticket(asked: Collection, asep: Person, courier: Party) -> None:
    asked.collect(by=asep, amount=1_000_000)

    ticket = Ticket.objects.get()
    assert (ticket.kind, ticket.party, ticket.subject) == ("collected", courier, asked)
    assert ticket.facts == {
        "order": asked.order.number, "asked": 1_400_000, "collected": 1_000_000,
    }  # fmt: skip


@pytest.mark.parametrize("amount", [-1, 1_400_001])
def test_no_more_than_asked(asked: Collection, asep: Person, amount: int) -> None:
    with pytest.raises(TooMuch):
        asked.collect(by=asep, amount=amount)

    asked.refresh_from_db()
    assert asked.status == Collection.Status.ASKED


@pytest.mark.parametrize("who", ["dewi", "fajar", "joko", "udin"])
def test_who_was_not_at_the_door_says_nothing(
    asked: Collection, who: str, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(NotAllowed):
        asked.collect(by=request.getfixturevalue(who), amount=5)

    asked.refresh_from_db()
    assert asked.collected is None


def test_it_is_said_once(asked: Collection, asep: Person) -> None:
    asked.collect(by=asep, amount=5)

    with pytest.raises(WrongState):
        asked.collect(by=asep, amount=6)


def test_what_comes_back_is_not_collected(asked: Collection, asep: Person, machine: Person) -> None:
    with pytest.raises(NotAllowed):
        asked.void(by=asep)
    asked.void(by=machine)

    assert to_collect([asked.order])[asked.order_id] == 1_400_000
    assert journal_of(asked).last().step == "payments.void_cash"  # type: ignore[union-attr]
    with pytest.raises(WrongState):
        asked.void(by=machine)


def test_only_the_machine_asks(at_the_door: Order, courier: Party, asep: Person) -> None:
    with pytest.raises(NotAllowed):
        Collection.ask(by=asep, order=at_the_door, courier=courier, amount=1)

    assert not Collection.objects.exists()


def test_counted_money_pays_the_order(brought: CashHanding, fajar: Person) -> None:
    brought.count(by=fajar, counted=1_400_000)

    collection = brought.collections.get()
    assert collection.order.balance_now() == 0
    assert collection.receipt.amount == 1_400_000
    assert not Ticket.objects.exists()
    assert journal_of(brought).last().step == "payments.count_cash"  # type: ignore[union-attr]


def test_less_than_said_is_a_ticket_and_the_rest_is_owed(
    brought: CashHanding, fajar: Person, courier: Party
) -> None:
    brought.count(by=fajar, counted=1_350_000)

    assert brought.collections.get().order.balance_now() == 50_000
    ticket = Ticket.objects.get()
    assert (ticket.kind, ticket.party) == ("cash", courier)
    assert ticket.facts == {"collected": 1_400_000, "said": 1_400_000, "counted": 1_350_000}


def test_more_than_collected_pays_nothing_but_is_a_ticket(
    brought: CashHanding, fajar: Person
) -> None:
    brought.count(by=fajar, counted=1_450_000)

    assert sum(Receipt.objects.values_list("amount", flat=True)) == 1_900_000
    assert Ticket.objects.get().facts["counted"] == 1_450_000


def test_bringing_less_than_was_collected_is_a_ticket(
    asked: Collection, courier: Party, asep: Person, fajar: Person
) -> None:
    asked.collect(by=asep, amount=1_400_000)
    handing = CashHanding.hand(by=asep, courier=courier, said=1_300_000)

    handing.count(by=fajar, counted=1_300_000)

    assert Ticket.objects.get().facts["said"] == 1_300_000


@pytest.mark.parametrize("who", ["asep", "sari", "rina", "dewi", "joko"])
def test_only_finance_counts(
    brought: CashHanding, who: str, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(NotAllowed):
        brought.count(by=request.getfixturevalue(who), counted=1_400_000)

    assert brought.collections.get().order.balance_now() == 1_400_000


def test_it_is_counted_once(brought: CashHanding, fajar: Person) -> None:
    brought.count(by=fajar, counted=1_400_000)

    with pytest.raises(WrongState):
        brought.count(by=fajar, counted=1_400_000)

    assert Receipt.objects.count() == 2


def test_nobody_counts_what_their_own_business_brings(
    brought: CashHanding, asep: Person, fajar: Person
) -> None:
    asep.user = fajar.user = User.objects.create_user("fajar@example.com")
    asep.save()

    with pytest.raises(NotYours):
        brought.count(by=fajar, counted=1_400_000)


def test_what_is_brought_is_brought_once(
    brought: CashHanding, asep: Person, courier: Party
) -> None:
    with pytest.raises(WrongState):
        CashHanding.hand(by=asep, courier=courier, said=1)

    assert journal_of(brought).get().step == "payments.hand_cash"


def test_a_form_sent_twice_brings_once(asked: Collection, asep: Person, courier: Party) -> None:
    asked.collect(by=asep, amount=1_400_000)
    made = []
    for _time in range(2):
        with keyed("one form"):
            made.append(CashHanding.hand(by=asep, courier=courier, said=1_400_000))

    assert made[0] == made[1]


def test_nobody_brings_the_money_of_another_courier(
    asked: Collection, asep: Person, courier: Party, siti: Person
) -> None:
    asked.collect(by=asep, amount=1_400_000)
    other = testing.person("Ujang", testing.party(courier.workshop, "Ujang", is_courier=True))
    with pytest.raises(NotAllowed):
        CashHanding.hand(by=other, courier=courier, said=1)

    assert not CashHanding.objects.exists()
    assert Collection.objects.held().get() == asked
