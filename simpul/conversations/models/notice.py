"""Who is told of what: the outbox, and what waits in the portal."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from simpul.conversations.models.channel import Channel
from simpul.lib import clock
from simpul.parties.models import AccessLink, Person
from simpul.workflow.models import Entry

OLD_NEWS = timedelta(days=7)  # after a long stop nobody wants last month's news


class NoticeQuerySet(models.QuerySet["Notice"]):
    def for_person(self, person: Person) -> Self:
        """What this person is told in the portal, the newest first."""
        mine = self.filter(person=person, channel=Channel.PORTAL)
        return mine.select_related("entry__by").order_by("-pk")

    def waiting(self) -> Self:
        return self.filter(status=Notice.Status.WAITING)

    def due(self) -> Self:
        """What is to be sent now, the oldest first."""
        return self.waiting().filter(next_try_at__lte=clock.now()).order_by("pk")

    def texts(self, workshop_id: int) -> Self:
        """The texts for WhatsApp that were not sent yet, as far as they still are news."""
        mine = self.waiting().filter(channel=Channel.WHATSAPP, person__workshop=workshop_id)
        now = clock.now()
        return mine.filter(made_at__gt=now - OLD_NEWS, next_try_at__lte=now)

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
        ARRIVED = "arrived", _("delivered")
        SEEN = "seen", _("seen")
        DROPPED = "dropped", _("no longer needed")

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="notices", db_index=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="notices", db_index=False)
    channel = models.CharField(max_length=8, choices=Channel)
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    is_daily = models.BooleanField(default=False)  # stands in the letter of the day
    next_try_at = models.DateTimeField(default=clock.now)
    label = models.CharField(max_length=40, blank=True, editable=False)  # such as SO-2026-0017
    link = models.ForeignKey(
        AccessLink, models.SET_NULL, null=True, related_name="+", editable=False
    )  # in a text that a person sends: made before somebody looks at it
    by_hand = models.BooleanField(default=False, editable=False)  # only a person may send it
    foreign_id = models.CharField(  # what WhatsApp calls what was sent
        max_length=200, blank=True, db_index=True, editable=False
    )
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

    def drop_twin(self) -> None:
        """Let the same news unsaid by SMS where it was sent by hand, and the other way round."""
        twins = Notice.objects.waiting().filter(entry=self.entry_id, person=self.person_id)
        pair = {Channel.SMS, Channel.WHATSAPP} - {self.channel}
        twins.filter(channel__in=pair).update(status=self.Status.DROPPED)

    def leave_to_hand(self) -> None:
        """Let a person send what the machine could not: what becomes of its try counts no more."""
        self.status, self.by_hand, self.foreign_id = self.Status.WAITING, True, ""
        self.next_try_at = clock.now()
        self.save(update_fields=["status", "by_hand", "foreign_id", "next_try_at"])
