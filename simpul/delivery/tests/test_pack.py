from __future__ import annotations

import pytest

from simpul import testing
from simpul.delivery import packing
from simpul.delivery.models import Package
from simpul.delivery.tests.conftest import Shelves
from simpul.orders.models import Gate, GateShut, LineSize, Order
from simpul.parties.models import Party, Person
from simpul.stock.models import Movement, Reservation
from simpul.workflow.steps import NotAllowed, WrongState, keyed

type Sizes = dict[str, LineSize]


def test_pairs_go_into_the_next_carton(
    order: Order, sizes: Sizes, rina: Person, shelves: Shelves
) -> None:
    package = Package.pack(by=rina, order=order, contents={sizes["40"]: 4, sizes["41"]: 1})

    assert (package.number, package.pairs) == (1, 5)
    assert [text.partition(": ")[2] for text in package.contents] == ["40 ×4, 41 ×1"]
    assert shelves() == (5, 5, 0)
    sizes["41"].refresh_from_db()
    assert sizes["41"].packed == 1
    places = Reservation.of(sizes["41"]).values_list("balance__location__kind", "quantity")
    assert dict(places) == {"finished": 5, "packed": 1}
    entry = package.journal.get()
    assert (entry.step, entry.by) == ("delivery.pack", rina)
    assert entry.facts["contents"] == {str(sizes["40"].pk): 4, str(sizes["41"].pk): 1}


def test_no_more_than_is_made(order: Order, sizes: Sizes, rina: Person, shelves: Shelves) -> None:
    with pytest.raises(WrongState, match="4"):
        Package.pack(by=rina, order=order, contents={sizes["40"]: 5})

    assert not Package.objects.exists()
    assert shelves() == (10, 0, 0)


def test_nothing_is_no_carton(order: Order, sizes: Sizes, rina: Person) -> None:
    for contents in ({}, {sizes["40"]: 0}, {sizes["40"]: -1}):
        with pytest.raises(WrongState):
            Package.pack(by=rina, order=order, contents=contents)


def test_pairs_of_another_order_stay_out(
    order: Order, sizes: Sizes, buyer: Party, rina: Person
) -> None:
    other = testing.needy_order(buyer)
    with pytest.raises(WrongState):
        Package.pack(by=rina, order=other, contents={sizes["40"]: 1})


def test_a_gate_before_packing_stays_shut(order: Order, sizes: Sizes, rina: Person) -> None:
    order.instalments.filter(position=2).update(gate=Gate.PACKING)

    with pytest.raises(GateShut):
        Package.pack(by=rina, order=order, contents={sizes["40"]: 1})

    assert not Movement.objects.filter(reason="delivery.pack").exists()


def test_the_buyer_may_not(order: Order, sizes: Sizes, dewi: Person, shelves: Shelves) -> None:
    with pytest.raises(NotAllowed):
        Package.pack(by=dewi, order=order, contents={sizes["40"]: 1})

    assert shelves() == (10, 0, 0)


def test_the_same_form_packs_once(order: Order, sizes: Sizes, rina: Person) -> None:
    for _again in range(2):
        with keyed("form"):
            Package.pack(by=rina, order=order, contents={sizes["40"]: 1})

    assert Package.objects.count() == 1


def test_fill_makes_whole_cartons_and_one_with_the_rest(
    order: Order, sizes: Sizes, rina: Person, shelves: Shelves
) -> None:
    packing.fill(order, by=rina, pairs=4)

    packages = Package.objects.for_list()
    assert [(one.number, one.pairs) for one in packages] == [(1, 4), (2, 4), (3, 2)]
    assert shelves() == (0, 10, 0)
    entry = order.journal.get(step="delivery.fill")
    assert (entry.by, entry.facts) == (rina, {"pairs": 4})


def test_fill_with_the_same_form_fills_once(order: Order, rina: Person) -> None:
    for _again in range(2):
        with keyed("form"):
            packing.fill(order, by=rina, pairs=10)

    assert Package.objects.count() == 1


def test_there_must_be_something_to_fill(order: Order, rina: Person) -> None:
    packing.fill(order, by=rina, pairs=10)
    for pairs in (10, 0):
        with pytest.raises(WrongState):
            packing.fill(order, by=rina, pairs=pairs)


def test_sales_may_not_fill(order: Order, sari: Person, shelves: Shelves) -> None:
    with pytest.raises(NotAllowed):
        packing.fill(order, by=sari, pairs=10)

    assert shelves() == (10, 0, 0)


def test_unpack_puts_the_pairs_back(
    order: Order, sizes: Sizes, rina: Person, shelves: Shelves
) -> None:
    package = Package.pack(by=rina, order=order, contents={sizes["40"]: 4})

    package.unpack(by=rina)

    assert shelves() == (10, 0, 0)
    sizes["40"].refresh_from_db()
    assert sizes["40"].packed == 0
    assert package.journal.filter(step="delivery.unpack").count() == 1
    with pytest.raises(WrongState):
        package.unpack(by=rina)
    assert Package.pack(by=rina, order=order, contents={sizes["40"]: 4}).number == 2


def test_a_package_in_a_shipment_stays_packed(buyer: Party, rina: Person, shelves: Shelves) -> None:
    package = testing.shipment(buyer).packages.order_by("pk")[0]

    with pytest.raises(WrongState):
        package.unpack(by=rina)

    assert shelves() == (0, 10, 0)


def test_finance_may_not_unpack(order: Order, sizes: Sizes, rina: Person, fajar: Person) -> None:
    package = Package.pack(by=rina, order=order, contents={sizes["40"]: 4})

    with pytest.raises(NotAllowed):
        package.unpack(by=fajar)

    package.refresh_from_db()
    assert package.unpacked_at is None
