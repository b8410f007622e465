from __future__ import annotations

from dataclasses import replace

import numpy as np

from simpul.insight.methods.beta_geometric import ModifiedBetaGeometric
from simpul.insight.methods.histories import Histories
from simpul.insight.methods.still_buying import FEWEST, still_buying

AGE = np.full(120, 80.0)


def book(people: int) -> Histories:
    count, last = ModifiedBetaGeometric(1.5, 9.0, 0.7, 4.0).simulate(AGE, seed=8)
    order = np.argsort(count == 0, kind="stable")[:people]
    return Histories(count[order], last[order], AGE[order])


def test_below_thirty_who_came_back_it_is_silent() -> None:
    few = book(FEWEST - 1)
    assert few.repeat_buyers == FEWEST - 1
    assert still_buying(few, 26) is None


def test_it_says_how_unsure_it_is() -> None:
    found = still_buying(book(120), 26)
    assert found is not None
    assert found.fit.has_prior
    alive, expected = found.alive, found.expected
    assert ((alive.low <= alive.estimate) & (alive.estimate <= alive.high)).all()
    assert ((expected.low <= expected.estimate) & (expected.estimate <= expected.high)).all()
    assert (found.low <= found.high).all()
    assert found.total.low < found.total.estimate < found.total.high
    assert found.total.estimate == expected.estimate.sum()


def test_asked_twice_it_says_the_same() -> None:
    one, two = still_buying(book(60), 26), still_buying(book(60), 26)
    assert one is not None
    assert two is not None
    assert one.name == two.name
    assert one.total == two.total
    assert (one.high == two.high).all()


def test_of_who_ordered_once_it_tells_no_chance_that_is_taken_for_granted() -> None:
    once = book(120)
    found = still_buying(once, 26)
    assert found is not None
    granted = replace(found, name="BG/NBD").alive_where_told(once)
    assert (np.isnan(granted) == (once.frequency == 0)).all()
    assert 0 < np.isnan(granted).sum() < len(once)
    told = replace(found, name="MBG/NBD").alive_where_told(once)
    assert (told == found.alive.estimate).all()
