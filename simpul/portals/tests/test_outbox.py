import logging
import re
from datetime import time, timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django import Settings

from simpul import testing
from simpul.conversations import notices
from simpul.conversations.models import (
    Channel,
    Conversation,
    GuestEntry,
    Hours,
    How,
    Kind,
    Message,
    Notice,
    Preference,
)
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Identity, Party, Person
from simpul.portals import outbox
from simpul.portals.management.commands import outbox as command

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
    monkeypatch.setattr(EmailMessage, "send", _no_route)
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


def test_who_left_before_it_went_out_gets_nothing(order: Order, sari: Person, dewi: Person) -> None:
    say(order, sari)
    once_a_day(dewi)
    say(order, sari)
    Person.objects.filter(pk=dewi.pk).update(is_active=False)
    with clock.stopped(clock.now() + timedelta(days=2)):
        assert outbox.send() == (0, 1)
        assert outbox.send_daily() == (0, 1)
    assert mail.outbox == []
    assert set(Notice.objects.exclude(channel=Channel.WHATSAPP).values_list("status")) == {
        (FAILED,)
    }


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


def once_a_day(person: Person) -> None:
    for kind in (Kind.TALK, Kind.ORDERS):
        Preference.objects.create(person=person, kind=kind, channel=Channel.MAIL, how=How.DAILY)


def test_a_day_is_one_letter_by_document_and_nothing_twice(
    order: Order, sari: Person, dewi: Person
) -> None:
    once_a_day(dewi)
    Person.objects.filter(pk=dewi.pk).update(language="en")
    say(order, sari)
    other = testing.order(order.buyer)
    say(other, sari)
    say(order, sari)
    assert (outbox.send(), outbox.send_daily()) == ((0, 0), (0, 0))

    with clock.stopped(clock.now() + timedelta(days=1)):
        assert outbox.send_daily() == (1, 0)
        assert outbox.send_daily() == (0, 0)
        assert outbox.send() == (0, 0)
    (letter,) = mail.outbox
    assert letter.subject == "Sepatu Ciomas: 3 pieces of news"
    text = re.sub(r"http://localhost/l/\S+/", "ADDRESS", str(letter.body))
    said = "- Sari writes: Halo <b>\n"
    assert text == (
        "Hello Dewi,\n\nthis happened since the last letter:\n\n"
        f"{order.number}\n{said}{said}ADDRESS\n\n{other.number}\n{said}ADDRESS\n\nSepatu Ciomas"
    )


def test_a_letter_that_cannot_go_out_comes_whole_later(
    order: Order, sari: Person, dewi: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    once_a_day(dewi)
    say(order, sari)
    say(order, sari)
    moment = clock.now() + timedelta(days=1)
    with monkeypatch.context() as broken, clock.stopped(moment):
        broken.setattr(EmailMessage, "send", _no_route)
        assert outbox.send_daily() == (0, 1)
    with clock.stopped(moment + outbox.PAUSES[0]):
        assert outbox.send_daily() == (1, 0)
    assert str(mail.outbox[0].body).count("Sari") == 2


def test_in_a_quiet_time_nothing_is_tried_again(order: Order, sari: Person, dewi: Person) -> None:
    say(order, sari)
    late = clock.begin_of(clock.today()) + timedelta(days=1, hours=22)
    Hours.objects.create(person=dewi, quiet_from=time(21), quiet_until=time(6))
    with clock.stopped(late):
        assert outbox.send() == (0, 0)
        assert notice().next_try_at == late + timedelta(hours=8)


@pytest.mark.parametrize(
    ("code", "said", "is_gone"),
    [
        (550, b"5.1.1 no such user", True),
        (550, b"mailbox unavailable", False),
        (552, b"5.2.2 mailbox full", False),
        (450, b"4.2.1 try again", False),
        (550, b"5.7.1 you are listed", False),
        (554, b"relay denied", False),
    ],
)
def test_an_address_that_a_server_does_not_know_is_noted_and_told_otherwise(
    order: Order,
    sari: Person,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    code: int,
    said: bytes,
    is_gone: bool,
) -> None:
    def refuse(message: EmailMessage) -> int:
        raise SMTPRecipientsRefused({"dewi@example.com": (code, said)})

    monkeypatch.setattr(EmailMessage, "send", refuse)
    caplog.set_level(logging.CRITICAL, logger="simpul.portals.outbox")
    Party.objects.update(prefers=Party.Prefers.MAIL)
    say(order, sari)
    assert outbox.send() == (0, 1)

    address = Identity.objects.get(kind="mail")
    assert (address.bounced_at is not None) == is_gone
    assert notice().status == (FAILED if is_gone else WAITING)
    assert Notice.objects.filter(channel=Channel.WHATSAPP).exists() == is_gone


def _no_route(message: EmailMessage) -> int:
    raise ConnectionError("no route")


def test_a_guest_hears_once_what_became_of_the_words(machine: Person, sari: Person) -> None:
    entry = GuestEntry.sign(
        by=machine, name="Agus", body="Buka?", contact=" Agus@example.com", language="en"
    )
    entry.reply(by=sari, answer="Jam delapan.")
    assert outbox.send_to_guests() == (0, 0)  # there is time to undo it

    with clock.stopped(clock.now() + timedelta(minutes=11)):
        assert outbox.send_to_guests() == (1, 0)
        assert outbox.send_to_guests() == (0, 0)
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (
        ["agus@example.com"],
        "Sepatu Ciomas: your words in the guest book",
    )
    assert str(sent.body) == (
        "Hello Agus,\n\nthank you: your words stand in our guest book now.\n\n"
        "Our answer:\nJam delapan.\n\nhttp://localhost/ciomas/guestbook/\n\nSepatu Ciomas"
    )


def test_a_guest_hears_nothing_of_what_was_undone(machine: Person, sari: Person) -> None:
    entry = GuestEntry.sign(by=machine, name="Agus", body="Buka?", contact="agus@example.com")
    entry.publish(by=sari)
    entry.put_back(by=sari)
    telephone = GuestEntry.sign(by=machine, name="Ani", body="Halo", contact="0812-3456-7890")
    telephone.publish(by=sari)
    with clock.stopped(clock.now() + timedelta(hours=1)):
        assert outbox.send_to_guests() == (0, 0)


def test_a_guest_hears_again_only_of_another_answer(machine: Person, sari: Person) -> None:
    entry = GuestEntry.sign(by=machine, name="Agus", body="Buka?", contact="agus@example.com")
    moment = clock.now()

    def heard() -> int:
        nonlocal moment
        moment += timedelta(hours=1)
        with clock.stopped(moment):
            return outbox.send_to_guests()[0]

    entry.publish(by=sari)
    assert heard() == 1
    entry.hide(by=sari)
    entry.publish(by=sari)
    assert heard() == 0
    entry.reply(by=sari, answer="Jam delapan.")
    assert heard() == 1
    entry.reply(by=sari, answer="Jam delapan.")
    assert heard() == 0


def test_an_answer_given_while_a_guest_is_told_is_told_too(
    machine: Person, sari: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = GuestEntry.sign(by=machine, name="Agus", body="Buka?", contact="agus@example.com")
    entry.publish(by=sari)
    send = EmailMessage.send

    def answer_meanwhile(message: EmailMessage) -> int:
        monkeypatch.setattr(EmailMessage, "send", send)
        GuestEntry.objects.get().reply(by=sari, answer="Jam delapan.")
        return send(message)

    monkeypatch.setattr(EmailMessage, "send", answer_meanwhile)
    with clock.stopped(clock.now() + timedelta(hours=1)):
        assert outbox.send_to_guests() == (1, 0)
    with clock.stopped(clock.now() + timedelta(hours=2)):
        assert outbox.send_to_guests() == (1, 0)
    assert "Jam delapan." in str(mail.outbox[1].body)


def test_a_guest_who_is_not_reached_is_tried_again_and_not_for_ever(
    machine: Person,
    sari: Person,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.CRITICAL, logger="simpul.portals.outbox")
    monkeypatch.setattr(EmailMessage, "send", _no_route)
    entry = GuestEntry.sign(by=machine, name="Agus", body="Buka?", contact="agus@example.com")
    entry.publish(by=sari)
    moment = clock.now() + timedelta(minutes=11)
    for pause in (*outbox.PAUSES, timedelta(days=9)):
        with clock.stopped(moment):
            assert outbox.send_to_guests() == (0, 1)
            assert outbox.send_to_guests() == (0, 0)
        moment += pause
    with clock.stopped(moment):
        assert outbox.send_to_guests() == (0, 0)


@pytest.mark.django_db
def test_what_fails_keeps_no_other_mail_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []

    def fail() -> tuple[int, int]:
        raise ValueError

    def send() -> tuple[int, int]:
        sent.append("here")
        return 1, 0

    monkeypatch.setattr(command, "SENDERS", (fail, send))
    command.Command()._once()
    assert sent == ["here"]


@pytest.mark.parametrize(
    ("code", "said", "tries"), [(450, b"4.2.0 greylisted", 2), (550, b"5.1.1 x", 1)]
)
def test_only_a_guest_whose_mailbox_is_gone_is_given_up_at_once(
    machine: Person,
    sari: Person,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    code: int,
    said: bytes,
    tries: int,
) -> None:
    def refuse(message: EmailMessage) -> int:
        raise SMTPRecipientsRefused({"agus@example.com": (code, said)})

    caplog.set_level(logging.CRITICAL, logger="simpul.portals.outbox")
    monkeypatch.setattr(EmailMessage, "send", refuse)
    entry = GuestEntry.sign(by=machine, name="Agus", body="Buka?", contact="agus@example.com")
    entry.publish(by=sari)
    failed = 0
    for minutes in (11, 11 + outbox.PAUSES[0] // timedelta(minutes=1)):
        with clock.stopped(clock.now() + timedelta(minutes=minutes)):
            failed += outbox.send_to_guests()[1]
    assert failed == tries
