"""Tickets on the desk."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.conversations.models import Conversation, Message, Ticket
from simpul.crm.models import Goal, Service
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person, Workshop
from simpul.payments import agreement
from simpul.payments.models import CreditNote
from simpul.ui.jinja import day_short, number, rupiah

DESK = "/ciomas/desk/"


@pytest.fixture
def client(client: Client, sari: Person) -> Client:
    """A browser in which Sari, who sells, has logged in."""
    testing.login(client, sari)
    return client


@pytest.fixture
def ticket(buyer: Party, dewi: Person) -> Ticket:
    return Ticket.ask(by=dewi, kind="complaint", subject=buyer, party=buyer, body="Sol lepas.")


@pytest.fixture
def difference(courier: Party, machine: Person) -> Ticket:
    facts = {"collected": 5, "said": 5, "counted": 4}
    return Ticket.open(by=machine, kind="cash", subject=courier, party=courier, facts=facts)


def test_one_list_of_all_kinds(client: Client, ticket: Ticket, difference: Ticket) -> None:
    shown = {
        ask: {one for one in (ticket, difference) if one.number in client.get(path).text}
        for ask in (
            "",
            "kind=customers",
            "kind=differences",
            "kind=warranty",
            "q=sol",
            "status=mine",
        )
        if (path := f"{DESK}tickets/?{ask}")
    }
    assert shown == {
        "": {ticket, difference},
        "kind=customers": {ticket},
        "kind=differences": {difference},
        "kind=warranty": set(),
        "q=sol": {ticket},
        "status=mine": set(),
    }


def test_who_is_asked_to_answer_finds_it(client: Client, ticket: Ticket, sari: Person) -> None:
    Conversation.objects.get().assign(by=sari, to=sari)
    assert ticket.number in client.get(f"{DESK}tickets/?status=mine").text


def test_a_call_about_an_order(client: Client, buyer: Party) -> None:
    order: Order = testing.needy_order(buyer)
    here = f"{DESK}orders/{order.number}/"
    assert f"{here}ticket/" in client.get(here).text
    line = order.lines.get()
    facts = {
        "kind": "warranty",
        "channel": "phone",
        "body": "Jahitan lepas",
        "is_urgent": "on",
        f"pairs-{line.pk}-41": "1",
    }

    answer = client.post(f"{here}ticket/", facts)

    made = Ticket.objects.get()
    assert answer["Location"] == f"{DESK}tickets/{made.pk}/"
    assert (made.kind, made.is_urgent, made.subject) == ("warranty", True, order)
    assert made.facts["pairs"][0]["sizes"] == {"41": 1}
    assert made.number in client.get(here).text


def test_made_of_a_message(client: Client, buyer: Party, dewi: Person) -> None:
    said = Message.say(by=dewi, conversation=Conversation.of(buyer, buyer), body="Kulit retak.")
    here = f"{DESK}parties/{buyer.pk}/"
    assert f"{DESK}tickets/of/{said.pk}/" in client.get(here).text
    assert "Kulit retak." in client.get(f"{DESK}tickets/of/{said.pk}/").text

    answer = client.post(f"{DESK}tickets/of/{said.pk}/", {"kind": "warranty"})

    made = Ticket.objects.get()
    assert "Kulit retak." in client.get(answer["Location"]).text
    page = client.get(here).text
    assert made.number in page
    assert f"{DESK}tickets/of/{said.pk}/" not in page  # once is enough


def test_solving_tells_how(client: Client, ticket: Ticket) -> None:
    here = f"{DESK}tickets/{ticket.pk}/"
    refused = client.post(f"{here}resolution/", {"how": "paid", "reason": "x"})
    assert refused.status_code == 422

    client.post(f"{here}resolution/", {"how": "replaced", "reason": "Pasangan baru dikirim."})

    ticket.refresh_from_db()
    assert (ticket.status, ticket.how) == ("resolved", "replaced")
    client.post(f"{here}reopening/")
    ticket.refresh_from_db()
    assert ticket.status == "open"


def test_waiting_and_urgency(client: Client, ticket: Ticket) -> None:
    here = f"{DESK}tickets/{ticket.pk}/"
    client.post(f"{here}waiting/", {"wait": ""})
    assert "Wait no longer" in client.get(here).text
    client.post(f"{here}waiting/", {"go_on": ""})
    assert "Wait no longer" not in client.get(here).text

    client.post(f"{here}rank/", {"kind": "return", "is_urgent": "on"})

    ticket.refresh_from_db()
    assert (ticket.kind, ticket.is_urgent) == ("return", True)


def test_merging_and_parting(client: Client, ticket: Ticket, buyer: Party, dewi: Person) -> None:
    other = Ticket.ask(by=dewi, kind="question", subject=buyer, party=buyer, body="Kapan?")
    here = f"{DESK}tickets/{other.pk}/"
    assert ticket.title in client.get(f"{here}merging/").text

    answer = client.post(f"{here}merging/", {"into": ticket.pk})

    assert answer["Location"] == f"{DESK}tickets/{ticket.pk}/"
    assert "Kapan?" in client.get(answer["Location"]).text
    client.post(f"{here}parting/")
    other.refresh_from_db()
    assert (other.status, other.merged_into) == ("open", None)


def test_how_fast_customers_are_answered(client: Client, workshop: Workshop) -> None:
    kinds = ("question", "complaint", "warranty", "return")
    facts = {"opens": "09:00", "closes": "17:00"}
    facts |= {f"{kind}-answer": "2" for kind in kinds} | {f"{kind}-solve": "9" for kind in kinds}
    refused = client.post(f"{DESK}tickets/service/", facts | {"return-solve": "1"})
    assert refused.status_code == 422
    assert "Not before the answer, please." in refused.text

    client.post(f"{DESK}tickets/service/", facts)

    assert Service.of(workshop).goals()["return"] == Goal(2, 9)
    assert 'value="09:00"' in client.get(f"{DESK}tickets/service/").text


def test_what_is_overdue_stands_on_today(client: Client, ticket: Ticket) -> None:
    Ticket.objects.update(opened_at=clock.now() - timedelta(days=30))
    assert "1 ticket is overdue" in client.get(DESK).text
    assert "overdue" in client.get(f"{DESK}tickets/").text
    assert "overdue" in client.get(f"{DESK}tickets/{ticket.pk}/").text


def test_made_good_by_a_note_of_what_the_pairs_cost(
    client: Client, buyer: Party, dewi: Person
) -> None:
    order = testing.needy_order(buyer, paid=False)
    line = order.current.lines.get()
    assert line.price is not None
    pairs = [{"line": line.line_id, "model": "x", "sizes": {"40": 2}}]
    facts = {"order": order.number, "pairs": pairs}
    asked = Ticket.ask(
        by=dewi, kind="complaint", subject=order, party=buyer, body="Sol lepas.", facts=facts
    )
    here = f"{DESK}tickets/{asked.pk}/"
    proposed = client.get(f"{here}credit/").text
    assert f'value="{number(2 * line.price)}"' in proposed
    assert f"{asked.number}: Sol lepas." in proposed

    client.post(f"{here}credit/", {"amount": "100.000", "kind": "defect", "note": "Sol"})
    replaced = testing.order(buyer)
    told = f"{replaced.number} · {day_short(replaced.placed_at)} · {rupiah(replaced.total)}"
    assert told in client.get(f"{here}replacement/").text
    client.post(f"{here}replacement/", {"order": replaced.pk})

    page = client.get(here).text
    assert CreditNote.objects.get().number in page
    assert replaced.number in page
    assert re.search(r'value="replaced"[^>]*checked', page)  # as the last of them says


def test_the_note_has_its_share_of_the_discount_and_is_not_larger_than_the_order(
    client: Client, buyer: Party, dewi: Person
) -> None:
    order = testing.order(buyer)
    plan = [testing.full(1_710_000)]
    testing.offer(Order.objects.for_page().get(pk=order.pk), discount=190_000, plan=plan)
    order = Order.objects.for_page().get(pk=order.pk)
    pairs = [{"line": order.current.lines.get().line_id, "model": "x", "sizes": {"40": 2}}]
    facts = {"order": order.number, "pairs": pairs}
    agreement.accept(order, by=dewi, revision=order.revision)
    asked = Ticket.ask(
        by=dewi, kind="complaint", subject=order, party=buyer, body="Sol lepas.", facts=facts
    )
    here = f"{DESK}tickets/{asked.pk}/credit/"
    assert f'value="{number(342_000)}"' in client.get(here).text

    refused = client.post(here, {"amount": "1.710.001", "kind": "defect", "note": "Sol"})

    assert refused.status_code == 422
    assert "can be credited for this order" in refused.text
    assert not CreditNote.objects.exists()


def test_another_workshop_finds_nothing(ticket: Ticket, joko: Person) -> None:
    other = Client()
    testing.login(other, joko)
    assert other.get(f"/cibaduyut/desk/tickets/{ticket.pk}/").status_code == 404
    assert "TK-" not in other.get("/cibaduyut/desk/tickets/").text


@testing.counts_questions
@pytest.mark.parametrize("more", [0, 5])
def test_the_list_asks_a_fixed_number_of_questions(
    client: Client,
    ticket: Ticket,
    buyer: Party,
    dewi: Person,
    django_assert_num_queries: DjangoAssertNumQueries,
    more: int,
) -> None:
    for _turn in range(more):
        Ticket.ask(by=dewi, kind="question", subject=buyer, party=buyer, body="x")
    client.get(f"{DESK}tickets/")
    # session, user, person; counts of states and of mine; the tickets, who answers; and the seven
    # of the clocks
    with django_assert_num_queries(14):
        client.get(f"{DESK}tickets/")
