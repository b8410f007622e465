"""Talk: conversations about a document, notes for ourselves, the guest book, and who is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Self

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Prefetch, Q
from django.utils.translation import gettext_lazy as _

from simpul.conversations.attachments import MessageFile
from simpul.conversations.tickets import Ticket, TicketQuerySet
from simpul.lib import clock
from simpul.lib.uploads import Handed
from simpul.parties.models import AccessLink, Party, Person, Workshop
from simpul.workflow.models import Entry
from simpul.workflow.steps import creation, step

__all__ = ["MessageFile", "Ticket", "TicketQuerySet"]  # in files of their own

LONGEST_MESSAGE = 4000
OLD_NEWS = timedelta(days=7)  # after a long stop nobody wants last month's news


class Channel(models.TextChoices):
    PORTAL = "portal", _("here")
    PHONE = "phone", _("telephone")
    WHATSAPP = "whatsapp", "WhatsApp"
    MAIL = "mail", _("e-mail")
    VISIT = "visit", _("visit")


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.filter(party_id=person.party_id)

    def about(self, subject: models.Model) -> Self:
        kind = ContentType.objects.get_for_model(subject)
        return self.filter(subject_type=kind, subject_id=subject.pk)


class Conversation(models.Model):
    """What the workshop and one party say to each other about one document."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, models.PROTECT, related_name="conversations")
    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", db_index=False)
    subject_id = models.BigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")

    objects = ConversationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "party"], name="conversation_once"
            )
        ]

    def __str__(self) -> str:
        return f"conversation {self.pk}"

    @classmethod
    def of(cls, subject: models.Model, party: Party) -> Conversation:
        """Return the conversation with this party about this thing; its first message begins it."""
        begun = cls.objects.filter(party=party).about(subject).first()
        return begun or cls(
            workshop_id=party.workshop_id,
            party=party,
            subject_type=ContentType.objects.get_for_model(subject),
            subject_id=subject.pk,
        )

    def begin(self) -> None:
        """Keep the conversation, unless the other side began it in the same moment."""
        if self.pk is None:
            kept, _made = Conversation.objects.get_or_create(
                workshop_id=self.workshop_id,
                party_id=self.party_id,
                subject_type_id=self.subject_type_id,
                subject_id=self.subject_id,
            )
            self.pk = kept.pk


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
    body = models.CharField(max_length=LONGEST_MESSAGE, blank=True)  # files may say it all
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.PORTAL)

    objects = MessageQuerySet.as_manager()

    def __str__(self) -> str:
        return f"message {self.pk}"

    @classmethod
    @creation("conversations.say", private=("body", "attached"))
    def say(
        cls,
        *,
        by: Person,
        conversation: Conversation,
        body: str,
        channel: str = Channel.PORTAL,
        attached: Sequence[Handed] = (),
    ) -> Message:
        """Say something to the other side, or note what was said elsewhere, with files."""
        conversation.begin()
        said = cls.objects.create(
            workshop_id=conversation.workshop_id,
            conversation=conversation,
            by=by,
            body=body,
            channel=channel,
        )
        MessageFile.keep(said, attached, by=by)
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


class InternalNoteQuerySet(models.QuerySet["InternalNote"]):
    def visible_to(self, person: Person) -> Self:
        return self.filter(workshop_id=person.workshop_id) if person.is_staff else self.none()

    def about(self, subject: models.Model) -> Self:
        kind = ContentType.objects.get_for_model(subject)
        return self.filter(subject_type=kind, subject_id=subject.pk)


class InternalNote(models.Model):
    """What the workshop's people write for each other: a table of its own, never shown outside."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+")
    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", db_index=False)
    subject_id = models.BigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    body = models.CharField(max_length=LONGEST_MESSAGE)

    objects = InternalNoteQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_id"])]

    def __str__(self) -> str:
        return f"note {self.pk}"

    @classmethod
    @creation("conversations.note", private=("body",))
    def write(cls, *, by: Person, subject: Any, body: str) -> InternalNote:
        """Leave a note on a thing for the others of the workshop."""
        return cls.objects.create(
            workshop_id=subject.workshop_id,
            subject_type=ContentType.objects.get_for_model(subject),
            subject_id=subject.pk,
            by=by,
            body=body,
        )

    @property
    def shown_with(self) -> Any:
        return self.subject


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


class NoticeQuerySet(models.QuerySet["Notice"]):
    def for_person(self, person: Person) -> Self:
        """What this person is told in the portal, the newest first."""
        mine = self.filter(person=person, channel=Channel.PORTAL)
        return mine.select_related("entry__by").order_by("-pk")

    def waiting(self) -> Self:
        return self.filter(status=Notice.Status.WAITING)

    def to_send_by_hand(self, workshop_id: int) -> Self:
        """The texts for WhatsApp that nobody has sent yet, as far as they still are news."""
        mine = self.waiting().filter(channel=Channel.WHATSAPP, person__workshop=workshop_id)
        return mine.filter(made_at__gt=clock.now() - OLD_NEWS)

    def drop(self, subject: models.Model, step: str) -> None:
        """Let what waits about this step of a thing unsaid: it is no longer so."""
        kind = ContentType.objects.get_for_model(subject)
        of_it = Entry.objects.filter(subject_type=kind, subject_id=subject.pk, step=step)
        self.waiting().filter(entry__in=of_it).update(status=Notice.Status.DROPPED)

    def search(self, words: str) -> Self:
        """Find by who is told, or by the number of what it is about."""
        return self.filter(
            Q(label__icontains=words)
            | Q(person__name__icontains=words)
            | Q(person__party__name__icontains=words)
        )


class Notice(models.Model):
    """One person is told of one step in one way: the outbox, and what waits in the portal."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        SEEN = "seen", _("seen")
        DROPPED = "dropped", _("no longer needed")

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="notices", db_index=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="notices", db_index=False)
    channel = models.CharField(max_length=8, choices=Channel)
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=clock.now)
    label = models.CharField(max_length=40, blank=True, editable=False)  # such as SO-2026-0017
    link = models.ForeignKey(
        AccessLink, models.SET_NULL, null=True, related_name="+", editable=False
    )  # in a text that a person sends: made before somebody looks at it
    made_at = models.DateTimeField(default=clock.now, editable=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "person", "channel"], name="notice_once")
        ]
        indexes = [
            models.Index(fields=["person", "channel", "status"]),
            models.Index(fields=["channel", "status", "next_try_at"]),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk}"

    def mark(self, status: Status) -> None:
        """Note that it was seen, or sent by hand."""
        self.status = status
        self.save(update_fields=["status"])
