"""Finished pairs that are for no order: where they came from, and who took them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from simpul.lib import clock
from simpul.orders.models import LineSize
from simpul.parties.models import Workshop


class OwnPairs(models.Model):
    """A fact: so many finished pairs of a line became the workshop's own (negative: the line took
    so many of the workshop's own). Never changed. The books follow what they have cost."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    line_size = models.ForeignKey(LineSize, models.PROTECT, related_name="+")
    pairs = models.IntegerField()
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(pairs=0), name="own_pairs_of_something")]
        indexes = [models.Index(fields=["workshop", "at"])]

    def __str__(self) -> str:
        return f"{self.pairs} of {self.line_size_id}"

    @classmethod
    def note(cls, line_size: LineSize, pairs: int) -> None:
        cls.objects.create(
            workshop_id=line_size.line.order.workshop_id, line_size=line_size, pairs=pairs
        )
