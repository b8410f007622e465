from __future__ import annotations

import pytest

from simpul.insight.methods.histories import Histories, histories_of


def test_orders_of_one_day_are_one() -> None:
    found, ids = histories_of([7, 7, 7, 9, 9, 4], [0, 5, 5, 2, 30, 20], until=20)
    assert ids.tolist() == [7, 9]
    assert found.frequency.tolist() == [1, 0]
    assert found.recency.tolist() == [5, 0]
    assert found.age.tolist() == [20, 18]


@pytest.mark.parametrize(
    "wrong",
    [
        ([1], [5], [4]),
        ([-1], [0], [4]),
        ([1.5], [2], [4]),
        ([0], [2], [4]),
        ([1], [0], [4]),
        ([0], [0], [0]),
        ([1, 2], [1], [4]),
        ([float("nan")], [0], [4]),
    ],
)
def test_what_cannot_be_is_refused(wrong: tuple[list[float], ...]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Histories(*wrong)


def test_the_same_history_is_kept_once() -> None:
    rows, counts = Histories([1, 0, 1], [2, 0, 2], [4, 4, 4]).distinct()
    assert rows.frequency.tolist() == [0, 1]
    assert counts.tolist() == [1, 2]
