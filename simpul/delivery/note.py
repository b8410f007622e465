"""The surat jalan: what is frozen on the paper that travels with the goods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simpul.papers.models import Paper
from simpul.parties.models import Person

if TYPE_CHECKING:
    from simpul.delivery.models import Shipment

TEMPLATE = "delivery/papers/surat_jalan.typ"


def issue(shipment: Shipment, *, by: Person) -> Paper:
    """Issue the delivery note of a shipment; called by its step."""
    return Paper.issue(
        Paper.Kind.DELIVERY_NOTE,
        shipment,
        party=shipment.order.buyer,
        by=by,
        template=TEMPLATE,
        facts=_facts(shipment),
        mentions=[shipment.order],
    )


def _facts(shipment: Shipment) -> dict[str, Any]:
    packages = shipment.packages.prefetch_related("lines__size__variant__colourway__product")
    return {"packages": [package.pairs for package in packages]}
