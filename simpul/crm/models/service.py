"""How fast this workshop wants to serve: its hours, and what it promises itself for each kind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import NamedTuple

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _now

from simpul.conversations.models import Ticket
from simpul.parties.models import Person, Workshop
from simpul.workflow.steps import WrongState, step

MOST_HOURS = 500  # of work; more is no promise any more


class Goal(NamedTuple):
    """Within how many hours of work a ticket is to be answered, and solved."""

    answer: int
    solve: int


USUAL: Mapping[str, Goal] = {
    Ticket.Kind.QUESTION: Goal(4, 16),
    Ticket.Kind.COMPLAINT: Goal(4, 40),
    Ticket.Kind.WARRANTY: Goal(8, 80),
    Ticket.Kind.RETURN: Goal(8, 80),
}


class Service(models.Model):
    """When customers are answered (WIB). Without a row: from 8 to 16."""

    workshop = models.OneToOneField(Workshop, models.PROTECT, related_name="service")
    opens = models.TimeField(default=time(8))
    closes = models.TimeField(default=time(16))

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(opens__lt=F("closes")), name="service_opens_first")
        ]

    def __str__(self) -> str:
        return f"{self.opens:%H:%M}-{self.closes:%H:%M}"

    @classmethod
    def of(cls, workshop: Workshop) -> Service:
        """Return that of a workshop, or the usual one, which is not kept."""
        return cls.objects.filter(workshop=workshop).first() or cls(workshop=workshop)

    @classmethod
    def kept_of(cls, workshop: Workshop) -> Service:
        return cls.objects.get_or_create(workshop=workshop)[0]

    def goals(self) -> dict[str, Goal]:
        """Return what is promised for each kind of a customer's ticket."""
        kept = ServiceGoal.objects.filter(workshop=self.workshop_id)
        return {**USUAL, **{one.kind: Goal(one.answer_hours, one.solve_hours) for one in kept}}

    @step("crm.set_service")
    def set(self, *, by: Person, opens: time, closes: time, goals: Mapping[str, Goal]) -> None:
        """Answer customers in these hours, and so fast. Raises WrongState."""
        if opens >= closes:
            raise WrongState(_now("Say from when until when, on one day."))
        for kind, goal in goals.items():
            if kind not in USUAL or not 0 < goal.answer <= goal.solve <= MOST_HOURS:
                raise WrongState(_now("First the answer, then the solution, in whole hours."))
            ServiceGoal.objects.update_or_create(
                workshop_id=self.workshop_id,
                kind=kind,
                defaults={"answer_hours": goal.answer, "solve_hours": goal.solve},
            )
        self.opens, self.closes = opens, closes


class ServiceGoal(models.Model):
    """What is promised for one kind of ticket, otherwise than is usual. Hours of work."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=9, choices=Ticket.Kind)
    answer_hours = models.PositiveSmallIntegerField()
    solve_hours = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "kind"], name="service_goal_once"),
            models.CheckConstraint(
                condition=Q(answer_hours__gt=0, answer_hours__lte=F("solve_hours")),
                name="service_answers_before_it_solves",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.answer_hours}, {self.solve_hours}"
