from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.conversations.models import GuestEntry
from simpul.parties.models import Person

BOOK = "/ciomas/desk/guestbook/"


@pytest.fixture
def client(client: Client, sari: Person) -> Client:
    """A browser in which Sari, who sells, has logged in."""
    testing.login(client, sari)
    return client


@pytest.fixture
def entry(machine: Person) -> GuestEntry:
    return GuestEntry.sign(by=machine, name="Agus", body="Kapan buka?", contact="0812-1")


def test_a_word_is_read_answered_and_published(client: Client, entry: GuestEntry) -> None:
    assert "Kapan buka?" in client.get(BOOK).text

    answer = client.post(f"{BOOK}{entry.pk}/answer/", {"answer": "Jam delapan."})
    assert answer["Location"] == f"{BOOK}?done={entry.pk}"

    shop = client.get("/ciomas/guestbook/").text
    assert "Kapan buka?" in shop
    assert "Jam delapan." in shop
    assert "Kapan buka?" in client.get(f"{BOOK}?status=published").text
    assert "Kapan buka?" in client.get(f"{BOOK}?status=").text


def test_or_hidden(client: Client, entry: GuestEntry) -> None:
    client.post(f"{BOOK}{entry.pk}/publication/")
    assert client.post(f"{BOOK}{entry.pk}/hiding/")["Location"] == f"{BOOK}?done={entry.pk}"

    assert "Kapan buka?" not in client.get("/ciomas/guestbook/").text
    assert "Kapan buka?" in client.get(f"{BOOK}?status=hidden").text


def test_an_answer_that_is_too_long_is_not_lost(client: Client, entry: GuestEntry) -> None:
    answer = client.post(f"{BOOK}{entry.pk}/answer/", {"answer": "Panjang. " * 200})

    assert answer.status_code == 422
    assert "Panjang. Panjang." in answer.text
    entry.refresh_from_db()
    assert entry.answer == ""


def test_a_word_in_another_book_is_not_there(client: Client, joko: Person) -> None:
    other = GuestEntry.sign(by=joko.workshop.machine, name="Lain", body="Rahasia")

    assert "Rahasia" not in client.get(BOOK).text
    for step in ("publication", "hiding", "answer"):
        assert client.post(f"{BOOK}{other.pk}/{step}/", {"answer": "x"}).status_code == 404
    other.refresh_from_db()
    assert (other.status, other.answer) == ("waiting", "")


@pytest.mark.parametrize("role", ["fajar", "viewer"])
def test_the_wrong_role_changes_nothing(
    client: Client, request: pytest.FixtureRequest, entry: GuestEntry, role: str
) -> None:
    testing.login(client, request.getfixturevalue(role))

    assert f"{BOOK}{entry.pk}/" not in client.get(BOOK).text
    for step in ("publication", "hiding", "answer"):
        assert client.post(f"{BOOK}{entry.pk}/{step}/", {"answer": "x"}).status_code == 403
    entry.refresh_from_db()
    assert (entry.status, entry.answer) == ("waiting", "")


@testing.counts_questions
def test_the_number_of_queries_is_fixed(
    client: Client,
    machine: Person,
    entry: GuestEntry,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client.get(BOOK)
    with django_assert_num_queries(7):
        client.get(BOOK)
    for _n in range(29):
        GuestEntry.sign(by=machine, name="Agus", body="Kapan?")
    with django_assert_num_queries(7):
        client.get(BOOK)


def test_what_was_decided_is_undone_at_once(client: Client, entry: GuestEntry) -> None:
    done = client.post(f"{BOOK}{entry.pk}/publication/")["Location"]
    assert f"{BOOK}{entry.pk}/return/" in client.get(done).text
    client.post(f"{BOOK}{entry.pk}/return/")
    assert "Kapan buka?" in client.get(BOOK).text
    assert "Kapan buka?" not in client.get("/ciomas/guestbook/").text


def test_suspicious_words_have_a_tab_of_their_own(
    client: Client, entry: GuestEntry, machine: Person
) -> None:
    held = GuestEntry.hold(by=machine, signs=["links"], name="Bot", body="Promo besar")
    assert "Promo besar" not in client.get(BOOK).text
    page = client.get(f"{BOOK}?status=suspicious").text
    assert "Promo besar" in page
    assert "several links" in page
    assert 'Suspicious <span class="chip__count">1</span>' in page

    client.post(f"{BOOK}{held.pk}/vouching/")
    assert "Promo besar" in client.get(BOOK).text


def test_what_is_for_us_only_offers_no_publishing(client: Client, machine: Person) -> None:
    entry = GuestEntry.sign(by=machine, name="Agus", body="Rahasia", shown_as="nowhere")
    page = client.get(BOOK).text
    assert "Rahasia" in page
    assert f"{BOOK}{entry.pk}/publication/" not in page
    assert client.post(f"{BOOK}{entry.pk}/publication/").status_code == 409


def test_an_answer_goes_to_the_page_of_a_model_that_sales_chooses(
    client: Client, entry: GuestEntry
) -> None:
    model = testing.product(entry.workshop)
    assert f'<option value="{model.slug}">' in client.get(BOOK).text
    client.post(f"{BOOK}{entry.pk}/answer/", {"answer": "Jam delapan.", "about": model.slug})
    entry.refresh_from_db()
    assert entry.subject == model
    assert f'<option value="{model.slug}" selected>' in client.get(f"{BOOK}?status=published").text
