"""What a person was told stands in the portal, and what must be sent by hand is one tap away."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from simpul import testing
from simpul.conversations import notices
from simpul.conversations.models import Channel, Conversation, Message, Notice
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import AccessLink, Identity, Party, Person
from simpul.portals import outbox

DESK, MINE = "/ciomas/desk/news/", "/ciomas/my/news/"
TO_SEND = "/ciomas/desk/messages/"


@pytest.fixture
def order(buyer: Party) -> Order:
    return testing.order(buyer)


def say(order: Order, by: Person, body: str = "Halo") -> None:
    Message.say(by=by, conversation=Conversation.of(order, order.buyer), body=body)
    notices.tell()
    outbox.prepare()


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_staff_read_what_a_buyer_did(
    client: Client, order: Order, sari: Person, dewi: Person
) -> None:
    testing.login(client, sari)
    say(order, dewi)

    page = text_of(client, DESK)
    assert "Dewi" in page
    assert order.number in page
    assert '<span class="menu__count">2</span>' in page  # the order, and what was said


def test_opening_it_leads_to_the_thing_and_it_is_no_news_any_more(
    client: Client, order: Order, sari: Person, dewi: Person
) -> None:
    testing.login(client, dewi)
    say(order, sari)
    notice = Notice.objects.get(person=dewi, channel=Channel.PORTAL)

    answer = client.post(f"{MINE}{notice.pk}/")

    assert answer["Location"] == f"/ciomas/my/orders/{order.number}/"
    notice.refresh_from_db()
    assert notice.status == Notice.Status.SEEN
    assert "menu__count" not in text_of(client, MINE)


def test_looking_at_the_list_changes_nothing(
    client: Client, order: Order, sari: Person, dewi: Person
) -> None:
    testing.login(client, dewi)
    say(order, sari)
    text_of(client, MINE)
    assert Notice.objects.waiting().filter(channel=Channel.PORTAL).count() == 1


def test_all_is_seen_at_once_and_only_ones_own(
    client: Client, order: Order, sari: Person, dewi: Person
) -> None:
    testing.login(Client(), sari)
    testing.login(client, dewi)
    say(order, sari)
    say(order, dewi)

    client.post(f"{MINE}seen/")

    waiting = Notice.objects.waiting().filter(channel=Channel.PORTAL)
    assert {one.person for one in waiting} == {sari}


def test_a_text_for_whatsapp_waits_on_the_desk_until_somebody_sent_it(
    client: Client, order: Order, sari: Person, dewi: Person
) -> None:
    Identity.objects.create(
        workshop=order.workshop, person=dewi, kind=Identity.Kind.PHONE, value="+6281234567890"
    )
    testing.login(client, sari)
    say(order, sari)

    page = text_of(client, TO_SEND)
    assert "https://wa.me/6281234567890?text=" in page
    assert f"/l/{AccessLink.objects.get().token}/" in page
    notice = Notice.objects.get(channel=Channel.WHATSAPP)
    client.post(f"{TO_SEND}{notice.pk}/sent/", {"how": "sent"})

    notice.refresh_from_db()
    assert notice.status == Notice.Status.SENT
    assert "wa.me" not in text_of(client, TO_SEND)


def test_what_waits_is_counted_on_today_and_grows_old(
    client: Client, order: Order, sari: Person, dewi: Person
) -> None:
    Identity.objects.create(
        workshop=order.workshop, person=dewi, kind=Identity.Kind.PHONE, value="+6281234567890"
    )
    testing.login(client, sari)
    say(order, sari)
    assert TO_SEND in text_of(client, "/ciomas/desk/")

    with clock.stopped(clock.now() + timedelta(days=8)):
        assert TO_SEND not in text_of(client, "/ciomas/desk/")


def test_a_viewer_may_read_them_and_sends_none(
    client: Client, order: Order, sari: Person, dewi: Person, viewer: Person
) -> None:
    Identity.objects.create(
        workshop=order.workshop, person=dewi, kind=Identity.Kind.PHONE, value="+6281234567890"
    )
    say(order, sari)
    testing.login(client, viewer)
    notice = Notice.objects.get(channel=Channel.WHATSAPP)

    assert "It is sent" not in text_of(client, TO_SEND)
    assert client.post(f"{TO_SEND}{notice.pk}/sent/").status_code == 403
    notice.refresh_from_db()
    assert notice.status == Notice.Status.WAITING


def test_a_notice_names_the_document_it_is_about(order: Order, sari: Person, dewi: Person) -> None:
    testing.login(Client(), dewi)
    say(order, sari)
    told = Notice.objects.get(channel=Channel.PORTAL, person=dewi)
    assert told.label == order.number


@pytest.mark.parametrize("portal", ["my", "supply", "courier", "desk"])
def test_the_menu_says_one_place_at_a_time(
    client: Client, sari: Person, dewi: Person, budi: Person, asep: Person, portal: str
) -> None:
    testing.login(client, {"my": dewi, "supply": budi, "courier": asep, "desk": sari}[portal])
    page = text_of(client, f"/ciomas/{portal}/news/")
    here = re.findall(r'class="menu__item" href="([^"]+)" aria-current="page"', page)
    assert here
    assert set(here) == {f"/ciomas/{portal}/news/"}
