"""What I am told: one page in every portal, and for the people of a party on the desk."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.conversations.models import Hours, Preference
from simpul.parties.models import AccessLink, Identity, Party, Person

CHOSEN = {
    "orders-mail": "daily",
    "money-mail": "at_once",
    "delivery-mail": "at_once",
    "talk-mail": "never",
    "opinion-mail": "never",
    "daily_at": "17:00",
    "quiet_from": "",
    "quiet_until": "",
}


@pytest.fixture
def dewi(dewi: Person) -> Person:
    Identity.objects.create(
        workshop=dewi.workshop, person=dewi, kind=Identity.Kind.MAIL, value="dewi@example.com"
    )
    return dewi


def wishes() -> set[tuple[str, str, str]]:
    return set(Preference.objects.values_list("kind", "channel", "how"))


def test_a_buyer_chooses_and_finds_it_again(
    client: Client, dewi: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    testing.login(client, dewi)
    here = {
        f"{kind}-portal": "at_once" for kind in ("orders", "money", "delivery", "talk", "opinion")
    }

    answer = client.post("/ciomas/my/news/told/", CHOSEN | here)

    assert answer["Location"] == "/ciomas/my/news/told/"
    assert wishes() == {
        ("orders", "mail", "daily"),
        ("talk", "mail", "never"),
        ("opinion", "mail", "never"),
    }
    assert str(Hours.objects.get().daily_at) == "17:00:00"
    page = client.get("/ciomas/my/news/told/").content.decode()
    assert '<option value="daily" selected>' in page
    # session, user, who it is; hours, identities, wishes, devices; what was agreed to
    with django_assert_num_queries(8):
        client.get("/ciomas/my/news/told/")


def test_what_cannot_be_is_said_and_what_was_typed_stays(client: Client, dewi: Person) -> None:
    testing.login(client, dewi)
    answer = client.post("/ciomas/my/news/told/", CHOSEN | {"quiet_from": "21:00"})
    assert answer.status_code == 422
    assert 'value="21:00"' in answer.content.decode()
    assert not Preference.objects.exists()


def test_sales_chooses_for_whoever_has_no_login(client: Client, dewi: Person, sari: Person) -> None:
    testing.login(client, sari)
    page = f"/ciomas/desk/parties/{dewi.party_id}/people/{dewi.pk}/told/"
    assert page in client.get(f"/ciomas/desk/parties/{dewi.party_id}/").content.decode()

    assert client.post(page, CHOSEN).status_code == 302
    assert wishes() == {
        ("orders", "mail", "daily"),
        ("talk", "mail", "never"),
        ("opinion", "mail", "never"),
    }


def test_the_people_of_another_party_are_not_found_there(
    client: Client, dewi: Person, siti: Person, sari: Person
) -> None:
    testing.login(client, sari)
    page = f"/ciomas/desk/parties/{siti.party_id}/people/{dewi.pk}/told/"
    assert client.post(page, CHOSEN).status_code == 404
    assert not Preference.objects.exists()


def test_who_has_no_login_chooses_by_a_link(client: Client, dewi: Person, buyer: Party) -> None:
    link = AccessLink.issue(dewi, testing.confirmed_order(buyer))
    page = client.get(f"/l/{link.token}/", follow=True).content.decode()
    [here] = set(re.findall(r'href="(/ciomas/told/[^"]+)"', page))

    other = Client()
    shown = other.get(here, headers={"accept-language": "en"}).text
    assert "Dewi" in shown
    assert "Empty: at any hour." in shown
    assert "Here it is written all the same" not in shown  # without a login there is no such page
    answer = other.post(here, CHOSEN)

    assert answer["Location"] == here
    assert ("talk", "mail", "never") in wishes()
    assert other.get(f"{here[:-2]}x/").status_code == 404
    testing.login(Client(), dewi)  # from now on there is a login: it is chosen there
    assert other.get(here).status_code == 404
