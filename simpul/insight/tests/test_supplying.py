"""What the forecast means in material: what is needed, what to keep, and by when to buy."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from simpul import testing
from simpul.catalog.models import Product
from simpul.insight import demand
from simpul.insight.models import MaterialForecast, ModelDay
from simpul.insight.spans import WEEK
from simpul.lib import clock
from simpul.parties.models import Party, Workshop
from simpul.procurement.models import GoodsReceipt, PurchaseOrder

NOW = datetime(2026, 11, 25, 9, tzinfo=clock.WIB)  # a Wednesday
TODAY = NOW.date()
BEGINS = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def product(workshop: Workshop) -> Product:
    """Ten pairs each week for twelve weeks; 3.2 of leather and a pair of soles go into each."""
    made = testing.product(workshop, "DRB-01", name="Derby")
    testing.recipe(made)
    ModelDay.objects.bulk_create(
        ModelDay(workshop=workshop, day=BEGINS - n * WEEK, product=made, pairs=10)
        for n in range(1, 13)
    )
    return made


def reckoned(workshop: Workshop) -> dict[tuple[str, str], MaterialForecast]:
    with clock.stopped(NOW):
        demand.foretell(workshop)
    rows = MaterialForecast.objects.select_related("material").order_by("pk")
    return {(one.material.code, one.size): one for one in rows}


def delivered(supplier: Party, *took: int) -> None:
    """Let the supplier have delivered what was asked of it, each time after so many days."""
    with clock.stopped(NOW - timedelta(days=90)):
        purchase = testing.sent_purchase(supplier)
    for days in took:
        GoodsReceipt.objects.create(
            purchase=purchase,
            number=f"GR-{days}",
            by=testing.keeper(supplier.workshop),
            at=NOW - timedelta(days=90 - days),
        )
    PurchaseOrder.objects.filter(pk=purchase.pk).update(status="closed")


def test_what_is_to_be_ordered_needs_leather_and_soles_by_size(workshop: Workshop) -> None:
    found = reckoned(workshop)
    leather = found["LEATHER", ""]
    assert (leather.needs_4, leather.needs_8, leather.needs_12) == (128_000, 256_000, 384_000)
    assert sum(row.needs_4 for (code, _size), row in found.items() if code == "SOLE") == 40_000
    assert found["SOLE", "41"].needs_4 == 8_000


def test_what_running_orders_lack_counts_and_what_is_free_does_not_have_to_be_bought(
    workshop: Workshop, buyer: Party
) -> None:
    testing.needy_order(buyer)  # 32 of leather
    material = reckoned(workshop)["LEATHER", ""].material
    testing.stock_up(material, 100_000)
    leather = reckoned(workshop)["LEATHER", ""]
    assert (leather.lacking, leather.free, leather.coming) == (32_000, 100_000, 0)
    assert leather.to_buy(4) == 32_000 + 128_000 - 100_000
    assert leather.safety is None


def test_it_is_to_be_bought_before_it_runs_out(workshop: Workshop, supplier: Party) -> None:
    material = reckoned(workshop)["LEATHER", ""].material
    assert reckoned(workshop)["LEATHER", ""].buy_by is None  # nobody is known to sell it

    testing.supplier_price(supplier, material, lead_days=5)
    assert reckoned(workshop)["LEATHER", ""].buy_by == TODAY

    testing.stock_up(material, 192_000)  # six weeks
    assert reckoned(workshop)["LEATHER", ""].buy_by == TODAY + timedelta(days=42 - 5)

    testing.stock_up(material, 192_000)  # twelve
    assert reckoned(workshop)["LEATHER", ""].buy_by is None


def test_who_is_late_makes_one_keep_more(workshop: Workshop, supplier: Party) -> None:
    material = reckoned(workshop)["LEATHER", ""].material
    testing.supplier_price(supplier, material, lead_days=5)
    delivered(supplier, 7)
    one = reckoned(workshop)["LEATHER", ""]
    assert (one.lead_days, one.deliveries, one.safety) == (7, 1, None)  # one delivery tells nothing

    GoodsReceipt.objects.all().delete()
    delivered(supplier, 7, 21)
    one = reckoned(workshop)["LEATHER", ""]
    assert (one.lead_days, one.deliveries) == (14, 2)
    assert one.safety is not None
    assert one.reorder_at is not None
    # 32 a week for two weeks; and of one and three weeks 1.645 times the spread, 1.414 weeks
    assert (one.reorder_at - one.safety, one.safety) == (64_000, 74_500)
    assert one.up_to == one.reorder_at + one.needs_4


def test_what_has_a_size_is_kept_in_whole_units(workshop: Workshop, supplier: Party) -> None:
    testing.supplier_price(supplier, reckoned(workshop)["SOLE", "41"].material, lead_days=5)
    delivered(supplier, 7, 21)
    sole = reckoned(workshop)["SOLE", "41"]
    # 2 a week for two weeks; and 4.65 pairs of one and three weeks
    assert (sole.reorder_at, sole.safety) == (9_000, 5_000)
