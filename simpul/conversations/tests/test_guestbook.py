import pytest

from simpul.conversations.forms import GuestForm
from simpul.conversations.models import GuestEntry
from simpul.parties.models import Person
from simpul.workflow.steps import NotAllowed, WrongState

WAITING, PUBLISHED, HIDDEN = GuestEntry.Status


@pytest.fixture
def entry(machine: Person) -> GuestEntry:
    return GuestEntry.sign(by=machine, name="Agus", body="Bagus!")


def test_nobody_reads_it_before_the_workshop(entry: GuestEntry) -> None:
    assert not GuestEntry.objects.published().exists()
    assert GuestEntry.objects.waiting().get() == entry


def test_published_and_hidden_again(entry: GuestEntry, sari: Person) -> None:
    entry.publish(by=sari)
    assert GuestEntry.objects.published().get() == entry
    entry.hide(by=sari)
    assert not GuestEntry.objects.published().exists()
    with pytest.raises(WrongState):
        entry.hide(by=sari)


def test_an_answer_shows_the_entry(entry: GuestEntry, sari: Person) -> None:
    entry.reply(by=sari, answer="Terima kasih.")
    entry.refresh_from_db()
    assert (entry.status, entry.answer) == (PUBLISHED, "Terima kasih.")


def test_only_sales_and_the_owner_decide(
    entry: GuestEntry, owner: Person, rina: Person, dewi: Person
) -> None:
    for person in (rina, dewi):
        with pytest.raises(NotAllowed):
            entry.reply(by=person, answer="Ya")
    entry.refresh_from_db()
    assert (entry.status, entry.answer) == (WAITING, "")
    entry.publish(by=owner)


def test_it_is_seen_by_the_own_workshop_only(
    entry: GuestEntry, sari: Person, dewi: Person, joko: Person
) -> None:
    seen = GuestEntry.objects.visible_to
    assert [seen(person).count() for person in (sari, dewi, joko)] == [1, 0, 0]


def test_a_robot_fills_in_what_people_do_not_see() -> None:
    typed = {"name": "Agus", "body": "Bagus!"}
    human, robot = GuestForm(typed), GuestForm({**typed, "website": "http://spam"})
    assert human.is_valid()
    assert robot.is_valid()
    assert (human.is_from_a_robot, robot.is_from_a_robot) == (False, True)
    assert human.entry == {"name": "Agus", "contact": "", "body": "Bagus!"}
