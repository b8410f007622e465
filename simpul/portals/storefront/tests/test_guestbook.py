from __future__ import annotations

import itertools
import re
from datetime import timedelta
from typing import Any

from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.conversations import spam
from simpul.conversations.models import GuestEntry
from simpul.lib import clock
from simpul.parties.models import Person, Workshop

BOOK = "/ciomas/guestbook/"


def write(client: Client, *, after_s: int = 60, to: str = BOOK, **words: str) -> Any:
    """Fill in the form as a person does, who takes a minute."""
    opened = clock.now() - timedelta(seconds=after_s)
    with clock.stopped(opened):
        found = re.search(r'name="stamp" value="([^"]+)"', client.get(BOOK).text)
    assert found is not None
    typed = {"name": "Agus", "body": "Bagus sekali!", "shown_as": "name", "stamp": found[1]}
    return client.post(to, typed | words)


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
    assert "3456-7890" not in text
    assert "34567890" not in text


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

    page = client.get(answer["Location"])
    assert "prove-work challenge" not in page.text  # it need not try
    assert GuestEntry.objects.get().signs == "trap"  # and it is not lost


def test_what_looks_like_a_robots_is_proven_by_work(client: Client, machine: Person) -> None:
    answer = write(client, after_s=1)
    assert GuestEntry.objects.suspicious().count() == 1
    page = client.get(answer["Location"]).text
    found = re.search(r'challenge="([^"]+)" bits="14"', page)
    assert found is not None

    client.post(answer["Location"], {"number": "no number"})
    assert GuestEntry.objects.suspicious().count() == 1
    number = next(n for n in itertools.count() if spam.is_proof(found[1], str(n)))
    assert client.post(answer["Location"], {"number": number})["Location"] == BOOK
    assert GuestEntry.objects.waiting().count() == 1
    assert "prove-work challenge" not in client.get(answer["Location"]).text


def test_whoever_buys_here_is_called_a_customer_only_if_they_wish(
    client: Client, dewi: Person, sari: Person
) -> None:
    assert "is_customer" not in client.get(BOOK).text
    testing.login(client, dewi)
    assert f"Say that I am a customer since {dewi.party.since.year}" in client.get(BOOK).text  # type: ignore[union-attr]

    write(client, body="Satu")
    write(client, body="Dua", is_customer="on", shown_as="initials")
    for entry in GuestEntry.objects.all():
        entry.publish(by=sari)
    text = client.get(BOOK).text
    assert text.count(f"customer since {dewi.party.since.year}") == 2  # type: ignore[union-attr]  # one, and the form
    assert "A. ·" in text


def test_nobody_writes_all_day(client: Client, workshop: Workshop) -> None:
    answers = [write(client, body=f"Pesan {n}") for n in range(6)]

    assert [answer.status_code for answer in answers] == [302] * 5 + [422]
    assert "Pesan 5" in answers[-1].text
    assert GuestEntry.objects.count() == 5


def test_a_form_that_is_tapped_twice_is_taken_once(client: Client, workshop: Workshop) -> None:
    answers = [write(client, key="a" * 32) for _n in range(2)]

    assert [answer["Location"] for answer in answers] == [BOOK, BOOK]
    assert GuestEntry.objects.waiting().count() == GuestEntry.objects.count() == 1


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


def test_a_question_at_a_model_is_answered_on_its_page(
    client: Client, sari: Person, workshop: Workshop
) -> None:
    model, other = testing.product(workshop), testing.product(workshop)
    page = f"/ciomas/catalogue/{model.slug}/"
    ask = f"{BOOK}?about={model.slug}"
    assert ask in client.get(page).text
    assert str(model) in client.get(ask).text

    write(client, to=ask, body="Tahan air?")
    entry = GuestEntry.objects.get()
    assert entry.subject == model
    entry.publish(by=sari)
    assert "Tahan air?" not in client.get(page).text  # it is no answer yet
    entry.reply(by=sari, answer="Tahan gerimis.", about=model)
    assert "Tahan gerimis." in client.get(page).text
    assert "Tahan gerimis." not in client.get(f"/ciomas/catalogue/{other.slug}/").text
    assert page in client.get(BOOK).text

    entry.put_back(by=sari)
    assert "Tahan air?" not in client.get(page).text


def test_nobody_asks_about_a_model_that_is_not_shown(client: Client, workshop: Workshop) -> None:
    model = testing.product(workshop, is_published=False)
    write(client, to=f"{BOOK}?about={model.slug}")
    assert GuestEntry.objects.get().subject is None
