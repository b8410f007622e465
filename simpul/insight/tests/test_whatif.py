"""What a late supplier, or one order more, would do to the days; nothing of it is done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from simpul import testing
from simpul.insight.dates import outlook
from simpul.insight.dates.whatif import if_agreed, if_late, if_taken
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person
from simpul.procurement.models import LineTerms
from simpul.workflow.models import Entry


@pytest.fixture(autouse=True)
def _wednesday() -> Iterator[None]:
    with clock.stopped(datetime(2026, 11, 25, 9, tzinfo=clock.WIB)):
        yield


@pytest.fixture
def order(buyer: Party) -> Order:
    """Ten pairs promised for 9 December, ten minutes a pair at each of three stages."""
    testing.hands(buyer.workshop)
    return testing.needy_order(buyer)


def test_what_is_bought_comes_so_many_days_later(
    order: Order, supplier: Party, udin: Person
) -> None:
    testing.confirmed_purchase(supplier, order)
    before = outlook.of(order.workshop).of_order(order)
    assert before is not None
    lines = Entry.objects.count()

    found = if_late(udin, supplier, 7)

    [moved] = found.moved
    assert (moved.order, moved.now, moved.then) == (order, before, before + timedelta(days=7))
    assert (moved.days, found.running) == (7, 1)
    assert Entry.objects.count() == lines
    assert outlook.of(order.workshop).of_order(order) == before


def test_it_says_who_would_miss_a_promise_because_of_it(
    order: Order, supplier: Party, udin: Person
) -> None:
    testing.confirmed_purchase(supplier, order)
    slack = outlook.rows(udin, outlook.of(order.workshop), [order.pk])[0].slack
    assert slack is not None

    assert if_late(udin, supplier, slack + 10).newly_late == 1
    assert if_late(udin, supplier, 1).newly_late == 0


def test_another_supplier_moves_nothing(order: Order, supplier: Party, udin: Person) -> None:
    testing.confirmed_purchase(supplier, order)
    other = testing.party(order.workshop, "Lain", is_supplier=True)

    assert if_late(udin, other, 30).moved == []


def test_an_order_that_is_taken_puts_later_promises_off(
    order: Order, buyer: Party, supplier: Party, udin: Person
) -> None:
    testing.hands(order.workshop, minutes=20)  # two pairs a day
    testing.fetch_material(order)
    model = order.lines.get().colourway.product
    testing.stock_up(model.recipes.get().lines.get(material__code="LEATHER").material, 900_000)
    for size in ("40", "41"):
        sole = model.recipes.get().lines.get(material__code="SOLE").material
        testing.stock_up(sole, 90_000, size)
    asked = testing.order(buyer, model, wished_on=date(2026, 12, 1))
    asked.revisions.update(promised_on=date(2026, 12, 1))  # before the other one
    asked = Order.objects.for_page().get(pk=asked.pk)

    found = if_taken(udin, asked)

    assert found.promised_on == date(2026, 12, 1)
    assert found.ready_on is not None
    [moved] = found.moved
    assert moved.order == order
    assert moved.days is not None
    assert moved.days > 0
    assert Order.objects.get(pk=asked.pk).status == "placed"


def test_a_stranger_sees_none_of_our_orders(order: Order, supplier: Party, joko: Person) -> None:
    testing.confirmed_purchase(supplier, order)

    assert if_late(joko, supplier, 7).moved == []


def test_what_a_suppliers_answer_would_do_is_seen_before_it_is_given(
    buyer: Party, supplier: Party, budi: Person, rina: Person
) -> None:
    """Leather comes three days later, and less of it: nobody is known to work, half of 14 days it takes."""
    purchase = testing.sent_purchase(supplier)
    order = Order.objects.get()
    terms = [
        LineTerms(line, 30_000, 42_000, clock.in_days(10))
        if line.material.code == "LEATHER"
        else LineTerms(line, line.quantity, line.price, line.wished_on)
        for line in purchase.lines.select_related("material")
    ]
    purchase.counter(by=budi, revision=1, terms=terms)
    (effect,) = if_agreed(rina, purchase, purchase.latest())

    assert (effect.order, effect.is_later) == (order, True)
    assert (effect.expected_on, effect.would_be_on) == (clock.in_days(14), clock.in_days(17))
    assert [quantity for _line, quantity in effect.missing] == [2_000]
    assert outlook.of(buyer.workshop).expected_on(order) == clock.in_days(14)  # it changed nothing
