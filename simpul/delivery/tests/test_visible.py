"""Who sees a shipment, and for how long a courier sees the address."""

from __future__ import annotations

from datetime import timedelta

import pytest

from simpul import testing
from simpul.delivery.models import Shipment
from simpul.lib import clock
from simpul.parties.models import Party, Person


def sees(person: Person) -> bool:
    return Shipment.objects.visible_to(person).exists()


def test_staff_and_its_buyer(shipment: Shipment, dewi: Person, siti: Person, sari: Person) -> None:
    assert sees(dewi)
    assert sees(sari)
    assert not sees(siti)


def test_not_another_workshop(shipment: Shipment, joko: Person) -> None:
    assert not sees(joko)


def test_a_courier_sees_what_it_was_asked_for(
    shipment: Shipment, asep: Person, courier: Party, sari: Person
) -> None:
    assert not sees(asep)
    expires_at = clock.now() + timedelta(hours=1)
    shipment.offer(by=sari, couriers=[courier], expires_at=expires_at)

    assert sees(asep)
    assert not shipment.shows_address_to(asep)


@pytest.mark.parametrize(("hours", "shown"), [(0, True), (23, True), (25, False)])
def test_the_address_goes_a_day_after_delivery(
    on_the_way: Shipment, asep: Person, hours: int, shown: bool
) -> None:
    assert on_the_way.shows_address_to(asep)
    on_the_way.deliver(by=asep, receiver="Bu Dewi", count=2, pin=on_the_way.pin)

    with clock.stopped(clock.now() + timedelta(hours=hours)):
        assert on_the_way.shows_address_to(asep) is shown


def test_the_address_goes_with_the_job(leaving: Shipment, asep: Person, sari: Person) -> None:
    assert leaving.shows_address_to(asep)
    leaving.withdraw(by=sari)

    assert not leaving.shows_address_to(asep)
    assert not Shipment.objects.for_courier(asep).exists()


def test_another_courier_never_sees_it(on_the_way: Shipment) -> None:
    rival = testing.person(
        "Ujang", testing.party(on_the_way.workshop, "Ojek Ujang", is_courier=True)
    )
    assert not on_the_way.shows_address_to(rival)
