"""The letter of the week to those who wish to read by mail what is said in the room: the outbox."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock
from simpul.parties.models import Identity, Workshop


class RoomLetterQuerySet(models.QuerySet["RoomLetter"]):
    def waiting(self) -> Self:
        return self.filter(status=RoomLetter.Status.WAITING)

    def due(self) -> Self:
        """What is to be sent now, the oldest first."""
        return self.waiting().filter(next_try_at__lte=clock.now()).order_by("next_try_at", "pk")


class RoomLetter(models.Model):
    """One address is told of the seven days before `week_on`, a Monday, and once at most."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        DROPPED = "dropped", _("no longer needed")
        FAILED = "failed", _("failed")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+")
    identity = models.ForeignKey(Identity, models.PROTECT, related_name="+", db_index=False)
    week_on = models.DateField()
    status = models.CharField(max_length=7, choices=Status, default=Status.WAITING, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    next_try_at = models.DateTimeField(default=clock.now, editable=False)

    objects = RoomLetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["identity", "week_on"], name="room_letter_once_a_week")
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=Q(status="waiting"), name="room_letter_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"letter of the room {self.pk}"

    def claim(self, pause: timedelta) -> bool:
        """Take it for this process, and note the try before it is made."""
        mine = RoomLetter.objects.waiting().filter(pk=self.pk, attempts=self.attempts)
        return mine.update(attempts=F("attempts") + 1, next_try_at=clock.now() + pause) == 1

    def put_off(self, until: datetime) -> None:
        """Wait for the end of a quiet time."""
        RoomLetter.objects.waiting().filter(pk=self.pk).update(next_try_at=until)

    def mark(self, status: Status) -> None:
        RoomLetter.objects.waiting().filter(pk=self.pk).update(status=status)
