"""Who is still a customer, as it was judged last: rows that a page reads without any of the models.

Told anew each night by `insight.returning`; nothing is typed in, and nothing else writes here.
"""

from __future__ import annotations

from typing import Self

from django.db import models

from simpul.parties.models import Party, Person, Workshop


class BuyingOutlook(models.Model):
    """All buyers of a kind together: what they will order, and how the same would have done before.

    `model` is the name of the model that was taken; empty where there were too few buyers, or it ended
    at no clear peak. `tested` is empty, or has the figures of the back-test (`methods.backtest`).
    """

    HORIZON = 91  # days: a quarter of a year

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="+", db_index=False)
    buys_as = models.CharField(max_length=11, choices=Party.BuysAs)
    as_of = models.DateField()
    model = models.CharField(max_length=12, blank=True)
    buyers = models.PositiveIntegerField()
    repeat_buyers = models.PositiveIntegerField()
    expected = models.FloatField(null=True)  # orders within the horizon
    least = models.PositiveIntegerField(null=True)  # so many at least, in 95 of 100 cases
    most = models.PositiveIntegerField(null=True)
    tested = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "buys_as"], name="buying_outlook_once")
        ]

    def __str__(self) -> str:
        return f"{self.buys_as} of {self.workshop_id} on {self.as_of}"

    @property
    def expected_orders(self) -> int:
        return round(self.expected or 0)


class BuyerOutlookQuerySet(models.QuerySet["BuyerOutlook"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id, buyer__merged_into=None)
        return ours if person.is_staff else self.none()

    def overdue(self) -> Self:
        """Those whose silence fewer than one of ten such gaps reaches."""
        return self.filter(longer__lt=BuyerOutlook.SELDOM)

    def probably_gone(self) -> Self:
        """Those who are rather no customers any more."""
        return self.filter(alive__lt=0.5)


class BuyerOutlook(models.Model):
    """One buyer. Days are those that count: not while the workshop is closed, the last order is still
    being made, or a complaint is open.

    `longer`: which share of such gaps is longer than he has `waited`; empty where nothing is known of
    gaps. `alive` with its limits, and `expected` orders within the horizon, between `least` and `most`
    in 8 of 10 cases: empty where no model was asked. Rupiah: `worth` of these orders, by what was
    left of his so far, and `lifetime`, of those of YEARS, less a tenth for each year; `stake`, what he bought in a year times the chance that he is gone.
    """

    SELDOM = 0.1
    YEARS = 3  # further no model sees

    buyer = models.OneToOneField(Party, models.CASCADE, primary_key=True, related_name="outlook")
    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="+", db_index=False)
    buys_as = models.CharField(max_length=11, choices=Party.BuysAs)
    last_on = models.DateField()
    orders = models.PositiveIntegerField()  # days on which something was agreed on
    waited = models.PositiveIntegerField()
    usual = models.PositiveIntegerField(null=True)  # days between two orders
    gaps = models.PositiveIntegerField()  # of his own
    longer = models.FloatField(null=True)
    alive = models.FloatField(null=True)
    alive_low = models.FloatField(null=True)
    alive_high = models.FloatField(null=True)
    expected = models.FloatField(null=True)
    least = models.PositiveIntegerField(null=True)
    most = models.PositiveIntegerField(null=True)
    worth = models.BigIntegerField(null=True)
    lifetime = models.BigIntegerField(null=True)
    stake = models.BigIntegerField()

    objects = BuyerOutlookQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["workshop", "buys_as", "-stake"])]

    def __str__(self) -> str:
        return f"outlook of {self.buyer_id}"

    @property
    def is_overdue(self) -> bool:
        return self.longer is not None and self.longer < self.SELDOM

    @property
    def expected_milli(self) -> int | None:
        """Thousandths of an order, to a tenth of one."""
        return None if self.expected is None else round(10 * self.expected) * 100

    @property
    def longer_of_100(self) -> int | None:
        """How many of a hundred such gaps are longer."""
        return None if self.longer is None else round(100 * self.longer)

    @property
    def alive_percent(self) -> tuple[int, int, int] | None:
        """The chance that he is still a customer, and its limits, in per cent."""
        if self.alive is None or self.alive_low is None or self.alive_high is None:
            return None
        return round(100 * self.alive), round(100 * self.alive_low), round(100 * self.alive_high)
