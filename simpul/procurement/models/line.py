"""Lines of a purchase order, and the pegs that say what each is for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, Least
from django.utils.translation import gettext as _now

from simpul.catalog.models import Material
from simpul.lib.quantities import MILLI, amount_of
from simpul.orders.models import LineSize, OrderNeed, Status
from simpul.stock.models import Item, Location, Reservation
from simpul.workflow.steps import WrongState

if TYPE_CHECKING:
    from simpul.procurement.models.purchase import PurchaseOrder


class PurchaseLineQuerySet(models.QuerySet["PurchaseLine"]):
    def missing(self) -> Self:
        return self.filter(is_closed_short=False, received__lt=F("quantity"))

    def loose(self, *names: str) -> Iterator[tuple[Any, ...]]:
        """Yield of those of which something is still to come for no order what is named, and last how
        much it is: beyond what the supplier is asked to leave out."""
        waiting = Peg.objects.waiting().filter(line=OuterRef("pk")).order_by()
        pegged = waiting.values("line").annotate(n=Sum("quantity")).values("n")
        comes = Least("quantity", Coalesce("asked_less", "quantity"))
        rest = comes - F("received") - Coalesce(Subquery(pegged), 0)
        found = self.missing().annotate(rest=rest).filter(rest__gt=0)
        yield from found.values_list(*names, "rest")

    def late(self, today: date) -> Self:
        """What should have come already."""
        due = Q(expected_on__lt=today) | Q(expected_on=None, wished_on__lt=today)
        return self.missing().filter(due)


class PurchaseLine(models.Model):
    """So much of a material (of one size). `promised_on` is frozen at agreement, `expected_on` moves."""

    purchase = models.ForeignKey(
        "procurement.PurchaseOrder", models.PROTECT, related_name="lines", db_index=False
    )
    material = models.ForeignKey(Material, models.PROTECT, related_name="+")
    size = models.CharField(max_length=6, blank=True)
    position = models.PositiveSmallIntegerField()
    quantity = models.PositiveBigIntegerField()
    price = models.PositiveBigIntegerField()  # of one `unit`; 0: the supplier is asked for it
    unit = models.CharField(max_length=12, blank=True)  # the supplier's; empty: the material's own
    unit_size = models.PositiveBigIntegerField(default=MILLI)  # thousandths in one of it
    wished_on = models.DateField()
    promised_on = models.DateField(null=True, editable=False)
    expected_on = models.DateField(null=True, editable=False)
    received = models.PositiveBigIntegerField(default=0, editable=False)
    rejected = models.PositiveBigIntegerField(default=0, editable=False)
    asked_less = models.PositiveBigIntegerField(null=True, editable=False)  # what would be left
    is_closed_short = models.BooleanField(default=False, editable=False)

    objects = PurchaseLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["purchase", "material", "size"], name="purchase_line_once"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="purchase_line_of_something"),
            models.CheckConstraint(condition=Q(unit_size__gt=0), name="purchase_line_unit_size"),
        ]

    if TYPE_CHECKING:
        purchase: PurchaseOrder  # type: ignore[no-redef]

    def __str__(self) -> str:
        return f"{self.material} {self.size}".rstrip()

    # Called by the purchase order's steps

    def peg(self, need: OrderNeed, quantity: int) -> None:
        """Buy so much (more) of this line for a need."""
        known = Peg.objects.filter(line=self, need=need).update(quantity=F("quantity") + quantity)
        if not known:
            Peg.objects.create(line=self, need=need, quantity=quantity)
        need.shift(ordered=quantity)

    def unpeg(self, need: OrderNeed, quantity: int) -> None:
        """Buy so much of this line for a need no more. Raises WrongState where less is bought for it."""
        peg = self.pegs.filter(need=need, quantity__gte=quantity).first()
        if peg is None:
            raise WrongState(_now("Somebody was quicker: look again what is on its way for whom."))
        peg.shrink(quantity)

    def let_go_of_the_dead(self) -> None:
        """Let the pegs go of which nothing waits any more."""
        for peg in self.pegs.exclude(pk__in=Peg.objects.waiting()).order_by("pk"):
            peg.shrink(peg.quantity)

    def loose(self) -> int:
        """Return what is still to come for no order."""
        rests = PurchaseLine.objects.filter(pk=self.pk).loose()
        return sum(rest for [rest] in rests)

    def let_go(self, quantity: int) -> list[tuple[int, int]]:
        """Ask for so much less, or for nothing more; return the keys of the needs that it is no
        longer bought for, and how much of each.

        The earliest promises stay with the line.
        """
        left = self.quantity - quantity
        gone = [
            (peg, peg.quantity - kept)
            for peg, kept in share_out(self.pegs_in_order(), left)
            if kept < peg.quantity
        ]
        gone.sort(key=lambda pair: pair[0].need_id)
        for peg, share in gone:
            peg.shrink(share)
        if left:
            self.quantity = left
            self.save(update_fields=["quantity"])
        else:
            self.delete()
        return [(peg.need_id, share) for peg, share in gone]

    def keep_pegs(self, quantity: int) -> None:
        """Let pegs go until they ask for no more than so much; whose turn is first keeps longest.

        The needs that lose are open again.
        """
        for peg, kept in share_out(self.pegs_in_order(), quantity):
            peg.shrink(peg.quantity - kept)

    def hand_to_needs(self, quantity: int, item: Item, store: Location) -> None:
        """Reserve what has just come to the store for what it was bought for, in their turn.

        What was bought for an order that has ended, or for pairs that are made, or above all needs, is
        free.
        """
        self.let_go_of_the_dead()
        for peg, taken in share_out(self.pegs_in_order(), quantity):
            if taken:
                Reservation.make(item, store, taken, peg.need)
                peg.shrink(taken, ready=taken)

    # Questions

    def pegs_in_order(self) -> list[Peg]:
        pegs = self.pegs.select_related("need__line__order")
        return list(pegs.order_by("need__line__order__turn", "need_id"))

    @property
    def open_quantity(self) -> int:
        return 0 if self.is_closed_short else max(self.quantity - self.received, 0)

    @property
    def is_done(self) -> bool:
        return self.open_quantity == 0

    @property
    def due_on(self) -> date:
        """The day on which it comes, as far as that is known."""
        return self.expected_on or self.wished_on

    @property
    def amount(self) -> int:
        return amount_of(self.price, self.quantity, self.unit_size)

    @property
    def unit_here(self) -> str:
        """What `price` is of: the supplier's unit, or one of the material's."""
        return self.unit or self.material.unit_here

    def whole_units(self, quantity: int) -> int:
        """Return how many of the supplier's units so much is; 0 where it has none or some is loose."""
        count, loose = divmod(quantity, self.unit_size)
        return count if self.unit and not loose else 0


class PegQuerySet(models.QuerySet["Peg"]):
    def waiting(self) -> Self:
        """Those of running orders that have pairs to make; the others hold nothing."""
        missing = LineSize.objects.filter(line=OuterRef("need__line"), made__lt=F("pairs"))
        return self.filter(Exists(missing), need__line__order__status=Status.CONFIRMED)


class Peg(models.Model):
    """So much of a purchase line is on its way for one need of one order."""

    need = models.ForeignKey(OrderNeed, models.PROTECT, related_name="pegs", db_index=False)
    line = models.ForeignKey(PurchaseLine, models.CASCADE, related_name="pegs")
    quantity = models.PositiveBigIntegerField()

    objects = PegQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["need", "line"], name="peg_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="peg_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} for {self.need_id}"

    def shrink(self, quantity: int, *, ready: int = 0) -> None:
        """Take so much off, because it came (`ready`) or will not come."""
        if not quantity:
            return
        self.need.shift(ordered=-quantity, ready=ready)
        self.quantity -= quantity
        if self.quantity:
            self.save(update_fields=["quantity"])
        else:
            self.delete()


def share_out(pegs: list[Peg], quantity: int) -> list[tuple[Peg, int]]:
    """Tell how much of `quantity` each peg gets, in their order."""
    shares = []
    for peg in pegs:
        share = min(peg.quantity, quantity)
        quantity -= share
        shares.append((peg, share))
    return shares
