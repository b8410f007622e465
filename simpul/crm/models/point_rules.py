"""The owner's rules for points: what earns them, what they are worth, and the tiers above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Q

from simpul.lib import clock
from simpul.parties.models import Party, Person, Workshop
from simpul.workflow.steps import creation


@dataclass(frozen=True, slots=True)
class TierTerms:
    """A tier as the owner decides it: from so many rupiah of goods in a year on."""

    name: str
    least: int
    percent: int
    is_freight_free: bool = False


class PointRules(models.Model):
    """What earns points and what they are worth; whether any are given stands at the workshop."""

    workshop = models.OneToOneField(Workshop, models.PROTECT, related_name="point_rules")
    starts_on = models.DateField(default=clock.today)  # what was delivered before earns nothing
    wholesale_per = models.PositiveBigIntegerField(default=100_000)  # rupiah for a point; 0: none
    retail_per = models.PositiveBigIntegerField(default=50_000)
    worth = models.PositiveIntegerField(default=500)  # rupiah that a point takes off
    most_percent = models.PositiveSmallIntegerField(default=50)  # of an order's goods
    valid_days = models.PositiveSmallIntegerField(default=365)  # 0: they do not expire
    warn_days = models.PositiveSmallIntegerField(default=30)
    for_recommender = models.PositiveIntegerField(default=0)  # points; 0: none
    for_friend = models.PositiveIntegerField(default=0)
    referral_least = models.PositiveBigIntegerField(default=0)  # goods of the friend's first order
    referral_most = models.PositiveSmallIntegerField(default=5)  # in so many days, without a look
    referral_days = models.PositiveSmallIntegerField(default=30)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(worth__gt=0, most_percent__gt=0, most_percent__lte=100),
                name="point_rules_can_be_kept",
            )
        ]

    def __str__(self) -> str:
        return str(self.workshop)

    # Steps

    @classmethod
    @creation("crm.set_points")
    def decide(
        cls, *, by: Person, is_on: bool, tiers: Sequence[TierTerms] = (), **rules: Any
    ) -> Self:
        """Let these rules hold from now on; what was granted by earlier ones stays."""
        made, _new = cls.objects.update_or_create(workshop_id=by.workshop_id, defaults=rules)
        Workshop.objects.filter(pk=by.workshop_id).update(gives_points=is_on)
        Tier.objects.filter(workshop_id=by.workshop_id).delete()
        Tier.objects.bulk_create(Tier(workshop_id=by.workshop_id, **asdict(one)) for one in tiers)
        return made

    # Questions

    @classmethod
    def of(cls, workshop: Workshop) -> PointRules:
        """Return the rules of a workshop; those one would begin with where none are decided."""
        return cls.objects.filter(workshop=workshop).first() or cls(workshop=workshop)

    def per(self, party: Party) -> int:
        """Return the rupiah of goods for which this buyer gets a point; 0: it gets none."""
        return self.wholesale_per if party.buys_wholesale else self.retail_per

    def expires_on(self, today: date) -> date | None:
        """Return the last day of points that are granted on a day."""
        return today + timedelta(days=self.valid_days) if self.valid_days else None


class Tier(models.Model):
    """A name for who buys much, and what it brings."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="tiers", db_index=False)
    name = models.CharField(max_length=40)
    least = models.PositiveBigIntegerField()  # rupiah of goods in the last twelve months
    percent = models.PositiveSmallIntegerField(default=0)  # discount that an offer proposes
    is_freight_free = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "least"], name="tier_begins_once"),
            models.CheckConstraint(condition=Q(percent__lt=100), name="tier_leaves_something"),
        ]

    def __str__(self) -> str:
        return self.name
