from __future__ import annotations

import numpy as np
import pytest

from simpul.insight.methods.concentration import concentration


def test_on_how_few_it_hangs() -> None:
    found = concentration([10, 60, 20, 10])
    assert found is not None
    assert found.herfindahl == pytest.approx(0.42)
    assert found.as_if == pytest.approx(1 / 0.42)
    assert found.of_first(2) == pytest.approx(0.8)
    assert found.needed_for(0.8) == 2
    assert found.needed_for(0.81) == 3


def test_all_of_many_are_no_more_than_all() -> None:
    many = concentration(np.full(100_000, 0.1))
    assert many is not None
    assert many.needed_for(1) == 100_000


def test_equal_ones_count_as_many_as_they_are() -> None:
    found = concentration([7] * 25)
    assert found is not None
    assert found.as_if == pytest.approx(25)


def test_of_nothing_there_is_no_share() -> None:
    assert concentration([]) is None
    assert concentration([0, 0]) is None
    with pytest.raises(ValueError, match="below 0"):
        concentration([5, -1])
