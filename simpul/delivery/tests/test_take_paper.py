"""A signed delivery note comes back: what stands on it is entered, and delivers what is still out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from simpul import testing
from simpul.conversations.models import Ticket
from simpul.delivery.models import Handover, NotCounted, Shipment
from simpul.lib import clock
from simpul.parties.models import Party, Person
from simpul.workflow.steps import NotAllowed, WrongState

type Paper = dict[str, Any]


@pytest.fixture
def paper() -> Paper:
    return {
        "receiver": "Bu Dewi",
        "count": 2,
        "signed_on": clock.today(),
        "photo": testing.picture(),
    }


@pytest.fixture
def sent(buyer: Party, rina: Person) -> Shipment:
    """By an expedition, whose driver has no telephone."""
    made = testing.shipment(buyer, "expedition")
    made.issue_note(by=rina)
    made.hand_over(by=rina, count=2)
    return made


def test_it_delivers_what_is_out(sent: Shipment, rina: Person, paper: Paper) -> None:
    sent.take_paper(by=rina, **paper)
    sent.refresh_from_db()
    assert sent.status == "delivered"
    proof = sent.handovers.get(kind=Handover.Kind.DELIVERED)
    assert (proof.receiver, proof.signed_on, proof.with_pin) == ("Bu Dewi", clock.today(), False)
    assert proof.photo is not None
    assert not Ticket.objects.exists()


def test_it_arrived_on_the_day_that_stands_on_it(
    sent: Shipment, rina: Person, paper: Paper
) -> None:
    signed_on = clock.today()
    with clock.stopped(clock.now() + timedelta(days=3)):
        sent.take_paper(by=rina, **paper)
    assert (sent.arrived_on, sent.first_order.arrived_on) == (signed_on, signed_on)
    assert sent.is_noted_later


def test_a_remark_opens_a_ticket(sent: Shipment, rina: Person, paper: Paper) -> None:
    sent.take_paper(by=rina, **paper, note="1 kardus basah")
    ticket = Ticket.objects.about(sent).get()
    assert ticket.kind == "door"
    assert Handover.objects.get(pk=ticket.facts["handover"]).note == "1 kardus basah"
    assert "basah" not in str([entry.facts for entry in sent.journal.all()])


def test_what_a_carrier_delivered_gets_its_paper_later(
    sent: Shipment, rina: Person, paper: Paper
) -> None:
    sent.arrive_as_said(by=sent.workshop.machine, carrier="JNE")
    sent.take_paper(by=rina, **paper)
    assert sent.handovers.get(kind=Handover.Kind.PAPER).receiver == "Bu Dewi"
    with pytest.raises(WrongState):
        sent.take_paper(by=rina, **paper)
    assert sent.handovers.filter(kind=Handover.Kind.PAPER).count() == 1


def test_it_names_as_many_as_left(sent: Shipment, rina: Person, paper: Paper) -> None:
    with pytest.raises(NotCounted):
        sent.take_paper(by=rina, **paper | {"count": 1})
    sent.refresh_from_db()
    assert sent.status == "picked_up"


@pytest.mark.parametrize("days", [-1, 1])
def test_the_day_can_be_right(sent: Shipment, rina: Person, paper: Paper, days: int) -> None:
    day: date = clock.today() + timedelta(days=days)
    with pytest.raises(WrongState):
        sent.take_paper(by=rina, **paper | {"signed_on": day})
    sent.refresh_from_db()
    assert sent.status == "picked_up"


def test_finance_does_not_enter_it(sent: Shipment, fajar: Person, paper: Paper) -> None:
    with pytest.raises(NotAllowed):
        sent.take_paper(by=fajar, **paper)
    assert not sent.handovers.filter(kind="in").exists()
