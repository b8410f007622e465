"""Which models are called new, rising or fading, and what is known of the seasons."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from django.utils.translation import override

from simpul import testing
from simpul.catalog.models import Product
from simpul.insight import market
from simpul.insight.keeping import keep
from simpul.insight.market import By, Measure, Turn
from simpul.insight.models import ColourDay, ModelDay, OrderFact, SizeDay
from simpul.insight.spans import Span
from simpul.lib import clock
from simpul.parties.models import Party, Person, Workshop

TODAY = date(2026, 11, 20)


def sold(product: Product, first: date, orders: int) -> None:
    """Let a model be in one order a day, of twenty pairs."""
    days = [first + timedelta(days=n) for n in range(orders)]
    ModelDay.objects.bulk_create(
        ModelDay(workshop=product.workshop, day=day, product=product, orders=1, pairs=20)
        for day in days
    )
    SizeDay.objects.bulk_create(
        (SizeDay(workshop=product.workshop, day=day, size="40", pairs=20) for day in days),
        ignore_conflicts=True,  # of several models: only the days are looked at
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

    SizeDay.objects.filter(day__lt=then).delete()  # now the year before is not whole
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
    ColourDay.objects.bulk_create(
        ColourDay(workshop=workshop, day=date(2026, 3, 9), colourway=look, pairs=pairs)
        for look, pairs in ((black, 20), (sand, 10))
    )
    for language, names in (("en", ["Black", "Pasir"]), ("id", ["Hitam", "Pasir"])):
        with override(language):
            asked = market.trend(workshop, TODAY, by=By.COLOUR, measure=Measure.PAIRS, months=12)
        assert [row.label for row in asked.rows] == names


def test_the_seasons_say_nothing_of_months_that_are_not_known(workshop: Workshop) -> None:
    SizeDay.objects.create(workshop=workshop, day=date(2025, 11, 7), size="40", pairs=30)
    assert market.seasons(workshop, TODAY) == [
        (2025, [None] * 10 + [30, 0]),
        (2026, [0] * 11 + [None]),
    ]


# Beside the year before: Idul Fitri is on 21 March 2026, 355 days after 31 March 2025

AFTER_THE_FEAST = date(2026, 5, 10)
MEASURED = {Measure.PAIRS: "pairs", Measure.SOLD: "sold"}


@pytest.fixture
def two_years(workshop: Workshop, buyer: Party, courier: Person) -> Workshop:
    """Orders in the weeks around two feasts, of two models, and days at the ends of what is compared."""
    derby, loafer = testing.product(workshop, "D-1"), testing.product(workshop, "L-1")
    for on, product, pairs in (
        (date(2023, 12, 1), derby, 4),  # what is compared with is known from its first day
        (date(2025, 2, 3), derby, 2),  # the same month, and two days too far from the feast
        (date(2025, 2, 19), derby, 6),
        (date(2025, 3, 14), loafer, 10),
        (date(2025, 5, 9), loafer, 14),  # as far after the feast as 29 April 2026
        (date(2025, 6, 2), loafer, 18),
        (date(2026, 2, 2), derby, 22),
        (date(2026, 3, 1), loafer, 26),
        (date(2026, 4, 30), derby, 30),
        (date(2026, 5, 2), derby, 34),
    ):
        with clock.stopped(clock.begin_of(on) + timedelta(hours=9)):
            testing.confirmed_order(
                buyer, product, sizes={"40": pairs // 2, "41": pairs - pairs // 2}
            )
    keep.bring_up_to_date(workshop)
    return workshop


def test_all_of_it_is_compared_with_the_same_days(two_years: Workshop) -> None:
    """Whatever one tells it by, the rows make up what the orders themselves say of both spans."""
    for by, months, (measure, name) in itertools.product(By, market.MONTHS, MEASURED.items()):
        asked = f"{measure} by {by} of {months} months"
        found = market.trend(two_years, AFTER_THE_FEAST, by=by, measure=measure, months=months)
        now, before = (_raw(two_years, name, one) for one in (found.span, found.compared.span))
        assert sum(row.now for row in found.rows) == now, asked
        if by != By.MONTH or months < 12:  # the months of a year have days of their own
            assert sum(row.before for row in found.rows) == before, asked
        whole = market.totals(two_years, found.span, found.compared)
        assert (whole.now[measure], whole.before[measure]) == (now, before), asked


def _raw(workshop: Workshop, name: str, span: Span) -> int:
    orders = OrderFact.objects.filter(workshop=workshop, agreed_on__range=(span.first, span.last))
    return sum(orders.values_list(name, flat=True))


def test_three_months_are_counted_from_the_feast_by_whatever_they_are_told(
    two_years: Workshop,
) -> None:
    for by in By:
        found = market.trend(two_years, AFTER_THE_FEAST, by=by, measure=Measure.PAIRS, months=3)
        assert found.compared.span == Span(date(2025, 2, 11), date(2025, 5, 10)), by
        assert sum(row.before for row in found.rows) == 6 + 10 + 14, by
        assert sum(row.now for row in found.rows) == 22 + 26 + 30, by


def test_a_month_of_three_is_compared_with_the_days_as_far_from_the_feast(
    two_years: Workshop,
) -> None:
    found = market.trend(two_years, AFTER_THE_FEAST, by=By.MONTH, measure=Measure.PAIRS, months=3)
    assert [(row.label, row.now, row.before, row.days_before) for row in found.rows] == [
        ("2026-02-01", 22, 6, Span(date(2025, 2, 11), date(2025, 3, 10))),
        ("2026-03-01", 26, 10, Span(date(2025, 3, 11), date(2025, 4, 10))),
        ("2026-04-01", 30, 14, Span(date(2025, 4, 11), date(2025, 5, 10))),
    ]


def test_a_month_of_a_year_is_compared_with_days_of_its_own(two_years: Workshop) -> None:
    found = market.trend(two_years, AFTER_THE_FEAST, by=By.MONTH, measure=Measure.PAIRS, months=12)
    days = {row.label: row.days_before for row in found.rows}
    assert days["2026-03-01"] == Span(date(2025, 3, 11), date(2025, 4, 10))  # from the feast
    assert days["2025-09-01"] == Span(date(2024, 9, 2), date(2024, 10, 1))  # 52 weeks
