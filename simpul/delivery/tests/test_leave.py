"""The note, the two counts, and the packages leave."""

from __future__ import annotations

import pytest

from simpul import testing
from simpul.delivery.models import Handover, NotCounted, Shipment, Status
from simpul.delivery.tests.conftest import Shelves
from simpul.lib import clock
from simpul.orders.models import GateShut, LineSize
from simpul.papers.models import Paper
from simpul.papers.pdf import pdf_of
from simpul.parties.models import Party, Person
from simpul.workflow.steps import NotAllowed, WrongState


def test_the_note_is_issued_once(leaving: Shipment, rina: Person) -> None:
    leaving.issue_note(by=rina)

    assert leaving.note_number == f"SJ-{clock.today().year}-0001"
    paper = leaving.note_paper()
    assert paper is not None
    assert (paper.kind, paper.party_id) == (Paper.Kind.DELIVERY_NOTE, leaving.buyer_id)
    assert leaving.journal.get(step="delivery.issue_note").facts == {}
    with pytest.raises(WrongState):
        leaving.issue_note(by=rina)
    assert Paper.objects.filter(kind=Paper.Kind.DELIVERY_NOTE).count() == 1


def test_the_note_says_what_travels_but_no_price_and_no_pin(
    leaving: Shipment, rina: Person
) -> None:
    Shipment.objects.filter(pk=leaving.pk).update(pin="7391", fee=35_123)
    leaving.issue_note(by=rina)

    facts = Paper.objects.get(kind=Paper.Kind.DELIVERY_NOTE).facts
    assert facts["receiver"]["name"] == "Dewi"
    assert facts["receiver"]["lines"][0] == "Toko Dewi"
    assert (len(facts["packages"]), facts["total_pairs"]) == (2, "10")
    assert facts["signatures"]["courier"] == "Ojek Asep"
    text = str(facts)
    for secret in ("7391", "35_123", "35.123", "200.000", "2.000.000"):
        assert secret not in text
    paper = Paper.objects.get(kind=Paper.Kind.DELIVERY_NOTE)
    assert pdf_of(paper).startswith(b"%PDF-")


def test_money_comes_before_the_note(buyer: Party, rina: Person, asep: Person) -> None:
    leaving = testing.accepted_shipment(buyer, asep, paid=False)

    with pytest.raises(GateShut):
        leaving.issue_note(by=rina)

    leaving.refresh_from_db()
    assert leaving.note_number == ""
    assert not Paper.objects.filter(kind=Paper.Kind.DELIVERY_NOTE).exists()


def test_production_may_not_issue(leaving: Shipment, udin: Person) -> None:
    with pytest.raises(NotAllowed):
        leaving.issue_note(by=udin)

    assert not Paper.objects.filter(kind=Paper.Kind.DELIVERY_NOTE).exists()


def test_both_count_and_it_leaves(
    leaving: Shipment, rina: Person, asep: Person, shelves: Shelves
) -> None:
    leaving.issue_note(by=rina)
    leaving.hand_over(by=rina, count=2)
    assert (leaving.status, shelves()) == (Status.ACCEPTED, (0, 10, 0))

    leaving.pick_up(by=asep, count=2)

    leaving.refresh_from_db()
    assert (leaving.status, shelves()) == (Status.PICKED_UP, (0, 0, 10))
    assert leaving.left_at is not None
    kinds = leaving.handovers.order_by("pk").values_list("kind", "count", "by")
    assert list(kinds) == [("out", 2, rina.pk), ("up", 2, asep.pk)]
    assert {size.picked_up for size in LineSize.objects.all()} == {4, 6}
    assert leaving.journal.get(step="delivery.hand_over").facts == {"count": 2}
    assert leaving.journal.get(step="delivery.pick_up").facts == {"count": 2}
    assert leaving.journal.get(step="delivery.leave").by == leaving.workshop.machine


def test_not_without_a_note(leaving: Shipment, rina: Person) -> None:
    with pytest.raises(WrongState):
        leaving.hand_over(by=rina, count=2)

    assert not Handover.objects.exists()


def test_the_courier_counts_after_the_workshop(
    leaving: Shipment, rina: Person, asep: Person
) -> None:
    leaving.issue_note(by=rina)

    with pytest.raises(NotCounted):
        leaving.pick_up(by=asep, count=2)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_who_counts_otherwise_counts_again(
    leaving: Shipment, rina: Person, asep: Person, shelves: Shelves, count: int
) -> None:
    leaving.issue_note(by=rina)
    with pytest.raises(NotCounted):
        leaving.hand_over(by=rina, count=count)
    leaving.hand_over(by=rina, count=2)
    with pytest.raises(NotCounted):
        leaving.pick_up(by=asep, count=count)

    assert shelves() == (0, 10, 0)
    assert Handover.objects.count() == 1


def test_the_gate_can_shut_again_after_the_note(
    leaving: Shipment, rina: Person, asep: Person, shelves: Shelves
) -> None:
    leaving.issue_note(by=rina)
    leaving.first_order.instalments.get(position=2).give_back(1)

    with pytest.raises(GateShut):
        leaving.hand_over(by=rina, count=2)

    assert shelves() == (0, 10, 0)


def test_without_a_courier_the_workshop_counts_alone(
    buyer: Party, rina: Person, shelves: Shelves
) -> None:
    own = testing.shipment(buyer, Shipment.Mode.OWN)
    own.issue_note(by=rina)

    own.hand_over(by=rina, count=2)

    own.refresh_from_db()
    assert (own.status, shelves()) == (Status.PICKED_UP, (0, 0, 10))


def test_not_twice(on_the_way: Shipment, rina: Person, asep: Person) -> None:
    with pytest.raises(WrongState):
        on_the_way.hand_over(by=rina, count=2)
    with pytest.raises(WrongState):
        on_the_way.pick_up(by=asep, count=2)

    assert Handover.objects.count() == 2


def test_the_wrong_side_may_not(leaving: Shipment, rina: Person, asep: Person) -> None:
    leaving.issue_note(by=rina)
    with pytest.raises(NotAllowed):
        leaving.hand_over(by=asep, count=2)
    with pytest.raises(NotAllowed):
        leaving.pick_up(by=rina, count=2)
    for person in (rina, asep):
        with pytest.raises(NotAllowed):
            leaving.leave(by=person)

    assert not Handover.objects.exists()
