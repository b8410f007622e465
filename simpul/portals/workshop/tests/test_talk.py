"""Conversations on the desk, and the notes of the house."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.conversations.models import (
    Conversation,
    FollowUp,
    InternalNote,
    Message,
    QuickReply,
)
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person
from simpul.portals.talk import A_TALK

DESK = "/ciomas/desk/"
TALK = f"{DESK}conversations/"


@pytest.fixture
def client(client: Client, sari: Person) -> Client:
    testing.login(client, sari)
    return client


@pytest.fixture
def order(buyer: Party, dewi: Person) -> Order:
    """An order of which Dewi asks when it is ready."""
    order = testing.order(buyer)
    talk = Conversation.of(order, buyer)
    Message.say(by=dewi, conversation=talk, body="Kapan siap?")
    return order


@pytest.fixture
def answered(supplier: Party, budi: Person, sari: Person) -> Conversation:
    """Talk with the supplier, on the telephone; the workshop said the last word."""
    talk = Conversation.of(supplier, supplier)
    Message.say(by=budi, conversation=talk, body="Kulit siap.")
    Message.say(by=sari, conversation=talk, body="Baik, kirim.", channel="phone")
    return talk


def listed(client: Client, query: str = "") -> list[str]:
    """Which of the two are on the list."""
    text = client.get(TALK + query).text
    return [words for words in ("Kapan siap?", "Baik, kirim.") if words in text]


def test_they_are_found_by_what_became_of_them(
    client: Client, order: Order, answered: Conversation, sari: Person
) -> None:
    both = ["Kapan siap?", "Baik, kirim."]
    text = client.get(TALK).text
    assert text.index("Baik, kirim.") < text.index("Kapan siap?")  # the last word first
    assert f"{DESK}orders/{order.number}/" in text
    assert listed(client, "?shown=unread") == both[:1]
    assert listed(client, "?shown=unanswered") == both[:1]
    assert listed(client, "?shown=unassigned") == both
    assert listed(client, "?shown=mine") == []
    assert listed(client, "?channel=phone") == both[1:]
    assert listed(client, "?kind=order") == both[:1]
    assert listed(client, "?kind=party") == both[1:]
    assert listed(client, f"?q={order.number}") == both[:1]
    assert listed(client, "?q=jaya&shown=unanswered") == []

    answered.assign(by=sari, to=sari)
    assert listed(client, "?shown=mine") == both[1:]


def test_somebody_is_asked_to_answer_and_lets_it_go(
    client: Client, order: Order, rina: Person, viewer: Person
) -> None:
    talk = Conversation.objects.get()
    page = f"{DESK}orders/{order.number}/"
    address = f"{TALK}{talk.pk}/assignment/"
    text = client.get(page).text
    assert f'action="{address}"' in text
    assert f'<option value="{rina.pk}">' in text
    assert f'<option value="{viewer.pk}">' not in text  # who may look only cannot answer

    assert client.post(address, {"to": rina.pk})["Location"] == page
    assert Conversation.objects.get().assigned_to == rina
    assert f'<option value="{rina.pk}" selected>' in client.get(page).text

    client.post(address, {"to": ""})
    assert Conversation.objects.get().assigned_to is None


@testing.counts_questions
def test_the_list_asks_as_much_for_many_as_for_one(
    client: Client, order: Order, buyer: Party, dewi: Person,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    client.get(TALK)
    with django_assert_num_queries(8):
        client.get(TALK)
    for _n in range(12):
        more = testing.order(buyer)
        Message.say(by=dewi, conversation=Conversation.of(more, buyer), body="Halo")
    with django_assert_num_queries(8):
        client.get(TALK)


@pytest.mark.parametrize("kind", ["order", "purchase", "shipment", "party"])
def test_a_note_stands_on_the_page_of_what_it_is_about(
    client: Client, kind: str, buyer: Party, dewi: Person, supplier: Party, budi: Person
) -> None:
    subject: Any = buyer
    if kind == "order":
        subject = testing.order(buyer)
    elif kind == "purchase":
        subject = testing.sent_purchase(supplier)
    elif kind == "shipment":
        subject = testing.shipment(buyer)

    answer = client.post(f"{DESK}notes/{kind}/{subject.pk}/", {"body": "Suka menawar."})

    assert InternalNote.objects.get().subject == subject
    assert "Suka menawar." in client.get(answer["Location"]).text


def test_a_note_that_is_too_long_is_not_lost(client: Client, order: Order) -> None:
    answer = client.post(f"{DESK}notes/order/{order.pk}/", {"body": "Panjang. " * 2000})

    assert answer.status_code == 422
    assert "Panjang. Panjang." in answer.text
    assert not InternalNote.objects.exists()


def test_a_note_is_left_on_nothing_of_others(
    client: Client, joko: Person, viewer: Person, order: Order
) -> None:
    stranger = testing.party(joko.workshop, "Toko Jauh")
    for place in (f"party/{stranger.pk}", "party/0", "invoice/1"):
        assert client.post(f"{DESK}notes/{place}/", {"body": "x"}).status_code == 404
    testing.login(client, viewer)
    assert client.post(f"{DESK}notes/order/{order.pk}/", {"body": "x"}).status_code == 403
    assert not InternalNote.objects.exists()


# Calls, visits and saved texts


def test_a_call_takes_two_taps(client: Client, order: Order, dewi: Person) -> None:
    page = f"{DESK}orders/{order.number}/"
    address = f"{DESK}calls/order/{order.pk}/"
    assert f'href="{address}?how=phone"' in client.get(page).text
    form = client.get(f"{address}?how=phone").text
    for chosen in ('value="phone"', 'value="out"'):
        assert "checked" in form.split(chosen)[1].split(">")[0]
    assert f'<option value="{dewi.pk}" selected>' in form

    sent = {"channel": "phone", "direction": "out", "with_whom": dewi.pk, "body": ""}
    assert client.post(address, sent)["Location"] == page

    call = Message.objects.order_by("-pk")[0]
    assert (call.with_whom, call.conversation.subject) == (dewi, order)
    assert "Dewi" in client.get(page).text.split("bubble__who")[-1]


def test_a_next_step_needs_its_day_and_stands_on_today(client: Client, order: Order) -> None:
    address = f"{DESK}calls/order/{order.pk}/"
    sent = {"channel": "phone", "direction": "out", "next_words": "Telepon lagi"}
    answer = client.post(address, sent)
    assert answer.status_code == 422
    assert "Telepon lagi" in answer.text
    assert Message.objects.count() == 1

    client.post(address, sent | {"next_on": clock.today().isoformat()})
    assert f"{TALK}?shown=due" in client.get(DESK).text
    assert order.number in client.get(f"{TALK}?shown=due").text
    assert "Telepon lagi" in client.get(f"{DESK}orders/{order.number}/").text

    client.post(f"{TALK}next/{FollowUp.objects.get().pk}/")
    assert f"{TALK}?shown=due" not in client.get(DESK).text
    assert "Telepon lagi" not in client.get(f"{DESK}orders/{order.number}/").text


def test_nobody_is_called_where_there_is_no_other_side(client: Client, buyer: Party) -> None:
    shipment = testing.shipment(buyer)  # no courier yet
    assert client.get(f"{DESK}calls/shipment/{shipment.pk}/").status_code == 404


def test_a_saved_text_fills_the_message_in(client: Client, order: Order, joko: Person) -> None:
    client.post(f"{DESK}settings/replies/new/", {"title": "Siap", "body": "Halo {nama}: {nomor}"})
    reply = QuickReply.objects.get()
    page = f"{DESK}orders/{order.number}/"
    assert f'<a href="?reply={reply.pk}#body" hx-boost="false">Siap</a>' in client.get(page).text

    chosen = client.get(f"{page}?reply={reply.pk}")

    assert chosen.status_code == 200
    assert f"Halo Dewi: {order.number}</textarea>" in chosen.text
    foreign = QuickReply.objects.create(workshop=joko.workshop, title="x", body="Rahasia")
    assert "Rahasia" not in client.get(f"{page}?reply={foreign.pk}").text
    assert client.get(f"{DESK}settings/replies/{foreign.pk}/").status_code == 404

    client.post(f"{DESK}settings/replies/{reply.pk}/", {"title": "Siap", "body": "Halo."})
    assert "Halo.</textarea>" in client.get(f"{page}?reply={reply.pk}").text
    client.post(f"{DESK}settings/replies/{reply.pk}/removal/")
    assert not QuickReply.objects.filter(workshop=order.workshop).exists()


def test_of_a_long_talk_the_newest_is_shown_and_the_rest_on_earlier_pages(
    client: Client, order: Order, dewi: Person
) -> None:
    talk = Conversation.of(order, order.buyer)
    for n in range(2 * A_TALK):
        Message.say(by=dewi, conversation=talk, body=f"Kabar nomor {n:03}.")
    page = f"{DESK}orders/{order.number}/"

    newest = client.get(page).text

    assert newest.count("Kabar nomor") == A_TALK
    assert "Kabar nomor 199." in newest
    assert "To the newest messages" not in newest
    assert 'name="seen"' in newest
    older = page + newest.split("Earlier messages")[0].rpartition('href="')[2].partition("#")[0]
    text = client.get(older).text
    assert [f"Kabar nomor {n}." in text for n in ("000", "099", "100")] == [True, True, False]
    assert 'name="seen"' not in text  # who reads what is old has not read what is new
    first = page + text.split("Earlier messages")[0].rpartition('href="')[2].partition("#")[0]
    text = client.get(first).text
    assert "Kapan siap?" in text
    assert "Earlier messages" not in text
    assert "To the newest messages" in text
    assert client.get(f"{page}?earlier=0").text.count("Kabar nomor") == A_TALK

    testing.login(client, dewi)
    theirs = client.get(f"/ciomas/my/orders/{order.number}/").text
    assert theirs.count("Kabar nomor") == A_TALK
