"""Who has the last word, who has read it, and who is to answer."""

from __future__ import annotations

import pytest

from simpul import testing
from simpul.conversations.mentions import people_in
from simpul.conversations.models import (
    Conversation,
    InternalNote,
    Message,
    NoColleague,
    ReadMark,
)
from simpul.conversations.notices import audience_of
from simpul.parties.models import Party, Person
from simpul.parties.roles import Role
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed


@pytest.fixture
def talk(buyer: Party, dewi: Person) -> Conversation:
    """Dewi has asked something."""
    talk = Conversation.of(buyer, buyer)
    Message.say(by=dewi, conversation=talk, body="Kapan siap?")
    return fresh(talk)


def fresh(talk: Conversation) -> Conversation:
    return Conversation.objects.get(pk=talk.pk)


def counts(person: Person) -> tuple[int, ...]:
    """How many are there, unread, not answered, mine and nobody's."""
    found = Conversation.objects.visible_to(person).counts_for(person)
    return tuple(found[name] for name in ("all", "unread", "unanswered", "mine", "unassigned"))


def test_a_question_is_unread_and_not_answered(
    talk: Conversation, sari: Person, rina: Person
) -> None:
    assert talk.last == talk.asked == Message.objects.get()
    assert counts(sari) == counts(rina) == (1, 1, 1, 0, 1)

    Message.say(by=sari, conversation=talk, body="Senin.")

    assert fresh(talk).asked == talk.asked
    assert fresh(talk).last != talk.last
    assert counts(sari) == counts(rina) == (1, 0, 0, 0, 1)


def test_what_one_has_read_is_unread_by_the_others(
    talk: Conversation, dewi: Person, sari: Person, rina: Person
) -> None:
    ReadMark.move(sari, talk.pk, talk.last_id or 0)
    assert (counts(sari)[1], counts(rina)[1]) == (0, 1)

    more = Message.say(by=dewi, conversation=talk, body="Halo?")
    assert (counts(sari)[1], counts(rina)[1]) == (1, 1)

    ReadMark.move(sari, talk.pk, more.pk)
    ReadMark.move(sari, talk.pk, talk.last_id or 0)  # an older page does not take it back
    assert ReadMark.objects.get(person=sari).message == more
    assert counts(sari)[1] == 0


def test_who_was_asked_to_answer_hears_of_it_and_the_others_have_nothing_unread(
    talk: Conversation, sari: Person, rina: Person
) -> None:
    talk.assign(by=sari, to=rina)

    assert (counts(sari), counts(rina)) == ((1, 0, 1, 0, 0), (1, 1, 1, 1, 0))
    line = journal_of(talk).get()
    assert (line.step, line.facts) == ("conversations.assign", {"to": rina.pk})
    assert audience_of(line) == [rina]

    talk.let_go(by=rina)
    assert counts(rina) == (1, 1, 1, 0, 1)
    assert audience_of(journal_of(talk).order_by("-pk")[0]) == []


def test_only_people_of_the_house_are_asked_to_answer(
    talk: Conversation,
    sari: Person,
    dewi: Person,
    machine: Person,
    joko: Person,
    viewer: Person,
) -> None:
    gone = testing.staff("Gone", sari.workshop, Role.SALES, is_active=False)
    for stranger in (dewi, machine, joko, viewer, gone):
        with pytest.raises(NoColleague):
            talk.assign(by=sari, to=stranger)
    assert fresh(talk).assigned_to is None
    assert not journal_of(talk).exists()


def test_who_may_not_talk_assigns_nothing(
    talk: Conversation, sari: Person, viewer: Person, dewi: Person, joko: Person
) -> None:
    talk.assign(by=sari, to=sari)
    for person in (viewer, dewi, joko):
        with pytest.raises(NotAllowed):
            talk.assign(by=person, to=person)
        with pytest.raises(NotAllowed):
            talk.let_go(by=person)
    assert fresh(talk).assigned_to == sari


def test_they_are_found_by_party_and_number(buyer: Party, dewi: Person, sari: Person) -> None:
    order = testing.order(buyer)
    Message.say(by=dewi, conversation=Conversation.of(order, buyer), body="Halo")
    mine = Conversation.objects.visible_to(sari)
    for words in ("dewi", order.number, order.number[-4:]):
        assert mine.search(words).get().label == order.number
    assert not mine.search("PO-").exists()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@sari tolong", ["Sari Wulan", "Sari Ayu"]),
        ("tolong @Sari Wulan, ya", ["Sari Wulan"]),
        ("@udin dan @SARI AYU", ["Sari Ayu", "Udin"]),
        ("sari, udin@mail.example", []),
        ("@sariwulan @udi", []),
    ],
)
def test_an_at_and_a_name_name_a_colleague(text: str, names: list[str]) -> None:
    people = [
        Person(pk=pk, name=name) for pk, name in enumerate(("Sari Wulan", "Sari Ayu", "Udin"))
    ]
    assert [person.name for person in people_in(text, people)] == names


def test_whom_a_note_names_is_told_and_nobody_else(
    buyer: Party, dewi: Person, sari: Person, udin: Person, rina: Person
) -> None:
    InternalNote.write(by=sari, subject=buyer, body="@Udin @Dewi @Sari: kapan ada tempat?")
    line = journal_of(InternalNote.objects.get()).get()
    assert audience_of(line) == [udin]
