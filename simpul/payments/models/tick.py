"""Both sides say of a month's account: it tallies."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock
from simpul.parties.models import Party, Person, Workshop
from simpul.payments.tally import party_tally
from simpul.workflow.steps import WrongState, creation


class TickQuerySet(models.QuerySet["Tick"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.filter(party_id=person.party_id)


class Tick(models.Model):
    """One side has looked at just these figures of a month, and they tally. Never changed.

    Should a figure of the month change later, because a statement came late, the tick stands for
    what it was given for, and the month waits to be ticked again.
    """

    class Side(models.TextChoices):
        WORKSHOP = "workshop", _("workshop")
        BUYER = "buyer", _("buyer")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, models.PROTECT, related_name="ticks", db_index=False)
    month = models.DateField()  # its first day
    side = models.CharField(max_length=8, choices=Side)
    owed = models.BigIntegerField()  # at its end; negative: the workshop owes it
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    if TYPE_CHECKING:
        is_old: bool  # as `ticks_of` found it

    objects = TickQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["party", "month", "side", "digest"], name="tick_once_a_side"
            ),
            models.CheckConstraint(condition=models.Q(month__day=1), name="tick_of_a_month"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.side}"

    # Steps

    @classmethod
    @creation("payments.tick")
    def give(cls, *, by: Person, party: Party, month: date, digest: str) -> Tick:
        """Say that the month tallies, of just the figures that were read.

        Raises WrongState where the month is not over, where a figure has changed since it was
        read, or where this side has said so already.
        """
        tally = party_tally(party, month)
        if not tally.is_over:
            raise WrongState(_now("This month is not over yet."))
        if digest != tally.digest:
            raise WrongState(_now("A figure has changed since you read it. Look at it again."))
        side = cls.Side.WORKSHOP if by.is_staff else cls.Side.BUYER
        if cls.objects.filter(party=party, month=month, side=side, digest=digest).exists():
            raise WrongState(_now("Your side has ticked these figures already."))
        return cls.objects.create(
            workshop_id=party.workshop_id,
            party=party,
            month=month,
            side=side,
            owed=tally.owed,
            digest=digest,
            by=by,
        )

    # Questions

    @property
    def buyer_id(self) -> int:
        return self.party_id

    @property
    def shown_with(self) -> Party:
        return self.party


def ticks_of(party: Party, month: date, digest: str) -> dict[str, Tick]:
    """Return the last tick of each side for a month; one of other figures has `is_old`."""
    found = {}
    for tick in Tick.objects.filter(party=party, month=month).select_related("by").order_by("pk"):
        tick.is_old = tick.digest != digest
        found[tick.side] = tick
    return found
