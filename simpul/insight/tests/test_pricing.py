"""Which price leaves what the owner wants."""

from __future__ import annotations

from datetime import date

import pytest

from simpul import testing
from simpul.catalog.models import PriceRule
from simpul.insight import pricing
from simpul.insight.models import ModelDay
from simpul.parties.models import Workshop

TODAY = date(2026, 11, 25)


def delivered(workshop: Workshop, code: str, pairs: int, *, cost: int) -> None:
    """So many pairs of a model whose list price is 200.000, sold for 190.000."""
    product = testing.product(workshop, code)
    ModelDay.objects.create(
        workshop=workshop,
        day=date(2026, 10, 1),
        product=product,
        delivered=pairs,
        earned=190_000 * pairs,
        contribution=(190_000 - cost) * pairs,
    )


@pytest.mark.parametrize(
    ("cost", "wished", "proposed", "is_below_cost"),
    [
        (120_000, 25, None, False),  # leaves 40 %
        (150_000, 25, None, False),  # leaves 25 %, exactly
        (150_001, 25, 201_000, False),
        (160_000, 25, 214_000, False),  # 213.333, in whole thousands
        (201_000, 0, 201_000, True),
    ],
)
def test_a_price_is_proposed_where_too_little_is_left(
    workshop: Workshop, cost: int, wished: int, proposed: int | None, is_below_cost: bool
) -> None:
    delivered(workshop, "A-1", 20, cost=cost)

    [row] = pricing.proposals(workshop, TODAY, wished)
    assert (row.cost, row.sold, row.price) == (cost, 190_000, 200_000)
    assert (row.proposed, row.is_below_cost) == (proposed, is_below_cost)


def test_what_is_just_too_little_does_not_read_as_enough(workshop: Workshop) -> None:
    delivered(workshop, "A-1", 20, cost=150_010)

    [row] = pricing.proposals(workshop, TODAY, 25)
    assert (row.permille, row.proposed) == (249, 201_000)


def test_a_price_between_two_thousands_that_leaves_enough_is_left_alone(
    workshop: Workshop,
) -> None:
    delivered(workshop, "A-1", 20, cost=142_100)  # 25 % needs 189.467
    PriceRule.objects.update(amount=189_500)

    [row] = pricing.proposals(workshop, TODAY, 25)
    assert (row.price, row.permille, row.proposed) == (189_500, 250, None)


def test_the_worst_stands_first_and_few_pairs_say_nothing(workshop: Workshop) -> None:
    delivered(workshop, "A-1", 20, cost=100_000)
    delivered(workshop, "B-2", 20, cost=150_000)
    delivered(workshop, "C-3", pricing.FEWEST - 1, cost=190_000)

    found = pricing.proposals(workshop, TODAY, 25)
    assert [row.product.code for row in found] == ["B-2", "A-1"]
