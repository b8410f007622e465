import logging
from datetime import timedelta

import pytest

from simpul import testing
from simpul.conversations import notices
from simpul.conversations.models import Channel, Conversation, GuestEntry, Message, Notice
from simpul.lib import clock
from simpul.parties.models import Identity, Party, Person, User
from simpul.parties.roles import Role
from simpul.workflow.models import Entry

MAIL, PORTAL, WHATSAPP = Channel.MAIL, Channel.PORTAL, Channel.WHATSAPP


def reachable(person: Person, *, mail: str = "", phone: str = "", login: bool = False) -> Person:
    for kind, value in ((Identity.Kind.MAIL, mail), (Identity.Kind.PHONE, phone)):
        if value:
            Identity.objects.create(workshop=person.workshop, person=person, kind=kind, value=value)
    if login:
        person.user = User.objects.create_user(mail or f"{person.name}@example.com")
        person.save()
    return person


def told() -> set[tuple[Person, str]]:
    return {(one.person, one.channel) for one in Notice.objects.select_related("person")}


def test_the_other_side_hears_of_a_message(buyer: Party, sari: Person, dewi: Person) -> None:
    reachable(sari, mail="sari@example.com", phone="+628121", login=True)
    reachable(dewi, mail="dewi@example.com", phone="+628122")
    conversation = Conversation.of(buyer, buyer)

    Message.say(by=dewi, conversation=conversation, body="Halo")
    assert notices.tell() == 2
    assert told() == {(sari, PORTAL), (sari, MAIL)}

    Message.say(by=sari, conversation=conversation, body="Halo juga")
    assert notices.tell() == 2
    assert told() == {(sari, PORTAL), (sari, MAIL), (dewi, MAIL), (dewi, WHATSAPP)}


def test_who_answers_hears_what_is_answered(
    buyer: Party, sari: Person, fajar: Person, dewi: Person
) -> None:
    for person in (sari, fajar, dewi):
        reachable(person, login=True)
    talk = Conversation.of(buyer, buyer)
    Message.say(by=sari, conversation=talk, body="Halo")
    talk.assign(by=sari, to=fajar)
    notices.tell()
    Notice.objects.all().delete()

    Message.say(by=dewi, conversation=talk, body="Halo juga")
    notices.tell()
    assert {person for person, _channel in told()} == {sari, fajar}


def test_nothing_is_told_twice(buyer: Party, sari: Person, dewi: Person) -> None:
    reachable(sari, mail="sari@example.com")
    Message.say(by=dewi, conversation=Conversation.of(buyer, buyer), body="Halo")
    assert [notices.tell(), notices.tell()] == [1, 0]
    Entry.objects.update(told_at=None)  # as after a crash
    assert notices.tell() == 1
    assert Notice.objects.count() == 1


def test_a_bounced_or_unwanted_address_is_left_alone(
    buyer: Party, sari: Person, dewi: Person
) -> None:
    reachable(dewi, mail="dewi@example.com", phone="+628122")
    Identity.objects.filter(kind="mail").update(bounced_at=clock.now())
    Identity.objects.filter(kind="phone").update(opted_out_at=clock.now())
    Message.say(by=sari, conversation=Conversation.of(buyer, buyer), body="Halo")
    assert notices.tell() == 0


def test_a_role_that_nobody_has_is_the_owners(
    machine: Person, owner: Person, fajar: Person
) -> None:
    reachable(owner, login=True)
    reachable(fajar, login=True)
    GuestEntry.sign(by=machine, name="Agus", body="Bagus!")
    notices.tell()
    assert told() == {(owner, PORTAL)}


def test_another_workshop_hears_nothing(machine: Person, joko: Person, sari: Person) -> None:
    reachable(sari, login=True)
    reachable(joko, login=True)
    reachable(testing.staff("Ida", joko.workshop, Role.SALES), login=True)
    GuestEntry.sign(by=machine, name="Agus", body="Bagus!")
    notices.tell()
    assert told() == {(sari, PORTAL)}


def test_a_line_that_cannot_be_told_does_not_stop_the_rest(
    machine: Person, sari: Person, caplog: pytest.LogCaptureFixture
) -> None:
    reachable(sari, login=True)
    GuestEntry.sign(by=machine, name="Agus", body="Bagus!")
    Entry.objects.update(step="conversations.unheard_of")
    GuestEntry.sign(by=machine, name="Ani", body="Halo")
    with caplog.at_level(logging.CRITICAL, logger="simpul.conversations.notices"):
        assert notices.tell() == 1
    assert not Entry.objects.untold().exists()


def test_last_months_news_are_passed_over(machine: Person, sari: Person) -> None:
    reachable(sari, login=True)
    with clock.stopped(clock.now() - timedelta(days=8)):
        GuestEntry.sign(by=machine, name="Agus", body="Bagus!")
    assert notices.tell() == 0
    assert not Entry.objects.untold().exists()


def test_whoever_left_hears_nothing(buyer: Party, sari: Person, dewi: Person) -> None:
    reachable(dewi, mail="dewi@example.com")
    Person.objects.filter(pk=dewi.pk).update(is_active=False)
    Message.say(by=sari, conversation=Conversation.of(buyer, buyer), body="Halo")
    assert notices.tell() == 0
