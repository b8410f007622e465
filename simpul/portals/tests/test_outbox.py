import logging
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django import Settings

from simpul import testing
from simpul.conversations import notices
from simpul.conversations.models import Channel, Conversation, Message, Notice
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Identity, Party, Person
from simpul.portals import outbox

SENT, FAILED, WAITING = Notice.Status.SENT, Notice.Status.FAILED, Notice.Status.WAITING


@pytest.fixture
def order(buyer: Party, dewi: Person) -> Order:
    for kind, value in (("mail", "dewi@example.com"), ("phone", "+6281234567890")):
        Identity.objects.create(workshop=buyer.workshop, person=dewi, kind=kind, value=value)
    return testing.order(buyer)


def say(order: Order, by: Person) -> None:
    Message.say(by=by, conversation=Conversation.of(order, order.buyer), body="Halo <b>")
    notices.tell()


def notice(channel: str = Channel.MAIL) -> Notice:
    return Notice.objects.get(channel=channel)


def test_mail_is_written_in_the_readers_language(order: Order, sari: Person, dewi: Person) -> None:
    sari.name = "Sari & Co"
    sari.save()
    Person.objects.filter(pk=dewi.pk).update(language="en")
    say(order, sari)

    assert outbox.send() == (1, 0)
    (sent,) = mail.outbox
    assert sent.to == ["dewi@example.com"]
    assert sent.subject == f"{order.number} · Sepatu Ciomas"
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"
    assert str(sent.body).startswith(
        f"Hello Dewi,\n\nSari & Co writes about {order.number}:\n\nHalo <b>\n\n"
        "Read and answer here:\nhttp://localhost/l/"
    )
    assert notice().status == SENT
    assert outbox.send() == (0, 0)


def test_the_link_opens_the_order_without_a_login(
    client: Client, order: Order, sari: Person
) -> None:
    say(order, sari)
    outbox.send()
    found = re.search(r"http://localhost(/l/\S+/)", str(mail.outbox[0].body))
    assert found is not None
    answer = client.get(found[1])
    assert answer["Location"] == f"/ciomas/my/orders/{order.number}/"


def test_whoever_logs_in_gets_the_plain_address(
    client: Client, order: Order, sari: Person, dewi: Person
) -> None:
    testing.login(client, dewi)
    say(order, sari)
    outbox.send()
    assert f"http://localhost/ciomas/my/orders/{order.number}/" in str(mail.outbox[0].body)


def test_a_failure_is_tried_again_later_and_not_for_ever(
    order: Order, sari: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(message: EmailMessage) -> int:
        raise ConnectionError("no route")

    monkeypatch.setattr(EmailMessage, "send", fail)
    caplog.set_level(logging.CRITICAL, logger="simpul.portals.outbox")
    say(order, sari)

    moment = clock.now()
    for pause in outbox.PAUSES:
        with clock.stopped(moment):
            assert notice().status == WAITING
            assert outbox.send() == (0, 1)
            assert outbox.send() == (0, 0)
            assert notice().next_try_at == moment + pause
        moment += pause
    with clock.stopped(moment):
        assert outbox.send() == (0, 1)
    assert notice().status == FAILED
    with clock.stopped(moment + timedelta(days=9)):
        assert outbox.send() == (0, 0)


def test_an_address_that_is_gone_fails_at_once(order: Order, sari: Person) -> None:
    say(order, sari)
    Identity.objects.update(bounced_at=clock.now())
    assert outbox.send() == (0, 1)
    assert notice().status == FAILED


def test_the_demonstration_sends_nothing(order: Order, sari: Person, settings: Settings) -> None:
    settings.DEMO = True
    say(order, sari)
    assert outbox.send() == (0, 0)
    assert mail.outbox == []


def test_a_text_for_whatsapp_is_one_tap_away(order: Order, sari: Person) -> None:
    say(order, sari)
    assert outbox.prepare() == 1
    assert outbox.prepare() == 0
    text = outbox.prepared_text(notice(Channel.WHATSAPP))
    assert re.search(r"http://localhost/l/\S+/", text)
    assert "Sari" in text
