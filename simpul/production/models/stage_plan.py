"""By when the stages of a job were to be done, as it was planned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from simpul.lib import clock
from simpul.parties.models import Person

if TYPE_CHECKING:
    from simpul.production.models.job import JobStage


class StagePlan(models.Model):
    """A fact: a stage was to be done by the end of this day. Never changed; a new plan is a new fact.

    `turn` 1 was kept at the release; each one after it was planned anew on purpose.
    """

    stage = models.ForeignKey(
        "production.JobStage", models.PROTECT, related_name="plans", db_index=False
    )
    turn = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stage", "turn"], name="stage_plan_once_a_turn")
        ]

    if TYPE_CHECKING:
        stage: JobStage  # type: ignore[no-redef]

    def __str__(self) -> str:
        return f"{self.stage_id} by {self.due_on}"
