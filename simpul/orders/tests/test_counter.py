from __future__ import annotations

import pytest

from simpul import testing
from simpul.lib import clock
from simpul.orders.models import BelowMinimum, LineWish, Order, OrderRevision, Status
from simpul.parties.models import Party, Person
from simpul.workflow.steps import NotAllowed, WrongState


def counter(order: Order, by: Person, *wishes: LineWish) -> None:
    order.counter(by=by, wishes=list(wishes), promised_on=clock.in_days(30), note="Kurangi 41")


def wish_of(order: Order, **sizes: int) -> LineWish:
    pairs = {size.removeprefix("s"): pairs for size, pairs in sizes.items()}
    return LineWish(order.lines.get().colourway, pairs)


def test_it_is_the_buyers_revision_at_the_prices_offered(buyer: Party, dewi: Person) -> None:
    order = testing.order(buyer)
    wishes = [testing.wish(order.lines.get().colourway.product, price=190_000)]
    testing.offer(
        order, wishes=wishes, shipping=50_000, plan=[testing.full(1_950_000)], price=190_000
    )

    counter(order, dewi, wish_of(order, s40=4, s41=2))

    order.refresh_from_db()
    assert (order.status, order.revision) == (Status.PLACED, 3)
    assert order.total == 6 * 190_000 + 50_000
    revision = order.current
    assert (revision.side, revision.by, revision.note) == (
        OrderRevision.Side.BUYER,
        dewi,
        "Kurangi 41",
    )
    assert revision.promised_on == clock.in_days(30)
    assert sum(item.amount for item in revision.instalments) == order.total


def test_what_was_not_offered_is_priced_by_the_list(buyer: Party, dewi: Person) -> None:
    order = testing.offered_order(buyer)
    another = testing.product(buyer.workshop)

    counter(order, dewi, wish_of(order, s40=4), testing.wish(another, {"42": 2}))

    assert order.total == 4 * 190_000 + 2 * 200_000


def test_sales_confirms_the_answer_as_it_is(buyer: Party, dewi: Person, sari: Person) -> None:
    order = testing.offered_order(buyer)
    counter(order, dewi, wish_of(order, s40=4))

    order.confirm(by=sari)

    assert (order.agreed_revision, order.balance_now()) == (3, 760_000)
    assert order.promised_on == clock.in_days(30)


def test_it_is_written_in_the_journal(buyer: Party, dewi: Person) -> None:
    order = testing.offered_order(buyer)

    counter(order, dewi, wish_of(order, s40=4))

    entry = order.journal.get(step="orders.counter")
    assert entry.by == dewi
    assert entry.facts["promised_on"] == clock.in_days(30).isoformat()


def test_the_workshop_may_not(buyer: Party, sari: Person) -> None:
    order = testing.offered_order(buyer)

    with pytest.raises(NotAllowed):
        counter(order, sari, wish_of(order, s40=4))

    assert Order.objects.get().revision == 2


def test_it_cannot_be_done_twice_or_with_nothing(buyer: Party, dewi: Person) -> None:
    order = testing.offered_order(buyer)
    with pytest.raises(BelowMinimum):
        counter(order, dewi)
    counter(order, dewi, wish_of(order, s40=4))

    with pytest.raises(WrongState):
        counter(order, dewi, wish_of(order, s40=5))

    assert Order.objects.get().revision == 3
