"""The couriers who are asked next, if those before them do not take the job."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.db import models

from simpul.lib import clock
from simpul.parties.models import Party

if TYPE_CHECKING:
    from simpul.delivery.models.shipment import Shipment


class WaveQuerySet(models.QuerySet["Wave"]):
    def waiting(self) -> Self:
        return self.filter(asked_at=None)


class Wave(models.Model):
    """Who is asked when a first circle of couriers did not accept: some, or all the others.

    It is asked at `due_at`, or as soon as nobody who was asked before can still accept.
    """

    shipment = models.ForeignKey("delivery.Shipment", models.CASCADE, related_name="waves")
    couriers = models.ManyToManyField(Party, related_name="+")  # none: all the others
    fee = models.PositiveBigIntegerField(default=0)
    minutes = models.PositiveIntegerField()  # so long their offers are open
    due_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, editable=False)

    objects = WaveQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shipment"], condition=models.Q(asked_at=None), name="wave_waiting_once"
            )
        ]

    if TYPE_CHECKING:
        shipment: Shipment  # type: ignore[no-redef]

    def __str__(self) -> str:
        return f"{self.shipment} {self.due_at:%Y-%m-%d %H:%M}"

    # Questions

    def circle(self) -> list[Party]:
        """Return whom to ask: those of the plan who are couriers still and were not asked before."""
        couriers = Party.objects.filter(workshop=self.shipment.workshop_id).couriers()
        chosen = self.couriers.values("pk")
        if self.couriers.exists():
            couriers = couriers.filter(pk__in=chosen)
        asked = self.shipment.offers.values("courier")
        return list(couriers.exclude(pk__in=asked).order_by("pk"))

    @property
    def is_due(self) -> bool:
        return self.due_at <= clock.now()

    @property
    def open_for(self) -> timedelta:
        return timedelta(minutes=self.minutes)
