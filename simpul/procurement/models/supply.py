"""Who sells which material, for how much."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now

from simpul.catalog.models import Material
from simpul.parties.models import Party, Person
from simpul.workflow.steps import NotAllowed, creation


class SupplierPriceQuerySet(models.QuerySet["SupplierPrice"]):
    def visible_to(self, person: Person) -> Self:
        """What a supplier charges is for those who buy."""
        if not person.is_staff or not person.may("procurement.see_prices", person):
            return self.none()
        return self.filter(supplier__workshop_id=person.workshop_id)

    def search(self, words: str) -> Self:
        found = self
        for word in words.split():
            found = found.filter(
                Q(material__code__icontains=word)
                | Q(material__name__icontains=word)
                | Q(material__name_en__icontains=word)
                | Q(supplier__name__icontains=word)
            )
        return found

    def for_list(self) -> Self:
        return self.select_related("supplier", "material")


class SupplierPrice(models.Model):
    """What one supplier last asked for a material, how fast, and in what portions."""

    supplier = models.ForeignKey(Party, models.PROTECT, related_name="prices", db_index=False)
    material = models.ForeignKey(Material, models.PROTECT, related_name="offers")
    price = models.PositiveBigIntegerField()
    lead_days = models.PositiveSmallIntegerField(default=3)
    minimum = models.PositiveBigIntegerField(default=0)
    pack = models.PositiveBigIntegerField(default=0)

    objects = SupplierPriceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supplier", "material"], name="supplier_price_once"),
            models.CheckConstraint(condition=Q(price__gt=0), name="supplier_price_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.material} from {self.supplier}"

    # Steps

    @classmethod
    @creation("procurement.price")
    def quote(
        cls,
        *,
        by: Person,
        supplier: Party,
        material: Material,
        price: int,
        lead_days: int,
        minimum: int = 0,
        pack: int = 0,
    ) -> SupplierPrice:
        """Note what the supplier asks; it takes the place of what was known."""
        if not supplier.is_supplier or material.workshop_id != supplier.workshop_id:
            raise NotAllowed(_now("Only a supplier of this workshop can be asked."))
        return cls.objects.update_or_create(
            supplier=supplier,
            material=material,
            defaults={
                "price": price,
                "lead_days": lead_days,
                "minimum": minimum,
                "pack": pack,
            },
        )[0]

    @classmethod
    def learn(cls, supplier: Party, material: Material, price: int) -> None:
        """Remember the price of goods that really came."""
        cls.objects.update_or_create(
            supplier=supplier, material=material, defaults={"price": price}
        )

    # Questions

    def rounded(self, quantity: int) -> int:
        """Return what must be bought to have so much."""
        return whole_packs(quantity, self.minimum, self.pack)

    @property
    def workshop_id(self) -> int:
        return self.supplier.workshop_id


def whole_packs(quantity: int, minimum: int, pack: int) -> int:
    """Return so many thousandths in whole packs (0: any quantity), and not below the minimum."""
    wanted = max(quantity, minimum)
    return -(-wanted // pack) * pack if pack else wanted
