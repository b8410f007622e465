"""The box that finds everything, as each kind of visitor sees it."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.conversations.models import Conversation, InternalNote, Message, Ticket
from simpul.insight import search
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import AccessLink, Party, Person


@pytest.fixture
def order(buyer: Party, dewi: Person) -> Order:
    """An order of which Dewi and Sari have talked."""
    order = testing.order(buyer)
    talk = Conversation.of(order, buyer)
    Message.say(by=dewi, conversation=talk, body="Kulitnya cokelat, ya?")
    return order


def test_the_desk_finds_the_order_and_what_was_said(
    client: Client, order: Order, sari: Person
) -> None:
    InternalNote.write(by=sari, subject=order, body="Cokelat tua.")
    testing.login(client, sari)

    text = client.get("/ciomas/desk/search/?q=cokelat").text
    assert text.count(f'href="/ciomas/desk/orders/{order.number}/"') == 2
    assert "Kulitnya cokelat, ya?" in text
    assert "Cokelat tua." in text

    text = client.get(f"/ciomas/desk/search/?q={order.number.replace('-', '')}").text
    first = text.index('class="task__link"')
    assert f'href="/ciomas/desk/orders/{order.number}/"' in text[first : first + 90]


def test_each_side_finds_its_own(
    client: Client, order: Order, dewi: Person, siti: Person, sari: Person
) -> None:
    InternalNote.write(by=sari, subject=order, body="Cokelat tua.")
    testing.login(client, dewi)
    text = client.get("/ciomas/my/search/?q=cokelat").text
    assert f'href="/ciomas/my/orders/{order.number}/"' in text
    assert "Cokelat tua." not in text
    assert "Cokelat tua." not in client.get("/ciomas/my/search/?q=cokelat&kind=notes").text

    testing.login(client, siti)
    for typed in ("cokelat", order.number, "dewi"):
        assert f"/orders/{order.number}/" not in client.get(f"/ciomas/my/search/?q={typed}").text


def test_a_buyer_finds_no_difference_of_a_courier(
    buyer: Party, dewi: Person, sari: Person, machine: Person
) -> None:
    asked = Ticket.ask(by=dewi, kind="question", subject=buyer, party=buyer, body="Ada?")
    cash = Ticket.open(by=machine, kind="cash", subject=buyer, party=buyer, facts={})

    assert [hit.subject for hit in search.found(dewi, "buyer", "TK-")[0].hits] == [asked]
    assert [hit.subject for hit in search.found(sari, "workshop", "TK-")[0].hits] == [cash, asked]


def test_more_of_a_kind_stand_on_a_page_of_their_own(
    client: Client, buyer: Party, dewi: Person, sari: Person
) -> None:
    for _n in range(6):
        testing.order(buyer)
    testing.login(client, sari)

    few = client.get("/ciomas/desk/search/?q=toko+dewi").text
    every = client.get("/ciomas/desk/search/?q=toko+dewi&kind=orders").text

    assert "?q=toko%20dewi&amp;kind=orders" in few
    assert few.count("desk/orders/SO-") == 4
    assert every.count("desk/orders/SO-") == 6
    assert "desk/parties/" not in every.partition("<main")[2]


def test_it_says_what_to_type_and_that_nothing_was_found(client: Client, sari: Person) -> None:
    testing.login(client, sari)
    assert client.get("/ciomas/desk/search/").text.count('class="empty"') == 1
    assert client.get("/ciomas/desk/search/?q=x").text.count('class="empty"') == 1
    nothing = client.get("/ciomas/desk/search/?q=<b>tidak ada").text
    assert nothing.count('class="empty"') == 1
    assert "<b>tidak" not in nothing


def test_a_payment_is_found_by_its_amount_with_its_day(
    client: Client, buyer: Party, sari: Person
) -> None:
    testing.pay(testing.confirmed_order(buyer), 600_000)
    testing.login(client, sari)
    text = client.get("/ciomas/desk/search/?q=600.000").text.partition("<main")[2]
    day = clock.today().isoformat()
    assert re.search(
        rf">Rp\s600,000</a> <time [^>]*{day}[^>]*>.*?</time>\s*<br><span[^>]*>{buyer}<", text
    ), text


def test_a_letter_that_no_database_looks_for_is_left_out(
    client: Client, order: Order, sari: Person
) -> None:
    testing.login(client, sari)
    assert "Kulitnya cokelat" in client.get("/ciomas/desk/search/?q=%00cokelat").text
    assert search.tidy("\0 a\0b") == "a b"


def test_whoever_came_by_a_link_has_no_box(client: Client, order: Order, buyer: Party) -> None:
    link = AccessLink.issue(testing.person("Nia", buyer), order)
    client.get(reverse("access", args=[link.token]))
    page = client.get(f"/ciomas/my/orders/{order.number}/")
    assert page.status_code == 200
    assert "/ciomas/my/search/" not in page.text
    assert client.get("/ciomas/my/search/?q=cokelat").status_code == 302


@testing.counts_questions
def test_it_asks_as_much_for_many_as_for_one(
    client: Client, order: Order, buyer: Party, dewi: Person, sari: Person,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    testing.login(client, sari)
    page = "/ciomas/desk/search/?q=cokelat"
    client.get(page)
    with django_assert_num_queries(17):
        client.get(page)
    for _n in range(8):
        more = testing.order(buyer)
        Message.say(by=dewi, conversation=Conversation.of(more, buyer), body="Cokelat")
    with django_assert_num_queries(17):
        client.get(page)
