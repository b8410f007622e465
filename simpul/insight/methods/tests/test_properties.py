"""What holds of the methods whatever the figures are."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simpul.insight.methods.baskets import pairs
from simpul.insight.methods.beta_geometric import BetaGeometric, ModifiedBetaGeometric
from simpul.insight.methods.concentration import concentration
from simpul.insight.methods.gaps import gaps_of
from simpul.insight.methods.histories import Histories
from simpul.insight.methods.intermittent import classify, croston, sba, tsb
from simpul.insight.methods.judging import errors_of, judge
from simpul.insight.methods.pareto_nbd import ParetoNBD
from simpul.insight.methods.rfm import rfm
from simpul.insight.methods.size_curve import split
from simpul.insight.methods.smoothing import damped, naive, simple

few = settings(max_examples=25, deadline=None, derandomize=True)
size = st.floats(0.05, 50)
demand = st.lists(st.integers(0, 60), min_size=6, max_size=24).filter(lambda some: sum(some) > 0)


@few
@given(
    st.sampled_from([BetaGeometric, ModifiedBetaGeometric, ParetoNBD]),
    st.tuples(size, size, size, size),
    st.integers(1, 400),
    st.floats(1, 300),
)
def test_who_ordered_later_is_rather_still_there(
    kind: type[BetaGeometric | ParetoNBD],
    parameters: tuple[float, float, float, float],
    x: int,
    age: float,
) -> None:
    model = kind(*parameters)
    last = age * np.linspace(0.05, 1, 12)
    same = Histories(np.full(12, x), last, np.full(12, age))
    alive = model.alive(same)
    assert ((alive >= 0) & (alive <= 1)).all()
    assert (np.diff(alive) >= -1e-9).all()

    orders = np.array([model.expected(same, horizon) for horizon in (0, 1, 10, 100)])
    assert (orders[0] == 0).all()
    assert (orders[1:] >= orders[:-1] * (1 - 1e-9)).all()
    rate = (model.r + x) / (model.alpha + age)
    assert (orders[3] <= 100 * rate * alive * (1 + 1e-9)).all()

    days = kind(*(one * 7 if name in ("alpha", "beta") else one for name, one in _named(model)))
    in_days = same.in_units_of(1 / 7)
    assert days.alive(in_days) == pytest.approx(alive, rel=1e-6, abs=1e-12)
    assert days.expected(in_days, 70) == pytest.approx(orders[2], rel=1e-6, abs=1e-12)


def _named(model: BetaGeometric | ParetoNBD) -> list[tuple[str, float]]:
    names = (
        ("r", "alpha", "s", "beta") if isinstance(model, ParetoNBD) else ("r", "alpha", "a", "b")
    )
    return [(name, getattr(model, name)) for name in names]


@few
@given(demand, st.integers(2, 1_000))
def test_pairs_or_dozens_are_forecast_alike(series: list[int], times: int) -> None:
    one, more = np.array(series, dtype=float), np.array(series, dtype=float) * times
    for method in (croston, sba, tsb):
        assert method(more) == pytest.approx(times * method(one))
    for way in (naive, simple, damped):
        assert way(more, 3) == pytest.approx(times * way(one, 3), rel=1e-6, abs=1e-6)
    assert classify(more).pattern is classify(one).pattern
    judged = [judge(errors_of(naive, some, range(3, 6), 1), some, 3) for some in (one, more)]
    assert judged[1].mase == pytest.approx(judged[0].mase)
    assert judged[1].bias == pytest.approx(judged[0].bias)


@few
@given(
    st.integers(0, 100_000),
    st.lists(st.floats(0, 1), min_size=1, max_size=40).filter(lambda some: sum(some) > 1e-3),
)
def test_the_parts_are_whole_pairs_and_make_the_whole(total: int, shares: list[float]) -> None:
    parts = split(total, shares)
    assert parts.dtype == np.int64
    assert parts.sum() == total
    assert (np.abs(parts - total * np.array(shares) / sum(shares)) < 1 + 1e-6).all()


@few
@given(st.lists(st.tuples(st.integers(0, 800), st.integers(1, 60)), min_size=1, max_size=130))
def test_the_scores_hang_on_nothing_but_places(buyers: list[tuple[int, int]]) -> None:
    since, orders = (np.array(some) for some in zip(*buyers, strict=True))
    spent = orders * 450_000 + since
    found = rfm(since, orders, spent)
    turned = rfm(since[::-1], orders[::-1], spent[::-1] * 1_000)
    assert turned.groups[::-1] == found.groups
    by_place = np.lexsort((found.recency, -since))
    assert (np.diff(found.recency[by_place]) >= 0).all()
    assert set(found.recency.tolist()) <= set(range(1, found.steps + 1))


@few
@given(
    st.lists(st.lists(st.integers(1, 90), min_size=1, max_size=9), min_size=4, max_size=12),
    st.integers(1, 200),
)
def test_a_silence_in_hours_is_as_long_as_in_days(gaps: list[list[int]], waited: int) -> None:
    silences = np.full(len(gaps), float(waited))
    days, hours = (
        gaps_of([np.array(own) * unit for own in gaps], silences * unit) for unit in (1, 24)
    )
    assert (days is None) == (hours is None)
    if days is None or hours is None:
        return
    one, same = days.waiting(gaps[0], waited), hours.waiting(np.array(gaps[0]) * 24, waited * 24)
    assert same.chance == pytest.approx(one.chance, abs=1e-6)
    assert same.usual == pytest.approx(24 * one.usual)
    assert days.waiting(gaps[0], waited + 1).chance <= one.chance


@few
@given(st.lists(st.integers(0, 10**10), min_size=1, max_size=60).filter(any), st.randoms())
def test_concentration_knows_no_order_and_no_currency(
    amounts: list[int], chance: random.Random
) -> None:
    mixed = chance.sample(amounts, len(amounts))
    found, same = concentration(amounts), concentration([one * 16_000 for one in mixed])
    assert found is not None
    assert same is not None
    assert same.herfindahl == pytest.approx(found.herfindahl)
    assert 1 / len(amounts) - 1e-12 <= found.herfindahl <= 1 + 1e-12
    assert found.of_first(len(amounts)) == pytest.approx(1)
    assert found.of_first(found.needed_for(0.5)) >= 0.5 - 1e-9


@settings(max_examples=8, deadline=None, derandomize=True)
@given(st.integers(0, 10**6))
def test_pairs_hang_on_no_order_of_the_book(seed: int) -> None:
    dice = random.Random(seed)
    book = [[one for one in range(8) if dice.random() < 0.4] for _ in range(40)]
    found = pairs(book)
    mixed = [dice.sample(order, len(order)) for order in dice.sample(book, len(book))]
    assert pairs(mixed) == found
    for one in found:
        assert one.support == one.together / 40
        assert one.low <= one.lift
