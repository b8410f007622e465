"""Goods that come back after they were delivered: who fetches them, where they are, what was counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Self

from django.db import models
from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.conversations.models import Ticket
from simpul.crm.models.remedy import open_customer
from simpul.delivery.models import Shipment
from simpul.delivery.models import Status as ShipmentStatus
from simpul.lib import clock
from simpul.orders.models import LineSize, Order
from simpul.parties.models import Person, Workshop
from simpul.stock.models import Balance, Count, Item, Location
from simpul.workflow.steps import Refused, WrongState, creation, step


class NothingCame(Refused):
    """No pair was counted, and nobody says that he has fetched one."""


class Counted(NamedTuple):
    """Pairs of a size as they came back."""

    whole: int
    seconds: int  # to be sold cheaper, apart from the stock
    spoiled: int


class GoodsReturnQuerySet(models.QuerySet["GoodsReturn"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.filter(ticket__party_id=person.party_id)

    def open(self) -> Self:
        return self.filter(status__in=GoodsReturn.OPEN)

    def talked_of(self, ticket: Ticket) -> Self:
        """Those of a ticket, and of what was merged into it."""
        return self.filter(Q(ticket=ticket) | Q(ticket__merged_into=ticket))

    def for_page(self) -> Self:
        pairs = ReturnedPairs.objects.select_related(
            "size__line__colourway__product", "size__variant"
        )
        return self.select_related("shipment__courier").prefetch_related(
            models.Prefetch("pairs", pairs.order_by("pk")), "shipment__handovers"
        )


class GoodsReturn(models.Model):
    """Pairs of a ticket on their way back to the workshop. Until they are counted in there, nothing
    is credited, paid back or replaced for the ticket. A courier fetches them with a shipment that goes
    the other way, which is offered like any other."""

    class Way(models.TextChoices):
        COURIER = "courier", _("a courier fetches them")
        BROUGHT = "brought", _("the customer brings them")
        SENT = "sent", _("the customer sends them by expedition")

    class Status(models.TextChoices):
        AGREED = "agreed", _("with the customer")
        UNDER_WAY = "under_way", _("on the way back")
        BACK = "back", _("back at the workshop")
        CANCELLED = "cancelled", _("cancelled")

    OPEN = (Status.AGREED, Status.UNDER_WAY)

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+")
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="returns")
    way = models.CharField(max_length=7, choices=Way)
    shipment = models.OneToOneField(
        Shipment, models.PROTECT, null=True, related_name="goods", editable=False
    )
    note = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=9, choices=Status, default=Status.AGREED, editable=False)
    at = models.DateTimeField(default=clock.now, editable=False)
    back_at = models.DateTimeField(null=True, editable=False)

    objects = GoodsReturnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(way="courier", shipment__isnull=False)
                | ~Q(way="courier") & Q(shipment=None),
                name="return_fetched_by_a_shipment",
            ),
            models.UniqueConstraint(
                fields=["ticket"],
                condition=Q(status__in=["agreed", "under_way"]),
                name="return_open_once_a_ticket",
            ),
        ]

    def __str__(self) -> str:
        return str(self.ticket)

    # Steps

    @classmethod
    @creation("crm.agree_return", private=("note",))
    def agree(
        cls,
        *,
        by: Person,
        ticket: Ticket,
        pairs: Mapping[LineSize, int],
        way: str,
        note: str = "",
    ) -> GoodsReturn:
        """Agree which delivered pairs come back, and how; what a courier is to fetch is a shipment
        from now on, that waits to be offered. Raises WrongState."""
        open_customer(ticket)
        order = ticket.subject
        if cls.objects.open().talked_of(ticket).exists():
            raise WrongState(_now("Goods of this ticket are on their way back already."))
        chosen = {size.pk: count for size, count in pairs.items() if count > 0}
        if not isinstance(order, Order) or not chosen:
            raise WrongState(_now("Say which pairs of which order come back."))
        # its number is drawn before the sizes are locked, as where a delivery splits: no ring closes
        shipment = _fetched(order, sum(chosen.values()), by) if way == cls.Way.COURIER else None
        rows = LineSize.objects.filter(line__order=order, pk__in=chosen).order_by("pk")
        locked = list(rows.select_for_update(of=("self",), no_key=True))
        came = _come_back(locked)
        fits = [chosen[one.pk] <= one.delivered - came.get(one.pk, 0) for one in locked]
        if len(fits) != len(chosen) or not all(fits):
            raise WrongState(_now("Only what was delivered, and is not back yet, can come back."))
        made = cls.objects.create(
            workshop_id=ticket.workshop_id,
            ticket=ticket,
            way=way,
            shipment=shipment,
            note=note,
        )
        for one in locked:
            made.pairs.create(size=one, agreed=chosen[one.pk])
        return made

    @step("crm.send_return", source=Status.AGREED, target=Status.UNDER_WAY)
    def send(self, *, by: Person) -> None:
        """The pairs have left the customer. Raises WrongState where a courier says that himself."""
        if self.shipment is not None:
            raise WrongState(_now("The courier says when he has fetched them."))

    @step("crm.count_return", source=OPEN, target=Status.BACK)
    def count_in(self, *, by: Person, counted: Mapping[int, Counted]) -> None:
        """Count what came back, by the key of each row of pairs; whole pairs go into the stock of
        finished goods, as found by a count. Raises WrongState for more than was agreed, and
        NothingCame for nothing at all, which only what a courier has fetched can come to."""
        if not any(map(sum, counted.values())) and not self._is_fetched:
            raise NothingCame(
                _now("Nothing was counted. If nothing comes back, say so on the ticket.")
            )
        rows = self.pairs.select_related("size__variant__colourway__product").order_by("pk")
        for row in rows:
            found = counted.get(row.pk, Counted(0, 0, 0))
            if min(found) < 0 or sum(found) > row.agreed:
                raise WrongState(_now("More came back than was agreed: please count again."))
            row.whole, row.seconds, row.spoiled = found
            row.save(update_fields=["whole", "seconds", "spoiled"])
            if found.whole:
                self._shelve(row, by)
        self._end_way(by, sum(sum(found) for found in counted.values()))
        self.back_at = clock.now()

    @step("crm.cancel_return", source=OPEN, target=Status.CANCELLED)
    def cancel(self, *, by: Person) -> None:
        """Nothing comes back after all. Raises WrongState once a courier has fetched it."""
        if self._is_fetched:
            raise WrongState(_now("The courier has them: count them in when he brings them."))
        self._call_off(by)

    # Questions

    @property
    def shown_with(self) -> Ticket:
        return self.ticket

    @property
    def buyer_id(self) -> int | None:
        return self.ticket.buyer_id

    @property
    def is_open(self) -> bool:
        return self.status in GoodsReturn.OPEN

    @property
    def stands(self) -> Status:
        """Where the goods are; a courier who fetched them has said so on his shipment. Reads
        `shipment`."""
        if self.is_open and self._is_fetched:
            return self.Status.UNDER_WAY
        return self.Status(self.status)

    # Inside

    @property
    def _is_fetched(self) -> bool:
        return self.shipment is not None and self.shipment.status == ShipmentStatus.FETCHED

    def _end_way(self, by: Person, pairs: int) -> None:
        """So many pairs are here: the shipment that was to fetch them has ended."""
        if self.shipment is None:
            return
        if self.shipment.status in (ShipmentStatus.ACCEPTED, ShipmentStatus.FETCHED):
            self.shipment.bring_in(by=by, count=pairs)
        else:
            self._call_off(by)

    def _call_off(self, by: Person) -> None:
        """Nobody is to fetch them any more."""
        if self.shipment is None:
            return
        if self.shipment.status in (ShipmentStatus.OFFERED, ShipmentStatus.ACCEPTED):
            self.shipment.withdraw(by=by)
        if self.shipment.status == ShipmentStatus.OPEN:
            self.shipment.call_off(by=self.shipment.workshop.machine)

    def _shelve(self, row: ReturnedPairs, by: Person) -> None:
        item = Item.of_variant(row.size.variant)
        shelf = Location.of(self.workshop_id, Location.Kind.FINISHED)
        lies = Balance.locked(item, shelf).on_hand
        Count.take(
            by=by,
            item=item,
            location=shelf,
            counted=lies + row.whole,
            reason=self.ticket.number,
        )


class ReturnedPairs(models.Model):
    """So many pairs of a size of the order: agreed, and as they were counted at the workshop."""

    goods = models.ForeignKey(GoodsReturn, models.PROTECT, related_name="pairs", db_index=False)
    size = models.ForeignKey(LineSize, models.PROTECT, related_name="returned")
    agreed = models.PositiveIntegerField()
    whole = models.PositiveIntegerField(default=0, editable=False)
    seconds = models.PositiveIntegerField(default=0, editable=False)
    spoiled = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["goods", "size"], name="returned_size_once"),
            models.CheckConstraint(
                condition=Q(agreed__gt=0, agreed__gte=F("whole") + F("seconds") + F("spoiled")),
                name="returned_no_more_than_agreed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreed} of {self.size_id}"

    @property
    def came(self) -> int:
        return self.whole + self.seconds + self.spoiled

    @property
    def missing(self) -> int:
        """Pairs that were agreed and did not come."""
        return self.agreed - self.came


def _fetched(order: Order, pairs: int, by: Person) -> Shipment:
    there, here = order.buyer.area, order.workshop.area.partition(",")[0] or order.workshop.name
    route = f"{there} – {here}" if there else here
    return Shipment.call_for(by=by, order=order, pairs=pairs, route=route)


def _come_back(sizes: list[LineSize]) -> dict[int, int]:
    """Return of each size how many pairs are back or on the way back."""
    rows = ReturnedPairs.objects.filter(size__in=sizes)
    back = rows.filter(goods__status=GoodsReturn.Status.BACK).order_by().values_list("size")
    counted = back.annotate(n=Sum(F("whole") + F("seconds") + F("spoiled")))
    found: dict[int, int] = dict(counted)
    coming = rows.filter(goods__status__in=GoodsReturn.OPEN).order_by().values_list("size")
    for size, pairs in coming.annotate(n=Sum("agreed")):
        found[size] = found.get(size, 0) + pairs
    return found
