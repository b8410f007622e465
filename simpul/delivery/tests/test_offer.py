"""Asking couriers, and what they answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from simpul import testing
from simpul.delivery.models import CourierOffer, Shipment, Status, TooLate
from simpul.lib import clock
from simpul.parties.models import AccessLink, Party, Person
from simpul.workflow.steps import NotAllowed, WrongState, keyed


@pytest.fixture
def ujang(asep: Person) -> Person:
    """Ujang drives, too."""
    rival = testing.party(asep.workshop, "Ojek Ujang", is_courier=True)
    return testing.person("Ujang", rival)


def offer(shipment: Shipment, by: Person, *drivers: Person, hours: int = 2) -> None:
    couriers = list(Party.objects.filter(people__in=drivers))
    expires_at = clock.now() + timedelta(hours=hours)
    shipment.offer(by=by, couriers=couriers, expires_at=expires_at)


@pytest.fixture
def offered(shipment: Shipment, sari: Person, asep: Person, ujang: Person) -> Shipment:
    offer(shipment, sari, asep, ujang)
    return shipment


def test_each_courier_gets_a_link(offered: Shipment, asep: Person, ujang: Person) -> None:
    assert offered.status == Status.OFFERED
    assert {one.courier_id for one in offered.offers.all()} == {asep.party_id, ujang.party_id}
    assert {one.fee for one in offered.offers.all()} == {35_000}
    assert set(AccessLink.objects.values_list("person", flat=True)) == {asep.pk, ujang.pk}
    entry = offered.journal.get(step="delivery.offer")
    assert set(entry.facts["couriers"]) == {asep.party_id, ujang.party_id}


def test_only_couriers_are_asked(shipment: Shipment, sari: Person, dewi: Person) -> None:
    with pytest.raises(WrongState):
        offer(shipment, sari, dewi)
    with pytest.raises(WrongState):
        offer(shipment, sari)

    assert not CourierOffer.objects.exists()


def test_not_for_a_moment_that_is_past(shipment: Shipment, sari: Person, asep: Person) -> None:
    with pytest.raises(WrongState):
        offer(shipment, sari, asep, hours=0)


def test_not_what_the_buyer_fetches(buyer: Party, sari: Person, asep: Person) -> None:
    with pytest.raises(WrongState):
        offer(testing.shipment(buyer, Shipment.Mode.PICK_UP), sari, asep)


def test_finance_may_not_ask(shipment: Shipment, fajar: Person, asep: Person) -> None:
    with pytest.raises(NotAllowed):
        offer(shipment, fajar, asep)

    shipment.refresh_from_db()
    assert shipment.status == Status.OPEN


def test_who_is_asked_again_has_one_open_offer(
    offered: Shipment, sari: Person, asep: Person
) -> None:
    offer(offered, sari, asep)

    mine = offered.offers.filter(courier=asep.party_id).order_by("pk")
    assert [one.status for one in mine] == ["withdrawn", "offered"]


def test_the_first_to_accept_has_it(offered: Shipment, asep: Person, ujang: Person) -> None:
    seen_by_the_other = Shipment.objects.get(pk=offered.pk)
    offered.accept(by=asep)

    with pytest.raises(WrongState):
        seen_by_the_other.accept(by=ujang)

    offered.refresh_from_db()
    assert (offered.status, offered.courier_id) == (Status.ACCEPTED, asep.party_id)
    assert sorted(one.status for one in offered.offers.all()) == ["accepted", "withdrawn"]
    assert offered.journal.get(step="delivery.accept").by == asep


def test_the_same_tap_accepts_once(offered: Shipment, asep: Person) -> None:
    for _again in range(2):
        with keyed("tap"):
            offered.accept(by=asep)

    assert offered.journal.filter(step="delivery.accept").count() == 1


def test_who_was_not_asked_may_not(offered: Shipment, dewi: Person, sari: Person) -> None:
    stranger = testing.person("Maman", testing.party(dewi.workshop, "Ojek", is_courier=True))
    for person in (stranger, dewi, sari):
        with pytest.raises(NotAllowed):
            offered.accept(by=person)
        with pytest.raises(NotAllowed):
            offered.pass_on(by=person)

    offered.refresh_from_db()
    assert (offered.status, offered.courier) == (Status.OFFERED, None)


def test_an_offer_runs_out(offered: Shipment, asep: Person) -> None:
    with clock.stopped(clock.now() + timedelta(hours=3)), pytest.raises(TooLate):
        offered.accept(by=asep)

    offered.refresh_from_db()
    assert offered.status == Status.OFFERED


def test_passing_leaves_it_to_the_others(offered: Shipment, asep: Person, ujang: Person) -> None:
    offered.pass_on(by=asep)
    with pytest.raises(TooLate):
        offered.pass_on(by=asep)
    with pytest.raises(TooLate):
        offered.accept(by=asep)

    offered.accept(by=ujang)

    assert offered.courier_id == ujang.party_id
    assert offered.journal.filter(step="delivery.pass").count() == 1


def test_withdraw_before_it_leaves(leaving: Shipment, sari: Person, asep: Person) -> None:
    leaving.issue_note(by=sari)
    leaving.hand_over(by=sari, count=2)

    leaving.withdraw(by=sari)

    assert (leaving.status, leaving.courier) == (Status.OPEN, None)
    assert (leaving.note_number, leaving.counted) == ("", None)
    assert leaving.journal.filter(step="delivery.withdraw").count() == 1
    with pytest.raises(WrongState):
        leaving.withdraw(by=sari)
    with pytest.raises(NotAllowed):
        leaving.pick_up(by=asep, count=2)


def test_the_courier_may_not_withdraw(leaving: Shipment, asep: Person) -> None:
    with pytest.raises(NotAllowed):
        leaving.withdraw(by=asep)

    leaving.refresh_from_db()
    assert leaving.status == Status.ACCEPTED


def test_not_what_is_on_the_way(on_the_way: Shipment, sari: Person) -> None:
    with pytest.raises(WrongState):
        on_the_way.withdraw(by=sari)
