"""Money, pairs and material as the apps above count them."""

from __future__ import annotations

import pytest

from simpul import testing
from simpul.lib import clock
from simpul.orders.models import Gate, GateShut, Instalment, LineSize, Order, OrderNeed, Track
from simpul.parties.models import Party, Person
from simpul.workflow.steps import WrongState


@pytest.fixture
def order(buyer: Party) -> Order:
    model = testing.product(buyer.workshop)
    testing.recipe(model, leather=3_200)
    return testing.confirmed_order(buyer, model)


def test_a_gate_opens_with_all_money_before_it(order: Order) -> None:
    down, rest = order.instalments.order_by("position")
    with pytest.raises(GateShut):
        order.demand_open(Gate.PROCUREMENT)

    down.receive(599_999)
    with pytest.raises(GateShut):
        order.demand_open(Gate.PROCUREMENT)

    down.receive(1)
    order.demand_open(Gate.PACKING)
    with pytest.raises(GateShut):
        order.demand_open(Gate.HAND_OVER)

    rest.receive(1_400_000)
    order.demand_open(Gate.HAND_OVER)


def test_a_gate_shuts_again_and_is_asked_freshly(order: Order) -> None:
    down = order.instalments.get(position=1)
    down.receive(600_000)
    loaded = Order.objects.for_page().get()
    assert loaded.is_open(Gate.PROCUREMENT)

    down.give_back(600_000)

    with pytest.raises(GateShut):
        loaded.demand_open(Gate.PROCUREMENT)


def test_no_gate_is_open_before_it_is_agreed_or_after_it_was_cancelled(
    buyer: Party, order: Order, owner: Person
) -> None:
    placed = testing.order(buyer)
    down = order.instalments.get(position=1)
    down.receive(600_000)
    order.cancel(by=owner, reason="x")

    for one in (placed, order):
        with pytest.raises(GateShut):
            one.demand_open(Gate.PROCUREMENT)


def test_never_more_money_than_is_open_or_less_than_came(order: Order) -> None:
    down = order.instalments.get(position=1)

    with pytest.raises(WrongState):
        down.receive(600_001)
    with pytest.raises(WrongState):
        down.give_back(1)

    assert Instalment.objects.get(pk=down.pk).paid == 0


def test_pairs_come_in_their_order(order: Order) -> None:
    size = LineSize.objects.get(variant__size="40")

    size.advance(Track.MADE, 3)
    size.advance(Track.PACKED, 2)

    for track, pairs in ((Track.MADE, 2), (Track.PACKED, 2), (Track.DELIVERED, 1)):
        before = LineSize.objects.values().get(pk=size.pk)
        with pytest.raises(WrongState):
            size.advance(track, pairs)
        assert LineSize.objects.values().get(pk=size.pk) == before


def test_a_need_is_not_covered_twice(order: Order) -> None:
    need = OrderNeed.objects.get()

    need.shift(ordered=20_000)
    need.shift(ordered=-20_000, ready=20_000)
    need.shift(ready=-5_000, issued=5_000)

    assert (need.ordered, need.ready, need.issued, need.uncovered) == (0, 15_000, 5_000, 12_000)
    for shift in ({"ready": 12_001}, {"ordered": -1}):
        before = OrderNeed.objects.values().get()
        with pytest.raises(WrongState):
            need.shift(**shift)
        assert OrderNeed.objects.values().get() == before


def test_the_expected_day_moves_and_the_promise_does_not(order: Order) -> None:
    order.expect(clock.in_days(20))

    order.refresh_from_db()
    assert (order.expected_on, order.promised_on) == (clock.in_days(20), clock.in_days(14))
    assert Order.objects.get(pk=order.pk).expected_on == clock.in_days(14)  # it is not kept
