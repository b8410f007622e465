"""Carriers by API: strangers who carry packages, and whom we ask what it costs.

How to add one: docs/carriers.md.
"""

from simpul.delivery.carriers.biteship import Biteship
from simpul.delivery.carriers.carrier import (
    NAMES,
    Booked,
    Carrier,
    Parcel,
    Place,
    Rate,
    State,
    Told,
    Wanted,
)

CARRIERS: dict[str, Carrier] = {one.slug: one for one in (Biteship(),)}

__all__ = [
    "CARRIERS",
    "NAMES",
    "Booked",
    "Carrier",
    "Parcel",
    "Place",
    "Rate",
    "State",
    "Told",
    "Wanted",
]
