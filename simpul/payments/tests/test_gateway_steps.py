"""What the machine and what people do about payments at a gateway."""

from __future__ import annotations

import pytest

from simpul import testing
from simpul.orders.models import Order
from simpul.parties.models import Person
from simpul.payments import online, reconciliation
from simpul.payments.gateways.tests.samples import ALL_BACK, PAID, midtrans
from simpul.payments.models import GatewayNotice, GatewayPayment, PaymentLink, Receipt, party_credit
from simpul.workflow.models import Entry, journal_of
from simpul.workflow.steps import NotAllowed, Refused, WrongState


@pytest.fixture
def link(order: Order) -> PaymentLink:
    return testing.payment_link(order, "midtrans")


def tell(
    link: PaymentLink, what: str = PAID, amount: int = 0, reference: str = ""
) -> GatewayNotice:
    call = midtrans(what, reference or link.reference, amount or link.amount)
    notice, _is_new = GatewayNotice.store(link.account, call.body)
    online.apply(notice.pk)
    notice.refresh_from_db()
    return notice


@pytest.fixture
def kept(link: PaymentLink) -> GatewayNotice:
    """Somebody paid 100.000 at the gateway, for what we do not know."""
    return tell(link, amount=100_000, reference="SOMEBODY-ELSES")


def payment_of(notice: GatewayNotice) -> GatewayPayment:
    assert notice.payment is not None
    return notice.payment


# payments.gateway_paid


def test_the_machine_counts_it_and_writes_it_down(link: PaymentLink, machine: Person) -> None:
    payment = payment_of(tell(link))
    entry = journal_of(payment).get()
    assert (entry.step, entry.by) == ("payments.gateway_paid", machine)
    assert entry.facts == {"amount": link.amount}


@pytest.mark.parametrize("who", ["owner", "fajar", "dewi", "joko"])
def test_nobody_else_says_that_a_gateway_paid(
    kept: GatewayNotice, who: str, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(NotAllowed):
        payment_of(kept).book(by=request.getfixturevalue(who), amount=100_000)
    assert not Receipt.objects.exists()


# payments.count_gateway


def test_a_person_counts_what_the_machine_could_not(
    kept: GatewayNotice, order: Order, fajar: Person
) -> None:
    online.count_for(kept, order, by=fajar)
    receipt = Receipt.objects.get()
    assert (receipt.amount, receipt.by, receipt.party) == (100_000, fajar, order.buyer)
    kept.refresh_from_db()
    assert (kept.status, kept.settled_by) == ("settled", fajar)
    entry = journal_of(payment_of(kept)).get()
    assert (entry.step, entry.facts) == ("payments.count_gateway", {"order": order.pk})


def test_what_goes_back_later_is_taken_back_there_too(
    kept: GatewayNotice, link: PaymentLink, order: Order, fajar: Person
) -> None:
    online.count_for(kept, order, by=fajar)
    tell(link, ALL_BACK, amount=100_000, reference="SOMEBODY-ELSES")
    assert not Receipt.objects.standing().exists()
    assert party_credit(order.buyer) == 0


@pytest.mark.parametrize("who", ["sari", "dewi", "joko", "machine"])
def test_only_finance_counts_it(
    kept: GatewayNotice, order: Order, who: str, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(NotAllowed):
        online.count_for(kept, order, by=request.getfixturevalue(who))
    kept.refresh_from_db()
    assert (kept.status, Receipt.objects.exists()) == ("kept", False)


def test_it_is_not_counted_twice(kept: GatewayNotice, order: Order, fajar: Person) -> None:
    online.count_for(kept, order, by=fajar)
    with pytest.raises(WrongState):
        online.count_for(kept, order, by=fajar)
    assert Receipt.objects.count() == 1


def test_play_money_is_counted_by_nobody(order: Order, fajar: Person) -> None:
    sandbox = testing.gateway(order.workshop, is_live=False)
    notice, _is_new = GatewayNotice.store(sandbox, midtrans(PAID, "X-1", 5_000).body)
    online.apply(notice.pk)
    with pytest.raises(Refused):
        GatewayPayment.objects.get().count_for(by=fajar, order=order)
    assert not Receipt.objects.exists()


# payments.apply_notice and payments.keep_notice


def test_what_came_of_it_stands_in_its_journal(link: PaymentLink, machine: Person) -> None:
    done, kept = tell(link), tell(link, amount=5, reference="SOMEBODY-ELSES")
    steps = [(journal_of(one).get().step, journal_of(one).get().by) for one in (done, kept)]
    assert steps == [("payments.apply_notice", machine), ("payments.keep_notice", machine)]


def test_only_the_machine_reads_notices(link: PaymentLink, owner: Person) -> None:
    call = midtrans(PAID, link.reference, link.amount)
    notice, _is_new = GatewayNotice.store(link.account, call.body)
    for step in (notice.done, notice.keep):
        with pytest.raises(NotAllowed):
            step(by=owner, why=GatewayNotice.Why.NOTHING)
    notice.refresh_from_db()
    assert (notice.status, notice.why) == ("received", "")


def test_a_notice_is_read_once(kept: GatewayNotice, link: PaymentLink, machine: Person) -> None:
    for notice in (kept, tell(link)):
        for step in (notice.done, notice.keep):
            with pytest.raises(WrongState):
                step(by=machine, why=GatewayNotice.Why.NOTHING)
        assert journal_of(notice).count() == 1


# payments.settle_notice


def test_a_person_says_what_it_was(kept: GatewayNotice, fajar: Person) -> None:
    kept.settle(by=fajar, reason="uang toko sebelah")
    assert (kept.status, kept.reason, kept.settled_by) == ("settled", "uang toko sebelah", fajar)
    entry = journal_of(kept).get(step="payments.settle_notice")
    assert (entry.by, entry.facts) == (fajar, {"reason": "uang toko sebelah"})


@pytest.mark.parametrize("who", ["sari", "dewi", "joko", "machine"])
def test_only_finance_says_so(
    kept: GatewayNotice, who: str, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(NotAllowed):
        kept.settle(by=request.getfixturevalue(who), reason="x")
    kept.refresh_from_db()
    assert kept.status == "kept"


def test_it_is_said_once(kept: GatewayNotice, fajar: Person) -> None:
    kept.settle(by=fajar, reason="x")
    with pytest.raises(WrongState):
        kept.settle(by=fajar, reason="y")
    assert Entry.objects.filter(step="payments.settle_notice").count() == 1


# payments.reopen_notice


@pytest.fixture
def done(link: PaymentLink, fajar: Person) -> GatewayNotice:
    """A notice that was counted, and whose receipt nothing is counted from any more."""
    notice = tell(link)
    for allocation in Receipt.objects.get().allocations.all():
        allocation.reverse(by=fajar, reason="x")
    return notice


def test_what_was_done_waits_again_once_its_receipt_is_annulled(
    done: GatewayNotice, fajar: Person
) -> None:
    reconciliation.annul(Receipt.objects.get(), by=fajar, reason="salah")
    done.refresh_from_db()
    assert (done.status, done.why) == ("kept", GatewayNotice.Why.ANNULLED)
    entry = journal_of(done).get(step="payments.reopen_notice")
    assert (entry.by, entry.facts) == (fajar, {"reason": "salah"})


@pytest.mark.parametrize("who", ["sari", "dewi", "joko", "machine"])
def test_only_finance_lets_it_wait_again(
    done: GatewayNotice, who: str, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(NotAllowed):
        done.reopen(by=request.getfixturevalue(who), reason="x")
    done.refresh_from_db()
    assert done.status == "applied"


def test_what_waits_does_not_wait_again(kept: GatewayNotice, fajar: Person) -> None:
    with pytest.raises(WrongState):
        kept.reopen(by=fajar, reason="x")
    assert not Entry.objects.filter(step="payments.reopen_notice").exists()


def test_whoever_does_not_keep_the_money_sees_none_of_it(
    kept: GatewayNotice, fajar: Person, sari: Person, dewi: Person, joko: Person
) -> None:
    assert GatewayNotice.objects.visible_to(fajar).get() == kept
    for who in (sari, dewi, joko):
        assert not GatewayNotice.objects.visible_to(who).exists()
        assert not GatewayPayment.objects.visible_to(who).exists()
