"""How much lies where, what is kept for whom, and what moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _now

from simpul.lib import clock
from simpul.parties.models import Person, Workshop
from simpul.stock.models.item import Item, Location
from simpul.workflow.steps import Refused


class NotEnough(Refused):
    """There is less on the shelf, or less of it free, than was asked for."""


class BalanceQuerySet(models.QuerySet["Balance"]):
    def rests(self, *names: str) -> Iterator[tuple[Any, ...]]:
        """Yield of those of which something is kept for nobody what is named, and last how much it is."""
        free = self.filter(on_hand__gt=F("reserved"))
        yield from free.annotate(rest=F("on_hand") - F("reserved")).values_list(*names, "rest")


class Balance(models.Model):
    """How much of an item lies at a place, and how much of that is kept for somebody."""

    location = models.ForeignKey(Location, models.PROTECT, related_name="balances", db_index=False)
    item = models.ForeignKey(Item, models.PROTECT, related_name="balances")
    on_hand = models.PositiveBigIntegerField(default=0, editable=False)
    reserved = models.PositiveBigIntegerField(default=0, editable=False)

    objects = BalanceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["location", "item"], name="balance_once"),
            models.CheckConstraint(
                condition=Q(on_hand__gte=0) & Q(reserved__gte=0) & Q(reserved__lte=F("on_hand")),
                name="balance_reserved_within_on_hand",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} at {self.location}"

    @classmethod
    def locked(cls, item: Item, location: Location) -> Balance:
        """Return the one row of this item at this place, locked until the transaction ends."""
        return cls.objects.select_for_update().get_or_create(item=item, location=location)[0]

    @property
    def free(self) -> int:
        return self.on_hand - self.reserved


class Reservation(models.Model):
    """So much of a balance is kept for one need or one size of an order line."""

    balance = models.ForeignKey(
        Balance, models.PROTECT, related_name="reservations", db_index=False
    )
    quantity = models.PositiveBigIntegerField()
    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    subject_id = models.BigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["balance", "subject_type", "subject_id"],
                name="reservation_once",
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="reservation_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} for {self.subject_type_id}:{self.subject_id}"

    @classmethod
    def of(cls, subject: models.Model) -> models.QuerySet[Reservation]:
        kind = ContentType.objects.get_for_model(subject)
        return cls.objects.filter(subject_type=kind, subject_id=subject.pk)

    @classmethod
    def kept(cls, subjects: Sequence[models.Model], location: Location) -> dict[int, int]:
        """Return how much lies at a place for each of these, which are all of one kind."""
        if not subjects:
            return {}
        kind = ContentType.objects.get_for_model(subjects[0])
        rows = cls.objects.filter(
            balance__location=location,
            subject_type=kind,
            subject_id__in=[subject.pk for subject in subjects],
        )
        return dict(rows.order_by().values_list("subject_id").annotate(n=models.Sum("quantity")))

    @classmethod
    @transaction.atomic
    def make(cls, item: Item, location: Location, quantity: int, subject: models.Model) -> None:
        """Keep so much for the subject. Raises NotEnough where less is free."""
        balance = Balance.locked(item, location)
        _keep(balance, quantity, subject)
        balance.save(update_fields=["reserved"])

    @classmethod
    @transaction.atomic
    def release(cls, item: Item, location: Location, quantity: int, subject: models.Model) -> None:
        """Let so much go again. Raises NotEnough where less was kept."""
        balance = Balance.locked(item, location)
        _let_go(balance, quantity, subject)
        balance.save(update_fields=["reserved"])


class Movement(models.Model):
    """A fact: so much of an item went from one place to another, into the house or out of it."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    item = models.ForeignKey(Item, models.PROTECT, related_name="movements", db_index=False)
    quantity = models.PositiveBigIntegerField()
    source = models.ForeignKey(Location, models.PROTECT, null=True, related_name="+")
    target = models.ForeignKey(Location, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=40)  # the ability of the step that moved it
    lot_mark = models.CharField(max_length=40, blank=True)  # of what came: the tannery's, or ours
    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    subject_id = models.BigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="movement_of_something"),
            models.CheckConstraint(
                condition=Q(source__isnull=False) | Q(target__isnull=False),
                name="movement_from_or_to_somewhere",
            ),
        ]
        indexes = [
            models.Index(fields=["item", "-id"]),
            models.Index(fields=["workshop", "at"]),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.item_id}"

    @classmethod
    @transaction.atomic
    def record(
        cls,
        item: Item,
        quantity: int,
        *,
        by: Person,
        subject: models.Model,
        reason: str,
        source: Location | None = None,
        target: Location | None = None,
        kept_for: models.Model | None = None,
        lot_mark: str = "",
    ) -> Movement:
        """Move so much. What was kept for `kept_for` at the source stays kept at the target.

        Only free goods move without `kept_for`. Raises NotEnough, and nothing has moved.
        """
        places = sorted(filter(None, [source, target]), key=lambda place: place.pk)
        balances = {place.pk: Balance.locked(item, place) for place in places}
        if source is not None:
            balance = balances[source.pk]
            if kept_for is not None:
                _let_go(balance, quantity, kept_for)
            if balance.free < quantity:
                raise NotEnough(_now("There is not enough of %(item)s.") % {"item": item})
            balance.on_hand -= quantity
            balance.save(update_fields=["on_hand", "reserved"])
        if target is not None:
            balance = balances[target.pk]
            balance.on_hand += quantity
            if kept_for is not None:
                _keep(balance, quantity, kept_for)
            balance.save(update_fields=["on_hand", "reserved"])
        return cls.objects.create(
            workshop_id=item.workshop_id,
            item=item,
            quantity=quantity,
            source=source,
            target=target,
            reason=reason,
            subject_type=ContentType.objects.get_for_model(subject),
            subject_id=subject.pk,
            by=by,
            lot_mark=lot_mark,
        )


def _keep(balance: Balance, quantity: int, subject: models.Model) -> None:
    """Reserve so much; whoever calls saves the balance."""
    if balance.free < quantity:
        raise NotEnough(_now("There is not enough of %(item)s.") % {"item": balance.item})
    kind = ContentType.objects.get_for_model(subject)
    kept = Reservation.objects.filter(balance=balance, subject_type=kind, subject_id=subject.pk)
    if not kept.update(quantity=F("quantity") + quantity):
        Reservation.objects.create(
            balance=balance, quantity=quantity, subject_type=kind, subject_id=subject.pk
        )
    balance.reserved += quantity


def _let_go(balance: Balance, quantity: int, subject: models.Model) -> None:
    """Reserve so much less; whoever calls saves the balance."""
    kept = Reservation.of(subject).filter(balance=balance).first()
    if kept is None or kept.quantity < quantity:
        raise NotEnough(_now("Less than that of %(item)s is reserved.") % {"item": balance.item})
    if kept.quantity == quantity:
        kept.delete()
    else:
        kept.quantity -= quantity
        kept.save(update_fields=["quantity"])
    balance.reserved -= quantity
