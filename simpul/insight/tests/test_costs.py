"""What orders have cost is kept week by week, and is what the books say, whatever comes to be known late."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest

from simpul import testing
from simpul.insight.books import kept
from simpul.insight.books.checks import costs_off, disagreements
from simpul.insight.books.margins import Cost, costs_of_delivered
from simpul.insight.books.postings import books_of
from simpul.insight.keeping import costs, keep
from simpul.insight.keeping.state import everything_kept
from simpul.insight.models import FactsKept, ItemWorth, LineWork, OrderFact, PairsFact
from simpul.insight.tests.test_margins import asked_for_less, delivered, made, ten_made
from simpul.lib import clock
from simpul.orders.models import LineSize, Order
from simpul.parties.models import Party, Person, Workshop
from simpul.payments import agreement
from simpul.procurement.models import LineTerms
from simpul.production import shelf

pytestmark = pytest.mark.usefixtures("courier")

STARTED = clock.now()


def in_weeks(weeks: int) -> AbstractContextManager[None]:
    return clock.stopped(STARTED + timedelta(weeks=weeks))


def monday_in(weeks: int) -> date:
    return costs.monday_of(clock.day_of(STARTED + timedelta(weeks=weeks)))


def delivered_without_a_price(buyer: Party, driver: Person) -> Order:
    """An order whose material came at no price, and was told of, three weeks before the next step."""
    with in_weeks(0):
        order = testing.needy_order(buyer)
        testing.fetch_material(order)
        made(order)
        delivered(order, driver, 0)
        keep.bring_up_to_date(buyer.workshop)
    with in_weeks(3):
        testing.confirmed_order(buyer)  # so that what was before is settled
        keep.bring_up_to_date(buyer.workshop)
    return order


def priced(order: Order, supplier: Party) -> None:
    for need in order.lines.get().needs.select_related("material"):
        testing.supplier_price(supplier, need.material, 5_000)


def begun(workshop: Workshop) -> keep.Begun:
    found = keep.begin(workshop)
    assert found is not None
    return found


def upto() -> int:
    return FactsKept.objects.get().upto


def holds(workshop: Workshop) -> dict[int, Cost]:
    """Bring up to date what is kept; it is what the books say, and what is reckoned anew. Return it."""
    keep.bring_up_to_date(workshop)
    books = books_of(workshop)
    assert list(costs_off(books)) == []
    stands = everything_kept(workshop)
    keep.rebuild(workshop)
    assert everything_kept(workshop) == stands
    return costs_of_delivered(books)


def test_many_orders_are_not_too_many(
    workshop: Workshop,
    buyer: Party,
    supplier: Party,
    asep: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kept, "BOOKS_HOLD", 0)
    order = ten_made(buyer, supplier)
    keep.bring_up_to_date(workshop)
    delivered(order, asep, 35_000)
    keep.bring_up_to_date(workshop)

    fact = OrderFact.objects.get()
    assert (fact.material, fact.wages, fact.freight) == (42 * 40_000, 60_000, 35_000)
    assert sum(part.contribution or 0 for part in PairsFact.objects.all()) == fact.contribution
    holds(workshop)


def test_a_week_goes_on_from_where_the_one_before_ended(
    workshop: Workshop, buyer: Party, supplier: Party, asep: Person
) -> None:
    with in_weeks(0):
        first = ten_made(buyer, supplier)
        holds(workshop)
    with in_weeks(2):  # dearer material comes to what lies there, for half as much again
        order = testing.needy_order(buyer)
        testing.stock_up(order.lines.get().needs.order_by("pk")[0].material, 50_000)
        delivered(first, asep, 0)
        holds(workshop)
    with in_weeks(3):
        testing.fetch_material(order)
        made(order)
        delivered(order, asep, 0)
        assert set(holds(workshop)) == {first.pk, order.pk}
    mondays = LineWork.objects.filter(line__order=first).order_by("monday")
    assert mondays.count() == 2  # made in one week, delivered in another


def test_a_price_that_is_agreed_on_after_the_goods_came_counts_from_then_on(
    workshop: Workshop, buyer: Party, supplier: Party, asep: Person
) -> None:
    rina = testing.keeper(workshop)
    order = testing.needy_order(buyer)
    with in_weeks(0):
        purchase = testing.draft_purchase(supplier, order)
        lines = list(purchase.lines.order_by("pk"))
        needed = {line: (line.quantity, 0) for line in lines}
        more = [LineTerms(one, 2 * one.quantity, one.price, one.wished_on) for one in lines]
        purchase.change(by=rina, terms=more)
        purchase.send(by=rina)
        purchase.receive(by=rina, goods=needed)  # half of it, unannounced
        made(order)
        delivered(order, asep, 0)
        assert holds(workshop)[order.pk].material == 42 * 40_000
    with in_weeks(4):
        terms = [LineTerms(one.line, one.line.quantity, 70_000, one.line.wished_on) for one in more]
        purchase.counter(by=testing.contact_of(supplier), revision=1, terms=terms)
        purchase.agree(by=rina, revision=2)
        assert holds(workshop)[order.pk].material == 42 * 70_000


def test_the_first_price_of_a_material_is_what_was_found_before_it(
    workshop: Workshop, buyer: Party, supplier: Party, asep: Person
) -> None:
    with in_weeks(0):
        order = testing.needy_order(buyer)
        testing.fetch_material(order)
        made(order)
        delivered(order, asep, 0)
        assert holds(workshop)[order.pk].material == 0
    with in_weeks(3):
        priced(order, supplier)
        assert holds(workshop)[order.pk].material > 0


def test_what_is_agreed_on_otherwise_counts_from_the_first_work_on(
    workshop: Workshop, buyer: Party, supplier: Party, asep: Person
) -> None:
    with in_weeks(0):
        order = ten_made(buyer, supplier)
        holds(workshop)
    with in_weeks(2):
        asked_for_less(order, {"41": 6})
        holds(workshop)
    with in_weeks(3):
        delivered(order, asep, 0)
        assert holds(workshop)[order.pk].material == 42 * 40_000 * 6 // 10


def test_finished_pairs_take_their_cost_to_another_order(
    workshop: Workshop, buyer: Party, supplier: Party, asep: Person, owner: Person
) -> None:
    with in_weeks(0):
        first = ten_made(buyer, supplier)
        holds(workshop)
    with in_weeks(2):
        agreement.cancel(Order.objects.get(pk=first.pk), by=owner, reason="Toko tutup")
        shelf.give_back(first, by=testing.foreman(workshop))
        holds(workshop)
    with in_weeks(5):
        product = first.lines.get().colourway.product
        order = testing.confirmed_order(buyer, product)
        testing.pay(order)
        taken = {size: size.pairs for size in LineSize.objects.filter(line__order=order)}
        shelf.take_from_stock(order, by=testing.foreman(workshop), pairs=taken)
        delivered(order, asep, 0)
        assert holds(workshop)[order.pk].material == 42 * 40_000


def test_only_the_weeks_from_the_first_new_line_on_are_told(
    workshop: Workshop, buyer: Party, supplier: Party, asep: Person
) -> None:
    with in_weeks(0):
        order = ten_made(buyer, supplier)
        keep.bring_up_to_date(workshop)
    with in_weeks(8):
        testing.confirmed_order(buyer)  # so that what was before is settled
        keep.bring_up_to_date(workshop)
        ItemWorth.objects.update(sen=1)  # seen if it is told again
        delivered(order, asep, 0)
        keep.bring_up_to_date(workshop)
    assert set(ItemWorth.objects.values_list("sen", flat=True)) == {1}


def test_who_broke_off_begins_again_where_it_began(
    workshop: Workshop, buyer: Party, supplier: Party, asep: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    with in_weeks(0):
        order = ten_made(buyer, supplier)
        holds(workshop)
    with in_weeks(3):
        delivered(order, asep, 0)
        ended = costs.tell

        def breaks_off(*_told: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(costs, "tell", breaks_off)
        with pytest.raises(KeyboardInterrupt):
            keep.bring_up_to_date(workshop)
        assert FactsKept.objects.get().costs_since is not None
        monkeypatch.setattr(costs, "tell", ended)
        holds(workshop)
    assert FactsKept.objects.get().costs_since is None


@pytest.mark.parametrize("minutes", [0, 11])  # by then the new lines are settled
def test_of_two_at_once_the_one_who_went_further_back_finishes(
    workshop: Workshop, buyer: Party, supplier: Party, asep: Person, minutes: int
) -> None:
    order = delivered_without_a_price(buyer, asep)
    with in_weeks(3):
        testing.confirmed_order(buyer)
        near = begun(workshop)
        priced(order, supplier)
        far = begun(workshop)
    assert (near.costs_since, far.costs_since) == (monday_in(3), monday_in(0))
    with clock.stopped(STARTED + timedelta(weeks=3, minutes=minutes)):
        costs.tell(workshop, monday_in(0))
        assert keep.finish(workshop, near, near.lines or []) == 0
        assert keep.finish(workshop, far, far.lines or []) == 3
        assert holds(workshop)[order.pk].material > 0


@pytest.mark.parametrize(("minutes", "orders", "since"), [(0, 2, None), (11, 0, 0)])
def test_of_two_at_once_each_looks_through_what_was_told(
    workshop: Workshop,
    buyer: Party,
    supplier: Party,
    asep: Person,
    minutes: int,
    orders: int,
    since: int | None,
) -> None:
    order = delivered_without_a_price(buyer, asep)
    with in_weeks(3):
        priced(order, supplier)
        quick, slow = begun(workshop), begun(workshop)
    with clock.stopped(STARTED + timedelta(weeks=3, minutes=minutes)):
        keep.finish(workshop, quick, quick.lines or [])
        costs.tell(workshop, monday_in(0))
        assert keep.finish(workshop, slow, slow.lines or []) == orders
        left = None if since is None else monday_in(since)
        assert FactsKept.objects.get().costs_since == left
        assert holds(workshop)[order.pk].material > 0


def test_a_line_that_is_not_there_any_more_was_told_once(
    workshop: Workshop, buyer: Party, supplier: Party
) -> None:
    with in_weeks(0):
        order = ten_made(buyer, supplier)
        holds(workshop)
    with in_weeks(2):
        asked_for_less(order, {"41": 6}, testing.product(workshop, "DRB-09"))
        began = clock.now()
        assert costs.first_to_tell(workshop, upto(), began, {order.pk}) == monday_in(0)
        holds(workshop)
        assert LineWork.objects.filter(agreed=0, most=10).exists()
        assert costs.first_to_tell(workshop, upto(), began, {order.pk}) == monday_in(2)


def test_a_cost_that_is_kept_wrongly_is_found(
    workshop: Workshop, buyer: Party, supplier: Party, asep: Person
) -> None:
    order = ten_made(buyer, supplier)
    delivered(order, asep, 0)
    keep.bring_up_to_date(workshop)
    assert list(disagreements(workshop)) == []
    OrderFact.objects.update(wages=1)
    found = "cost (1680000, 60000, 0) by the books, (1680000, 1, 0) is kept"
    assert list(disagreements(workshop)) == [(f"order {order.pk}", found)]
