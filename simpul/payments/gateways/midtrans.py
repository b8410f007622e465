"""Midtrans: its notices ("HTTP notification"), Snap for the links, the status call.

Formats: docs.midtrans.com, "HTTP(S) Notification / Webhooks", "Snap API", "Get Status API".
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from simpul.lib import clock
from simpul.lib.providers import (
    Call,
    Keys,
    ProviderRefused,
    Secret,
    Unreadable,
    answer_of,
    fields_of,
    rupiah_of,
    text_of,
)
from simpul.payments.gateways.gateway import Gateway, Made, State, Told, Wanted

WORDS = {
    "pending": State.WAITING,
    "authorize": State.HELD,
    "settlement": State.SETTLED,
    "expire": State.EXPIRED,
    "failure": State.EXPIRED,
    "deny": State.DENIED,
    "cancel": State.CANCELLED,
    "refund": State.SETTLED,
    "partial_refund": State.SETTLED,
    "chargeback": State.SETTLED,
    "partial_chargeback": State.SETTLED,
}
CAPTURES = {"accept": State.CAPTURED, "challenge": State.HELD, "deny": State.DENIED}
BACK = ("refund", "chargeback")  # the whole of it, where nothing more is said
TOTAL = "total"


class Midtrans(Gateway):
    slug = "midtrans"
    name = "Midtrans"
    secrets = (
        Secret("server_key", _("Server key"), _("Midtrans: Settings, Access keys.")),
        Secret(
            "signature_key",
            _("Signature key"),
            _("Only where Midtrans shows one beside the server key."),
            is_needed=False,
        ),
    )
    pages = ("app.midtrans.com", "app.sandbox.midtrans.com")
    calls = (
        *("app.midtrans.com", "app.sandbox.midtrans.com"),
        *("api.midtrans.com", "api.sandbox.midtrans.com"),
    )

    def is_genuine(self, call: Call, keys: Keys) -> bool:
        """The signature is SHA-512 over four fields, exactly as they stand in the body, and a key.

        The newer, separate secret is tried first; a workshop without one has only the server key.
        """
        try:
            fields = fields_of(call.body)
        except Unreadable:
            return False
        signed = [text_of(fields, name) for name in ("order_id", "status_code", "gross_amount")]
        given = text_of(fields, "signature_key").lower()
        tried = [keys[name] for name in ("signature_key", "server_key") if keys.get(name)]
        hits = [_is_same(given, _signature("".join(signed), key)) for key in tried]
        return any(hits)

    def number_of(self, call: Call) -> str:
        """Midtrans numbers no notices; the same body is the same notice."""
        return ""

    def read(self, body: bytes) -> Told:
        fields = fields_of(body)
        word, payment = text_of(fields, "transaction_status"), text_of(fields, "transaction_id")
        if not word or not payment:
            raise Unreadable
        amount = rupiah_of(fields.get("gross_amount"))
        return Told(
            payment=payment,
            reference=text_of(fields, "order_id"),
            state=_state(word, text_of(fields, "fraud_status")),
            word=word,
            amount=amount,
            currency=text_of(fields, "currency") or "IDR",  # a bank transfer may leave it out
            refunds=_refunds(word, fields, amount),
            method=text_of(fields, "payment_type"),
            paid_at=_moment(text_of(fields, "settlement_time", "transaction_time")),
        )

    def make_link(self, wanted: Wanted, keys: Keys, *, is_live: bool) -> Made:
        """Snap takes the same order again as long as the buyer has not chosen how to pay."""
        minutes = max(1, int((wanted.expires_at - wanted.made_at).total_seconds() // 60))
        start = wanted.made_at.astimezone(clock.WIB).strftime("%Y-%m-%d %H:%M:%S +0700")
        answer = self.ask(
            "POST",
            _host("app", is_live) + "/snap/v1/transactions",
            keys["server_key"],
            {
                "transaction_details": {
                    "order_id": wanted.reference,
                    "gross_amount": wanted.amount,
                },
                "item_details": [
                    {
                        "id": wanted.reference,
                        "name": wanted.words[:50],
                        "price": wanted.amount,
                        "quantity": 1,
                    }
                ],
                "credit_card": {"secure": True},
                "expiry": {"start_time": start, "unit": "minute", "duration": minutes},
            },
            idem=wanted.reference,
        )
        made = answer_of(answer)
        if not isinstance(made, dict):
            raise ProviderRefused("no link in the answer")
        return Made(self.demand_page(made.get("redirect_url")), text_of(made, "token"))

    def close_link(self, reference: str, number: str, keys: Keys, *, is_live: bool) -> None:
        """Expire what the buyer began to pay; a page that nobody opened ends by its own time."""
        url = f"{_host('api', is_live)}/v2/{reference}/expire"
        said = _said(answer_of(self.ask("POST", url, keys["server_key"], {})))
        if said not in ("200", "404", "407", "412"):  # done, unknown, expired already, paid already
            raise ProviderRefused(f"status {said}")

    def look_up(self, reference: str, keys: Keys, *, is_live: bool) -> list[bytes]:
        url = f"{_host('api', is_live)}/v2/{reference}/status"
        answer = self.ask("GET", url, keys["server_key"])
        if answer.status == 404 or (answer.is_good and _said(answer_of(answer)) == "404"):
            return []  # nobody has chosen yet how to pay
        answer_of(answer)
        return [answer.body]


def _signature(signed: str, key: str) -> str:
    return hashlib.sha512((signed + key).encode()).hexdigest()


def _is_same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(), right.encode())


def _state(word: str, fraud: str) -> State | None:
    if word == "capture":
        return CAPTURES.get(fraud or "accept")
    return WORDS.get(word)


def _refunds(word: str, fields: dict[str, Any], amount: int | None) -> dict[str, int]:
    """Each sum that went back by its name, and the total where that is all that is said."""
    found: dict[str, int] = {}
    rows = fields.get("refunds")
    for place, row in enumerate(rows if isinstance(rows, list) else []):
        sum_of_it = rupiah_of(row.get("refund_amount")) if isinstance(row, dict) else None
        if sum_of_it:
            name = text_of(row, "refund_key", "refund_chargeback_uuid") or str(
                row.get("refund_chargeback_id", place)
            )
            found[name] = sum_of_it
    total = rupiah_of(fields.get("refund_amount"))
    if total:
        found[TOTAL] = total
    elif word in BACK and not found and amount:
        found[TOTAL] = amount
    return found


def _moment(text: str) -> datetime | None:
    """Times are WIB, and do not say so."""
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=clock.WIB)
    except ValueError:
        return None


def _host(which: str, is_live: bool) -> str:
    return f"https://{which}.midtrans.com" if is_live else f"https://{which}.sandbox.midtrans.com"


def _said(answer: Any) -> str:
    """Core API says how it went in the body, whatever HTTP says."""
    return text_of(answer, "status_code") if isinstance(answer, dict) else ""
