"""What every step owes, shown on the smallest thing that has steps: a word in the guest book."""

import uuid
from datetime import UTC, datetime

import pytest

from simpul.conversations.models import GuestEntry
from simpul.lib import clock
from simpul.parties.models import Person
from simpul.workflow.models import Entry, journal_of
from simpul.workflow.steps import KeyReused, NotAllowed, WrongState, can, keyed

WAITING, PUBLISHED, HIDDEN = GuestEntry.Status


@pytest.fixture
def entry(machine: Person) -> GuestEntry:
    return GuestEntry.sign(by=machine, name="Agus", body="Bagus!", contact="0812")


def test_the_journal_says_who_did_what_when(entry: GuestEntry, sari: Person) -> None:
    moment = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    with clock.stopped(moment):
        entry.publish(by=sari)

    entry.refresh_from_db()
    assert entry.status == PUBLISHED
    line = journal_of(entry).last()
    assert line is not None
    assert (line.step, line.by, line.at, line.facts) == ("conversations.publish", sari, moment, {})
    assert line.template == "conversations/steps/publish.html"


def test_the_journal_keeps_nothing_private(entry: GuestEntry, sari: Person) -> None:
    entry.reply(by=sari, answer="Terima kasih, Pak Agus")
    assert [line.facts for line in journal_of(entry)] == [{}, {}]


def test_who_may_not_changes_nothing(entry: GuestEntry, fajar: Person, dewi: Person) -> None:
    for person in (fajar, dewi):
        with pytest.raises(NotAllowed):
            entry.publish(by=person)
    entry.refresh_from_db()
    assert entry.status == WAITING
    assert journal_of(entry).count() == 1


def test_nobody_acts_in_another_workshop(entry: GuestEntry, joko: Person) -> None:
    with pytest.raises(NotAllowed):
        entry.publish(by=joko)
    assert journal_of(entry).count() == 1


def test_who_left_may_do_nothing_more(entry: GuestEntry, sari: Person) -> None:
    sari.is_active = False
    with pytest.raises(NotAllowed):
        entry.publish(by=sari)


def test_a_stale_page_is_refused(entry: GuestEntry, sari: Person) -> None:
    seen_by_another_tab = GuestEntry.objects.get(pk=entry.pk)
    entry.publish(by=sari)
    with pytest.raises(WrongState):
        seen_by_another_tab.publish(by=sari)
    assert journal_of(entry).count() == 2


def test_a_refused_creation_leaves_nothing(sari: Person) -> None:
    with pytest.raises(NotAllowed):
        GuestEntry.sign(by=sari, name="Agus", body="Bagus!")
    assert not GuestEntry.objects.exists()
    assert not Entry.objects.exists()


def test_the_same_form_again_is_done_once(machine: Person, entry: GuestEntry, sari: Person) -> None:
    key, other = uuid.uuid4().hex, uuid.uuid4().hex
    for _time in range(2):
        with keyed(key):
            entry.publish(by=sari)
    made = []
    for _time in range(2):
        with keyed(other):
            made.append(GuestEntry.sign(by=machine, name="Ani", body="Halo"))

    assert made[0] == made[1]
    assert GuestEntry.objects.count() == 2
    assert journal_of(entry).count() == 2


def test_the_key_of_one_form_does_not_serve_another(
    machine: Person, entry: GuestEntry, sari: Person
) -> None:
    another = GuestEntry.sign(by=machine, name="Ani", body="Halo")
    key = uuid.uuid4().hex
    with keyed(key):
        entry.publish(by=sari)
    with keyed(key), pytest.raises(KeyReused):
        another.publish(by=sari)
    with keyed(key), pytest.raises(KeyReused):
        entry.hide(by=sari)
    another.refresh_from_db()
    assert another.status == WAITING


def test_two_people_may_send_the_same_key(entry: GuestEntry, sari: Person, owner: Person) -> None:
    key = uuid.uuid4().hex
    with keyed(key):
        entry.publish(by=sari)
    with keyed(key):
        entry.hide(by=owner)
    entry.refresh_from_db()
    assert entry.status == HIDDEN


def test_what_is_offered_is_what_may_be_done(
    entry: GuestEntry, sari: Person, fajar: Person
) -> None:
    assert can(sari, "conversations.publish", entry)
    assert not can(fajar, "conversations.publish", entry)
    entry.publish(by=sari)
    assert not can(sari, "conversations.publish", entry)
