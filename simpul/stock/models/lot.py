"""Which delivery something was taken from, where a person says so."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from simpul.stock.models.balance import Movement


class LotChoiceQuerySet(models.QuerySet["LotChoice"]):
    def standing(self) -> Self:
        """Those that nobody took back."""
        return self.filter(reverses=None, reversed_by=None)


class LotChoice(models.Model):
    """A fact: so much of what was taken out of the store came with this delivery."""

    lot = models.ForeignKey(Movement, models.PROTECT, related_name="chosen")  # by which it came
    taken = models.ForeignKey(Movement, models.PROTECT, related_name="choices")
    quantity = models.PositiveBigIntegerField()
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, editable=False, related_name="reversed_by"
    )

    objects = LotChoiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, taken__gt=models.F("lot")),
                name="lot_came_before_it_was_taken",
            )
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.lot_id}"
