"""Biteship: rates, orders and notices of many Indonesian carriers behind one address.

Formats: biteship.com/id/docs, "Rates", "Orders", "Webhook".
"""

from __future__ import annotations

import hmac
import json
import re
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from django.utils.translation import gettext_lazy as _

from simpul.delivery.carriers.carrier import (
    NAMES,
    Booked,
    Carrier,
    Parcel,
    Rate,
    State,
    Told,
    Wanted,
)
from simpul.lib import outgoing
from simpul.lib.outgoing import Unreachable
from simpul.lib.providers import (
    Call,
    Keys,
    Secret,
    Unreadable,
    answer_of,
    fields_of,
    refusal,
    rupiah_of,
    text_of,
)

API = "https://api.biteship.com/v1"
HEADER = "x-simpul-key"  # the header under which the owner lets Biteship show the secret
WORDS = {
    "confirmed": State.BOOKED,
    "scheduled": State.BOOKED,
    "allocated": State.COMING,
    "picking_up": State.COMING,
    "picked": State.FETCHED,
    "dropping_off": State.MOVING,
    "on_hold": State.HELD,
    "return_in_transit": State.GOING_BACK,
    "rejected": State.GIVEN_UP,
    "disposed": State.GIVEN_UP,
    "courier_not_found": State.GIVEN_UP,
    "cancelled": State.GIVEN_UP,
    "returned": State.BACK,
    "delivered": State.DELIVERED,
}


class Biteship(Carrier):
    slug = "biteship"
    name = "Biteship"
    secrets = (
        Secret("api_key", _("API key"), _("Biteship: Integrations, API key."), at_least=12),
        Secret(
            "webhook_secret",
            _("Secret of the webhook"),
            _("A long word of your own. Type the same at Biteship, as the value of X-Simpul-Key."),
            at_least=12,
        ),
    )
    calls = ("api.biteship.com",)

    def is_genuine(self, call: Call, keys: Keys) -> bool:
        """There is no signature over the body, but a header that the owner has chosen."""
        given, right = call.headers.get(HEADER, ""), keys.get("webhook_secret", "")
        return bool(right) and hmac.compare_digest(given.encode(), right.encode())

    def is_knock(self, call: Call) -> bool:
        """Biteship sends nothing at all when the address is entered there."""
        return not call.body

    def read(self, body: bytes) -> Told:
        """Read a flat notice, or an order with what its courier says inside."""
        fields = fields_of(body)
        inner = fields.get("courier")
        courier = inner if isinstance(inner, dict) else {}
        event, reference = text_of(fields, "event"), text_of(fields, "order_id", "id")
        word = text_of(fields, "status")
        if not reference or not (event or word):
            raise Unreadable
        is_of_price = event == "order.price"
        price = rupiah_of(fields.get("price")) if is_of_price or not event else None
        return Told(
            reference=reference,
            state=None if is_of_price else WORDS.get(word),
            word=event if is_of_price else word or event,
            number=text_of(fields, "courier_waybill_id") or text_of(courier, "waybill_id"),
            url=_page(text_of(fields, "courier_link") or text_of(courier, "link")),
            price=price,
            at=_moment(text_of(fields, "updated_at")),
        )

    def rates(
        self, origin: str, target: str, parcels: tuple[Parcel, ...], keys: Keys
    ) -> list[Rate]:
        said = self._ask(
            "POST",
            "/rates/couriers",
            keys,
            {
                "origin_postal_code": int(origin),
                "destination_postal_code": int(target),
                "couriers": ",".join(NAMES),
                "items": [_item(one) for one in parcels],
            },
        )
        rows = said.get("pricing")
        found = [_rate(row) for row in rows if isinstance(row, dict)] if rows else []
        return [rate for rate in found if rate is not None]

    def book(self, wanted: Wanted, keys: Keys) -> Booked:
        name, telephone = wanted.sender
        said = self._ask(
            "POST",
            "/orders",
            keys,
            {
                "reference_id": wanted.reference,
                "shipper_contact_name": name,
                "shipper_contact_phone": telephone,
                "origin_contact_name": wanted.origin.name,
                "origin_contact_phone": wanted.origin.telephone,
                "origin_address": wanted.origin.address,
                "origin_postal_code": int(wanted.origin.postcode),
                "destination_contact_name": wanted.target.name,
                "destination_contact_phone": wanted.target.telephone,
                "destination_address": wanted.target.address,
                "destination_postal_code": int(wanted.target.postcode),
                "courier_company": wanted.company,
                "courier_type": wanted.service,
                "delivery_type": "now",
                "items": [_item(one) for one in wanted.parcels],
            },
        )
        inner = said.get("courier")
        courier = inner if isinstance(inner, dict) else {}
        if not text_of(said, "id"):
            raise Unreachable("no booking in the answer")
        return Booked(
            reference=text_of(said, "id"),
            number=text_of(courier, "waybill_id"),
            url=_page(text_of(courier, "link")),
            price=rupiah_of(said.get("price")),
        )

    def call_off(self, reference: str, keys: Keys) -> None:
        self._ask("DELETE", f"/orders/{quote(reference, safe='')}", keys)

    def look_up(self, reference: str, keys: Keys) -> bytes:
        said = self._ask("GET", f"/orders/{quote(reference, safe='')}", keys)
        return json.dumps(said, sort_keys=True).encode()

    def _ask(
        self, method: str, path: str, keys: Keys, fields: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the fields of a good answer; raises Unreachable or ProviderRefused."""
        headers = {"Authorization": keys["api_key"], "Accept": "application/json"}
        answer = outgoing.ask(method, API + path, hosts=self.calls, headers=headers, json=fields)
        found = answer_of(answer)
        said: dict[str, Any] = found if isinstance(found, dict) else {}
        if said.get("success") is False:
            raise refusal(answer, said)
        return said


def _item(parcel: Parcel) -> dict[str, Any]:
    item = {"name": parcel.name, "value": parcel.value, "weight": parcel.grams, "quantity": 1}
    if parcel.sides is not None:
        names = ("length", "width", "height")
        item |= {name: -(-side // 10) for name, side in zip(names, parcel.sides, strict=True)}
    return item


def _rate(row: dict[str, Any]) -> Rate | None:
    """Return a line of the answer; None where its price cannot be read."""
    company = text_of(row, "courier_code", "company")
    service, price = text_of(row, "courier_service_code", "type"), rupiah_of(row.get("price"))
    if not company or not service or price is None:
        return None
    name = f"{text_of(row, 'courier_name') or company} {text_of(row, 'courier_service_name')}"
    return Rate(company, service, name.strip()[:80], price, _days(row))


def _days(row: dict[str, Any]) -> int | None:
    """Read `2 - 3` of days, or `2 - 3 days`; the larger counts."""
    text = text_of(row, "duration")
    if text_of(row, "shipment_duration_unit"):
        text = f"{text_of(row, 'shipment_duration_range')} {row['shipment_duration_unit']}"
    found = re.fullmatch(r"(?:\d+\s*-\s*)?(\d{1,2})\s*(?:days?|hari)", text.strip().lower())
    return int(found[1]) if found else None


def _page(url: str) -> str:
    """Return the address of a page of tracking if it is one of Biteship's own, or nothing."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    is_theirs = host == "biteship.com" or host.endswith(".biteship.com")
    return url if parts.scheme == "https" and is_theirs and "@" not in parts.netloc else ""


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
