"""What each gateway sends for each thing that can happen, with the keys of `testing.gateway`.

A new gateway adds its speaker here; the tables of the tests then run over it, too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from simpul.lib.providers import Call

MIDTRANS_KEY = "server_key-CONTOH"
XENDIT_TOKEN = "callback_token-CONTOH"

# What can happen to a payment. Each gateway says it in its own words.
WAITING, PAID, PAID_AGAIN, EXPIRED = "waiting", "paid", "paid again", "expired"
PART_BACK, ALL_BACK, STRANGE = "part back", "all back", "strange"

type Speaker = Callable[..., Call]


def midtrans(what: str, reference: str, amount: int, **more: Any) -> Call:
    """A notice of Midtrans, signed."""
    word = {
        WAITING: "pending",
        PAID: "settlement",
        PAID_AGAIN: "settlement",
        EXPIRED: "expire",
        PART_BACK: "partial_refund",
        ALL_BACK: "refund",
        STRANGE: "teleported",
    }.get(what, what)
    key = more.pop("key", MIDTRANS_KEY)
    fields = {
        "transaction_status": word,
        "transaction_id": more.pop("payment", f"tx-{reference}"),
        "transaction_time": "2026-11-02 14:02:42",
        "settlement_time": "2026-11-02 14:06:48",
        "status_code": "201" if word == "pending" else "200",
        "payment_type": "qris",
        "order_id": reference,
        "gross_amount": f"{amount}.00",
        "fraud_status": "accept",
        "currency": "IDR",
    }
    back = more.pop("back", None)
    if what in (PART_BACK, ALL_BACK):
        sums = [back or amount // 4] if what == PART_BACK else [amount // 4, amount - amount // 4]
        fields["refund_amount"] = f"{sum(sums)}.00"
        fields["refunds"] = [
            {"refund_key": f"r{place}", "refund_amount": f"{one}.00"}
            for place, one in enumerate(sums)
        ]
    if what == PAID_AGAIN:
        fields["issuer"] = "gopay"  # the same event, told a little differently
    fields |= more
    signed = "".join(str(fields[name]) for name in ("order_id", "status_code", "gross_amount"))
    fields["signature_key"] = hashlib.sha512((signed + key).encode()).hexdigest()
    return Call(json.dumps(fields).encode(), {})


def xendit(what: str, reference: str, amount: int, **more: Any) -> Call:
    """A callback of Xendit, with its token and number."""
    token = more.pop("key", XENDIT_TOKEN)
    payment = more.pop("payment", f"inv-{reference}")
    back = more.pop("back", None)
    if what in (PART_BACK, ALL_BACK):
        fields: dict[str, Any] = {
            "event": "refund.succeeded",
            "business_id": "b",
            "data": {
                "id": f"rfd-{what}",
                "invoice_id": payment,
                "amount": back or (amount // 4 if what == PART_BACK else amount),
                "currency": "IDR",
                "status": "SUCCEEDED",
            },
        }
    else:
        word = {
            WAITING: "PENDING",
            PAID: "PAID",
            PAID_AGAIN: "SETTLED",
            EXPIRED: "EXPIRED",
            STRANGE: "TELEPORTED",
        }.get(what, what)
        fields = {
            "id": payment,
            "external_id": reference,
            "user_id": "u",
            "status": word,
            "merchant_name": "Contoh",
            "amount": amount,
            "created": "2026-11-01T02:32:49.912Z",
            "updated": "2026-11-02T02:32:51.912Z",
            "currency": "IDR",
        }
        if word in ("PAID", "SETTLED"):
            fields |= {
                "paid_amount": amount,
                "paid_at": "2026-11-02T02:32:50.912Z",
                "payment_channel": "ALFAMART",
            }
        fields |= more
    body = json.dumps(fields).encode()
    number = hashlib.sha256(body).hexdigest()[:20]
    return Call(body, {"x-callback-token": token, "webhook-id": number})


SPEAKERS: dict[str, Speaker] = {"midtrans": midtrans, "xendit": xendit}
