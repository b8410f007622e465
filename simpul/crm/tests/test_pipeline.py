"""A prospect on its way to a first order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from simpul import testing
from simpul.conversations.models import Conversation, FollowUp, GuestEntry
from simpul.conversations.notices import audience_of
from simpul.crm.models import Lead, Status, is_any_ordered, win_what_was_ordered
from simpul.lib import clock
from simpul.parties.models import Identity, Party, Person, Workshop
from simpul.parties.roles import Role
from simpul.workflow.models import Entry, journal_of
from simpul.workflow.steps import NotAllowed, WrongState


def note(by: Person, **facts: Any) -> Lead:
    return Lead.note(by=by, **{"source": "fair", "name": "Toko Garut", **facts})


@pytest.fixture
def lead(sari: Person) -> Lead:
    return note(sari)


def test_who_is_met_is_kept_with_what_comes_next(sari: Person) -> None:
    tomorrow = clock.in_days(1)

    lead = note(
        sari,
        contact="Teh Neneng",
        telephone="+6281511112222",
        area="Garut",
        message="Mau pantofel",
        next_words="Kirim katalog",
        next_on=tomorrow,
    )

    assert (lead.status, lead.source, lead.owner, lead.was_known) == ("new", "fair", sari, False)
    assert (lead.party.name, lead.party.area, lead.party.is_welcome) == (
        "Toko Garut", "Garut", False,
    )  # fmt: skip
    assert lead.person.identities.get().value == "+6281511112222"
    [planned] = FollowUp.objects.values_list("due_on", "words")
    assert planned == (tomorrow, "Kirim katalog")
    assert Conversation.objects.get().party == lead.party
    assert "Garut" not in str(Entry.objects.get(step="crm.note_lead").facts)


def test_a_known_number_leads_to_its_party(sari: Person, dewi: Person) -> None:
    Identity.objects.create(
        workshop=sari.workshop, person=dewi, kind="phone", value="+6281511112222"
    )
    parties = Party.objects.count()

    lead = note(sari, telephone="+6281511112222")

    assert (lead.was_known, lead.party, lead.person) == (True, dewi.party, dewi)
    assert Party.objects.count() == parties


def test_a_word_in_the_guest_book_makes_one_prospect(sari: Person) -> None:
    guest = GuestEntry.sign(by=sari.workshop.machine, name="Agus", body="Ada ukuran 46?")
    assert note(sari, source="guestbook", guest=guest).guest == guest

    with pytest.raises(WrongState):
        note(sari, source="guestbook", guest=guest)

    assert Lead.objects.count() == 1
    assert Party.objects.count() == 1


def test_whom_we_met_is_welcomed_as_what_they_are(sari: Person, lead: Lead) -> None:
    lead.welcome(by=sari, buys_as="consumer")

    party = Party.objects.get()
    assert (party.buys_as, party.is_welcome) == ("consumer", True)


def test_it_is_moved_over_the_board(sari: Person, lead: Lead) -> None:
    lead.move(by=sari, stage="quoted")

    lead.refresh_from_db()
    assert lead.status == Status.QUOTED
    assert journal_of(lead).get(step="crm.move_lead").facts == {"stage": "quoted"}


@pytest.mark.parametrize("stage", ["talking", "won", "lost", "new", "x"])
def test_it_is_not_moved_to_where_it_stands_or_cannot_stand(
    sari: Person, lead: Lead, stage: str
) -> None:
    lead.move(by=sari, stage="talking")

    with pytest.raises(WrongState):
        lead.move(by=sari, stage=stage)

    assert Lead.objects.get().status == "talking"
    assert journal_of(lead).filter(step="crm.move_lead").count() == 1


def test_who_gets_it_hears_of_it_and_must_sell(
    sari: Person, owner: Person, fajar: Person, lead: Lead
) -> None:
    lead.assign(by=sari, to=owner)

    assert Lead.objects.get().owner == owner
    assert audience_of(Entry.objects.get(step="crm.give_lead")) == [owner]
    with pytest.raises(WrongState):
        lead.assign(by=sari, to=fajar)
    assert Lead.objects.get().owner == owner


def test_the_board_shows_what_is_overdue_first_and_no_more_than_fits(sari: Person) -> None:
    today = clock.today()
    days = {"a": 5, "b": None, "c": -2, "d": 0}
    leads = {name: note(sari, name=name) for name in days}
    for name, day in days.items():
        if day is not None:
            leads[name].plan_next(by=sari, words="x", due_on=today + timedelta(days=day))
    leads["b"].estimate(by=sari, worth=900_000)
    leads["d"].estimate(by=sari, worth=100_000)
    leads["d"].move(by=sari, stage="talking")

    board = [str(one) for one in Lead.objects.for_board(2)]

    assert board == ["c", "d", "a"]  # of the new ones two, and "d" is in talk
    assert Lead.objects.stages() == {"new": (3, 900_000), "talking": (1, 100_000)}
    assert {str(one) for one in Lead.objects.for_list().due(today)} == {"c", "d"}


def test_what_is_lost_has_nothing_to_be_done_and_can_be_taken_up(sari: Person, lead: Lead) -> None:
    lead.plan_next(by=sari, words="Telepon", due_on=clock.today())

    lead.lose(by=sari, why="price", reason="Cari yang 150 ribu")

    assert not FollowUp.objects.open().exists()
    lead.reopen(by=sari)
    lead.refresh_from_db()
    assert (lead.status, lead.why, lead.reason) == ("talking", "", "")


def test_what_is_to_be_done_with_a_customer_is_not_done_because_one_lead_is_lost(
    sari: Person, lead: Lead
) -> None:
    testing.order(lead.party)
    lead.plan_next(by=sari, words="Tagih", due_on=clock.today())

    lead.lose(by=sari, why="price")

    assert FollowUp.objects.open().exists()


def test_an_agreed_order_wins_it(workshop: Workshop, sari: Person, lead: Lead) -> None:
    Party.objects.update(is_welcome=True)
    lead.refresh_from_db()
    other = note(sari, name="Toko Lain")
    assert not is_any_ordered(workshop)

    order = testing.confirmed_order(lead.party)

    assert is_any_ordered(workshop)
    assert win_what_was_ordered(workshop) == 1
    lead.refresh_from_db()
    other.refresh_from_db()
    assert (lead.status, lead.order, lead.worth) == ("won", order, order.total)
    assert (other.status, is_any_ordered(workshop)) == ("new", False)


@pytest.mark.parametrize("who", ["fajar", "joko", "dewi"])
def test_others_may_not(who: str, lead: Lead, request: pytest.FixtureRequest) -> None:
    person: Person = request.getfixturevalue(who)

    for step, facts in (
        ("move", {"stage": "talking"}),
        ("estimate", {"worth": 1}),
        ("lose", {"why": "price"}),
        ("plan_next", {"words": "x", "due_on": clock.today()}),
        ("assign", {"to": person}),
    ):
        with pytest.raises(NotAllowed):
            getattr(lead, step)(by=person, **facts)

    found = Lead.objects.get()
    assert (found.status, found.worth, found.owner) == ("new", 0, lead.owner)


def test_a_buyer_notes_nobody(dewi: Person) -> None:
    with pytest.raises(NotAllowed):
        note(dewi)

    assert not Lead.objects.exists()
    assert Party.objects.count() == 1


def test_nobody_but_staff_sees_one(lead: Lead, dewi: Person, joko: Person) -> None:
    viewer = testing.staff("Vina", lead.workshop, Role.VIEWER)

    assert list(Lead.objects.visible_to(viewer)) == [lead]
    assert not Lead.objects.visible_to(dewi).exists()
    assert not Lead.objects.visible_to(joko).exists()
