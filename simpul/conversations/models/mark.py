"""Who has read up to where."""

from __future__ import annotations

from django.db import models

from simpul.conversations.models.conversation import Conversation
from simpul.lib import clock
from simpul.parties.models import Person


class ReadMark(models.Model):
    """Up to which message a person has read a conversation, and since when; moves forward only."""

    conversation = models.ForeignKey(
        Conversation, models.PROTECT, related_name="marks", db_index=False
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    message = models.ForeignKey(
        "conversations.Message", models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "person"], name="mark_once_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} has read up to {self.message_id}"

    @classmethod
    def move(cls, person: Person, conversation: int, message: int) -> None:
        """Note that this person has read up to this message, given by their keys."""
        mark, is_new = cls.objects.get_or_create(
            person=person, conversation_id=conversation, defaults={"message_id": message}
        )
        if not is_new:
            behind = cls.objects.filter(pk=mark.pk, message__lt=message)
            behind.update(message=message, at=clock.now())
