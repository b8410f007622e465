"""Payment gateways: strangers who say that money came, and whom we ask for a link to pay by.

How to add one: docs/gateways.md.
"""

from simpul.payments.gateways.gateway import (
    Call,
    Gateway,
    GatewayRefused,
    Keys,
    Made,
    State,
    Told,
    Unreadable,
    Wanted,
    shown,
)
from simpul.payments.gateways.midtrans import Midtrans
from simpul.payments.gateways.xendit import Xendit

GATEWAYS: dict[str, Gateway] = {one.slug: one for one in (Midtrans(), Xendit())}

__all__ = [
    "GATEWAYS",
    "Call",
    "Gateway",
    "GatewayRefused",
    "Keys",
    "Made",
    "State",
    "Told",
    "Unreadable",
    "Wanted",
    "shown",
]
