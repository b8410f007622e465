"""The guest book."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock
from simpul.parties.models import Person, Workshop
from simpul.workflow.steps import creation, step


class GuestEntryQuerySet(models.QuerySet["GuestEntry"]):
    def visible_to(self, person: Person) -> Self:
        return self.filter(workshop_id=person.workshop_id) if person.is_staff else self.none()

    def published(self) -> Self:
        return self.filter(status=GuestEntry.Status.PUBLISHED)

    def waiting(self) -> Self:
        return self.filter(status=GuestEntry.Status.WAITING)


class GuestEntry(models.Model):
    """A word in the guest book; everybody may read it once the workshop has read it."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        PUBLISHED = "published", _("published")
        HIDDEN = "hidden", _("hidden")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="guests", db_index=False)
    name = models.CharField(max_length=80)
    contact = models.CharField(max_length=120, blank=True)  # for the workshop only
    body = models.CharField(max_length=1000)
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING, editable=False)
    answer = models.CharField(max_length=1000, blank=True, editable=False)
    at = models.DateTimeField(default=clock.now, editable=False)

    objects = GuestEntryQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["workshop", "status", "-id"])]

    def __str__(self) -> str:
        return f"guest entry {self.pk}"

    # Steps

    @classmethod
    @creation("conversations.sign", private=("name", "contact", "body"))
    def sign(cls, *, by: Person, name: str, body: str, contact: str = "") -> GuestEntry:
        """Take in what a guest wrote; nobody else sees it yet."""
        return cls.objects.create(workshop_id=by.workshop_id, name=name, contact=contact, body=body)

    @step(
        "conversations.publish",
        source=(Status.WAITING, Status.HIDDEN),
        target=Status.PUBLISHED,
    )
    def publish(self, *, by: Person) -> None:
        """Let everybody read it."""

    @step("conversations.hide", source=(Status.WAITING, Status.PUBLISHED), target=Status.HIDDEN)
    def hide(self, *, by: Person) -> None:
        """Keep it out of the shop window."""

    @step(
        "conversations.answer",
        source=(Status.WAITING, Status.PUBLISHED),
        target=Status.PUBLISHED,
        private=("answer",),
    )
    def reply(self, *, by: Person, answer: str) -> None:
        """Answer for everybody to read, below what the guest wrote."""
        self.answer = answer
