"""An address at which nothing arrives is shown where one would write to it, and mended there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from simpul import testing
from simpul.conversations import notices
from simpul.conversations.models import Channel, Conversation, Message, Notice
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Identity, Party, Person

DESK = "/ciomas/desk/"


@pytest.fixture
def dead(dewi: Person) -> Identity:
    for kind, value in (("phone", "+6281234567890"), ("mail", "dewi@example.com")):
        address = Identity.objects.create(
            workshop=dewi.workshop, person=dewi, kind=kind, value=value
        )
    address.come_back()
    return address


@pytest.fixture
def order(buyer: Party) -> Order:
    return testing.order(buyer)


@pytest.fixture
def client(client: Client, sari: Person) -> Client:
    """A browser in which Sari, who sells, has logged in."""
    testing.login(client, sari)
    return client


def page_of(dead: Identity) -> str:
    return f"{DESK}parties/{dead.person.party_id}/identities/{dead.pk}/"


def test_it_is_seen_where_one_would_write(client: Client, order: Order, dead: Identity) -> None:
    for path in (f"orders/{order.number}/", f"parties/{order.buyer_id}/"):
        page = client.get(DESK + path).text
        assert page_of(dead) in page, path
    assert 'href="tel:+6281234567890"' in client.get(f"{DESK}orders/{order.number}/").text
    today = client.get(DESK).text
    assert f"{DESK}parties/?kind=unreached" in today
    assert "Mail or messages to Toko Dewi come back" in today
    assert "Toko Dewi" in client.get(f"{DESK}parties/?kind=unreached").text


def test_nothing_is_said_where_all_arrives(client: Client, order: Order, dead: Identity) -> None:
    dead.correct(dead.value)
    assert "comes back" not in client.get(f"{DESK}orders/{order.number}/").text
    assert "unreached" not in client.get(DESK).text
    assert "Toko Dewi" not in client.get(f"{DESK}parties/?kind=unreached").text


def test_the_right_address_takes_its_place(client: Client, dead: Identity) -> None:
    Identity.objects.filter(pk=dead.pk).update(verified_at=clock.now())
    answer = client.post(page_of(dead), {"email": "Dewi@Toko.example"})
    assert answer["Location"] == f"{DESK}parties/{dead.person.party_id}/"
    dead.refresh_from_db()
    assert (dead.value, dead.verified_at, dead.bounced_at) == ("dewi@toko.example", None, None)


def test_the_same_again_works_again(client: Client, dead: Identity) -> None:
    assert client.post(page_of(dead), {"email": dead.value}).status_code == 302
    dead.refresh_from_db()
    assert dead.bounced_at is None


def test_an_address_of_somebody_else_is_refused(
    client: Client, dead: Identity, siti: Person
) -> None:
    Identity.objects.create(
        workshop=siti.workshop, person=siti, kind="mail", value="siti@example.com"
    )
    answer = client.post(page_of(dead), {"email": "siti@example.com"})
    assert answer.status_code == 422
    assert "Siti has this already." in answer.text
    dead.refresh_from_db()
    assert dead.bounced_at is not None


def test_what_was_told_in_no_other_way_is_sent_again(
    client: Client, buyer: Party, dead: Identity, sari: Person
) -> None:
    dead.correct(dead.value)
    conversation = Conversation.of(buyer, buyer)
    for body in ("Lama", "Baru", "Lewat WhatsApp"):
        Message.say(by=sari, conversation=conversation, body=body)
    notices.tell()
    told = list(Notice.objects.filter(channel=Channel.MAIL).order_by("pk"))
    for notice in told:
        notice.mark(Notice.Status.FAILED)
    Notice.objects.filter(channel=Channel.WHATSAPP).exclude(entry=told[2].entry).delete()
    Notice.objects.filter(pk=told[0].pk).update(made_at=clock.now() - timedelta(days=8))

    client.post(page_of(dead), {"email": "dewi@toko.example"})

    status = Notice.objects.filter(channel=Channel.MAIL).order_by("pk").values_list("status")
    assert [one for (one,) in status] == ["failed", "waiting", "failed"]
