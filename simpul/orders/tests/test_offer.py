from __future__ import annotations

from dataclasses import replace

import pytest

from simpul import testing
from simpul.lib import clock
from simpul.orders.models import (
    BelowMinimum,
    Order,
    OrderRevision,
    Status,
)
from simpul.parties.models import Party, Person
from simpul.workflow.steps import NotAllowed, WrongState


def test_it_writes_the_next_revision(buyer: Party, sari: Person) -> None:
    order = testing.order(buyer)

    testing.offer(
        order, price=190_000, shipping=50_000, plan=[testing.full(1_950_000)], note="Nett"
    )

    order.refresh_from_db()
    assert (order.status, order.revision, order.total) == (Status.OFFERED, 2, 1_950_000)
    assert order.agreed_revision is None
    offer = order.current
    assert (offer.side, offer.by, offer.note) == (OrderRevision.Side.WORKSHOP, sari, "Nett")
    assert offer.lines.get().line == order.lines.get()
    assert offer.digest != order.previous.digest if order.previous else False


def test_a_better_offer_takes_the_place_of_the_first(buyer: Party, sari: Person) -> None:
    order = testing.offered_order(buyer)

    testing.offer(order, price=180_000)

    assert (order.status, order.revision, order.total) == (Status.OFFERED, 3, 1_800_000)


def test_it_is_written_in_the_journal(buyer: Party, sari: Person) -> None:
    order = testing.offered_order(buyer)

    entry = order.journal.get(step="orders.offer")
    assert entry.by == sari
    assert entry.facts["valid_until"] == clock.in_days(7).isoformat()
    assert entry.facts["promised_on"] == clock.in_days(21).isoformat()


def test_the_buyer_may_not(buyer: Party, dewi: Person) -> None:
    order = testing.order(buyer)

    with pytest.raises(NotAllowed):
        order.offer(
            by=dewi,
            wishes=[
                testing.wish(product, price=1) for product in [testing.product(buyer.workshop)]
            ],
            promised_on=clock.in_days(1),
            plan=[testing.full(10)],
            valid_until=clock.in_days(1),
        )

    order.refresh_from_db()
    assert (order.status, order.revision) == (Status.PLACED, 1)


def test_not_once_it_is_agreed(buyer: Party) -> None:
    order = testing.confirmed_order(buyer)

    with pytest.raises(WrongState):
        testing.offer(order)

    assert Order.objects.get().revision == 1


def test_the_instalments_are_the_total(buyer: Party) -> None:
    order = testing.order(buyer)

    for plan in ([testing.full(1_899_999)], [], [testing.full(1_900_001)]):
        with pytest.raises(WrongState, match="add up"):
            testing.offer(order, plan=plan)

    assert Order.objects.get().revision == 1


def test_it_needs_a_price_on_every_line_and_something_to_pay(buyer: Party) -> None:
    order = testing.order(buyer)
    wish = order.current.lines.get().wish

    with pytest.raises(WrongState, match="price"):
        testing.offer(order, wishes=[replace(wish, price=None)], plan=[])
    with pytest.raises(WrongState, match="more than zero"):
        testing.offer(order, discount=1_900_000, plan=[])
    with pytest.raises(BelowMinimum):
        testing.offer(order, wishes=[], plan=[])

    assert Order.objects.get().status == Status.PLACED
