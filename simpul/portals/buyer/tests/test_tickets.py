"""A buyer asks or complains, and follows it until it is solved."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.catalog.models import Colourway
from simpul.conversations.models import Ticket
from simpul.orders.models import Order
from simpul.parties.models import AccessLink, Party, Person


@pytest.fixture
def order(buyer: Party) -> Order:
    return testing.needy_order(buyer)


@pytest.fixture
def ticket(buyer: Party, dewi: Person) -> Ticket:
    return Ticket.ask(by=dewi, kind="question", subject=buyer, party=buyer, body="Ukuran 45?")


def test_from_the_order_with_the_pairs(client: Client, order: Order) -> None:
    here = f"/ciomas/my/orders/{order.number}/"
    assert "Something is wrong with it?" in client.get(here).text
    line = order.lines.get()
    facts = {"kind": "complaint", "body": "Sol lepas.", f"pairs-{line.pk}-40": "2"}

    answer = client.post(f"{here}ticket/", facts)

    made = Ticket.objects.get()
    assert answer["Location"] == f"/ciomas/my/tickets/{made.pk}/"
    assert made.subject == order
    assert made.facts == {
        "order": order.number,
        "pairs": [{"line": line.pk, "sizes": {"40": 2}}],
    }
    page = client.get(answer["Location"]).text
    assert "Sol lepas." in page
    assert f"{line}:" in page
    assert made.number in client.get(here).text


def test_each_reads_the_pairs_in_their_own_language(
    client: Client, order: Order, dewi: Person, sari: Person
) -> None:
    line = order.lines.get()
    Colourway.objects.filter(pk=line.colourway_id).update(name="Merah Tua", name_en="Dark red")
    Person.objects.filter(pk=dewi.pk).update(language="id")
    facts = {"kind": "complaint", "body": "Sol lepas.", f"pairs-{line.pk}-40": "2"}
    client.post(f"/ciomas/my/orders/{order.number}/ticket/", facts)
    made = Ticket.objects.get()

    testing.login(client, sari)
    assert "Dark red:" in client.get(f"/ciomas/desk/tickets/{made.pk}/").text
    testing.login(client, dewi)
    page = client.get(f"/ciomas/my/tickets/{made.pk}/").text
    assert "Merah Tua:" in page
    assert "Dark red" not in page


def test_more_pairs_than_were_ordered_are_refused(client: Client, order: Order) -> None:
    line = order.lines.get()
    facts = {"kind": "complaint", "body": "Sol lepas.", f"pairs-{line.pk}-40": "2000"}

    answer = client.post(f"/ciomas/my/orders/{order.number}/ticket/", facts)

    assert answer.status_code == 422
    assert "Sol lepas." in answer.text  # what was typed stays
    assert not Ticket.objects.exists()


def test_who_came_by_link_asks_and_stays(order: Order, dewi: Person) -> None:
    visitor = Client()
    visitor.get(reverse("access", args=[AccessLink.issue(dewi, order).token]))
    here = f"/ciomas/my/orders/{order.number}/"

    answer = visitor.post(f"{here}ticket/", {"kind": "question", "body": "Kapan?"}, follow=True)

    assert answer.redirect_chain[-1][0] == here
    assert Ticket.objects.get().number in answer.text


def test_talk_and_reopening(client: Client, ticket: Ticket, sari: Person) -> None:
    here = f"/ciomas/my/tickets/{ticket.pk}/"
    client.post(f"{here}messages/", {"body": "Warna hitam."})
    ticket.solve(by=sari, how="answered", reason="Ada, dua minggu.")
    page = client.get(here).text
    assert "Warna hitam." in page
    assert "Answered: Ada, dua minggu." in page

    client.post(f"{here}reopening/")

    ticket.refresh_from_db()
    assert ticket.status == "open"


def test_the_list_is_searched(client: Client, ticket: Ticket) -> None:
    assert ticket.number in client.get("/ciomas/my/tickets/").text
    assert ticket.number in client.get("/ciomas/my/tickets/?q=ukuran").text
    assert "Nothing found" in client.get("/ciomas/my/tickets/?q=loafer").text


def test_somebody_elses_is_not_found(ticket: Ticket, siti: Person) -> None:
    other = Client()
    testing.login(other, siti)
    here = f"/ciomas/my/tickets/{ticket.pk}/"
    assert other.get(here).status_code == 404
    assert other.post(f"{here}messages/", {"body": "x"}).status_code == 404


@testing.counts_questions
def test_the_page_asks_a_fixed_number_of_questions(
    client: Client, ticket: Ticket, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get(f"/ciomas/my/tickets/{ticket.pk}/")
    # session, user, person; the ticket and what was merged into it; messages, files, marks; goods that come back
    with django_assert_num_queries(9):
        client.get(f"/ciomas/my/tickets/{ticket.pk}/")
