"""Notices of gateways, in any order and however often: counted once, or kept; never lost."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simpul import testing
from simpul.orders.models import Gate, GateShut, Order
from simpul.papers.models import Paper
from simpul.parties.models import Party, Person
from simpul.payments import agreement, online, reconciliation
from simpul.payments.gateways import GATEWAYS, State
from simpul.payments.gateways.tests.samples import (
    ALL_BACK,
    EXPIRED,
    PAID,
    PAID_AGAIN,
    PART_BACK,
    SPEAKERS,
    STRANGE,
    WAITING,
    midtrans,
    xendit,
)
from simpul.payments.models import (
    GatewayAccount,
    GatewayNotice,
    GatewayPayment,
    Instruction,
    Moving,
    PaymentLink,
    Receipt,
    Refund,
    hold,
    party_credit,
)

PROVIDERS = sorted(GATEWAYS)
Why = GatewayNotice.Why


def tell(link: PaymentLink, what: str, *, amount: int = 0, **more: Any) -> GatewayNotice:
    """Let the link's gateway say it, and the worker do it; return the notice as it then is."""
    speak = SPEAKERS[link.account.provider]
    call = speak(what, more.pop("reference", link.reference), amount or link.amount, **more)
    assert link.account.gateway.is_genuine(call, link.account.open_keys())
    notice, _is_new = GatewayNotice.store(
        link.account, call.body, number=link.account.gateway.number_of(call)
    )
    online.apply(notice.pk)
    notice.refresh_from_db()
    return notice


def money() -> list[int]:
    return list(Receipt.objects.standing().order_by("pk").values_list("amount", flat=True))


def kept() -> list[str]:
    return list(GatewayNotice.objects.waiting().order_by("pk").values_list("why", flat=True))


@pytest.fixture(params=PROVIDERS)
def link(order: Order, request: pytest.FixtureRequest) -> PaymentLink:
    """The down payment of 600.000 and some can be paid on it."""
    return testing.payment_link(order, request.param)


@pytest.fixture
def asked(order: Order) -> int:
    return Instruction.objects.open().get(order=order).amount


def test_a_payment_opens_the_gate_and_has_its_kuitansi(
    link: PaymentLink, order: Order, asked: int
) -> None:
    with pytest.raises(GateShut):
        order.demand_open(Gate.PROCUREMENT)

    notice = tell(link, PAID)

    order.demand_open(Gate.PRODUCTION)
    assert (notice.status, notice.why) == ("applied", Why.COUNTED)
    receipt = Receipt.objects.get()
    assert (receipt.source, receipt.amount, receipt.by) == (
        "gateway",
        asked,
        order.workshop.machine,
    )
    assert receipt.received_on.isoformat() == "2026-11-02"
    assert Paper.objects.get(kind=Paper.Kind.KUITANSI).party == order.buyer
    assert Instruction.objects.open().get(order=order).instalment.position == 2


ORDERS: dict[str, tuple[Sequence[str], int]] = {
    "paid": ([PAID], 1),
    "the same notice five times": ([PAID] * 5, 1),
    "waiting, then paid": ([WAITING, PAID], 1),
    "paid before waiting": ([PAID, WAITING], 1),
    "paid, and again in other words": ([PAID, PAID_AGAIN, PAID], 1),
    "only waiting": ([WAITING], 0),
    "waiting, then expired": ([WAITING, EXPIRED], 0),
    "expired after it was paid": ([PAID, EXPIRED], 1),
    "expired, and yet paid": ([EXPIRED, PAID], 1),
    "paid, then given back": ([PAID, ALL_BACK], 0),
    "given back before we heard that it was paid": ([ALL_BACK, PAID], 0),
    "given back, and paid again in other words": ([PAID, ALL_BACK, PAID_AGAIN], 0),
    "given back twice": ([PAID, ALL_BACK, ALL_BACK], 0),
    "a part given back": ([PAID, PART_BACK], 3),
    "a part given back before paid": ([PART_BACK, PAID, PAID_AGAIN], 3),
    "a word that we do not know": ([PAID, STRANGE], 1),
}


@pytest.mark.parametrize("name", ORDERS)
def test_in_whatever_order(link: PaymentLink, asked: int, name: str) -> None:
    said, result = ORDERS[name]
    for what in said:
        tell(link, what)

    wanted = {0: [], 1: [asked], 3: [asked - asked // 4]}[result]
    assert money() == wanted
    assert GatewayPayment.objects.get().booked == sum(wanted)


@pytest.mark.parametrize("words", [["capture", "settlement"], ["settlement", "capture"]])
def test_a_card_is_captured_and_settled_once(order: Order, asked: int, words: list[str]) -> None:
    link = testing.payment_link(order, "midtrans")
    for word in words:
        tell(link, word)
    assert money() == [asked]


@pytest.mark.parametrize(
    ("words", "is_paid"),
    [
        (["capture", "cancel"], False),
        (["cancel", "capture"], False),
        (["deny", "settlement"], True),
        (["settlement", "deny"], True),
        (["settlement", "cancel"], True),
        (["partial_refund", "capture"], True),
        (["authorize"], False),
        (["authorize", "capture", "settlement"], True),
        (["settlement", "chargeback"], False),
        (["chargeback", "settlement"], False),
    ],
)
def test_cards_of_midtrans(order: Order, words: list[str], is_paid: bool) -> None:
    link = testing.payment_link(order, "midtrans")
    for word in words:
        tell(link, word)
    assert bool(money()) == is_paid


def test_a_challenged_card_waits_for_the_check(order: Order) -> None:
    link = testing.payment_link(order, "midtrans")
    tell(link, "capture", fraud_status="challenge")
    assert (money(), GatewayPayment.objects.get().state) == ([], State.HELD)
    tell(link, "capture", fraud_status="accept")
    assert len(money()) == 1


@pytest.mark.parametrize("slug", PROVIDERS)
def test_every_order_of_all_that_can_happen_ends_the_same(order: Order, slug: str) -> None:
    """All 24 orders of four notices, each with a link of its own."""
    for words in itertools.permutations([WAITING, PAID, PART_BACK, EXPIRED]):
        link = testing.payment_link(order, slug)
        for word in words:
            tell(link, word)
        payment = GatewayPayment.objects.get(link=link)
        back = link.amount // 4
        assert (payment.state, payment.refunded) == (State.SETTLED, back), words
        assert money() == [payment.booked] == [link.amount - back], words
        _start_again(order, link)


def _start_again(order: Order, link: PaymentLink) -> None:
    """Let the order be as unpaid as before."""
    for receipt in Receipt.objects.standing():
        GatewayPayment.objects.get(receipts=receipt)._take_back(by=order.workshop.machine)
    link.close()


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    said=st.lists(
        st.tuples(
            st.integers(0, 1),
            st.sampled_from([WAITING, PAID, PAID_AGAIN, EXPIRED, PART_BACK, ALL_BACK, STRANGE]),
            st.sampled_from([0, 0, 0, 1]),
        ),
        max_size=8,
    ),
    seed=st.integers(0, 1_000),
)
def test_never_twice_and_never_lost(order: Order, said: list[Any], seed: int) -> None:
    """Two gateways talk at random; one word in four names another amount. At each moment the money
    that counts is what the payments say, each once; at the end every notice is done or kept."""
    with transaction.atomic():
        links = [testing.payment_link(order, slug) for slug in PROVIDERS]
        dice = random.Random(seed)
        for which, what, more in said:
            tell(links[which], what, amount=links[which].amount + more)
            if dice.random() < 0.3:  # and the worker does an old one again
                online.apply(dice.choice(GatewayNotice.objects.values_list("pk", flat=True)))
            for payment in GatewayPayment.objects.all():
                mine = Receipt.objects.standing().filter(gateway_payment=payment)
                assert mine.count() <= 1
                assert sum(receipt.amount for receipt in mine) == payment.booked
                assert payment.booked in (0, payment.net)
                is_right = payment.link is not None and payment.amount == payment.link.amount
                assert not payment.booked or is_right
                if payment.net and not payment.booked:
                    asked = payment.notices.filter(status="kept")
                    assert asked.exists(), "money that is not counted is shown to a person"
        assert not GatewayNotice.objects.filter(status="received").exists()
        transaction.set_rollback(True)


# What is kept for a person


@pytest.mark.parametrize(("more", "why"), [(1, Why.WRONG_AMOUNT), (-1, Why.WRONG_AMOUNT)])
def test_another_amount_is_kept(link: PaymentLink, more: int, why: str) -> None:
    notice = tell(link, PAID, amount=link.amount + more)
    assert (notice.status, notice.why, money()) == ("kept", why, [])


def test_another_currency_is_kept(link: PaymentLink) -> None:
    notice = tell(link, PAID, currency="USD")
    assert (notice.status, notice.why, money()) == ("kept", Why.OTHER_CURRENCY, [])


def test_an_unknown_order_is_kept(link: PaymentLink) -> None:
    notice = tell(link, PAID, reference="SOMEBODY-ELSES", payment="p")
    assert (notice.status, notice.why, money()) == ("kept", Why.UNKNOWN_ORDER, [])


def test_of_an_unknown_order_that_nobody_paid_nobody_is_asked(link: PaymentLink) -> None:
    notice = tell(link, EXPIRED, reference="SOMEBODY-ELSES", payment="p")
    assert (notice.status, notice.why) == ("applied", Why.NO_MONEY)


def test_an_unknown_word_is_kept(link: PaymentLink) -> None:
    notice = tell(link, STRANGE)
    assert (notice.status, notice.why, money()) == ("kept", Why.UNKNOWN_WORD, [])


def test_a_second_payment_of_the_same_link_is_kept(link: PaymentLink, asked: int) -> None:
    tell(link, PAID)
    notice = tell(link, PAID, payment="another")
    assert (notice.status, notice.why, money()) == ("kept", Why.TWICE, [asked])


def test_a_second_payment_that_a_person_counts_takes_nothing_from_the_first(
    link: PaymentLink, order: Order, asked: int, fajar: Person
) -> None:
    tell(link, PAID)
    online.count_for(tell(link, PAID, payment="another"), order, by=fajar)
    tell(link, PAID_AGAIN)
    assert money() == [asked, asked]


def test_nobody_is_asked_the_same_twice(link: PaymentLink) -> None:
    tell(link, PAID, amount=1)
    tell(link, PAID_AGAIN, amount=1)
    assert kept() == [Why.WRONG_AMOUNT]


def test_the_same_number_with_other_content_is_kept(order: Order, asked: int) -> None:
    link = testing.payment_link(order, "xendit")
    bodies = [xendit(WAITING, link.reference, asked).body, xendit(PAID, link.reference, asked).body]
    for body in bodies:
        notice, _is_new = GatewayNotice.store(link.account, body, number="webhook-1")
        online.apply(notice.pk)
    assert (kept(), money()) == ([Why.CHANGED], [])


def test_what_cannot_be_read_is_kept(link: PaymentLink) -> None:
    notice, _is_new = GatewayNotice.store(link.account, b'{"hello": "\xff\0"}')
    online.apply(notice.pk)
    assert kept() == [Why.UNREADABLE]


def test_a_repetition_is_counted_not_kept_again(link: PaymentLink) -> None:
    for _turn in range(3):
        tell(link, PAID)
    assert GatewayNotice.objects.get().times == 3


def test_play_money_of_a_sandbox_is_never_counted(order: Order, link: PaymentLink) -> None:
    slug = link.account.provider
    sandbox = testing.gateway(order.workshop, slug, is_live=False)
    call = SPEAKERS[slug](PAID, link.reference, link.amount)
    notice, _is_new = GatewayNotice.store(sandbox, call.body)
    online.apply(notice.pk)
    notice.refresh_from_db()
    assert (notice.why, money()) == (Why.TRIAL, [])


def test_another_workshops_link_is_no_link_of_ours(
    order: Order, link: PaymentLink, joko: Person
) -> None:
    theirs = testing.gateway(joko.workshop, link.account.provider)
    call = SPEAKERS[link.account.provider](PAID, link.reference, link.amount)
    notice, _is_new = GatewayNotice.store(theirs, call.body)
    online.apply(notice.pk)
    notice.refresh_from_db()
    assert (notice.why, notice.workshop, money()) == (Why.UNKNOWN_ORDER, joko.workshop, [])


# Old links, and money that goes back


def test_an_old_link_pays_what_is_open_now(link: PaymentLink, order: Order, fajar: Person) -> None:
    """The down payment came in cash meanwhile: what is paid once more counts for the settlement."""
    Receipt.take_cash(by=fajar, order=order, amount=600_000)
    tell(link, PAID)
    paid = list(order.instalments.order_by("position").values_list("paid", flat=True))
    assert paid == [600_000, link.amount]


def test_an_old_link_of_a_paid_order_becomes_credit(
    link: PaymentLink, order: Order, fajar: Person
) -> None:
    Receipt.take_cash(by=fajar, order=order, amount=2_000_000)
    notice = tell(link, PAID)
    assert notice.why == Why.COUNTED
    assert party_credit(order.buyer) == link.amount


def test_a_link_of_a_cancelled_order_becomes_credit(
    link: PaymentLink, order: Order, owner: Person
) -> None:
    agreement.cancel(order, by=owner, reason="tidak jadi")
    tell(link, PAID)
    assert party_credit(order.buyer) == link.amount


def test_a_refund_shuts_the_gate_again(link: PaymentLink, order: Order) -> None:
    tell(link, PAID)
    notice = tell(link, ALL_BACK)
    assert notice.why == Why.TAKEN_BACK
    with pytest.raises(GateShut):
        order.demand_open(Gate.PROCUREMENT)
    (receipt,) = Receipt.objects.all()
    assert receipt.annulled_at is not None
    assert party_credit(order.buyer) == 0
    assert Instruction.objects.open().get(order=order).instalment.position == 1


def test_a_part_that_went_back_leaves_the_rest(link: PaymentLink, order: Order) -> None:
    tell(link, PAID)
    tell(link, PART_BACK)
    assert money() == [link.amount - link.amount // 4]
    with pytest.raises(GateShut):
        order.demand_open(Gate.PROCUREMENT)


def test_what_a_person_annulled_stays_so(link: PaymentLink, fajar: Person) -> None:
    tell(link, PAID)
    receipt = Receipt.objects.get()
    for allocation in receipt.allocations.all():
        allocation.reverse(by=fajar, reason="salah")
    receipt.annul(by=fajar, reason="salah")
    tell(link, PAID_AGAIN)
    assert money() == []


def _annul(fajar: Person) -> None:
    """Take the only receipt back by hand."""
    receipt = Receipt.objects.standing().get()
    for allocation in receipt.allocations.standing():
        allocation.reverse(by=fajar, reason="salah")
    reconciliation.annul(receipt, by=fajar, reason="salah")


def test_money_whose_receipt_a_person_annulled_waits_for_a_person(
    link: PaymentLink, order: Order, asked: int, fajar: Person
) -> None:
    tell(link, PAID)
    _annul(fajar)
    notice = GatewayNotice.objects.get()
    assert (notice.status, notice.why, notice.trouble) == ("kept", Why.ANNULLED, "salah")
    assert "annulled" in online.advice(notice)

    online.count_for(notice, order, by=fajar)
    assert (money(), kept()) == ([asked], [])


def test_a_part_that_goes_back_counts_nothing_that_a_person_annulled(
    link: PaymentLink, fajar: Person
) -> None:
    tell(link, PAID)
    _annul(fajar)
    tell(link, PART_BACK)
    assert (money(), kept()) == ([], [Why.ANNULLED])


def test_all_that_goes_back_after_a_person_annulled_it_is_nothing_more(
    link: PaymentLink, fajar: Person
) -> None:
    tell(link, PAID)
    _annul(fajar)
    tell(link, ALL_BACK)
    assert (money(), GatewayPayment.objects.get().booked) == ([], 0)


def test_money_that_moves_while_it_goes_back_is_waited_for(
    link: PaymentLink, order: Order, fajar: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The buyer asks for it back in the very moment in which the gateway tells that it went."""
    tell(link, PAID)
    _reverse(fajar)
    turns = iter([True, False, False])

    def meanwhile(party: Party) -> None:
        if next(turns):
            Refund.request(by=fajar, party=party, amount=party_credit(party))
        hold(party)

    monkeypatch.setattr("simpul.payments.models.bounce.hold", meanwhile)
    notice = tell(link, ALL_BACK)
    assert (notice.status, notice.why, money()) == ("applied", Why.TAKEN_BACK, [])


def test_money_that_moves_for_long_leaves_the_notice_unread(
    link: PaymentLink, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of it is done, and the worker takes it up again."""
    tell(link, PAID)

    def busy(_party: Party) -> None:
        raise Moving("x")

    monkeypatch.setattr("simpul.payments.models.bounce.hold", busy)
    notice = tell(link, ALL_BACK)
    assert (notice.status, GatewayPayment.objects.get().refunded) == ("received", 0)
    monkeypatch.undo()
    GatewayNotice.objects.update(at=link.wanted_at - online.UNREAD)
    online.apply_unread(link.workshop)
    assert money() == []


def _reverse(fajar: Person) -> None:
    for allocation in Receipt.objects.get().allocations.standing():
        allocation.reverse(by=fajar, reason="x")


def test_a_broken_off_worker_is_made_up_for(link: PaymentLink, asked: int) -> None:
    call = SPEAKERS[link.account.provider](PAID, link.reference, link.amount)
    GatewayNotice.store(link.account, call.body)
    assert online.unread(link.workshop) == []
    GatewayNotice.objects.update(at=link.wanted_at - online.UNREAD)
    online.apply_unread(link.workshop)
    assert money() == [asked]


def test_both_forms_of_xendit_are_one_payment_or_kept(order: Order, asked: int) -> None:
    """Where both webhooks are switched on, the second telling is shown, not counted."""
    link = testing.payment_link(order, "xendit")
    tell(link, PAID)
    newer = {
        "event": "payment.capture",
        "data": {
            "payment_request_id": "pr-1", "status": "SUCCEEDED", "request_amount": asked,
            "currency": "IDR", "reference_id": link.reference,
        },
    }  # fmt: skip
    notice, _is_new = GatewayNotice.store(link.account, json.dumps(newer).encode())
    online.apply(notice.pk)
    assert (kept(), money()) == ([Why.TWICE], [asked])


def test_another_workshops_key_proves_nothing(order: Order, joko: Person) -> None:
    account: GatewayAccount = testing.payment_link(order, "midtrans").account
    forged = midtrans(PAID, "SO-1", 1_000, key="server_key-of-joko")
    assert not account.gateway.is_genuine(forged, account.open_keys())
