"""Wishes on the desk."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.crm.models import Wish, WishRules, WishStatus
from simpul.parties.models import Person, Workshop

PAGE = "/ciomas/desk/customers/wishes/"


@pytest.mark.parametrize("count", [1, 4])
def test_the_list_costs_the_same_for_any_number(
    client: Client,
    sari: Person,
    dewi: Person,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for turn in range(count):
        Wish.make(by=dewi, words=f"Usul {turn}")
    testing.login(client, sari)

    # session, user, person; rules; counts; page: count, rows
    with django_assert_num_queries(7):
        assert client.get(PAGE).text.count("Usul ") == count


def test_the_answer_and_the_next_step_are_drafted(
    client: Client, sari: Person, dewi: Person
) -> None:
    wish = Wish.make(by=dewi, words="Sol sering lepas")
    testing.login(client, sari)

    assert "1 wish calls for you" in client.get("/ciomas/desk/").text
    page = client.get(f"{PAGE}{wish.pk}/").text
    assert "We are looking at how to do it." in page
    assert "Call Dewi: ask what was wrong, and offer to put it right" in page


def test_the_same_answer_sent_twice_is_given_once(
    client: Client, sari: Person, dewi: Person
) -> None:
    wish = Wish.make(by=dewi, words="Ukuran 46")
    testing.login(client, sari)
    said = {"status": "planned", "answer": "Bulan depan", "key": "a" * 32}

    answers = [client.post(f"{PAGE}{wish.pk}/answer/", said) for _n in range(2)]

    assert [one["Location"] for one in answers] == [f"{PAGE}{wish.pk}/"] * 2
    wish.refresh_from_db()
    assert (wish.status, wish.answer) == ("planned", "Bulan depan")


def test_sales_answers_and_mends_the_words(client: Client, sari: Person, dewi: Person) -> None:
    wish = Wish.make(by=dewi, words="Ukuran 46")
    testing.login(client, sari)
    for words in ("Bulan depan", "Dua bulan lagi"):
        client.post(f"{PAGE}{wish.pk}/answer/", {"status": "planned", "answer": words})

    wish.refresh_from_db()
    assert (wish.status, wish.answer) == (WishStatus.PLANNED, "Dua bulan lagi")
    refused = client.post(f"{PAGE}{wish.pk}/answer/", {"status": "done", "answer": ""})
    assert refused.status_code == 422


def test_the_owner_says_how_many_are_many(
    client: Client, owner: Person, workshop: Workshop
) -> None:
    testing.login(client, owner)
    assert client.post(f"{PAGE}rules/", {"many": "1", "weigh_days": "90"}).status_code == 422
    client.post(f"{PAGE}rules/", {"many": "3", "weigh_days": "90"})

    rules = WishRules.of(workshop)
    assert (rules.many, rules.weigh_days) == (3, 90)


def test_somebody_elses_wish_is_not_found(client: Client, joko: Person, dewi: Person) -> None:
    wish = Wish.make(by=dewi, words="Ukuran 46")
    testing.login(client, joko)

    assert client.get(f"/cibaduyut/desk/customers/wishes/{wish.pk}/").status_code == 404
