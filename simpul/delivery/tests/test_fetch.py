"""A courier fetches delivered pairs at the buyer's door: a shipment that goes the other way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from simpul import testing
from simpul.conversations.models import Ticket
from simpul.conversations.notices import audience_of
from simpul.delivery.models import NoProof, NotCounted, Shipment, WrongPin
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person
from simpul.workflow.models import Entry, journal_of
from simpul.workflow.steps import NotAllowed, WrongState


@pytest.fixture
def order(buyer: Party) -> Order:
    return testing.delivered_order(buyer)


@pytest.fixture
def fetching(order: Order, sari: Person, asep: Person) -> Shipment:
    """Three pairs that Asep has accepted to fetch."""
    made = Shipment.call_for(by=sari, order=order, pairs=3)
    testing.offer_to(made, asep)
    made.accept(by=asep)
    return made


def line(shipment: Shipment, step: str) -> Entry:
    return journal_of(shipment).get(step=step)


def lines() -> int:
    return Entry.objects.count()


def test_the_buyer_hears_that_somebody_comes(fetching: Shipment, dewi: Person) -> None:
    told = audience_of(line(fetching, "delivery.announce"))
    assert dewi in told
    assert {one.party_id for one in told} == {dewi.party_id}
    assert (fetching.status, fetching.courier_id is None) == ("accepted", False)


def test_it_is_counted_and_proved_at_the_door(
    fetching: Shipment, asep: Person, dewi: Person, sari: Person, rina: Person
) -> None:
    fetching.fetch(
        by=asep, giver="Dewi", count=2, pin=fetching.pin, note="Satu kardus basah.", client_id="a1"
    )
    fetching.fetch(by=asep, giver="Dewi", count=2, pin=fetching.pin, client_id="a1")

    fetching.refresh_from_db()
    handed = fetching.handovers.get()
    assert (fetching.status, handed.kind, handed.count) == ("fetched", "got", 2)
    assert (handed.with_pin, handed.note) == (True, "Satu kardus basah.")
    entry = line(fetching, "delivery.fetch")
    assert {dewi, sari, rina} <= set(audience_of(entry))
    assert "note" not in entry.facts


def test_what_is_not_proved_or_not_counted_is_not_fetched(fetching: Shipment, asep: Person) -> None:
    wrong = "0000" if fetching.pin != "0000" else "1111"
    before = lines()
    with pytest.raises(NoProof):
        fetching.fetch(by=asep, giver="Dewi", count=3)
    with pytest.raises(WrongPin):
        fetching.fetch(by=asep, giver="Dewi", count=3, pin=wrong)
    for count in (0, 4):
        with pytest.raises(NotCounted):
            fetching.fetch(by=asep, giver="Dewi", count=count, pin=fetching.pin)

    fetching.refresh_from_db()
    assert (fetching.status, fetching.wrong_pins, lines()) == ("accepted", 1, before)
    assert not fetching.handovers.exists()


def test_the_desk_notes_what_a_courier_telephoned_and_what_proves_it(
    fetching: Shipment, sari: Person
) -> None:
    with pytest.raises(NoProof):
        fetching.fetch(by=sari, giver="Dewi", count=3)
    for day in (clock.in_days(1), clock.in_days(-1)):  # to come; before anybody was to fetch it
        with pytest.raises(WrongState, match="look at the day"):
            fetching.fetch(by=sari, giver="Dewi", count=3, told_on=day, has_no_proof=True)

    fetching.fetch(by=sari, giver="Dewi", count=3, pin=fetching.pin, told_on=clock.today())
    handed = fetching.handovers.get()
    assert (handed.by, handed.receiver, handed.told_on) == (sari, "Dewi", clock.today())
    assert (handed.is_proved, handed.proof) == (True, "PIN")
    assert fetching.status == "fetched"


def test_the_desk_says_plainly_that_there_is_no_proof(
    fetching: Shipment, sari: Person, asep: Person, dewi: Person
) -> None:
    with pytest.raises(NoProof):  # whoever stands at the door has one
        fetching.fetch(by=asep, giver="Dewi", count=3, has_no_proof=True)
    fetching.fetch(by=sari, giver="Dewi", count=3, told_on=clock.today(), has_no_proof=True)

    handed = fetching.handovers.get()
    assert (handed.is_proved, handed.proof) == (False, "none, only the courier's word")
    entry = line(fetching, "delivery.fetch")
    assert dewi in audience_of(entry)
    assert entry.facts["has_no_proof"] is True
    assert "giver" not in entry.facts


def test_who_came_in_vain_keeps_the_job_and_says_when_he_comes_again(
    fetching: Shipment, asep: Person, dewi: Person
) -> None:
    tomorrow = clock.in_days(1)
    fetching.fail(by=asep, reason="nobody", client_id="a2", next_on=tomorrow, next_part="morning")
    fetching.fail(by=asep, reason="nobody", client_id="a2")

    fetching.refresh_from_db()
    assert (fetching.status, fetching.next_on, fetching.next_part) == (
        "accepted",
        tomorrow,
        "morning",
    )
    assert [one.get_reason_display() for one in fetching.failures] == ["nobody was there"]
    assert dewi in audience_of(line(fetching, "delivery.miss"))
    with pytest.raises(WrongState):
        fetching.fail(by=asep, reason="nobody", next_on=clock.today() - timedelta(days=1))
    fetching.fetch(by=asep, giver="Dewi", count=3, pin=fetching.pin)
    assert (fetching.reason, fetching.next_on) == ("", None)


def test_after_a_trip_in_vain_a_day_is_planned(
    fetching: Shipment, asep: Person, sari: Person, dewi: Person
) -> None:
    fetching.fail(by=asep, reason="nobody")
    fetching.plan_fetch(by=asep, next_on=clock.in_days(2), next_part="noon")

    fetching.refresh_from_db()
    assert (fetching.status, fetching.next_on, fetching.next_part, fetching.reason) == (
        "accepted",
        clock.in_days(2),
        "noon",
        "",
    )
    assert {dewi, sari} <= set(audience_of(line(fetching, "delivery.plan_fetch")))
    with pytest.raises(WrongState):
        fetching.plan_fetch(by=asep, next_on=clock.in_days(31))


def test_the_buyer_hears_that_who_was_announced_does_not_come(
    fetching: Shipment, sari: Person, asep: Person, dewi: Person
) -> None:
    fetching.withdraw(by=sari)
    told = audience_of(line(fetching, "delivery.unannounce"))
    assert {one.party_id for one in told} == {dewi.party_id}

    testing.offer_to(fetching, asep)
    fetching.withdraw(by=sari)  # nobody had accepted
    assert journal_of(fetching).filter(step="delivery.unannounce").count() == 1
    assert (fetching.status, fetching.courier) == ("open", None)


def test_it_is_not_cancelled_beside_what_was_agreed(
    order: Order, sari: Person, fetching: Shipment
) -> None:
    fetching.withdraw(by=sari)
    before = lines()
    with pytest.raises(WrongState, match="say on their ticket"):
        fetching.cancel(by=sari)
    fetching.refresh_from_db()
    assert (fetching.status, lines()) == ("open", before)


def test_what_was_counted_otherwise_opens_a_ticket(
    fetching: Shipment, asep: Person, sari: Person, rina: Person
) -> None:
    fetching.fetch(by=asep, giver="Dewi", count=3, pin=fetching.pin)
    fetching.bring_in(by=rina, count=2)

    handed = fetching.handovers.get(kind="got")
    ticket = Ticket.objects.get()
    assert (ticket.kind, ticket.subject) == ("door", fetching)
    assert ticket.facts == {"shipment": fetching.number, "handover": handed.pk, "counted": 2}
    entry = line(fetching, "delivery.differ")
    assert (entry.facts["taken"], entry.facts["counted"]) == (3, 2)
    assert sari in audience_of(entry)
    assert (fetching.status, fetching.reason) == ("returned", "")


def test_what_was_counted_alike_opens_none(fetching: Shipment, asep: Person, rina: Person) -> None:
    fetching.fetch(by=asep, giver="Dewi", count=2, pin=fetching.pin)
    fetching.bring_in(by=rina, count=2)
    assert not Ticket.objects.exists()


def test_the_address_is_shown_a_day_after_it_was_fetched(fetching: Shipment, asep: Person) -> None:
    assert fetching.shows_address_to(asep)
    fetching.fetch(by=asep, giver="Dewi", count=3, pin=fetching.pin)
    left = fetching.left_at
    assert left is not None
    assert fetching.address_until(asep) == left + timedelta(days=1)
    with clock.stopped(left + timedelta(days=1, seconds=1)):
        assert not fetching.shows_address_to(asep)


def test_it_leaves_no_note_and_no_package(fetching: Shipment, rina: Person, asep: Person) -> None:
    before = lines()
    with pytest.raises(WrongState, match="no packages"):
        fetching.issue_note(by=rina)
    with pytest.raises(WrongState):
        fetching.deliver(by=asep, receiver="Dewi", count=1, pin=fetching.pin)
    assert lines() == before


def test_what_brings_packages_fetches_nothing(
    leaving: Shipment, asep: Person, rina: Person
) -> None:
    with pytest.raises(WrongState, match="nothing is fetched"):
        leaving.fetch(by=asep, giver="Dewi", count=1, pin=leaving.pin)
    with pytest.raises(WrongState, match="nothing is fetched"):
        leaving.come_in_vain(by=asep, reason="nobody", note="", client_id="")
    with pytest.raises(WrongState, match="nothing is fetched"):
        leaving.bring_in(by=rina, count=1)
    with pytest.raises(WrongState, match="nothing is fetched"):
        leaving.plan_fetch(by=asep, next_on=clock.today())
    wrong = "0000" if leaving.pin != "0000" else "1111"
    with pytest.raises(WrongState, match="nothing is fetched"):  # whatever the PIN
        leaving.fetch(by=asep, giver="Dewi", count=1, pin=wrong)
    leaving.refresh_from_db()
    assert (leaving.status, leaving.handovers.count(), leaving.wrong_pins) == ("accepted", 0, 0)


def test_who_may(
    fetching: Shipment, order: Order, dewi: Person, joko: Person, asep: Person, sari: Person
) -> None:
    for other in (dewi, joko):
        with pytest.raises(NotAllowed):
            fetching.fetch(by=other, giver="Dewi", count=3, pin=fetching.pin)
        with pytest.raises(NotAllowed):
            fetching.fail(by=other, reason="nobody")
        with pytest.raises(NotAllowed):
            fetching.plan_fetch(by=other, next_on=clock.today())
        with pytest.raises(NotAllowed):
            Shipment.call_for(by=other, order=order, pairs=1)
    for other in (asep, dewi, sari):  # the stock-keeper counts
        with pytest.raises(NotAllowed):
            fetching.bring_in(by=other, count=3)
    for other in (asep, dewi, sari):  # that follows from what the ticket says
        with pytest.raises(NotAllowed):
            fetching.call_off(by=other)
    fetching.refresh_from_db()
    assert (fetching.status, Shipment.objects.count()) == ("accepted", 1)
