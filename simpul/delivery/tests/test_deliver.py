from __future__ import annotations

from typing import Any

import pytest

from simpul import testing
from simpul.delivery.models import Handover, NoProof, NotCounted, Shipment, Status, WrongPin
from simpul.delivery.tests.conftest import Shelves
from simpul.lib import clock, uploads
from simpul.orders.models import LineSize, Order
from simpul.parties.models import Party, Person
from simpul.stock.models import Reservation
from simpul.workflow.steps import NotAllowed, WrongState, keyed

PHOTO = uploads.Admitted(b"a picture", "image/jpeg", "jpg", "0" * 64)


def deliver(shipment: Shipment, by: Person, **facts: Any) -> None:
    said: dict[str, Any] = {"receiver": "Bu Dewi", "count": 2, "pin": shipment.pin} | facts
    shipment.deliver(by=by, **said)


def wrong(shipment: Shipment) -> str:
    return "1111" if shipment.pin != "1111" else "2222"


def test_with_the_pin(on_the_way: Shipment, asep: Person, shelves: Shelves) -> None:
    deliver(on_the_way, asep, place="pos satpam")

    on_the_way.refresh_from_db()
    assert on_the_way.status == Status.DELIVERED
    assert on_the_way.delivered_at is not None
    assert shelves() == (0, 0, 0)
    assert not Reservation.objects.filter(balance__item__material=None).exists()
    proof = Handover.objects.get(kind=Handover.Kind.DELIVERED)
    assert (proof.receiver, proof.with_pin, proof.photo) == ("Bu Dewi", True, None)
    assert (proof.count, proof.place, proof.by) == (2, "pos satpam", asep)


def test_the_last_pair_fulfils_the_order(on_the_way: Shipment, asep: Person) -> None:
    deliver(on_the_way, asep)

    order = Order.objects.get()
    assert order.status == "fulfilled"
    assert all(size.delivered == size.pairs for size in LineSize.objects.all())
    assert order.journal.get(step="orders.fulfil").by == order.workshop.machine


def test_no_name_is_written_in_the_journal(on_the_way: Shipment, asep: Person) -> None:
    deliver(on_the_way, asep, place="rumah Bu Dewi", client_id="c-1")

    entry = on_the_way.journal.get(step="delivery.deliver")
    assert entry.by == asep
    assert entry.facts == {
        "count": 2,
        "with_pin": True,
        "photo": None,
        "client_id": "c-1",
        "collected": None,
        "cash_photo": None,
        "signature": None,
        "refused": [],
        "damage": [],
        "told_on": None,
    }
    assert on_the_way.journal.get(step="delivery.arrive").by == asep.workshop.machine


def test_a_photo_proves_too(on_the_way: Shipment, asep: Person) -> None:
    deliver(on_the_way, asep, pin="", photo=PHOTO)

    proof = Handover.objects.get(kind=Handover.Kind.DELIVERED)
    assert proof.with_pin is False
    assert proof.photo is not None
    assert proof.photo.party_id == asep.party_id


def test_not_without_any_proof(on_the_way: Shipment, asep: Person, shelves: Shelves) -> None:
    with pytest.raises(NoProof):
        deliver(on_the_way, asep, pin="")

    on_the_way.refresh_from_db()
    assert (on_the_way.status, shelves()) == (Status.PICKED_UP, (0, 0, 10))


def test_a_wrong_pin_is_counted_and_five_are_too_many(on_the_way: Shipment, asep: Person) -> None:
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(WrongPin, match=str(left)):
            deliver(on_the_way, asep, pin=wrong(on_the_way))
        on_the_way.refresh_from_db()
        assert on_the_way.pin_tries_left == left
    with pytest.raises(WrongPin):
        deliver(on_the_way, asep)

    assert on_the_way.status == Status.PICKED_UP
    deliver(on_the_way, asep, pin="", photo=PHOTO)
    assert on_the_way.status == Status.DELIVERED


def test_a_stranger_burns_no_tries(on_the_way: Shipment, dewi: Person, fajar: Person) -> None:
    other = testing.person("Maman", testing.party(dewi.workshop, "Ojek", is_courier=True))
    for person in (dewi, fajar, other):
        with pytest.raises(NotAllowed):
            deliver(on_the_way, person, pin=wrong(on_the_way))

    on_the_way.refresh_from_db()
    assert (on_the_way.status, on_the_way.wrong_pins) == (Status.PICKED_UP, 0)


def test_the_receiver_counts_the_same(on_the_way: Shipment, asep: Person, shelves: Shelves) -> None:
    with pytest.raises(NotCounted):
        deliver(on_the_way, asep, count=1)

    assert shelves() == (0, 0, 10)


def test_not_twice(on_the_way: Shipment, asep: Person) -> None:
    deliver(on_the_way, asep)
    with pytest.raises(WrongState):
        deliver(on_the_way, asep)

    assert on_the_way.journal.filter(step="delivery.deliver").count() == 1


def test_the_same_form_or_phone_delivers_once(on_the_way: Shipment, asep: Person) -> None:
    for _again in range(2):
        with keyed("form"):
            deliver(on_the_way, asep, client_id="phone-1")
    with keyed("another form"):
        deliver(on_the_way, asep, client_id="phone-1")

    assert Handover.objects.filter(kind=Handover.Kind.DELIVERED).count() == 1


def test_not_before_it_left(leaving: Shipment, asep: Person) -> None:
    with pytest.raises(WrongState):
        deliver(leaving, asep)
    with pytest.raises(WrongState):
        deliver(leaving, asep, pin=wrong(leaving))

    leaving.refresh_from_db()
    assert leaving.wrong_pins == 0


def test_the_buyer_fetches_it_with_the_pin(buyer: Party, rina: Person, shelves: Shelves) -> None:
    shipment = testing.shipment(buyer, Shipment.Mode.PICK_UP)
    shipment.issue_note(by=rina)
    shipment.hand_over(by=rina, count=2)

    deliver(shipment, rina)

    assert (shipment.status, shelves()) == (Status.DELIVERED, (0, 0, 0))


def test_nobody_lets_it_arrive_by_hand(on_the_way: Shipment, asep: Person, owner: Person) -> None:
    for person in (asep, owner):
        with pytest.raises(NotAllowed):
            on_the_way.arrive(by=person, on=clock.today())
