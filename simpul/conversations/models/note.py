"""Notes for ourselves."""

from __future__ import annotations

from typing import Any, Self

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models

from simpul.conversations.mentions import people_in
from simpul.conversations.models.message import LONGEST_MESSAGE
from simpul.lib import clock
from simpul.parties.models import Person, Workshop
from simpul.workflow.steps import creation


class InternalNoteQuerySet(models.QuerySet["InternalNote"]):
    def visible_to(self, person: Person) -> Self:
        return self.filter(workshop_id=person.workshop_id) if person.is_staff else self.none()

    def about(self, subject: models.Model) -> Self:
        kind = ContentType.objects.get_for_model(subject)
        return self.filter(subject_type=kind, subject_id=subject.pk)

    def for_page(self) -> Self:
        return self.select_related("by").order_by("pk")


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

    def named(self) -> list[int]:
        """Return the colleagues whose @names stand in it."""
        colleagues = Person.objects.active().staff().filter(workshop=self.workshop_id)
        return [person.pk for person in people_in(self.body, colleagues.order_by("pk"))]

    @property
    def shown_with(self) -> Any:
        return self.subject
