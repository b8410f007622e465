from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.lib.places import Spot
from simpul.parties.models import Identity, Person, User, Workshop
from simpul.parties.roles import Role

SETTINGS = "/ciomas/desk/settings/"
PEOPLE = f"{SETTINGS}people/"
FACTS = {
    "name": "Sepatu Ciomas",
    "tagline": "Kulit asli.",
    "tagline_en": "Real leather.",
    "telephone": "0251-8631234",
    "publishes_prices": "on",
    "down_payment_percent": "40",
    "payment_days": "3",
    "grace_days": "2",
    "offer_days": "7",
    "stamp_duty_above": "5.000.000",
    "owner_limit": "1.250.000",
    "forfeit_percent": "0",
    "qris_limit": "10000000",
    "over_receipt_percent": "5",
    "remind_before": "3",
    "remind_after": "2, 7, 14",
    "quiet_from": "20:00",
    "quiet_until": "07:00",
    "supplier_days": "14",
    "delivery_attempts": "2",
    "note_sheet": "a5x3",
    "taxed_as": "individual",
}


@pytest.fixture
def client(client: Client, owner: Person) -> Client:
    """A browser in which Pak Hadi, the owner, has logged in."""
    testing.login(client, owner)
    return client


def invite(client: Client, **words: str) -> Any:
    facts = {"name": "Wati", "role": "sales", "telephone": "081200000077", "email": "W@x.id"}
    return client.post(f"{PEOPLE}new/", facts | words)


def test_the_workshop_is_described(client: Client, workshop: Workshop) -> None:
    assert client.get(SETTINGS).status_code == 200

    assert client.post(SETTINGS, FACTS)["Location"] == SETTINGS

    workshop.refresh_from_db()
    assert (workshop.tagline, workshop.down_payment_percent) == ("Kulit asli.", 40)
    assert workshop.tagline_en == "Real leather."
    assert workshop.owner_limit == 1_250_000
    assert 'value="1,250,000"' in client.get(SETTINGS).text
    assert workshop.telephone == "+622518631234"
    assert "Real leather." in client.get("/ciomas/").text


def test_the_workshop_says_where_it_is(client: Client, workshop: Workshop) -> None:
    client.post(SETTINGS, FACTS | {"spot": "geo:-6.600123,106.750456"})

    workshop.refresh_from_db()
    assert workshop.spot == Spot(-6_600_123, 106_750_456)
    assert 'value="-6.600123, 106.750456"' in client.get(SETTINGS).text


def test_what_was_typed_stays(client: Client, workshop: Workshop) -> None:
    answer = client.post(SETTINGS, FACTS | {"name": "Nama Baru", "telephone": "12"})

    assert answer.status_code == 422
    assert 'value="Nama Baru"' in answer.text
    assert 'value="12"' in answer.text
    assert "<span>Sepatu Ciomas</span>" in answer.text  # nothing has changed yet
    workshop.refresh_from_db()
    assert workshop.tagline == ""


def test_a_colleague_is_invited_by_mail(client: Client) -> None:
    answer = invite(client)

    assert answer["Location"] == PEOPLE
    wati = Person.objects.get(name="Wati")
    assert (wati.role, wati.workshop.slug) == (Role.SALES, "ciomas")
    assert wati.user is not None
    assert not wati.user.has_usable_password()
    assert sorted(wati.identities.values_list("value", flat=True)) == ["+6281200000077", "w@x.id"]
    assert [message.to for message in mail.outbox] == [["w@x.id"]]
    assert "Wati" in client.get(PEOPLE).text


def test_an_address_that_is_known_here_is_refused(client: Client, sari: Person) -> None:
    Identity.objects.create(workshop=sari.workshop, person=sari, kind="mail", value="w@x.id")

    answer = invite(client)

    assert answer.status_code == 422
    assert 'value="Wati"' in answer.text
    assert not User.objects.filter(email="w@x.id").exists()
    assert not mail.outbox


def test_nobody_is_made_a_machine(client: Client) -> None:
    assert invite(client, role="machine").status_code == 422
    assert not Person.objects.filter(name="Wati").exists()


def test_a_colleague_gets_another_role_or_leaves(client: Client, sari: Person) -> None:
    page = f"{PEOPLE}{sari.pk}/"
    assert "Sari" in client.get(page).text

    facts = {"name": "Sari", "role": "finance", "is_active": "on"}
    assert client.post(page, facts)["Location"] == PEOPLE
    sari.refresh_from_db()
    assert sari.role == Role.FINANCE

    testing.login(client, sari)
    assert client.get("/ciomas/desk/").status_code == 200
    Person.objects.filter(pk=sari.pk).update(is_active=False)
    assert client.get("/ciomas/desk/").status_code in {302, 404}


def test_somebody_stays_the_owner(client: Client, owner: Person) -> None:
    page = f"{PEOPLE}{owner.pk}/"
    for facts in ({"name": "Hadi", "role": "owner"}, {"name": "Hadi", "role": "sales"}):
        assert client.post(page, facts).status_code == 422
    owner.refresh_from_db()
    assert (owner.role, owner.is_active) == (Role.OWNER, True)

    testing.staff("Yuni", owner.workshop, Role.OWNER)
    facts = {"name": "Hadi", "role": "sales", "is_active": "on"}
    assert client.post(page, facts).status_code == 302


# Doors


def test_people_of_other_sides_and_workshops_are_not_there(
    client: Client, joko: Person, dewi: Person
) -> None:
    facts = {"name": "X", "role": "viewer"}
    for person in (joko, dewi, joko.workshop.machine):
        assert client.post(f"{PEOPLE}{person.pk}/", facts).status_code == 404
    joko.refresh_from_db()
    assert (joko.name, joko.role) == ("Joko", Role.OWNER)
    assert "Joko" not in client.get(PEOPLE).text
    assert client.get("/cibaduyut/desk/settings/").status_code == 404


def test_the_machine_has_no_role_to_change(client: Client, machine: Person) -> None:
    facts = {"name": "X", "role": "owner", "is_active": "on"}

    assert client.post(f"{PEOPLE}{machine.pk}/", facts).status_code == 404
    machine.refresh_from_db()
    assert machine.role == Role.MACHINE


@pytest.mark.parametrize("role", ["sari", "fajar", "rina", "udin", "viewer"])
def test_only_the_owner_changes_anything(
    client: Client, request: pytest.FixtureRequest, workshop: Workshop, owner: Person, role: str
) -> None:
    testing.login(client, request.getfixturevalue(role))

    assert "disabled" in client.get(SETTINGS).text
    assert client.get(PEOPLE).status_code == 200
    assert f"{PEOPLE}new/" not in client.get(PEOPLE).text
    assert client.post(SETTINGS, FACTS).status_code == 403
    assert invite(client).status_code == 403
    answer = client.post(f"{PEOPLE}{owner.pk}/", {"name": "X", "role": "viewer"})
    assert answer.status_code == 403
    workshop.refresh_from_db()
    owner.refresh_from_db()
    assert (workshop.tagline, owner.role) == ("", Role.OWNER)
    assert not mail.outbox


@testing.counts_questions
def test_the_number_of_queries_is_fixed(
    client: Client, owner: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get(PEOPLE)
    with django_assert_num_queries(5):
        client.get(PEOPLE)
    for n in range(29):
        testing.staff(f"Orang {n}", owner.workshop, Role.PRODUCTION)
    with django_assert_num_queries(5):
        client.get(PEOPLE)
