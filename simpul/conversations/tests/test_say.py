import pytest
from django.db import IntegrityError, transaction

from simpul import testing
from simpul.conversations.models import Conversation, InternalNote, Message
from simpul.parties.models import Party, Person
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed


@pytest.fixture
def conversation(buyer: Party) -> Conversation:
    return Conversation.of(buyer, buyer)


def test_there_is_one_conversation_for_a_thing_and_a_party(
    conversation: Conversation, buyer: Party, supplier: Party
) -> None:
    two_at_once = Conversation.of(buyer, buyer)
    for one in (conversation, two_at_once, Conversation.of(buyer, buyer)):
        one.begin()
    Conversation.of(buyer, supplier).begin()
    assert Conversation.objects.count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        Conversation.objects.create(
            workshop=buyer.workshop,
            party=buyer,
            subject_type=conversation.subject_type,
            subject_id=buyer.pk,
        )


def test_both_sides_read_what_was_said(
    conversation: Conversation, buyer: Party, sari: Person, dewi: Person, siti: Person
) -> None:
    Message.say(by=dewi, conversation=conversation, body="Kapan jadi?")
    Message.say(by=sari, conversation=conversation, body="Senin.", channel="phone")

    for person in (dewi, sari):
        said = Message.objects.visible_to(person).about(buyer)
        assert [(one.by, one.body) for one in said] == [(dewi, "Kapan jadi?"), (sari, "Senin.")]
    assert not Message.objects.visible_to(siti).about(buyer).exists()


def test_the_journal_has_the_line_but_not_the_words(
    conversation: Conversation, dewi: Person
) -> None:
    message = Message.say(by=dewi, conversation=conversation, body="Rahasia")
    line = journal_of(message).get()
    assert (line.step, line.by) == ("conversations.say", dewi)
    assert line.facts == {"conversation": conversation.pk}
    assert message.shown_with == conversation.subject


def test_nobody_speaks_in_the_conversation_of_others(
    conversation: Conversation, siti: Person, budi: Person, viewer: Person, joko: Person
) -> None:
    for person in (siti, budi, viewer, joko):
        with pytest.raises(NotAllowed):
            Message.say(by=person, conversation=conversation, body="Halo")
    assert not Message.objects.exists()
    assert not Conversation.objects.exists()


def test_supplier_and_courier_speak_in_their_own(
    supplier: Party, budi: Person, courier: Party, asep: Person
) -> None:
    for party, person in ((supplier, budi), (courier, asep)):
        Message.say(by=person, conversation=Conversation.of(party, party), body="Siap")
    assert Message.objects.count() == 2


def test_a_note_is_never_seen_outside(buyer: Party, sari: Person, dewi: Person) -> None:
    note = InternalNote.write(by=sari, subject=buyer, body="Pays late")

    assert InternalNote.objects.visible_to(sari).about(buyer).get() == note
    assert not InternalNote.objects.visible_to(dewi).exists()
    assert journal_of(note).get().facts == {"subject": buyer.pk}


def test_only_the_workshop_writes_notes(buyer: Party, dewi: Person, joko: Person) -> None:
    for person in (dewi, joko):
        with pytest.raises(NotAllowed):
            InternalNote.write(by=person, subject=buyer, body="Halo")
    assert not InternalNote.objects.exists()


def test_another_workshops_conversation_is_not_seen(conversation: Conversation) -> None:
    conversation.begin()
    stranger = testing.workshop("tajur").machine
    assert not Conversation.objects.visible_to(stranger).exists()
