"""Refunds: asked for, approved, sent, seen at the bank; never spent twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from simpul import testing
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.papers.models import Paper
from simpul.parties.models import Party, Person, User
from simpul.payments import agreement, reconciliation
from simpul.payments.models import (
    BankAccount,
    BankEntry,
    Forfeit,
    NeedsAnother,
    NotYours,
    Refund,
    TooMuch,
    party_credit,
)
from simpul.tests.statement import statement
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, Refused, WrongState, keyed

ACCOUNT: dict[str, Any] = {"bank": "BRI", "number": "123456789", "holder": "Dewi"}


@pytest.fixture(autouse=True)
def _credit(order: Order) -> None:
    """Toko Dewi has paid 3.000.000 too much."""
    testing.pay(order, 5_000_000)


@pytest.fixture
def asked(buyer: Party, dewi: Person) -> Refund:
    return Refund.request(by=dewi, party=buyer, amount=300_000, **ACCOUNT)


@pytest.fixture
def approved(asked: Refund, fajar: Person) -> Refund:
    asked.approve(by=fajar)
    return asked


@pytest.fixture
def sent(approved: Refund, fajar: Person, account: BankAccount) -> Refund:
    approved.send(by=fajar, account=account, sent_on=clock.today())
    return approved


def out(account: BankAccount, amount: int, by: Person, on: date | None = None) -> BankEntry:
    """An entry of money that went out, as the bank reports it."""
    rows = [(on or clock.today(), -amount, "TRSF DEWI")]
    reconciliation.take(by=by, account=account, content=statement(rows))
    return BankEntry.objects.latest("pk")


def test_it_is_taken_from_the_credit_at_once(asked: Refund, buyer: Party) -> None:
    assert asked.status == Refund.Status.REQUESTED
    assert party_credit(buyer) == 2_700_000


def test_no_more_than_the_credit(buyer: Party, dewi: Person) -> None:
    with pytest.raises(TooMuch):
        Refund.request(by=dewi, party=buyer, amount=3_000_001)

    assert not Refund.objects.exists()


def test_the_bank_account_stands_in_no_journal(asked: Refund, buyer: Party, dewi: Person) -> None:
    entry = journal_of(asked).get()
    assert (entry.step, entry.by) == ("payments.request_refund", dewi)
    assert entry.facts == {"party": buyer.pk, "amount": 300_000}


@pytest.mark.parametrize("who", ["siti", "udin", "joko", "viewer"])
def test_who_has_no_part_in_it_does_not_ask(
    buyer: Party, who: str, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(NotAllowed):
        Refund.request(by=request.getfixturevalue(who), party=buyer, amount=1)

    assert party_credit(buyer) == 3_000_000


def test_a_form_sent_twice_asks_once(buyer: Party, dewi: Person) -> None:
    for _time in range(2):
        with keyed("one form"):
            Refund.request(by=dewi, party=buyer, amount=100_000)

    assert party_credit(buyer) == 2_900_000


def test_approved_sent_and_seen(
    asked: Refund, fajar: Person, account: BankAccount, buyer: Party
) -> None:
    asked.approve(by=fajar)
    asked.send(by=fajar, account=account, sent_on=clock.today())
    asked.see(by=fajar, entry=out(account, 302_500, fajar))

    assert asked.status == Refund.Status.SEEN
    assert party_credit(buyer) == 2_700_000
    assert [entry.step for entry in journal_of(asked)] == [
        "payments.request_refund",
        "payments.approve_refund",
        "payments.send_refund",
        "payments.see_refund",
    ]
    assert "number" not in journal_of(asked)[2].facts


def test_a_note_is_issued_when_it_is_sent(sent: Refund, buyer: Party) -> None:
    paper = Paper.objects.about(sent).get()
    assert (paper.kind, paper.party) == (Paper.Kind.REFUND_NOTE, buyer)
    assert paper.facts["in_words"][1] == "Tiga ratus ribu rupiah"


def test_cash_is_paid_against_the_note(approved: Refund, fajar: Person) -> None:
    approved.pay_out(by=fajar, paid_on=clock.today())

    assert (approved.status, approved.is_cash) == (Refund.Status.SEEN, True)
    assert len(Paper.objects.about(approved).get().facts["signatures"]) == 2


def test_where_to_must_be_known(
    buyer: Party, sari: Person, fajar: Person, account: BankAccount
) -> None:
    asked = Refund.request(by=sari, party=buyer, amount=5)
    asked.approve(by=fajar)

    with pytest.raises(Refused):
        asked.send(by=fajar, account=account, sent_on=clock.today())

    asked.send(by=fajar, account=account, sent_on=clock.today(), **ACCOUNT)
    assert asked.number == "123456789"


def test_not_sent_tomorrow(approved: Refund, fajar: Person, account: BankAccount) -> None:
    with pytest.raises(Refused):
        approved.send(by=fajar, account=account, sent_on=clock.in_days(1))


def test_above_the_limit_a_second_person_approves_and_another_sends(
    buyer: Party, fajar: Person, owner: Person, account: BankAccount
) -> None:
    asked = Refund.request(by=fajar, party=buyer, amount=1_000_001, **ACCOUNT)
    with pytest.raises(NeedsAnother):
        asked.approve(by=fajar)
    asked.approve(by=owner)
    with pytest.raises(NeedsAnother):
        asked.send(by=owner, account=account, sent_on=clock.today())
    with pytest.raises(NeedsAnother):
        asked.pay_out(by=owner, paid_on=clock.today())

    asked.send(by=fajar, account=account, sent_on=clock.today())

    assert asked.status == Refund.Status.SENT


def test_up_to_the_limit_one_person_may(buyer: Party, fajar: Person) -> None:
    asked = Refund.request(by=fajar, party=buyer, amount=1_000_000)
    asked.approve(by=fajar)
    asked.pay_out(by=fajar, paid_on=clock.today())

    assert asked.status == Refund.Status.SEEN


def test_nobody_approves_for_their_own_party(asked: Refund, dewi: Person, fajar: Person) -> None:
    dewi.user = fajar.user = User.objects.create_user("fajar@example.com")
    dewi.save()

    with pytest.raises(NotYours):
        asked.approve(by=fajar)

    asked.refresh_from_db()
    assert asked.status == Refund.Status.REQUESTED


def test_a_refusal_gives_the_credit_back(asked: Refund, fajar: Person, buyer: Party) -> None:
    asked.refuse(by=fajar, reason="Use it for the next order, please.")

    assert party_credit(buyer) == 3_000_000
    assert asked.status == Refund.Status.REFUSED
    with pytest.raises(WrongState):
        asked.refuse(by=fajar, reason="again")


def test_the_buyer_withdraws_it(asked: Refund, dewi: Person, buyer: Party) -> None:
    asked.withdraw(by=dewi)

    assert party_credit(buyer) == 3_000_000
    assert journal_of(asked).last().step == "payments.withdraw_refund"  # type: ignore[union-attr]
    with pytest.raises(WrongState):
        asked.withdraw(by=dewi)


def test_a_transfer_that_did_not_go_through_is_credit_again(
    sent: Refund, fajar: Person, buyer: Party
) -> None:
    sent.refuse(by=fajar, reason="The bank says that there is no such account.")

    assert party_credit(buyer) == 3_000_000


STEPS: dict[str, Callable[[Refund, Person, BankAccount], Any]] = {
    "approve": lambda refund, by, account: refund.approve(by=by),
    "refuse": lambda refund, by, account: refund.refuse(by=by, reason="x"),
    "send": lambda refund, by, account: refund.send(by=by, account=account, sent_on=clock.today()),
    "pay_out": lambda refund, by, account: refund.pay_out(by=by, paid_on=clock.today()),
}


@pytest.mark.parametrize("who", ["dewi", "sari", "joko", "siti"])
@pytest.mark.parametrize("name", STEPS)
def test_only_finance_decides(
    asked: Refund, account: BankAccount, fajar: Person, name: str, who: str,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    if name in {"send", "pay_out"}:
        asked.approve(by=fajar)
    before = asked.status

    with pytest.raises(NotAllowed):
        STEPS[name](asked, request.getfixturevalue(who), account)

    asked.refresh_from_db()
    assert asked.status == before
    assert not Paper.objects.filter(kind=Paper.Kind.REFUND_NOTE).exists()


@pytest.mark.parametrize("name", ["approve", "send", "pay_out"])
def test_not_twice(sent: Refund, account: BankAccount, fajar: Person, name: str) -> None:
    with pytest.raises(WrongState):
        STEPS[name](sent, fajar, account)

    assert Paper.objects.filter(kind=Paper.Kind.REFUND_NOTE).count() == 1


def test_a_stranger_does_not_withdraw_it(asked: Refund, siti: Person, buyer: Party) -> None:
    with pytest.raises(NotAllowed):
        asked.withdraw(by=siti)

    assert party_credit(buyer) == 2_700_000


@pytest.mark.parametrize(("amount", "days"), [(299_999, 0), (306_501, 0), (300_000, -2)])
def test_it_is_not_seen_in_another_entry(
    sent: Refund, account: BankAccount, fajar: Person, amount: int, days: int
) -> None:
    entry = out(account, amount, fajar, on=clock.today() + timedelta(days=days))

    with pytest.raises(Refused):
        sent.see(by=fajar, entry=entry)

    sent.refresh_from_db()
    assert sent.status == Refund.Status.SENT


def test_one_entry_shows_one_refund(
    sent: Refund, account: BankAccount, fajar: Person, buyer: Party, dewi: Person
) -> None:
    entry = out(account, 300_000, fajar)
    with pytest.raises(NotAllowed):
        sent.see(by=dewi, entry=entry)
    sent.see(by=fajar, entry=entry)
    other = Refund.request(by=dewi, party=buyer, amount=300_000, **ACCOUNT)
    other.approve(by=fajar)
    other.send(by=fajar, account=account, sent_on=clock.today())

    with pytest.raises(Refused):
        other.see(by=fajar, entry=entry)
    with pytest.raises(WrongState):
        sent.see(by=fajar, entry=entry)


# A cancelled order


def test_the_owner_gives_the_money_back(buyer: Party, sari: Person, owner: Person) -> None:
    order = testing.confirmed_order(buyer)
    testing.pay(order, 600_000)

    agreement.cancel(order, by=owner, reason="No leather.", gives_back=True)

    asked = Refund.objects.get()
    assert (asked.amount, asked.order, asked.status) == (600_000, order, "requested")
    assert party_credit(buyer) == 3_000_000


def test_a_share_is_kept_by_the_rule_of_the_day_it_was_agreed(
    buyer: Party, sari: Person, owner: Person
) -> None:
    workshop = buyer.workshop
    workshop.forfeit_percent = 50
    workshop.save()
    order = testing.confirmed_order(buyer)
    workshop.forfeit_percent = 100
    workshop.save()
    testing.pay(order, 600_000)

    with pytest.raises(TooMuch):
        agreement.cancel(order, by=owner, reason="x", forfeit=300_001)
    order.refresh_from_db()
    assert order.status == "confirmed"
    agreement.cancel(order, by=owner, reason="The buyer left.", forfeit=300_000)

    kept = Forfeit.objects.get()
    assert (kept.amount, kept.order) == (300_000, order)
    assert journal_of(kept).get().step == "payments.forfeit"
    assert party_credit(buyer) == 3_300_000


def test_nothing_is_kept_where_nothing_was_agreed(buyer: Party, owner: Person) -> None:
    order = testing.confirmed_order(buyer)
    testing.pay(order, 600_000)

    with pytest.raises(TooMuch):
        agreement.cancel(order, by=owner, reason="x", forfeit=1)

    assert not Forfeit.objects.exists()


def test_only_the_owner_keeps_money_and_only_once(
    buyer: Party, fajar: Person, owner: Person
) -> None:
    Workshop = type(buyer.workshop)
    Workshop.objects.update(forfeit_percent=50)
    buyer.workshop.refresh_from_db()
    order = testing.confirmed_order(buyer)
    testing.pay(order, 600_000)
    agreement.cancel(order, by=owner, reason="x")

    with pytest.raises(NotAllowed):
        Forfeit.keep(by=fajar, order=order, amount=1, reason="x")
    assert not Forfeit.objects.exists()
    Forfeit.keep(by=owner, order=order, amount=1, reason="x")
    with pytest.raises(WrongState):
        Forfeit.keep(by=owner, order=order, amount=1, reason="x")


def test_a_credit_note_of_a_cancelled_order_is_worth_nothing(
    buyer: Party, sari: Person, owner: Person
) -> None:
    order = testing.confirmed_order(buyer)
    testing.credit(order, 100_000)

    agreement.cancel(order, by=owner, reason="x")

    assert party_credit(buyer) == 3_000_000
