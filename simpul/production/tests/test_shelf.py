"""Pairs that lie finished already, and those that nobody waits for any more."""

from __future__ import annotations

import pytest

from simpul import testing
from simpul.orders.models import GateShut, LineSize, Order, OrderNeed
from simpul.parties.models import Party, Person
from simpul.production.models import Job, Status
from simpul.production.shelf import give_back, take_from_stock
from simpul.stock.models import Balance, NotEnough, Reservation
from simpul.workflow.steps import NotAllowed, WrongState, keyed


@pytest.fixture
def order(buyer: Party) -> Order:
    return testing.needy_order(buyer)


@pytest.fixture
def size(order: Order) -> LineSize:
    """Six pairs of 41, of which four lie free in stock."""
    size = LineSize.objects.get(variant__size="41")
    testing.lay_down(size.variant, 4)
    return size


def test_free_pairs_are_kept_and_need_no_material(
    order: Order, size: LineSize, rina: Person
) -> None:
    testing.fetch_material(order)

    take_from_stock(order, by=rina, pairs={size: 3})

    size.refresh_from_db()
    assert size.made == 3
    assert Reservation.of(size).get().quantity == 3
    leather = OrderNeed.objects.get(material__code="LEATHER")
    soles = OrderNeed.objects.get(material__code="SOLE", size="41")
    assert (leather.quantity, leather.ready) == (22_400, 22_400)
    assert (soles.quantity, soles.ready) == (3_000, 3_000)
    assert OrderNeed.objects.get(material__code="SOLE", size="40").quantity == 4_000
    assert Balance.objects.get(item__material__code="LEATHER").free == 9_600
    entry = order.journal.get(step="production.take_from_stock")
    assert (entry.by, entry.facts) == (rina, {"pairs": {str(size.pk): 3}})


def test_the_rest_is_made(order: Order, size: LineSize, rina: Person, udin: Person) -> None:
    take_from_stock(order, by=rina, pairs={size: 3})

    job = Job.plan(by=udin, line=size.line)

    assert {one.name: one.pairs for one in job.sizes.for_work()} == {"40": 4, "41": 3}


def test_no_more_than_lies_free(order: Order, size: LineSize, rina: Person) -> None:
    with pytest.raises(NotEnough):
        take_from_stock(order, by=rina, pairs={size: 5})

    size.refresh_from_db()
    assert size.made == 0
    assert OrderNeed.objects.get(material__code="LEATHER").quantity == 32_000


@pytest.mark.parametrize("pairs", [0, -1, 7])
def test_no_more_than_is_missing(order: Order, size: LineSize, rina: Person, pairs: int) -> None:
    with pytest.raises(WrongState):
        take_from_stock(order, by=rina, pairs={size: pairs})


def test_not_for_a_line_in_work(order: Order, size: LineSize, rina: Person, udin: Person) -> None:
    Job.plan(by=udin, line=size.line)

    with pytest.raises(WrongState):
        take_from_stock(order, by=rina, pairs={size: 1})


def test_money_comes_first(buyer: Party, rina: Person) -> None:
    order = testing.needy_order(buyer, paid=False)
    size = LineSize.objects.get(variant__size="41")
    testing.lay_down(size.variant, 4)

    with pytest.raises(GateShut):
        take_from_stock(order, by=rina, pairs={size: 1})

    assert not Reservation.objects.exists()


def test_sales_may_not(order: Order, size: LineSize, sari: Person) -> None:
    with pytest.raises(NotAllowed):
        take_from_stock(order, by=sari, pairs={size: 1})

    assert not Reservation.of(size).exists()


def test_the_same_form_takes_once(order: Order, size: LineSize, rina: Person) -> None:
    for _again in range(2):
        with keyed("form"):
            take_from_stock(order, by=rina, pairs={size: 2})

    size.refresh_from_db()
    assert size.made == 2


@pytest.fixture
def ended(buyer: Party, owner: Person, udin: Person) -> Order:
    """An order that ended when four pairs were made."""
    job = testing.released_job(buyer)
    testing.run_through(job, {"40": 4})
    order = job.line.order
    order.cancel(by=owner, reason="the shop closed")
    return order


def test_pairs_of_an_ended_order_are_free_again(ended: Order, rina: Person) -> None:
    give_back(ended, by=rina)

    size = LineSize.objects.get(variant__size="40")
    assert size.made == 0
    assert Balance.objects.get(item__variant=size.variant).free == 4
    assert Job.objects.get().status == Status.CANCELLED
    assert ended.journal.get(step="production.give_back").by == rina


def test_giving_back_twice_changes_nothing_more(ended: Order, rina: Person) -> None:
    give_back(ended, by=rina)
    give_back(ended, by=rina)

    size = LineSize.objects.get(variant__size="40")
    assert Balance.objects.get(item__variant=size.variant).free == 4


def test_a_running_order_keeps_its_pairs(order: Order, rina: Person) -> None:
    with pytest.raises(WrongState):
        give_back(order, by=rina)


def test_finance_may_not_give_back(ended: Order, fajar: Person) -> None:
    with pytest.raises(NotAllowed):
        give_back(ended, by=fajar)

    assert Job.objects.get().status == Status.RUNNING


def test_a_wrong_count_of_an_order_that_ended_is_taken_back(
    buyer: Party, udin: Person, owner: Person, rina: Person
) -> None:
    job = testing.released_job(buyer)
    testing.run_through(job)
    order = job.line.order
    order.cancel(by=owner, reason="Toko tutup")
    give_back(order, by=rina)
    job = Job.objects.get()
    log = job.stages.get(is_last=True).logs.get(size__line_size__variant__size="40")

    job.correct(by=udin, log=log, reason="Salah hitung")

    balance = Balance.objects.get(item__variant__size="40")
    assert (balance.on_hand, balance.reserved) == (0, 0)
