"""Packages that changed hands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock
from simpul.papers.models import Upload
from simpul.parties.models import Person

if TYPE_CHECKING:
    from simpul.delivery.models.shipment import Shipment


class Reason(models.TextChoices):
    """Why a delivery failed."""

    NOBODY = "nobody", _("nobody was there")
    ADDRESS = "address", _("the address was not found")
    REFUSED = "refused", _("the receiver did not take it")
    BROKEN = "broken", _("the vehicle or the road")
    OTHER = "other", _("something else")


class Handover(models.Model):
    """A fact: so many packages changed hands, or did not, as somebody counted and said; of a shipment
    that fetches goods back, so many pairs."""

    class Kind(models.TextChoices):
        HANDED_OVER = "out", _("handed over by the workshop")
        PICKED_UP = "up", _("picked up by the courier")
        DELIVERED = "in", _("delivered to the receiver")
        FAILED = "no", _("not delivered")
        RETURNED = "back", _("back at the workshop")
        FETCHED = "got", _("fetched by the courier")
        MISSED = "vain", _("not fetched")
        PAPER = "sj", _("the signed delivery note came back")

    shipment = models.ForeignKey("delivery.Shipment", models.PROTECT, related_name="handovers")
    kind = models.CharField(max_length=4, choices=Kind)
    count = models.PositiveSmallIntegerField()
    receiver = models.CharField(max_length=80, blank=True)  # or who gave along what was fetched
    with_pin = models.BooleanField(default=False)
    photo = models.ForeignKey(Upload, models.PROTECT, null=True, related_name="+")
    signature = models.ForeignKey(Upload, models.PROTECT, null=True, related_name="+")
    refused = models.PositiveSmallIntegerField(default=0)  # packages that were not taken
    damage = models.ForeignKey(Upload, models.PROTECT, null=True, related_name="+")
    damage_more = models.ForeignKey(Upload, models.PROTECT, null=True, related_name="+")
    place = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=10, choices=Reason, blank=True)  # of a failed attempt
    signed_on = models.DateField(null=True)  # the day on a paper that was signed by hand
    told_on = models.DateField(null=True)  # the day on which it was, where the workshop noted it
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    client_id = models.CharField(max_length=36, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shipment", "client_id"], condition=~Q(client_id=""), name="handover_once"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=("in", "sj"))
                | Q(with_pin=True)
                | Q(photo__isnull=False)
                | Q(signature__isnull=False),
                name="handover_delivered_has_proof",
            ),
        ]

    if TYPE_CHECKING:
        shipment: Shipment  # type: ignore[no-redef]

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.kind} {self.count}"

    @property
    def is_at_a_door(self) -> bool:
        """Tell whether it was at the buyer's door, where it is to be proved."""
        return self.kind in (self.Kind.DELIVERED, self.Kind.PAPER, self.Kind.FETCHED)

    @property
    def is_proved(self) -> bool:
        return self.with_pin or self.photo_id is not None or self.signature_id is not None

    @property
    def proof(self) -> str:
        """What proves it, in a word."""
        if self.with_pin:
            return _now("PIN")
        if self.signed_on:
            return _now("signed delivery note")
        if self.photo_id is not None:
            return _now("photo")
        return _now("signature") if self.is_proved else _now("none, only the courier's word")
