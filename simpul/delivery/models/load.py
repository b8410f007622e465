"""What a shipment carries of one order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Sum
from django.utils.translation import gettext as _now

from simpul.delivery.models.package import PackageLine
from simpul.lib import uploads
from simpul.orders.models import LineSize, Order
from simpul.parties.models import Party, Person
from simpul.payments.models import Collection, to_collect
from simpul.workflow.steps import Refused

if TYPE_CHECKING:
    from simpul.delivery.models.shipment import Shipment


class NoProof(Refused):
    """Nothing says that it was delivered, or what was collected."""


class LoadQuerySet(models.QuerySet["Load"]):
    def with_order(self) -> Self:
        return self.select_related("order").order_by("order")

    def with_money(self) -> Self:
        """Load what is paid for each order, and what was asked for it at the door."""
        found = self.with_order().select_related("collection")
        return found.prefetch_related("order__instalments")

    def collecting(self) -> Self:
        """Those for which money was asked at the door, the oldest order first."""
        asked = self.filter(collection__isnull=False)
        return asked.select_related("collection__workshop", "collection__courier").order_by("order")


class Load(models.Model):
    """An order has packages in a shipment, and so much is to be collected for it at the door.

    It is written when the shipment is opened, and stays when the packages leave it again.
    """

    shipment = models.ForeignKey(
        "delivery.Shipment", models.CASCADE, related_name="loads", db_index=False
    )
    order = models.ForeignKey(Order, models.PROTECT, related_name="loads")
    collection = models.OneToOneField(
        Collection, models.PROTECT, null=True, related_name="load", editable=False
    )

    objects = LoadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shipment", "order"], name="load_once_an_order")
        ]

    if TYPE_CHECKING:
        shipment: Shipment  # type: ignore[no-redef]

    def __str__(self) -> str:
        return f"{self.order} in {self.shipment}"

    # Questions

    @property
    def asked(self) -> int:
        """What was fixed when it left."""
        return self.collection.asked if self.collection else 0


def shares_to_collect(loads: list[Load]) -> dict[int, int]:
    """Return what is to be collected for each order of one shipment: its share by pairs, and all that
    is left with the last of its packages; reads the orders' `instalments` as prefetched."""
    amounts = to_collect([load.order for load in loads])
    shares = {load.order_id: load.asked for load in loads}
    open_loads = [load for load in loads if load.collection is None and amounts[load.order_id]]
    if not open_loads:
        return shares
    orders = [load.order_id for load in open_loads]
    inside = PackageLine.objects.filter(
        package__shipment=open_loads[0].shipment_id, package__order__in=orders
    ).order_by()
    here = dict(inside.values_list("package__order").annotate(n=Sum("pairs")))
    sizes = LineSize.objects.filter(line__order__in=orders).order_by()
    left = dict(sizes.values_list("line__order").annotate(n=Sum(F("pairs") - F("picked_up"))))
    for pk in orders:
        shares[pk] = _share(amounts[pk], here.get(pk, 0), left[pk])
    return shares


def ask_at_door(
    loads: list[Load], amounts: dict[int, int], *, courier: Party | None, by: Person
) -> None:
    """Fix what is to be collected for each order: rupiah by the order's key, 0 or none: nothing."""
    for load in loads:
        if amount := amounts.get(load.order_id, 0):
            load.collection = Collection.ask(
                by=by, order=load.order, courier=courier, amount=amount
            )
            load.save(update_fields=["collection"])


def collect_at_door(
    loads: list[Load],
    collected: int | None,
    *,
    taken: set[int],
    by: Person,
    photo: uploads.Admitted | None,
    client_id: str,
) -> None:
    """Divide the one sum of the door among the orders: to each what was asked for it, first to those
    of which something was taken (`taken`: their keys), the oldest first.

    `loads` as `collecting` gives them. Raises NoProof where money was asked for and none is told.
    """
    loads = sorted(loads, key=lambda load: load.order_id not in taken)
    asked = [load.collection for load in loads if load.collection]
    if not asked:
        return
    if collected is None:
        raise NoProof(_now("Say how much you collected, even if it was nothing."))
    left = collected
    for one in asked:
        share = left if one == asked[-1] else min(left, one.asked)
        one.collect(by=by, amount=share, photo=photo, client_id=client_id)
        left -= share


def not_collected(loads: list[Load], rest: list[Load]) -> dict[int, int]:
    """Return what was asked for an order, not collected, and is still owed at the door, for the
    orders whose packages were not taken (`rest`, as `with_money` gives them)."""
    asked = {load.order_id: load.collection for load in loads if load.collection}
    owed = to_collect([load.order for load in rest if load.order_id in asked])
    return {
        order: min(asked[order].asked - (asked[order].collected or 0), amount)
        for order, amount in owed.items()
    }


def _share(amount: int, here: int, left: int) -> int:
    """Return the share of so many pairs of those that are left, in whole thousands; all of it with the
    last of them, and where none is in a package."""
    if not here or here >= left:
        return amount
    share: int = round(amount * here / left / 1000) * 1000
    return min(amount, share)
