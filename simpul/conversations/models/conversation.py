"""What the workshop and one party say to each other about one document."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Case, Count, F, FilteredRelation, Q, When
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext as _

from simpul.parties.models import Party, Person, Workshop
from simpul.workflow.steps import Refused, step


class NoColleague(Refused):
    """Only somebody who works here, and may answer, can be asked to."""


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.filter(party_id=person.party_id)

    def about(self, subject: models.Model) -> Self:
        kind = ContentType.objects.get_for_model(subject)
        return self.filter(subject_type=kind, subject_id=subject.pk)

    def mine(self, person: Person) -> Self:
        return self.filter(assigned_to=person)

    def unassigned(self) -> Self:
        return self.filter(assigned_to=None)

    def unanswered(self) -> Self:
        """The other side has the last word."""
        return self.filter(_UNANSWERED)

    def unread_by(self, person: Person) -> Self:
        """What the other side said and this person has not read, in what is his or nobody's.

        Of a talk that he never looked at only what nobody has answered: old talk is no news to
        somebody who comes new.
        """
        return self.with_unread(person).filter(is_unread=True)

    def with_unread(self, person: Person) -> Self:
        return self.alias(
            mark=FilteredRelation("marks", condition=Q(marks__person=person))
        ).annotate(is_unread=Case(When(_unread(person), then=True), default=False))

    def counts_for(self, person: Person) -> dict[str, int]:
        """Return how many are `all`, `mine`, `unassigned`, `unanswered` and `unread`: one query."""
        return self.with_unread(person).aggregate(
            all=Count("pk"),
            mine=Count("pk", filter=Q(assigned_to=person)),
            unassigned=Count("pk", filter=Q(assigned_to=None)),
            unanswered=Count("pk", filter=_UNANSWERED),
            unread=Count("pk", filter=Q(is_unread=True)),
        )

    def due(self, person: Person, today: date) -> Self:
        """Where this person wanted to do something by today and has not done it."""
        waiting = {"follow_ups__by": person, "follow_ups__status": "open"}
        return self.filter(**waiting, follow_ups__due_on__lte=today).distinct()

    def search(self, words: str) -> Self:
        """Find by whom it is with, or by the number of what it is about."""
        return self.filter(Q(party__name__icontains=words) | Q(label__icontains=words))


_UNANSWERED = Q(asked__isnull=False, asked=F("last"))


def _unread(person: Person) -> Q:
    is_news = Q(mark__message__lt=F("asked")) | Q(mark__pk=None) & _UNANSWERED
    return is_news & (Q(assigned_to=person) | Q(assigned_to=None))


class Conversation(models.Model):
    """What the workshop and one party say to each other about one document."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    party = models.ForeignKey(Party, models.PROTECT, related_name="conversations")
    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", db_index=False)
    subject_id = models.BigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    label = models.CharField(max_length=40, blank=True, editable=False)  # such as SO-2026-0017
    last = models.ForeignKey(
        "conversations.Message", models.PROTECT, null=True, related_name="+", db_index=False
    )
    asked = models.ForeignKey(  # the last that the party said
        "conversations.Message", models.PROTECT, null=True, related_name="+", db_index=False
    )
    assigned_to = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    objects = ConversationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "party"], name="conversation_once"
            )
        ]
        indexes = [models.Index(fields=["workshop", "-last"])]

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
            label=getattr(subject, "number", ""),
        )

    # Steps

    @step("conversations.assign")
    def assign(self, *, by: Person, to: Person) -> None:
        """Ask somebody of the workshop to answer. Raises NoColleague."""
        if not (to.is_staff and to.may("conversations.say", self)):
            raise NoColleague(_("Choose somebody who works here and may answer."))
        self.assigned_to = to

    @step("conversations.let_go")
    def let_go(self, *, by: Person) -> None:
        """Let anybody answer again."""
        self.assigned_to = None

    # What happens to it

    def begin(self) -> None:
        """Keep the conversation, unless the other side began it in the same moment."""
        if self.pk is None:
            kept, _made = Conversation.objects.get_or_create(
                workshop_id=self.workshop_id,
                party_id=self.party_id,
                subject_type_id=self.subject_type_id,
                subject_id=self.subject_id,
                defaults={"label": self.label},
            )
            self.pk = kept.pk

    def hear(self, message: models.Model, *, from_party: bool) -> None:
        """Keep which message is the last one, and which the last that the party said."""
        fields = ("last", "asked") if from_party else ("last",)
        newest = {name: Greatest(Coalesce(F(name), 0), message.pk) for name in fields}
        Conversation.objects.filter(pk=self.pk).update(**newest)

    # Questions

    def named(self) -> list[int]:
        """Return who is to hear that it was assigned."""
        return [self.assigned_to_id] if self.assigned_to_id else []

    @property
    def shown_with(self) -> Any:
        return self.subject
