"""What people do on the shelf themselves: counting and carrying."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.utils.translation import gettext as _now

from simpul.lib import clock
from simpul.parties.models import Person, Workshop
from simpul.stock.models.balance import Balance, Movement, NotEnough
from simpul.stock.models.item import Item, Location
from simpul.workflow.models import Entry
from simpul.workflow.steps import NotAllowed, WrongState, creation


class Moved(WrongState):
    """Something came or went since the one who counted had looked."""


@dataclass(frozen=True, slots=True)
class Found:
    """What lies there of an item, what lay there by the books when the sheet was taken along, and
    why it is another number."""

    counted: int
    seen: int
    why: str = ""


class CountSheetQuerySet(models.QuerySet["CountSheet"]):
    def visible_to(self, person: Person) -> Self:
        return self.filter(workshop_id=person.workshop_id) if person.is_staff else self.none()


class CountSheet(models.Model):
    """Somebody went along the shelves and counted many things. Never changed."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+")
    occasion = models.CharField(max_length=120)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    journal = GenericRelation(Entry, "subject_id", "subject_type")

    objects = CountSheetQuerySet.as_manager()

    def __str__(self) -> str:
        return self.occasion

    @classmethod
    @creation("stock.count_sheet")
    def take(cls, *, by: Person, occasion: str, found: Mapping[Item, Found]) -> CountSheet:
        """Count each of these where it usually lies: all of them, or none.

        Raises Moved where something came or went since the sheet was taken along, and NotEnough
        where less was counted than is set aside.
        """
        _demand_own(by, *found)
        made = cls.objects.create(workshop_id=by.workshop_id, occasion=occasion, by=by)
        homes = {
            kind: Location.of(by.workshop_id, Location.Kind(kind))
            for kind in sorted({item.home for item in found})
        }
        for item, one in sorted(found.items(), key=lambda row: row[0].pk):
            Count.take(
                by=by,
                item=item,
                location=homes[item.home],
                counted=one.counted,
                reason=one.why or occasion,
                seen=one.seen,
                sheet=made,
            )
        return made


class Count(models.Model):
    """Somebody counted what really lies at a place; the difference moved in or out. Never changed."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+")
    item = models.ForeignKey(Item, models.PROTECT, related_name="counts")
    location = models.ForeignKey(Location, models.PROTECT, related_name="+")
    expected = models.PositiveBigIntegerField()
    counted = models.PositiveBigIntegerField()
    reason = models.CharField(max_length=200)
    sheet = models.ForeignKey(CountSheet, models.PROTECT, null=True, related_name="counts")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    journal = GenericRelation(Entry, "subject_id", "subject_type")

    def __str__(self) -> str:
        return f"{self.counted} of {self.item}"

    @classmethod
    @creation("stock.count")
    def take(
        cls,
        *,
        by: Person,
        item: Item,
        location: Location,
        counted: int,
        reason: str,
        seen: int | None = None,
        sheet: CountSheet | None = None,
    ) -> Count:
        """Make the balance say what was counted, by a movement of the difference.

        Raises NotEnough where less was counted than is kept for orders: let that go first; and
        Moved where the balance is not any more what was `seen` by the one who counted.
        """
        _demand_own(by, item, location)
        balance = Balance.locked(item, location)
        expected = balance.on_hand
        if seen not in (None, expected):
            raise Moved(
                _now("Of %(item)s something came or went while you counted: count it again.")
                % {"item": item}
            )
        count = cls.objects.create(
            workshop_id=item.workshop_id,
            item=item,
            location=location,
            expected=expected,
            counted=counted,
            reason=reason,
            sheet=sheet,
            by=by,
        )
        if counted < balance.reserved:
            raise NotEnough(
                _now("More of %(item)s is set aside for orders than was counted.") % {"item": item}
            )
        if counted != expected:
            Movement.record(
                item,
                abs(counted - expected),
                by=by,
                subject=count,
                reason="stock.count",
                source=location if counted < expected else None,
                target=location if counted > expected else None,
            )
        return count

    @property
    def difference(self) -> int:
        return self.counted - self.expected


class Transfer(models.Model):
    """Somebody carried free goods to another place, or threw them away. Never changed."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    quantity = models.PositiveBigIntegerField()
    source = models.ForeignKey(Location, models.PROTECT, related_name="+")
    target = models.ForeignKey(Location, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    journal = GenericRelation(Entry, "subject_id", "subject_type")

    def __str__(self) -> str:
        return f"{self.quantity} of {self.item}"

    @classmethod
    @creation("stock.move")
    def make(
        cls,
        *,
        by: Person,
        item: Item,
        quantity: int,
        source: Location,
        target: Location,
        reason: str,
    ) -> Transfer:
        """Move so much of what is free. Raises NotEnough where less of it is."""
        _demand_own(by, item, source, target)
        if source == target or not quantity:
            raise WrongState(_now("Choose how much goes from one place to another."))
        transfer = cls.objects.create(
            workshop_id=item.workshop_id,
            item=item,
            quantity=quantity,
            source=source,
            target=target,
            reason=reason,
            by=by,
        )
        Movement.record(
            item,
            quantity,
            by=by,
            subject=transfer,
            reason="stock.move",
            source=source,
            target=target,
        )
        return transfer


def _demand_own(by: Person, *things: Item | Location) -> None:
    """Raise NotAllowed unless all of these belong to the person's workshop."""
    if any(thing.workshop_id != by.workshop_id for thing in things):
        raise NotAllowed(_now("This is not on a shelf of yours."))
