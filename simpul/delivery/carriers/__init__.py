"""Carriers by API: strangers who carry packages, and whom we ask what it costs.

How to add one: docs/carriers.md.
"""

from simpul.delivery.carriers.biteship import Biteship
from simpul.delivery.carriers.carrier import (
    NAMES,
    Booked,
    Call,
    Carrier,
    CarrierRefused,
    Keys,
    Parcel,
    Place,
    Rate,
    State,
    Told,
    Unreadable,
    Wanted,
)

CARRIERS: dict[str, Carrier] = {one.slug: one for one in (Biteship(),)}

__all__ = [
    "CARRIERS",
    "NAMES",
    "Booked",
    "Call",
    "Carrier",
    "CarrierRefused",
    "Keys",
    "Parcel",
    "Place",
    "Rate",
    "State",
    "Told",
    "Unreadable",
    "Wanted",
]
