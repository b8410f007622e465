"""Payment gateways: strangers who say that money came, and whom we ask for a link to pay by.

How to add one: docs/gateways.md.
"""

from simpul.payments.gateways.gateway import (
    Gateway,
    Made,
    State,
    Told,
    Wanted,
    shown,
)
from simpul.payments.gateways.midtrans import Midtrans
from simpul.payments.gateways.xendit import Xendit

GATEWAYS: dict[str, Gateway] = {one.slug: one for one in (Midtrans(), Xendit())}

__all__ = [
    "GATEWAYS",
    "Gateway",
    "Made",
    "State",
    "Told",
    "Wanted",
    "shown",
]
