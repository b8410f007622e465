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
from simpul.lib import clock
from simpul.orders.models import LineSize, Order
from simpul.parties.models import Party, Person, Workshop
from simpul.stock.models import Balance, Count, Item, Location
from simpul.workflow.steps import WrongState, creation, step


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
        return self.select_related("courier").prefetch_related(
            models.Prefetch("pairs", pairs.order_by("pk"))
        )


class GoodsReturn(models.Model):
    """Pairs of a ticket on their way back to the workshop. Until they are counted in there, nothing
    is credited, paid back or replaced for the ticket."""

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
    courier = models.ForeignKey(Party, models.PROTECT, null=True, related_name="fetches")
    note = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=9, choices=Status, default=Status.AGREED, editable=False)
    at = models.DateTimeField(default=clock.now, editable=False)
    back_at = models.DateTimeField(null=True, editable=False)

    objects = GoodsReturnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(way="courier", courier__isnull=False)
                | ~Q(way="courier") & Q(courier=None),
                name="return_fetched_by_a_courier",
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
        courier: Party | None = None,
        note: str = "",
    ) -> GoodsReturn:
        """Agree which delivered pairs come back, and how. Raises WrongState."""
        open_customer(ticket)
        order = ticket.subject
        if cls.objects.open().talked_of(ticket).exists():
            raise WrongState(_now("Goods of this ticket are on their way back already."))
        if not isinstance(order, Order) or not any(pairs.values()):
            raise WrongState(_now("Say which pairs of which order come back."))
        if (way == cls.Way.COURIER) != (courier is not None and courier.is_courier):
            raise WrongState(_now("Choose the courier who fetches them."))
        made = cls.objects.create(
            workshop_id=ticket.workshop_id, ticket=ticket, way=way, courier=courier, note=note
        )
        chosen = {size.pk: count for size, count in pairs.items() if count}
        rows = LineSize.objects.filter(line__order=order, pk__in=chosen).order_by("pk")
        locked = list(rows.select_for_update(of=("self",)))
        came = _come_back(locked)
        fits = [0 < chosen[one.pk] <= one.delivered - came.get(one.pk, 0) for one in locked]
        if len(fits) != len(chosen) or not all(fits):
            raise WrongState(_now("Only what was delivered, and is not back yet, can come back."))
        for one in locked:
            made.pairs.create(size=one, agreed=chosen[one.pk])
        return made

    @step("crm.send_return", source=Status.AGREED, target=Status.UNDER_WAY)
    def send(self, *, by: Person) -> None:
        """The pairs have left the customer."""

    @step("crm.count_return", source=OPEN, target=Status.BACK)
    def count_in(self, *, by: Person, counted: Mapping[int, Counted]) -> None:
        """Count what came back, by the key of each row of pairs; whole pairs go into the stock of
        finished goods, as found by a count. Raises WrongState for more than was agreed."""
        rows = self.pairs.select_related("size__variant__colourway__product").order_by("pk")
        for row in rows:
            found = counted.get(row.pk, Counted(0, 0, 0))
            if min(found) < 0 or sum(found) > row.agreed:
                raise WrongState(_now("More came back than was agreed: please count again."))
            row.whole, row.seconds, row.spoiled = found
            row.save(update_fields=["whole", "seconds", "spoiled"])
            if found.whole:
                self._shelve(row, by)
        self.back_at = clock.now()

    @step("crm.cancel_return", source=OPEN, target=Status.CANCELLED)
    def cancel(self, *, by: Person) -> None:
        """Nothing comes back after all."""

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

    # Inside

    def _shelve(self, row: ReturnedPairs, by: Person) -> None:
        item = Item.of_variant(row.size.variant)
        shelf = Location.of(self.workshop_id, Location.Kind.FINISHED)
        lies = Balance.locked(item, shelf).on_hand
        Count.take(
            by=by,
            item=item,
            location=shelf,
            counted=lies + row.whole,
            reason=_now("Came back: %(ticket)s") % {"ticket": self.ticket.number},
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
