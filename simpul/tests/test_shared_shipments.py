"""Pairs and money of each order are the same, whether it travels alone or with others."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from simpul import testing
from simpul.conversations.models import Ticket
from simpul.delivery.models import Shipment
from simpul.insight.audit import CHECKS, findings
from simpul.insight.books import reports
from simpul.insight.books.margins import margins
from simpul.insight.books.postings import books_of
from simpul.insight.books.reports import Period
from simpul.lib import clock
from simpul.orders.models import Instalment, LineSize, Order
from simpul.parties.models import Party, Person, Workshop
from simpul.payments.models import CashHanding, Collection


def orders_of(buyer: Party, dice: random.Random) -> list[Order]:
    """Two or three of ten pairs, some paid and some to be paid at the door, all or part packed."""
    made = []
    for _order in range(dice.choice((2, 2, 3))):
        order = testing.needy_order(buyer)
        if dice.random() < 0.7:
            Instalment.objects.filter(order=order, position=2).update(gate=5)
        else:
            testing.pay(order)
        testing.shelve(order, dice.choice((None, {"40": 4}, {"41": 5})))
        testing.fill(order, dice.choice((3, 5)))
        made.append(order)
    return made


def send(orders: list[Order], asep: Person, collected: int | None = None) -> int:
    """Send them in one shipment; return what was to be collected. Nothing said: all of it."""
    rina = testing.keeper(orders[0].workshop)
    shipment = Shipment.open(by=rina, orders=orders, mode="ojek", fee=30_000)
    testing.offer_to(shipment, asep)
    shipment.accept(by=asep)
    shipment.issue_note(by=rina)
    count = shipment.packages.count()
    shipment.hand_over(by=rina, count=count)
    shipment.pick_up(by=asep, count=count)
    said = shipment.asked if collected is None else min(collected, shipment.asked)
    shipment.deliver(by=asep, receiver="X", count=count, pin=shipment.pin, collected=said)
    return shipment.asked


def bring(asep: Person, fajar: Person) -> None:
    held = sum(one.collected or 0 for one in Collection.objects.held())
    if held:
        made = CashHanding.hand(by=asep, courier=asep.party, said=held)
        made.count(by=fajar, counted=held)


def seen(workshop: Workshop) -> dict[str, Any]:
    """What each order and the books say, with nothing of how it travelled."""
    books = books_of(workshop)
    month = Period.of("month", clock.today())
    return {
        "orders": list(Order.objects.order_by("pk").values_list("pk", "status", "total")),
        "pairs": list(
            LineSize.objects.order_by("pk").values_list("pk", "packed", "picked_up", "delivered")
        ),
        "money": list(Instalment.objects.order_by("pk").values_list("pk", "paid")),
        "cash": list(
            Collection.objects.order_by("order").values_list(
                "order", "asked", "collected", "status"
            )
        ),
        "tickets": sorted(str(one.facts) for one in Ticket.objects.all()),
        "accounts": reports.balances(books, books.until),
        "sold": [(one.order.pk, one.sold, one.material) for one in margins(books, month)],
    }


def tried[Found](what: Callable[[], Found]) -> Found:
    """Return what comes of it, and let it not have happened."""
    with transaction.atomic():
        found = what()
        transaction.set_rollback(True)
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(5))
def test_together_is_the_same_as_alone(
    workshop: Workshop, buyer: Party, asep: Person, fajar: Person, seed: int
) -> None:
    dice = random.Random(seed)
    orders = orders_of(buyer, dice)
    part = dice.choice((1, 1, 0.5, 0))

    def alone() -> None:
        left = said
        for one in orders:
            left -= min(send([one], asep, left), left)

    said = int(tried(lambda: sum(send([one], asep) for one in orders)) * part)
    told = []
    for travel in (alone, lambda: send(orders, asep, said)):

        def to_the_end(travel: Callable[[], object] = travel) -> dict[str, Any]:
            travel()
            bring(asep, fajar)
            assert list(findings(workshop, CHECKS)) == []
            return seen(workshop)

        told.append(tried(to_the_end))

    assert told[0]["cash"] or not said
    assert told[1] == told[0]


@pytest.mark.django_db
def test_the_way_is_paid_by_each_according_to_its_pairs(
    workshop: Workshop, buyer: Party, asep: Person
) -> None:
    whole, parted = testing.packed_order(buyer), testing.needy_order(buyer)
    testing.pay(parted)
    testing.shelve(parted, {"41": 6})
    testing.fill(parted, 6)
    send([parted], asep)
    testing.shelve(parted)
    testing.fill(parted, 4)

    send([whole, parted], asep)

    month = Period.of("month", clock.today())
    found = {one.order: one.freight for one in margins(books_of(workshop), month)}
    assert found == {whole: 21_429, parted: 30_000 + 8_571}
