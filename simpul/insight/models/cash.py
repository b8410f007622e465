"""What the next weeks bring in and take out, as it was reckoned last; and what the owner wants to keep.

The weeks are told anew by `insight.cash` as often as something has happened; nothing else writes them.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from simpul.parties.models import Workshop


class CashKept(models.Model):
    """When the weeks were reckoned, up to which line of the journal, and what lay there then.

    `in_hand` is what the books have in the bank, in the cash box and with those who collect (None:
    there are more orders than they hold); `overdue`, what has been due for longer than its buyer
    usually takes: nobody knows when it comes, so no week has it. In rupiah.
    """

    WEEKS = 8

    workshop = models.OneToOneField(
        Workshop, models.CASCADE, primary_key=True, related_name="cash_kept"
    )
    as_of = models.DateTimeField()
    newest = models.BigIntegerField(null=True)  # key of a line
    in_hand = models.BigIntegerField(null=True)
    overdue = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"cash of {self.workshop_id}"


class CashWeek(models.Model):
    """A week, by its Monday; the first one is the running one. In rupiah, all above zero."""

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="+", db_index=False)
    monday = models.DateField()
    from_buyers = models.BigIntegerField(default=0)  # instalments, when each buyer usually pays
    to_suppliers = models.BigIntegerField(default=0)  # what is owed, and what is under way
    wages = models.BigIntegerField(default=0)  # as in the last weeks
    running = models.BigIntegerField(default=0)  # all other that goes out, as in the last months

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "monday"], name="cash_week_once")
        ]

    def __str__(self) -> str:
        return f"{self.workshop_id} from {self.monday}"

    @property
    def goes_out(self) -> int:
        return self.to_suppliers + self.wages + self.running

    @property
    def change(self) -> int:
        return self.from_buyers - self.goes_out


class PricingRules(models.Model):
    """How much of a price the owner wants to be left, after material, wages and freight."""

    workshop = models.OneToOneField(
        Workshop, models.CASCADE, related_name="pricing_rules", editable=False
    )
    wished_percent = models.PositiveSmallIntegerField(
        _("percent of the price that should be left"), default=25
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(wished_percent__lte=80), name="pricing_can_be_kept")
        ]

    def __str__(self) -> str:
        return f"prices of {self.workshop_id}"

    @classmethod
    def of(cls, workshop: Workshop) -> PricingRules:
        """Return the workshop's own rules, or the usual ones."""
        return cls.objects.filter(workshop=workshop).first() or cls(workshop=workshop)
