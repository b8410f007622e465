"""A call or a visit is noted, and what comes next; saved texts are filled in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from simpul.conversations.models import Conversation, FollowUp, Message, NotOfThem, QuickReply
from simpul.lib import clock
from simpul.parties.models import Party, Person
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, WrongState, keyed


@pytest.fixture
def talk(buyer: Party) -> Conversation:
    return Conversation.of(buyer, buyer)


def test_a_call_stands_in_the_conversation(talk: Conversation, sari: Person, dewi: Person) -> None:
    call = Message.call(
        by=sari,
        conversation=talk,
        channel="phone",
        direction="in",
        body="Minta warna cokelat.",
        with_whom=dewi,
    )

    said = Message.objects.visible_to(dewi).get()
    assert (said.body, said.channel, said.direction, said.with_whom) == (
        "Minta warna cokelat.", "phone", "in", dewi,
    )  # fmt: skip
    assert Conversation.objects.get().last == call
    line = journal_of(call).get()
    assert line.step == "conversations.call"
    assert "body" not in line.facts
    assert not FollowUp.objects.exists()


def test_the_next_step_is_due_on_its_day_for_whoever_wants_to_do_it(
    talk: Conversation, sari: Person, rina: Person, dewi: Person
) -> None:
    on = clock.in_days(3)
    facts: dict[str, Any] = {
        "channel": "visit",
        "direction": "out",
        "next_words": "Bawa contoh",
        "next_on": on,
    }
    Message.call(by=sari, conversation=talk, **facts)

    mine = Conversation.objects.visible_to(sari)
    assert not mine.due(sari, on - timedelta(days=1)).exists()
    assert mine.due(sari, on).get() == talk
    assert not mine.due(rina, on).exists()
    assert not FollowUp.objects.visible_to(dewi).exists()

    step = FollowUp.objects.get()
    step.finish(by=rina)
    assert not mine.due(sari, on).exists()
    with pytest.raises(WrongState):
        step.finish(by=sari)


def test_the_same_form_twice_is_one_call_and_one_next_step(
    talk: Conversation, sari: Person
) -> None:
    facts: dict[str, Any] = {"channel": "phone", "direction": "out", "next_on": clock.today()}
    for _twice in range(2):
        with keyed("same"):
            Message.call(by=sari, conversation=talk, **facts)
    assert (Message.objects.count(), FollowUp.objects.count()) == (1, 1)


def test_a_call_is_with_people_of_the_other_side(
    talk: Conversation, sari: Person, siti: Person
) -> None:
    for stranger in (siti, sari):
        with pytest.raises(NotOfThem):
            Message.call(
                by=sari, conversation=talk, channel="phone", direction="out", with_whom=stranger
            )
    assert not Message.objects.exists()


def test_only_the_workshop_notes_calls(
    talk: Conversation, dewi: Person, viewer: Person, joko: Person, sari: Person
) -> None:
    for person in (dewi, viewer, joko):
        with pytest.raises(NotAllowed):
            Message.call(
                by=person,
                conversation=talk,
                channel="phone",
                direction="out",
                next_on=clock.today(),
            )
    assert not Message.objects.exists()
    assert not FollowUp.objects.exists()


def test_a_saved_text_speaks_the_language_of_its_reader() -> None:
    reply = QuickReply(body="Halo {nama}, {nomor} {siap}", body_en="Hello {name}, {number}")
    facts = {"name": "Dewi", "number": "SO-2026-0001"}
    assert reply.text(language="id", **facts) == "Halo Dewi, SO-2026-0001 {siap}"
    assert reply.text(language="en", **facts) == "Hello Dewi, SO-2026-0001"
    reply.body_en = ""
    assert reply.text(language="en", **facts) == "Halo Dewi, SO-2026-0001 {siap}"
