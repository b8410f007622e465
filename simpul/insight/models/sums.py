"""Sums over the facts, so that a page reads a few hundred rows however many orders there are.

What was asked for (`pairs`, `sold`, `orders`) counts on the day on which it was agreed on; what came
of it (`delivered`, `earned`, `contribution`) on the day on which the last pairs of the order were
delivered, and only where its cost is known. Amounts in whole rupiah.
"""

from __future__ import annotations

from django.db import models

from simpul.catalog.models import Colourway, Product, Variant
from simpul.insight.models.facts import OrderFact
from simpul.orders.models import Order
from simpul.parties.models import Party, Workshop


class Summed(models.Model):
    pairs = models.PositiveIntegerField(default=0)
    sold = models.BigIntegerField(default=0)
    delivered = models.PositiveIntegerField(default=0)  # pairs
    earned = models.BigIntegerField(default=0)  # what these were sold for
    contribution = models.BigIntegerField(default=0)  # what was left of it

    class Meta:
        abstract = True


class ModelMonth(Summed):
    """A size of a colourway in a month."""

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="+", db_index=False)
    month = models.DateField()  # its first day
    variant = models.ForeignKey(Variant, models.CASCADE, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "month", "variant"], name="model_month_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.variant_id} in {self.month:%Y-%m}"


class SummedDay(Summed):
    """What was asked for on a day, and what came of what was delivered on it; by day, because years are
    compared whose feasts fall on other days."""

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()

    class Meta:
        abstract = True


class ModelDay(SummedDay):
    """A model on a day."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="+", db_index=False)
    orders = models.PositiveIntegerField(default=0)  # in which it stood

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "day", "product"], name="model_day_once")
        ]

    def __str__(self) -> str:
        return f"{self.product_id} on {self.day}"


class ColourDay(SummedDay):
    """A colourway on a day."""

    colourway = models.ForeignKey(Colourway, models.CASCADE, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "day", "colourway"], name="colour_day_once")
        ]

    def __str__(self) -> str:
        return f"{self.colourway_id} on {self.day}"


class SizeDay(SummedDay):
    """A size on a day, of all models: the fewest rows that make up the whole workshop."""

    size = models.CharField(max_length=10)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "day", "size"], name="size_day_once")
        ]

    def __str__(self) -> str:
        return f"{self.size} on {self.day}"


class AreaDay(SummedDay):
    """An area on a day, by whom it was sold to and which way it was ordered."""

    area = models.CharField(max_length=80, blank=True)
    sold_as = models.CharField(max_length=11, choices=OrderFact.SoldAs)
    channel = models.CharField(max_length=8, choices=Order.Channel)
    orders = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "day", "area", "sold_as", "channel"], name="area_day_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.area} on {self.day}"


class BuyerFact(Summed):
    """A buyer with at least one agreed order.

    What models of buying again want: so many repeat days (x) until the last one (t_x, since the
    first), watched since the first day (T).
    """

    buyer = models.OneToOneField(Party, models.CASCADE, primary_key=True, related_name="+")
    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="+")
    first_on = models.DateField()
    last_on = models.DateField()
    orders = models.PositiveIntegerField()
    days = models.PositiveIntegerField()  # on which something was agreed on
    late = models.PositiveIntegerField()  # orders whose last pairs came after the promised day

    def __str__(self) -> str:
        return f"fact of buyer {self.pk}"

    @property
    def repeats(self) -> int:
        return self.days - 1
