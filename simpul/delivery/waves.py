"""What becomes of offers that nobody accepted: the next circle is asked, or the workshop is told."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from simpul.delivery.models import CourierOffer, Shipment, ShipmentQuerySet, Status, Wave
from simpul.lib import clock
from simpul.parties.models import Workshop
from simpul.workflow.steps import WrongState


def is_needed(workshop: Workshop) -> bool:
    return _due(workshop).exists()


def tend(workshop: Workshop) -> None:
    """Let each offer go on that has come to its end. Whoever was quicker has done it already."""
    for shipment in _due(workshop).select_related("workshop").order_by("pk"):
        try:
            shipment.go_on(by=workshop.machine)
        except WrongState:
            continue


def _due(workshop: Workshop) -> ShipmentQuerySet:
    now, here = clock.now(), OuterRef("pk")
    open_now = CourierOffer.objects.filter(shipment=here, status="offered", expires_at__gte=now)
    due = Wave.objects.waiting().filter(shipment=here, due_at__lte=now)
    offered = Shipment.objects.filter(workshop=workshop, status=Status.OFFERED)
    return offered.filter(~Q(Exists(open_now)) | Q(Exists(due)))
