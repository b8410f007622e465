"""Answers that take longer than a page may: counted by the worker, kept for a day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import models

from simpul.lib import clock
from simpul.parties.models import Person, Workshop

FRESH = timedelta(days=1)
ABANDONED = timedelta(minutes=5)  # who counts says so with each part


class CountedAnswer(models.Model):
    """`mark` says which question of which days; `person` is who asked it first, with what is `asked`.
    `tallies` are what was counted, once it `ended_at`."""

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="+", db_index=False)
    mark = models.CharField(max_length=64)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    asked = models.JSONField(default=dict)
    touched_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)
    done = models.PositiveIntegerField(default=0)
    of = models.PositiveIntegerField(default=1)
    tallies = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "mark"], name="counted_answer_once")
        ]

    def __str__(self) -> str:
        return f"answer {self.mark[:8]} of {self.workshop_id}"

    @property
    def is_running(self) -> bool:
        """Whether somebody counts; a process that broke off does not."""
        return self.ended_at is None and clock.now() - self.touched_at < ABANDONED

    def say(self, done: int, of: int) -> None:
        """Note how far it is."""
        self.done, self.of, self.touched_at = done, of, clock.now()
        self.save(update_fields=["done", "of", "touched_at"])

    def end(self, tallies: list[Any]) -> None:
        self.tallies, self.ended_at = tallies, clock.now()
        self.save(update_fields=["tallies", "ended_at"])
