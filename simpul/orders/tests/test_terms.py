from __future__ import annotations

from datetime import date

import pytest

from simpul import testing
from simpul.orders.models import PlannedInstalment, proposed_plan
from simpul.parties.models import Party, Workshop

DAY = date(2027, 3, 1)


@pytest.mark.parametrize(
    ("total", "amounts"),
    [
        (2_000_000, [600_000, 1_400_000]),
        (1_234_567, [370_000, 864_567]),
        (1_000, [1_000]),
    ],
)
def test_a_distributor_pays_a_share_first_and_the_rest_is_the_rest(
    buyer: Party, total: int, amounts: list[int]
) -> None:
    assert [item.amount for item in proposed_plan(total, buyer, DAY)] == amounts


@pytest.mark.parametrize(("total", "amounts"), [(300_000, [300_000]), (300_001, [90_000, 210_001])])
def test_a_consumer_pays_little_at_once(workshop: Workshop, total: int, amounts: list[int]) -> None:
    consumer = testing.party(workshop, buys_as=Party.BuysAs.CONSUMER)

    assert [item.amount for item in proposed_plan(total, consumer, DAY)] == amounts


def test_terms_survive_being_kept(buyer: Party) -> None:
    plan = proposed_plan(2_000_000, buyer, DAY)

    assert [PlannedInstalment.from_facts(item.as_facts()) for item in plan] == plan
