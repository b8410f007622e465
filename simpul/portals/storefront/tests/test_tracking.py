from __future__ import annotations

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.orders.models import Order
from simpul.parties.models import Identity, Party, Person


@pytest.fixture
def order(buyer: Party) -> Order:
    return testing.confirmed_order(buyer, remarks="titip di tetangga")


def test_whoever_holds_the_code_sees_where_it_stands(client: Client, order: Order) -> None:
    answer = client.get(f"/ciomas/track/{order.public_code}/")

    assert answer.text.count('class="knot"') == 7
    assert order.number in answer.text
    assert answer["X-Robots-Tag"] == "noindex"
    assert "no-store" in answer["Cache-Control"]


def test_it_shows_no_name_and_no_price(client: Client, order: Order) -> None:
    text = client.get(f"/ciomas/track/{order.public_code}/").text
    text = re.sub(r'value="\w{64}"', "", text)  # the form's token may spell anything

    for secret in ("Dewi", "Rp", "2.000.000", "Jl. Raya Ciomas 7", "tetangga", "+62", "/desk/"):
        assert secret not in text


def test_the_code_is_typed_as_people_type(client: Client, order: Order) -> None:
    assert client.get("/ciomas/track/").status_code == 200
    code = order.public_code
    typed = f" {code[:4].lower()}-{code[4:].lower()} "

    answer = client.post("/ciomas/track/", {"code": typed})

    assert answer["Location"] == f"/ciomas/track/{code}/"
    assert client.get(f"/ciomas/track/{code.lower()}/").status_code == 200
    assert client.post("/ciomas/track/", {"code": " "}).status_code == 422


def test_an_unknown_code_says_so(client: Client, order: Order, joko: Person) -> None:
    answer = client.get("/ciomas/track/ABCDEFGHJKLMNP/")

    assert answer.status_code == 404
    assert 'name="code"' in answer.text
    assert client.get(f"/cibaduyut/track/{order.public_code}/").status_code == 404
    assert client.get(f"/ciomas/track/{order.code}/").status_code == 404


def test_whoever_guesses_is_stopped(client: Client, order: Order) -> None:
    answers = [client.get(f"/ciomas/track/ABCDEFGHJKL{n:03}/") for n in range(22)]

    assert 'name="code"' not in answers[-1].text
    assert client.get(f"/ciomas/track/{order.public_code}/").status_code == 200


@testing.counts_questions
def test_the_number_of_queries_is_fixed(
    client: Client, buyer: Party, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for lines in (1, 30):
        order = testing.confirmed_order(buyer, lines=lines)
        client.get(f"/ciomas/track/{order.public_code}/")
        with django_assert_num_queries(17):
            client.get(f"/ciomas/track/{order.public_code}/")


def test_in_a_distributors_name_it_names_him_and_not_the_workshop(
    client: Client, order: Order, buyer: Party, dewi: Person
) -> None:
    Order.objects.filter(pk=order.pk).update(in_buyers_name=True)
    number = Identity.objects.get_or_create(
        person=dewi, kind="phone", defaults={"workshop": buyer.workshop, "value": "+6281234567890"}
    )[0]

    text = client.get(f"/ciomas/track/{order.public_code}/").text

    assert buyer.name in text
    assert f"tel:{number.value}" in text
    assert text.count('class="knot"') == 5
    for secret in (
        buyer.workshop.name,
        "/ciomas/",
        "Rp",
        "Down payment",
        "Settlement",
        "Jl. Raya Ciomas 7",
        "tetangga",
    ):
        assert secret not in text
