from __future__ import annotations

import pytest

from simpul.insight.methods.cohorts import cohorts

# buyer, month: 1 orders every month, 2 skips one, 3 never comes again, 4 begins later; 5 only just now
ORDERS = [(1, 3), (1, 4), (1, 5), (1, 6), (2, 3), (2, 5), (2, 5), (3, 3), (4, 5), (4, 6), (5, 7)]
BUYERS, MONTHS = zip(*ORDERS, strict=True)


def test_both_curves_with_their_counts() -> None:
    found = cohorts(BUYERS, MONTHS, now=7)
    assert found.first == 3
    assert found.sizes.tolist() == [3, 0, 1, 0]
    assert found.ordered[0].tolist() == [3, 1, 2, 1]
    assert found.stayed[0].tolist() == [3, 2, 2, 1]
    assert found.ordered[2, :2].tolist() == [1, 1]


def test_what_is_not_over_is_not_known() -> None:
    found = cohorts(BUYERS, MONTHS, now=7)
    assert found.known[0].all()
    assert found.known[2].tolist() == [True, True, False, False]


def test_near_the_end_staying_is_open() -> None:
    """Nine of ten gaps are over in two months, so of the last two nobody knows."""
    found = cohorts(BUYERS, MONTHS, now=7)
    assert found.is_open[0].tolist() == [False, False, True, True]
    assert found.stayed_share(2) is None


def test_shares_of_all_cohorts_that_are_known() -> None:
    found = cohorts(BUYERS, MONTHS, now=7)
    ordered, stayed = found.ordered_share(1), found.stayed_share(1)
    assert ordered is not None
    assert ordered.estimate == 2 / 4
    assert 0.1 < ordered.low < ordered.high < 0.9
    assert stayed is not None
    assert stayed.estimate == 2 / 3  # the later cohort is open still
    assert found.ordered_share(9) is None


def test_where_nothing_is_over_there_are_none() -> None:
    with pytest.raises(ValueError, match="over yet"):
        cohorts([1], [7], now=7)
