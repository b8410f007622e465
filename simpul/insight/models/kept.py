"""How far the facts of a workshop are brought up to date."""

from __future__ import annotations

from datetime import timedelta

from django.db import models

from simpul.lib import clock
from simpul.parties.models import Workshop

ABANDONED = timedelta(minutes=2)  # who reckons all anew says so with each part


class FactsKept(models.Model):
    """Up to which line of the journal the facts are told, and how far a rebuild is, if one runs.

    Lines up to `upto` are settled. Those after it are read again each time: they are so young that
    another one before them may not be visible yet.
    """

    workshop = models.OneToOneField(
        Workshop, models.CASCADE, primary_key=True, related_name="facts_kept"
    )
    upto = models.BigIntegerField(default=0)  # key of a line
    lines = models.BigIntegerField(default=0)  # of the workshop, up to that one
    newest = models.BigIntegerField(null=True)  # the last one that was read; none: never
    as_of = models.DateTimeField(null=True)
    costs_since = models.DateField(null=True)  # the week from which on costs are being told anew
    rebuilding_since = models.DateTimeField(null=True)
    touched_at = models.DateTimeField(null=True)
    done = models.PositiveIntegerField(default=0)  # of the rebuild
    of = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"facts of {self.workshop_id} up to {self.newest}"

    @property
    def is_rebuilding(self) -> bool:
        """Whether somebody is at it; a process that broke off is not."""
        if self.rebuilding_since is None or self.touched_at is None:
            return False
        return clock.now() - self.touched_at < ABANDONED
