from __future__ import annotations

import numpy as np
import pytest

from simpul.insight.methods.gaps import Clock, gaps_of


def test_the_clock_stands_still_on_spans_that_may_overlap() -> None:
    clock = Clock([(30, 40), (10, 20), (15, 25)])
    assert clock.at([0, 10, 17, 25, 35, 50]).tolist() == [0, 10, 10, 10, 15, 25]
    assert Clock().at([3, 4]).tolist() == [3, 4]
    with pytest.raises(ValueError, match="after it begins"):
        Clock([(5, 4)])


def test_every_24_days_and_now_61() -> None:
    chance = np.random.default_rng(1)
    book = [24 * np.exp(chance.normal(0, 0.45, 12)) for _ in range(12)]
    gaps = gaps_of(book)
    assert gaps is not None
    found = gaps.waiting(book[0], 61)
    assert found.gaps == 12
    assert found.usual == pytest.approx(24, rel=0.2)
    assert 0.005 < found.chance < 0.05
    assert found.is_overdue
    assert not gaps.waiting(book[0], 24).is_overdue


def test_few_gaps_are_drawn_towards_the_common_one() -> None:
    chance = np.random.default_rng(2)
    book = [np.exp(chance.normal(middle, 0.4, 6)) for middle in np.linspace(2, 4, 15)]
    gaps = gaps_of(book)
    assert gaps is not None
    common = np.exp(gaps.middle)
    none, one, many = (gaps.waiting([60.0] * n, 50) for n in (0, 1, 20))
    assert none.usual == pytest.approx(common)
    assert common < one.usual < many.usual < 60
    assert many.usual > 57
    assert none.chance < one.chance < many.chance


def test_where_all_are_alike_only_the_common_one_counts() -> None:
    book = [[10.0, 20.0], [20.0, 10.0], [10.0, 20.0], [20.0, 10.0]]
    gaps = gaps_of(book)
    assert gaps is not None
    assert gaps.between == 0
    assert gaps.waiting([40.0, 40.0], 5).usual == pytest.approx(np.sqrt(200))


def test_the_chance_is_the_share_of_such_gaps() -> None:
    """Of made-up next gaps so many are longer as it says."""
    chance = np.random.default_rng(3)
    said, came = [], []
    for _ in range(40):
        middles = chance.normal(3, 0.5, 25)
        gaps = gaps_of([np.exp(chance.normal(one, 0.4, 5)) for one in middles[1:]])
        assert gaps is not None
        own = np.exp(chance.normal(middles[0], 0.4, 3))
        said.append(gaps.waiting(own, 30).chance)
        came.append((np.exp(chance.normal(middles[0], 0.4, 200)) > 30).mean())
    assert np.mean(said) == pytest.approx(np.mean(came), abs=0.05)


def test_of_too_few_gaps_nothing_is_said() -> None:
    assert gaps_of([[10.0, 12.0], [9.0]]) is None
    assert gaps_of([[10.0]] * 20) is None  # nobody has two: what varies is not known
    with pytest.raises(ValueError, match="above 0"):
        gaps_of([[0.0, 3.0]])
