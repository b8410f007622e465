"""Who sells which material, for how much."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now

from simpul.catalog.models import Material
from simpul.lib.quantities import MILLI, amount_of
from simpul.parties.models import Party, Person
from simpul.workflow.steps import NotAllowed, WrongState, creation

if TYPE_CHECKING:
    from simpul.procurement.models.line import PurchaseLine


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
    unit = models.CharField(max_length=12, blank=True)  # such as tin; empty: the material's own
    unit_size = models.PositiveBigIntegerField(default=MILLI)  # thousandths that `price` is of

    objects = SupplierPriceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supplier", "material"], name="supplier_price_once"),
            models.CheckConstraint(condition=Q(price__gt=0), name="supplier_price_above_zero"),
            models.CheckConstraint(
                condition=Q(unit_size__gt=0), name="supplier_price_of_something"
            ),
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
        unit: str = "",
        unit_size: int = MILLI,
    ) -> SupplierPrice:
        """Note what the supplier asks; it takes the place of what was known.

        With a unit of its own, such as a tin, the price is that of one tin, of `unit_size`
        thousandths of the material's unit, and only whole tins are bought.
        """
        if not supplier.is_supplier or material.workshop_id != supplier.workshop_id:
            raise NotAllowed(_now("Only a supplier of this workshop can be asked."))
        if not is_unit(unit, unit_size, pack):
            raise WrongState(_now("Portions are whole units of the supplier."))
        return cls.objects.update_or_create(
            supplier=supplier,
            material=material,
            defaults={
                "price": price,
                "lead_days": lead_days,
                "minimum": minimum,
                "pack": pack,
                "unit": unit,
                "unit_size": unit_size,
            },
        )[0]

    @classmethod
    def learn(cls, supplier: Party, line: PurchaseLine) -> None:
        """Remember the price of goods that really came, where they are still sold in that unit."""
        offer, is_new = cls.objects.get_or_create(
            supplier=supplier,
            material=line.material,
            defaults={"price": line.price, "unit": line.unit, "unit_size": line.unit_size},
        )
        if not is_new and (offer.unit, offer.unit_size) == (line.unit, line.unit_size):
            offer.price = line.price
            offer.save(update_fields=["price"])

    # Questions

    def rounded(self, quantity: int) -> int:
        """Return what must be bought to have so much."""
        return whole_packs(quantity, self.minimum, self.portion)

    @property
    def portion(self) -> int:
        """In what thousandths it is sold: portions, or whole units of the supplier; 0: any."""
        return self.pack or (self.unit_size if self.unit else 0)

    @property
    def rate(self) -> Fraction:
        """Rupiah a thousandth, exactly: what prices in different units are compared by."""
        return Fraction(self.price, self.unit_size)

    @property
    def unit_price(self) -> int:
        """About what one of the material's own unit costs, in whole rupiah."""
        return amount_of(self.price, MILLI, self.unit_size)

    @property
    def workshop_id(self) -> int:
        return self.supplier.workshop_id


def is_unit(unit: str, unit_size: int, pack: int) -> bool:
    """Tell whether a supplier can sell so: a unit of its own has a name, a size, and is not cut."""
    if not unit:
        return unit_size == MILLI
    return unit_size > 0 and pack % unit_size == 0


def whole_packs(quantity: int, minimum: int, pack: int) -> int:
    """Return so many thousandths in whole packs (0: any quantity), and not below the minimum."""
    wanted = max(quantity, minimum)
    return -(-wanted // pack) * pack if pack else wanted
