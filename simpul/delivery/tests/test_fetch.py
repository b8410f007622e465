"""A courier fetches delivered pairs at the buyer's door: a shipment that goes the other way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from simpul import testing
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
    fetching.fetch(by=asep, count=2, pin=fetching.pin, note="Satu kardus basah.", client_id="a1")
    fetching.fetch(by=asep, count=2, pin=fetching.pin, client_id="a1")

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
        fetching.fetch(by=asep, count=3)
    with pytest.raises(WrongPin):
        fetching.fetch(by=asep, count=3, pin=wrong)
    for count in (0, 4):
        with pytest.raises(NotCounted):
            fetching.fetch(by=asep, count=count, pin=fetching.pin)

    fetching.refresh_from_db()
    assert (fetching.status, fetching.wrong_pins, lines()) == ("accepted", 1, before)
    assert not fetching.handovers.exists()


def test_the_desk_notes_what_a_courier_telephoned(fetching: Shipment, sari: Person) -> None:
    fetching.fetch(by=sari, count=3)
    assert fetching.status == "fetched"


def test_who_came_in_vain_keeps_the_job_and_says_when_he_comes_again(
    fetching: Shipment, asep: Person, dewi: Person
) -> None:
    tomorrow = clock.in_days(1)
    fetching.miss(by=asep, reason="nobody", client_id="a2", next_on=tomorrow, next_part="morning")
    fetching.miss(by=asep, reason="nobody", client_id="a2")

    fetching.refresh_from_db()
    assert (fetching.status, fetching.next_on, fetching.next_part) == (
        "accepted",
        tomorrow,
        "morning",
    )
    assert [one.get_reason_display() for one in fetching.failures] == ["nobody was there"]
    assert dewi in audience_of(line(fetching, "delivery.miss"))
    with pytest.raises(WrongState):
        fetching.miss(by=asep, reason="nobody", next_on=clock.today() - timedelta(days=1))
    fetching.fetch(by=asep, count=3, pin=fetching.pin)
    assert (fetching.reason, fetching.next_on) == ("", None)


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
        leaving.fetch(by=asep, count=1, pin=leaving.pin)
    with pytest.raises(WrongState, match="nothing is fetched"):
        leaving.miss(by=asep, reason="nobody")
    with pytest.raises(WrongState, match="nothing is fetched"):
        leaving.bring_in(by=rina, count=1)
    leaving.refresh_from_db()
    assert (leaving.status, leaving.handovers.count()) == ("accepted", 0)


def test_who_may(
    fetching: Shipment, order: Order, dewi: Person, joko: Person, asep: Person, sari: Person
) -> None:
    for other in (dewi, joko):
        with pytest.raises(NotAllowed):
            fetching.fetch(by=other, count=3, pin=fetching.pin)
        with pytest.raises(NotAllowed):
            fetching.miss(by=other, reason="nobody")
        with pytest.raises(NotAllowed):
            Shipment.call_for(by=other, order=order, pairs=1)
    for other in (asep, dewi, sari):  # the stock-keeper counts
        with pytest.raises(NotAllowed):
            fetching.bring_in(by=other, count=3)
    fetching.refresh_from_db()
    assert (fetching.status, Shipment.objects.count()) == ("accepted", 1)
