from __future__ import annotations

import numpy as np
import pytest

from simpul.insight.methods.rfm import Action, Group, quantiles, rfm


def test_equal_values_have_one_place() -> None:
    assert quantiles(np.array([1.0, 1, 1, 1, 9]), 5).tolist() == [3, 3, 3, 3, 5]
    assert quantiles(np.arange(10.0), 5).tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert quantiles(np.full(7, 3.0), 3).tolist() == [2] * 7


def test_thirds_below_a_hundred_buyers() -> None:
    few, many = np.arange(99.0), np.arange(100.0)
    assert rfm(few, few, few).steps == 3
    assert rfm(many, many, many).steps == 5


def test_who_came_lately_is_scored_high() -> None:
    found = rfm([1, 50, 400], [9, 5, 1], [900, 500, 100])
    assert found.recency.tolist() == [3, 2, 1]
    assert found.groups == (Group.BEST, Group.STEADY, Group.ASLEEP)


def test_each_is_scored_by_itself() -> None:
    """He who bought most is not scored lower for having bought it long ago."""
    found = rfm([400, 1, 50], [9, 1, 5], [900, 100, 500])
    assert found.frequency.tolist() == [3, 1, 2]
    assert found.groups == (Group.NOT_TO_LOSE, Group.NEW, Group.STEADY)


def test_each_group_has_one_action() -> None:
    assert Group.NOT_TO_LOSE.action is Action.CALL
    assert len({group.action for group in Group}) == len(Group)


def test_lists_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="each buyer"):
        rfm([1, 2], [1], [1, 2])
