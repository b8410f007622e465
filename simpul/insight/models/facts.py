"""What is known of each agreed order, in a form that sums can be taken of. Nothing is typed in here."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from simpul.catalog.models import Variant
from simpul.orders.models import Order
from simpul.parties.models import Party, Workshop


class OrderFact(models.Model):
    """An order that was agreed on; it has the order's own key. Amounts in whole rupiah.

    `sold` is what was agreed on, with shipping and discount, less what was credited. What it has cost
    is known once its last pairs are delivered, and comes from the books: until then it is empty.
    """

    class SoldAs(models.TextChoices):
        DISTRIBUTOR = "distributor", _("to distributors")
        DEALER = "dealer", _("to a distributor for his dealer")
        CONSUMER = "consumer", _("to consumers")

    order = models.OneToOneField(Order, models.CASCADE, primary_key=True, related_name="fact")
    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="+", db_index=False)
    buyer = models.ForeignKey(Party, models.PROTECT, related_name="+")
    sold_as = models.CharField(max_length=11, choices=SoldAs)
    channel = models.CharField(max_length=8, choices=Order.Channel)
    area = models.CharField(max_length=80, blank=True)
    agreed_on = models.DateField()
    promised_on = models.DateField()  # at the agreement
    delivered_on = models.DateField(null=True)  # the last of its pairs
    pairs = models.PositiveIntegerField()
    sold = models.BigIntegerField()
    material = models.BigIntegerField(null=True)
    wages = models.BigIntegerField(null=True)
    freight = models.BigIntegerField(null=True)
    contribution = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["workshop", "agreed_on"]),
            models.Index(fields=["workshop", "delivered_on"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(contribution=None) | Q(delivered_on__isnull=False),
                name="fact_left_when_delivered",
            )
        ]

    def __str__(self) -> str:
        return f"fact of order {self.pk}"


class PairsFact(models.Model):
    """The part that one size of one colourway has in an order; the parts add up to the order's sums."""

    order = models.ForeignKey(OrderFact, models.CASCADE, related_name="parts", db_index=False)
    variant = models.ForeignKey(Variant, models.CASCADE, related_name="+", db_index=False)
    pairs = models.PositiveIntegerField()
    sold = models.BigIntegerField()
    contribution = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "variant"], name="pairs_fact_once"),
        ]

    def __str__(self) -> str:
        return f"{self.pairs} pairs of {self.variant_id}"
