"""What the next weeks bring in and take out."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from simpul import testing
from simpul.insight import cash
from simpul.insight.models import CashKept, CashWeek, Working
from simpul.lib import clock
from simpul.orders.models import Instalment
from simpul.parties.models import Party, Person, Workshop
from simpul.payments.models import Purpose

NOW = datetime(2026, 11, 25, 9, tzinfo=clock.WIB)  # a Wednesday


@pytest.fixture(autouse=True)
def _today() -> object:
    with clock.stopped(NOW):
        yield


def weeks(workshop: Workshop, name: str) -> dict[date, int]:
    """What of each week is not nothing, by its Monday."""
    cash.reckon(workshop)
    found = CashWeek.objects.filter(workshop=workshop).order_by("monday")
    assert found.count() == CashKept.WEEKS
    return {week.monday: getattr(week, name) for week in found if getattr(week, name)}


def due(buyer: Party, day: date) -> int:
    """Let all of a confirmed order of 2.000.000 be due on a day."""
    order = testing.confirmed_order(buyer, testing.product(buyer.workshop), sizes={"40": 10})
    Instalment.objects.filter(order=order).update(due_on=day)
    return order.total


def test_a_buyer_pays_as_late_as_usual(buyer: Party) -> None:
    total = due(buyer, date(2026, 12, 2))
    assert weeks(buyer.workshop, "from_buyers") == {date(2026, 11, 30): total}

    Working.objects.create(
        workshop=buyer.workshop, kind=Working.Kind.PAYER, place=0, party=buyer, count=3, middle=120
    )
    assert weeks(buyer.workshop, "from_buyers") == {date(2026, 12, 14): total}


def test_what_is_overdue_for_longer_than_usual_stands_in_no_week(buyer: Party) -> None:
    total = due(buyer, date(2026, 11, 20))
    assert weeks(buyer.workshop, "from_buyers") == {}
    assert CashKept.objects.get(workshop=buyer.workshop).overdue == total


def test_what_is_ordered_is_paid_once_it_came_and_is_due(supplier: Party) -> None:
    purchase = testing.confirmed_purchase(supplier)
    [day] = set(purchase.lines.values_list("promised_on", flat=True).order_by("promised_on"))
    assert day is not None
    due_on = day + timedelta(days=supplier.workshop.supplier_days)
    monday = due_on - timedelta(days=due_on.weekday())
    assert weeks(supplier.workshop, "to_suppliers") == {monday: purchase.total}


def test_wages_and_rent_go_on_as_they_were(workshop: Workshop, fajar: Person) -> None:
    with clock.stopped(NOW - timedelta(days=30)):
        Purpose.of_cash(by=fajar, kind="capital", amount=9_000_000, words="Modal")
        Purpose.of_cash(by=fajar, kind="wages", amount=-800_000, words="Upah")
        Purpose.of_cash(by=fajar, kind="rent", amount=-1_300_000, words="Sewa")
    assert set(weeks(workshop, "wages").values()) == {100_000}
    assert set(weeks(workshop, "running").values()) == {100_000}
    assert CashKept.objects.get(workshop=workshop).in_hand == 6_900_000

    with clock.stopped(NOW):
        Purpose.of_cash(by=fajar, kind="wages", amount=-60_000, words="Upah")
    assert list(weeks(workshop, "wages").values())[:2] == [40_000, 100_000]  # the rest of this week


def test_it_is_reckoned_again_once_something_has_happened(
    workshop: Workshop, fajar: Person
) -> None:
    assert not cash.is_behind(workshop) or CashKept.objects.count() == 0
    Purpose.of_cash(by=fajar, kind="capital", amount=1_000_000, words="Modal")
    assert cash.is_behind(workshop)
    cash.reckon(workshop)
    assert not cash.is_behind(workshop)
    with clock.stopped(NOW + timedelta(days=1)):
        assert cash.is_behind(workshop)
