"""Lines of an order, their sizes, and the material they need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Self

from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _now

from simpul.catalog.models import (
    Choice,
    Colourway,
    Material,
    Need,
    Recipe,
    RecipeLine,
    Stage,
    Variant,
)
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

    # Called when an order is agreed on, or changed

    def take_recipe(self, sizes: dict[str, int]) -> None:
        """Need what so many pairs of each size are made of, by the recipe as it is now."""
        recipe = self.colourway.product.recipes.order_by("version").last()
        if recipe is None:
            return
        self.recipe = recipe
        self.save(update_fields=["recipe"])
        OrderNeed.objects.bulk_create(
            OrderNeed(
                line=self,
                material=need.material,
                size=need.size,
                stage=need.stage,
                recipe_line=need.line,
                quantity=need.quantity,
            )
            for need in recipe.explode(self.colourway, sizes)
        )

    def amend(self, agreed: Mapping[str, int], coming: Mapping[int, Coming]) -> None:
        """Let so many pairs of each size be agreed on, and need what the recipe says of them.

        `coming` says by line size how far they are. Raises WrongState where more is made for the
        order than it would have.
        """
        sizes = {size.variant.size: size for size in self.sizes.select_related("variant")}
        if not sizes:
            self.take_recipe(dict(agreed))
        else:
            changes = need_changes(self, *pairs_coming(sizes.values(), agreed, coming))
            for need, more in changes.more:
                need.quantity += more
                need.save()
            for need, less in changes.less:
                need.spare(min(less, need.uncovered))  # what nobody could let go of stays needed
        variants = {variant.size: variant for variant in self.colourway.variants.all()}
        for name in sorted(agreed.keys() - sizes.keys()):
            LineSize.objects.create(line=self, variant=variants[name], pairs=agreed[name])
        for name, size in sizes.items():
            _add(size, {"pairs": agreed.get(name, 0) - size.pairs})


class Track(models.TextChoices):
    """How far pairs have come; each is a fact that one upper app counts."""

    MADE = "made"
    PACKED = "packed"
    PICKED_UP = "picked_up"
    DELIVERED = "delivered"


class LineSizeQuerySet(models.QuerySet["LineSize"]):
    def of(self, orders: models.QuerySet[Order]) -> Self:
        """Those of a few orders among very many, as those in work are; one question more.

        PostgreSQL does not see that these are the newest, and would read all lines there are: the
        oldest of them says from where on.
        """
        oldest = orders.order_by("pk").values_list("pk", flat=True).first()
        return self.filter(line__order__in=orders, line__order__gte=oldest or 0)


class LineSize(models.Model):
    """So many pairs of one size were agreed, and so many of them have come so far."""

    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="sizes", db_index=False)
    variant = models.ForeignKey(Variant, models.PROTECT, related_name="+")
    pairs = models.PositiveIntegerField()
    made = models.PositiveIntegerField(default=0, editable=False)
    packed = models.PositiveIntegerField(default=0, editable=False)
    picked_up = models.PositiveIntegerField(default=0, editable=False)
    delivered = models.PositiveIntegerField(default=0, editable=False)

    objects = LineSizeQuerySet.as_manager()

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
    recipe_line = models.ForeignKey(  # which says what may be taken instead
        RecipeLine, models.PROTECT, related_name="+"
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

    @property
    def choice(self) -> Choice:
        """What is taken, as the recipe names it; reads `recipe_line` with its choices."""
        choices = self.recipe_line.choices
        return next(one for one in choices if one.material.pk == self.material_id)

    @property
    def others(self) -> list[Choice]:
        """What the recipe lets be taken instead, the preferred first; reads as `choice` does."""
        choices = self.recipe_line.choices
        return [one for one in choices if one.material.pk != self.material_id]

    def substitute(self, other: Choice) -> None:
        """Need another material instead, for as much as nothing covers yet. Of a locked row.

        Raises WrongState where everything is covered.
        """
        rest = self.uncovered
        if not rest:
            raise WrongState(
                _now("All of it is covered already, or the recipe allows nothing else.")
            )
        made, quantity = self, other.instead_of(self.choice, rest)
        if rest < self.quantity:
            self.spare(rest)
            made = OrderNeed(
                line=self.line, size=self.size, stage=self.stage, recipe_line=self.recipe_line
            )
        made.material, made.quantity = other.material, quantity
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


type _Shelf = tuple[int, str]  # a line of the recipe, and a size


@dataclass(slots=True)
class NeedChanges:
    """By how much the needs of a line grow and shrink; one that is new has no key yet."""

    more: list[tuple[OrderNeed, int]] = field(default_factory=list)
    less: list[tuple[OrderNeed, int]] = field(default_factory=list)


class Coming(NamedTuple):
    """Pairs of one size that an order will get, if nothing changes: those that come in any case,
    because they are made or begun, and all, which an earlier change may have left above what is
    agreed on."""

    begun: int
    all: int


def pairs_coming(
    sizes: Iterable[LineSize], agreed: Mapping[str, int], coming: Mapping[int, Coming]
) -> tuple[dict[str, int], dict[str, int]]:
    """Return how many pairs of each size come by now, and how many where so many are agreed on.

    What is made or begun comes in any case; what is not wanted of it is the workshop's own then.
    """
    before, after = {}, dict(agreed)
    for size in sizes:
        name, known = size.variant.size, coming.get(size.pk, Coming(size.made, size.pairs))
        before[name] = known.all
        after[name] = max(agreed.get(name, 0), min(known.all, known.begun))
    return _some(before), _some(after)


def _some(pairs: Mapping[str, int]) -> dict[str, int]:
    return {name: count for name, count in pairs.items() if count}


def need_changes(
    line: OrderLine, before: Mapping[str, int], after: Mapping[str, int]
) -> NeedChanges:
    """Return what the pairs of a line need more and less of, by the recipe it was agreed on with.

    The material of pairs that are not to be made any more is not needed, whatever was taken for it:
    first itself, then what is taken instead of it.
    """
    changes = NeedChanges()
    if line.recipe is None:
        return changes
    named: dict[_Shelf, Need] = {}
    sums: Counter[_Shelf] = Counter()
    for sizes, sign in ((before, -1), (after, 1)):
        for said in line.recipe.explode(line.colourway, dict(sizes)):
            key = said.line.pk, said.size
            named[key] = said
            sums[key] += sign * said.quantity
    needs = sorted(line.needs.all(), key=lambda need: need.pk) if line.pk else []
    for key, said in sorted(named.items()):
        mine = [need for need in needs if (need.recipe_line_id, need.size) == key]
        own = [need for need in mine if need.material_id == said.material.pk]
        if sums[key] > 0:
            made = own[0] if own else OrderNeed(
                line=line, material=said.material, size=said.size, stage=said.stage,
                recipe_line=said.line, quantity=0,
            )  # fmt: skip
            changes.more.append((made, sums[key]))
        elif sums[key] < 0:
            changes.less += _less(said, -sums[key], mine)
    return changes


def _less(said: Need, less: int, needs: list[OrderNeed]) -> list[tuple[OrderNeed, int]]:
    """Return which needs of a recipe's line shrink, where so much less of its own material is
    needed: first what is of it, then what is taken instead, each as the recipe counts it."""
    found = []
    first, *_others = choices = said.line.choices
    for choice in choices:
        for need in needs:
            if need.material_id == choice.material.pk:
                part = min(choice.instead_of(first, less), need.quantity - need.issued)
                if part:
                    found.append((need, part))
                    less = max(less - first.instead_of(choice, part), 0)
    return found
