"""Who gets through which door, and what the others are told."""

import uuid
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import OperationalError
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.conversations.models import GuestEntry
from simpul.parties.models import Party, Person, User, Workshop
from simpul.workflow.models import journal_of

pytestmark = pytest.mark.urls("simpul.portals.tests.urls")

PORTALS = ("my", "desk", "supply", "courier")


def answers(client: Client, slug: str = "ciomas") -> dict[str, int]:
    return {portal: client.get(f"/{slug}/{portal}/").status_code for portal in PORTALS}


def body(answer: Any) -> str:
    return str(answer.content.decode())


def test_each_enters_the_own_portal_only(
    client: Client, sari: Person, dewi: Person, siti: Person, budi: Person, asep: Person
) -> None:
    for person, own in (
        (sari, "desk"),
        (dewi, "my"),
        (siti, "my"),
        (budi, "supply"),
        (asep, "courier"),
    ):
        testing.login(client, person)
        assert answers(client) == {name: 200 if name == own else 403 for name in PORTALS}


def test_the_wrong_portal_names_the_right_one(client: Client, dewi: Person) -> None:
    testing.login(client, dewi)
    assert 'href="/ciomas/my/"' in body(client.get("/ciomas/desk/"))


def test_a_party_of_two_kinds_enters_both(client: Client, workshop: Workshop) -> None:
    both = testing.party(workshop, "Dua", buys_as=Party.BuysAs.DISTRIBUTOR, is_courier=True)
    testing.login(client, testing.person("Dua", both))
    assert answers(client) == {"my": 200, "desk": 403, "supply": 403, "courier": 200}


def test_a_stranger_is_asked_to_log_in(client: Client, workshop: Workshop) -> None:
    for portal in PORTALS:
        answer = client.get(f"/ciomas/{portal}/?page=2")
        assert answer.status_code == 302
        assert answer["Location"] == f"/accounts/login/?next=/ciomas/{portal}/%3Fpage%3D2"


def test_another_workshops_people_find_nothing(
    client: Client, workshop: Workshop, joko: Person
) -> None:
    testing.login(client, joko)
    assert answers(client) == dict.fromkeys(PORTALS, 404)
    assert answers(client, "cibaduyut")["desk"] == 200


def test_one_user_acts_in_each_workshop_as_who_it_is_there(
    client: Client, sari: Person, joko: Person
) -> None:
    shop = testing.party(joko.workshop, "Toko Sari")
    testing.login(client, sari)
    Person.objects.create(workshop=joko.workshop, party=shop, name="Sari beli", user=sari.user)
    assert answers(client) == {"my": 403, "desk": 200, "supply": 403, "courier": 403}
    assert answers(client, "cibaduyut") == {"my": 200, "desk": 403, "supply": 403, "courier": 403}


def test_who_left_is_out_at_once(client: Client, sari: Person) -> None:
    testing.login(client, sari)
    assert answers(client)["desk"] == 200
    Person.objects.update(is_active=False)
    assert answers(client) == dict.fromkeys(PORTALS, 404)


def test_a_user_that_was_closed_is_a_stranger(client: Client, sari: Person) -> None:
    testing.login(client, sari)
    User.objects.update(is_active=False)
    assert answers(client) == dict.fromkeys(PORTALS, 302)


def test_the_machine_has_no_door(client: Client, machine: Person) -> None:
    testing.login(client, machine)
    assert answers(client) == dict.fromkeys(PORTALS, 403)


def test_a_workshop_that_does_not_exist_is_not_found(client: Client, sari: Person) -> None:
    assert answers(client, "nowhere") == dict.fromkeys(PORTALS, 404)
    assert client.get("/nowhere/").status_code == 404
    testing.login(client, sari)
    assert answers(client, "nowhere") == dict.fromkeys(PORTALS, 404)


def test_what_the_gate_does_not_know_is_refused(client: Client, owner: Person) -> None:
    testing.login(client, owner)
    assert client.get("/nobody-knows-me/").status_code == 404
    assert client.get("/ciomas/secret/").status_code == 404


def test_the_shop_window_knows_its_friends(client: Client, dewi: Person, joko: Person) -> None:
    assert body(client.get("/ciomas/")) == "ciomas: None, link None, {}"
    testing.login(client, dewi)
    assert body(client.get("/ciomas/")) == "ciomas: Dewi, link None, {}"
    assert body(client.get("/cibaduyut/")) == "cibaduyut: None, link None, {}"


def test_pages_of_portals_are_kept_nowhere(client: Client, dewi: Person) -> None:
    testing.login(client, dewi)
    assert client.get("/ciomas/my/")["Cache-Control"] == "no-store"
    assert client.get("/ciomas/desk/")["Cache-Control"] == "no-store"
    assert "Cache-Control" not in client.get("/ciomas/")


def test_the_door_costs_three_questions(
    client: Client, dewi: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    testing.login(client, dewi)
    with django_assert_num_queries(3):  # session, user, person with workshop and party
        client.get("/ciomas/my/")
    with django_assert_num_queries(3):
        client.get("/ciomas/")


def test_a_form_that_is_sent_twice_does_its_step_once(
    client: Client, sari: Person, machine: Person
) -> None:
    entry = GuestEntry.sign(by=machine, name="Agus", body="Bagus!")
    testing.login(client, sari)
    path, form = f"/ciomas/desk/entries/{entry.pk}/publication/", {"key": uuid.uuid4().hex}
    assert [client.post(path, form).status_code for _time in range(2)] == [200, 200]
    assert journal_of(entry).count() == 2
    assert client.post(path, {"key": uuid.uuid4().hex}).status_code == 409
    assert client.post(path, {"key": "x" * 37}).status_code == 400
    assert client.post(path, {"key": "a\x00b"}).status_code == 400


def test_a_refused_step_says_why_and_leads_back(
    client: Client, sari: Person, fajar: Person, machine: Person
) -> None:
    entry = GuestEntry.sign(by=machine, name="Agus", body="Bagus!")
    path = f"/ciomas/desk/entries/{entry.pk}/publication/"
    client.cookies["django_language"] = "en"

    testing.login(client, fajar)
    answer = client.post(path)
    assert answer.status_code == 403
    assert "Your part in this does not include that step. Nothing was changed." in body(answer)

    testing.login(client, sari)
    client.post(path)
    answer = client.post(path)
    assert answer.status_code == 409
    assert "Somebody was quicker: this is now “published”." in body(answer)
    assert 'href="/ciomas/desk/"' in body(answer)  # the nearest page above: an entry has none
    assert answer["Cache-Control"] == "no-store"


def test_trouble_has_its_pages(client: Client, sari: Person) -> None:
    testing.login(client, sari)
    refused = client.get("/ciomas/desk/trouble/refused/")
    assert (refused.status_code, "Der Leim ist alle." in body(refused)) == (409, True)
    assert client.get("/ciomas/desk/trouble/missing/").status_code == 404
    storm = client.get("/ciomas/desk/trouble/storm/")
    assert (storm.status_code, storm["Retry-After"]) == (503, "2")


def test_a_storm_outside_the_views_has_the_same_page(
    client: Client, sari: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    testing.login(client, sari)
    client.raise_request_exception = False

    def fail(store: SessionStore) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(SessionStore, "load", fail)
    storm = client.get("/ciomas/desk/")
    assert (storm.status_code, storm["Retry-After"]) == (503, "2")
