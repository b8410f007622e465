"""What another price did to the orders of a model: a word only where chance would not do it."""

from __future__ import annotations

from datetime import date

from simpul import testing
from simpul.catalog.models import Group, PriceRule, Product
from simpul.insight.models import ModelDay
from simpul.insight.spans import months_back
from simpul.insight.volume import Priced, Verdict, priced
from simpul.parties.models import Workshop

TODAY = date(2026, 11, 20)
CHANGED = date(2026, 3, 1)


def sold(product: Product, before: int, after: int) -> None:
    """Let a model stand in so many orders a month, of ten pairs each, before March and since."""
    months = [months_back(TODAY, n) for n in range(1, 17)]
    ModelDay.objects.bulk_create(
        ModelDay(
            workshop=product.workshop,
            day=month,
            product=product,
            orders=after if month >= CHANGED else before,
            pairs=10 * (after if month >= CHANGED else before),
        )
        for month in months
    )


def dearer(product: Product, amount: int = 230_000) -> None:
    PriceRule.objects.create(
        product=product, group=Group.WHOLESALE, amount=amount, valid_from=CHANGED
    )


def told(workshop: Workshop) -> dict[str, Priced]:
    return {one.product.code: one for one in priced(workshop, TODAY)}


def test_a_dearer_model_is_ordered_more_seldom_beside_the_others(workshop: Workshop) -> None:
    dear, steady = testing.product(workshop, "DRB-01"), testing.product(workshop, "OXF-01")
    sold(dear, 8, 4)
    sold(steady, 20, 20)
    dearer(dear)
    found = told(workshop)
    one = found["DRB-01"]
    assert (one.since, one.old, one.new) == (CHANGED, 200_000, 230_000)
    assert (one.orders, one.others) == ((32, 64), (160, 160))
    assert one.verdict == Verdict.LESS
    assert one.points[:1] + one.points[-1:] == [(200_000, 80), (230_000, 40)]
    assert found["OXF-01"].since is None
    assert found["OXF-01"].verdict == ""


def test_a_season_that_all_models_have_is_none_of_the_price(workshop: Workshop) -> None:
    dear, steady = testing.product(workshop, "DRB-01"), testing.product(workshop, "OXF-01")
    sold(dear, 8, 4)
    sold(steady, 40, 20)  # all are ordered half as often
    dearer(dear)
    one = told(workshop)["DRB-01"]
    assert one.since == CHANGED
    assert one.verdict == ""


def test_the_month_in_which_a_model_came_is_no_month_to_compare_with(workshop: Workshop) -> None:
    young, steady = testing.product(workshop, "DRB-01"), testing.product(workshop, "OXF-01")
    sold(young, 0, 8)
    ModelDay.objects.filter(product=young, orders=0).delete()
    ModelDay.objects.create(
        workshop=workshop, day=date(2026, 2, 26), product=young, orders=1, pairs=10
    )
    sold(steady, 20, 20)
    dearer(young)
    one = told(workshop)["DRB-01"]
    assert (one.since, one.old, one.new) == (CHANGED, 200_000, 230_000)
    assert one.orders == (64, 0)
    assert one.verdict == ""


def test_of_a_price_that_never_changed_nothing_is_said(workshop: Workshop) -> None:
    sold(testing.product(workshop, "DRB-01"), 8, 4)
    one = told(workshop)["DRB-01"]
    assert (one.since, one.verdict, len(one.months)) == (None, "", 16)


def test_few_orders_of_others_tell_little(workshop: Workshop) -> None:
    """32 orders after 64, beside 8 and 8: chance does that more often than one time in ten."""
    dear, other = testing.product(workshop, "DRB-01"), testing.product(workshop, "OXF-01")
    sold(dear, 8, 4)
    sold(other, 1, 1)
    dearer(dear)
    one = told(workshop)["DRB-01"]
    assert (one.orders, one.others) == ((32, 64), (8, 8))
    assert one.verdict == ""
