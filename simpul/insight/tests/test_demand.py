"""What will be asked for: what the job of the night writes for the pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest

from simpul import testing
from simpul.catalog.models import Product, Variant
from simpul.insight import demand
from simpul.insight.models import DemandForecast, ForecastSize, ModelDay, ModelMonth
from simpul.insight.spans import WEEK
from simpul.lib import clock
from simpul.parties.models import Workshop

NOW = datetime(2026, 11, 25, 9, tzinfo=clock.WIB)  # a Wednesday
BEGINS = date(2026, 11, 23)
UNEVEN = (20, 26, 17, 24, 22, 15, 27, 21)


@pytest.fixture
def product(workshop: Workshop) -> Product:
    return testing.product(workshop, "DRB-01", name="Derby")


def asked_for(product: Product, weekly: Sequence[int], this_week: int = 0) -> None:
    """Let so many pairs of a model be ordered each week, the last number in the last whole one."""
    weeks = {BEGINS - (len(weekly) - at) * WEEK: pairs for at, pairs in enumerate(weekly)}
    ModelDay.objects.bulk_create(
        ModelDay(workshop=product.workshop, day=day + timedelta(days=1), product=product, pairs=n)
        for day, n in (weeks | {BEGINS: this_week}).items()
        if n
    )


def sold(product: Product, sizes: dict[str, int], colour: str = "Hitam") -> None:
    """Let so many pairs of each size be sold in the last month."""
    variants = Variant.objects.filter(colourway__product=product, colourway__name=colour)
    ModelMonth.objects.bulk_create(
        ModelMonth(
            workshop=product.workshop, month=date(2026, 10, 1), variant=one, pairs=sizes[one.size]
        )
        for one in variants.order_by("pk")
        if one.size in sizes
    )


def foretold(workshop: Workshop) -> dict[str, DemandForecast]:
    with clock.stopped(NOW):
        demand.foretell(workshop)
    rows = DemandForecast.objects.filter(workshop=workshop).select_related("product")
    return {one.product.code if one.product else "all": one for one in rows.order_by("pk")}


def test_steady_demand_is_forecast_week_by_week(workshop: Workshop, product: Product) -> None:
    asked_for(product, UNEVEN * 7)
    one = foretold(workshop)["DRB-01"]
    assert (one.pattern, one.weeks_each, one.begins) == ("smooth", 1, BEGINS)
    assert one.past == list((UNEVEN * 7)[-52:])
    assert [len(row) for row in one.ahead] == [3] * 12
    eight = one.span(8)
    assert eight.low is not None
    assert eight.high is not None
    assert eight.low <= eight.expected <= eight.high
    assert 140 <= eight.expected <= 200  # 172 pairs come in eight weeks on average
    assert not one.is_naive
    assert one.gain_percent is not None
    assert one.gain_percent > 10
    assert one.ways[0].way == one.way


def test_what_is_ordered_already_is_not_expected_once_more(
    workshop: Workshop, product: Product
) -> None:
    asked_for(product, UNEVEN * 7)
    before = foretold(workshop)["DRB-01"].span(4)
    DemandForecast.objects.all().delete()
    ModelDay.objects.create(workshop=workshop, day=BEGINS, product=product, pairs=15)
    after = foretold(workshop)["DRB-01"]
    assert after.ordered == 15
    # it uses up what was expected of this week
    assert after.span(4).expected == before.expected

    ModelDay.objects.filter(day=BEGINS).update(pairs=300)
    more = foretold(workshop)["DRB-01"]
    four = more.span(4)
    assert 300 + 3 * 15 <= four.expected <= 300 + 3 * 27
    assert four.low is not None
    assert four.high is not None
    assert 300 < four.low <= four.expected <= four.high
    assert sum(row.pairs_4 for row in ForecastSize.objects.filter(forecast=more)) == (
        more.span(4).expected - 300
    )


def test_seldom_demand_is_forecast_by_four_weeks(workshop: Workshop, product: Product) -> None:
    asked_for(product, [0, 0, 0, 24, 0, 0, 30] * 14)
    one = foretold(workshop)["DRB-01"]
    assert one.weeks_each == 4
    assert len(one.ahead) == 3
    assert len(one.past) == 13
    assert sum(one.past) == sum(([0, 0, 0, 24, 0, 0, 30] * 14)[-52:])
    assert one.is_judged


def test_the_first_order_of_a_model_counts_in_its_first_period(
    workshop: Workshop, product: Product
) -> None:
    asked_for(product, [120, *[0] * 8])
    assert foretold(workshop)["DRB-01"].past == [120, 0, 0]


def test_of_too_few_weeks_nothing_is_judged(workshop: Workshop, product: Product) -> None:
    asked_for(product, [10] * 12)
    one = foretold(workshop)["DRB-01"]
    assert not one.is_judged
    assert (one.way, one.weeks_each, one.gain_percent) == ("naive", 4, None)
    assert one.span(8) == (8, 80, None, None)


def test_of_a_model_that_is_new_or_idle_nothing_is_said(
    workshop: Workshop, product: Product
) -> None:
    new, idle = testing.product(workshop, "NEW-01"), testing.product(workshop, "OLD-01")
    asked_for(product, [10] * 12)
    asked_for(new, [10] * 7)
    asked_for(idle, [10] * 20 + [0] * 53)
    assert set(foretold(workshop)) == {"DRB-01", "all"}


def test_all_together_have_the_past_of_those_that_are_gone(
    workshop: Workshop, product: Product
) -> None:
    gone, new = testing.product(workshop, "OLD-01"), testing.product(workshop, "NEW-01")
    asked_for(product, UNEVEN * 10)
    asked_for(gone, [30] * 20 + [0] * 60)
    asked_for(new, [5] * 4, 3)
    found = foretold(workshop)
    assert set(found) == {"DRB-01", "all"}
    mine = list((UNEVEN * 10)[-52:])
    assert found["all"].past == [*mine[:-4], *(one + 5 for one in mine[-4:])]
    assert found["all"].ordered == 3
    with clock.stopped(NOW):
        _models, everything = demand.weekly_demand(workshop, BEGINS)
    assert everything.weekly[:20].tolist() == [one + 30 for one in (UNEVEN * 3)[:20]]


def test_where_nothing_was_ever_asked_for_nothing_is_kept(workshop: Workshop) -> None:
    assert not demand.is_needed(workshop)
    assert foretold(workshop) == {}


def test_it_is_made_once_a_day(workshop: Workshop, product: Product) -> None:
    asked_for(product, [10] * 12)
    with clock.stopped(NOW):
        assert demand.is_needed(workshop)
    foretold(workshop)
    with clock.stopped(NOW):
        assert not demand.is_needed(workshop)
    with clock.stopped(NOW + timedelta(days=1)):
        assert demand.is_needed(workshop)


def test_it_falls_on_sizes_and_colours_as_it_was_sold(workshop: Workshop, product: Product) -> None:
    testing.colourway(product, "Cokelat")
    asked_for(product, [10] * 12)
    sold(product, {"39": 300, "40": 500})
    sold(product, {"40": 400}, "Cokelat")
    one = foretold(workshop)["DRB-01"]
    rows = ForecastSize.objects.filter(forecast=one).select_related("variant__colourway")
    parts = {
        (row.variant.colourway.name, row.variant.size): row.pairs_12 for row in rows.order_by("pk")
    }
    assert parts == {
        ("Hitam", "39"): 20,  # of 120 pairs two thirds are black, and a quarter in 39
        ("Hitam", "40"): 60,
        ("Cokelat", "39"): 10,
        ("Cokelat", "40"): 30,
    }


def test_a_model_that_has_sold_nothing_yet_falls_as_its_category(
    workshop: Workshop, product: Product
) -> None:
    sold(product, {"39": 100, "40": 300})
    young = testing.product(workshop, "NEW-01")
    asked_for(young, [10] * 12)
    one = foretold(workshop)["NEW-01"]
    rows = ForecastSize.objects.filter(forecast=one).select_related("variant")
    assert {row.variant.size: row.pairs_4 for row in rows.order_by("pk")} == {"39": 10, "40": 30}
