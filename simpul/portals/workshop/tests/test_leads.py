from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.crm.models import Lead
from simpul.parties.models import Party, Person, Workshop

LEADS = "/ciomas/desk/leads/"


@pytest.fixture
def client(client: Client, sari: Person) -> Client:
    """A browser in which Sari, who sells, has logged in."""
    testing.login(client, sari)
    return client


def register(workshop: Workshop, number: int = 0, name: str = "Toko Baru") -> Lead:
    return Lead.register(
        by=workshop.machine,
        name=name,
        contact="Bu Ani",
        telephone=f"+62812000000{number:02}",
        email=f"ani{number}@example.com",
        password="sepatu kulit asli",
        buys_as="distributor",
        area="Ambon",
        message="Mau derby",
    )


@pytest.fixture
def lead(workshop: Workshop) -> Lead:
    return register(workshop)


def test_who_registered_is_welcomed(client: Client, lead: Lead) -> None:
    text = client.get(LEADS).text
    assert "Bu Ani" in text
    assert "Mau derby" in text
    assert "0812-0000-0000" in text

    answer = client.post(f"{LEADS}{lead.pk}/welcome/")

    assert answer["Location"] == LEADS
    assert Party.objects.get().is_welcome
    assert "Bu Ani" not in client.get(LEADS).text
    assert "Bu Ani" in client.get(f"{LEADS}?status=welcomed").text
    assert client.post(f"{LEADS}{lead.pk}/welcome/").status_code == 409


def test_or_declined_with_a_reason(client: Client, lead: Lead) -> None:
    page = f"{LEADS}{lead.pk}/refusal/"
    assert client.get(page).status_code == 200
    assert client.post(page, {"reason": ""}).status_code == 422

    assert client.post(page, {"reason": "Palsu."})["Location"] == LEADS

    lead.refresh_from_db()
    assert (lead.status, lead.reason) == ("declined", "Palsu.")
    assert not Party.objects.get().is_welcome


def test_a_known_number_is_pointed_out(client: Client, lead: Lead) -> None:
    register(lead.workshop, name="Orang Lain")

    assert 'data-kind="info"' in client.get(LEADS).text


def test_a_lead_of_another_workshop_is_not_there(client: Client, joko: Person) -> None:
    other = register(joko.workshop, name="Toko Lain")

    assert "Toko Lain" not in client.get(LEADS).text
    assert client.post(f"{LEADS}{other.pk}/welcome/").status_code == 404
    assert client.post(f"{LEADS}{other.pk}/refusal/", {"reason": "x"}).status_code == 404
    other.refresh_from_db()
    assert other.status == "new"


@pytest.mark.parametrize("role", ["fajar", "rina", "udin", "viewer"])
def test_the_wrong_role_changes_nothing(
    client: Client, request: pytest.FixtureRequest, lead: Lead, role: str
) -> None:
    testing.login(client, request.getfixturevalue(role))

    assert f"{LEADS}{lead.pk}/welcome/" not in client.get(LEADS).text
    assert client.post(f"{LEADS}{lead.pk}/welcome/").status_code == 403
    assert client.post(f"{LEADS}{lead.pk}/refusal/", {"reason": "x"}).status_code == 403
    lead.refresh_from_db()
    assert (lead.status, lead.party.is_welcome) == ("new", False)


def test_the_number_of_queries_is_fixed(
    client: Client, lead: Lead, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get(LEADS)
    with django_assert_num_queries(6):
        client.get(LEADS)
    for number in range(1, 30):
        register(lead.workshop, number)
    with django_assert_num_queries(6):
        client.get(LEADS)
