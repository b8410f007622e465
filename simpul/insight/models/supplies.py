"""What the forecast means in material: what to buy, and by when, as it was reckoned last night.

Told anew by `insight.supplying`; nothing is typed in, and nothing else writes here. Quantities are
thousandths of the material's unit.
"""

from __future__ import annotations

from typing import Self

from django.db import models

from simpul.catalog.models import Material
from simpul.parties.models import Party, Person, Workshop
from simpul.stock.models import Item


class MaterialForecastQuerySet(models.QuerySet["MaterialForecast"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else self.none()

    def in_order(self) -> Self:
        """What is to be bought first, first; what lasts for all weeks comes last."""
        return self.order_by(models.F("buy_by").asc(nulls_last=True), "material__code", "size")


class MaterialForecast(models.Model):
    """A material (of one size) that models eat of which more is expected.

    `needs_4`, `needs_8`, `needs_12`: what orders will need that are still to come within so many
    weeks; `lacking`: what running orders need and nothing covers; `free` in the store, and `coming`
    for no order. `buy_by`: the last day on which to buy so that it does not run out; empty: it lasts.

    `lead_days` are those of the supplier who would be asked, as he really took them in `deliveries`
    of his, or as he says where nothing came yet. `safety` and `reorder_at`: proposed, empty where his
    punctuality is not known; nothing sets the reorder point but whoever keeps the stock.
    """

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="+", db_index=False)
    material = models.ForeignKey(Material, models.CASCADE, related_name="+", db_index=False)
    size = models.CharField(max_length=6, blank=True)
    item = models.ForeignKey(Item, models.CASCADE, null=True, related_name="+", db_index=False)
    as_of = models.DateField()
    needs_4 = models.PositiveBigIntegerField()
    needs_8 = models.PositiveBigIntegerField()
    needs_12 = models.PositiveBigIntegerField()
    lacking = models.PositiveBigIntegerField()
    free = models.PositiveBigIntegerField()
    coming = models.PositiveBigIntegerField()
    supplier = models.ForeignKey(Party, models.CASCADE, null=True, related_name="+", db_index=False)
    lead_days = models.PositiveSmallIntegerField(null=True)
    deliveries = models.PositiveIntegerField()
    safety = models.PositiveBigIntegerField(null=True)
    reorder_at = models.PositiveBigIntegerField(null=True)
    buy_by = models.DateField(null=True)

    objects = MaterialForecastQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "material", "size"], name="material_forecast_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.material_id} {self.size} on {self.as_of}"

    # Questions

    def needs(self, weeks: int) -> int:
        return {4: self.needs_4, 8: self.needs_8, 12: self.needs_12}[weeks]

    def to_buy(self, weeks: int) -> int:
        """What lacks for so many weeks, with what is kept for the case that all comes otherwise."""
        wanted = self.lacking + self.needs(weeks) + (self.safety or 0)
        return max(wanted - self.free - self.coming, 0)

    @property
    def up_to(self) -> int | None:
        """To what a shelf would be filled up: the reorder point, and what four weeks take."""
        return None if self.reorder_at is None else self.reorder_at + self.needs_4
