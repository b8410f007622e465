"""The room as distributors and the desk see it."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.crm.models import Post, RoomRules
from simpul.papers.models import Upload
from simpul.parties.models import Person, Workshop
from simpul.portals.jinja import sentence
from simpul.workflow.models import journal_of

ROOM = "/ciomas/my/room/"
DESK = "/ciomas/desk/customers/room/"


@pytest.mark.parametrize("count", [1, 4])
def test_the_room_costs_the_same_for_any_number(
    client: Client,
    workshop: Workshop,
    dewi: Person,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for turn in range(count):
        other = testing.person("P", testing.party(workshop, f"Toko {turn}"))
        testing.confirmed_order(other.party) if other.party else None
        Post.write(by=other, body="Halo semua")
    testing.login(client, dewi)

    # session, user, person; page: count, rows; reputation: rules, orders, payments, late ones
    with django_assert_num_queries(9):
        page = client.get(ROOM).text

    assert page.count("Halo semua") == count
    assert page.count("customer since") == count


def test_one_says_something_with_a_picture_and_another_answers(
    client: Client, dewi: Person, workshop: Workshop
) -> None:
    testing.login(client, dewi)
    assert client.post(f"{ROOM}new/", {"body": ""}).status_code == 422
    picture = SimpleUploadedFile("rak.png", testing.picture().content)
    client.post(f"{ROOM}new/", {"body": "Rak saya", "picture": picture})
    post = Post.objects.get()

    testing.login(client, testing.person("Toni", testing.party(workshop, "Toko Toni")))
    client.post(f"{ROOM}{post.pk}/answer/", {"body": "Bagus sekali"})
    page = client.get(f"{ROOM}{post.pk}/").text
    assert "Bagus sekali" in page
    assert client.get(f"{ROOM}{post.pk}/picture/")["Content-Type"].startswith("image/")
    assert "1 answer" in client.get(ROOM).text


def test_a_competitor_reads_the_shop_and_the_desk_the_person(
    client: Client, workshop: Workshop, sari: Person, dewi: Person
) -> None:
    toni = testing.person("Toni Wijaya", testing.party(workshop, "Toko Jaya"))
    post = Post.write(by=toni, body="Halo")
    Post.answer(by=sari, thread=post, body="Halo juga")
    said = Post.answer(by=toni, thread=post, body="Terima kasih")

    assert sentence(journal_of(said).get()).startswith("Toko Jaya answered")
    for person, root, is_named in ((dewi, ROOM, False), (sari, DESK, True)):
        testing.login(client, person)
        page = client.get(f"{root}{post.pk}/").text
        assert "Toko Jaya" in page
        assert ("Toni Wijaya" in page) is is_named
        assert sari.name in page


def test_what_is_refused_keeps_no_picture(client: Client, dewi: Person, sari: Person) -> None:
    post = Post.write(by=dewi, body="Halo")
    post.hide(by=sari, reason="x")
    testing.login(client, dewi)
    picture = SimpleUploadedFile("rak.png", testing.picture().content)

    client.post(f"{ROOM}{post.pk}/answer/", {"body": "Lagi", "picture": picture})

    assert Post.objects.count() == 1
    assert not Upload.objects.exists()


def test_for_a_consumer_there_is_no_room(client: Client, dewi: Person, siti: Person) -> None:
    post = Post.write(by=dewi, body="Halo")
    testing.login(client, siti)

    assert ROOM not in client.get("/ciomas/my/").text
    assert client.get(ROOM).status_code == 404
    assert client.get(f"{ROOM}{post.pk}/").status_code == 404
    assert client.post(f"{ROOM}new/", {"body": "x"}).status_code == 404


def test_the_desk_hides_what_was_reported_and_undoes_it(
    client: Client, dewi: Person, sari: Person, workshop: Workshop
) -> None:
    post = Post.write(by=dewi, body="Jual motor")
    toni = testing.person("Toni", testing.party(workshop, "Toko Toni"))
    testing.login(client, toni)
    client.post(f"{ROOM}{post.pk}/report/", {"complaint": "Iklan motor"})

    testing.login(client, sari)
    assert "Iklan motor" in client.get(f"{DESK}?shown=reported").text
    assert client.post(f"{DESK}{post.pk}/hiding/", {"reason": ""}).status_code == 422
    client.post(f"{DESK}{post.pk}/hiding/", {"reason": "Bukan soal sepatu"})
    testing.login(client, toni)
    assert "Jual motor" not in client.get(ROOM).text

    testing.login(client, sari)
    client.post(f"{DESK}{post.pk}/showing/")
    testing.login(client, toni)
    assert "Jual motor" in client.get(ROOM).text


def test_the_owner_keeps_the_rules(client: Client, owner: Person, workshop: Workshop) -> None:
    testing.login(client, owner)
    rules = {"days": "90", "regular_orders": "2", "payments": "0"}
    assert client.post(f"{DESK}rules/", rules).status_code == 422
    client.post(f"{DESK}rules/", rules | {"payments": "1"})

    kept = RoomRules.of(workshop)
    assert (kept.days, kept.regular_orders, kept.payments) == (90, 2, 1)


def test_another_workshop_finds_nothing(client: Client, dewi: Person, joko: Person) -> None:
    post = Post.write(by=dewi, body="Halo")
    testing.login(client, joko)

    assert client.get(f"/cibaduyut/desk/customers/room/{post.pk}/").status_code == 404


def test_it_is_said_under_whose_name_one_writes(client: Client, dewi: Person, sari: Person) -> None:
    testing.login(client, dewi)
    assert "with the name of your shop" in client.get(ROOM).text

    testing.login(client, sari)
    assert "with the name of the workshop" in client.get(DESK).text
