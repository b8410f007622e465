"""Cartons, and a shipment that is on the way."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simpul import testing
from simpul.delivery.models import Shipment
from simpul.orders.models import LineSize, Order
from simpul.parties.models import Party, Person
from simpul.stock.models import Balance, Location

type Shelves = Callable[[], tuple[int, int, int]]


@pytest.fixture
def order(buyer: Party) -> Order:
    """Ten finished pairs, 4 of 40 and 6 of 41, in no carton yet."""
    order = testing.needy_order(buyer)
    testing.shelve(order)
    return order


@pytest.fixture
def sizes(order: Order) -> dict[str, LineSize]:
    rows = LineSize.objects.filter(line__order=order).select_related("variant")
    return {size.variant.size: size for size in rows}


@pytest.fixture
def shipment(buyer: Party, rina: Person) -> Shipment:
    return testing.shipment(buyer)


@pytest.fixture
def leaving(buyer: Party, rina: Person, asep: Person) -> Shipment:
    """Accepted by Asep."""
    return testing.accepted_shipment(buyer, asep)


@pytest.fixture
def on_the_way(buyer: Party, rina: Person, asep: Person) -> Shipment:
    return testing.shipment_on_the_way(buyer, asep)


@pytest.fixture
def shelves(db: None) -> Shelves:
    """Return how many pairs lie finished, packed and on the way."""

    def ask() -> tuple[int, int, int]:
        found = Balance.objects.filter(item__material=None).values_list("location__kind", "on_hand")
        sums: dict[str, int] = {}
        for kind, pairs in found:
            sums[kind] = sums.get(kind, 0) + pairs
        kinds = (Location.Kind.FINISHED, Location.Kind.PACKED, Location.Kind.TRANSIT)
        finished, packed, transit = (sums.get(kind, 0) for kind in kinds)
        return finished, packed, transit

    return ask
