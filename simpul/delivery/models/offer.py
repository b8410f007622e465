"""The question to a courier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock
from simpul.parties.models import Party

if TYPE_CHECKING:
    from simpul.delivery.models.shipment import Shipment


class CourierOffer(models.Model):
    """The question to one courier; exactly one of a shipment is accepted."""

    class Status(models.TextChoices):
        OFFERED = "offered", _("waits for an answer")
        ACCEPTED = "accepted", _("accepted")
        PASSED = "passed", _("passed")
        WITHDRAWN = "withdrawn", _("withdrawn")
        EXPIRED = "expired", _("has run out")

    shipment = models.ForeignKey("delivery.Shipment", models.CASCADE, related_name="offers")
    courier = models.ForeignKey(Party, models.PROTECT, related_name="offers")
    status = models.CharField(max_length=10, choices=Status, default=Status.OFFERED, editable=False)
    fee = models.PositiveBigIntegerField(default=0)
    wave = models.PositiveSmallIntegerField(
        default=1
    )  # the first circle that was asked, the second
    made_at = models.DateTimeField(default=clock.now, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shipment"], condition=Q(status="accepted"), name="offer_accepted_once"
            ),
            models.UniqueConstraint(
                fields=["shipment", "courier"],
                condition=Q(status="offered"),
                name="offer_open_once_a_courier",
            ),
        ]

    if TYPE_CHECKING:
        shipment: Shipment  # type: ignore[no-redef]

    def __str__(self) -> str:
        return f"{self.shipment} to {self.courier}"

    @property
    def has_run_out(self) -> bool:
        """Tell whether it cannot be accepted any more because nobody answered in time."""
        is_late = self.status == self.Status.OFFERED and self.expires_at < clock.now()
        return is_late or self.status == self.Status.EXPIRED

    def answer(self, status: Status) -> None:
        """Note the courier's answer; called by the steps of the shipment only."""
        self.status = status
        self.answered_at = clock.now()
        self.save(update_fields=["status", "answered_at"])
