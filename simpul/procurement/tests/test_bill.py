"""Suppliers' bills, the payments that were meant for them, and what is owed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from simpul import testing
from simpul.lib import clock
from simpul.parties.models import Party, Person
from simpul.payments.models import Purpose
from simpul.procurement.models import BillPayment, GoodsReceipt, SupplierBill, value_of
from simpul.procurement.models.bill import NotThere
from simpul.procurement.payables import payables, payables_for, receipts_without_bill
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, Refused, WrongState


@pytest.fixture
def receipt(supplier: Party, buyer: Party, rina: Person) -> GoodsReceipt:
    """Everything of a purchase order came, and it is worth something."""
    purchase = testing.confirmed_purchase(supplier, testing.needy_order(buyer))
    goods = {line: (line.quantity, 0) for line in purchase.lines.all()}
    purchase.receive(by=rina, goods=goods)
    return GoodsReceipt.objects.get()


@pytest.fixture
def value(receipt: GoodsReceipt) -> int:
    value = value_of([receipt])[receipt.pk]
    assert value > 10_000
    return value


def record(by: Person, supplier: Party, amount: int, **facts: Any) -> SupplierBill:
    given: dict[str, Any] = {
        "number": "F-1",
        "billed_on": clock.today(),
        "due_on": clock.in_days(10),
    }
    return SupplierBill.record(by=by, supplier=supplier, amount=amount, **(given | facts))


def pay(by: Person, supplier: Party, amount: int, on: date | None = None) -> Purpose:
    return Purpose.of_cash(by=by, kind="supplier", amount=-amount, party=supplier, on=on)


def balance(supplier: Party) -> int:
    return payables(supplier.workshop)[0].balance_sen // 100


# What is owed


def test_accepted_goods_are_owed_at_the_agreed_price(
    supplier: Party, receipt: GoodsReceipt, value: int
) -> None:
    account = payables(supplier.workshop)[0]

    [one] = account.payables
    assert (one.number, one.sen, one.open_sen) == (receipt.number, value * 100, value * 100)
    assert one.due_on == clock.in_days(14)  # the term of the workshop
    assert account.balance_sen == value * 100


def test_each_supplier_may_have_its_own_term(
    supplier: Party, receipt: GoodsReceipt, value: int
) -> None:
    supplier.supplier_days = 3
    supplier.save()

    assert payables(supplier.workshop)[0].payables[0].due_on == clock.in_days(3)


def test_a_bill_takes_the_place_of_its_goods(
    supplier: Party, receipt: GoodsReceipt, value: int, fajar: Person
) -> None:
    bill = record(fajar, supplier, value + 5_000, receipts=[receipt], why="Ongkos kirim")

    [one] = payables(supplier.workshop)[0].payables
    assert (one.bill_id, one.number, one.sen) == (bill.pk, "F-1", (value + 5_000) * 100)
    assert one.due_on == clock.in_days(10)
    assert receipts_without_bill(supplier) == []


def test_its_age_is_counted_from_the_day_it_was_due(
    supplier: Party, receipt: GoodsReceipt, value: int
) -> None:
    account = payables(supplier.workshop)[0]
    due_on = account.payables[0].due_on
    for late, place in ((0, 0), (1, 1), (30, 1), (31, 2), (61, 3), (91, 4)):
        ages = account.ages(due_on + timedelta(days=late))
        assert [index for index, sen in enumerate(ages) if sen] == [place]


def test_what_is_paid_goes_to_what_is_due_first(
    supplier: Party, receipt: GoodsReceipt, value: int, fajar: Person
) -> None:
    record(fajar, supplier, 40_000, number="late", due_on=clock.in_days(20), why="x")
    record(fajar, supplier, 30_000, number="soon", due_on=clock.in_days(1), why="x")
    pay(fajar, supplier, 35_000)

    open_ones = {one.number: one.open_sen // 100 for one in payables(supplier.workshop)[0].open}
    assert open_ones == {receipt.number: value - 5_000, "late": 40_000}


def test_what_was_meant_for_a_bill_goes_to_it(
    supplier: Party, receipt: GoodsReceipt, value: int, fajar: Person
) -> None:
    late = record(fajar, supplier, 40_000, number="late", due_on=clock.in_days(20), why="x")
    paid = pay(fajar, supplier, 50_000)
    counted = BillPayment.count(by=fajar, bill=late, purpose=paid, amount=40_000)

    open_ones = {one.number: one.open_sen // 100 for one in payables(supplier.workshop)[0].open}
    assert open_ones == {receipt.number: value - 10_000}

    counted.take_back(by=fajar)
    assert payables(supplier.workshop)[0].open[-1].number == "late"


def test_more_than_is_owed_is_paid_in_advance(supplier: Party, fajar: Person) -> None:
    pay(fajar, supplier, 50_000)

    assert payables(supplier.workshop)[0].advance_sen == 5_000_000


def test_a_payment_that_was_taken_back_pays_nothing(
    supplier: Party, receipt: GoodsReceipt, value: int, fajar: Person
) -> None:
    paid = pay(fajar, supplier, 10_000)
    assert balance(supplier) == value - 10_000
    paid.retract(by=fajar, reason="Salah")

    assert balance(supplier) == value


def test_the_account_of_an_earlier_day(
    supplier: Party, receipt: GoodsReceipt, value: int, fajar: Person
) -> None:
    yesterday = clock.in_days(-1)
    pay(fajar, supplier, 10_000, on=yesterday)

    assert payables(supplier.workshop, yesterday)[0].balance_sen == -1_000_000


def test_who_sees_what_is_owed(
    supplier: Party, receipt: GoodsReceipt, budi: Person, sari: Person, rina: Person, dewi: Person
) -> None:
    testing.party(supplier.workshop, "Sol Abadi", is_supplier=True)

    assert [one.supplier.name for one in payables_for(rina)] == ["Kulit Jaya", "Sol Abadi"]
    assert [one.supplier.name for one in payables_for(budi)] == ["Kulit Jaya"]
    assert payables_for(sari) == []
    assert payables_for(dewi) == []


# Recording a bill


def test_it_stands_in_the_journal(supplier: Party, rina: Person) -> None:
    bill = record(rina, supplier, 1_000, why="Contoh")

    assert [(line.step, line.by) for line in journal_of(bill)] == [
        ("procurement.record_bill", rina)
    ]


def test_sales_records_no_bill(supplier: Party, sari: Person) -> None:
    with pytest.raises(NotAllowed):
        record(sari, supplier, 1_000, why="x")

    assert not SupplierBill.objects.exists()


def test_the_same_bill_is_recorded_once(
    supplier: Party, receipt: GoodsReceipt, value: int, fajar: Person
) -> None:
    record(fajar, supplier, value, receipts=[receipt])
    with pytest.raises(Refused):
        record(fajar, supplier, 1_000, why="x")
    with pytest.raises(WrongState):
        record(fajar, supplier, value, number="F-2", receipts=[receipt])

    assert SupplierBill.objects.count() == 1


def test_a_difference_needs_a_reason(
    supplier: Party, receipt: GoodsReceipt, value: int, fajar: Person
) -> None:
    with pytest.raises(Refused):
        record(fajar, supplier, value - 1, receipts=[receipt])

    assert not SupplierBill.objects.exists()


def test_goods_of_somebody_else_are_not_billed(
    supplier: Party, receipt: GoodsReceipt, fajar: Person
) -> None:
    other = testing.party(supplier.workshop, "Sol Abadi", is_supplier=True)
    with pytest.raises(NotAllowed):
        record(fajar, other, 1_000, receipts=[receipt], why="x")

    assert not SupplierBill.objects.exists()


# Taking a bill back


def test_a_bill_that_is_taken_back_frees_its_goods(
    supplier: Party, receipt: GoodsReceipt, value: int, fajar: Person
) -> None:
    bill = record(fajar, supplier, value + 1, receipts=[receipt], why="x")
    bill.void(by=fajar, reason="Salah ketik")

    assert balance(supplier) == value
    record(fajar, supplier, value, receipts=[receipt])
    assert balance(supplier) == value
    assert journal_of(bill)[1].step == "procurement.void_bill"


def test_purchasing_takes_no_bill_back(supplier: Party, fajar: Person, rina: Person) -> None:
    bill = record(fajar, supplier, 1_000, why="x")
    with pytest.raises(NotAllowed):
        bill.void(by=rina, reason="x")

    assert balance(supplier) == 1_000


def test_it_is_not_taken_back_twice(supplier: Party, fajar: Person) -> None:
    bill = record(fajar, supplier, 1_000, why="x")
    seen_by_another_tab = SupplierBill.objects.get(pk=bill.pk)
    bill.void(by=fajar, reason="x")
    with pytest.raises(WrongState):
        seen_by_another_tab.void(by=fajar, reason="x")

    assert len(journal_of(bill)) == 2


# Which payment was for which bill


def test_no_more_is_counted_than_was_paid_or_is_asked_for(supplier: Party, fajar: Person) -> None:
    bill = record(fajar, supplier, 1_000, why="x")
    paid = pay(fajar, supplier, 800)
    for amount in (0, 801, 1_001):
        with pytest.raises(NotThere):
            BillPayment.count(by=fajar, bill=bill, purpose=paid, amount=amount)
    BillPayment.count(by=fajar, bill=bill, purpose=paid, amount=800)
    with pytest.raises(NotThere):
        BillPayment.count(by=fajar, bill=bill, purpose=pay(fajar, supplier, 500), amount=201)

    assert BillPayment.objects.count() == 1


def test_counting_stands_in_the_journal(supplier: Party, fajar: Person) -> None:
    bill = record(fajar, supplier, 1_000, why="x")
    counted = BillPayment.count(by=fajar, bill=bill, purpose=pay(fajar, supplier, 1), amount=1)
    counted.take_back(by=fajar)

    steps = [line.step for line in journal_of(counted)]
    assert steps == ["procurement.count_payment", "procurement.uncount_payment"]


def test_purchasing_counts_no_payment(supplier: Party, fajar: Person, rina: Person) -> None:
    bill = record(fajar, supplier, 1_000, why="x")
    paid = pay(fajar, supplier, 1)
    with pytest.raises(NotAllowed):
        BillPayment.count(by=rina, bill=bill, purpose=paid, amount=1)
    counted = BillPayment.count(by=fajar, bill=bill, purpose=paid, amount=1)
    with pytest.raises(NotAllowed):
        counted.take_back(by=rina)

    assert BillPayment.objects.standing().get() == counted


def test_what_was_counted_is_taken_back_once(supplier: Party, fajar: Person) -> None:
    bill = record(fajar, supplier, 1_000, why="x")
    counted = BillPayment.count(by=fajar, bill=bill, purpose=pay(fajar, supplier, 1), amount=1)
    counted.take_back(by=fajar)
    with pytest.raises(WrongState):
        counted.take_back(by=fajar)

    assert len(journal_of(counted)) == 2


def test_only_a_payment_to_this_supplier_counts(supplier: Party, fajar: Person) -> None:
    bill = record(fajar, supplier, 1_000, why="x")
    other = testing.party(supplier.workshop, "Sol Abadi", is_supplier=True)
    retracted = pay(fajar, supplier, 1)
    retracted.retract(by=fajar, reason="x")
    wages = Purpose.of_cash(by=fajar, kind="wages", amount=-1)
    for paid in (pay(fajar, other, 1), wages, retracted):
        with pytest.raises((NotAllowed, WrongState)):
            BillPayment.count(by=fajar, bill=bill, purpose=paid, amount=1)

    assert not BillPayment.objects.exists()
