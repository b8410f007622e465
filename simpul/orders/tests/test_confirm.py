from __future__ import annotations

from datetime import timedelta

import pytest

from simpul import testing
from simpul.lib import clock
from simpul.orders.models import Gate, Instalment, Order, OrderNeed, Status
from simpul.parties.models import Party, Person, Workshop
from simpul.workflow.steps import NotAllowed, WrongState


def test_it_fixes_the_promise_and_the_instalments(buyer: Party, sari: Person) -> None:
    order = testing.order(buyer)

    order.confirm(by=sari)

    order.refresh_from_db()
    assert (order.status, order.agreed_revision) == (Status.CONFIRMED, 1)
    assert order.promised_on == order.expected_on == clock.in_days(14)
    assert order.confirmed_at is not None
    assert [
        (part.kind, part.amount, part.gate, part.due_on)
        for part in order.instalments.order_by("position")
    ] == [
        ("down", 600_000, Gate.PROCUREMENT, clock.in_days(3)),
        ("rest", 1_400_000, Gate.HAND_OVER, clock.in_days(14)),
    ]
    assert order.balance_now() == order.total == 2_000_000


def test_it_counts_the_pairs_by_size_and_explodes_the_recipe(buyer: Party, sari: Person) -> None:
    model = testing.product(buyer.workshop)
    testing.stages(model)
    testing.recipe(model, leather=3_200, sole=1_000)

    order = testing.confirmed_order(buyer, model)

    line = order.lines.get()
    assert list(line.sizes.order_by("pk").values_list("variant__size", "pairs")) == [
        ("40", 4),
        ("41", 6),
    ]
    assert set(line.needs.values_list("material__code", "size", "quantity", "stage__name")) == {
        ("LEATHER", "", 32_000, "Potong"),
        ("SOLE", "40", 4_000, "Potong"),
        ("SOLE", "41", 6_000, "Potong"),
    }


def test_it_is_written_in_the_journal(buyer: Party, sari: Person) -> None:
    order = testing.order(buyer)

    order.confirm(by=sari)

    entry = order.journal.get(step="orders.confirm")
    assert (entry.by, entry.facts) == (sari, {})


def test_others_may_not(
    buyer: Party, dewi: Person, fajar: Person, viewer: Person, machine: Person, joko: Person
) -> None:
    order = testing.order(buyer)

    for person in (dewi, fajar, viewer, machine, joko):
        with pytest.raises(NotAllowed):
            order.confirm(by=person)

    order.refresh_from_db()
    assert order.status == Status.PLACED
    assert not Instalment.objects.exists()
    assert order.journal.count() == 1


def test_it_cannot_be_done_twice(buyer: Party, sari: Person) -> None:
    order = testing.order(buyer)
    seen_by_another_tab = Order.objects.get(pk=order.pk)
    order.confirm(by=sari)

    with pytest.raises(WrongState):
        seen_by_another_tab.confirm(by=sari)

    assert order.journal.filter(step="orders.confirm").count() == 1
    assert Instalment.objects.count() == 2


def test_what_has_no_price_needs_an_offer(workshop: Workshop, sari: Person) -> None:
    order = testing.order(testing.party(workshop, is_welcome=False))

    with pytest.raises(WrongState):
        order.confirm(by=sari)

    order.refresh_from_db()
    assert order.status == Status.PLACED
    assert not OrderNeed.objects.exists()


def test_a_day_that_is_over_cannot_be_promised(buyer: Party, sari: Person) -> None:
    order = testing.order(buyer)

    with (
        clock.stopped(clock.now() + timedelta(days=15)),
        pytest.raises(WrongState, match="make an offer"),
    ):
        order.confirm(by=sari)

    order.refresh_from_db()
    assert order.status == Status.PLACED
