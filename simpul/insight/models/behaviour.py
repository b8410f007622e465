"""What buyers are like, as it was told last: rows and sums that a page reads without any of the methods.

Told anew each night by `insight.behaviour`; nothing is typed in, and nothing else writes here.
"""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from simpul.parties.models import Party, Person, Workshop


class Group(models.TextChoices):
    """Buyers who are alike in how lately, how often and for how much they order (`methods.rfm`)."""

    BEST = "best", pgettext_lazy("buyers", "Best")
    LOYAL = "loyal", pgettext_lazy("buyers", "Loyal")
    PROMISING = "promising", pgettext_lazy("buyers", "Promising")
    NEW = "new", pgettext_lazy("buyers", "New")
    STEADY = "steady", pgettext_lazy("buyers", "Steady")
    NOT_TO_LOSE = "not to lose", pgettext_lazy("buyers", "Not to lose")
    AT_RISK = "at risk", pgettext_lazy("buyers", "At risk")
    ASLEEP = "asleep", pgettext_lazy("buyers", "Asleep")

    @property
    def action(self) -> str:
        """The one thing to do with them."""
        return str(_ACTIONS[self])

    @property
    def is_written_to(self) -> bool:
        """Whether it is done by writing to all of them; the others are spoken to one by one."""
        return self not in {Group.NOT_TO_LOSE, Group.LOYAL}


_ACTIONS = {
    Group.BEST: _("Thank them, and show them first what is new."),
    Group.LOYAL: _("Offer each the usual order, ready to confirm."),
    Group.PROMISING: _("Show them what others order with it."),
    Group.NEW: _("Help with the second order."),
    Group.STEADY: _("Remind them."),
    Group.NOT_TO_LOSE: _("The owner calls each of them."),
    Group.AT_RISK: _("Ask why they stay away, and make an offer."),
    Group.ASLEEP: _("Leave them to the next circular."),
}


class Behaviour(models.Model):
    """All buyers of a kind together.

    `steps`: into how many parts each score divides them. The rest is plain values for one page each:
    `coming` (`behaviour.coming`), `spread` (`behaviour.largest`), `together` (`behaviour.together`),
    `paying` (`behaviour.paying`); empty where too little is known.
    """

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="+", db_index=False)
    buys_as = models.CharField(max_length=11, choices=Party.BuysAs)
    as_of = models.DateField()
    buyers = models.PositiveIntegerField()
    steps = models.PositiveSmallIntegerField()
    coming = models.JSONField(default=dict)
    spread = models.JSONField(default=dict)
    together = models.JSONField(default=dict)
    paying = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "buys_as"], name="behaviour_once")
        ]

    def __str__(self) -> str:
        return f"{self.buys_as} of {self.workshop_id} on {self.as_of}"


class OurBuyers[Row: models.Model](models.QuerySet[Row]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id, buyer__merged_into=None)
        return ours if person.is_staff else self.none()


class GroupedBuyer(models.Model):
    """One buyer: how lately, how often and for how much he has ordered, with the scores of each among
    all of his kind (1 to `Behaviour.steps`, the best last). Rupiah, `sold_year` of twelve months."""

    buyer = models.OneToOneField(Party, models.CASCADE, primary_key=True, related_name="+")
    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="+", db_index=False)
    buys_as = models.CharField(max_length=11, choices=Party.BuysAs)
    group = models.CharField(max_length=11, choices=Group)
    last_on = models.DateField()
    orders = models.PositiveIntegerField()
    sold = models.BigIntegerField()
    sold_year = models.BigIntegerField()
    left_year = models.BigIntegerField()  # of what is known
    recency = models.PositiveSmallIntegerField()
    frequency = models.PositiveSmallIntegerField()
    monetary = models.PositiveSmallIntegerField()

    objects = OurBuyers["GroupedBuyer"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["workshop", "buys_as", "group", "-sold"]),
            models.Index(fields=["workshop", "buys_as", "-sold_year"]),
        ]

    def __str__(self) -> str:
        return f"{self.buyer_id} is {self.group}"


class PayingBuyer(models.Model):
    """How one buyer has paid what was due in the last two years.

    `parts`: instalments that were due or paid, `on_time` of them on their day or sooner. `days_late`:
    of the average rupiah, in thousandths; sooner counts as on the day, what is still open until today.
    `overdue`: rupiah of these. `claims` of a transfer that were settled: `came_true` of them, and
    `before_money`: were sent before the money had come.
    """

    FEWEST = 3  # instalments: with fewer nothing is said

    class Trait(models.TextChoices):
        PUNCTUAL = "punctual", _("pays on the day")
        SLOW = "slow", _("pays within a week after")
        LATE = "late", _("pays more than a week late")
        UNKNOWN = "unknown", _("too few payments to tell")

    buyer = models.OneToOneField(Party, models.CASCADE, primary_key=True, related_name="+")
    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="+", db_index=False)
    buys_as = models.CharField(max_length=11, choices=Party.BuysAs)
    trait = models.CharField(max_length=8, choices=Trait)
    parts = models.PositiveIntegerField()
    on_time = models.PositiveIntegerField()
    amount = models.BigIntegerField()
    days_late = models.PositiveBigIntegerField()
    overdue = models.BigIntegerField()
    claims = models.PositiveIntegerField()
    came_true = models.PositiveIntegerField()
    before_money = models.PositiveIntegerField()

    objects = OurBuyers["PayingBuyer"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["workshop", "buys_as", "-days_late"]),
        ]

    def __str__(self) -> str:
        return f"{self.buyer_id}: {self.trait}"
