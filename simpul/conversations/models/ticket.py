"""Tickets: something does not agree, and somebody must say what became of it."""

from __future__ import annotations

from typing import Any, Self

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock
from simpul.parties.models import Party, Person, Workshop
from simpul.workflow.steps import WrongState, creation, step


class TicketQuerySet(models.QuerySet["Ticket"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.filter(party_id=person.party_id)

    def open(self) -> Self:
        return self.filter(status=Ticket.Status.OPEN)

    def about(self, subject: models.Model) -> Self:
        kind = ContentType.objects.get_for_model(subject)
        return self.filter(subject_type=kind, subject_id=subject.pk)


class Ticket(models.Model):
    """A difference that nobody may pass over in silence: what it is about, and how it ended.

    What is the matter stands in `facts`, never as a sentence: each kind has its own words.
    """

    class Kind(models.TextChoices):
        CASH = "cash", _("cash counted otherwise than said")
        COLLECTED = "collected", _("less collected at the door than asked")
        DOOR = "door", _("damaged or missing at the door")

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        RESOLVED = "resolved", _("resolved")

    class How(models.TextChoices):
        PAID = "paid", _("the money came after all")
        MENDED = "mended", _("mended or replaced")
        MISTAKE = "mistake", _("somebody had counted wrongly")
        BORNE = "borne", _("the workshop bears it")
        OTHER = "other", _("something else")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="tickets")
    kind = models.CharField(max_length=9, choices=Kind)
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN, editable=False)
    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", db_index=False)
    subject_id = models.BigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    facts = models.JSONField(default=dict)
    opened_at = models.DateTimeField(default=clock.now, editable=False)
    how = models.CharField(max_length=7, choices=How, blank=True, editable=False)
    reason = models.CharField(max_length=300, blank=True, editable=False)
    resolved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    resolved_at = models.DateTimeField(null=True, editable=False)

    objects = TicketQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status="open") | Q(resolved_by__isnull=False) & ~Q(how=""),
                name="ticket_resolved_by_somebody",
            )
        ]
        indexes = [
            models.Index(fields=["workshop", "status", "-id"]),
            models.Index(fields=["subject_type", "subject_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    # Steps

    @classmethod
    @creation("conversations.open_ticket")
    def open(
        cls, *, by: Person, kind: str, subject: Any, party: Party | None, facts: dict[str, Any]
    ) -> Ticket:
        """Note that something does not agree; called by the step that sees it."""
        return cls.objects.create(
            workshop_id=subject.workshop_id,
            party=party,
            kind=kind,
            subject_type=ContentType.objects.get_for_model(subject),
            subject_id=subject.pk,
            facts=facts,
        )

    @step("conversations.resolve_ticket", source=Status.OPEN, target=Status.RESOLVED)
    def resolve(self, *, by: Person, how: str, reason: str) -> None:
        """Say what became of it, and why."""
        if how not in self.endings:
            raise WrongState(gettext("A difference of this kind does not end like this."))
        self.how = how
        self.reason = reason
        self.resolved_by = by
        self.resolved_at = clock.now()

    # Questions

    @property
    def endings(self) -> list[Ticket.How]:
        """How one of this kind can end: goods are mended, money comes after all."""
        other = Ticket.How.PAID if self.kind == Ticket.Kind.DOOR else Ticket.How.MENDED
        return [how for how in Ticket.How if how != other]

    @property
    def buyer_id(self) -> int | None:
        return self.party.buyer_id if self.party else None

    @property
    def supplier_id(self) -> int | None:
        return self.party.supplier_id if self.party else None

    @property
    def courier_id(self) -> int | None:
        return self.party.courier_id if self.party else None
