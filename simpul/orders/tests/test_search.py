"""Finding an order among many: a whole number always, a part of one among the newest."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from simpul import testing
from simpul.orders.models import Order
from simpul.orders.models import order as orders
from simpul.parties.models import Party, Workshop


@pytest.fixture
def two(buyer: Party) -> list[Order]:
    """An old order and the newest one."""
    return [testing.order(buyer), testing.order(buyer)]


def found(words: str) -> list[Order]:
    workshop = Workshop.objects.get(slug="ciomas").pk
    return list(Order.objects.filter(workshop=workshop).search(words, workshop).order_by("pk"))


def test_the_end_of_a_number_is_enough(two: list[Order]) -> None:
    assert found(two[0].number[-4:]) == two[:1]
    assert found(two[1].number[-4:]) == two[1:]


def test_a_part_of_a_number_finds_the_newest_only(
    two: list[Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders, "NEWEST", 1)

    assert found(two[0].number[-4:]) == []
    assert found(two[1].number[-4:]) == two[1:]
    assert found(two[0].number.lower()) == two[:1]
    assert found(two[0].code.lower()) == two[:1]


@pytest.mark.parametrize("few", [0, 300])
def test_a_name_finds_all_orders_however_many_have_it(
    two: list[Order], monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(orders, "FEW_BUYERS", few)
    monkeypatch.setattr(orders, "NEWEST", 1)

    assert found(two[0].buyer.name[:6].upper()) == two
    assert found("Nobody at all") == []


def test_how_many_buyers_a_rival_has_changes_nothing(
    buyer: Party, two: list[Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the buyers of one's own workshop are looked up, and counted."""
    monkeypatch.setattr(orders, "FEW_BUYERS", 1)
    rival = testing.workshop("cibaduyut")
    for _one in range(2):
        testing.party(rival, buyer.name)

    with CaptureQueriesContext(connection) as asked:
        assert found(buyer.name) == two
    assert "parties_party" not in asked[-1]["sql"]  # their keys are known by then
