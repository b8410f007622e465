"""Which delivery of a material went into which order: what lies longest is used first."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.insight.lots import lots_in, lots_of
from simpul.orders.models import Order, OrderNeed
from simpul.parties.models import Party, Person
from simpul.procurement import planning
from simpul.production.models import Job
from simpul.production.outwork import give_out, take_in
from simpul.stock.models import Item, Location, Transfer


def made(order: Order, udin: Person) -> Job:
    """Set aside what lies there for the order, and begin its work."""
    planning.reserve(order, by=testing.keeper(order.workshop))
    job = Job.plan(by=udin, line=order.lines.get())
    job.release(by=udin)
    job.tap(by=udin, stage=job.stages.get(position=1), good={"40": 1})
    return job


def leather(order: Order) -> Item:
    need = OrderNeed.objects.get(line__order=order, material__code="LEATHER")
    return Item.of_material(need.material, "")


def test_a_delivery_goes_into_the_orders_that_use_it(
    buyer: Party, supplier: Party, udin: Person, rina: Person
) -> None:
    orders = []
    for _turn in range(2):
        order = testing.needy_order(buyer)
        orders.append(order)
        purchase = testing.confirmed_purchase(supplier, order)
        purchase.receive(by=rina, goods={line: (line.quantity, 0) for line in purchase.lines.all()})
        made(order, udin)
    first, second = orders

    lots = lots_of([leather(first)])

    assert [(lot.came, lot.left, lot.orders) for lot in lots] == [
        (32_000, 0, [(first, 32_000)]),
        (32_000, 0, [(second, 32_000)]),
    ]
    assert [lot.receipt.purchase.supplier for lot in lots if lot.receipt] == [supplier, supplier]
    assert {lot.item.code for lot in lots_in(first)} == {"LEATHER", "SOLE"}
    assert [lot.receipt for lot in lots_in(second) if lot.item.code == "LEATHER"] == [
        lots[1].receipt
    ]


def test_what_lies_longest_is_used_first(buyer: Party, udin: Person, rina: Person) -> None:
    order = testing.needy_order(buyer)
    item = leather(order)
    assert item.material is not None
    for quantity in (20_000, 30_000):
        testing.stock_up(item.material, quantity)
    for size, quantity in (("40", 4_000), ("41", 6_000)):
        sole = OrderNeed.objects.get(line__order=order, material__code="SOLE", size=size)
        testing.stock_up(sole.material, quantity, size)
    made(order, udin)
    store = Location.of(order.workshop_id, Location.Kind.STORE)
    Transfer.make(
        by=rina,
        item=item,
        source=store,
        target=Location.of(order.workshop_id, Location.Kind.SCRAP),
        quantity=3_000,
        reason="Bercak",
    )

    lots = lots_of([item])

    assert [(lot.came, lot.of_order(order), lot.lost, lot.left) for lot in lots] == [
        (20_000, 20_000, 0, 0),
        (30_000, 12_000, 3_000, 15_000),
    ]
    assert all(lot.receipt is None for lot in lots)


def test_what_comes_back_from_outside_is_there_again(buyer: Party, udin: Person) -> None:
    job = testing.released_job(buyer)
    order = job.line.order
    assert order.promised_on is not None
    stage = job.stages.get(position=1)
    give_out(
        job, by=udin, stage=stage, stage_name=stage.name, pairs={"40": 4}, worker="Bu Tini",
        rate=2_000, due_on=order.promised_on,
    )  # fmt: skip
    [lot] = lots_of([leather(order)])
    assert (lot.left, lot.of_order(order)) == (19_200, 12_800)

    take_in(job, by=udin, outwork=stage.outwork.get(), good={"40": 3}, reject={}, is_over=True)

    [lot] = lots_of([leather(order)])
    assert (lot.left, lot.of_order(order)) == (22_400, 9_600)


@pytest.mark.parametrize("orders", [1, 4])
def test_the_number_of_queries_is_fixed(
    buyer: Party, udin: Person, django_assert_num_queries: DjangoAssertNumQueries, orders: int
) -> None:
    for _one in range(orders):
        order = testing.needy_order(buyer)
        testing.fetch_material(order)
        made(order, udin)
    lots_in(order)

    # what was used, its items; movements; receipts; jobs, their orders
    with django_assert_num_queries(5):
        lots_in(order)
