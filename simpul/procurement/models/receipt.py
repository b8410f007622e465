"""What really came from a supplier, as the workshop counted it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from simpul.lib import clock
from simpul.parties.models import Person
from simpul.procurement.models.line import PurchaseLine

if TYPE_CHECKING:
    from simpul.procurement.models.purchase import PurchaseOrder


class GoodsReceipt(models.Model):
    """One delivery of a purchase order, perhaps a part of it. Never changed."""

    purchase = models.ForeignKey(
        "procurement.PurchaseOrder", models.PROTECT, related_name="receipts"
    )
    number = models.CharField(max_length=20)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    note = models.CharField(max_length=300, blank=True)

    if TYPE_CHECKING:
        purchase: PurchaseOrder  # type: ignore[no-redef]

    def __str__(self) -> str:
        return self.number


class ReceivedLine(models.Model):
    receipt = models.ForeignKey(GoodsReceipt, models.CASCADE, related_name="lines")
    line = models.ForeignKey(PurchaseLine, models.PROTECT, related_name="receipts")
    good = models.PositiveBigIntegerField()
    rejected = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(good__gt=0) | Q(rejected__gt=0), name="received_something"
            )
        ]

    def __str__(self) -> str:
        return f"{self.good} of {self.line_id}"
