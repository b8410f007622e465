from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from simpul import testing
from simpul.crm.models import Territory
from simpul.parties.models import Party, Person, Workshop

DAYS = {"since": "2027-01-01", "province": "Jawa Barat"}


@pytest.fixture
def asked(machine: Person, buyer: Party) -> Territory:
    return Territory.ask(by=machine, party=buyer, regency="Kota Bogor")


@pytest.fixture
def taken(sari: Person, workshop: Workshop) -> Territory:
    """Toko Maju has the city of Bogor alone."""
    rival = testing.party(workshop, "Toko Maju")
    facts: dict[str, Any] = {"regency": "Kota Bogor", "since": date(2026, 1, 1)}
    return Territory.give(by=sari, party=rival, is_exclusive=True, **facts)


def test_who_decides_sees_who_has_it_already(
    client: Client, sari: Person, asked: Territory, taken: Territory
) -> None:
    testing.login(client, sari)
    page = f"/ciomas/desk/customers/areas/{asked.pk}/grant/"

    shown = client.get(page).content.decode()
    refused = client.post(page, DAYS | {"regency": "kota bogor"})

    assert "Toko Maju" in shown
    assert "exclusive" in shown
    assert refused.status_code == 422
    assert "Tick that you know it" in refused.content.decode()
    assert 'value="2027-01-01"' in refused.content.decode()
    assert Territory.objects.get(pk=asked.pk).status == "asked"

    client.post(page, DAYS | {"regency": "kota bogor", "despite": "on"})
    granted = Territory.objects.get(pk=asked.pk)
    assert (granted.status, str(granted)) == ("held", "Kota Bogor, Jawa Barat")


def test_the_pages_of_the_party_and_the_list_show_the_overlap(
    client: Client, sari: Person, buyer: Party, asked: Territory, taken: Territory
) -> None:
    testing.login(client, sari)

    for page in (f"parties/{buyer.pk}/", "customers/areas/?shown=asked"):
        shown = client.get(f"/ciomas/desk/{page}").content.decode()
        assert f"/ciomas/desk/customers/areas/of/{taken.party_id}/" in shown
    assert "Toko Maju" in client.get("/ciomas/desk/customers/areas/?q=bogor").content.decode()
    assert "No area fits" in client.get("/ciomas/desk/customers/areas/?q=medan").content.decode()


def test_an_area_is_given_ended_and_kept(
    client: Client, sari: Person, dewi: Person, buyer: Party
) -> None:
    testing.login(client, sari)
    page = f"/ciomas/desk/customers/areas/of/{buyer.pk}/"
    client.post(page, DAYS | {"is_exclusive": "on"})
    given = Territory.objects.get()
    assert (str(given), given.is_exclusive) == ("Jawa Barat", True)

    end = f"/ciomas/desk/customers/areas/{given.pk}/end/"
    assert client.post(end, {"on": "2026-12-31"}).status_code == 409
    assert client.post(end, {"on": "2027-02-28", "reason": "Pindah"}).status_code == 302

    assert "Pindah" in client.get(page).content.decode()
    testing.login(client, dewi)
    assert "Jawa Barat" in client.get("/ciomas/my/profile/").content.decode()


def test_what_is_not_granted_says_why(client: Client, sari: Person, asked: Territory) -> None:
    testing.login(client, sari)
    page = f"/ciomas/desk/customers/areas/{asked.pk}/refusal/"

    client.post(page, {"reason": "Sudah ada"})

    declined = Territory.objects.get()
    assert (declined.status, declined.reason) == ("declined", "Sudah ada")
    assert client.post(page, {"reason": "x"}).status_code == 409
