"""Lines of an order, their sizes, and the material they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _now

from simpul.catalog.models import Colourway, Material, Recipe, Stage, Variant
from simpul.workflow.steps import WrongState

if TYPE_CHECKING:
    from simpul.orders.models.order import Order


class OrderLine(models.Model):
    """One colourway in an order; it stays the same line through all revisions."""

    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="lines", db_index=False)
    colourway = models.ForeignKey(Colourway, models.PROTECT, related_name="+")
    recipe = models.ForeignKey(  # by which it was agreed on
        Recipe, models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "colourway"], name="order_line_once")
        ]

    if TYPE_CHECKING:
        order: Order  # type: ignore[no-redef]

    def __str__(self) -> str:
        return f"{self.colourway.product.code} {self.colourway}"

    @classmethod
    def of(cls, order: Order, colourway: Colourway) -> OrderLine:
        return cls.objects.get_or_create(order=order, colourway=colourway)[0]


class Track(models.TextChoices):
    """How far pairs have come; each is a fact that one upper app counts."""

    MADE = "made"
    PACKED = "packed"
    PICKED_UP = "picked_up"
    DELIVERED = "delivered"


class LineSize(models.Model):
    """So many pairs of one size were agreed, and so many of them have come so far."""

    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="sizes", db_index=False)
    variant = models.ForeignKey(Variant, models.PROTECT, related_name="+")
    pairs = models.PositiveIntegerField()
    made = models.PositiveIntegerField(default=0, editable=False)
    packed = models.PositiveIntegerField(default=0, editable=False)
    picked_up = models.PositiveIntegerField(default=0, editable=False)
    delivered = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "variant"], name="line_size_once"),
            models.CheckConstraint(
                condition=Q(delivered__lte=F("picked_up"))
                & Q(picked_up__lte=F("packed"))
                & Q(packed__lte=F("made"))
                & Q(made__lte=F("pairs")),
                name="line_size_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line} {self.variant.size}"

    def advance(self, track: Track, pairs: int) -> None:
        """Count pairs that have come so far (a negative number takes them back).

        Raises WrongState where more would be ahead than behind.
        """
        _add(self, {track.value: pairs})


class OrderNeed(models.Model):
    """So much of a material one line eats, for one stage. Thousandths of the material's unit.

    `ordered` is on its way by a purchase, `ready` lies reserved in the store, `issued` is used up.
    """

    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="needs")
    material = models.ForeignKey(Material, models.PROTECT, related_name="needs")
    size = models.CharField(max_length=6, blank=True)
    stage = models.ForeignKey(Stage, models.PROTECT, null=True, related_name="+")
    alternative = models.ForeignKey(  # what the recipe lets be taken instead
        Material, models.PROTECT, null=True, related_name="+"
    )
    quantity = models.PositiveBigIntegerField()
    ordered = models.PositiveBigIntegerField(default=0, editable=False)
    ready = models.PositiveBigIntegerField(default=0, editable=False)
    issued = models.PositiveBigIntegerField(default=0, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gte=F("ordered") + F("ready") + F("issued")),
                name="need_not_covered_twice",
            )
        ]

    def __str__(self) -> str:
        return f"{self.material.code} {self.size} {self.quantity}"

    @property
    def uncovered(self) -> int:
        return self.quantity - self.ordered - self.ready - self.issued

    @property
    def is_ready(self) -> bool:
        return self.ready + self.issued >= self.quantity

    def shift(self, *, ordered: int = 0, ready: int = 0, issued: int = 0) -> None:
        """Count what was ordered, reserved or used for this need (negative numbers take back).

        Raises WrongState where more would be covered than is needed.
        """
        _add(self, {"ordered": ordered, "ready": ready, "issued": issued})

    def substitute(self) -> None:
        """Need the other material instead, for as much as nothing covers yet. Of a locked row.

        Raises WrongState where there is no other one, or everything is covered.
        """
        rest = self.uncovered
        if self.alternative is None or not rest:
            raise WrongState(
                _now("All of it is covered already, or the recipe allows nothing else.")
            )
        if rest < self.quantity:
            self.spare(rest)
            made = OrderNeed(line=self.line, size=self.size, stage=self.stage, quantity=rest)
        else:
            made = self
        made.material, made.alternative = self.alternative, self.material
        made.save()

    def spare(self, quantity: int) -> None:
        """Need so much less, because finished pairs were taken instead of made."""
        _add(self, {"quantity": -quantity})


def _add(row: LineSize | OrderNeed, numbers: dict[str, int]) -> None:
    """Add to what the database counts, and read back what it counts now.

    The constraint decides: what it refuses is a WrongState, and nothing was counted.
    """
    before = {name: getattr(row, name) for name in numbers}
    try:
        with transaction.atomic():
            for name, number in numbers.items():
                setattr(row, name, F(name) + number)
            row.save(update_fields=numbers)
    except IntegrityError as reason:
        for name, count in before.items():
            setattr(row, name, count)
        raise WrongState(f"{row}: {numbers}") from reason
