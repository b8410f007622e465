"""When nobody takes the packages."""

from __future__ import annotations

import pytest

from simpul.delivery.models import Handover, NotCounted, Package, Part, Reason, Shipment, Status
from simpul.delivery.tests.conftest import Shelves
from simpul.lib import clock
from simpul.orders.models import LineSize
from simpul.parties.models import Person, Workshop
from simpul.workflow.steps import NotAllowed, WrongState, keyed


@pytest.fixture
def failed(on_the_way: Shipment, asep: Person) -> Shipment:
    on_the_way.fail(by=asep, reason=Reason.NOBODY, note="Pak Joko di sebelah juga pergi")
    return on_the_way


def test_the_courier_says_why(failed: Shipment, asep: Person, shelves: Shelves) -> None:
    assert (failed.status, failed.reason) == (Status.FAILED, Reason.NOBODY)
    assert shelves() == (0, 0, 10)
    said = Handover.objects.get(kind=Handover.Kind.FAILED)
    assert (said.note, said.by) == ("Pak Joko di sebelah juga pergi", asep)
    assert failed.journal.get(step="delivery.fail").facts == {
        "reason": "nobody",
        "client_id": "",
    }


def test_the_same_phone_says_it_once(on_the_way: Shipment, asep: Person) -> None:
    for form in ("form", "another form"):
        with keyed(form):
            on_the_way.fail(by=asep, reason=Reason.NOBODY, client_id="phone-1")

    assert Handover.objects.get(kind=Handover.Kind.FAILED).client_id == "phone-1"
    assert on_the_way.journal.filter(step="delivery.fail").count() == 1


def test_not_twice(failed: Shipment, asep: Person) -> None:
    with pytest.raises(WrongState):
        failed.fail(by=asep, reason=Reason.NOBODY)

    assert Handover.objects.filter(kind=Handover.Kind.FAILED).count() == 1


def test_the_buyer_may_not_say_so(on_the_way: Shipment, dewi: Person) -> None:
    with pytest.raises(NotAllowed):
        on_the_way.fail(by=dewi, reason=Reason.NOBODY)

    on_the_way.refresh_from_db()
    assert on_the_way.status == Status.PICKED_UP


def test_the_same_courier_may_try_again(failed: Shipment, asep: Person) -> None:
    failed.deliver(by=asep, receiver="Bu Dewi", count=2, pin=failed.pin)

    assert (failed.status, failed.reason) == (Status.DELIVERED, "")


def test_it_comes_back(failed: Shipment, rina: Person, shelves: Shelves) -> None:
    failed.take_back(by=rina, count=2)

    assert failed.status == Status.RETURNED
    assert shelves() == (0, 10, 0)
    assert {size.picked_up for size in LineSize.objects.all()} == {0}
    assert failed.journal.get(step="delivery.take_back").facts == {"count": 2}
    with pytest.raises(WrongState):
        failed.take_back(by=rina, count=2)


def test_what_came_back_goes_out_in_another_shipment(failed: Shipment, rina: Person) -> None:
    failed.take_back(by=rina, count=2)

    again = Shipment.open(by=rina, orders=failed.orders, mode=Shipment.Mode.OWN)

    assert again.packages.count() == 2
    again.issue_note(by=rina)
    again.hand_over(by=rina, count=2)
    again.deliver(by=rina, receiver="Bu Dewi", count=2, pin=again.pin)
    assert Shipment.objects.get(pk=again.pk).first_order.status == "fulfilled"


def test_all_that_left_must_come_back(failed: Shipment, rina: Person, shelves: Shelves) -> None:
    with pytest.raises(NotCounted):
        failed.take_back(by=rina, count=1)

    assert shelves() == (0, 0, 10)
    assert not Package.objects.waiting().exists()


def test_the_courier_may_not_take_back(failed: Shipment, asep: Person) -> None:
    with pytest.raises(NotAllowed):
        failed.take_back(by=asep, count=2)

    failed.refresh_from_db()
    assert failed.status == Status.FAILED


def test_the_next_attempt_is_planned(failed: Shipment, asep: Person, shelves: Shelves) -> None:
    failed.plan_attempt(by=asep, next_on=clock.in_days(1), next_part="morning")

    failed.refresh_from_db()
    assert (failed.status, failed.next_on) == (Status.PICKED_UP, clock.in_days(1))
    assert (failed.reason, failed.failures[0].reason) == ("", "nobody")
    assert failed.next_part == Part.MORNING
    assert shelves() == (0, 0, 10)


def test_attempts_are_counted_with_their_reasons(failed: Shipment, asep: Person) -> None:
    failed.plan_attempt(by=asep, next_on=clock.today())
    failed.fail(by=asep, reason=Reason.ADDRESS)

    seen = Shipment.objects.for_page().get()
    assert [one.reason for one in seen.failures] == ["nobody", "address"]
    assert (seen.status, seen.next_on, seen.had_its_attempts) == (Status.FAILED, None, False)


def test_after_as_many_as_the_workshop_wants_they_come_back(failed: Shipment, asep: Person) -> None:
    Workshop.objects.update(delivery_attempts=1)
    assert Shipment.objects.for_page().get().had_its_attempts


def test_the_telephone_says_failure_and_next_attempt_in_one(
    on_the_way: Shipment, asep: Person
) -> None:
    for _turn in range(2):
        on_the_way.fail(
            by=asep, reason=Reason.NOBODY, client_id="phone-1", next_on=clock.in_days(2)
        )
    assert (on_the_way.status, on_the_way.next_on) == (Status.PICKED_UP, clock.in_days(2))
    assert Handover.objects.filter(kind=Handover.Kind.FAILED).count() == 1


@pytest.mark.parametrize("days", [-1, 31])
def test_a_day_that_cannot_be_changes_nothing(
    on_the_way: Shipment, asep: Person, days: int
) -> None:
    with pytest.raises(WrongState):
        on_the_way.fail(by=asep, reason=Reason.NOBODY, next_on=clock.in_days(days))
    on_the_way.refresh_from_db()
    assert on_the_way.status == Status.PICKED_UP
    assert not on_the_way.handovers.filter(kind=Handover.Kind.FAILED).exists()


def test_the_buyer_plans_no_attempt(failed: Shipment, dewi: Person) -> None:
    with pytest.raises(NotAllowed):
        failed.plan_attempt(by=dewi, next_on=clock.today())
    failed.refresh_from_db()
    assert failed.status == Status.FAILED
