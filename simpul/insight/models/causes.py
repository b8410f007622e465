"""Why pairs were spoilt or mended, month by month, as it was counted last.

Told anew each night by `insight.causes`; nothing is typed in, and nothing else writes here.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from simpul.insight.models.workings import LONGEST_NAME
from simpul.parties.models import Workshop


class SpoiltMonth(models.Model):
    """So many pairs of a model were spoilt or mended at a stage in a month, for this cause.

    An empty cause was not said. What was taken back does not count.
    """

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="+", db_index=False)
    month = models.DateField()
    cause = models.CharField(max_length=40, blank=True)
    stage = models.CharField(max_length=40)
    stage_en = models.CharField(max_length=40, blank=True)
    model = models.CharField(max_length=LONGEST_NAME)
    model_en = models.CharField(max_length=LONGEST_NAME, blank=True)
    worker = models.CharField(max_length=60, blank=True)
    spoilt = models.PositiveIntegerField(default=0)
    mended = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(spoilt__gt=0) | Q(mended__gt=0), name="spoilt_month_of_something"
            )
        ]
        indexes = [models.Index(fields=["workshop", "month"])]

    def __str__(self) -> str:
        return f"{self.cause} in {self.month:%Y-%m} of {self.workshop_id}"
