from __future__ import annotations

from typing import Any

from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul.conversations.models import GuestEntry
from simpul.parties.models import Person, Workshop

BOOK = "/ciomas/guestbook/"


def write(client: Client, **words: str) -> Any:
    return client.post(BOOK, {"name": "Agus", "body": "Bagus sekali!"} | words)


def publish(machine: Person, sari: Person, **words: str) -> GuestEntry:
    entry = GuestEntry.sign(by=machine, **({"name": "Agus", "body": "Bagus!"} | words))
    entry.publish(by=sari)
    return entry


def test_a_word_waits_until_it_is_published(client: Client, sari: Person) -> None:
    answer = write(client, contact="0812-3456-7890")

    assert answer["Location"] == BOOK
    entry = GuestEntry.objects.get()
    assert (entry.workshop, entry.name, entry.body) == (sari.workshop, "Agus", "Bagus sekali!")
    assert "Bagus sekali!" not in client.get(BOOK).text

    entry.publish(by=sari)
    text = client.get(BOOK).text
    assert "Bagus sekali!" in text
    assert "3456" not in text


def test_what_was_typed_stays_where_something_is_missing(
    client: Client, workshop: Workshop
) -> None:
    answer = write(client, name="", body="Kapan buka?")

    assert answer.status_code == 422
    assert "Kapan buka?" in answer.text
    assert not GuestEntry.objects.exists()


def test_people_do_not_see_the_field_that_robots_fill_in(
    client: Client, workshop: Workshop
) -> None:
    assert 'class="field__input trap"' in client.get(BOOK).text

    answer = write(client, website="http://example.com")

    assert answer["Location"] == BOOK
    assert not GuestEntry.objects.exists()


def test_nobody_writes_all_day(client: Client, workshop: Workshop) -> None:
    answers = [write(client, body=f"Pesan {n}") for n in range(6)]

    assert [answer.status_code for answer in answers] == [302] * 5 + [422]
    assert "Pesan 5" in answers[-1].text
    assert GuestEntry.objects.count() == 5


def test_a_guest_writes_no_markup(client: Client, machine: Person, sari: Person) -> None:
    publish(machine, sari, body="<script>alert(1)</script>")

    assert "<script>alert" not in client.get(BOOK).text


def test_each_workshop_has_its_own_book(
    client: Client, machine: Person, sari: Person, joko: Person
) -> None:
    publish(machine, sari, body="Untuk Ciomas saja")

    assert "Untuk Ciomas" in client.get("/ciomas/").text
    assert "Untuk Ciomas" not in client.get("/cibaduyut/guestbook/").text


def test_the_number_of_queries_is_fixed(
    client: Client,
    machine: Person,
    sari: Person,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    publish(machine, sari)
    client.get(BOOK)
    with django_assert_num_queries(3):
        client.get(BOOK)
    for _n in range(29):
        publish(machine, sari)
    with django_assert_num_queries(3):
        assert "page=2" in client.get(BOOK).text
