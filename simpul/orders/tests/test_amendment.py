"""A change of an agreed order: who asks for it, who answers, and what cannot be changed any more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from simpul import testing
from simpul.catalog.models import Price
from simpul.lib import clock
from simpul.orders.models import Amendment, LineWish, Order, OrderRevision, Track
from simpul.parties.models import Party, Person
from simpul.workflow.models import Entry
from simpul.workflow.steps import NotAllowed, WrongState


@pytest.fixture
def order(buyer: Party) -> Order:
    return testing.confirmed_order(buyer)


def propose(order: Order, by: Person, *wishes: LineWish, **facts: Any) -> Amendment:
    """Ask for these lines on the terms that stand."""
    order = Order.objects.for_page().get(pk=order.pk)
    terms: dict[str, Any] = {"promised_on": order.current.promised_on, "shipping": 0, "discount": 0}
    return Amendment.propose(by=by, order=order, wishes=list(wishes), **(terms | facts))


def wish_of(order: Order, price: int | None = 200_000, **sizes: int) -> LineWish:
    pairs = {size.removeprefix("s"): count for size, count in sizes.items()}
    colourway = order.lines.order_by("pk")[0].colourway
    return LineWish(colourway, pairs, Price(price, 1) if price else None)


def unchanged(order: Order) -> bool:
    order = Order.objects.for_page().get(pk=order.pk)
    sizes = {size.variant.size: size.pairs for size in order.lines.order_by("pk")[0].sizes.all()}
    is_so = (order.revision, order.agreed_revision, order.total) == (1, 1, 2_000_000)
    return is_so and sizes == {"40": 4, "41": 6}


def test_the_order_stands_until_the_other_side_agrees(order: Order, dewi: Person) -> None:
    amendment = propose(order, dewi, wish_of(order, s40=4, s41=2, s42=2))

    assert unchanged(order)
    assert (amendment.status, amendment.is_ours) == ("proposed", False)
    assert (amendment.revision.number, amendment.revision.total) == (2, 1_600_000)
    assert [(one.before, one.after) for one in amendment.changes if one.kind == "pairs"] == [
        (6, 2),
        (0, 2),
    ]
    entry = amendment.journal.get()
    assert (entry.step, entry.by) == ("orders.propose_change", dewi)


def test_what_the_buyer_asks_for_costs_what_was_agreed(order: Order, dewi: Person) -> None:
    amendment = propose(order, dewi, wish_of(order, price=1, s40=4, s41=2))

    assert amendment.revision.total == 1_200_000


def test_what_is_new_costs_what_the_list_says(order: Order, dewi: Person) -> None:
    another = testing.product(order.workshop)

    amendment = propose(order, dewi, wish_of(order, s40=4, s41=6), testing.wish(another, {"42": 2}))

    assert amendment.revision.total == 2_000_000 + 2 * 200_000


def test_sales_may_name_another_price(order: Order, sari: Person) -> None:
    amendment = propose(order, sari, wish_of(order, price=150_000, s40=4, s41=6))

    assert amendment.is_ours
    assert amendment.revision.side == OrderRevision.Side.WORKSHOP
    assert amendment.revision.total == 1_500_000


def test_what_is_less_comes_off_the_last_part(order: Order, dewi: Person) -> None:
    amendment = propose(order, dewi, wish_of(order, s40=4))

    assert [part.amount for part in order.instalments.order_by("position")] == [600_000, 1_400_000]
    assert [item.amount for item in amendment.revision.instalments] == [600_000, 200_000]


def test_what_is_much_less_comes_off_the_first_part_too(order: Order, dewi: Person) -> None:
    amendment = propose(order, dewi, wish_of(order, s40=1))

    assert [item.amount for item in amendment.revision.instalments] == [200_000, 0]


def test_what_is_more_is_paid_at_the_end(order: Order, dewi: Person) -> None:
    amendment = propose(order, dewi, wish_of(order, s40=4, s41=8))

    assert [item.amount for item in amendment.revision.instalments] == [600_000, 1_800_000]


def test_what_is_more_than_was_paid_is_a_part_of_its_own(order: Order, dewi: Person) -> None:
    testing.pay(order)

    amendment = propose(order, dewi, wish_of(order, s40=4, s41=8))

    assert [item.amount for item in amendment.revision.instalments] == [
        600_000, 1_400_000, 400_000,
    ]  # fmt: skip
    assert amendment.revision.instalments[-1].due_on == order.promised_on


def test_what_was_due_on_the_day_moves_with_it(order: Order, sari: Person) -> None:
    later = clock.in_days(60)

    amendment = propose(order, sari, wish_of(order, s40=4, s41=6), promised_on=later)

    first, last = amendment.revision.instalments
    assert (first.due_on, last.due_on) == (order.instalments.get(position=1).due_on, later)


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ({}, "cancel the order instead"),
        ({"s40": 4, "s41": 6}, "Nothing would change"),
        ({"s40": 4, "s41": 6, "s47": 1}, "not made in size 47"),
    ],
)
def test_what_is_no_change(order: Order, dewi: Person, sizes: dict[str, int], words: str) -> None:
    wishes = [wish_of(order, **sizes)] if sizes else []

    with pytest.raises(WrongState, match=words):
        propose(order, dewi, *wishes)

    assert not Amendment.objects.exists()
    assert order.revisions.count() == 1


def test_what_is_packed_stays(order: Order, dewi: Person) -> None:
    size = order.lines.get().sizes.get(variant__size="41")
    for track in (Track.MADE, Track.PACKED):
        size.advance(track, 3)

    with pytest.raises(WrongState, match="3 pairs of"):
        propose(order, dewi, wish_of(order, s40=4, s41=2))

    assert propose(order, dewi, wish_of(order, s40=4, s41=3)).status == "proposed"


@pytest.mark.parametrize("facts", [{"price": 150_000}, {"shipping": 50_000}, {"discount": 1_000}])
def test_what_is_delivered_keeps_its_price(
    order: Order, sari: Person, facts: dict[str, int]
) -> None:
    size = order.lines.get().sizes.get(variant__size="41")
    for track in Track:
        size.advance(track, 1)
    price = facts.pop("price", 200_000)

    with pytest.raises(WrongState, match="keeps its price"):
        propose(order, sari, wish_of(order, price=price, s40=4, s41=5), **facts)

    assert not Amendment.objects.exists()


def test_only_one_at_a_time(order: Order, dewi: Person, sari: Person) -> None:
    propose(order, dewi, wish_of(order, s40=4))

    with pytest.raises(WrongState, match="proposed already"):
        propose(order, sari, wish_of(order, s41=4))

    assert Amendment.objects.count() == 1


def test_an_order_that_does_not_run_has_no_changes(buyer: Party, dewi: Person) -> None:
    order = testing.order(buyer)

    with pytest.raises(WrongState, match="order that runs"):
        propose(order, dewi, wish_of(order, s40=4))

    assert order.revisions.count() == 1


def test_a_stranger_may_not(order: Order, siti: Person, rina: Person, joko: Person) -> None:
    for person in (siti, rina, joko):
        with pytest.raises(NotAllowed):
            propose(order, person, wish_of(order, s40=4))

    assert not Amendment.objects.exists()
    assert order.revisions.count() == 1


def test_the_other_side_refuses_and_says_why(order: Order, dewi: Person, sari: Person) -> None:
    amendment = propose(order, dewi, wish_of(order, s40=4))

    amendment.refuse(by=sari, reason="Kulit sudah dipotong.")

    assert (amendment.status, amendment.reason) == ("refused", "Kulit sudah dipotong.")
    assert unchanged(order)
    assert propose(order, dewi, wish_of(order, s40=4, s41=5)).revision.number == 3


def test_nobody_answers_himself(order: Order, dewi: Person, sari: Person) -> None:
    theirs = propose(order, dewi, wish_of(order, s40=4))
    with pytest.raises(NotAllowed):
        theirs.refuse(by=dewi, reason="x")
    with pytest.raises(NotAllowed):
        theirs.withdraw(by=sari)
    theirs.withdraw(by=dewi)
    ours = propose(order, sari, wish_of(order, s40=4))
    with pytest.raises(NotAllowed):
        ours.refuse(by=sari, reason="x")
    with pytest.raises(NotAllowed):
        ours.withdraw(by=dewi)

    assert (theirs.status, Amendment.objects.get(pk=ours.pk).status) == ("withdrawn", "proposed")
    assert Entry.objects.filter(step="orders.refuse_change").count() == 0


def test_it_is_answered_once(order: Order, dewi: Person, sari: Person) -> None:
    amendment = propose(order, dewi, wish_of(order, s40=4))
    seen_before = Amendment.objects.get(pk=amendment.pk)
    amendment.refuse(by=sari, reason="x")

    with pytest.raises(WrongState):
        seen_before.withdraw(by=dewi)

    assert Amendment.objects.get().status == "refused"


def test_who_sees_it(order: Order, dewi: Person, sari: Person, siti: Person, joko: Person) -> None:
    propose(order, dewi, wish_of(order, s40=4))

    seen = [Amendment.objects.visible_to(who).count() for who in (dewi, sari, siti, joko)]
    assert seen == [1, 1, 0, 0]


def test_the_list_says_nothing_of_what_is_not_agreed(order: Order, dewi: Person) -> None:
    wish = replace(wish_of(order, s40=4), price=None)
    propose(order, dewi, wish)

    order = Order.objects.for_page().get(pk=order.pk)
    assert (order.current.number, order.current.pairs) == (1, 10)
