"""Which delivery of a material went into which order: what lies longest is used first."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.insight.audit import findings
from simpul.insight.lots import lots_for, lots_in, lots_of
from simpul.lib import clock
from simpul.orders.models import Order, OrderNeed
from simpul.parties.models import Party, Person
from simpul.procurement import planning
from simpul.production.lots import choose_lot
from simpul.production.models import Job, JobStage
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

    assert [(one.lot.came, one.lot.left, one.orders) for one in lots] == [
        (32_000, 0, [(first, 32_000, 0)]),
        (32_000, 0, [(second, 32_000, 0)]),
    ]
    assert [lot.receipt.purchase.supplier for lot in lots if lot.receipt] == [supplier, supplier]
    assert {one.lot.item.code for one in lots_in(first)} == {"LEATHER", "SOLE"}
    assert [one.receipt for one in lots_in(second) if one.lot.item.code == "LEATHER"] == [
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

    assert [
        (one.lot.came, one.of_order(order).quantity, one.lost, one.lot.left) for one in lots
    ] == [
        (20_000, 20_000, 0, 0),
        (30_000, 12_000, 3_000, 15_000),
    ]
    assert all(lot.receipt is None for lot in lots)


def given_out(buyer: Party, udin: Person) -> tuple[Job, JobStage]:
    """A job of which Bu Tini has the four pairs of 40 at home, at its first stage."""
    job = testing.released_job(buyer)
    stage = job.stages.get(position=1)
    give_out(
        job, by=udin, stage=stage, stage_name=stage.name, pairs={"40": 4}, worker="Bu Tini",
        rate=2_000, due_on=clock.in_days(14),
    )  # fmt: skip
    return job, stage


def test_what_comes_back_from_outside_is_there_again(buyer: Party, udin: Person) -> None:
    job, stage = given_out(buyer, udin)
    order = job.line.order
    [one] = lots_of([leather(order)])
    assert (one.lot.left, one.of_order(order).quantity) == (19_200, 12_800)

    take_in(job, by=udin, outwork=stage.outwork.get(), good={"40": 3}, reject={}, is_over=True)

    [one] = lots_of([leather(order)])
    assert (one.lot.left, one.of_order(order).quantity) == (22_400, 9_600)


@pytest.mark.parametrize("orders", [1, 4])
def test_the_number_of_queries_is_fixed(
    buyer: Party, udin: Person, django_assert_num_queries: DjangoAssertNumQueries, orders: int
) -> None:
    for _one in range(orders):
        order = testing.needy_order(buyer)
        testing.fetch_material(order)
        made(order, udin)
    lots_in(order)

    # what was used, its items; what was said, movements; receipts; jobs, their orders
    with django_assert_num_queries(6):
        lots_in(order)


@pytest.fixture
def two_lots(buyer: Party, udin: Person) -> Job:
    """A job that used 32 of leather, of which 40 came first and 30 a day later."""
    order = testing.needy_order(buyer)
    item = leather(order)
    assert item.material is not None
    for quantity in (40_000, 30_000):
        testing.stock_up(item.material, quantity)
    for size, quantity in (("40", 4_000), ("41", 6_000)):
        sole = OrderNeed.objects.get(line__order=order, material__code="SOLE", size=size)
        testing.stock_up(sole.material, quantity, size)
    return made(order, udin)


def hides(job: Job) -> list[tuple[int, int, int, int]]:
    """Of each lot of leather: what the job took of it, what of that is chosen, and what is left."""
    return [
        (one.lot.came, one.used_by(job), one.chosen_by(job), one.lot.left)
        for one in lots_for(job)
        if one.lot.item.code == "LEATHER"
    ]


def name(job: Job, by: Person, place: int, quantity: int) -> None:
    lot = [one for one in lots_for(job) if one.lot.item.code == "LEATHER"][place]
    choose_lot(
        job, by=by, lot=lot.lot.key, quantity=quantity, material="LEATHER", delivery=lot.name
    )


def test_what_was_named_is_told_first_and_the_rest_by_the_rule(two_lots: Job, udin: Person) -> None:
    assert hides(two_lots) == [(40_000, 32_000, 0, 8_000), (30_000, 0, 0, 30_000)]

    name(two_lots, udin, 1, 20_000)

    assert hides(two_lots) == [(40_000, 12_000, 0, 28_000), (30_000, 20_000, 20_000, 10_000)]
    order = two_lots.line.order
    told = [one.of_order(order) for one in lots_in(order) if one.lot.item.code == "LEATHER"]
    assert told == [(order, 12_000, 0), (order, 20_000, 20_000)]


def test_what_one_order_named_others_take_from_elsewhere(
    two_lots: Job, buyer: Party, udin: Person
) -> None:
    name(two_lots, udin, 0, 30_000)
    other = testing.needy_order(buyer)
    testing.fetch_material(other)
    job = made(other, udin)

    # ten of the first lot are left for two by the rule and eight; then come the later lots
    assert [one[:3] for one in hides(job)] == [
        (40_000, 8_000, 0),
        (30_000, 24_000, 0),
        (32_000, 0, 0),
    ]


def test_what_is_left_of_a_named_lot_comes_back_last(buyer: Party, udin: Person) -> None:
    job, stage = given_out(buyer, udin)
    order = job.line.order
    name(job, udin, 0, 10_000)

    take_in(job, by=udin, outwork=stage.outwork.get(), good={"40": 3}, reject={}, is_over=True)

    # of 12.8 that went along 3.2 came back: 2.8 that nobody had named, and 0.4 of the named
    assert hides(job) == [(32_000, 9_600, 9_600, 22_400)]
    assert not list(findings(order.workshop))
