from __future__ import annotations

import pytest

from simpul.lib.intervals import difference_of_means, difference_of_shares, wilson


def test_shares_are_as_newcombe_printed_them() -> None:
    """Statistics in Medicine 17 (1998), 873-890, table II, method 10."""
    for counts, low, high in (
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((10, 10, 0, 10), 0.6075, 1.0000),
    ):
        found = difference_of_shares(*counts)
        assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_a_share_of_none_still_has_a_limit() -> None:
    found = wilson(0, 20)
    assert (found.low, round(found.high, 4)) == (0.0, 0.1611)


def test_means_of_groups_that_differ_in_size_and_spread() -> None:
    """Against scipy.stats.ttest_ind(equal_var=False).confidence_interval()."""
    found = difference_of_means([*range(1, 21)], [0, 10] * 15)
    assert found.estimate == 5.5
    assert found.low == pytest.approx(2.223845, abs=1e-5)
    assert found.high == pytest.approx(8.776155, abs=1e-5)
    assert found.is_clear


def test_equal_values_have_no_width() -> None:
    assert difference_of_means([3, 3], [1, 1]) == (2, 2, 2)
    assert not difference_of_means([3, 3], [3, 3]).is_clear
