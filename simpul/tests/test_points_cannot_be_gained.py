"""Whatever happens to orders and money, in whatever order, nobody gains points by it.

Two customers, one of whom recommended the other, place orders, use points and vouchers, pay, send back,
bounce and cancel, while the clock's job comes at any moment. At the end a bookkeeper who knows only
how the orders stand must find the same points.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable

import pytest
from django.db import models, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from simpul import testing
from simpul.crm import referrals, rewards, vouchers
from simpul.crm.models import (
    PointRules,
    Referral,
    Voucher,
    VoucherUse,
    balance_of,
)
from simpul.insight.audit import findings, money, points, totals
from simpul.orders.models import LineSize, Order, Track
from simpul.parties.models import Party, Person, Workshop
from simpul.parties.roles import Role
from simpul.payments import agreement
from simpul.payments.models import Allocation, CreditNote, Receipt, take_back
from simpul.workflow.steps import Refused

pytestmark = pytest.mark.django_db

MOVES = 30
PER, FOR_RECOMMENDER, FOR_FRIEND = 10_000, 100, 40


class Nothing(Exception):
    """There is nothing to do this with."""


class Market:
    def __init__(self, serial: int, dice: random.Random) -> None:
        self.dice = dice
        self.workshop: Workshop = testing.workshop(f"market-{serial}")
        self.owner = testing.staff("Hadi", self.workshop, Role.OWNER)
        self.fajar = testing.accountant(self.workshop)
        self.sari = testing.seller(self.workshop)
        self.model = testing.product(self.workshop)
        PointRules.decide(
            by=self.owner, is_on=True, wholesale_per=PER, worth=1_000, most_percent=50,
            for_recommender=FOR_RECOMMENDER, for_friend=FOR_FRIEND,
        )  # fmt: skip
        self.workshop.refresh_from_db()
        self.old, self.new = (
            testing.party(self.workshop, name) for name in ("Sumber Rejeki", "Anugerah")
        )
        self.people: dict[int, Person] = {
            party.pk: testing.person(f"of {party}", party) for party in (self.old, self.new)
        }
        testing.delivered_order(self.old, self.model, telephone="+6281")
        code = referrals.begin(self.old, by=self.people[self.old.pk]).code
        referrals.refer(self.new, by=self.workshop.machine, code=code, typed=False)
        Voucher.issue(by=self.sari, code="LEBARAN", amount=50_000)

    def move(self) -> None:
        moves: list[Callable[[], object]] = [
            self.place, self.place, self.reduce, self.spend, self.agree, self.agree, self.withdraw,
            self.deliver, self.deliver, self.pay, self.pay, self.credit, self.annul, self.bounce,
            self.reverse, self.cancel, self.void, self.exchange, self.ring,
        ]  # fmt: skip
        try:
            self.dice.choice(moves)()
        except (Nothing, Refused):
            return

    def place(self) -> None:
        party = self.dice.choice((self.old, self.new))
        telephone = "+6281" if party == self.old else "+6282"
        testing.order(party, self.model, telephone=telephone)

    def reduce(self) -> None:
        order = self.an_order("placed")
        VoucherUse.make(by=self.people[order.buyer_id], order=order, code="LEBARAN")

    def spend(self) -> None:
        order = self.an_order("placed")
        points_ = self.dice.choice((1, 50, 100, 400))
        vouchers.spend(order, by=self.people[order.buyer_id], points=points_)

    def exchange(self) -> None:
        party = self.dice.choice((self.old, self.new))
        Voucher.exchange(by=self.people[party.pk], party=party, points=self.dice.choice((10, 90)))

    def void(self) -> None:
        mine = Voucher.objects.filter(origin=Voucher.Origin.POINTS)
        self.pick(mine).void(by=self.sari, reason="x")

    def agree(self) -> None:
        order = self.an_order("placed")
        agreement.confirm(order, by=self.sari)

    def withdraw(self) -> None:
        order = self.an_order("placed")
        order.withdraw(by=self.people[order.buyer_id])

    def cancel(self) -> None:
        agreement.cancel(self.an_order("confirmed"), by=self.owner, reason="x")

    def deliver(self) -> None:
        order = self.an_order("confirmed")
        for size in LineSize.objects.filter(line__order=order).order_by("pk"):
            for track in Track:
                size.advance(track, size.pairs)
        order.deliver_all()

    def pay(self) -> None:
        order = self.an_order("confirmed", "fulfilled")
        part = self.dice.choice((1, 2))
        Receipt.take_cash(by=self.fajar, order=order, amount=order.balance // part)

    def credit(self) -> None:
        order = self.an_order("confirmed", "fulfilled", "closed")
        testing.credit(order, self.dice.choice((1, 100_000, 999_999)))

    def annul(self) -> None:
        self.pick(CreditNote.objects.standing()).annul(by=self.sari, reason="x")

    def bounce(self) -> None:
        take_back(self.pick(Receipt.objects.standing()), by=self.fajar, reason="x")

    def reverse(self) -> None:
        self.pick(Allocation.objects.standing()).reverse(by=self.fajar, reason="x")

    def ring(self) -> None:
        """Who was recommended recommends back, or himself."""
        code = referrals.begin(self.new, by=self.people[self.new.pk]).code
        party = self.dice.choice((self.old, self.new))
        referrals.refer(party, by=self.workshop.machine, code=code, typed=True)

    def an_order(self, *statuses: str) -> Order:
        found = Order.objects.filter(workshop=self.workshop, status__in=statuses).for_page()
        return self.pick(found)

    def pick[Row: models.Model](self, rows: models.QuerySet[Row]) -> Row:
        found = list(rows.order_by("pk"))
        if not found:
            raise Nothing
        return self.dice.choice(found)


def earned(order: Order) -> int:
    """What a bookkeeper counts: what was delivered, is paid and was not credited."""
    noted = sum(order.credit_notes.filter(annulled_at=None).values_list("amount", flat=True))
    parts = order.instalments.values_list("amount", "paid")
    is_done = order.fulfilled_at is not None and all(amount == paid for amount, paid in parts)
    return max(order.total - noted, 0) if is_done else 0


def expected(market: Market, party: Party) -> int:
    """What a bookkeeper finds that a party has: earned and given, less what stands as vouchers."""
    orders = Order.objects.filter(buyer=party)
    found = sum(earned(order) // PER for order in orders)
    referral = Referral.objects.get(friend=market.new)
    if referral.order is not None:
        share = FOR_FRIEND if party == market.new else FOR_RECOMMENDER
        found += share * earned(referral.order) // referral.order.total
    standing = Voucher.objects.filter(party=party, voided_at=None)
    return found - sum(standing.values_list("amount", flat=True)) // 1_000


@settings(
    max_examples=int(os.environ.get("SIMPUL_MARKETS", "5")),
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(seed=st.integers(0, 2**32))
def test_points_are_what_the_orders_earn(seed: int) -> None:
    dice = random.Random(seed)
    with transaction.atomic():
        market = Market(seed, dice)
        everything = Order.objects.filter(workshop=market.workshop)
        for _move in range(MOVES):
            market.move()
            if dice.random() < 0.3:
                rewards.settle(market.workshop, everything)
                vouchers.tend(market.workshop)
        rewards.settle(market.workshop, everything)
        vouchers.tend(market.workshop)

        for party in (market.old, market.new):
            assert balance_of(party) == expected(market, party)
        assert rewards.settle(market.workshop, everything) == 0
        assert Referral.objects.filter(workshop=market.workshop).count() == 1
        for use in VoucherUse.objects.filter(voucher__workshop=market.workshop):
            order = Order.objects.for_page().get(pk=use.order_id)
            is_lost = order.is_ended or order.current.discount < use.amount
            assert is_lost == (use.given_back_at is not None)
        assert list(findings(market.workshop, [totals, money, points])) == []
        transaction.set_rollback(True)
