"""The letter of the week from the room: who wishes it gets what others said, once, and ends it by one tap."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.core import mail
from django.test import Client

from simpul import testing
from simpul.crm import room_letters as gathering
from simpul.crm.models import Consent, ConsentHow, Offered, Poll, Post, Purpose, RoomLetter
from simpul.lib import clock
from simpul.parties.models import Identity, Person, Workshop
from simpul.portals import room_letters

WEDNESDAY = datetime(2026, 11, 18, 10, tzinfo=clock.WIB)
MONDAY = datetime(2026, 11, 23, 9, tzinfo=clock.WIB)


@pytest.fixture
def address(dewi: Person) -> Identity:
    testing.login(Client(), dewi)
    return Identity.objects.create(
        workshop=dewi.workshop, person=dewi, kind=Identity.Kind.MAIL, value="dewi@example.com"
    )


@pytest.fixture
def reader(address: Identity) -> Identity:
    Consent.give(
        by=address.person, identity=address, purpose=Purpose.COMMUNITY, how=ConsentHow.PORTAL,
        words="x",
    )  # fmt: skip
    return address


@pytest.fixture
def toni(workshop: Workshop) -> Person:
    return testing.person("Toni", testing.party(workshop, "Toko Toni"))


def tend(workshop: Workshop, at: datetime = MONDAY) -> tuple[int, int]:
    with clock.stopped(at):
        if gathering.is_needed(workshop):
            gathering.write_due(workshop)
        return room_letters.send()


def test_it_tells_what_others_said_and_asks_and_comes_once(
    reader: Identity, toni: Person, sari: Person, workshop: Workshop
) -> None:
    with clock.stopped(WEDNESDAY):
        thread = Post.write(by=toni, body="Kardus basah\nkalau hujan")
        Post.answer(by=sari, thread=thread, body="Kami lapisi plastik")
        mine = Post.write(by=reader.person, body="Punya saya sendiri")
        hidden = Post.write(by=toni, body="Jual murah")
        hidden.hide(by=sari, reason="x")
        Poll.ask(
            by=sari, question="Warna apa?", closes_on=date(2026, 11, 30),
            choices=[Offered("Hitam"), Offered("Cokelat")],
        )  # fmt: skip

    assert tend(workshop) == (1, 0)
    assert tend(workshop) == (0, 0)  # once a week
    [letter] = mail.outbox
    assert letter.to == ["dewi@example.com"]
    assert letter.subject == f"{workshop.name}: new in the distributors' room"
    text = letter.body.replace("\xa0", " ")
    assert "from 16 Nov to 22 Nov" in text
    assert "Toko Toni: Kardus basah kalau hujan\n" in text
    assert f"- {workshop.name}, {sari.name}: Kami lapisi plastik\n" in text
    assert f"/ciomas/my/room/{thread.pk}/\n" in text
    assert "Warna apa? (until 30 Nov; your answer is missing)" in text
    assert "Punya saya" not in text
    assert f"/my/room/{mine.pk}/" not in text
    assert "Jual murah" not in text


@pytest.mark.parametrize("who", ["nobody", "herself", "before"])
def test_nothing_comes_where_nothing_is_new(
    reader: Identity, toni: Person, workshop: Workshop, who: str
) -> None:
    said = {"nobody": [], "herself": [(reader.person, 0)], "before": [(toni, 7)]}[who]
    for person, days in said:
        with clock.stopped(WEDNESDAY - timedelta(days=days)):
            Post.write(by=person, body="Halo")

    assert tend(workshop) == (0, 0)
    assert not RoomLetter.objects.exists()


def test_nobody_gets_it_who_has_not_ticked_it(
    address: Identity, toni: Person, workshop: Workshop
) -> None:
    with clock.stopped(WEDNESDAY):
        Post.write(by=toni, body="Halo")
    assert tend(workshop) == (0, 0)
    assert not RoomLetter.objects.exists()


def test_the_button_of_the_mail_program_ends_it(
    client: Client, reader: Identity, toni: Person, workshop: Workshop
) -> None:
    with clock.stopped(WEDNESDAY):
        Post.write(by=toni, body="Halo")
    with clock.stopped(WEDNESDAY + timedelta(days=7)):
        Post.write(by=toni, body="Halo lagi")
    tend(workshop)
    [letter] = mail.outbox
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = letter.extra_headers["List-Unsubscribe"].strip("<>").partition("/ciomas/")[2]

    answer = client.post(f"/ciomas/{path}", {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert tend(workshop, MONDAY + timedelta(days=7)) == (0, 0)
    assert len(mail.outbox) == 1


def test_who_took_it_back_meanwhile_gets_it_no_more(
    reader: Identity, toni: Person, workshop: Workshop
) -> None:
    with clock.stopped(WEDNESDAY):
        Post.write(by=toni, body="Halo")
    with clock.stopped(MONDAY):
        gathering.write_due(workshop)
        Consent.end(reader, [Purpose.COMMUNITY], how=ConsentHow.PORTAL, words="x", by=reader.person)
        assert room_letters.send() == (0, 0)
    assert RoomLetter.objects.get().status == RoomLetter.Status.DROPPED


def test_it_waits_for_the_end_of_the_night(
    reader: Identity, toni: Person, workshop: Workshop
) -> None:
    with clock.stopped(WEDNESDAY):
        Post.write(by=toni, body="Halo")
    assert tend(workshop, MONDAY.replace(hour=0, minute=10)) == (0, 0)
    assert tend(workshop, MONDAY) == (1, 0)


def test_only_a_distributor_is_asked_for_it_and_only_by_mail(
    client: Client, address: Identity, workshop: Workshop
) -> None:
    phone = Identity.objects.create(
        workshop=workshop, person=address.person, kind=Identity.Kind.PHONE, value="+6281234567890"
    )
    testing.login(client, address.person)
    here = "/ciomas/my/news/told/"
    page = client.get(here).text
    assert f"community-{address.pk}" in page
    assert f"community-{phone.pk}" not in page
    client.post(f"{here}consents/", {f"community-{address.pk}": "on"})
    assert Consent.objects.get().purpose == Purpose.COMMUNITY

    party = address.person.party
    assert party is not None
    party.buys_as = party.BuysAs.CONSUMER
    party.save()
    assert f"community-{address.pk}" not in client.get(here).text
