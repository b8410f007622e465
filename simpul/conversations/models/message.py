"""What somebody said; never changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Self

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Prefetch, Q
from django.utils.translation import gettext_lazy as _

from simpul.conversations.models.attachment import MessageFile
from simpul.conversations.models.channel import Channel
from simpul.conversations.models.conversation import Conversation
from simpul.conversations.models.follow_up import FollowUp
from simpul.conversations.models.mark import ReadMark
from simpul.conversations.models.word import MessageWord, looked_for, looked_into
from simpul.lib import clock, mails
from simpul.lib.uploads import Handed
from simpul.parties.models import Person, Workshop
from simpul.workflow.steps import Refused, creation

LONGEST_MESSAGE = 4000
SOON = 4_000  # of the newest messages; what is common is tried with these first
ENOUGH = 5  # messages, as many as the box asks for


class NotOfThem(Refused):
    """A call or visit is noted with people of the other side."""


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, person: Person) -> Self:
        """A party belongs to one workshop: its own talk is short, and looked at by itself."""
        if person.is_staff:
            return self.filter(workshop_id=person.workshop_id)
        return self.filter(conversation__party_id=person.party_id)

    def search(self, typed: str, workshop: int) -> Self:
        """Find by words or their beginnings, all of them; nothing where no word was typed.

        Of a rare word the messages are named, and whatever else was typed is looked for in these. A
        common one is looked for from the newest message on, which soon finds enough. Several that
        are common may never stand together: where the newest messages do not have them, all
        messages of each are taken.
        """
        words = looked_for(typed)
        known = MessageWord.objects.filter(workshop=workshop)
        found = self if words else self.none()
        common = []
        for word in words:
            if (named := known.rare(word)) is None:
                common.append(word)
            else:
                found = found.filter(pk__in=named)
        together = found.filter(*map(looked_into, common))
        if len(common) < 2 or len(common) < len(words) or self._soon_have(together):
            return together
        return found.filter(*known.together(common))

    def _soon_have(self, found: Self) -> bool:
        """Tell whether enough of what is found stands in the newest messages, or there are few."""
        older = list(self.order_by("-pk").values_list("pk", flat=True)[SOON : SOON + 1])
        return not older or found.filter(pk__gt=older[0])[:ENOUGH].count() == ENOUGH

    def about(self, *subjects: models.Model) -> Self:
        """What was said about a thing, or about several of one kind, oldest first, with who said
        it, the files with it, and the ticket that was made of it."""
        kind = ContentType.objects.get_for_model(subjects[0])
        keys = [one.pk for one in subjects]
        said = self.filter(conversation__subject_type=kind, conversation__subject_id__in=keys)
        files = Prefetch("files", MessageFile.objects.in_order())
        people = said.select_related("by", "with_whom", "conversation__party", "ticket")
        return people.prefetch_related(files).order_by("pk")


class Message(models.Model):
    """What somebody said, here or elsewhere; never changed."""

    class Direction(models.TextChoices):
        OUT = "out", _("we called or went there")
        IN = "in", _("they called or came here")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    conversation = models.ForeignKey(Conversation, models.PROTECT, related_name="messages")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    body = models.CharField(max_length=mails.LONGEST_TEXT, blank=True)  # files, or a call, may do
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.PORTAL)
    direction = models.CharField(max_length=3, choices=Direction, blank=True)  # of a call or visit
    with_whom = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", db_index=False
    )
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
        indexes = [
            models.Index(fields=["workshop", "-id"]),  # what is searched, the newest first
            models.Index(fields=["workshop", "foreign_id"], name="message_by_foreign_id"),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"

    @classmethod
    @creation("conversations.say", private=("body", "attached", "refused", "foreign_id"))
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
        message = cls._add(conversation, by=by, body=body, channel=channel, foreign_id=foreign_id)
        MessageFile.keep(message, attached, refused, by=by)
        return message

    @classmethod
    @creation("conversations.call", private=("body", "attached", "next_words"))
    def call(
        cls,
        *,
        by: Person,
        conversation: Conversation,
        channel: str,
        direction: str,
        body: str = "",
        with_whom: Person | None = None,
        attached: Sequence[Handed] = (),
        next_words: str = "",
        next_on: date | None = None,
    ) -> Message:
        """Note a telephone call or a visit, with files, and what is to be done next, on which day.

        Raises NotOfThem where `with_whom` is nobody of the other side.
        """
        if with_whom is not None and with_whom.party_id != conversation.party_id:
            raise NotOfThem(_("Choose somebody of the other side."))
        message = cls._add(
            conversation,
            by=by,
            body=body,
            channel=channel,
            direction=direction,
            with_whom=with_whom,
        )
        MessageFile.keep(message, attached, (), by=by)
        if next_on is not None:
            FollowUp.set(by=by, conversation=conversation, words=next_words, due_on=next_on)
        return message

    @classmethod
    def _add(cls, conversation: Conversation, *, by: Person, **facts: Any) -> Message:
        conversation.begin()
        message = cls.objects.create(
            workshop_id=conversation.workshop_id, conversation=conversation, by=by, **facts
        )
        MessageWord.keep([message])
        conversation.hear(message, from_party=not by.is_staff)
        ReadMark.move(by, conversation.pk, message.pk)
        return message

    @property
    def shown_with(self) -> Any:
        return self.conversation.subject

    @property
    def assigned_to_id(self) -> int | None:
        return self.conversation.assigned_to_id

    @property
    def buyer_id(self) -> int | None:
        return self.conversation.party.buyer_id

    @property
    def supplier_id(self) -> int | None:
        return self.conversation.party.supplier_id

    @property
    def courier_id(self) -> int | None:
        return self.conversation.party.courier_id
