"""What the workshop and one party say to each other about one document."""

from __future__ import annotations

from typing import Self

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models

from simpul.parties.models import Party, Person, Workshop


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
