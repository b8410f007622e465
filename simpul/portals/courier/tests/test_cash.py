"""What the courier collected: shown, brought, counted by the workshop; a difference is talked about."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from simpul import testing
from simpul.conversations.models import Message, Ticket
from simpul.delivery.models import Shipment
from simpul.orders.models import Instalment
from simpul.parties.models import Party, Person
from simpul.payments.models import CashHanding, Collection

COURIER = "/ciomas/courier/"
DESK = "/ciomas/desk/"


@pytest.fixture
def job(buyer: Party, asep: Person) -> Shipment:
    """On its way; 1.400.000 is paid to Asep at the door."""
    order = testing.packed_order(buyer, paid=False)
    Instalment.objects.filter(order=order, position=2).update(gate=5)
    rina = testing.keeper(buyer.workshop)
    made = Shipment.open(by=rina, orders=[order], mode="ojek")
    testing.offer_to(made, asep)
    made.accept(by=asep)
    made.issue_note(by=rina)
    made.hand_over(by=rina, count=2)
    made.pick_up(by=asep, count=2)
    return made


@pytest.fixture(autouse=True)
def _login(client: Client, asep: Person) -> None:
    testing.login(client, asep)


def test_he_sees_that_sum_and_no_price(client: Client, job: Shipment) -> None:
    text = client.get(f"{COURIER}jobs/{job.number}/").text
    assert "1,400,000" in text or "1.400.000" in text
    assert "2.000.000" not in text
    assert "2,000,000" not in text


def test_from_the_door_to_the_desk(
    client: Client, job: Shipment, fajar: Person, asep: Person
) -> None:
    told = {"receiver": "Dewi", "count": 2, "pin": job.pin}
    page = f"{COURIER}jobs/{job.number}/delivery/"
    assert client.post(page, told).status_code == 422
    assert client.post(page, told | {"collected": "1.400.001"}).status_code == 422
    client.post(page, told | {"collected": "1.400.000"})
    assert Collection.objects.get().collected == 1_400_000
    assert f"{COURIER}jobs/{job.number}/cash/" in client.get(f"{COURIER}jobs/{job.number}/").text
    assert job.number in client.get(f"{COURIER}cash/").text

    client.post(f"{COURIER}cash/", {"said": "1.400.000"})
    handing = CashHanding.objects.get()
    testing.login(client, fajar)
    assert f"{DESK}payments/handings/{handing.pk}/" in client.get(f"{DESK}payments/couriers/").text
    client.post(f"{DESK}payments/handings/{handing.pk}/", {"counted": "1.350.000"})

    assert job.first_order.balance_now() == 50_000
    ticket = Ticket.objects.get()
    assert f"{DESK}tickets/{ticket.pk}/" in client.get(f"{DESK}tickets/").text
    assert f"{DESK}tickets/" in client.get(DESK).text
    testing.login(client, asep)
    client.post(f"{COURIER}cash/tickets/{ticket.pk}/messages/", {"body": "Saya cari dulu."})
    assert Message.objects.about(ticket).get().body == "Saya cari dulu."
    testing.login(client, fajar)
    assert "Saya cari dulu." in client.get(f"{DESK}tickets/{ticket.pk}/").text
    client.post(
        f"{DESK}tickets/{ticket.pk}/resolution/", {"how": "paid", "reason": "Dibawa besoknya."}
    )
    ticket.refresh_from_db()
    assert ticket.status == Ticket.Status.RESOLVED


def test_the_money_of_one_job(client: Client, job: Shipment, asep: Person) -> None:
    page = f"{COURIER}jobs/{job.number}/cash/"
    assert client.get(page).status_code == 404
    job.deliver(by=asep, receiver="Dewi", count=2, pin=job.pin, collected=1_000_000)

    client.post(page, {"said": "1.000.000"})

    assert CashHanding.objects.get().said == 1_000_000
    assert client.get(page).status_code == 404


def test_the_money_of_one_job_is_not_that_of_another_of_its_order(
    client: Client, job: Shipment, asep: Person
) -> None:
    told: dict[str, Any] = {"receiver": "Dewi", "count": 1, "collected": 700_000}
    refused = [job.packages.latest("number")]
    job.deliver(by=asep, pin=job.pin, refused=refused, **told)
    rest = Shipment.objects.exclude(pk=job.pk).get()
    rest.deliver(by=asep, pin=rest.pin, **told)

    client.post(f"{COURIER}jobs/{job.number}/cash/", {"said": "700.000"})

    assert CashHanding.objects.get().collected_sum() == 700_000
    assert Shipment.objects.get(pk=rest.pk).held == 700_000


def test_staff_take_it_in(client: Client, job: Shipment, asep: Person, fajar: Person) -> None:
    job.deliver(by=asep, receiver="Dewi", count=2, pin=job.pin, collected=1_400_000)
    testing.login(client, fajar)
    page = f"{DESK}payments/couriers/{asep.party_id}/"
    assert page in client.get(f"{DESK}payments/couriers/").text

    answer = client.post(page, {"said": "1.400.000"})

    assert answer["Location"].endswith(f"handings/{CashHanding.objects.get().pk}/")


def test_another_courier_finds_nothing(client: Client, job: Shipment, asep: Person) -> None:
    job.deliver(by=asep, receiver="Dewi", count=2, pin=job.pin, collected=0)
    ticket = Ticket.objects.get()
    other = testing.person("Ujang", testing.party(job.workshop, "Ujang", is_courier=True))
    testing.login(client, other)

    assert client.get(f"{COURIER}cash/tickets/{ticket.pk}/").status_code == 404
    assert client.post(f"{COURIER}cash/", {"said": "5"}).status_code == 409
    assert client.get(f"{COURIER}jobs/{job.number}/cash/").status_code == 404
