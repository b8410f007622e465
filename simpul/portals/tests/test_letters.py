"""What a mail says: the words that were said, in one thread for each document, and where answers go."""

from __future__ import annotations

import email
import io
import socket
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import default
from types import SimpleNamespace
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core import mail
from django.core.mail import EmailMessage as Outgoing
from django.core.management import call_command
from pytest_django import Settings

from simpul import testing
from simpul.conversations import notices, replies
from simpul.conversations.models import Channel, Conversation, Message, Notice
from simpul.lib.uploads import Admitted, Handed
from simpul.orders.models import Order
from simpul.parties.models import Identity, Party, Person
from simpul.portals import letters, outbox


@pytest.fixture
def order(buyer: Party, dewi: Person, settings: Settings) -> Order:
    settings.MAIL_REPLY = "pesan@bengkel.example"
    settings.DEFAULT_FROM_EMAIL = "Sepatu Ciomas <simpul@bengkel.example>"
    know(dewi, "dewi@toko.example")
    made = testing.order(buyer)
    notices.tell()
    return made


def know(person: Person, address: str) -> None:
    Identity.objects.create(workshop=person.workshop, person=person, kind="mail", value=address)


def say(subject: Any, by: Person, body: str = "Kulitnya sudah datang.", **more: Any) -> Message:
    party = getattr(subject, "buyer", subject)
    said = Message.say(by=by, conversation=Conversation.of(subject, party), body=body, **more)
    notices.tell()
    outbox.send()
    return said


def only() -> Outgoing:
    (sent,) = mail.outbox
    return sent


def test_the_very_words_are_in_the_mail(order: Order, sari: Person) -> None:
    say(order, sari, "Kulitnya sudah datang.\n\nMulai potong Senin & Selasa.")
    assert only().subject == f"{order.number} · Sepatu Ciomas"
    assert str(only().body).startswith(
        f"Hello Dewi,\n\nSari writes about {order.number}:\n\nKulitnya sudah datang.\n\n"
        "Mulai potong Senin & Selasa.\n\nAnswer this e-mail, or here:\nhttp://localhost/l/"
    )


def test_what_is_about_no_document_names_none(buyer: Party, order: Order, sari: Person) -> None:
    say(buyer, sari)
    assert only().subject == "Message from Sepatu Ciomas"
    assert "Hello Dewi,\n\nSari writes:\n\nKulitnya sudah datang.\n\n" in str(only().body)


def test_who_has_no_page_for_it_is_led_to_none(
    buyer: Party, supplier: Party, sari: Person, budi: Person, dewi: Person, settings: Settings
) -> None:
    settings.MAIL_REPLY = "pesan@bengkel.example"
    know(dewi, "dewi@toko.example")
    Identity.objects.create(
        workshop=budi.workshop, person=budi, kind="phone", value="+6281234567891"
    )
    say(buyer, sari)
    assert str(only().body).endswith("datang.\n\nSimply answer this e-mail.\n\nSepatu Ciomas")
    Message.say(by=sari, conversation=Conversation.of(supplier, supplier), body="Halo")
    notices.tell()
    outbox.prepare()
    text = outbox.prepared_text(Notice.objects.get(person=budi))
    assert text == "Hello Budi,\n\nSari writes:\n\nHalo\n\nSepatu Ciomas"


def test_mails_of_one_conversation_are_one_thread(order: Order, sari: Person, dewi: Person) -> None:
    for _turn in range(3):
        say(order, sari)
    root = replies.thread(Conversation.objects.get(), dewi)
    first, second, third = (one.extra_headers for one in mail.outbox)
    assert first["References"] == root
    assert "In-Reply-To" not in first
    assert (second["In-Reply-To"], third["In-Reply-To"]) == (
        first["Message-ID"],
        second["Message-ID"],
    )
    assert third["References"] == f"{root} {second['Message-ID']}"
    assert [one.subject for one in mail.outbox] == [
        f"{order.number} · Sepatu Ciomas",
        *[f"Re: {order.number} · Sepatu Ciomas"] * 2,
    ]


def test_files_come_with_it_as_long_as_they_are_small(
    order: Order, sari: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    pdf = Handed("ukuran.exe", Admitted(b"%PDF-1.4", "application/pdf", "pdf", "0" * 64))
    say(order, sari, "", attached=[Handed("sol.png", testing.picture()), pdf])
    names = [(name, kind) for name, _content, kind in map(tuple, only().attachments)]
    assert names == [("sol.jpg", "image/jpeg"), ("ukuran.pdf", "application/pdf")]
    assert "\n\nFiles: sol.jpg, ukuran.pdf\n\n" in str(only().body)

    monkeypatch.setattr(letters, "MOST_ATTACHED", 100)
    say(order, sari, "", attached=[Handed("sol.png", testing.picture())])
    assert mail.outbox[1].attachments == []
    assert "\n\nFiles: sol.jpg\n\n" in str(mail.outbox[1].body)


def test_an_answer_goes_to_an_address_for_this_person_alone(
    buyer: Party, order: Order, sari: Person, dewi: Person
) -> None:
    yani = testing.person("Yani", buyer)
    know(yani, "yani@toko.example")
    say(order, sari)
    talk = Conversation.objects.get()
    addresses = {sent.to[0]: sent.reply_to[0] for sent in mail.outbox}
    assert replies.meant([addresses["dewi@toko.example"]]) == (talk, dewi)
    assert replies.meant([addresses["yani@toko.example"].upper()]) == (talk, yani)
    mine = addresses["dewi@toko.example"]
    for wrong in (
        mine.replace(f"-{dewi.pk}-", f"-{yani.pk}-"),
        mine.replace("@", "x@"),
        mine.replace("talk-", "note-"),
        mine[:-30] + "@bengkel.example",
        "pesan+talk-99999999999999999999-1-aaaaaaaaaaaaaaaaaaaaaaaaaa@bengkel.example",
    ):
        assert replies.meant([wrong]) is None


def test_who_is_gone_is_meant_no_more(order: Order, sari: Person, dewi: Person) -> None:
    say(order, sari)
    address = only().reply_to[0]
    Person.objects.filter(pk=dewi.pk).update(is_active=False)
    assert replies.meant([address]) is None


def test_without_a_mailbox_answers_go_to_the_sender(
    order: Order, sari: Person, settings: Settings
) -> None:
    settings.MAIL_REPLY = ""
    say(order, sari)
    assert only().reply_to == []
    assert "Read and answer here:" in str(only().body)


def test_other_news_can_be_answered_in_the_conversation_of_its_document(
    order: Order, sari: Person, dewi: Person
) -> None:
    order.decline(by=sari, reason="Penuh")
    notices.tell()
    outbox.send()
    assert only().subject.startswith("Sepatu Ciomas: ")
    talk = Conversation.objects.get()
    assert (talk.subject, talk.party) == (order, dewi.party)
    assert replies.meant(only().reply_to) == (talk, dewi)


def test_the_workshop_answers_by_mail_too(order: Order, sari: Person, dewi: Person) -> None:
    know(sari, "sari@bengkel.example")
    say(order, dewi, "Kapan jadi?")
    assert only().to == ["sari@bengkel.example"]
    assert replies.meant(only().reply_to) == (Conversation.objects.get(), sari)


def test_a_text_for_whatsapp_has_the_words_too(order: Order, sari: Person, dewi: Person) -> None:
    Identity.objects.create(
        workshop=dewi.workshop, person=dewi, kind="phone", value="+6281234567890"
    )
    say(order, sari, "Kulitnya sudah datang. " * 100)
    outbox.prepare()
    text = outbox.prepared_text(Notice.objects.get(channel=Channel.WHATSAPP))
    assert f"Sari writes about {order.number}:\n\nKulitnya sudah datang." in text
    assert len(text) < outbox.LONGEST_TEXT + 300


# By a real mail server


class Mailbox:
    """Keeps what a mail server takes in."""

    def __init__(self) -> None:
        self.came: list[tuple[list[str], EmailMessage]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        message: Any = email.message_from_bytes(envelope.content, policy=default)
        self.came.append((envelope.rcpt_tos, message))
        return "250 OK"


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    """A mail server on the loopback, to which this program sends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    found = Mailbox()
    server = Controller(found, hostname="127.0.0.1", port=port, ready_timeout=30)
    server.start()
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": port, "timeout": 10},
        }
    }
    yield found
    server.stop()


def test_a_mail_server_takes_it(mailbox: Mailbox, order: Order, sari: Person, dewi: Person) -> None:
    say(order, sari, "Sudah 24 pasang – bagus ✓", attached=[Handed("sol.png", testing.picture())])
    ((to, came),) = mailbox.came
    assert to == ["dewi@toko.example"]
    assert came["Subject"] == f"{order.number} · Sepatu Ciomas"
    assert came["Reply-To"] == replies.address(Conversation.objects.get(), dewi)
    assert replies.told([came["Message-ID"]]) == [Notice.objects.get(channel=Channel.MAIL)]
    body: Any = came.get_body(("plain",))
    assert "Sudah 24 pasang – bagus ✓" in body.get_content()
    (picture,) = came.iter_attachments()
    assert picture.get_filename() == "sol.jpg"


def test_its_answer_piped_back_is_a_message(
    mailbox: Mailbox,
    order: Order,
    sari: Person,
    dewi: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As a mail program answers: to Reply-To, below what it quotes, by a mail server's pipe."""
    say(order, sari)
    ((_to, came),) = mailbox.came
    quoted: Any = came.get_body(("plain",))
    answer = EmailMessage()
    answer["From"], answer["To"] = "Dewi <dewi@toko.example>", came["Reply-To"]
    answer["Subject"], answer["In-Reply-To"] = f"Re: {came['Subject']}", came["Message-ID"]
    answer["Message-ID"] = "<answer-1@toko.example>"
    marked = "\n".join(f"> {line}" for line in quoted.get_content().splitlines())
    answer.set_content(f"Siap, terima kasih.\n\nOn Thu, Sepatu Ciomas wrote:\n{marked}\n")
    for _turn in range(2):
        piped = SimpleNamespace(buffer=io.BytesIO(bytes(answer)))
        monkeypatch.setattr(sys, "stdin", piped)
        call_command("inbox", "-", stdout=io.StringIO())
    said = Message.objects.about(order).last()
    assert said is not None
    assert Message.objects.count() == 2
    assert (said.by, said.body, said.channel) == (dewi, "Siap, terima kasih.", "mail")
    say(order, sari, "Sama-sama.")
    thread = [one["References"].split()[0] for _to, one in mailbox.came]
    assert len(thread) == 2
    assert len(set(thread)) == 1
