"""At the door: a signature, what is damaged, and packages that are not taken."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simpul import testing
from simpul.conversations.models import Ticket
from simpul.delivery.models import (
    Handover,
    NoProof,
    NotCounted,
    NothingTaken,
    Package,
    Reason,
    Shipment,
    Status,
)
from simpul.delivery.tests.conftest import Shelves
from simpul.orders.models import LineSize
from simpul.parties.models import AccessLink, Party, Person
from simpul.workflow.steps import WrongState


def packages_of(shipment: Shipment) -> list[Package]:
    return list(shipment.packages.order_by("number"))


def deliver(shipment: Shipment, by: Person, **facts: Any) -> None:
    said: dict[str, Any] = {"receiver": "Bu Dewi", "count": 2, "pin": shipment.pin} | facts
    shipment.deliver(by=by, **said)


def tracks() -> tuple[int, int, int]:
    """Return how many pairs are packed, picked up and delivered."""
    rows = list(LineSize.objects.all())
    return (
        sum(row.packed for row in rows),
        sum(row.picked_up for row in rows),
        sum(row.delivered for row in rows),
    )


def test_a_signature_is_a_proof(on_the_way: Shipment, asep: Person) -> None:
    deliver(on_the_way, asep, pin="", signature=testing.picture())
    proof = Handover.objects.get(kind=Handover.Kind.DELIVERED)
    assert (proof.with_pin, proof.photo) == (False, None)
    assert proof.signature is not None


def test_after_five_wrong_pins_it_is_none(on_the_way: Shipment, asep: Person) -> None:
    Shipment.objects.update(wrong_pins=5)
    with pytest.raises(NoProof):
        deliver(on_the_way, asep, pin="", signature=testing.picture())
    on_the_way.refresh_from_db()
    assert on_the_way.status == Status.PICKED_UP


def test_damage_is_taken_and_a_ticket_opens_with_its_pictures(
    on_the_way: Shipment, asep: Person
) -> None:
    pictures = [testing.picture(60), testing.picture(40)]
    deliver(on_the_way, asep, note="kardus 2 basah", damage=pictures)
    on_the_way.refresh_from_db()
    assert on_the_way.status == Status.DELIVERED
    ticket = Ticket.objects.about(on_the_way).get()
    said = Handover.objects.get(pk=ticket.facts["handover"])
    assert (said.note, said.refused) == ("kardus 2 basah", 0)
    assert said.damage is not None
    assert said.damage_more is not None
    assert "basah" not in str([entry.facts for entry in on_the_way.journal.all()])


def test_without_a_remark_there_is_no_ticket(on_the_way: Shipment, asep: Person) -> None:
    deliver(on_the_way, asep)
    assert not Ticket.objects.exists()


def test_what_is_not_taken_stays_with_the_courier(
    on_the_way: Shipment, asep: Person, shelves: Shelves, rina: Person
) -> None:
    _first, second = packages_of(on_the_way)
    deliver(on_the_way, asep, count=1, refused=[second], note="salah warna")

    on_the_way.refresh_from_db()
    rest = Shipment.objects.exclude(pk=on_the_way.pk).get()
    assert (on_the_way.status, rest.status) == (Status.DELIVERED, Status.FAILED)
    assert (rest.courier, rest.reason) == (on_the_way.courier, Reason.REFUSED)
    assert packages_of(rest) == [second]
    assert shelves() == (0, 0, 5)
    assert tracks() == (10, 10, 5)
    said = on_the_way.handovers.get(kind=Handover.Kind.DELIVERED)
    assert (said.count, said.refused) == (1, 1)
    assert AccessLink.objects.filter(person=asep).count() == 2  # for the rest, too

    rest.take_back(by=rina, count=1)
    assert shelves() == (0, 5, 0)
    assert tracks() == (10, 5, 5)
    assert Package.objects.waiting().get() == second


def test_the_rest_is_brought_once_more(on_the_way: Shipment, asep: Person) -> None:
    deliver(on_the_way, asep, count=1, refused=packages_of(on_the_way)[1:])
    rest = Shipment.objects.exclude(pk=on_the_way.pk).get()
    deliver(rest, asep, count=1, pin=rest.pin)
    assert tracks() == (10, 10, 10)
    assert rest.status == Status.DELIVERED
    assert rest.packages.get().order.status == "fulfilled"


def test_the_rest_gets_a_note_of_its_own(on_the_way: Shipment, asep: Person, rina: Person) -> None:
    deliver(on_the_way, asep, count=1, refused=packages_of(on_the_way)[1:])
    rest = Shipment.objects.exclude(pk=on_the_way.pk).get()
    rest.issue_note(by=rina)
    paper = rest.note_paper()
    assert paper is not None
    assert len(paper.facts["packages"]) == 1
    for shipment in (rest, on_the_way):
        with pytest.raises(WrongState):
            shipment.issue_note(by=rina)


def test_the_telephone_says_it_once(on_the_way: Shipment, asep: Person) -> None:
    refused = packages_of(on_the_way)[1:]
    for _turn in range(2):
        deliver(on_the_way, asep, count=1, refused=refused, client_id="phone-1")
    assert (Shipment.objects.count(), Ticket.objects.count()) == (2, 1)


def test_nothing_taken_is_no_delivery(on_the_way: Shipment, asep: Person, shelves: Shelves) -> None:
    with pytest.raises(NothingTaken):
        deliver(on_the_way, asep, count=0, refused=packages_of(on_the_way))
    on_the_way.refresh_from_db()
    assert (on_the_way.status, Shipment.objects.count()) == (Status.PICKED_UP, 1)
    assert shelves() == (0, 0, 10)


def test_what_is_taken_is_counted(on_the_way: Shipment, asep: Person) -> None:
    with pytest.raises(NotCounted):
        deliver(on_the_way, asep, refused=packages_of(on_the_way)[1:])
    assert Shipment.objects.count() == 1


def test_a_package_of_another_shipment_is_not_refused_here(
    on_the_way: Shipment, buyer: Party, asep: Person
) -> None:
    other = testing.shipment_on_the_way(buyer, asep)
    deliver(on_the_way, asep, count=2, refused=packages_of(other)[:1])
    other.refresh_from_db()
    assert (other.status, other.packages.count()) == (Status.PICKED_UP, 2)
    assert Shipment.objects.count() == 2


@pytest.mark.django_db
@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_pairs_are_exact_whatever_is_not_taken(
    buyer: Party, rina: Person, asep: Person, data: st.DataObject
) -> None:
    """Each pair is delivered once or back in its carton, over any number of refusals."""
    sent = testing.shipment_on_the_way(buyer, asep)
    order = sent.packages.all()[0].order
    sizes = LineSize.objects.filter(line__order=order)
    carried = [sent]
    while carried:
        shipment = carried.pop()
        here = packages_of(shipment)
        refused = data.draw(st.lists(st.sampled_from(here), unique=True, max_size=len(here) - 1))
        known = set(Shipment.objects.values_list("pk", flat=True))
        deliver(shipment, asep, count=len(here) - len(refused), refused=refused)
        rest = list(Shipment.objects.exclude(pk__in=known))
        inside = sum(package.pairs for package in refused)
        assert sum(size.picked_up - size.delivered for size in sizes.all()) == inside
        if rest and data.draw(st.sampled_from(("back", "once more"))) == "back":
            rest[0].take_back(by=rina, count=len(refused))
            assert sum(size.packed - size.picked_up for size in sizes.all()) == inside
        else:
            carried += rest
