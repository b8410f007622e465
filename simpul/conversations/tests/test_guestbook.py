import itertools
from datetime import UTC, datetime, timedelta

import pytest

from simpul.conversations import notices, spam
from simpul.conversations.forms import GuestForm
from simpul.conversations.models import GuestEntry
from simpul.conversations.tests.test_notices import reachable
from simpul.lib import clock
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


def test_what_looks_like_a_robots_waits_apart(machine: Person, sari: Person) -> None:
    entry = GuestEntry.hold(by=machine, signs=["fast", "links"], name="Agus", body="x")
    assert entry.signs == "fast links"
    assert list(GuestEntry.objects.suspicious()) == [entry]
    assert not GuestEntry.objects.waiting().exists()

    entry.vouch(by=sari)
    assert list(GuestEntry.objects.waiting()) == [entry]
    assert not GuestEntry.objects.suspicious().exists()


def test_sales_is_called_once_somebody_vouches(machine: Person, sari: Person) -> None:
    reachable(sari, login=True)
    entry = GuestEntry.hold(by=machine, signs=["fast"], name="Agus", body="x")
    assert notices.tell() == 0
    entry.vouch(by=machine)
    assert notices.tell() == 1


def test_what_was_decided_can_be_undone(entry: GuestEntry, sari: Person, rina: Person) -> None:
    entry.reply(by=sari, answer="Terima kasih.")
    with pytest.raises(NotAllowed):
        entry.put_back(by=rina)
    entry.put_back(by=sari)
    assert not GuestEntry.objects.published().exists()
    entry.refresh_from_db()
    assert (entry.status, entry.answer) == (WAITING, "Terima kasih.")
    with pytest.raises(WrongState):
        entry.put_back(by=sari)


def test_what_is_for_us_only_is_never_published(machine: Person, sari: Person) -> None:
    entry = GuestEntry.sign(by=machine, name="Agus", body="x", shown_as="nowhere")
    with pytest.raises(WrongState):
        entry.publish(by=sari)
    with pytest.raises(WrongState):
        entry.reply(by=sari, answer="Ya")
    entry.refresh_from_db()
    assert (entry.status, entry.answer) == (WAITING, "")


@pytest.mark.parametrize(
    ("shown_as", "shown"), [("name", "Agus salim"), ("initials", "A. S."), ("nowhere", "A. S.")]
)
def test_a_name_is_shown_as_its_guest_allows(shown_as: str, shown: str) -> None:
    assert GuestEntry(name="Agus salim", shown_as=shown_as).shown_name == shown


def test_the_words_that_were_agreed_to_are_kept(db: None) -> None:
    typed = {"name": "Agus", "body": "Bagus!", "shown_as": "initials", "is_customer": "on"}
    form = GuestForm(typed, customer_since=2024)
    assert form.is_valid()
    assert form.entry == {
        "name": "Agus",
        "contact": "",
        "body": "Bagus!",
        "shown_as": "initials",
        "consent": "You may publish it with my initials only.",
        "language": "en",
        "customer_since": 2024,
    }
    stranger = GuestForm(typed)
    assert stranger.is_valid()
    assert stranger.entry["customer_since"] is None
    assert list(GuestForm({"name": "Agus", "body": "Bagus!"}).errors) == ["shown_as"]


MOMENT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def signs(
    body: str = "Bagus!", *, after: timedelta = timedelta(minutes=1), trap: str = ""
) -> list[str]:
    with clock.stopped(MOMENT):
        stamped = spam.stamp()
    with clock.stopped(MOMENT + after):
        return spam.signs_of(body, stamped=stamped, trap=trap, where="ciomas")


def test_a_person_shows_no_sign(db: None) -> None:
    assert signs("Lihat https://contoh.example ya, sepatunya bagus.") == []


@pytest.mark.parametrize(
    ("body", "after", "trap", "sign"),
    [
        ("a", timedelta(minutes=1), "http://spam", "trap"),
        ("b", timedelta(seconds=2), "", "fast"),
        ("c", timedelta(days=3), "", "old"),
        ("www.a.example http://b.example", timedelta(minutes=1), "", "links"),
    ],
)
def test_each_sign_of_a_robot(db: None, body: str, after: timedelta, trap: str, sign: str) -> None:
    assert signs(body, after=after, trap=trap) == [sign]


def test_the_same_text_again_is_a_sign(db: None) -> None:
    assert [signs("Promo besar"), signs("  promo   BESAR ")] == [[], ["repeated"]]


def test_a_form_that_we_did_not_hand_out_is_a_sign(db: None) -> None:
    assert spam.signs_of("x", stamped="", trap="", where="ciomas") == ["fast"]


def test_the_work_is_proven_for_one_entry_only() -> None:
    challenge = spam.challenge(7)
    number = next(n for n in itertools.count() if spam.is_proof(challenge, str(n)))
    assert spam.entry_of(challenge) == 7
    assert spam.entry_of(challenge + "x") is None
    other = spam.challenge(8)
    assert not all(spam.is_proof(other, str(n)) for n in range(number, number + 3))
    assert [spam.is_provable(one) for one in ("fast links", "trap fast", "")] == [
        True,
        False,
        False,
    ]
