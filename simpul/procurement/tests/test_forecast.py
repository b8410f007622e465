from __future__ import annotations

from datetime import date

import pytest

from simpul import testing
from simpul.catalog.models import Material
from simpul.lib import clock
from simpul.parties.models import Party, Person
from simpul.procurement.forecast import HalfMonth, Outlook, coarse, forecast, half_months


def leather(supplier: Party) -> Material:
    found = Material.objects.filter(workshop=supplier.workshop, code="LEATHER").first()
    return found or testing.material(supplier.workshop, "LEATHER")


def figures(outlook: Outlook) -> list[tuple[int, int]]:
    """What is needed and ordered over all half months, without those in which nothing is."""
    return [
        (one.needed, one.ordered) for _half, one in outlook.expected if one.needed or one.ordered
    ]


def test_half_months_go_over_two_months() -> None:
    assert half_months(date(2026, 12, 20)) == [
        HalfMonth(date(2026, 12, 16), date(2026, 12, 31)),
        HalfMonth(date(2027, 1, 1), date(2027, 1, 15)),
        HalfMonth(date(2027, 1, 16), date(2027, 1, 31)),
        HalfMonth(date(2027, 2, 1), date(2027, 2, 15)),
        HalfMonth(date(2027, 2, 16), date(2027, 2, 28)),
    ]


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [(0, 0), (1, 1_000), (9_001, 10_000), (10_000, 10_000), (32_000, 35_000), (801_000, 850_000)],
)
def test_quantities_are_coarse(exact: int, rounded: int) -> None:
    assert coarse(exact) == rounded


def test_what_orders_need_stands_on_its_half_month(buyer: Party, supplier: Party) -> None:
    testing.needy_order(buyer, paid=False)  # 32 of leather, half of its days before its promise
    testing.supplier_price(supplier, leather(supplier))

    [outlook] = forecast(supplier)

    assert outlook.material.code == "LEATHER"
    assert figures(outlook) == [(35_000, 0)]
    [when] = [half for half, one in outlook.expected if one.needed]
    assert when.first_on <= clock.in_days(7) <= when.last_on


def test_what_the_store_has_or_nobody_sells_is_left_out(buyer: Party, supplier: Party) -> None:
    testing.needy_order(buyer)
    testing.supplier_price(supplier, leather(supplier))
    testing.stock_up(leather(supplier), 30_000)

    [outlook] = forecast(supplier)  # soles are nothing of this supplier's

    assert figures(outlook) == [(2_000, 0)]


def test_what_is_ordered_here_stands_apart_and_what_is_ordered_elsewhere_nowhere(
    buyer: Party, supplier: Party, budi: Person
) -> None:
    testing.sent_purchase(supplier, testing.needy_order(buyer))
    rival = testing.party(supplier.workshop, "Kulit Saing", is_supplier=True)
    testing.supplier_price(rival, leather(supplier), 90_000)

    mine = {row.material.code: figures(row) for row in forecast(supplier)}

    assert mine == {"LEATHER": [(0, 32_000)], "SOLE": [(0, 10_000)]}
    assert [figures(row) for row in forecast(rival)] == [[]]


def test_what_is_far_away_is_not_said(buyer: Party, supplier: Party) -> None:
    testing.needy_order(buyer, wished_on=clock.in_days(120))
    testing.supplier_price(supplier, leather(supplier))

    assert [figures(row) for row in forecast(supplier)] == [[]]
