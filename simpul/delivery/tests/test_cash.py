"""Cash at the door: asked for when the packages leave, said at delivery."""

from __future__ import annotations

from typing import Any

import pytest

from simpul import testing
from simpul.conversations.models import Ticket
from simpul.delivery.models import NoProof, Shipment
from simpul.orders.models import GateShut, Instalment
from simpul.parties.models import Party, Person
from simpul.payments.models import Collection, TooMuch
from simpul.workflow.steps import WrongState


@pytest.fixture
def job(buyer: Party, asep: Person) -> Shipment:
    """Two packages that Asep has accepted; 1.400.000 is paid to him at the door."""
    order = testing.packed_order(buyer, paid=False)
    Instalment.objects.filter(order=order, position=2).update(gate=5)
    shipment = Shipment.open(by=testing.keeper(buyer.workshop), orders=[order], mode="ojek")
    return _accepted(shipment, asep)


def _accepted(shipment: Shipment, asep: Person) -> Shipment:
    testing.offer_to(shipment, asep)
    shipment.accept(by=asep)
    return shipment


def leave(job: Shipment, asep: Person) -> None:
    rina = testing.keeper(job.workshop)
    job.issue_note(by=rina)
    job.hand_over(by=rina, count=2)
    job.pick_up(by=asep, count=2)


def test_the_sum_is_known_before_and_fixed_when_it_leaves(job: Shipment, asep: Person) -> None:
    assert job.cash_to_collect() == 1_400_000

    leave(job, asep)

    job.refresh_from_db()
    said = Collection.objects.get()
    assert (job.asked, said.asked, said.courier_id) == (1_400_000, 1_400_000, asep.party_id)


def test_what_was_collected_is_said_at_the_door(job: Shipment, asep: Person) -> None:
    leave(job, asep)
    told: dict[str, Any] = {"receiver": "Dewi", "count": 2, "pin": job.pin}
    with pytest.raises(NoProof):
        job.deliver(by=asep, **told)
    with pytest.raises(TooMuch):
        job.deliver(by=asep, collected=1_400_001, **told)
    job.refresh_from_db()
    assert job.status == "picked_up"

    for _time in range(2):
        job.deliver(by=asep, collected=1_400_000, client_id="c1", **told)

    said = Collection.objects.get()
    assert (said.collected, said.said_by, said.client_id) == (1_400_000, asep, "c1")
    assert job.first_order.balance_now() == 1_400_000
    assert not Ticket.objects.exists()


def test_nothing_collected_is_a_ticket(job: Shipment, asep: Person) -> None:
    leave(job, asep)

    job.deliver(by=asep, receiver="Dewi", count=2, pin=job.pin, collected=0)

    assert Ticket.objects.get().facts["collected"] == 0
    assert not Collection.objects.held().exists()


def test_packages_that_come_back_bring_no_money(job: Shipment, asep: Person) -> None:
    leave(job, asep)
    job.fail(by=asep, reason="nobody")

    job.take_back(by=testing.keeper(job.workshop), count=2)

    job.refresh_from_db()
    assert job.asked == 0
    assert Collection.objects.get().status == Collection.Status.VOID


def test_nobody_collects_on_the_way_of_an_expedition(buyer: Party) -> None:
    order = testing.packed_order(buyer, paid=False)
    Instalment.objects.filter(order=order, position=2).update(gate=5)
    rina = testing.keeper(buyer.workshop)
    shipment = Shipment.open(by=rina, orders=[order], mode="expedition")
    shipment.issue_note(by=rina)

    with pytest.raises(GateShut):
        shipment.hand_over(by=rina, count=2)

    shipment.refresh_from_db()
    assert shipment.status == "open"


def test_the_share_of_half_the_pairs_is_half_the_sum(buyer: Party, asep: Person) -> None:
    order = testing.needy_order(buyer)
    Instalment.objects.filter(order=order, position=2).update(gate=5)
    testing.shelve(order, {"41": 6})
    rina = testing.keeper(buyer.workshop)
    testing.fill(order, 6)
    first = _accepted(Shipment.open(by=rina, orders=[order], mode="ojek"), asep)
    assert first.cash_to_collect() == 840_000
    first.issue_note(by=rina)
    first.hand_over(by=rina, count=1)
    first.pick_up(by=asep, count=1)
    testing.shelve(order)
    testing.fill(order, 4)

    second = Shipment.open(by=rina, orders=[order], mode="ojek")

    assert second.cash_to_collect() == 560_000


def test_paid_by_transfer_before_it_leaves_is_not_collected(job: Shipment, asep: Person) -> None:
    testing.pay(job.first_order)

    leave(job, asep)

    assert not Collection.objects.exists()
    job.deliver(by=asep, receiver="Dewi", count=2, pin=job.pin)
    with pytest.raises(WrongState):
        job.deliver(by=asep, receiver="Dewi", count=2, pin=job.pin)


def half_taken(job: Shipment, asep: Person, collected: int) -> Shipment:
    """Deliver one of the two packages, and return the shipment of the other."""
    leave(job, asep)
    job.deliver(
        by=asep,
        receiver="Dewi",
        count=1,
        pin=job.pin,
        collected=collected,
        refused=[job.packages.latest("number")],
    )
    return Shipment.objects.exclude(pk=job.pk).get()


def test_what_is_brought_once_more_is_not_for_nothing(job: Shipment, asep: Person) -> None:
    rest = half_taken(job, asep, 700_000)
    assert rest.cash_to_collect() == 700_000
    told: dict[str, Any] = {"receiver": "Dewi", "count": 1, "pin": rest.pin}
    with pytest.raises(NoProof):
        rest.deliver(by=asep, **told)
    rest.deliver(by=asep, collected=700_000, **told)
    assert sum(one.collected or 0 for one in Collection.objects.held()) == 1_400_000


def test_what_was_paid_in_full_is_not_asked_again(job: Shipment, asep: Person) -> None:
    rest = half_taken(job, asep, 1_400_000)
    assert rest.cash_to_collect() == 0


def test_a_rest_that_comes_back_is_asked_for_when_it_is_sent_again(
    job: Shipment, asep: Person
) -> None:
    rest = half_taken(job, asep, 700_000)
    rina = testing.keeper(job.workshop)
    rest.take_back(by=rina, count=1)
    again = Shipment.open(by=rina, orders=[job.first_order], mode="ojek")
    assert again.cash_to_collect() == 700_000
