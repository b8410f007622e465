from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from simpul import testing
from simpul.orders.models import Order
from simpul.papers.models import Paper
from simpul.parties.models import Party, Person
from simpul.payments.models import Receipt


@pytest.fixture(autouse=True)
def _cache_of_its_own(settings: Settings) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


@pytest.fixture
def order(buyer: Party) -> Order:
    return testing.confirmed_order(buyer)


def test_a_kuitansi_is_genuine(client: Client, order: Order) -> None:
    testing.pay(order, 600_217)
    paper = Paper.objects.get(kind="KW")

    answer = client.get(f"/ciomas/check/{paper.code.lower()}/")

    assert answer.status_code == 200
    assert paper.number in answer.text
    assert "Rp\u00a0600.217" in answer.text
    assert "Dewi" not in answer.text
    assert answer["X-Robots-Tag"] == "noindex"
    assert "no-store" in answer["Cache-Control"]


def test_the_paper_names_this_page(order: Order) -> None:
    testing.pay(order, 600_217)
    paper = Paper.objects.get(kind="KW")

    assert paper.facts["check_url"].endswith(
        reverse("storefront:check", args=["ciomas", paper.code])
    )


def test_an_annulled_one_says_so(client: Client, order: Order, fajar: Person) -> None:
    receipt = testing.pay(order, 5)
    receipt.allocations.get().reverse(by=fajar, reason="typed twice")
    Receipt.objects.get(pk=receipt.pk).annul(by=fajar, reason="typed twice")

    text = client.get(f"/ciomas/check/{Paper.objects.get(kind='KW').code}/").text

    assert 'data-kind="bad"' in text
    assert "typed twice" not in text


def test_it_says_that_the_chain_is_whole(client: Client, order: Order) -> None:
    testing.pay(order, 600_217)
    paper = Paper.objects.get(kind="KW")

    text = client.get(f"/ciomas/check/{paper.code}/", HTTP_ACCEPT_LANGUAGE="en").text

    assert paper.fingerprint in text
    assert "The chain is whole" in text


def test_a_paper_that_was_changed_is_not_genuine(client: Client, order: Order) -> None:
    testing.pay(order, 600_217)
    paper = Paper.objects.get(kind="KW")
    Paper.objects.update(facts=paper.facts | {"amount": "Rp 9.999.999"})

    text = client.get(f"/ciomas/check/{paper.code}/", HTTP_ACCEPT_LANGUAGE="en").text

    assert "This paper is genuine" not in text
    assert "was changed" in text


def test_it_says_that_another_paper_is_missing(client: Client, order: Order) -> None:
    testing.pay(order, 600_217)
    testing.pay(order, 1_000)
    first, last = Paper.objects.order_by("position")
    last.mentions.all().delete()
    last.delete()

    text = client.get(f"/ciomas/check/{first.code}/", HTTP_ACCEPT_LANGUAGE="en").text

    assert "This paper is genuine" in text
    assert "The chain of our papers is broken" in text


def test_an_unknown_code_is_no_paper(client: Client, order: Order, joko: Person) -> None:
    testing.pay(order, 5)
    paper = Paper.objects.get(kind="KW")

    assert client.get("/ciomas/check/ABCDEFGHJKLMNP/").status_code == 404
    assert client.get(f"/cibaduyut/check/{paper.code}/").status_code == 404


def test_whoever_guesses_is_stopped(client: Client, order: Order) -> None:
    answers = [client.get(f"/ciomas/check/ABCDEFGHJKL{n:03}/") for n in range(22)]

    assert {answer.status_code for answer in answers} == {404}
    assert "<form" in answers[0].text
    assert 'name="code"' not in answers[-1].text


def test_the_code_is_typed_into_a_form(client: Client, order: Order) -> None:
    assert client.get("/ciomas/check/").status_code == 200

    answer = client.post("/ciomas/check/", {"code": "abc def-gh"})
    assert answer["Location"] == "/ciomas/check/ABCDEFGH/"
