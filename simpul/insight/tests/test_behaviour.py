"""What buyers are like: what the job of the night writes for the pages."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest

from simpul import testing
from simpul.catalog.models import Product
from simpul.insight.behaviour import job
from simpul.insight.behaviour.coming import coming_again
from simpul.insight.behaviour.largest import spread
from simpul.insight.behaviour.together import together
from simpul.insight.methods import rfm
from simpul.insight.models import (
    Behaviour,
    Group,
    GroupedBuyer,
    OrderFact,
    PairsFact,
    PayingBuyer,
)
from simpul.insight.tests.test_returning import told
from simpul.lib import clock
from simpul.orders.models import Instalment, Order
from simpul.parties.models import Party, Person, Workshop
from simpul.payments.models import PaymentClaim
from simpul.payments.tests.test_claim import claim

NOON = datetime(2026, 11, 25, 12, tzinfo=clock.WIB)


def kind_of(buyer: Party) -> GroupedBuyer:
    return GroupedBuyer.objects.get(buyer=buyer)


def payer(buyer: Party) -> PayingBuyer:
    job.tell(buyer.workshop)
    return PayingBuyer.objects.get(buyer=buyer)


def due(order: Order, *days: date) -> None:
    """Let the instalments of an order be due on these days."""
    for instalment, day in zip(order.instalments.order_by("position"), days, strict=True):
        Instalment.objects.filter(pk=instalment.pk).update(due_on=day)


# Groups


def test_buyers_are_grouped_among_their_like(workshop: Workshop) -> None:
    shops = [testing.party(workshop, f"Toko {at}") for at in range(3)]
    home = testing.party(workshop, "Siti", buys_as=Party.BuysAs.CONSUMER)
    told(workshop, {shops[0]: [5, 40, 80], shops[1]: [100, 400], shops[2]: [500], home: [300]})
    job.tell(workshop)

    assert [kind_of(one).group for one in shops] == ["best", "steady", "asleep"]
    assert kind_of(home).group == "steady"  # alone of his kind
    best = kind_of(shops[0])
    assert (best.recency, best.frequency, best.monetary) == (3, 3, 3)
    assert (best.orders, best.sold, best.last_on) == (
        3,
        3_000_000,
        clock.today() - timedelta(days=5),
    )
    assert (kind_of(shops[1]).sold, kind_of(shops[1]).sold_year) == (2_000_000, 1_000_000)
    rows = Behaviour.objects.order_by("buys_as").values_list("buys_as", "buyers", "steps")
    assert list(rows) == [("consumer", 1, 3), ("distributor", 3, 3)]


def test_what_was_told_yesterday_is_gone(workshop: Workshop, buyer: Party) -> None:
    other = testing.party(workshop, "Toko Lain")
    told(workshop, {buyer: [5], other: [9]})
    job.tell(workshop)
    assert not job.is_needed(workshop)
    Party.objects.filter(pk=other.pk).update(merged_into=buyer)
    with clock.stopped(clock.now() + timedelta(days=1)):
        assert job.is_needed(workshop)
        job.tell(workshop)

    assert list(GroupedBuyer.objects.values_list("buyer", flat=True)) == [buyer.pk]
    assert Behaviour.objects.get().buyers == 1


def test_where_nobody_ordered_nothing_is_told(workshop: Workshop, buyer: Party) -> None:
    assert not job.is_needed(workshop)
    job.tell(workshop)
    assert not Behaviour.objects.exists()


def test_the_groups_are_those_of_the_method() -> None:
    assert set(Group.values) == {one.value for one in rfm.Group}
    one_by_one = {rfm.Action.CALL, rfm.Action.OFFER_USUAL}
    for one in rfm.Group:
        assert Group(one.value).is_written_to is (one.action not in one_by_one)


# How much hangs on how few


def test_how_the_revenue_is_spread() -> None:
    found = spread([0, 30, 60, -5, 10])
    curve = found.pop("curve")
    assert found == {
        "buyers": 3,
        "total": 100,
        "as_if": 22,  # tenths of 1 / (0.36 + 0.09 + 0.01)
        "half": 1,
        "first": [600, 1000, 1000],
    }
    assert (curve[0], curve[10], curve[20], len(curve)) == (0, 750, 1000, 21)
    assert spread([0]) == {}


# Do they come again?


def test_who_comes_again_by_month_and_by_quarter() -> None:
    orders = [(1, 0), (1, 1), (1, 3), (2, 0), (3, 2), (3, 3)]
    first = 2026 * 12  # January
    who, when = (np.array(one) for one in zip(*orders, strict=True))
    found = coming_again(who, when + first, date(2026, 5, 15))

    assert found["month"]["cohorts"] == [
        {
            "first": "2026-01-01",
            "buyers": 2,
            "ordered": [2, 1, 0, 1],
            "stayed": [2, 1, 1, 1],
            "closed": 2,
        },
        {"first": "2026-03-01", "buyers": 1, "ordered": [1, 1], "stayed": [1, 1], "closed": 0},
    ]
    assert found["month"]["curves"] == [[2, 3, 1, 2], [0, 2, 0, 0], [1, 2, 0, 0]]
    assert found["quarter"]["cohorts"][0] == {
        "first": "2026-01-01",
        "buyers": 3,
        "ordered": [3],
        "stayed": [3],
        "closed": 0,
    }
    assert coming_again(who, when + first, date(2026, 1, 20)) == {}


# What is ordered together


def test_pairs_that_hold_are_told_once(workshop: Workshop, buyer: Party) -> None:
    derby, wax, boot = (testing.product(workshop, code) for code in ("DRB", "WAX", "BOT"))
    told(workshop, {buyer: list(range(1, 61))})
    for at, fact in enumerate(OrderFact.objects.order_by("agreed_on", "pk")):
        models = [derby, wax] if at % 3 == 0 else [derby] if at % 30 == 1 else [boot]
        _holds(fact, models)
    found = together(workshop, "distributor", clock.today() - timedelta(days=90))

    assert (found["orders"], found["tried"]) == (60, 1)
    [(first, second, both, of_first, lift, low)] = found["pairs"]
    assert (first, second, both, of_first) == (wax.pk, derby.pk, 20, 20)
    assert lift == 273  # 20 * 60 / (20 * 22)
    assert 100 < low < lift
    assert together(workshop, "consumer", clock.today() - timedelta(days=90)) == {}


def _holds(fact: OrderFact, models: list[Product]) -> None:
    PairsFact.objects.bulk_create(
        PairsFact(order=fact, variant=variant, pairs=1, sold=1)
        for model in models
        for variant in model.colourways.get().variants.order_by("pk")[:2]
    )


# How they pay


def test_days_late_count_by_their_rupiah(buyer: Party) -> None:
    with clock.stopped(NOON):
        today = clock.today()
        order = testing.confirmed_order(buyer, sizes={"40": 10})  # 600.000 and 1.400.000
        due(order, today - timedelta(days=10), today - timedelta(days=4))
        with clock.stopped(NOON - timedelta(days=12)):
            testing.pay(order, 600_000)
        told(buyer.workshop, {buyer: [30]})
        found = payer(buyer)

    assert (found.parts, found.on_time, found.overdue) == (2, 1, 1_400_000)
    assert found.days_late == 2_800  # 4 days of seven tenths, until today
    assert found.trait == PayingBuyer.Trait.UNKNOWN
    summary = Behaviour.objects.get().paying
    assert summary["quarters"] == [["2026-10-01", 2, 1, 2_800]]
    assert summary["since"] == "2025-01-01"


@pytest.mark.parametrize(("late", "trait"), [(0, "punctual"), (3, "slow"), (20, "late")])
def test_what_is_said_of_who_pays(buyer: Party, late: int, trait: str) -> None:
    with clock.stopped(NOON):
        for _at in range(2):
            order = testing.confirmed_order(buyer, sizes={"40": 10})
            day = clock.today() - timedelta(days=late)
            due(order, day, day)
            testing.pay(order)
        told(buyer.workshop, {buyer: [30]})
        found = payer(buyer)

    assert (found.parts, found.overdue) == (4, 0)
    assert found.trait == trait


def test_claims_are_held_against_what_came(buyer: Party, dewi: Person, fajar: Person) -> None:
    told(buyer.workshop, {buyer: [30]})
    now = clock.now()
    early = testing.confirmed_order(buyer, sizes={"40": 10})
    claim(early, dewi, amount=600_000, paid_on=clock.today())
    with clock.stopped(now + timedelta(days=1)):
        testing.pay(early, 600_000)  # the money came the day after
        later = testing.confirmed_order(buyer, sizes={"40": 10})
        claim(later, dewi, amount=700_000, paid_on=clock.today())
        testing.pay(later, 700_000)
        forged = claim(later, dewi, amount=1_300_000, paid_on=clock.today())
        forged.reject(by=fajar, reason="nothing came")
        claim(later, dewi, amount=1_300_000, paid_on=clock.today())  # still open
        found = payer(buyer)

    matched = PaymentClaim.objects.filter(status=PaymentClaim.Status.MATCHED)
    assert matched.count() == 2
    assert (found.claims, found.came_true, found.before_money) == (3, 2, 1)
