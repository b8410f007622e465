"""Several orders of a buyer that go to one door in one shipment."""

from __future__ import annotations

from typing import Any

import pytest

from simpul import testing
from simpul.conversations import notices
from simpul.conversations.models import Notice, Ticket
from simpul.delivery.labels import Sheet, label_facts, packing_list_facts
from simpul.delivery.models import Load, Package, Shipment, Status
from simpul.lib import clock
from simpul.orders.models import GateShut, Instalment, Order
from simpul.papers.models import Paper
from simpul.parties.models import Identity, Party, Person
from simpul.payments.models import CashHanding, Collection, TooMuch
from simpul.workflow.steps import WrongState


@pytest.fixture
def first(buyer: Party) -> Order:
    return testing.packed_order(buyer)


@pytest.fixture
def second(buyer: Party) -> Order:
    return testing.packed_order(buyer)


@pytest.fixture
def both(first: Order, second: Order, rina: Person, asep: Person) -> Shipment:
    """Four packages of two orders that Asep has accepted."""
    shipment = Shipment.open(by=rina, orders=[second, first], mode="ojek", fee=50_000)
    testing.offer_to(shipment, asep)
    shipment.accept(by=asep)
    return shipment


def to_the_courier(*orders: Order) -> None:
    """Let the rest of each, 1.400.000, be paid at the door."""
    Instalment.objects.filter(order__in=orders, position=2).update(gate=5, paid=0)


def leave(shipment: Shipment, asep: Person) -> None:
    rina, count = testing.keeper(shipment.workshop), shipment.packages.count()
    shipment.issue_note(by=rina)
    shipment.hand_over(by=rina, count=count)
    shipment.pick_up(by=asep, count=count)


def deliver(shipment: Shipment, asep: Person, **facts: Any) -> None:
    count = shipment.packages.count()
    shipment.deliver(by=asep, receiver="Dewi", count=count, pin=shipment.pin, **facts)


def test_one_way_for_both(both: Shipment, first: Order, second: Order, asep: Person) -> None:
    assert both.orders == [first, second]
    assert both.packages.count() == 4
    assert both.journal.get(step="delivery.open").facts["orders"] == [second.pk, first.pk]

    leave(both, asep)
    deliver(both, asep)

    assert {one.status for one in Order.objects.all()} == {"fulfilled"}
    assert both.known_as == f"{first}, {second}"
    for order in (first, second):
        assert Shipment.objects.of(order).get() == both
        assert both in Shipment.objects.search(order.number)


@pytest.mark.parametrize(
    "other",
    [
        {"address": "Jl. Lain 2"},
        {"receiver": "Toko lain"},
        {"in_buyers_name": True},
        {"buyer": None},
    ],
    ids=str,
)
def test_only_to_one_door(
    first: Order, second: Order, rina: Person, buyer: Party, other: dict[str, Any]
) -> None:
    if "buyer" in other:
        other = {"buyer": testing.party(buyer.workshop, "Toko Lain")}
    Order.objects.filter(pk=second.pk).update(**other)
    second.refresh_from_db()
    assert second not in Order.objects.at_the_door_of(first)

    with pytest.raises(WrongState):
        Shipment.open(by=rina, orders=[first, second], mode="ojek")

    assert not Shipment.objects.exists()
    assert Package.objects.waiting().count() == 4


def test_each_must_have_a_package_that_waits(
    first: Order, second: Order, rina: Person, sari: Person
) -> None:
    Shipment.open(by=rina, orders=[second], mode="ojek")

    with pytest.raises(WrongState):
        Shipment.open(by=rina, orders=[first, second], mode="ojek")

    assert Load.objects.count() == 1


def test_the_gate_of_each_must_be_open(both: Shipment, second: Order, rina: Person) -> None:
    second.instalments.get(position=2).give_back(1)

    with pytest.raises(GateShut, match=second.number):
        both.issue_note(by=rina)

    both.refresh_from_db()
    assert both.note_number == ""


def test_the_papers_show_the_packages_by_order(
    both: Shipment, first: Order, second: Order, rina: Person
) -> None:
    both.issue_note(by=rina)

    paper = both.note_paper()
    assert paper is not None
    heads = [one["head"] for one in paper.facts["packages"]]
    assert heads == [f"Pesanan {first}", "", f"Pesanan {second}", ""]
    listed = [one["head"] for one in packing_list_facts(both)["packages"]]
    assert listed == [f"Order {first}", "", f"Order {second}", ""]
    assert ["Pesanan", f"{first}, {second}"] in paper.facts["details"]
    assert "Rp" not in str(paper.facts)
    for order in (first, second):
        assert paper in Paper.objects.about(order)
    printed = label_facts(both, Sheet.A4, page_of=lambda package: "")["labels"]
    assert [one["order"] for one in printed] == [str(one) for one in (first, first, second, second)]
    assert [one["place"][-3:] for one in printed] == ["1/4", "2/4", "3/4", "4/4"]


def test_one_sum_at_the_door_is_divided_among_the_orders(
    both: Shipment, first: Order, second: Order, asep: Person
) -> None:
    to_the_courier(first, second)
    assert both.cash_to_collect() == 2_800_000
    leave(both, asep)
    with pytest.raises(TooMuch):
        deliver(both, asep, collected=2_800_001)

    deliver(both, asep, collected=2_000_000)

    rows = Collection.objects.order_by("pk").values_list("order", "asked", "collected")
    assert list(rows) == [
        (first.pk, 1_400_000, 1_400_000),
        (second.pk, 1_400_000, 600_000),
    ]
    assert Ticket.objects.get().facts["order"] == second.number
    assert (both.asked, both.collected, both.held) == (2_800_000, 2_000_000, 2_000_000)
    CashHanding.hand(by=asep, courier=asep.party, said=2_000_000, collections=both.collections)
    assert both.held == 0


def test_money_at_the_door_is_for_what_was_taken(
    both: Shipment, first: Order, second: Order, asep: Person
) -> None:
    to_the_courier(first, second)
    leave(both, asep)
    refused = list(both.packages.filter(order=first))
    told: dict[str, Any] = {"receiver": "Dewi", "count": 2, "pin": both.pin}
    both.deliver(by=asep, refused=refused, collected=1_400_000, **told)
    said = Collection.objects.filter(load__shipment=both).values_list("order", "collected")
    assert dict(said) == {first.pk: 0, second.pk: 1_400_000}
    rest = Shipment.objects.exclude(pk=both.pk).get()
    assert (rest.orders, rest.cash_to_collect()) == ([first], 1_400_000)
    arrived = dict(Order.objects.order_by("pk").values_list("pk", "arrived_on"))
    assert arrived == {first.pk: None, second.pk: clock.today()}


def test_each_number_of_the_receiver_is_known_once(
    both: Shipment, first: Order, second: Order, rina: Person
) -> None:
    for order, telephone in ((first, ""), (second, "+6281200000002")):
        Order.objects.filter(pk=order.pk).update(telephone=telephone)
    mine = Shipment.objects.get(pk=both.pk)
    assert mine.telephones == ["+6281200000002"]
    Order.objects.filter(pk=first.pk).update(telephone="+6281200000001")
    mine = Shipment.objects.get(pk=both.pk)
    mine.issue_note(by=rina)
    paper = mine.note_paper()
    assert paper is not None
    assert paper.facts["receiver"]["lines"][-2:] == ["0812-0000-0001", "0812-0000-0002"]


def test_more_orders_than_a_notice_has_room_for_are_told_by_the_shipments_number(
    buyer: Party, rina: Person, asep: Person, sari: Person
) -> None:
    orders = [testing.packed_order(buyer) for _n in range(4)]
    shipment = Shipment.open(by=rina, orders=orders, mode="ojek")
    testing.offer_to(shipment, asep)
    shipment.accept(by=asep)
    Identity.objects.create(
        workshop=sari.workshop, person=sari, kind="mail", value="sari@example.com"
    )
    notices.tell()
    told = Notice.objects.get(entry__step="delivery.accept", person=sari)
    assert told.label == shipment.number


def test_only_what_is_paid_at_the_door_is_asked_there(
    both: Shipment, second: Order, asep: Person
) -> None:
    to_the_courier(second)

    leave(both, asep)

    assert Collection.objects.get().order == second
    assert both.asked == 1_400_000


def test_a_failed_one_takes_all_back(
    both: Shipment, first: Order, second: Order, asep: Person, rina: Person
) -> None:
    to_the_courier(first, second)
    leave(both, asep)
    both.fail(by=asep, reason="nobody")

    both.take_back(by=rina, count=4)

    assert both.status == Status.RETURNED
    assert Package.objects.waiting().count() == 4
    assert both.orders == [first, second]  # they still know that it tried
    assert set(Collection.objects.values_list("status", flat=True)) == {"void"}
    assert Shipment.open(by=rina, orders=[first], mode="own").packages.count() == 2
