"""Wishes as customers see them."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.crm.models import Wish, WishStatus
from simpul.parties.models import Person, Workshop

PAGE = "/ciomas/my/wishes/"


@pytest.mark.parametrize("count", [1, 4])
def test_others_read_a_wish_without_the_name_of_who_wrote_it(
    client: Client,
    dewi: Person,
    siti: Person,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for turn in range(count):
        Wish.make(by=dewi, words=f"Usul {turn}")
    testing.login(client, siti)

    # session, user, person; page: count, rows
    with django_assert_num_queries(5):
        page = client.get(PAGE).text

    assert page.count("Usul ") == count
    assert "Dewi" not in page
    assert page.count("I wish this, too") == count


def test_a_wish_is_written_and_wished_once(client: Client, dewi: Person, siti: Person) -> None:
    testing.login(client, dewi)
    assert client.post(f"{PAGE}new/", {"words": ""}).status_code == 422
    client.post(f"{PAGE}new/", {"words": "Ukuran 46"})
    assert "your wish" in client.get(PAGE).text

    wish = Wish.objects.get()
    testing.login(client, siti)
    assert client.post(f"{PAGE}{wish.pk}/vote/").status_code == 302
    assert client.post(f"{PAGE}{wish.pk}/vote/").status_code == 409
    assert "2 customers wish this" in client.get(PAGE).text


def test_the_answer_leads_to_the_model(
    client: Client, workshop: Workshop, dewi: Person, sari: Person
) -> None:
    wish = Wish.make(by=dewi, words="Sol putih")
    derby = testing.product(workshop, is_published=True)
    wish.reply(by=sari, status=WishStatus.DONE, answer="Sudah ada.", product=derby)
    testing.login(client, dewi)

    page = client.get(f"{PAGE}?order=answered").text
    assert "Sudah ada." in page
    assert f'href="/ciomas/catalogue/{derby.slug}/"' in page


def test_a_hidden_wish_is_not_found_by_others(
    client: Client, dewi: Person, siti: Person, sari: Person
) -> None:
    wish = Wish.make(by=dewi, words="Sol putih")
    wish.hide(by=sari, reason="Ada nama orang")
    testing.login(client, siti)
    assert "Sol putih" not in client.get(PAGE).text
    assert client.post(f"{PAGE}{wish.pk}/vote/").status_code == 404

    testing.login(client, dewi)
    assert "Ada nama orang" in client.get(PAGE).text
