from __future__ import annotations

import numpy as np
import pytest

from simpul.insight.methods.backtest import Backtest, backtest
from simpul.insight.methods.beta_geometric import BetaGeometric
from simpul.insight.methods.histories import histories_of
from simpul.insight.methods.tests import cdnow


@pytest.fixture(scope="module")
def test() -> Backtest:
    model = BetaGeometric(0.243, 4.414, 0.793, 2.426)
    return backtest(lambda known: model, *cdnow.orders(), split=cdnow.SPLIT, end=cdnow.END)


def test_the_orders_give_the_published_histories() -> None:
    found, _ = histories_of(*cdnow.orders(), cdnow.SPLIT)
    published = cdnow.histories()
    assert len(found) == 2357
    assert found.repeat_buyers == 946
    assert found.frequency.sum() == published.frequency.sum()
    assert found.age.mean() == pytest.approx(published.age.mean(), abs=0.01)


def test_the_second_half_of_cdnow(test: Backtest) -> None:
    """What came is a fact of the data; the paper's figure 3 shows a model a little below it."""
    came = [row.ordered for row in test.rows]
    assert test.buyers == 2357
    assert test.rows[0].buyers == 1411
    assert came[0] == pytest.approx(0.237, abs=0.01)
    assert came[-1] == pytest.approx(6.4, abs=0.3)
    assert came == sorted(came)
    assert -0.15 < test.off < 0
    assert test.is_better


def test_the_sums_grow_to_all_that_came(test: Backtest) -> None:
    assert test.times[-1] == cdnow.END
    assert (np.diff(test.sums) >= 0).all()
    assert test.sums[-1] == cdnow.histories().frequency.sum() + test.ordered
    near = np.abs(test.expected_sums[10:] / test.sums[10:] - 1)
    assert near.max() < 0.1


def test_the_plain_way_counts_no_first_order() -> None:
    once = BetaGeometric(1, 10, 1, 3)
    found = backtest(lambda known: once, [1, 1, 1, 2], [0, 6, 12, 5], split=10, end=20)
    assert (found.buyers, found.ordered, found.repeated) == (2, 1, 1)
