"""What somebody said; never changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Prefetch, Q

from simpul.conversations.models.attachment import MessageFile
from simpul.conversations.models.channel import Channel
from simpul.conversations.models.conversation import Conversation
from simpul.lib import clock, mails
from simpul.lib.uploads import Handed
from simpul.parties.models import Person, Workshop
from simpul.workflow.steps import creation

LONGEST_MESSAGE = 4000


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.filter(conversation__party_id=person.party_id)

    def about(self, subject: models.Model) -> Self:
        """What was said about a thing, oldest first, with who said it and the files with it."""
        kind = ContentType.objects.get_for_model(subject)
        said = self.filter(conversation__subject_type=kind, conversation__subject_id=subject.pk)
        files = Prefetch("files", MessageFile.objects.in_order())
        return said.select_related("by").prefetch_related(files).order_by("pk")


class Message(models.Model):
    """What somebody said, here or elsewhere; never changed."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+")
    conversation = models.ForeignKey(Conversation, models.PROTECT, related_name="messages")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    body = models.CharField(max_length=mails.LONGEST_TEXT, blank=True)  # files may say it all
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.PORTAL)
    foreign_id = models.CharField(  # what the other side calls a mail or message that came
        max_length=mails.LONGEST_ID, blank=True, editable=False
    )

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "channel", "foreign_id"],
                condition=~Q(foreign_id=""),
                name="message_came_once",
            )
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"

    @classmethod
    @creation("conversations.say", private=("body", "attached", "refused"))
    def say(
        cls,
        *,
        by: Person,
        conversation: Conversation,
        body: str,
        channel: str = Channel.PORTAL,
        attached: Sequence[Handed] = (),
        refused: Sequence[str] = (),
        foreign_id: str = "",
    ) -> Message:
        """Say something to the other side, or note what was said elsewhere, with files.

        `refused` names files that came with it and were not taken.
        """
        conversation.begin()
        said = cls.objects.create(
            workshop_id=conversation.workshop_id,
            conversation=conversation,
            by=by,
            body=body,
            channel=channel,
            foreign_id=foreign_id,
        )
        MessageFile.keep(said, attached, refused, by=by)
        return said

    @property
    def shown_with(self) -> Any:
        return self.conversation.subject

    @property
    def buyer_id(self) -> int | None:
        return self.conversation.party.buyer_id

    @property
    def supplier_id(self) -> int | None:
        return self.conversation.party.supplier_id

    @property
    def courier_id(self) -> int | None:
        return self.conversation.party.courier_id
