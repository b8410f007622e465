"""Vouchers and points at an order."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from simpul import testing
from simpul.crm import rewards, vouchers
from simpul.crm.models import (
    NoVoucher,
    PointLot,
    PointRules,
    TooFewPoints,
    Voucher,
    VoucherUse,
    balance_of,
)
from simpul.crm.point_ledger import owed
from simpul.lib import clock
from simpul.orders.models import Order, Status
from simpul.parties.models import Party, Person, Workshop
from simpul.workflow.steps import NotAllowed, Refused, WrongState


@pytest.fixture
def rules(workshop: Workshop, owner: Person) -> PointRules:
    """A point takes off Rp 1.000, of an order's goods at most a half."""
    made = PointRules.decide(by=owner, is_on=True, worth=1_000, most_percent=50)
    workshop.refresh_from_db()
    return made


def give(party: Party, by: Person, points: int = 300, days: int | None = None) -> PointLot:
    day = clock.in_days(days) if days is not None else None
    return PointLot.give(by=by, party=party, points=points, expires_on=day, note="x")


def fresh(order: Order) -> Order:
    return Order.objects.for_page().get(pk=order.pk)


def test_a_voucher_takes_its_amount_off_as_the_next_revision(
    buyer: Party, dewi: Person, sari: Person
) -> None:
    voucher = Voucher.issue(by=sari, code="LEBARAN", amount=150_000, least=2_000_000)
    order = testing.order(buyer)  # goods for Rp 2.000.000

    use = VoucherUse.make(by=dewi, order=order, code="lebaran ")

    order = fresh(order)
    assert (order.total, order.current.discount, order.revision) == (1_850_000, 150_000, 2)
    assert (use.voucher, use.amount, use.party) == (voucher, 150_000, buyer)
    assert order.status == Status.PLACED
    order.confirm(by=sari)
    assert sum(order.instalments.values_list("amount", flat=True)) == 1_850_000


def test_per_cents_go_up_to_the_most(buyer: Party, dewi: Person, sari: Person) -> None:
    Voucher.issue(by=sari, code="TEN", percent=10, amount=120_000)
    order = testing.order(buyer)

    assert VoucherUse.make(by=dewi, order=order, code="TEN").amount == 120_000


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"least": 2_000_001}, "needs goods"),
        ({"amount": 2_000_000}, "may take at most"),
        ({"from_on": timedelta(1)}, "is good from"),
        ({"until_on": timedelta(-1)}, "was good until"),
        ({"times": 0}, "as often as it may be"),
    ],
)
def test_one_that_does_not_fit_says_why_and_changes_nothing(
    buyer: Party, dewi: Person, sari: Person, facts: dict[str, Any], words: str
) -> None:
    days: dict[str, Any] = {
        name: clock.today() + value if isinstance(value, timedelta) else value
        for name, value in facts.items()
    }
    Voucher.issue(by=sari, code="X", **{"amount": 10_000, **days})
    order = testing.order(buyer)

    with pytest.raises(NoVoucher, match=words):
        VoucherUse.make(by=dewi, order=order, code="X")

    assert (fresh(order).total, fresh(order).revision) == (2_000_000, 1)
    assert not VoucherUse.objects.exists()


def test_a_party_uses_it_once_and_an_order_takes_one(
    buyer: Party, dewi: Person, sari: Person
) -> None:
    for code in ("A", "B"):
        Voucher.issue(by=sari, code=code, amount=10_000)
    first, second = testing.order(buyer), testing.order(buyer)
    VoucherUse.make(by=dewi, order=first, code="A")

    for order, code in ((second, "A"), (first, "B")):
        with pytest.raises(NoVoucher):
            VoucherUse.make(by=dewi, order=order, code=code)
    assert VoucherUse.objects.count() == 1


def test_of_another_buyers_voucher_nobody_hears(
    buyer: Party, dewi: Person, siti: Person, sari: Person
) -> None:
    Voucher.issue(by=sari, code="DEWI", amount=10_000, party=siti.party)
    order = testing.order(buyer)

    with pytest.raises(NoVoucher, match="We know no voucher"):
        VoucherUse.make(by=dewi, order=order, code="DEWI")


def test_what_is_agreed_takes_no_voucher(buyer: Party, dewi: Person, sari: Person) -> None:
    Voucher.issue(by=sari, code="X", amount=10_000)
    order = testing.confirmed_order(buyer)

    with pytest.raises(WrongState):
        VoucherUse.make(by=dewi, order=order, code="X")
    assert not VoucherUse.objects.exists()


def test_an_order_that_comes_to_nothing_gives_it_back(
    workshop: Workshop, buyer: Party, dewi: Person, sari: Person
) -> None:
    Voucher.issue(by=sari, code="X", amount=10_000)
    order = testing.order(buyer)
    use = VoucherUse.make(by=dewi, order=order, code="X")
    with pytest.raises(WrongState):
        use.give_back(by=workshop.machine)
    assert not vouchers.is_idle(workshop)

    fresh(order).withdraw(by=dewi)
    assert vouchers.is_idle(workshop)
    vouchers.tend(workshop)

    assert not vouchers.is_idle(workshop)
    VoucherUse.make(by=dewi, order=testing.order(buyer), code="X")


def test_an_offer_without_the_discount_gives_it_back(
    workshop: Workshop, buyer: Party, dewi: Person, sari: Person
) -> None:
    Voucher.issue(by=sari, code="X", amount=10_000)
    order = testing.order(buyer)
    VoucherUse.make(by=dewi, order=order, code="X")

    testing.offer(fresh(order), price=190_000)
    vouchers.tend(workshop)

    assert VoucherUse.objects.get().given_back_at is not None


def test_an_offer_that_leaves_a_part_of_it_has_used_it(
    workshop: Workshop, buyer: Party, dewi: Person, sari: Person
) -> None:
    Voucher.issue(by=sari, code="X", amount=150_000)
    order = testing.order(buyer)
    use = VoucherUse.make(by=dewi, order=order, code="X")

    testing.offer(fresh(order), discount=149_000, plan=[testing.full(1_751_000)])
    vouchers.leave(order, 149_000)
    vouchers.tend(workshop)

    use.refresh_from_db()
    assert (use.given_back_at, use.amount) == (None, 149_000)
    with pytest.raises(NoVoucher, match="used already"):
        VoucherUse.make(by=dewi, order=testing.order(buyer), code="X")


def test_a_counter_proposal_keeps_it_as_long_as_it_is_large_enough(
    workshop: Workshop, buyer: Party, dewi: Person, sari: Person
) -> None:
    Voucher.issue(by=sari, code="X", amount=100_000, least=1_000_000)
    order = testing.order(buyer)
    VoucherUse.make(by=dewi, order=order, code="X")
    for pairs, total in ((5, 5 * 190_000), (8, 8 * 190_000 - 100_000)):
        offered = fresh(order).current.pairs * 190_000 - 100_000
        plan = [testing.full(offered)]
        testing.offer(fresh(order), price=190_000, discount=100_000, plan=plan)
        order = fresh(order)
        line = order.current.lines.get()
        order.counter(
            by=dewi,
            wishes=[testing.wish(line.line.colourway.product, {"40": pairs})],
            promised_on=clock.in_days(30),
            promised=partial(vouchers.keep, order),
        )
        assert fresh(order).total == total


def test_a_share_is_of_what_the_counter_proposal_comes_to(
    buyer: Party, dewi: Person, sari: Person
) -> None:
    Voucher.issue(by=sari, code="X", percent=10)
    order = testing.order(buyer)
    use = VoucherUse.make(by=dewi, order=order, code="X")
    testing.offer(fresh(order), discount=200_000, plan=[testing.full(1_700_000)])
    order = fresh(order)

    order.counter(
        by=dewi,
        wishes=[testing.wish(order.current.lines.get().line.colourway.product, {"40": 2})],
        promised_on=clock.in_days(30),
        promised=partial(vouchers.keep, order),
    )

    use.refresh_from_db()
    goods = fresh(order).current.lines.get().amount
    assert (use.amount, fresh(order).total) == (goods // 10, goods - goods // 10)


def test_points_come_straight_off_an_order_up_to_the_owners_share(
    buyer: Party, dewi: Person, owner: Person, rules: PointRules
) -> None:
    soon, late = give(buyer, owner, 100, days=10), give(buyer, owner, 2_000)
    order = testing.order(buyer)
    assert vouchers.most_points(fresh(order), buyer) == 1_000

    with pytest.raises(NoVoucher):
        vouchers.spend(order, by=dewi, points=1_001)
    assert balance_of(buyer) == 2_100
    vouchers.spend(order, by=dewi, points=150)

    assert fresh(order).total == 1_850_000
    assert (soon.rest_now(), late.rest_now()) == (0, 1_950)


def test_nobody_spends_more_than_there_is(
    buyer: Party, dewi: Person, siti: Person, owner: Person, rules: PointRules
) -> None:
    give(buyer, owner, 100)
    give(buyer, owner, 100, days=-1)  # over, but not let go yet

    with pytest.raises(TooFewPoints):
        Voucher.exchange(by=dewi, party=buyer, points=101)
    with pytest.raises(Refused):
        Voucher.exchange(by=dewi, party=buyer, points=-5)
    with pytest.raises(NotAllowed):
        Voucher.exchange(by=siti, party=buyer, points=10)
    assert not Voucher.objects.exists()
    assert balance_of(buyer) == 100


def test_a_voucher_of_points_that_nobody_used_gives_them_back_to_their_lots(
    workshop: Workshop, buyer: Party, dewi: Person, owner: Person, rules: PointRules
) -> None:
    soon, late = give(buyer, owner, 100, days=10), give(buyer, owner, 100, days=20)
    voucher = Voucher.exchange(by=dewi, party=buyer, points=150)
    assert voucher.until_on == clock.in_days(10)

    with clock.stopped(clock.now() + timedelta(days=11)):
        rewards.close_day(workshop)

        assert (soon.rest_now(), late.rest_now()) == (0, 100)  # the first are over
        assert balance_of(buyer) == 100


def test_what_points_were_turned_into_is_owed_until_it_is_used(
    workshop: Workshop,
    rules: PointRules,
    buyer: Party,
    dewi: Person,
    sari: Person,
    owner: Person,
) -> None:
    give(buyer, owner)
    before = owed(workshop)
    voucher = Voucher.exchange(by=dewi, party=buyer, points=100)
    assert (owed(workshop).points, owed(workshop).rupiah) == (before.points - 100, before.rupiah)

    VoucherUse.make(by=dewi, order=testing.order(buyer), code=voucher.code)
    assert owed(workshop).rupiah == before.rupiah - voucher.amount


def test_a_void_voucher_is_refused_and_its_points_are_back(
    buyer: Party, dewi: Person, sari: Person, owner: Person, rules: PointRules
) -> None:
    give(buyer, owner, 100)
    voucher = Voucher.exchange(by=dewi, party=buyer, points=100)
    with pytest.raises(NotAllowed):
        voucher.void(by=dewi, reason="x")
    voucher.void(by=sari, reason="x")

    assert balance_of(buyer) == 100
    with pytest.raises(NoVoucher, match="is void"):
        VoucherUse.make(by=dewi, order=testing.order(buyer), code=voucher.code)


def test_a_used_voucher_of_points_cannot_be_void(
    buyer: Party, dewi: Person, sari: Person, owner: Person, rules: PointRules
) -> None:
    give(buyer, owner, 100)
    use = vouchers.spend(testing.order(buyer), by=dewi, points=100)

    with pytest.raises(WrongState):
        use.voucher.void(by=sari, reason="x")
    assert balance_of(buyer) == 0
