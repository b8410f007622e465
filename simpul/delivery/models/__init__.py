"""To the door: packages, shipments, offers to couriers, hand-overs with proof."""

from simpul.delivery.models.consignment import (
    CarrierAccount,
    Consignment,
    NotReady,
    RateRequest,
    TrackingEvent,
)
from simpul.delivery.models.handover import Handover, Reason
from simpul.delivery.models.load import Load, NoProof
from simpul.delivery.models.offer import CourierOffer
from simpul.delivery.models.package import Package, PackageLine
from simpul.delivery.models.route import Route
from simpul.delivery.models.shipment import (
    UNDER_WAY,
    NotCounted,
    NothingTaken,
    Part,
    Shipment,
    ShipmentQuerySet,
    Status,
    TooLate,
    WrongPin,
)
from simpul.delivery.models.wave import Wave

__all__ = [
    "UNDER_WAY",
    "CarrierAccount",
    "Consignment",
    "CourierOffer",
    "Handover",
    "Load",
    "NoProof",
    "NotCounted",
    "NotReady",
    "NothingTaken",
    "Package",
    "PackageLine",
    "Part",
    "RateRequest",
    "Reason",
    "Route",
    "Shipment",
    "ShipmentQuerySet",
    "Status",
    "TooLate",
    "TrackingEvent",
    "Wave",
    "WrongPin",
]
