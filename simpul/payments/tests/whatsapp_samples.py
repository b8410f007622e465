"""Notices as WhatsApp's Cloud API sends them."""

from __future__ import annotations

import json
from typing import Any

NUMBER_ID = "106540352242922"


def notice(kind: str, name: str = "wamid.1", **facts: Any) -> bytes:
    """One message of this kind from Dewi, to our number."""
    said = {"text": {"body": "Halo"}}.get(
        kind, {"mime_type": "image/jpeg", "sha256": "x", "id": "1003383421387256"}
    )
    message = {
        "from": "6281234567890",
        "id": name,
        "timestamp": "1795489961",
        "type": kind,
        kind: said | facts,
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "628111111111", "phone_number_id": NUMBER_ID},
        "contacts": [{"profile": {"name": "Dewi"}, "wa_id": "6281234567890"}],
        "messages": [message],
    }
    told = {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"value": value, "field": "messages"}]}],
    }
    return json.dumps(told).encode()
