"""What a workshop wants of its prospects: how long a distributor has to answer, when to ask again."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from simpul.parties.models import Workshop


class LeadRules(models.Model):
    """The workshop's own rules for prospects."""

    workshop = models.OneToOneField(
        Workshop, models.CASCADE, related_name="lead_rules", editable=False
    )
    answer_hours = models.PositiveSmallIntegerField(
        _("hours of work that a distributor has to take a prospect"), default=4
    )
    like_days = models.PositiveSmallIntegerField(
        _("days after a sample arrived until you ask how they liked it"), default=4
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answer_hours__gt=0, like_days__gt=0), name="lead_rules_can_be_kept"
            )
        ]

    def __str__(self) -> str:
        return f"rules for prospects of {self.workshop_id}"

    @classmethod
    def of(cls, workshop: Workshop) -> LeadRules:
        """Return the workshop's own rules, or the usual ones."""
        return cls.objects.filter(workshop=workshop).first() or cls(workshop=workshop)
