from __future__ import annotations

import pytest

from simpul import testing
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person
from simpul.procurement.models import PurchaseLine, PurchaseOrder
from simpul.workflow.steps import NotAllowed, WrongState


@pytest.fixture
def purchase(supplier: Party) -> PurchaseOrder:
    return testing.confirmed_purchase(supplier)


@pytest.fixture
def leather(purchase: PurchaseOrder) -> PurchaseLine:
    return purchase.lines.get(material__code="LEATHER")


def expect(line: PurchaseLine, days: int, by: Person) -> None:
    line.purchase.expect(by=by, line=line, day=clock.in_days(days), reason="Rain")


def test_the_day_moves_and_the_promise_does_not(leather: PurchaseLine, budi: Person) -> None:
    expect(leather, 10, by=budi)

    leather.refresh_from_db()
    assert (leather.promised_on, leather.expected_on) == (clock.in_days(7), clock.in_days(10))
    assert Order.objects.get().promised_on == clock.in_days(14)


def test_it_is_written_in_the_journal(leather: PurchaseLine, budi: Person) -> None:
    expect(leather, 10, by=budi)

    entry = leather.purchase.journal.get(step="procurement.expect")
    assert entry.facts == {
        "line": leather.pk,
        "day": clock.in_days(10).isoformat(),
        "reason": "Rain",
    }


def test_others_may_not(leather: PurchaseLine, sari: Person, dewi: Person, joko: Person) -> None:
    for person in (sari, dewi, joko):
        with pytest.raises(NotAllowed):
            expect(leather, 10, by=person)

    leather.refresh_from_db()
    assert leather.expected_on == clock.in_days(7)


def test_what_has_come_is_not_expected(leather: PurchaseLine, rina: Person) -> None:
    leather.purchase.receive(by=rina, goods={leather: (32_000, 0)})

    with pytest.raises(WrongState):
        expect(leather, 10, by=rina)
