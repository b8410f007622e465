from __future__ import annotations

import pytest

from simpul import testing
from simpul.orders.models import Gate, GateShut, Instalment, Order
from simpul.parties.models import Party, Person
from simpul.workflow.steps import NotAllowed, WrongState


def test_it_opens_the_gate_and_the_debt_stays(buyer: Party, owner: Person) -> None:
    order = testing.confirmed_order(buyer)
    down = order.instalments.get(position=1)

    order.waive(by=owner, instalment=down, reason="Pelanggan lama")

    down.refresh_from_db()
    assert (down.is_waived, down.waived_because) == (True, "Pelanggan lama")
    assert not down.is_paid
    assert order.balance_now() == 2_000_000
    order.demand_open(Gate.PACKING)


def test_it_is_written_in_the_journal(buyer: Party, owner: Person) -> None:
    order = testing.confirmed_order(buyer)
    down = order.instalments.get(position=1)

    order.waive(by=owner, instalment=down, reason="Pelanggan lama")

    entry = order.journal.get(step="orders.waive")
    assert (entry.by, entry.facts) == (owner, {"instalment": down.pk, "reason": "Pelanggan lama"})


def test_only_the_owner_may(buyer: Party, dewi: Person, sari: Person, fajar: Person) -> None:
    order = testing.confirmed_order(buyer)
    down = order.instalments.get(position=1)

    for person in (dewi, sari, fajar):
        with pytest.raises(NotAllowed):
            order.waive(by=person, instalment=down, reason="x")

    with pytest.raises(GateShut):
        order.demand_open(Gate.PROCUREMENT)
    assert not Instalment.objects.exclude(waived_at=None).exists()


def test_not_twice_not_what_is_paid_and_not_of_another_order(buyer: Party, owner: Person) -> None:
    order, another = testing.confirmed_order(buyer), testing.confirmed_order(buyer)
    down, rest = order.instalments.order_by("position")
    order.waive(by=owner, instalment=down, reason="first")
    rest.receive(rest.amount)

    for instalment in (down, rest, another.instalments.all()[0]):
        with pytest.raises(WrongState):
            order.waive(by=owner, instalment=instalment, reason="again")

    assert Instalment.objects.exclude(waived_at=None).get().waived_because == "first"
    assert Order.objects.get(pk=order.pk).journal.filter(step="orders.waive").count() == 1
