"""Points follow the facts of an order, whatever happens to it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from simpul import testing
from simpul.crm import loyalty, rewards
from simpul.crm.models import Merging, PointLot, PointRules, PointUse, TierTerms, balance_of, hold
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person, Workshop
from simpul.payments.models import Receipt, take_back
from simpul.workflow.steps import NotAllowed, WrongState

HALF = 1_000_000  # of an order of ten pairs


@pytest.fixture
def rules(workshop: Workshop, owner: Person) -> PointRules:
    """A point for each Rp 10.000 of a distributor, good for a year."""
    made = PointRules.decide(by=owner, is_on=True, wholesale_per=10_000, valid_days=365)
    workshop.refresh_from_db()
    return made


def settle(workshop: Workshop) -> int:
    return loyalty.settle(workshop, Order.objects.filter(workshop=workshop))


def test_what_is_delivered_and_paid_earns_points_once(
    workshop: Workshop, buyer: Party, rules: PointRules
) -> None:
    order = testing.delivered_order(buyer)

    assert settle(workshop) == 1
    assert settle(workshop) == 0

    lot = PointLot.objects.get()
    assert (lot.order, lot.party, lot.points, lot.per) == (
        order,
        buyer,
        order.total // 10_000,
        10_000,
    )
    assert lot.expires_on == clock.in_days(365)
    assert lot.journal.get().step == "crm.grant_points"


def test_what_is_not_paid_or_not_delivered_earns_nothing(
    workshop: Workshop, buyer: Party, rules: PointRules
) -> None:
    testing.packed_order(buyer)
    order = testing.delivered_order(buyer, paid=False)

    assert settle(workshop) == 0
    testing.pay(order)
    assert settle(workshop) == 1


def test_shipping_earns_nothing_and_a_discount_earns_less(
    workshop: Workshop, buyer: Party, rules: PointRules
) -> None:
    order = testing.delivered_order(buyer)
    revision = order.revisions.get()
    revision.shipping, revision.total = 500_000, revision.total + 300_000  # discount: 200.000
    revision.save()

    settle(workshop)

    assert balance_of(buyer) == (order.total - 200_000) // 10_000


def test_what_was_delivered_before_the_rules_earns_nothing(
    workshop: Workshop, buyer: Party, owner: Person
) -> None:
    testing.delivered_order(buyer)
    PointRules.decide(by=owner, is_on=True, starts_on=clock.in_days(1))
    workshop.refresh_from_db()

    assert settle(workshop) == 0


def test_a_credit_note_takes_back_in_proportion_and_its_end_gives_again(
    workshop: Workshop, buyer: Party, rules: PointRules, sari: Person
) -> None:
    order = testing.delivered_order(buyer)
    settle(workshop)
    note = testing.credit(order, order.total // 4)

    settle(workshop)
    assert balance_of(buyer) == order.total // 10_000 - order.total // 40_000

    note.annul(by=sari, reason="x")
    settle(workshop)
    assert balance_of(buyer) == order.total // 10_000
    assert set(PointLot.objects.values_list("expires_on", flat=True)) == {clock.in_days(365)}


def test_money_that_the_bank_takes_back_takes_the_points_along(
    workshop: Workshop, buyer: Party, rules: PointRules, fajar: Person
) -> None:
    order = testing.delivered_order(buyer)
    settle(workshop)
    receipt = Receipt.objects.latest("pk")

    take_back(receipt, by=fajar, reason="x")
    settle(workshop)

    assert balance_of(buyer) == 0
    testing.pay(order)
    settle(workshop)
    assert balance_of(buyer) == order.total // 10_000


def test_spent_points_that_are_taken_back_are_paid_for_by_the_next_ones(
    workshop: Workshop, buyer: Party, rules: PointRules, fajar: Person
) -> None:
    order = testing.delivered_order(buyer)
    settle(workshop)
    lot = PointLot.objects.get()
    PointUse.objects.create(lot=lot, kind="spent", points=lot.points, by=fajar)

    testing.credit(order, HALF)
    settle(workshop)
    assert balance_of(buyer) == -100

    testing.delivered_order(buyer)
    settle(workshop)
    assert balance_of(buyer) == 100
    assert sum(PointUse.objects.filter(kind="netted").values_list("points", flat=True)) == 0


def test_who_is_merged_while_points_are_counted_gets_them_once(
    workshop: Workshop,
    buyer: Party,
    rules: PointRules,
    sari: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order = testing.delivered_order(buyer)
    settle(workshop)
    kept = testing.party(workshop, "Toko Lain")

    def late(party: Party) -> None:
        if not Merging.objects.exists():
            Merging.merge(by=sari, kept=kept, absorbed=buyer)
        hold(party)

    monkeypatch.setattr(loyalty, "hold", late)

    assert settle(workshop) == 0
    assert settle(workshop) == 0
    assert balance_of(kept) == order.total // 10_000


def test_what_expired_is_not_taken_back_once_more(
    workshop: Workshop, buyer: Party, rules: PointRules
) -> None:
    order = testing.delivered_order(buyer)
    settle(workshop)
    with clock.stopped(clock.now() + timedelta(days=366)):
        assert loyalty.expire(workshop) == 1
        assert loyalty.expire(workshop) == 0
        testing.credit(order, HALF)
        settle(workshop)

        assert PointLot.objects.get().rest_now() == 0


def test_another_rate_leaves_what_was_granted(
    workshop: Workshop, buyer: Party, rules: PointRules, owner: Person
) -> None:
    testing.delivered_order(buyer)
    settle(workshop)

    PointRules.decide(by=owner, is_on=True, wholesale_per=1)
    assert settle(workshop) == 0


def test_a_buyer_is_told_once_before_points_expire(
    workshop: Workshop, buyer: Party, owner: Person
) -> None:
    PointRules.decide(by=owner, is_on=True, warn_days=30)
    for days in (40, 20, 10):
        PointLot.give(by=owner, party=buyer, points=days, expires_on=clock.in_days(days), note="x")

    assert loyalty.warn(workshop) == 1
    assert loyalty.warn(workshop) == 0
    entry = PointLot.objects.get(points=10).journal.get(step="crm.warn_points")
    assert entry.facts == {"points": 30, "expires_on": clock.in_days(10).isoformat()}


def test_what_was_given_by_hand_can_be_taken_back_once(buyer: Party, owner: Person) -> None:
    lot = PointLot.give(by=owner, party=buyer, points=50, expires_on=None, note="x")
    lot.void(by=owner, reason="y")

    assert balance_of(buyer) == 0
    with pytest.raises(WrongState):
        lot.void(by=owner, reason="y")
    assert PointUse.objects.count() == 1


def test_only_the_owner_gives_points(buyer: Party, sari: Person, dewi: Person) -> None:
    for by in (sari, dewi):
        with pytest.raises(NotAllowed):
            PointLot.give(by=by, party=buyer, points=50, expires_on=None, note="x")
    assert not PointLot.objects.exists()


def test_the_tier_is_what_was_bought_in_twelve_months(
    workshop: Workshop, buyer: Party, owner: Person
) -> None:
    order = testing.delivered_order(buyer)
    tiers = [TierTerms("Perak", 1, 2), TierTerms("Emas", order.total + 5, 5, is_freight_free=True)]
    PointRules.decide(by=owner, is_on=True, tiers=tiers)

    here = loyalty.standing_of(buyer)
    assert here.tier is not None
    assert (here.tier.name, here.missing) == ("Perak", 5)
    with clock.stopped(clock.now() + timedelta(days=366)):
        assert loyalty.standing_of(buyer).tier is None


def test_the_clock_finds_what_was_touched_today(
    workshop: Workshop, buyer: Party, rules: PointRules
) -> None:
    order = testing.delivered_order(buyer)
    assert rewards.is_needed(workshop)
    rewards.tend(workshop)
    assert PointLot.objects.get().order == order

    with clock.stopped(clock.now() + timedelta(days=3)):
        assert not rewards.is_needed(workshop)
        testing.credit(order, HALF)
        rewards.tend(workshop)
    assert balance_of(buyer) == 100
