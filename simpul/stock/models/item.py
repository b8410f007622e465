"""Places, and what can lie there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Self

from django.db import models, transaction
from django.db.models import Case, F, Q, Sum, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.catalog.models import Material, Variant
from simpul.parties.models import Person, Workshop
from simpul.workflow.steps import WrongState, step


class Location(models.Model):
    class Kind(models.TextChoices):
        STORE = "store", _("material store")
        FINISHED = "finished", _("finished goods")
        PACKED = "packed", _("packed")
        TRANSIT = "transit", _("on the way")
        OUTWORKER = "outworker", _("with outworkers")
        SCRAP = "scrap", _("scrap")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "kind"], name="location_kind_once")
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @classmethod
    def of(cls, workshop_id: int, kind: Kind) -> Location:
        return cls.objects.get_or_create(workshop_id=workshop_id, kind=kind)[0]


SORTED = (
    *("material__code", "variant__colourway__product__code"),
    *("variant__colourway__position", "size", "pk"),
)
HOUSE = (Location.Kind.STORE, Location.Kind.FINISHED, Location.Kind.PACKED)


NUMBER = 6  # digits to which the numbers of shelves are filled up


class ItemQuerySet(models.QuerySet["Item"]):
    def visible_to(self, person: Person) -> Self:
        return self.filter(workshop_id=person.workshop_id) if person.is_staff else self.none()

    def materials(self) -> Self:
        return self.filter(variant=None)

    def products(self) -> Self:
        return self.filter(material=None)

    def search(self, words: str) -> Self:
        found = self
        for word in words.split():
            found = found.filter(
                Q(material__code__icontains=word)
                | Q(material__name__icontains=word)
                | Q(material__name_en__icontains=word)
                | Q(variant__colourway__product__code__icontains=word)
                | Q(variant__colourway__product__name__icontains=word)
                | Q(variant__colourway__product__name_en__icontains=word)
                | Q(variant__colourway__name__icontains=word)
                | Q(shelf__icontains=word)
                | Q(size=word)
            )
        return found

    def with_sums(self) -> Self:
        """Annotate how much is in the house (what is on the way or scrapped is not), and kept."""
        here = Q(balances__location__kind__in=HOUSE)
        return self.annotate(
            on_hand=Coalesce(Sum("balances__on_hand", filter=here), 0),
            reserved=Coalesce(Sum("balances__reserved", filter=here), 0),
        )

    def low(self) -> Self:
        """Those of which less is free than their reorder point says."""
        short = self.with_sums().filter(reorder_point__gt=F("on_hand") - F("reserved"))
        return short.filter(reorder_point__gt=0)

    def in_order(self) -> Self:
        """By kind and code, colour and size."""
        return self.order_by(*SORTED)

    def along_shelves(self) -> Self:
        """As one walks along the shelves; what has none comes last."""
        unmarked = Case(When(shelf="", then=1), default=0)
        return self.order_by(unmarked, "shelf_key", *SORTED)

    def for_list(self) -> Self:
        return self.select_related("material", "variant__colourway__product").with_sums()


class Item(models.Model):
    """Something that can lie on a shelf: a material (of one size), or one variant of a product.

    Quantities are whole numbers: thousandths of a material's unit, pairs of a variant.

    Material that lies there without an order, such as glue, has a reorder point: as soon as less
    than that is free or on its way, so much is proposed to be bought that there is `order_up_to`.
    """

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+")
    material = models.ForeignKey(Material, models.PROTECT, null=True, related_name="items")
    variant = models.ForeignKey(Variant, models.PROTECT, null=True, related_name="items")
    size = models.CharField(max_length=6, blank=True)
    reorder_point = models.PositiveBigIntegerField(default=0, editable=False)  # 0: it has none
    order_up_to = models.PositiveBigIntegerField(default=0, editable=False)
    shelf = models.CharField(_("shelf"), max_length=40, blank=True, editable=False)
    shelf_key = models.CharField(max_length=160, blank=True, editable=False)  # its place in a row

    objects = ItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(material=None) ^ Q(variant=None), name="item_is_one_thing"
            ),
            models.CheckConstraint(
                condition=Q(order_up_to__gte=F("reorder_point")), name="item_ordered_up"
            ),
            models.UniqueConstraint(
                fields=["material", "size"],
                condition=Q(variant=None),
                name="item_material_once",
            ),
            models.UniqueConstraint(
                fields=["variant"], condition=Q(material=None), name="item_variant_once"
            ),
        ]

    def __str__(self) -> str:
        if self.variant is not None:
            return str(self.variant)
        return f"{self.material} {self.size}".rstrip()

    # Steps

    @step("stock.set_reorder_point")
    def set_reorder_point(self, *, by: Person, below: int, up_to: int) -> None:
        """Let it be bought again as soon as there is less than `below`, up to so much; 0: no more."""
        if self.material_id is None:
            raise WrongState(_now("Only material is bought; finished goods are made."))
        if up_to < below:
            raise WrongState(_now("Fill up to at least the reorder point."))
        self.reorder_point, self.order_up_to = below, up_to if below else 0

    @transaction.atomic
    def put(self, *, by: Person, shelf: str, is_for_all: bool = False) -> None:
        """Say where it lies, or where all of its sizes do: those are locked in the order of their
        keys, so that nobody waits in a ring."""
        if is_for_all:
            rows = self._all_sizes().select_for_update(of=("self",), no_key=True)
            list(rows.order_by("pk").values_list("pk"))
        self.set_shelf(by=by, shelf=shelf, is_for_all=is_for_all)

    @step("stock.set_shelf")
    def set_shelf(self, *, by: Person, shelf: str, is_for_all: bool) -> None:
        """Say where it lies, in the words that stand on the shelf (none: nowhere in particular);
        of all its sizes, if that is said: their rows are held by `put`."""
        self.shelf, self.shelf_key = shelf, _in_a_row(shelf)
        if is_for_all:
            self._all_sizes().update(shelf=self.shelf, shelf_key=self.shelf_key)

    # Questions

    def _all_sizes(self) -> models.QuerySet[Item]:
        items = Item.objects.filter(workshop=self.workshop_id)
        if self.variant is not None:
            return items.filter(variant__colourway=self.variant.colourway_id)
        return items.filter(material=self.material_id)

    @property
    def unit(self) -> str:
        """In what it is counted, for people."""
        return self.material.unit_of() if self.material is not None else _now("pairs")

    @property
    def name(self) -> str:
        """Without its size."""
        if self.variant is not None:
            return f"{self.variant.colourway.product} {self.variant.colourway}"
        return str(self.material)

    @property
    def code(self) -> str:
        if self.variant is not None:
            return self.variant.colourway.product.code
        return self.material.code if self.material is not None else ""

    @property
    def home(self) -> str:
        """The kind of place where it usually lies."""
        return Location.Kind.STORE if self.variant_id is None else Location.Kind.FINISHED

    @classmethod
    def of_material(cls, material: Material, size: str = "") -> Item:
        return cls.objects.get_or_create(
            workshop_id=material.workshop_id, material=material, size=size
        )[0]

    @classmethod
    def of_materials(cls, shelves: Iterable[tuple[Material, str]]) -> dict[tuple[int, str], Item]:
        """Return the items of many materials and sizes by their keys, in one question."""
        wanted = {(material.pk, size): material for material, size in shelves}
        rows = cls.objects.filter(variant=None, material__in=wanted.values())
        found = {(item.material_id or 0, item.size): item for item in rows}
        items = {}
        for key, material in wanted.items():
            items[key] = found.get(key) or cls.of_material(material, key[1])
            items[key].material = material
        return items

    @classmethod
    def shelves_of_materials(cls, materials: Iterable[int]) -> dict[tuple[int, str], str]:
        """Return on which shelf these materials lie, by their keys and sizes, where one knows it."""
        rows = cls.objects.filter(variant=None, material__in=set(materials)).exclude(shelf="")
        return {
            (material, size): shelf
            for material, size, shelf in rows.values_list("material", "size", "shelf")
        }

    @classmethod
    def shelves_of_variants(cls, variants: Iterable[int]) -> dict[int, str]:
        """Return on which shelf these variants lie, by their keys, where one knows it."""
        rows = cls.objects.filter(material=None, variant__in=set(variants)).exclude(shelf="")
        return dict(rows.values_list("variant", "shelf"))

    @classmethod
    def of_variants(cls, variants: Iterable[Variant]) -> dict[int, Item]:
        """Return the items of many variants by their keys, in one question."""
        wanted = {variant.pk: variant for variant in variants}
        rows = cls.objects.filter(material=None, variant__in=wanted)
        found = {item.variant_id or 0: item for item in rows}
        items = {}
        for key, variant in wanted.items():
            items[key] = found.get(key) or cls.of_variant(variant)
            items[key].variant = variant
        return items

    @classmethod
    def of_variant(cls, variant: Variant) -> Item:
        return cls.objects.get_or_create(
            workshop_id=variant.colourway.product.workshop_id,
            variant=variant,
            size=variant.size,
        )[0]


def _in_a_row(shelf: str) -> str:
    """Write the numbers of a shelf so long that 3 stands before 10.

    Of 40 letters it makes 160 at most: of a digit six, and of one that is none never more than two.
    """
    return re.sub(r"[0-9]+", lambda found: found.group().zfill(NUMBER), shelf.lower())
