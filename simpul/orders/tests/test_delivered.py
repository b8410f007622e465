"""Fulfil and close: how an order ends well."""

from __future__ import annotations

import pytest

from simpul import testing
from simpul.orders.models import LineSize, Order, Status, Track
from simpul.parties.models import Party, Person
from simpul.workflow.steps import NotAllowed, WrongState


@pytest.fixture
def delivered(buyer: Party) -> Order:
    """Everything has reached the buyer; nobody told the order yet."""
    order = testing.confirmed_order(buyer)
    for size in LineSize.objects.order_by("pk"):
        for track in Track:
            size.advance(track, size.pairs)
    return order


def pay(order: Order) -> None:
    for instalment in order.instalments.all():
        instalment.receive(instalment.amount)


def test_the_last_pair_fulfils_it_in_the_name_of_the_machine(
    delivered: Order, machine: Person
) -> None:
    delivered.deliver_all()

    delivered.refresh_from_db()
    assert delivered.status == Status.FULFILLED
    assert delivered.fulfilled_at is not None
    assert delivered.journal.get(step="orders.fulfil").by == machine


def test_a_pair_short_is_not_fulfilled(delivered: Order, sari: Person) -> None:
    LineSize.objects.order_by("pk")[0].advance(Track.DELIVERED, -1)

    delivered.deliver_all()
    with pytest.raises(WrongState):
        delivered.fulfil(by=sari)

    delivered.refresh_from_db()
    assert delivered.status == Status.CONFIRMED
    assert not delivered.journal.filter(step="orders.fulfil").exists()


def test_the_buyer_may_not_fulfil_and_nobody_twice(
    delivered: Order, dewi: Person, sari: Person
) -> None:
    with pytest.raises(NotAllowed):
        delivered.fulfil(by=dewi)
    delivered.fulfil(by=sari)

    with pytest.raises(WrongState):
        delivered.fulfil(by=sari)

    assert delivered.journal.filter(step="orders.fulfil").count() == 1


def test_it_closes_when_nothing_is_owed(delivered: Order, dewi: Person) -> None:
    delivered.deliver_all()
    pay(delivered)

    delivered.close(by=dewi)

    delivered.refresh_from_db()
    assert delivered.status == Status.CLOSED
    assert delivered.closed_at is not None
    assert delivered.journal.get(step="orders.close").by == dewi


def test_not_while_something_is_owed(delivered: Order, sari: Person) -> None:
    delivered.deliver_all()

    with pytest.raises(WrongState, match="paid"):
        delivered.close(by=sari)

    delivered.refresh_from_db()
    assert delivered.status == Status.FULFILLED


def test_another_buyer_may_not_close_it_and_nobody_twice(
    delivered: Order, siti: Person, sari: Person
) -> None:
    delivered.deliver_all()
    pay(delivered)
    with pytest.raises(NotAllowed):
        delivered.close(by=siti)
    delivered.close(by=sari)

    with pytest.raises(WrongState):
        delivered.close(by=sari)

    assert delivered.journal.filter(step="orders.close").count() == 1
