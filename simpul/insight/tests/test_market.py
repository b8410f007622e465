"""Which models are called new, rising or fading, and what is known of the seasons."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import override

from simpul import testing
from simpul.catalog.models import Product
from simpul.insight import market
from simpul.insight.market import By, Measure, Turn
from simpul.insight.models import AreaMonth, ModelDay, ModelMonth
from simpul.parties.models import Workshop

TODAY = date(2026, 11, 20)


def sold(product: Product, first: date, orders: int) -> None:
    """Let a model be in one order a day, of twenty pairs."""
    ModelDay.objects.bulk_create(
        ModelDay(
            workshop=product.workshop,
            day=first + timedelta(days=n),
            product=product,
            orders=1,
            pairs=20,
        )
        for n in range(orders)
    )


def test_a_model_is_rising_or_fading_only_where_chance_would_not_do_it(workshop: Workshop) -> None:
    then, now = date(2025, 3, 1), date(2026, 3, 1)
    rising, fading, steady, new = (
        testing.product(workshop, code) for code in ("R-1", "F-1", "S-1", "N-1")
    )
    sold(steady, date(2024, 10, 1), 1)  # what is compared with is known from its first day
    for product, before, after in ((rising, 5, 25), (fading, 25, 5), (steady, 5, 9)):
        sold(product, then, before)
        sold(product, now, after)
    sold(new, now, 1)

    found = market.trend(workshop, TODAY, by=By.MODEL, measure=Measure.PAIRS, months=12)
    assert {row.key: row.turn for row in found.rows} == {
        rising.pk: Turn.RISING,
        fading.pk: Turn.FADING,
        steady.pk: "",
        new.pk: Turn.NEW,
    }
    most = found.rows[0]
    assert (most.now, most.before, most.change) == (500, 100, 4.0)

    ModelDay.objects.filter(day__lt=then).delete()  # now the year before is not whole
    found = market.trend(workshop, TODAY, by=By.MODEL, measure=Measure.PAIRS, months=12)
    assert found.turned == []


def test_a_model_that_came_after_the_days_before_is_new_and_not_rising(workshop: Workshop) -> None:
    """Three months beside those of a year ago; it was first ordered in between."""
    steady, young = testing.product(workshop, "S-1"), testing.product(workshop, "Y-1")
    sold(steady, date(2024, 10, 1), 1)
    sold(steady, date(2025, 9, 1), 9)
    sold(steady, date(2026, 9, 1), 9)
    sold(young, date(2026, 3, 1), 3)
    sold(young, date(2026, 9, 1), 20)
    found = market.trend(workshop, TODAY, by=By.MODEL, measure=Measure.PAIRS, months=3)
    assert {row.key: row.turn for row in found.rows} == {steady.pk: "", young.pk: Turn.NEW}


def test_a_model_that_came_within_the_days_before_rises_only_by_its_own_days(
    workshop: Workshop,
) -> None:
    """Ten orders in the last month of the year before, and as many each month since then."""
    steady, young, grows = (testing.product(workshop, code) for code in ("S-1", "Y-1", "G-1"))
    sold(steady, date(2024, 10, 1), 1)
    for product, monthly in ((young, 10), (grows, 28)):
        sold(product, date(2025, 10, 2), 11)
        for month in range(1, 11):
            sold(product, date(2026, month, 1), monthly)
    found = market.trend(workshop, TODAY, by=By.MODEL, measure=Measure.PAIRS, months=12)
    assert {row.key: row.turn for row in found.rows if row.key != steady.pk} == {
        young.pk: "",
        grows.pk: Turn.RISING,
    }


def test_a_model_is_named_as_its_reader_speaks(workshop: Workshop) -> None:
    product = testing.product(workshop, "D-1", name="Derby pria", name_en="Men's derby")
    sold(product, date(2026, 3, 1), 1)
    for language, name in (("en", "D-1 Men's derby"), ("id", "D-1 Derby pria")):
        with override(language):
            asked = market.trend(workshop, TODAY, by=By.MODEL, measure=Measure.PAIRS, months=12)
        assert [row.label for row in asked.rows] == [name]


def test_a_colour_is_named_as_its_reader_speaks_where_the_catalogue_knows_the_word(
    workshop: Workshop,
) -> None:
    product = testing.product(workshop, "D-1")
    black, sand = product.colourways.get(), testing.colourway(product, "Pasir")
    product.colourways.filter(pk=black.pk).update(name_en="Black")
    ModelMonth.objects.bulk_create(
        ModelMonth(
            workshop=workshop, month=date(2026, 3, 1), variant=look.variants.first(), pairs=pairs
        )
        for look, pairs in ((black, 20), (sand, 10))
    )
    for language, names in (("en", ["Black", "Pasir"]), ("id", ["Hitam", "Pasir"])):
        with override(language):
            asked = market.trend(workshop, TODAY, by=By.COLOUR, measure=Measure.PAIRS, months=12)
        assert [row.label for row in asked.rows] == names


def test_the_seasons_say_nothing_of_months_that_are_not_known(workshop: Workshop) -> None:
    AreaMonth.objects.create(workshop=workshop, month=date(2025, 11, 1), pairs=30)
    assert market.seasons(workshop, TODAY) == [
        (2025, [None] * 10 + [30, 0]),
        (2026, [0] * 11 + [None]),
    ]
