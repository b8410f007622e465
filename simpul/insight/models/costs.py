"""How material, work and finished pairs stood at the end of each week in which something happened to them.

The books go on from there: `keeping.costs`. A week is named by its Monday. Amounts are sen.
"""

from __future__ import annotations

from django.db import models

from simpul.catalog.models import Variant
from simpul.orders.models import OrderLine
from simpul.parties.models import Workshop
from simpul.stock.models import Item


class ItemWorth(models.Model):
    """So much of a material lay in the house (thousandths of its unit), and was worth so many sen."""

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="+", db_index=False)
    item = models.ForeignKey(Item, models.CASCADE, related_name="+", db_index=False)
    monday = models.DateField()
    quantity = models.BigIntegerField()
    sen = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "monday"], name="item_worth_once_a_week")
        ]
        indexes = [models.Index(fields=["workshop", "monday"])]

    def __str__(self) -> str:
        return f"item {self.item_id} in the week of {self.monday}"


class ShelfWorth(models.Model):
    """So many finished pairs of a variant were for no order, and had cost so much."""

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="+", db_index=False)
    variant = models.ForeignKey(Variant, models.CASCADE, related_name="+", db_index=False)
    monday = models.DateField()
    pairs = models.IntegerField()
    material = models.BigIntegerField()
    wages = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["variant", "monday"], name="shelf_worth_once_a_week")
        ]
        indexes = [models.Index(fields=["workshop", "monday"])]

    def __str__(self) -> str:
        return f"variant {self.variant_id} in the week of {self.monday}"


class LineWork(models.Model):
    """What a line of an order had cost: the fields of `books.postings.Work`, whose names they have."""

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="+", db_index=False)
    line = models.ForeignKey(OrderLine, models.CASCADE, related_name="+", db_index=False)
    monday = models.DateField()
    material = models.BigIntegerField()
    wages = models.BigIntegerField()
    left = models.IntegerField()
    is_over = models.BooleanField()
    most = models.IntegerField()
    begun = models.IntegerField()
    gone = models.IntegerField()
    own = models.IntegerField()
    spent_material = models.BigIntegerField()
    spent_wages = models.BigIntegerField()
    agreed = models.IntegerField()
    took_material = models.BigIntegerField()
    took_wages = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "monday"], name="line_work_once_a_week")
        ]
        indexes = [models.Index(fields=["workshop", "monday"])]

    def __str__(self) -> str:
        return f"line {self.line_id} in the week of {self.monday}"
