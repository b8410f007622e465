"""What the words of the gateways mean."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from simpul.lib import clock
from simpul.lib.providers import Unreadable
from simpul.payments.gateways import GATEWAYS, State, Told
from simpul.payments.gateways.tests.samples import ALL_BACK, PART_BACK, midtrans, xendit

INVOICE = {
    "id": "593f0000000000000000cafe", "external_id": "SO-2026-0017-DP", "status": "PAID",
    "user_id": "000000000000000000000017", "payment_method": "RETAIL_OUTLET",
    "merchant_name": "Contoh", "amount": 5840217, "paid_amount": 5840217,
    "paid_at": "2026-11-02T02:32:50.912Z", "created": "2026-11-01T02:32:49.912Z",
    "updated": "2026-11-02T02:32:51.912Z", "currency": "IDR", "payment_channel": "ALFAMART",
    "payment_destination": "TEST000",
}  # fmt: skip
CAPTURE = {
    "event": "payment.capture", "business_id": "b", "created": "2026-11-02T02:32:51.912Z",
    "data": {
        "payment_id": "py-1", "status": "SUCCEEDED", "payment_request_id": "pr-1",
        "request_amount": 5840217, "channel_code": "BRI_VIRTUAL_ACCOUNT", "currency": "IDR",
        "reference_id": "SO-2026-0017-DP",
    },
}  # fmt: skip


def read(slug: str, fields: Any) -> Told:
    return GATEWAYS[slug].read(json.dumps(fields).encode())


def midtrans_state(word: str, **more: Any) -> State | None:
    return GATEWAYS["midtrans"].read(midtrans(word, "SO-1", 1_000, **more).body).state


@pytest.mark.parametrize(
    ("word", "fraud", "state"),
    [
        ("pending", "accept", State.WAITING),
        ("authorize", "accept", State.HELD),
        ("capture", "accept", State.CAPTURED),
        ("capture", "challenge", State.HELD),
        ("capture", "deny", State.DENIED),
        ("settlement", "accept", State.SETTLED),
        ("deny", "deny", State.DENIED),
        ("cancel", "accept", State.CANCELLED),
        ("expire", "accept", State.EXPIRED),
        ("failure", "accept", State.EXPIRED),
        ("refund", "accept", State.SETTLED),
        ("partial_refund", "accept", State.SETTLED),
        ("chargeback", "accept", State.SETTLED),
        ("capture", "martian", None),
        ("teleported", "accept", None),
    ],
)
def test_midtrans_words(word: str, fraud: str, state: State | None) -> None:
    assert midtrans_state(word, fraud_status=fraud) == state


def test_midtrans_times_are_wib_and_amounts_have_decimals() -> None:
    told = GATEWAYS["midtrans"].read(midtrans("settlement", "SO-1", 5_840_217).body)
    assert told.paid_at == datetime(2026, 11, 2, 14, 6, 48, tzinfo=clock.WIB)
    assert (told.amount, told.currency, told.reference) == (5_840_217, "IDR", "SO-1")


def test_midtrans_refunds_are_told_apart() -> None:
    part = GATEWAYS["midtrans"].read(midtrans(PART_BACK, "SO-1", 1_000).body)
    assert part.refunds == {"r0": 250, "total": 250}
    whole = GATEWAYS["midtrans"].read(midtrans(ALL_BACK, "SO-1", 1_000).body)
    assert whole.refunds == {"r0": 250, "r1": 750, "total": 1_000}
    bare = midtrans("refund", "SO-1", 1_000)
    assert GATEWAYS["midtrans"].read(bare.body).refunds == {"total": 1_000}


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("PENDING", State.WAITING),
        ("PAID", State.SETTLED),
        ("SETTLED", State.SETTLED),
        ("EXPIRED", State.EXPIRED),
        ("TELEPORTED", None),
    ],
)
def test_xendit_invoices(word: str, state: State | None) -> None:
    told = read("xendit", INVOICE | {"status": word})
    assert (told.state, told.amount, told.currency) == (state, 5_840_217, "IDR")
    assert told.payment == "593f0000000000000000cafe"
    assert told.paid_at == datetime(2026, 11, 2, 2, 32, 50, 912_000, tzinfo=UTC)


def test_xendit_says_what_was_paid_not_what_was_asked() -> None:
    assert read("xendit", INVOICE | {"paid_amount": 5_000_000}).amount == 5_000_000


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("SUCCEEDED", State.SETTLED),
        ("FAILED", State.DENIED),
        ("AUTHORIZED", State.HELD),
        ("PENDING", State.WAITING),
        ("EXPIRED", State.EXPIRED),
        ("CANCELED", State.CANCELLED),
        ("MELTED", None),
    ],
)
def test_xendit_newer_payments(status: str, state: State | None) -> None:
    told = read("xendit", CAPTURE | {"data": CAPTURE["data"] | {"status": status}})  # type: ignore[operator]
    assert (told.state, told.payment, told.amount) == (state, "pr-1", 5_840_217)
    assert told.reference == "SO-2026-0017-DP"


def test_xendit_refunds() -> None:
    told = GATEWAYS["xendit"].read(xendit(PART_BACK, "SO-1", 1_000).body)
    assert (told.payment, told.refunds) == ("inv-SO-1", {"rfd-part back": 250})
    failed = {"event": "refund.failed", "data": {"id": "r", "invoice_id": "i", "amount": 5}}
    assert read("xendit", failed).refunds == {}
    unheard = {"event": "refund.melted", "data": {"id": "r", "invoice_id": "i", "amount": 5}}
    assert read("xendit", unheard).state is None


def test_an_event_that_we_do_not_know_is_no_payment() -> None:
    assert read("xendit", CAPTURE | {"event": "payout.succeeded"}).state is None


@pytest.mark.parametrize("slug", sorted(GATEWAYS))
@pytest.mark.parametrize("fields", [{}, [], 7, {"event": "payment.capture"}, {"id": 7}])
def test_what_is_no_notice_is_unreadable(slug: str, fields: Any) -> None:
    with pytest.raises(Unreadable):
        read(slug, fields)
