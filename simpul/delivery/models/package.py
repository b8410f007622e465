"""Cartons, and what lies in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now

from simpul.lib import clock, codes
from simpul.orders.models import Gate, LineSize, Order, Track
from simpul.orders.models import Status as OrderStatus
from simpul.parties.models import Person
from simpul.stock.models import Item, Location, Movement
from simpul.ui.jinja import quantity
from simpul.workflow.models import Entry
from simpul.workflow.steps import WrongState, creation, step

if TYPE_CHECKING:
    from simpul.delivery.models.shipment import Shipment


class PackageQuerySet(models.QuerySet["Package"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(order__workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.none()

    def waiting(self) -> Self:
        """Packed, and in no shipment yet."""
        return self.filter(shipment=None, unpacked_at=None)

    def for_list(self) -> Self:
        """Load what is in each: order by order, as they were numbered."""
        found = self.select_related("order").order_by("order", "number")
        return found.prefetch_related("lines__size__variant__colourway__product")


class Package(models.Model):
    """A carton (*koli*) with pairs of one order. Its number is given once, also if it is unpacked."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="packages", db_index=False)
    number = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=14, default=codes.public, unique=True, editable=False)
    shipment = models.ForeignKey(
        "delivery.Shipment", models.PROTECT, null=True, related_name="packages"
    )
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    unpacked_at = models.DateTimeField(null=True, editable=False)
    weight = models.PositiveIntegerField(null=True, editable=False)  # gram, as it was weighed
    length = models.PositiveSmallIntegerField(null=True, editable=False)  # millimetre
    width = models.PositiveSmallIntegerField(null=True, editable=False)
    height = models.PositiveSmallIntegerField(null=True, editable=False)

    journal = GenericRelation(Entry, "subject_id", "subject_type")

    objects = PackageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="package_number_once"),
            models.CheckConstraint(
                condition=Q(shipment=None) | Q(unpacked_at=None), name="package_sent_is_packed"
            ),
            models.CheckConstraint(
                condition=Q(length=None, width=None, height=None)
                | Q(length__gt=0, width__gt=0, height__gt=0),
                name="package_has_three_sides",
            ),
        ]

    if TYPE_CHECKING:
        shipment: Shipment | None  # type: ignore[no-redef]

    def __str__(self) -> str:
        return f"{self.order} / {self.number}"

    # Steps

    @classmethod
    @creation("delivery.pack")
    def pack(
        cls,
        *,
        by: Person,
        order: Order,
        contents: dict[LineSize, int],
        weight: int | None = None,
    ) -> Package:
        """Put finished pairs of the order into the next carton, weighed (gram) or not."""
        order = Order.objects.select_for_update(of=("self",)).get(pk=order.pk)
        if order.status != OrderStatus.CONFIRMED:
            raise WrongState(_now("There is nothing to pack for this order."))
        order.demand_open(Gate.PACKING)
        packed = _put_in(order, contents)
        number = order.packages.count() + 1
        package = cls.objects.create(order=order, number=number, by=by, weight=weight)
        for size, pairs in packed.items():
            size.advance(Track.PACKED, pairs)
            package.lines.create(size=size, pairs=pairs)
        package._move(packed, by=by)
        return package

    @step("delivery.unpack")
    def unpack(self, *, by: Person) -> None:
        """Take the pairs out again; the number stays used."""
        if self.shipment_id is not None or self.unpacked_at is not None:
            raise WrongState(_now("This package does not stand here any more."))
        Order.objects.select_for_update(of=("self",)).get(pk=self.order_id)
        lines = self.lines.select_related("size__variant__colourway__product").order_by("size")
        contents = {line.size: line.pairs for line in lines}
        for size, pairs in contents.items():
            size.advance(Track.PACKED, -pairs)
        self._move(contents, by=by, is_out=True)
        self.unpacked_at = clock.now()

    @step("delivery.weigh")
    def weigh(
        self,
        *,
        by: Person,
        weight: int,
        length: int | None = None,
        width: int | None = None,
        height: int | None = None,
    ) -> None:
        """Say what the carton weighs (gram) and, if it was measured, its sides (millimetre)."""
        if self.unpacked_at is not None or self.has_left:
            raise WrongState(_now("This package does not stand here any more."))
        sides = (length, width, height)
        if weight < 1 or (any(sides) and not all(sides)):
            raise WrongState(_now("Say the weight, and all three sides or none."))
        self.weight = weight
        self.length, self.width, self.height = length, width, height

    # Questions

    @property
    def workshop_id(self) -> int:
        return self.order.workshop_id

    @property
    def buyer_id(self) -> int:
        return self.order.buyer_id

    @property
    def shown_with(self) -> Order:
        return self.order

    @property
    def has_left(self) -> bool:
        return self.shipment is not None and self.shipment.left_at is not None

    @property
    def is_here(self) -> bool:
        return self.unpacked_at is None and not self.has_left

    @property
    def grams(self) -> int | None:
        """What it weighs, or should weigh by its models; None where that is not known."""
        if self.weight is not None:
            return self.weight
        each = [(line.pairs, line.size.variant.colourway.product) for line in self.lines.all()]
        if not all(product.pair_weight for _pairs, product in each):
            return None
        return sum(pairs * product.pair_weight for pairs, product in each)

    def volume_grams(self, divisor: int) -> int:
        """Return its weight by volume, where so many cubic centimetres count as a kg; 0: none do."""
        if not divisor or self.length is None or self.width is None or self.height is None:
            return 0
        return -(-self.length * self.width * self.height // divisor)

    @property
    def weighs(self) -> str:
        """`9,4 kg`; `± 9,4 kg` where nobody weighed it; nothing where that is not known."""
        return weight_of([self])

    @property
    def measures(self) -> str:
        """Its three sides in cm, or nothing."""
        sides = (self.length, self.width, self.height)
        if self.length is None:
            return ""
        return " × ".join(quantity((side or 0) * 100) for side in sides) + " cm"

    @property
    def pairs(self) -> int:
        return sum(line.pairs for line in self.lines.all())

    @property
    def contents(self) -> list[str]:
        """What lies in it, a text for each model and colour; reads `lines` as prefetched."""
        found: dict[str, list[str]] = {}
        lines = sorted(
            self.lines.all(), key=lambda line: (line.size.line_id, line.size.variant.size)
        )
        for line in lines:
            colourway = line.size.variant.colourway
            name = f"{colourway.product.code} {colourway.product} {colourway}"
            found.setdefault(name, []).append(f"{line.size.variant.size} ×{line.pairs}")
        return [f"{name}: {', '.join(sizes)}" for name, sizes in found.items()]

    # Inside

    def _move(self, contents: dict[LineSize, int], *, by: Person, is_out: bool = False) -> None:
        """Move pairs from the shelf into the carton, or out of it, kept for their order line."""
        finished = Location.of(self.workshop_id, Location.Kind.FINISHED)
        packed = Location.of(self.workshop_id, Location.Kind.PACKED)
        items = Item.of_variants(size.variant for size in contents)
        for size, pairs in contents.items():
            Movement.record(
                items[size.variant_id],
                pairs,
                by=by,
                subject=self,
                reason="delivery.unpack" if is_out else "delivery.pack",
                source=packed if is_out else finished,
                target=finished if is_out else packed,
                kept_for=size,
            )


class PackageLine(models.Model):
    package = models.ForeignKey(Package, models.CASCADE, related_name="lines", db_index=False)
    size = models.ForeignKey(LineSize, models.PROTECT, related_name="+")
    pairs = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["package", "size"], name="package_size_once"),
            models.CheckConstraint(condition=Q(pairs__gt=0), name="package_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.pairs} of {self.size_id}"


def weight_of(packages: Iterable[Package]) -> str:
    """Return what packages weigh together, in kg; nothing where one is not known."""
    each = list(packages)
    grams = [one.grams for one in each]
    if not each or None in grams:
        return ""
    text = f"{quantity(sum(one or 0 for one in grams))} kg"
    return text if all(one.weight is not None for one in each) else f"± {text}"


def _put_in(order: Order, contents: dict[LineSize, int]) -> dict[LineSize, int]:
    """Return what goes into the carton over fresh rows. Raises WrongState where it is not there."""
    wanted = {size.pk: pairs for size, pairs in contents.items() if pairs}
    sizes = LineSize.objects.filter(line__order=order, pk__in=wanted)
    found = {
        size: wanted[size.pk]
        for size in sizes.select_related("line", "variant__colourway__product").order_by("pk")
    }
    if not wanted or len(found) != len(wanted):
        raise WrongState(_now("Put at least one pair of this order into the carton."))
    for size, pairs in found.items():
        if not 0 < pairs <= size.made - size.packed:
            raise WrongState(
                _now("Only %(pairs)s pairs of %(size)s are ready to be packed.")
                % {"pairs": size.made - size.packed, "size": size.variant}
            )
    return found
