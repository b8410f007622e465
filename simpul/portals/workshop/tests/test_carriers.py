"""Carriers on the desk, and what the buyer sees of them."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.delivery.carriers import Rate
from simpul.delivery.models import CarrierAccount, Consignment, Shipment
from simpul.parties.models import Party, Person, Workshop
from simpul.portals.workshop.tests.test_gateways import freshly

DESK = "/ciomas/desk/"


@pytest.fixture
def shipment(buyer: Party, rina: Person, owner: Person) -> Shipment:
    return testing.shipment(buyer, "expedition")


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def carrier_page(shipment: Shipment) -> str:
    return f"{DESK}deliveries/{shipment.number}/carrier/"


def test_the_owner_connects_and_the_keys_are_not_shown(
    client: Client, workshop: Workshop, owner: Person
) -> None:
    freshly(client, owner)
    keys = {"api_key": "biteship-RAHASIA", "webhook_secret": "kata yang panjang"}
    assert client.post(f"{DESK}settings/carriers/biteship/", keys).status_code == 302
    assert CarrierAccount.objects.connected().count() == 1
    text = page(client, f"{DESK}settings/carriers/")
    assert "/hooks/carriers/biteship/ciomas/" in text
    assert "RAHASIA" not in text


def test_without_keys_nobody_can_be_asked(client: Client, shipment: Shipment, sari: Person) -> None:
    testing.login(client, sari)
    assert "Compare prices" not in page(client, f"{DESK}deliveries/{shipment.number}/")
    answer = client.post(f"{carrier_page(shipment)}rates/", {"postcode": "40111"})
    assert answer.status_code == 404


def test_what_is_missing_is_said_with_what_to_do(
    client: Client, shipment: Shipment, sari: Person
) -> None:
    testing.carrier(shipment.workshop)
    testing.login(client, sari)
    answer = client.post(f"{carrier_page(shipment)}rates/", {"postcode": "40111"})
    assert answer.status_code == 422
    assert "street, postcode and telephone" in answer.text


def test_prices_are_compared_one_is_taken_and_booked(
    client: Client, shipment: Shipment, sari: Person
) -> None:
    asked = testing.rates(shipment, Rate("jnt", "ez", "J&T EZ", 49_000, 3))
    testing.login(client, sari)
    text = page(client, carrier_page(shipment))
    assert "J&amp;T EZ" in text
    assert "3 days" in text
    client.post(f"{carrier_page(shipment)}choice/", {"request": asked.pk, "service": "jnt ez"})
    shipment.refresh_from_db()
    assert (shipment.route, shipment.fee, shipment.days) == ("J&T EZ", 49_000, 3)
    assert client.post(f"{carrier_page(shipment)}booking/").status_code == 302
    assert Consignment.objects.get().status == "asked"
    text = page(client, carrier_page(shipment))
    assert "It is being booked" in text
    assert "Take it" not in text


def test_a_number_is_typed_and_the_buyer_sees_it(
    client: Client, shipment: Shipment, sari: Person, dewi: Person
) -> None:
    testing.login(client, sari)
    wrong = client.post(f"{carrier_page(shipment)}number/", {"carrier": "JNE", "number": "123"})
    assert wrong.status_code == 422
    client.post(f"{carrier_page(shipment)}number/", {"carrier": "JNE", "number": "jp 1234567890"})
    assert "JP1234567890" in page(client, f"{DESK}deliveries/{shipment.number}/")
    to_mend = page(client, f"{carrier_page(shipment)}number/")
    assert 'value="JP1234567890"' in to_mend
    assert 'value="JNE"' in to_mend.split("</datalist>")[1]
    testing.login(client, dewi)
    text = page(client, f"/ciomas/my/orders/{shipment.first_order.number}/")
    assert "JP1234567890" in text
    assert "JNE" in text


def test_where_nobody_knows_whether_it_is_booked_its_number_is_typed(
    client: Client, shipment: Shipment, sari: Person
) -> None:
    chosen = testing.consignment(shipment)
    testing.login(client, sari)
    path = f"{DESK}deliveries/{shipment.number}/"
    for one in (path, carrier_page(shipment)):
        assert "Type a tracking number" not in page(client, one)
    chosen.book(by=sari)
    chosen.take_refusal(by=shipment.workshop.machine, trouble="SILENT", is_unsure=True)
    for one in (path, carrier_page(shipment)):
        assert "Type a tracking number" in page(client, one)
    client.post(f"{carrier_page(shipment)}number/", {"carrier": "JNE", "number": "jp 1234567890"})
    assert Consignment.objects.standing().get().number == "JP1234567890"


def test_after_it_was_called_off_a_number_is_typed(
    client: Client, shipment: Shipment, sari: Person
) -> None:
    testing.booked_consignment(shipment).call_off(by=sari)
    testing.login(client, sari)
    assert "Type a tracking number" in page(client, carrier_page(shipment))


def test_another_way_says_that_the_note_is_void(
    client: Client, shipment: Shipment, sari: Person, rina: Person
) -> None:
    asked = testing.rates(shipment)
    shipment.issue_note(by=rina)
    testing.login(client, sari)
    facts = {"request": asked.pk, "service": "jne reg"}
    answer = client.post(f"{carrier_page(shipment)}choice/", facts, follow=True)
    assert "names the old way: it is void. Issue it again." in answer.text


def test_the_buyer_sees_where_it_is(client: Client, shipment: Shipment, dewi: Person) -> None:
    booked = testing.booked_consignment(shipment)
    booked.hear(by=shipment.workshop.machine, state=30, number="", price=None)
    testing.login(client, dewi)
    text = page(client, f"/ciomas/my/orders/{shipment.first_order.number}/")
    assert "On the way" in text
    assert "https://track.biteship.com/x" in text


@testing.counts_questions
def test_the_page_costs_the_same_for_any_history(
    client: Client,
    shipment: Shipment,
    sari: Person,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    booked = testing.booked_consignment(shipment)
    testing.login(client, sari)
    page(client, carrier_page(shipment))
    for state in (10, 20, 30):
        booked.hear(by=shipment.workshop.machine, state=state, number="", price=None)
    # session, user, person; shipment, its orders, consignment, rates, events;
    # journal and its subject; accounts only where prices may be asked
    with django_assert_num_queries(10):
        page(client, carrier_page(shipment))


def test_another_workshops_is_not_found(client: Client, shipment: Shipment, joko: Person) -> None:
    testing.login(client, joko)
    path = f"/cibaduyut/desk/deliveries/{shipment.number}/carrier/"
    assert [client.get(path).status_code, client.post(f"{path}booking/").status_code] == [404, 404]
