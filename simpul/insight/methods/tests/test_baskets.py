from __future__ import annotations

import random
from math import log

import pytest

from simpul.insight.methods.baskets import pairs

BOOK = [["sandal", "wax"]] * 30 + [["sandal"]] * 20 + [["wax"]] * 10 + [["boot"]] * 40


def test_support_confidence_and_lift() -> None:
    one, other = pairs(BOOK)
    assert (one.first, one.second) == ("wax", "sandal")
    assert (one.together, one.support, one.confidence) == (30, 0.3, 0.75)
    assert one.lift == pytest.approx(30 * 100 / (50 * 40))
    assert (other.first, other.confidence, other.lift) == ("sandal", 0.6, one.lift)


def test_the_lower_bound_is_that_of_the_logarithm() -> None:
    """Lift 1.5 of 100 orders: variance 1/30 - 1/50 - 1/40 + 2/100, one side at 95 %."""
    low = pairs(BOOK)[0].low
    assert log(low) == pytest.approx(
        log(1.5) - 1.644854 * (1 / 30 - 1 / 50 - 1 / 40 + 2 / 100) ** 0.5
    )
    assert pairs(BOOK)[0].is_clear


def test_what_is_together_by_chance_is_no_pair() -> None:
    chance = random.Random(3)
    book = [[item for item in range(40) if chance.random() < 0.15] for _ in range(600)]
    found = pairs(book)
    assert len(found) > 500
    assert not [pair for pair in found if pair.is_clear]


def test_few_orders_say_nothing() -> None:
    assert pairs([["a", "b"]] * 4 + [["c"]] * 90) == []
    assert pairs([]) == []


def test_twice_in_an_order_is_once() -> None:
    assert pairs([["a", "b", "a"]] * 6)[0].together == 6
