from __future__ import annotations

import random

import pytest
from scipy.stats import fisher_exact, nchypergeom_fisher
from scipy.stats.contingency import odds_ratio

from simpul.insight.methods.baskets import pairs

BOOK = [["sandal", "wax"]] * 30 + [["sandal"]] * 20 + [["wax"]] * 10 + [["boot"]] * 40


def test_support_confidence_and_lift() -> None:
    one, other = pairs(BOOK)
    assert (one.first, one.second) == ("wax", "sandal")
    assert (one.together, one.support, one.confidence) == (30, 0.3, 0.75)
    assert one.lift == pytest.approx(30 * 100 / (50 * 40))
    assert (other.first, other.confidence, other.lift) == ("sandal", 0.6, one.lift)


def test_the_lower_bound_is_that_of_the_exact_test() -> None:
    """Of a hundred orders thirty with both; three pairs of things are held against chance at once."""
    table = [[30, 20], [10, 40]]
    odds = odds_ratio(table).confidence_interval(1 - 0.05 / 3, alternative="greater").low
    low = pairs(BOOK)[0].low
    assert low == pytest.approx(nchypergeom_fisher(100, 50, 40, odds).mean() * 100 / (50 * 40))
    assert pairs(BOOK)[0].is_clear


def test_it_is_clear_exactly_where_fishers_test_says_so() -> None:
    for both in range(5, 16):
        rest = [["boot"]] * (100 - 40 + both)
        book = [["a", "b"]] * both + [["a"]] * (20 - both) + [["b"]] * (20 - both) + rest
        tried = 3  # a with b, and each with the boot
        p = fisher_exact([[both, 20 - both], [20 - both, 60 + both]], alternative="greater").pvalue
        assert pairs(book)[0].is_clear == (p < 0.05 / tried)


@pytest.mark.parametrize(("things", "share", "orders"), [(40, 0.15, 600), (60, 0.05, 500)])
def test_what_is_together_by_chance_is_no_pair(things: int, share: float, orders: int) -> None:
    """Things that are seldom ordered: of 1,770 pairs some stand in five orders by chance alone."""
    chance = random.Random(3)
    book = [[one for one in range(things) if chance.random() < share] for _ in range(orders)]
    found = pairs(book)
    assert len(found) > 20
    assert not [pair for pair in found if pair.is_clear]


def test_who_always_come_together_have_a_bound_too() -> None:
    found = pairs([["sole", "glue"]] * 12 + [["boot"]] * 30)
    assert found[0].confidence == 1
    assert found[0].lift == pytest.approx(42 / 12)
    assert 1 < found[0].low < found[0].lift
    assert pairs([["a", "b"]] * 9)[0].low == 1  # in all orders: nothing can be told


def test_few_orders_say_nothing() -> None:
    assert pairs([["a", "b"]] * 4 + [["c"]] * 90) == []
    assert pairs([]) == []


def test_twice_in_an_order_is_once() -> None:
    assert pairs([["a", "b", "a"]] * 6)[0].together == 6
