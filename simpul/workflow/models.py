"""The journal, the series that papers are numbered from, and when the clock's jobs ran."""

from __future__ import annotations

from typing import Any, Self

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from simpul.lib import clock
from simpul.parties.models import Person, Workshop


class EntryQuerySet(models.QuerySet["Entry"]):
    def about(self, subject: models.Model) -> Self:
        kind = ContentType.objects.get_for_model(subject)
        return self.filter(subject_type=kind, subject_id=subject.pk)

    def untold(self) -> Self:
        return self.filter(told_at=None)


class Entry(models.Model):
    """A line of the journal: this step was done to this thing, by whom, when, with which facts.

    Facts are plain values, never a sentence and never a person's name or number. The line is also
    the outbox (`told_at`) and what makes a form that is sent twice do its step once (`key`).
    """

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", db_index=False)
    subject_id = models.BigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    step = models.CharField(max_length=40)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    facts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    key = models.CharField(max_length=36, blank=True)
    told_at = models.DateTimeField(null=True, editable=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["by", "key"], condition=~Q(key=""), name="entry_key_once"
            )
        ]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"]),
            models.Index(fields=["workshop", "at"]),
            models.Index(fields=["id"], condition=Q(told_at=None), name="entry_untold"),
        ]

    def __str__(self) -> str:
        return f"{self.step} of {self.subject_type_id}:{self.subject_id}"

    @property
    def template(self) -> str:
        """The sentence of the step: `orders.confirm` is told by `orders/steps/confirm.html`."""
        app, verb = self.step.split(".")
        return f"{app}/steps/{verb}.html"


class NumberSeries(models.Model):
    """Counts one kind of paper through one year, without gap or double."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    prefix = models.CharField(max_length=4)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "prefix", "year"], name="series_once_a_year"
            )
        ]

    def __str__(self) -> str:
        return f"{self.prefix}-{self.year}-{self.last:04}"

    @classmethod
    def draw(cls, workshop: Workshop | int, prefix: str) -> str:
        """Return the next number, such as `SO-2026-0017`; call it inside the step's transaction."""
        [number] = cls.draw_many(workshop, prefix, 1)
        return number

    @classmethod
    def draw_many(cls, workshop: Workshop | int, prefix: str, count: int) -> list[str]:
        """Return the next so many numbers; call it inside the transaction that uses them all."""
        workshop_id = workshop if isinstance(workshop, int) else workshop.pk
        series, _made = cls.objects.select_for_update().get_or_create(
            workshop_id=workshop_id, prefix=prefix, year=clock.today().year
        )
        drawn = []
        for _turn in range(count):
            series.last += 1
            drawn.append(str(series))
        series.save(update_fields=["last"])
        return drawn


class Turn(models.Model):
    """When a job of the clock ran last in a workshop, and when its next turn is."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    job = models.CharField(max_length=40)
    due_at = models.DateTimeField(default=clock.now)
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "job"], name="turn_once_a_job"),
        ]
        indexes = [models.Index(fields=["due_at"])]

    def __str__(self) -> str:
        return f"{self.job} of {self.workshop_id}"


def journal_of(subject: Any) -> EntryQuerySet:
    """Return the history of a thing with its people, oldest first."""
    return Entry.objects.about(subject).select_related("by").order_by("id")
