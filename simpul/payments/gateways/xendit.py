"""Xendit: notices of invoices and of the newer payment API, invoices as links, refunds.

Formats: docs.xendit.co, "Invoice callback", "Payment webhook", "Refund webhook", "Invoices".
"""

from __future__ import annotations

import hmac
import json
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext_lazy as _

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

API = "https://api.xendit.co"
INVOICE = {
    "PENDING": State.WAITING,
    "PAID": State.SETTLED,
    "SETTLED": State.SETTLED,  # handed on to the merchant's balance: the same money
    "EXPIRED": State.EXPIRED,
}
PAYMENT = {
    "ACCEPTS_CAPTURE": State.HELD,
    "REQUIRES_ACTION": State.WAITING,
    "PENDING": State.WAITING,
    "AUTHORIZED": State.HELD,
    "SUCCEEDED": State.SETTLED,
    "FAILED": State.DENIED,
    "EXPIRED": State.EXPIRED,
    "CANCELED": State.CANCELLED,
    "VOIDED": State.CANCELLED,
}


class Xendit(Gateway):
    slug = "xendit"
    name = "Xendit"
    secrets = (
        Secret(
            "secret_key",
            _("Secret API key"),
            _("Xendit: Settings, API keys; it may write “Money-in”."),
        ),
        Secret(
            "callback_token",
            _("Webhook verification token"),
            _("Xendit: Settings, Webhooks."),
        ),
    )
    pages = ("checkout.xendit.co", "checkout-staging.xendit.co", "invoice.xendit.co")
    calls = ("api.xendit.co",)

    def is_genuine(self, call: Call, keys: Keys) -> bool:
        """There is no signature over the body, but a token that only Xendit and the owner know."""
        given, right = call.headers.get("x-callback-token", ""), keys.get("callback_token", "")
        return bool(right) and hmac.compare_digest(given.encode(), right.encode())

    def number_of(self, call: Call) -> str:
        return call.headers.get("webhook-id", "")[:100]

    def read(self, body: bytes) -> Told:
        fields = fields_of(body)
        inner, event = fields.get("data"), text_of(fields, "event")
        if not event:
            return _invoice(fields)
        if not isinstance(inner, dict):
            raise Unreadable
        return _refund(event, inner) if event.startswith("refund.") else _payment(event, inner)

    def make_link(self, wanted: Wanted, keys: Keys, *, is_live: bool) -> Made:
        """An invoice is not asked for twice: one that may have arrived is looked for first."""
        known = self._invoices(wanted.reference, keys) if wanted.is_again else []
        seconds = max(60, int((wanted.expires_at - wanted.made_at).total_seconds()))
        made = (
            known[0]
            if known
            else answer_of(
                self.ask(
                    "POST",
                    f"{API}/v2/invoices",
                    keys["secret_key"],
                    {
                        "external_id": wanted.reference,
                        "amount": wanted.amount,
                        "currency": "IDR",
                        "description": wanted.words,
                        "invoice_duration": seconds,
                    },
                    idem=wanted.reference,
                )
            )
        )
        if not isinstance(made, dict) or not text_of(made, "id"):
            raise ProviderRefused("no invoice in the answer")
        return Made(self.demand_page(made.get("invoice_url")), text_of(made, "id"))

    def close_link(self, reference: str, number: str, keys: Keys, *, is_live: bool) -> None:
        answer = self.ask("POST", f"{API}/invoices/{quote(number)}/expire!", keys["secret_key"])
        if answer.status not in (400, 404):  # paid or expired already: nothing to close
            answer_of(answer)

    def look_up(self, reference: str, keys: Keys, *, is_live: bool) -> list[bytes]:
        return [json.dumps(one).encode() for one in self._invoices(reference, keys)]

    def _invoices(self, reference: str, keys: Keys) -> list[dict[str, Any]]:
        url = f"{API}/v2/invoices?external_id={quote(reference)}"
        found = answer_of(self.ask("GET", url, keys["secret_key"]))
        rows = found if isinstance(found, list) else []
        return [
            one for one in rows if isinstance(one, dict) and one.get("external_id") == reference
        ]


def _invoice(fields: dict[str, Any]) -> Told:
    word, payment = text_of(fields, "status"), text_of(fields, "id")
    if not word or not payment:
        raise Unreadable
    paid = fields.get("paid_amount")
    return Told(
        payment=payment,
        reference=text_of(fields, "external_id"),
        state=INVOICE.get(word),
        word=word,
        amount=rupiah_of(fields.get("amount") if paid is None else paid),
        currency=text_of(fields, "currency"),
        method=text_of(fields, "payment_channel", "payment_method"),
        paid_at=_moment(text_of(fields, "paid_at")),
    )


def _payment(event: str, inner: dict[str, Any]) -> Told:
    payment = text_of(inner, "payment_request_id", "payment_id", "id")
    word = text_of(inner, "status")
    if not payment or not word:
        raise Unreadable
    return Told(
        payment=payment,
        reference=text_of(inner, "reference_id"),
        state=PAYMENT.get(word) if event.startswith("payment") else None,
        word=f"{event} {word}",
        amount=_sum(inner, "captured_amount", "request_amount", "amount"),
        currency=text_of(inner, "currency"),
        method=text_of(inner, "channel_code"),
        paid_at=_moment(text_of(inner, "updated", "created")),
    )


def _refund(event: str, inner: dict[str, Any]) -> Told:
    """A refund tells of its own amount, not of the payment's; only one that succeeded counts."""
    payment = text_of(inner, "invoice_id", "payment_request_id", "payment_id")
    number, amount = text_of(inner, "id"), rupiah_of(inner.get("amount"))
    if not payment or not number:
        raise Unreadable
    is_done = event == "refund.succeeded"
    known = event in ("refund.succeeded", "refund.failed", "refund.pending") and amount is not None
    return Told(
        payment=payment,
        reference="",
        state=State.WAITING if known else None,
        word=event,
        amount=None,
        currency=text_of(inner, "currency"),
        refunds={number: amount} if is_done and amount else {},
    )


def _sum(fields: dict[str, Any], *names: str) -> int | None:
    said = next((fields[name] for name in names if fields.get(name) is not None), None)
    return rupiah_of(said)


def _moment(text: str) -> datetime | None:
    """Times are UTC, and say so."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
