"""Where mail and messages belong: the conversation they answer, a new prospect, or the inbox."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils.translation import override
from pytest_django import Settings

from simpul import testing
from simpul.conversations import notices, replies
from simpul.conversations.models import Conversation, Message, MessageFile, Notice
from simpul.crm.models import Lead
from simpul.lib import mails
from simpul.lib.mails import Attached, Letter
from simpul.lib.tests.samples import mail as payment_mail
from simpul.orders.models import Order
from simpul.parties.models import Identity, Party, Person
from simpul.payments import agreement, inbox
from simpul.payments.models import Arrival
from simpul.portals import outbox
from simpul.portals.bank import arriving
from simpul.workflow.models import Entry

HERE = Path(__file__).parent / "mails"


def know(person: Person, value: str, kind: str = "mail") -> Identity:
    return Identity.objects.create(workshop=person.workshop, person=person, kind=kind, value=value)


@pytest.fixture
def order(buyer: Party, dewi: Person, settings: Settings) -> Order:
    """Sari wrote about an order of Dewi's; the mail is out."""
    settings.MAIL_REPLY = "pesan@bengkel.example"
    settings.DEFAULT_FROM_EMAIL = "simpul@bengkel.example"
    know(dewi, "dewi@toko.example")
    made = testing.order(buyer)
    notices.tell()
    Message.say(
        by=testing.seller(buyer.workshop),
        conversation=Conversation.of(made, buyer),
        body="Kulitnya sudah datang.",
    )
    notices.tell()
    outbox.send()
    return made


def sample(name: str, **more: str) -> bytes:
    """Return an answer of this mail program to the mail that is out."""
    (sent,) = mail.outbox
    gaps = {
        "REPLYTO": sent.reply_to[0],
        "THREAD": sent.extra_headers["References"],
        "OURS": sent.extra_headers["Message-ID"],
        "PICTURE": base64.encodebytes(testing.picture(400).content).decode(),
        **more,
    }
    text = (HERE / f"{name}.eml").read_text()
    for gap, filled in gaps.items():
        text = text.replace(gap, filled)
    return text.encode()


def take(content: bytes, order: Order) -> Arrival | Message:
    return arriving.take_mail(content, workshop=order.workshop)


def came() -> Message:
    return Message.objects.exclude(foreign_id="").get()


# Answers


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "gmail",
            "Baik Bu Sari, kulitnya seperti di foto ini ya 🙏\n\nUkuran 40 tolong ditambah dua pasang.",
        ),
        ("outlook", "Siap, Senin kami ambil sendiri.\n\nSalam,\nDewi"),
        ("apple", "Oke, ditunggu kabarnya."),
        ("yahoo", "Warna cokelat tua saja, Bu."),
        ("thunderbird", "Boleh, silakan."),
    ],
)
def test_an_answer_of_any_program_becomes_a_message(
    order: Order, dewi: Person, name: str, words: str
) -> None:
    made = take(sample(name), order)
    message = came()
    assert made == message
    assert (message.by, message.channel, message.body) == (dewi, "mail", words)
    assert message.conversation.subject == order
    assert not Arrival.objects.exists()
    assert take(sample(name), order) == message
    assert Message.objects.count() == 2


def test_its_pictures_are_kept_and_what_is_refused_is_named(order: Order, dewi: Person) -> None:
    take(sample("gmail"), order)
    kept, refused = MessageFile.objects.order_by("position")
    assert kept.upload is not None
    assert (kept.name, kept.upload.kind, kept.upload.by) == ("kulit.png", "image/jpeg", dewi)
    assert (refused.name, refused.upload) == ("semua.zip", None)


def test_the_workshop_hears_of_it_and_nobody_outside(
    order: Order, sari: Person, client: Client
) -> None:
    testing.login(client, sari)
    take(sample("outlook"), order)
    notices.tell()
    told = Notice.objects.filter(entry__step="conversations.say", entry__by__party=order.buyer)
    assert {(one.person, one.channel) for one in told} == {(sari, "portal")}
    outbox.send()
    assert len(mail.outbox) == 1


def test_somebody_else_of_the_same_party_may_answer(order: Order, buyer: Party) -> None:
    yani = testing.person("Yani", buyer)
    know(yani, "yani@toko.example")
    take(sample("outlook").replace(b"From: Dewi Lestari <dewi@", b"From: Yani <yani@"), order)
    assert came().by == yani


@pytest.mark.parametrize("sender", ["orang@lain.example", "siti@rumah.example"])
def test_the_right_address_in_other_hands_waits_for_a_person(
    order: Order, siti: Person, sender: str
) -> None:
    know(siti, "siti@rumah.example")
    made = take(sample("outlook").replace(b"<dewi@toko.example>", f"<{sender}>".encode()), order)
    assert isinstance(made, Arrival)
    assert (made.status, made.why) == ("waiting", Arrival.Why.ANSWER)
    assert Message.objects.count() == 1
    assert not Lead.objects.exists()


def test_our_own_people_answer_only_what_was_sent_to_them(
    order: Order, dewi: Person, sari: Person
) -> None:
    """Whoever holds Dewi's address cannot speak as Sari by writing her name above it."""
    know(sari, "sari@bengkel.example")
    forged = sample("outlook").replace(
        b"From: Dewi Lestari <dewi@toko.example>", b"From: Sari <sari@bengkel.example>"
    )
    made = take(forged, order)
    assert isinstance(made, Arrival)
    talk = Conversation.of(order, order.buyer)
    mine = forged.replace(mail.outbox[0].reply_to[0].encode(), replies.address(talk, sari).encode())
    mine = mine.replace(
        mail.outbox[0].extra_headers["References"].encode(), replies.thread(talk, sari).encode()
    ).replace(b"SG2PR0outlook", b"SG2PR0sari")
    take(mine, order)
    assert came().by == sari


def test_another_workshop_has_nothing_of_it(order: Order, joko: Person) -> None:
    made = arriving.take_mail(sample("outlook"), workshop=joko.workshop)
    assert isinstance(made, Arrival)
    assert (made.workshop, made.why) == (joko.workshop, Arrival.Why.ANSWER)


def test_a_proof_that_answers_is_a_proof(order: Order, fajar: Person, owner: Person) -> None:
    testing.account(order.workshop)
    agreement.confirm(order, by=testing.seller(order.workshop))
    paid = sample("gmail").replace(
        b"Baik Bu Sari, kulitnya seperti di foto ini ya", b"Sudah kami transfer Rp 600.000"
    )
    made = take(paid, order)
    assert isinstance(made, Arrival)
    assert made.claim is not None
    assert made.claim.order == order


def test_nobody_writes_automatically(order: Order) -> None:
    for header in ("Auto-Submitted: auto-replied", "Precedence: auto_reply"):
        absent = sample("outlook").replace(b"MIME-Version", f"{header}\nMIME-Version".encode())
        take(absent.replace(b"SG2PR0outlook", header.encode().replace(b": ", b"-")), order)
    assert set(Arrival.objects.values_list("status", "why")) == {("aside", "reply")}
    assert Message.objects.count() == 1


# What comes back


def test_an_address_that_is_gone_is_marked(order: Order, dewi: Person) -> None:
    take(sample("gone"), order)
    assert Identity.objects.get(person=dewi).bounced_at is not None
    assert (Arrival.objects.get().status, Message.objects.count()) == ("aside", 1)


def test_each_mail_that_comes_back_is_told_by_another_way(order: Order, dewi: Person) -> None:
    know(dewi, "+6281234567890", "phone")
    talk = Conversation.of(order, order.buyer)
    Message.say(by=testing.seller(order.workshop), conversation=talk, body="Mulai Senin.")
    notices.tell()
    outbox.send()
    first, second = (one.extra_headers["Message-ID"] for one in mail.outbox)
    Notice.objects.filter(channel="whatsapp").delete()
    gone = (HERE / "gone.eml").read_text()
    for turn, ours in enumerate((first, second)):
        take(gone.replace("OURS", ours).replace("bounce-7", f"bounce-{turn}").encode(), order)
    by_mail = Notice.objects.filter(channel="mail", person=dewi)
    assert [one.status for one in by_mail] == ["failed", "failed"]
    assert Notice.objects.filter(channel="whatsapp", person=dewi).count() == 2


def test_of_a_letter_of_the_day_all_that_stood_in_it_is_told(order: Order, dewi: Person) -> None:
    know(dewi, "+6281234567890", "phone")
    for words in ("Senin.", "Selasa."):
        talk = Conversation.of(order, order.buyer)
        Message.say(by=testing.seller(order.workshop), conversation=talk, body=words)
    notices.tell()
    mine = Notice.objects.filter(person=dewi, channel="mail").order_by("pk")
    mine.update(status="sent", is_daily=True)
    told = list(mine)
    gone = (HERE / "gone.eml").read_text()
    take(gone.replace("OURS", replies.identifier(told)).encode(), order)
    assert [one.status for one in mine.all()] == ["failed"] * 3


@pytest.mark.parametrize("ours", ["<note-1-aaaaaaaaaaaaaaaaaaaaaaaaaa@bengkel.example>", "<a@b>"])
def test_nobody_marks_an_address_without_a_mail_of_ours(
    order: Order, dewi: Person, ours: str
) -> None:
    take(sample("gone", OURS=ours), order)
    assert Identity.objects.get(person=dewi).bounced_at is None


# Mail that answers nothing


def letter(text: str, subject: str = "Tanya", **more: Any) -> Letter:
    made = Letter("m-1@x", "dewi@toko.example", "Dewi", subject, text, "", None)
    return replace(made, **more)


def hear(order: Order, said: Letter, channel: str = "mail") -> Arrival | Message:
    return arriving.take(said, channel=channel, workshop=order.workshop)


def test_who_is_known_speaks_of_the_order_in_the_subject_or_of_nothing(
    order: Order, buyer: Party, siti: Person
) -> None:
    theirs = testing.order(Party.objects.get(people=siti))
    subjects = {
        f"Tanya {order.number}": order,
        "Tanya harga": buyer,
        f"Tanya {theirs.number}": buyer,
        f"{order.number} dan {testing.order(buyer).number}": buyer,
    }
    for place, (subject, about) in enumerate(subjects.items()):
        hear(order, letter("Kapan jadi?", subject, id=f"{place}@x"))
        assert Message.objects.get(foreign_id=f"{place}@x").conversation.subject == about


def test_a_message_of_whatsapp_speaks_of_the_order_that_it_names(
    order: Order, dewi: Person
) -> None:
    know(dewi, "+6281234567890", "phone")
    said = letter(f"Pesanan {order.number} sampai mana?", "", sender="+6281234567890")
    hear(order, said, "whatsapp")
    assert (came().channel, came().conversation.subject) == ("whatsapp", order)


def test_words_that_look_like_a_signature_stay_in_a_message_of_whatsapp(
    order: Order, dewi: Person
) -> None:
    know(dewi, "+6281234567890", "phone")
    words = "Tolong ditambah:\n-- \nukuran 41 dua pasang"
    hear(order, letter(words, "", sender="+6281234567890"), "whatsapp")
    assert came().body == words


def test_the_journal_keeps_no_number(order: Order, dewi: Person) -> None:
    know(dewi, "+6281234567890", "phone")
    said = letter("Halo", "", id="wamid.HBgNNjI4MTIzNDU2Nzg5MBUCABIY", sender="+6281234567890")
    hear(order, said, "whatsapp")
    facts = str(Entry.objects.get(step="conversations.say", subject_id=came().pk).facts)
    assert "wamid" not in facts


def test_a_supplier_writes_with_a_picture(order: Order, budi: Person, supplier: Party) -> None:
    know(budi, "budi@kulit.example")
    picture = mails.read(payment_mail("gmail.eml")).attached
    hear(order, letter("Kulit yang datang besok", sender="budi@kulit.example", attached=picture))
    assert (came().by, came().conversation.subject, came().files.count()) == (budi, supplier, 1)


def test_a_picture_of_a_buyer_stays_a_proof(order: Order) -> None:
    picture = mails.read(payment_mail("gmail.eml")).attached
    made = hear(order, letter("Ini ya", attached=picture))
    assert isinstance(made, Arrival)


def test_who_writes_all_day_is_heard_so_often(
    order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "OF_ONE", 2)
    for turn in range(6):
        hear(order, letter(f"Halo {turn}", id=f"{turn}@x"))
    assert Message.objects.exclude(foreign_id="").count() == 2
    assert Arrival.objects.count() == 4
    monkeypatch.setattr(inbox, "OF_ALL", 2)
    with pytest.raises(inbox.Flood):
        hear(order, letter("Halo", id="9@x"))


# Pictures of WhatsApp, which come later


def show(order: Order, sender: str, text: str) -> Arrival:
    said = letter(text, "", id="wamid.1", sender=sender)
    made = inbox.expect(said, channel="whatsapp", workshop=order.workshop, media="1")
    arriving.take_fetched(made, [Attached("", testing.picture(400).content)])
    made.refresh_from_db()
    return made


def test_a_picture_of_a_supplier_stands_in_the_conversation(
    order: Order, budi: Person, supplier: Party
) -> None:
    know(budi, "+6281355556666", "phone")
    made = show(order, "+6281355556666", "Kulit yang datang besok")
    assert (came().by, came().conversation.subject, came().files.count()) == (budi, supplier, 1)
    assert (made.status, made.why, made.files.count()) == ("aside", Arrival.Why.TALK, 0)


def test_a_picture_of_a_stranger_with_words_is_of_a_prospect(order: Order) -> None:
    show(order, "+6281355556666", "Bisa buat model begini?")
    assert (Lead.objects.get().person, came().files.count()) == (came().by, 1)


def test_a_picture_of_a_declined_prospect_is_set_aside(order: Order, sari: Person) -> None:
    hear(order, ani(sender="+6281355556666"), "whatsapp")
    Lead.objects.get().lose(by=sari, why="nonsense")
    made = show(order, "+6281355556666", "Promo!")
    assert (made.status, made.why) == ("aside", Arrival.Why.DECLINED)


def test_a_picture_of_a_buyer_by_whatsapp_stays_a_proof(order: Order, dewi: Person) -> None:
    know(dewi, "+6281355556666", "phone")
    assert show(order, "+6281355556666", "Ini ya").status == "waiting"


# Strangers


def ani(text: str = "Saya mau jadi distributor. Bagaimana caranya?", **more: Any) -> Letter:
    return letter(text, "Halo", **{"sender": "ani@baru.example", "sender_name": "Ani"} | more)


def test_who_is_unknown_becomes_a_prospect(order: Order, sari: Person) -> None:
    hear(order, ani())
    lead = Lead.objects.get()
    assert (lead.source, lead.party.name, lead.status) == ("mail", "Ani", "new")
    assert not lead.party.is_welcome
    assert lead.person.identities.get().value == "ani@baru.example"
    assert (came().by, came().conversation.subject) == (lead.person, lead.party)
    assert came().body == lead.message == "Saya mau jadi distributor. Bagaimana caranya?"
    notices.tell()
    outbox.send()
    assert not [one for one in mail.outbox if "ani@baru.example" in one.to]
    hear(order, ani("Halo lagi", id="m-2@x"))
    assert (Lead.objects.count(), Message.objects.filter(by=lead.person).count()) == (1, 2)


def test_two_first_mails_of_one_moment_are_of_one_prospect(
    order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = arriving._once

    def after_another(heard: arriving.Heard, make: Any) -> Message | None:
        monkeypatch.setattr(arriving, "_once", once)
        hear(order, ani("Yang lain", id="m-2@x"))
        return once(heard, make)

    monkeypatch.setattr(arriving, "_once", after_another)
    hear(order, ani())
    assert Message.objects.filter(by=Lead.objects.get().person).count() == 2


def test_a_long_mailbox_is_a_name_as_far_as_it_fits(order: Order) -> None:
    hear(order, ani(sender=f"{'a' * 140}@baru.example", sender_name=""))
    assert Lead.objects.get().party.name == "a" * 80


def test_an_unknown_number_is_a_prospect_by_its_number(order: Order) -> None:
    hear(order, ani(sender="+6281311112222", sender_name=""), "whatsapp")
    lead = Lead.objects.get()
    assert (lead.source, lead.party.name) == ("whatsapp", "0813-1111-2222")
    with override("id"):
        assert lead.get_source_display() == "menulis lewat WhatsApp"


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("Sudah saya transfer ya", {}),
        ("Untuk SO-2026-0001", {}),
        ("", {"attached": mails.read(payment_mail("gmail.eml")).attached}),
        ("Tagihan Anda", {"sender": "no-reply@bank.example"}),
        ("Halo", {"sender": ""}),
    ],
)
def test_what_may_be_of_money_or_of_nobody_waits_in_the_inbox(
    order: Order, text: str, more: dict[str, Any]
) -> None:
    made = hear(order, ani(text, **more))
    assert isinstance(made, Arrival)
    assert made.status == "waiting"
    assert not Lead.objects.exists()


def test_a_welcome_says_what_somebody_is_who_did_not_say_it(order: Order, sari: Person) -> None:
    hear(order, ani())
    lead = Lead.objects.get()
    lead.welcome(by=sari, buys_as="consumer")
    party = Party.objects.get(pk=lead.party.pk)
    assert (party.buys_as, party.is_welcome, party.buys_wholesale) == ("consumer", True, False)


def test_who_was_declined_is_heard_no_more(order: Order, sari: Person) -> None:
    hear(order, ani())
    Lead.objects.get().lose(by=sari, why="nonsense")
    made = hear(order, ani("Promo!", id="m-2@x"))
    assert isinstance(made, Arrival)
    assert (made.status, made.why) == ("aside", Arrival.Why.DECLINED)
    assert Message.objects.filter(by__party__leads__isnull=False).count() == 1


def test_a_flood_of_strangers_waits_in_the_inbox(
    order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arriving, "PROSPECTS", 2)
    for turn in range(4):
        hear(order, ani(id=f"{turn}@x", sender=f"orang{turn}@x.example"))
    assert (Lead.objects.count(), Arrival.objects.filter(status="waiting").count()) == (2, 2)


def test_who_is_gone_does_not_come_back_as_a_prospect(order: Order, dewi: Person) -> None:
    Person.objects.filter(pk=dewi.pk).update(is_active=False)
    made = hear(order, letter("Halo"))
    assert isinstance(made, Arrival)
    assert not Lead.objects.exists()
