from __future__ import annotations

from datetime import timedelta

import pytest

from simpul import testing
from simpul.lib import clock
from simpul.orders.models import Instalment, LateAnswer, Order, Status
from simpul.parties.models import Party, Person
from simpul.workflow.steps import NotAllowed, WrongState


def test_it_agrees_to_exactly_the_offer(buyer: Party, dewi: Person) -> None:
    order = testing.offered_order(buyer)

    order.accept(by=dewi, revision=2)

    order.refresh_from_db()
    assert (order.status, order.agreed_revision) == (Status.CONFIRMED, 2)
    assert order.promised_on == clock.in_days(21)
    assert [part.amount for part in order.instalments.order_by("position")] == [
        570_000,
        1_330_000,
    ]
    assert sum(size.pairs for size in order.lines.get().sizes.all()) == 10


def test_it_is_written_in_the_journal(buyer: Party, dewi: Person) -> None:
    order = testing.offered_order(buyer)

    order.accept(by=dewi, revision=2)

    entry = order.journal.get(step="orders.accept")
    assert (entry.by, entry.facts) == (dewi, {"revision": 2})


def test_only_the_buyer_may(buyer: Party, sari: Person, owner: Person, siti: Person) -> None:
    order = testing.offered_order(buyer)

    for person in (sari, owner, siti):
        with pytest.raises(NotAllowed):
            order.accept(by=person, revision=2)

    order.refresh_from_db()
    assert order.status == Status.OFFERED
    assert not Instalment.objects.exists()


def test_another_revision_than_the_one_that_was_read_is_refused(buyer: Party, dewi: Person) -> None:
    order = testing.offered_order(buyer)
    testing.offer(order, price=210_000)

    with pytest.raises(LateAnswer, match="newer"):
        order.accept(by=dewi, revision=2)

    order.refresh_from_db()
    assert (order.status, order.agreed_revision) == (Status.OFFERED, None)


def test_on_its_last_day_but_not_after(buyer: Party, dewi: Person) -> None:
    order = testing.offered_order(buyer)

    with clock.stopped(clock.now() + timedelta(days=8)), pytest.raises(LateAnswer, match="run out"):
        order.accept(by=dewi, revision=2)
    assert Order.objects.get().status == Status.OFFERED

    with clock.stopped(clock.now() + timedelta(days=7)):
        order.accept(by=dewi, revision=2)
    assert Order.objects.get().status == Status.CONFIRMED


def test_it_cannot_be_done_twice(buyer: Party, dewi: Person) -> None:
    order = testing.offered_order(buyer)
    seen_by_another_tab = Order.objects.get(pk=order.pk)
    order.accept(by=dewi, revision=2)

    with pytest.raises(WrongState):
        seen_by_another_tab.accept(by=dewi, revision=2)

    assert Instalment.objects.count() == 2
