from __future__ import annotations

import numpy as np
import pytest

from simpul.insight.methods.gaps import EXACT, Clock, gaps_of
from simpul.insight.methods.histories import Array


def test_the_clock_stands_still_on_spans_that_may_overlap() -> None:
    clock = Clock([(30, 40), (10, 20), (15, 25)])
    assert clock.at([0, 10, 17, 25, 35, 50]).tolist() == [0, 10, 10, 10, 15, 25]
    assert Clock().at([3, 4]).tolist() == [3, 4]
    with pytest.raises(ValueError, match="after it begins"):
        Clock([(5, 4)])


def test_every_24_days_and_now_61() -> None:
    chance = np.random.default_rng(1)
    book = [24 * np.exp(chance.normal(0, 0.45, 12)) for _ in range(12)]
    gaps = gaps_of(book, np.zeros(12))
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
    gaps = gaps_of(book, np.zeros(15))
    assert gaps is not None
    common = np.exp(gaps.middle)
    none, one, many = (gaps.waiting([60.0] * n, 50) for n in (0, 1, 20))
    assert none.usual == pytest.approx(common)
    assert common < one.usual < many.usual < 60
    assert many.usual > 57
    assert none.chance < one.chance < many.chance


def test_where_nobody_waits_it_is_the_mixed_model_of_others() -> None:
    """MixedLM of statsmodels 0.15 (maximum likelihood) on the logarithms of the same gaps."""
    book = [[20, 31, 24], [60, 45], [12, 15, 11, 19], [33], [90, 70, 82], [25, 28]]
    found = gaps_of(book, np.zeros(6))
    assert found is not None
    assert found.middle == pytest.approx(3.4882517, abs=1e-6)
    assert found.within == pytest.approx(0.0391573, abs=1e-6)
    assert found.between == pytest.approx(0.3058341, abs=1e-5)
    assert found.waiting(book[0], 1).usual == pytest.approx(24.885457, abs=1e-4)


def test_where_all_are_alike_only_the_common_one_counts() -> None:
    book = [[10.0, 20.0], [20.0, 10.0], [10.0, 20.0], [20.0, 10.0]]
    gaps = gaps_of(book, np.zeros(4))
    assert gaps is not None
    assert gaps.between == 0
    assert gaps.waiting([40.0, 40.0], 5).usual == pytest.approx(np.sqrt(200))


def test_the_chance_is_the_share_of_such_gaps() -> None:
    """Of made-up next gaps so many are longer as it says."""
    chance = np.random.default_rng(3)
    said, came = [], []
    for _ in range(40):
        middles = chance.normal(3, 0.5, 25)
        gaps = gaps_of([np.exp(chance.normal(one, 0.4, 5)) for one in middles[1:]], np.zeros(24))
        assert gaps is not None
        own = np.exp(chance.normal(middles[0], 0.4, 3))
        said.append(gaps.waiting(own, 30).chance)
        came.append((np.exp(chance.normal(middles[0], 0.4, 200)) > 30).mean())
    assert np.mean(said) == pytest.approx(np.mean(came), abs=0.05)


def test_it_finds_the_parameters_that_the_gaps_were_drawn_with() -> None:
    chance = np.random.default_rng(8)
    middles = chance.normal(3.5, 0.5, 3_000)
    gaps = gaps_of([np.exp(chance.normal(one, 0.4, 6)) for one in middles], np.zeros(3_000))
    assert gaps is not None
    found = (gaps.middle, gaps.within**0.5, gaps.between**0.5)
    assert found == pytest.approx((3.5, 0.4, 0.5), abs=0.03)


def made_up(
    chance: np.random.Generator, *, days: int, usual: float, leave: float, buyers: int = 60
) -> tuple[list[Array], list[float], list[float | None]]:
    """Orders of buyers over so many days: their gaps that ended, their silences, and how long the open
    gap will be; None for who is gone."""
    gaps, silences, ahead = [], [], []
    for _ in range(buyers):
        own, when = np.log(usual) + chance.normal(0, 0.3), -chance.uniform(0, 6 * usual)
        ordered: list[float] = []
        gap: float | None = 0.0
        while gap is not None and when <= days:
            if when >= 0:
                ordered.append(when)
            gap = None if chance.random() < leave else np.exp(chance.normal(own, 0.45))
            when += gap or 0.0
        if ordered:
            gaps.append(np.diff(ordered))
            silences.append(days - ordered[-1])
            ahead.append(gap)
    return gaps, silences, ahead


@pytest.mark.parametrize(
    ("days", "usual", "leave"),
    [(365, 120, 0.0), (365, 120, 0.1), (730, 120, 0.0), (730, 120, 0.1), (365, 30, 0.0)],
)
def test_one_of_ten_silences_that_mean_nothing_is_called_overdue(
    days: int, usual: float, leave: float
) -> None:
    """Also where a single year is known and most of the long gaps are still open; from ended gaps alone
    it would be one of five there."""
    chance = np.random.default_rng(5)
    called = gaps_in_all = 0
    for _ in range(20):
        book, silences, ahead = made_up(chance, days=days, usual=usual, leave=leave)
        common = gaps_of(book, silences)
        assert common is not None
        for own, last in zip(book, ahead, strict=True):
            every = own.tolist() if last is None else [*own.tolist(), last]
            called += sum(common.waiting(every[:n], one).is_overdue for n, one in enumerate(every))
            gaps_in_all += len(every)
    assert called / gaps_in_all == pytest.approx(0.1, abs=0.025)


def test_who_is_gone_makes_nobody_wait_longer() -> None:
    """Half of all buyers have not ordered for years: their silences are no gaps."""
    chance = np.random.default_rng(9)
    book = [30 * np.exp(chance.normal(0, 0.4, 8)) for _ in range(40)]
    among = gaps_of(book, np.where(np.arange(40) % 2, 1_500.0, 3.0))
    alone = gaps_of(book, np.full(40, 3.0))
    assert among is not None
    assert alone is not None
    assert among.waiting([], 0).usual == pytest.approx(alone.waiting([], 0).usual, rel=0.02)


def test_of_too_few_gaps_nothing_is_said() -> None:
    assert gaps_of([[10.0, 12.0], [9.0]], [1, 1]) is None
    assert gaps_of([[10.0]] * 20, [1] * 20) is None  # nobody has two: what varies is not known
    with pytest.raises(ValueError, match="above 0"):
        gaps_of([[0.0, 3.0]], [1])
    with pytest.raises(ValueError, match="one silence"):
        gaps_of([[1.0, 3.0]], [1, 2])


def test_a_search_that_ends_too_early_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    book = [[10.0, 12.0, 90.0], [9.0, 30.0, 31.0], [200.0, 8.0, 15.0]]
    silences = [5.0, 40.0, 300.0]
    assert gaps_of(book, silences) is not None
    monkeypatch.setitem(EXACT, "maxiter", 1)
    assert gaps_of(book, silences) is None
