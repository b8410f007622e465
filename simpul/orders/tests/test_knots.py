from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.lib import clock
from simpul.orders.models import LineSize, Order, OrderNeed, Track
from simpul.parties.models import Party, Person


def states(order: Order) -> list[str]:
    return [knot.state for knot in Order.objects.for_page().get(pk=order.pk).knots]


def test_they_follow_the_facts(buyer: Party) -> None:
    model = testing.product(buyer.workshop)
    testing.recipe(model, leather=3_200)
    order = testing.order(buyer, model)
    assert states(order) == ["doing", *["waiting"] * 6]

    order.confirm(by=testing.seller(buyer.workshop))
    assert states(order) == ["done", *["waiting"] * 6]

    down, rest = order.instalments.order_by("position")
    down.receive(down.amount)
    need = OrderNeed.objects.get()
    need.shift(ready=need.quantity)
    size, another = LineSize.objects.order_by("pk")
    size.advance(Track.MADE, 1)
    assert states(order) == ["done", "done", "done", "doing", "waiting", "waiting", "waiting"]

    size.advance(Track.MADE, size.pairs - 1)
    another.advance(Track.MADE, another.pairs)
    for one in (size, another):
        for track in (Track.PACKED, Track.PICKED_UP, Track.DELIVERED):
            one.advance(track, one.pairs)
    rest.receive(1)
    assert states(order) == ["done"] * 6 + ["doing"]


def test_what_is_on_the_way_does_not_wait(buyer: Party) -> None:
    order = testing.confirmed_order(buyer)
    size = LineSize.objects.order_by("pk")[0]
    for track in (Track.MADE, Track.PACKED, Track.PICKED_UP):
        size.advance(track, size.pairs)
    assert states(order)[5] == "doing"

    size.advance(Track.PICKED_UP, -size.pairs)  # it came back
    assert states(order)[5] == "waiting"


def test_the_buyer_sees_how_many_of_how_many(buyer: Party) -> None:
    order = testing.confirmed_order(buyer)
    order.instalments.get(position=1).receive(600_000)

    knots = {knot.name: knot for knot in Order.objects.for_page().get().knots}

    assert (knots["down_payment"].count, knots["down_payment"].of) == (600_000, 600_000)
    assert (knots["settlement"].count, knots["settlement"].of) == (0, 1_400_000)
    assert (knots["production"].count, knots["production"].of) == (0, 10)
    assert knots["delivery"].on == clock.in_days(14)


def test_once_all_of_it_is_there_the_knot_says_on_which_day(buyer: Party) -> None:
    order = testing.delivered_order(buyer)
    assert order.promised_on == clock.in_days(14)

    knots = {knot.name: knot for knot in Order.objects.for_page().get().knots}
    assert (knots["delivery"].state, knots["delivery"].on) == ("done", clock.today())


def test_the_public_sees_no_money(buyer: Party) -> None:
    testing.confirmed_order(buyer)

    knots = Order.objects.for_page().get().public_knots

    assert all(not knot.of for knot in knots if knot.unit == "rupiah")


def test_what_is_late_is_late(buyer: Party) -> None:
    order = testing.confirmed_order(buyer)

    with clock.stopped(clock.now() + timedelta(days=4)):
        assert states(order)[1] == "late"
        assert states(order)[5] == "waiting"
    with clock.stopped(clock.now() + timedelta(days=15)):
        assert [states(order)[place] for place in (1, 5, 6)] == ["late"] * 3


def test_without_a_recipe_no_material_is_waited_for(buyer: Party) -> None:
    order = testing.confirmed_order(buyer)

    assert states(order)[2] == "done"


def test_an_ended_order_waits_for_nothing(buyer: Party, dewi: Person) -> None:
    order = testing.order(buyer)
    order.withdraw(by=dewi)

    assert states(order) == ["ended"] * 7


@pytest.mark.parametrize("lines", [1, 12])
def test_loading_a_page_costs_the_same_for_any_order(
    buyer: Party, lines: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    models = [testing.product(buyer.workshop) for _line in range(lines)]
    for model in models:
        testing.recipe(model, leather=3_200)
    testing.confirmed_order(buyer, *models)

    # order; revisions and their people; their lines, order lines, colourways, models;
    # instalments; lines, colourways, products, sizes, variants, needs
    with django_assert_num_queries(14):
        order = Order.objects.for_page().get()
        assert order.knots
        assert order.changes == []
        assert len(order.current.sheets) == lines


def test_production_is_in_progress_once_material_is_in_work(buyer: Party) -> None:
    model = testing.product(buyer.workshop)
    testing.recipe(model)
    order = testing.confirmed_order(buyer, model)
    for need in OrderNeed.objects.all():
        need.shift(issued=need.quantity)

    knots = {knot.name: knot.state for knot in Order.objects.for_page().get(pk=order.pk).knots}
    assert (knots["production"], knots["packing"]) == ("doing", "waiting")
