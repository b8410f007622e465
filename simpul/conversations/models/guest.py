"""The guest book."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Self

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock
from simpul.parties.models import Person, Workshop
from simpul.workflow.steps import WrongState, creation, step

TIME_TO_UNDO = timedelta(minutes=10)  # before a guest is told
PRIVATE = ("name", "contact", "body", "consent", "customer_since", "subject")


class GuestEntryQuerySet(models.QuerySet["GuestEntry"]):
    def visible_to(self, person: Person) -> Self:
        return self.filter(workshop_id=person.workshop_id) if person.is_staff else self.none()

    def published(self) -> Self:
        return self.filter(status=GuestEntry.Status.PUBLISHED)

    def waiting(self) -> Self:
        """What waits to be read; what looks like a robot's waits apart."""
        return self.filter(status=GuestEntry.Status.WAITING, signs="")

    def suspicious(self) -> Self:
        return self.filter(status=GuestEntry.Status.WAITING).exclude(signs="")

    def counts(self) -> dict[str, int]:
        """Return how many there are of each kind, in one question; under "" all of them."""
        waits = Q(status=GuestEntry.Status.WAITING)
        counted = self.aggregate(
            all=Count("pk"),
            waiting=Count("pk", filter=waits & Q(signs="")),
            suspicious=Count("pk", filter=waits & ~Q(signs="")),
            published=Count("pk", filter=Q(status=GuestEntry.Status.PUBLISHED)),
            hidden=Count("pk", filter=Q(status=GuestEntry.Status.HIDDEN)),
        )
        return {"": counted.pop("all"), **counted}

    def to_tell(self) -> Self:
        """Those whose guests are told now that they stand in the book."""
        return self.published().filter(tell_at__lte=clock.now())

    def about(self, subject: models.Model) -> Self:
        kind = ContentType.objects.get_for_model(subject)
        return self.filter(subject_type=kind, subject_id=subject.pk)


class GuestEntry(models.Model):
    """A word in the guest book; everybody may read it once the workshop has read it."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        PUBLISHED = "published", _("published")
        HIDDEN = "hidden", _("hidden")

    class ShownAs(models.TextChoices):
        """What its guest allows; the words that were agreed to are kept with it."""

        NAME = "name", _("You may publish it with my name.")
        INITIALS = "initials", _("You may publish it with my initials only.")
        NOWHERE = "nowhere", _("It is for you only: do not publish it.")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="guests", db_index=False)
    subject_type = models.ForeignKey(
        ContentType, models.PROTECT, null=True, related_name="+", db_index=False, editable=False
    )  # what it asks about, such as a model of the catalogue; none: the house
    subject_id = models.BigIntegerField(null=True, editable=False)
    subject = GenericForeignKey("subject_type", "subject_id")
    name = models.CharField(max_length=80)
    contact = models.CharField(max_length=120, blank=True)  # for the workshop only
    body = models.CharField(max_length=1000)
    shown_as = models.CharField(max_length=8, choices=ShownAs, default=ShownAs.NAME)
    consent = models.CharField(max_length=200, blank=True, editable=False)  # in these words
    customer_since = models.PositiveSmallIntegerField(null=True, editable=False)  # as they wish
    signs = models.CharField(max_length=60, blank=True, editable=False)  # of a robot: fast links
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING, editable=False)
    answer = models.CharField(max_length=1000, blank=True, editable=False)
    at = models.DateTimeField(default=clock.now, editable=False)
    language = models.CharField(max_length=2, default="id", editable=False)
    tell_at = models.DateTimeField(null=True, editable=False)  # when its guest is told by mail
    tries = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = GuestEntryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["workshop", "status", "-id"]),
            models.Index(fields=["subject_type", "subject_id", "status"]),
            models.Index(
                fields=["tell_at"], condition=Q(tell_at__isnull=False), name="guest_to_tell"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    # Steps

    @classmethod
    @creation("conversations.sign", private=PRIVATE)
    def sign(cls, *, by: Person, **written: Any) -> GuestEntry:
        """Take in what a guest wrote; nobody else sees it yet."""
        return cls.objects.create(workshop_id=by.workshop_id, **written)

    @classmethod
    @creation("conversations.hold", private=PRIVATE)
    def hold(cls, *, by: Person, signs: list[str], **written: Any) -> GuestEntry:
        """Take in what looks like a robot's: it is not lost, and nobody is called for it."""
        written["signs"] = " ".join(signs)
        return cls.objects.create(workshop_id=by.workshop_id, **written)

    @step("conversations.vouch", source=Status.WAITING)
    def vouch(self, *, by: Person) -> None:
        """Let it wait with the others: the browser has worked for it, or a person says so."""
        self.signs = ""

    @step(
        "conversations.publish",
        source=(Status.WAITING, Status.HIDDEN),
        target=Status.PUBLISHED,
    )
    def publish(self, *, by: Person) -> None:
        """Let everybody read it."""
        self._demand_consent()
        self._tell()

    @step("conversations.hide", source=(Status.WAITING, Status.PUBLISHED), target=Status.HIDDEN)
    def hide(self, *, by: Person) -> None:
        """Keep it out of the shop window."""

    @step(
        "conversations.answer",
        source=(Status.WAITING, Status.PUBLISHED),
        target=Status.PUBLISHED,
        private=("answer",),
    )
    def reply(self, *, by: Person, answer: str, about: models.Model | None = None) -> None:
        """Answer for everybody to read, below what the guest wrote, and on the page of what it is
        about."""
        self._demand_consent()
        is_news = answer != self.answer
        self.answer = answer
        self.subject = about
        self._tell(is_news=is_news)

    @step(
        "conversations.put_back",
        source=(Status.PUBLISHED, Status.HIDDEN),
        target=Status.WAITING,
    )
    def put_back(self, *, by: Person) -> None:
        """Let it wait again, as if nobody had decided; the answer stays as it was written."""

    def _tell(self, *, is_news: bool = False) -> None:
        """Let its guest hear of it, once there was time to undo it; again only of what is news."""
        was_told = self.tries > 0 and self.tell_at is None
        if self.mail and (is_news or not was_told):
            self.tell_at, self.tries = clock.now() + TIME_TO_UNDO, 0

    # Questions

    def _demand_consent(self) -> None:
        if not self.may_be_published:
            raise WrongState(_now("Whoever wrote this does not want it published."))

    @property
    def mail(self) -> str:
        """The mail address that a guest left; empty where it is none."""
        typed = self.contact.strip().lower()
        try:
            validate_email(typed)
        except ValidationError:
            return ""
        return typed

    @property
    def may_be_published(self) -> bool:
        return self.shown_as != self.ShownAs.NOWHERE

    @property
    def shown_name(self) -> str:
        """The name as its guest allows it: whole, or its initials."""
        if self.shown_as == self.ShownAs.NAME:
            return self.name
        return " ".join(f"{word[0].upper()}." for word in self.name.split())
