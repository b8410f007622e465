"""What is to be done next with a party, and on which day."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from simpul.conversations.models.conversation import Conversation
from simpul.lib import clock
from simpul.parties.models import Person, Workshop
from simpul.workflow.steps import creation, step

LONGEST_NEXT = 200


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def visible_to(self, person: Person) -> Self:
        return self.filter(workshop_id=person.workshop_id) if person.is_staff else self.none()

    def open(self) -> Self:
        return self.filter(status=FollowUp.Status.OPEN)


class FollowUp(models.Model):
    """The next step after a talk: who wants to do it, and on which day; nobody outside sees it."""

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+")
    conversation = models.ForeignKey(Conversation, models.PROTECT, related_name="follow_ups")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    words = models.CharField(max_length=LONGEST_NEXT, blank=True)
    due_on = models.DateField()
    status = models.CharField(max_length=4, choices=Status, default=Status.OPEN, editable=False)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["by", "status", "due_on"])]

    def __str__(self) -> str:
        return f"next step {self.pk}"

    # Steps

    @classmethod
    @creation("conversations.follow_up", private=("words",))
    def set(cls, *, by: Person, conversation: Conversation, words: str, due_on: date) -> FollowUp:
        """Say what comes next, and when; it follows from a call or a visit."""
        return cls.objects.create(
            workshop_id=conversation.workshop_id,
            conversation=conversation,
            by=by,
            words=words,
            due_on=due_on,
        )

    @step("conversations.finish_follow_up", source=Status.OPEN, target=Status.DONE)
    def finish(self, *, by: Person) -> None:
        """Say that it is done."""

    @property
    def is_due(self) -> bool:
        return self.due_on <= clock.today()

    @property
    def shown_with(self) -> Any:
        return self.conversation.subject
