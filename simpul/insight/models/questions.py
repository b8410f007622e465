"""Questions that somebody keeps: under a name, for some of the colleagues, and by mail once a week."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock
from simpul.parties.models import Person, Workshop
from simpul.parties.roles import Role

WEEK_DAYS = 7


class SavedQuestionQuerySet(models.QuerySet["SavedQuestion"]):
    def visible_to(self, person: Person) -> Self:
        """One's own, and those shared with one's role; what tells what is left only for who sees the
        books, whoever shared it."""
        if not person.is_staff:
            return self.none()
        shared = QuestionShare.objects.filter(role=person.role).values("question")
        ours = self.filter(Q(owner=person) | Q(pk__in=shared), workshop_id=person.workshop_id)
        if person.may("insight.see_books", person.workshop):
            return ours
        return ours.filter(tells_left=False)

    def kept(self) -> Self:
        return self.filter(dropped_at=None)


class SavedQuestion(models.Model):
    """`asked` is what the form of a question is told (`insight.questions.forms`), rows by their keys;
    `is_of_buyers` where its answer names them."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Person, models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    asked = models.JSONField(default=dict)
    tells_left = models.BooleanField(default=False)
    is_of_buyers = models.BooleanField(default=False)
    dropped_at = models.DateTimeField(null=True, editable=False)

    objects = SavedQuestionQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def share(self, roles: list[str]) -> None:
        """Let people of these roles see it, and nobody else but its owner."""
        self.shares.all().delete()
        self.shares.bulk_create(QuestionShare(question=self, role=role) for role in roles)

    def drop(self) -> None:
        """Offer it no more, and send it to nobody; its owner may bring it back."""
        self.dropped_at = clock.now()
        self.save(update_fields=["dropped_at"])

    def bring_back(self) -> None:
        self.dropped_at = None
        self.save(update_fields=["dropped_at"])


class QuestionShare(models.Model):
    question = models.ForeignKey(
        SavedQuestion, models.CASCADE, related_name="shares", db_index=False
    )
    role = models.CharField(max_length=12, choices=Role)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question", "role"], name="question_share_once")
        ]

    def __str__(self) -> str:
        return f"{self.question_id} for {self.role}"


class QuestionLetterQuerySet(models.QuerySet["QuestionLetter"]):
    def due(self) -> Self:
        """Those whose hour has come, the oldest first; nobody gets what was deleted."""
        wanted = self.filter(next_try_at__lte=clock.now(), question__dropped_at=None)
        return wanted.order_by("next_try_at", "pk")


class QuestionLetter(models.Model):
    """The answer to a kept question, by mail, once a week to one person who wants it so.

    `sends_at` is the week's moment for which it is sent; `next_try_at` is later while it is tried.
    """

    class Weekday(models.IntegerChoices):
        MONDAY = 1, _("Monday")
        TUESDAY = 2, _("Tuesday")
        WEDNESDAY = 3, _("Wednesday")
        THURSDAY = 4, _("Thursday")
        FRIDAY = 5, _("Friday")
        SATURDAY = 6, _("Saturday")
        SUNDAY = 7, _("Sunday")

    question = models.ForeignKey(
        SavedQuestion, models.CASCADE, related_name="letters", db_index=False
    )
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    weekday = models.PositiveSmallIntegerField(choices=Weekday)
    hour = models.PositiveSmallIntegerField()  # WIB
    sends_at = models.DateTimeField()
    next_try_at = models.DateTimeField(db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)

    objects = QuestionLetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question", "person"], name="question_letter_once"),
            models.CheckConstraint(
                condition=Q(weekday__range=(1, 7), hour__lte=23), name="question_letter_in_a_week"
            ),
        ]

    def __str__(self) -> str:
        return f"question {self.question_id} to {self.person_id}"

    def plan(self) -> None:
        """Set the next moment at which it is sent; call it once it was, or the hour was changed."""
        self.sends_at = self.next_try_at = self._next(clock.now())
        self.tries = 0
        self.save()

    def _next(self, now: datetime) -> datetime:
        """Return the first such day and hour after `now`."""
        today = clock.day_of(now)
        days = (self.weekday - today.isoweekday()) % WEEK_DAYS
        at = clock.begin_of(today + timedelta(days=days)) + timedelta(hours=self.hour)
        return at if at > now else at + timedelta(days=WEEK_DAYS)
