"""What Biteship sends, with the keys of `testing.carrier`."""

from __future__ import annotations

import json
from typing import Any

from simpul.lib.providers import Call

SECRET = "webhook_secret-CONTOH"


def biteship(word: str, reference: str = "bs-1", *, key: str = SECRET, **more: Any) -> Call:
    """A notice of Biteship that the status of an order is another one now."""
    fields = {
        "event": "order.status",
        "order_id": reference,
        "courier_tracking_id": "tr-1",
        "courier_waybill_id": "JP1234567890",
        "courier_company": "jne",
        "courier_type": "reg",
        "courier_link": "https://track.biteship.com/x",
        "order_price": 54_000,
        "status": word,
    } | more
    return Call(json.dumps(fields).encode(), {"x-simpul-key": key})
