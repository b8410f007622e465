"""What both sides see of a talk: the documents that it names, and who has read it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from simpul import testing
from simpul.conversations.models import Conversation, Message, ReadMark
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import AccessLink, Party, Person
from simpul.ui.jinja import hour


@pytest.fixture
def order(buyer: Party, dewi: Person) -> Order:
    """An order about which Sari wrote, and Dewi has not read it."""
    return testing.order(buyer)


def say(by: Person, order: Order, body: str) -> Message:
    return Message.say(by=by, conversation=Conversation.of(order, order.buyer), body=body)


def ours(order: Order) -> str:
    return f"/ciomas/desk/orders/{order.number}/"


def theirs(order: Order) -> str:
    return f"/ciomas/my/orders/{order.number}/"


def test_a_page_that_was_only_fetched_has_not_been_read(
    client: Client, order: Order, sari: Person, dewi: Person
) -> None:
    """A telephone keeps pages, a messenger fetches previews: neither has read them."""
    message = say(sari, order, "Kulit sudah ada.")
    testing.login(client, dewi)

    assert f'name="seen" value="{message.pk}"' in client.get(theirs(order)).text
    assert not ReadMark.objects.filter(person=dewi).exists()

    read = client.post(theirs(order) + "messages/", {"seen": message.pk})

    assert read.status_code == 204
    mark = ReadMark.objects.get(person=dewi)
    assert 'name="seen"' not in client.get(theirs(order)).text
    assert Message.objects.get() == message  # nothing was said
    testing.login(client, sari)
    shown = client.get(ours(order)).text
    assert shown.count(hour(mark.at)) >= 1
    assert f'datetime="{mark.at.astimezone(clock.WIB).isoformat()}"' in shown or (
        f'datetime="{mark.at.isoformat()}"' in shown
    )


def test_the_word_stands_at_the_last_message_that_was_read(
    client: Client, order: Order, sari: Person, dewi: Person
) -> None:
    first, second = say(sari, order, "Satu."), say(sari, order, "Dua.")
    say(dewi, order, "Baik.")  # whoever answers has read
    say(sari, order, "Tiga.")
    ReadMark.objects.filter(person=dewi).update(message=second)
    testing.login(client, sari)

    bubbles = client.get(ours(order)).text.split("<article")[1:]
    words = ["read " in one or "dibaca " in one for one in bubbles]

    assert words == [False, True, False, False]
    assert first.pk < second.pk


def test_nobody_marks_what_he_may_not_see(
    client: Client, order: Order, sari: Person, siti: Person, viewer: Person
) -> None:
    message = say(sari, order, "Rahasia")
    testing.login(client, siti)
    assert client.post(theirs(order) + "messages/", {"seen": message.pk}).status_code == 404
    assert not ReadMark.objects.exclude(person=sari).exists()

    testing.login(client, viewer)  # who only looks has read, too
    assert client.post(ours(order) + "messages/", {"seen": message.pk}).status_code == 204
    assert ReadMark.objects.filter(person=viewer).exists()


def test_a_number_leads_to_the_document_for_whoever_may_see_it(
    client: Client, order: Order, buyer: Party, sari: Person, dewi: Person, siti: Person
) -> None:
    mine = testing.order(buyer)
    foreign = testing.order(buyer)
    Order.objects.filter(pk=foreign.pk).update(buyer=siti.party)
    invoice = testing.confirmed_order(buyer)
    say(dewi, order, f"Lihat {mine.number.lower()}, {foreign.number}, SO-2026-9999 <b>")

    testing.login(client, sari)
    shown = client.get(ours(order)).text
    for one in (mine, foreign):
        assert f'href="{ours(one)}">' in shown
    assert "SO-2026-9999 &lt;b&gt;" in shown

    testing.login(client, dewi)
    shown = client.get(theirs(order)).text
    assert f'<a class="nowrap" href="{theirs(mine)}">{mine.number.lower()}</a>' in shown
    assert theirs(foreign) not in shown
    assert foreign.number in shown
    assert invoice.number not in shown


def test_whoever_came_by_a_link_reads_plain_text(
    client: Client, order: Order, buyer: Party, dewi: Person
) -> None:
    mine = testing.order(buyer)
    say(dewi, order, f"Lihat {mine.number}")
    link = AccessLink.issue(testing.person("Nia", buyer), order)
    client.get(reverse("access", args=[link.token]))

    shown = client.get(theirs(order)).text

    assert f"Lihat {mine.number}" in shown
    assert theirs(mine) not in shown
