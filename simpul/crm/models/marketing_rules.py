"""What the owner says of customers and of writing to them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from simpul.parties.models import Workshop


class MarketingRules(models.Model):
    """What the owner calls new, sleeping and lost (days), and how often anybody may be written to."""

    workshop = models.OneToOneField(
        Workshop, models.CASCADE, related_name="marketing_rules", editable=False
    )
    new_days = models.PositiveSmallIntegerField(
        _("days after the first order that a customer is new"), default=60
    )
    sleeping_days = models.PositiveSmallIntegerField(
        _("days without an order until a customer sleeps"), default=120
    )
    lost_days = models.PositiveSmallIntegerField(
        _("days without an order until a customer is lost"), default=365
    )
    visit_days = models.PositiveSmallIntegerField(
        _("days without a visit until a buyer should be visited"), default=30
    )
    most_messages = models.PositiveSmallIntegerField(
        _("most messages of all campaigns to one person"), default=2
    )
    in_days = models.PositiveSmallIntegerField(_("in so many days"), default=30)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(lost_days__gt=F("sleeping_days")),
                name="marketing_lost_after_sleeping",
            )
        ]

    def __str__(self) -> str:
        return f"marketing rules of {self.workshop_id}"

    @classmethod
    def of(cls, workshop: Workshop) -> MarketingRules:
        """Return the workshop's own rules, or the usual ones."""
        return cls.objects.filter(workshop=workshop).first() or cls(workshop=workshop)
