"""The same voucher, or the same points, in two orders in the same moment: one of them wins."""

from __future__ import annotations

import pytest

from simpul import testing
from simpul.crm import vouchers
from simpul.crm.models import PointLot, PointRules, Voucher, VoucherUse, balance_of
from simpul.orders.models import Order
from simpul.parties.models import Party, Person

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_voucher_that_may_be_used_once(buyer: Party, dewi: Person) -> None:
    sari = testing.seller(buyer.workshop)
    Voucher.issue(by=sari, code="X", amount=10_000, times=1)
    other = testing.party(buyer.workshop, "Toko Lain")
    ani = testing.person("Ani", other)
    pairs = [(dewi, testing.order(buyer)), (ani, testing.order(other))]

    ends = testing.at_once(
        *(
            lambda by=by, order=order: VoucherUse.make(by=by, order=order, code="X")
            for by, order in pairs
        )
    )

    assert ends == ["done", "refused"]
    assert sorted(Order.objects.values_list("total", flat=True)) == [1_990_000, 2_000_000]


def test_a_buyers_voucher_in_two_orders(buyer: Party, dewi: Person) -> None:
    Voucher.issue(by=testing.seller(buyer.workshop), code="X", amount=10_000)
    orders = [testing.order(buyer), testing.order(buyer)]

    ends = testing.at_once(
        *(lambda order=order: VoucherUse.make(by=dewi, order=order, code="X") for order in orders)
    )

    assert ends == ["done", "refused"]
    assert sorted(Order.objects.values_list("total", flat=True)) == [1_990_000, 2_000_000]


def test_the_same_points_in_two_orders(buyer: Party, dewi: Person, owner: Person) -> None:
    PointRules.decide(by=owner, is_on=True, worth=1_000)
    PointLot.give(by=owner, party=buyer, points=100, expires_on=None, note="x")
    orders = [testing.order(buyer), testing.order(buyer)]

    ends = testing.at_once(
        *(lambda order=order: vouchers.spend(order, by=dewi, points=80) for order in orders)
    )

    assert ends == ["done", "refused"]
    assert balance_of(buyer) == 20
    assert sorted(Order.objects.values_list("total", flat=True)) == [1_920_000, 2_000_000]


def test_two_vouchers_for_one_order(buyer: Party, dewi: Person) -> None:
    for code in ("A", "B"):
        Voucher.issue(by=testing.seller(buyer.workshop), code=code, amount=10_000)
    order = testing.order(buyer)

    ends = testing.at_once(
        *(lambda code=code: VoucherUse.make(by=dewi, order=order, code=code) for code in ("A", "B"))
    )

    assert ends == ["done", "refused"]
    assert Order.objects.get().total == 1_990_000
