"""Opening a shipment, and taking it back."""

from __future__ import annotations

import pytest

from simpul import testing
from simpul.delivery.models import Package, Shipment, Status
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person
from simpul.workflow.steps import NotAllowed, WrongState, keyed


@pytest.fixture
def packed(buyer: Party) -> Order:
    return testing.packed_order(buyer)


def test_all_packages_that_stand_here_go_in(packed: Order, sari: Person) -> None:
    shipment = Shipment.open(
        by=sari, orders=[packed], mode="ojek", route="Ciomas – Bogor", fee=35_000
    )

    assert shipment.number == f"KRM-{clock.today().year}-0001"
    assert (shipment.status, shipment.packages.count()) == (Status.OPEN, 2)
    assert len(shipment.pin) == 4
    entry = shipment.journal.get()
    assert (entry.step, entry.by) == ("delivery.open", sari)
    assert shipment.pin not in str(entry.facts)


def test_not_without_packages(order: Order, sari: Person) -> None:
    with pytest.raises(WrongState):
        Shipment.open(by=sari, orders=[order], mode="ojek")

    assert not Shipment.objects.exists()


def test_not_twice(packed: Order, sari: Person) -> None:
    with keyed("form"):
        first = Shipment.open(by=sari, orders=[packed], mode="ojek")
    with keyed("form"):
        assert Shipment.open(by=sari, orders=[packed], mode="ojek") == first
    with pytest.raises(WrongState):
        Shipment.open(by=sari, orders=[packed], mode="ojek")

    assert Shipment.objects.count() == 1


def test_production_may_not(packed: Order, udin: Person) -> None:
    with pytest.raises(NotAllowed):
        Shipment.open(by=udin, orders=[packed], mode="ojek")

    assert Package.objects.waiting().count() == 2


def test_cancel_frees_the_packages(shipment: Shipment, sari: Person) -> None:
    shipment.cancel(by=sari)

    assert shipment.status == Status.CANCELLED
    assert Package.objects.waiting().count() == 2
    assert shipment.journal.filter(step="delivery.cancel").count() == 1
    with pytest.raises(WrongState):
        shipment.cancel(by=sari)


def test_the_buyer_may_not_cancel(shipment: Shipment, dewi: Person) -> None:
    with pytest.raises(NotAllowed):
        shipment.cancel(by=dewi)

    shipment.refresh_from_db()
    assert shipment.status == Status.OPEN


def test_not_cancelled_while_a_courier_has_it(leaving: Shipment, sari: Person) -> None:
    with pytest.raises(WrongState):
        leaving.cancel(by=sari)
