"""Money that came and went again: the gates shut, and what was spent of it is owed."""

from __future__ import annotations

import pytest

from simpul import testing
from simpul.conversations.notices import audience_of
from simpul.lib import clock
from simpul.orders.models import Gate, GateShut, Order, Status
from simpul.parties.models import Party, Person
from simpul.payments import agreement, reconciliation
from simpul.payments.models import (
    Allocation,
    BankAccount,
    BankEntry,
    Forfeit,
    Instruction,
    Receipt,
    Refund,
    party_credit,
    party_debt,
    take_back,
)
from simpul.payments.models.receipt import spread
from simpul.payments.queries import credits_before
from simpul.tests.statement import statement
from simpul.workflow.models import Entry, journal_of
from simpul.workflow.steps import NotAllowed, Refused, WrongState


@pytest.fixture
def entry(order: Order, account: BankAccount, fajar: Person) -> BankEntry:
    """A transfer of 700.000 for the order."""
    return transfer(order, 700_000, account, fajar)


def transfer(order: Order, amount: int, account: BankAccount, by: Person) -> BankEntry:
    rows = [(clock.today(), amount, f"TRSF {order.number} {amount}")]
    reconciliation.take(by=by, account=account, content=statement(rows))
    made = BankEntry.objects.latest("pk")
    if made.status == BankEntry.Status.NEW:
        made.allocate(by=by, parts=spread(order, amount))
    return made


def correction(account: BankAccount, amount: int, by: Person) -> BankEntry:
    rows = [(clock.today(), -amount, "KOREKSI")]
    reconciliation.take(by=by, account=account, content=statement(rows))
    return BankEntry.objects.latest("pk")


def paid(order: Order) -> list[int]:
    return list(order.instalments.order_by("position").values_list("paid", flat=True))


def test_the_gates_shut_again(order: Order, entry: BankEntry, fajar: Person, buyer: Party) -> None:
    order.demand_open(Gate.PROCUREMENT)

    entry.bounce(by=fajar, reason="No funds.")

    with pytest.raises(GateShut):
        order.demand_open(Gate.PROCUREMENT)
    assert paid(order) == [0, 0]
    assert party_credit(buyer) == 0
    assert entry.status == BankEntry.Status.REVERSED
    assert Instruction.objects.open().get(order=order).base == 600_000


def test_the_banks_own_entry_says_so(
    order: Order, entry: BankEntry, account: BankAccount, fajar: Person
) -> None:
    taken = correction(account, 700_000, fajar)

    entry.bounce(by=fajar, reason="KOREKSI", correction=taken)

    taken.refresh_from_db()
    assert taken.takes_back == entry


def test_the_banks_own_entry_may_come_later(
    order: Order, entry: BankEntry, account: BankAccount, fajar: Person
) -> None:
    entry.bounce(by=fajar, reason="The bank called.")
    taken = correction(account, 700_000, fajar)
    assert credits_before(taken, BankEntry.objects.all()) == [entry]

    entry.bounce(by=fajar, reason="The bank called.", correction=taken)

    taken.refresh_from_db()
    assert taken.takes_back == entry
    assert paid(order) == [0, 0]
    assert credits_before(taken, BankEntry.objects.all()) == []
    with pytest.raises(WrongState):
        entry.bounce(by=fajar, reason="x", correction=correction(account, 700_000, fajar))


def test_an_entry_of_another_sum_takes_nothing_back(
    order: Order, entry: BankEntry, account: BankAccount, fajar: Person
) -> None:
    with pytest.raises(Refused):
        entry.bounce(by=fajar, reason="x", correction=correction(account, 1, fajar))

    assert paid(order) == [600_000, 100_000]


def test_everybody_hears_of_it(
    order: Order, entry: BankEntry, fajar: Person, dewi: Person, owner: Person, rina: Person,
    udin: Person, sari: Person,
) -> None:  # fmt: skip
    entry.bounce(by=fajar, reason="No funds.")

    line = Entry.objects.get(step="payments.bounce")
    assert set(audience_of(line)) >= {dewi, owner, rina, udin, sari}


@pytest.mark.parametrize("who", ["dewi", "sari", "owner of another"])
def test_only_finance_says_so(
    order: Order, entry: BankEntry, who: str, dewi: Person, sari: Person, joko: Person
) -> None:
    by = {"dewi": dewi, "sari": sari}.get(who, joko)
    with pytest.raises(NotAllowed):
        entry.bounce(by=by, reason="x")
    with pytest.raises(NotAllowed):
        take_back(Receipt.objects.get(), by=by, reason="x")

    assert paid(order) == [600_000, 100_000]


def test_not_twice(entry: BankEntry, fajar: Person) -> None:
    receipt = Receipt.objects.get()
    entry.bounce(by=fajar, reason="x")

    with pytest.raises(WrongState):
        entry.bounce(by=fajar, reason="x")
    with pytest.raises(WrongState):
        take_back(receipt, by=fajar, reason="x")

    assert journal_of(receipt).filter(step="payments.bounce").count() == 1


def test_a_mistake_is_undone_by_matching_it_again(
    order: Order, entry: BankEntry, account: BankAccount, fajar: Person
) -> None:
    taken = correction(account, 700_000, fajar)
    entry.bounce(by=fajar, reason="x", correction=taken)

    entry.reopen(by=fajar)
    entry.allocate(by=fajar, parts=spread(order, 700_000))

    taken.refresh_from_db()
    assert taken.takes_back is None
    assert paid(order) == [600_000, 100_000]


def test_one_that_was_never_matched(
    order: Order, entry: BankEntry, fajar: Person, account: BankAccount
) -> None:
    receipt = Receipt.objects.get()
    for one in receipt.allocations.standing():
        one.reverse(by=fajar, reason="x")
    receipt.annul(by=fajar, reason="x")
    entry.refresh_from_db()

    entry.bounce(by=fajar, reason="x")

    assert entry.status == BankEntry.Status.REVERSED


def test_what_was_spent_on_another_order_is_owed_there(
    order: Order, account: BankAccount, fajar: Person, sari: Person, buyer: Party
) -> None:
    entry = transfer(order, 2_100_000, account, fajar)
    other = testing.order(buyer)
    agreement.confirm(other, by=sari)
    Allocation.use(by=fajar, party=buyer, parts=spread(other, 100_000))

    entry.bounce(by=fajar, reason="x")

    assert (sum(paid(order)), sum(paid(other))) == (0, 0)
    assert (party_credit(buyer), party_debt(buyer)) == (0, 0)


def test_a_refund_that_waits_is_refused(
    order: Order, account: BankAccount, fajar: Person, buyer: Party, dewi: Person
) -> None:
    entry = transfer(order, 2_100_000, account, fajar)
    testing.pay(order, 30_000)
    asked = Refund.request(by=dewi, party=buyer, amount=120_000)

    entry.bounce(by=fajar, reason="x")

    asked.refresh_from_db()
    assert asked.status == Refund.Status.REFUSED
    assert party_credit(buyer) == 30_000


def test_a_refund_that_is_gone_is_the_partys_debt(
    order: Order, account: BankAccount, fajar: Person, buyer: Party, dewi: Person
) -> None:
    entry = transfer(order, 2_100_000, account, fajar)
    asked = Refund.request(by=dewi, party=buyer, amount=100_000)
    asked.approve(by=fajar)
    asked.pay_out(by=fajar, paid_on=clock.today())

    entry.bounce(by=fajar, reason="x")

    assert (party_credit(buyer), party_debt(buyer)) == (0, 100_000)
    with pytest.raises(Refused):
        asked.cover(by=fajar)
    testing.pay(order, 2_150_000)
    with pytest.raises(NotAllowed):
        asked.cover(by=dewi)
    assert party_debt(buyer) == 100_000


def test_later_credit_covers_the_debt(
    order: Order, account: BankAccount, fajar: Person, buyer: Party, dewi: Person
) -> None:
    entry = transfer(order, 2_100_000, account, fajar)
    asked = Refund.request(by=dewi, party=buyer, amount=100_000)
    asked.approve(by=fajar)
    asked.pay_out(by=fajar, paid_on=clock.today())
    entry.bounce(by=fajar, reason="x")
    testing.pay(order, 2_150_000)

    asked.cover(by=fajar)

    assert (party_credit(buyer), party_debt(buyer)) == (50_000, 0)
    assert journal_of(asked).last().step == "payments.cover_refund"  # type: ignore[union-attr]
    with pytest.raises(WrongState):
        asked.cover(by=fajar)


def test_what_was_kept_of_it_is_gone_as_well(
    order: Order, account: BankAccount, fajar: Person, owner: Person, buyer: Party
) -> None:
    Order.objects.update(forfeit_percent=50)
    order.refresh_from_db()
    entry = transfer(order, 700_000, account, fajar)
    agreement.cancel(order, by=owner, reason="x", forfeit=350_000)

    entry.bounce(by=fajar, reason="x")

    assert party_credit(buyer) == 0
    assert Forfeit.objects.get().allocations.standing().count() == 0


def test_a_closed_order_is_open_again(
    order: Order, account: BankAccount, fajar: Person, dewi: Person, sari: Person
) -> None:
    entry = transfer(order, 2_000_000, account, fajar)
    Order.objects.filter(pk=order.pk).update(status=Status.CLOSED)
    order.refresh_from_db()
    with pytest.raises(WrongState):
        order.reopen(by=fajar)
    with pytest.raises(NotAllowed):
        order.reopen(by=dewi)

    entry.bounce(by=fajar, reason="x")

    order.refresh_from_db()
    assert order.status == Status.FULFILLED
    assert journal_of(order).filter(step="orders.reopen").count() == 1
    with pytest.raises(WrongState):
        order.reopen(by=fajar)
