from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.crm.models import Dealing
from simpul.parties.models import Party, Person, Workshop

DEALERS = "/ciomas/desk/customers/dealers/"


@pytest.fixture
def client(client: Client, sari: Person) -> Client:
    """A browser in which Sari, who sells, has logged in."""
    testing.login(client, sari)
    return client


def test_a_dealer_is_added_and_let_go(client: Client, workshop: Workshop, buyer: Party) -> None:
    kiosk = testing.party(workshop, "Kios Padang", area="Padang")
    page = f"{DEALERS}{buyer.pk}/"
    assert f'href="{page}"' in client.get(f"{DEALERS}?q=Dewi").text
    assert "Kios Padang" in client.get(f"{page}?q=Padang").text

    assert client.post(page, {"dealer": kiosk.pk})["Location"] == page

    assert "Kios Padang" in client.get(DEALERS).text
    ring = client.post(f"{DEALERS}{kiosk.pk}/", {"dealer": buyer.pk})
    assert ring.status_code == 409
    dealing = Dealing.objects.get()
    assert '<dialog class="dialog" aria-label="End it?">' in client.get(page).text
    client.post(f"{DEALERS}ends/{dealing.pk}/")
    assert "Kios Padang" not in client.get(DEALERS).text
    assert "Kios Padang" in client.get(page).text


def test_another_workshop_finds_nothing(
    client: Client, workshop: Workshop, buyer: Party, sari: Person, joko: Person
) -> None:
    dealing = Dealing.begin(by=sari, distributor=buyer, dealer=testing.party(workshop, "Kios"))
    testing.login(client, joko)

    page = "/cibaduyut/desk/customers/dealers/"
    assert client.get(f"{page}{buyer.pk}/").status_code == 404
    assert client.post(f"{page}ends/{dealing.pk}/").status_code == 404
    dealing.refresh_from_db()
    assert dealing.until is None


@pytest.mark.parametrize("many", [1, 9])
def test_the_tree_costs_the_same_for_any_number(
    client: Client, workshop: Workshop, buyer: Party, sari: Person,
    django_assert_num_queries: DjangoAssertNumQueries, many: int,
) -> None:  # fmt: skip
    for number in range(many):
        dealer = testing.party(workshop, f"Kios {number}")
        Dealing.begin(by=sari, distributor=buyer, dealer=dealer)
    page = f"{DEALERS}{buyer.pk}/"
    for address in (DEALERS, page):
        client.get(address)

    with django_assert_num_queries(6):
        client.get(DEALERS)
    with django_assert_num_queries(7):
        client.get(page)
