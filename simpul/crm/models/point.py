"""Points: what a buyer has earned by orders that are paid and delivered, as a ledger of lots and uses.

A balance is a sum and stands nowhere. What was earned by an order that came back, and is spent
already, makes a lot fall below zero: the next points pay for it (`net`).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person, Workshop
from simpul.workflow.models import Entry
from simpul.workflow.steps import Refused, WrongState, creation, step

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simpul.crm.models.referral import Referral

REST = F("points") - Coalesce(Sum("uses__points"), 0)


class TooFewPoints(Refused):
    """More points than there are."""


class PointLotQuerySet(models.QuerySet["PointLot"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.filter(party_id=person.party_id)

    def left(self) -> Self:
        """Those of which something is left, and how much."""
        return self.annotate(rest=REST).filter(rest__gt=0)

    def uneven(self) -> Self:
        """Those of which something is left or missing, and how much."""
        return self.annotate(rest=REST).exclude(rest=0)

    def first_expiring(self) -> Self:
        return self.order_by(F("expires_on").asc(nulls_last=True), "pk")


class PointLot(models.Model):
    """So many points, granted once for one reason, that are good until a day."""

    class Kind(models.TextChoices):
        ORDER = "order", _("order")
        REFERRED = "referred", _("recommended us")
        WELCOME = "welcome", _("came by a recommendation")
        GIFT = "gift", _("gift")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    party = models.ForeignKey(Party, models.PROTECT, related_name="point_lots")
    kind = models.CharField(max_length=8, choices=Kind)
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="point_lots")
    referral = models.ForeignKey(
        "crm.Referral", models.PROTECT, null=True, related_name="point_lots"
    )
    points = models.PositiveBigIntegerField()
    per = models.PositiveBigIntegerField(default=0)  # rupiah for a point, by the rule of that day
    expires_on = models.DateField(null=True)  # the last day on which they are good
    warned_at = models.DateTimeField(null=True, editable=False)
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    journal = GenericRelation(Entry, "subject_id", "subject_type")

    if TYPE_CHECKING:
        rest: int  # where `left` or `uneven` was asked for; below zero: more was taken back

    objects = PointLotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(points__gt=0), name="point_lot_of_something"),
            models.CheckConstraint(
                condition=Q(kind="gift")
                | Q(kind="order", order__isnull=False)
                | Q(kind__in=["referred", "welcome"], referral__isnull=False),
                name="point_lot_has_its_reason",
            ),
        ]
        indexes = [models.Index(fields=["workshop", "-id"])]

    def __str__(self) -> str:
        return str(self.order or self.party)

    # Steps

    @classmethod
    @creation("crm.grant_points")
    def grant(
        cls,
        *,
        by: Person,
        party: Party,
        kind: str,
        points: int,
        expires_on: date | None,
        order: Order | None = None,
        referral: Referral | None = None,
        per: int = 0,
    ) -> PointLot:
        """Note what an order or a recommendation has earned; called by what holds the party."""
        made = cls.objects.create(
            workshop_id=party.workshop_id,
            party=party,
            kind=kind,
            order=order,
            referral=referral,
            points=points,
            per=per,
            expires_on=expires_on,
            by=by,
        )
        net(party, by=by)
        return made

    @classmethod
    @creation("crm.give_points")
    def give(
        cls, *, by: Person, party: Party, points: int, expires_on: date | None, note: str
    ) -> PointLot:
        """Give points by hand, and say what for."""
        hold(party)
        made = cls.objects.create(
            workshop_id=party.workshop_id,
            party=party,
            kind=cls.Kind.GIFT,
            points=points,
            expires_on=expires_on,
            note=note,
            by=by,
        )
        net(party, by=by)
        return made

    @step("crm.claw_points")
    def claw(self, *, by: Person, points: int) -> None:
        """Take back what its order has not earned any more, though it be spent already."""
        hold(self.party)
        self._take_back(points, PointUse.Kind.CLAWED, by=by)

    @step("crm.void_points")
    def void(self, *, by: Person, reason: str) -> None:
        """Take back by hand all that still counts of it, though it be spent already."""
        hold(self.party)
        counts = self.counts_now()
        if not counts:
            raise WrongState(_now("Nothing of it counts any more."))
        self._take_back(counts, PointUse.Kind.VOIDED, by=by, reason=reason)

    @step("crm.expire_points")
    def expire(self, *, by: Person) -> None:
        """Let what is left of it go: its day is over."""
        hold(self.party)
        rest = self.rest_now()
        if self.expires_on is None or self.expires_on >= clock.today() or rest <= 0:
            raise WrongState(_now("Nothing of it is over."))
        self._write(rest, PointUse.Kind.EXPIRED, by=by)

    @step("crm.warn_points")
    def warn(self, *, by: Person, points: int, expires_on: date) -> None:
        """Tell in time that points, with those of other lots, are good until a day."""
        self.warned_at = clock.now()

    # Questions

    def rest_now(self) -> int:
        """Return what is left of it, asked freshly."""
        return self.points - (self.uses.aggregate(n=Sum("points"))["n"] or 0)

    def counts_now(self) -> int:
        """Return how much of it was not taken back; what was spent and what is over counts."""
        taken = self.uses.filter(kind__in=TAKEN_BACK).aggregate(n=Sum("points"))["n"] or 0
        return self.points - taken

    @property
    def buyer_id(self) -> int:
        return self.party_id

    @property
    def is_over(self) -> bool:
        return self.expires_on is not None and self.expires_on < clock.today()

    # Inside

    def _take_back(self, points: int, kind: str, *, by: Person, reason: str = "") -> None:
        """What was over before it was taken back was not lost by the buyer twice."""
        short = points - max(self.rest_now(), 0)
        over = self.uses.filter(kind=PointUse.Kind.EXPIRED).aggregate(n=Sum("points"))["n"] or 0
        if (again := min(short, over)) > 0:
            self._write(-again, PointUse.Kind.EXPIRED, by=by)
        self._write(points, kind, by=by, reason=reason)
        net(self.party, by=by)

    def _write(self, points: int, kind: str, *, by: Person, reason: str = "") -> None:
        PointUse.objects.create(lot=self, points=points, kind=kind, by=by, reason=reason)


class PointUse(models.Model):
    """So many points of a lot went; a negative row gives back what an earlier one took."""

    class Kind(models.TextChoices):
        SPENT = "spent", _("spent")
        EXPIRED = "expired", _("expired")
        CLAWED = "clawed", _("taken back: the order came back or is not paid")
        VOIDED = "voided", _("taken back by hand")
        NETTED = "netted", _("paid for what was taken back")

    lot = models.ForeignKey(PointLot, models.PROTECT, related_name="uses")
    kind = models.CharField(max_length=7, choices=Kind)
    points = models.BigIntegerField()
    voucher = models.ForeignKey("crm.Voucher", models.PROTECT, null=True, related_name="point_uses")
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(points=0), name="point_use_of_something")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.points}"


TAKEN_BACK = (PointUse.Kind.CLAWED, PointUse.Kind.VOIDED)


def hold(party: Party) -> None:
    """Lock the party's points: who moves them waits here, whatever he locked above."""
    Party.objects.select_for_update(of=("self",), no_key=True).get(pk=party.pk)


def balance_of(party: Party) -> int:
    """Return the sum of what is left of a party's lots that are good today; below zero where more
    was taken back than was left."""
    return sum(lot.rest for lot in left_of(party) if not lot.is_over)


def left_of(party: Party) -> list[PointLot]:
    """Return the lots of which something is left or missing, the first to expire first."""
    return list(PointLot.objects.filter(party=party).uneven().first_expiring())


def net(party: Party, *, by: Person) -> None:
    """Let what is left of other lots pay for what was taken back of spent ones."""
    rests = left_of(party)
    debts = [lot for lot in rests if lot.rest < 0]
    moves: list[PointUse] = []
    for debt in debts:
        for lot in rests:
            paid = min(lot.rest, -debt.rest)
            if paid > 0:
                lot.rest -= paid
                debt.rest += paid
                moves += [_netted(lot, paid, by), _netted(debt, -paid, by)]
    PointUse.objects.bulk_create(moves)


def spread_over(lots: Iterable[PointLot], points: int) -> list[tuple[PointLot, int]]:
    """Divide points over what is left of lots, in their order. Raises TooFewPoints."""
    parts = []
    for lot in lots:
        share = min(points, max(lot.rest, 0))
        if share:
            parts.append((lot, share))
        points -= share
    if points:
        raise TooFewPoints(_now("That is more points than there are."))
    return parts


def _netted(lot: PointLot, points: int, by: Person) -> PointUse:
    return PointUse(lot=lot, kind=PointUse.Kind.NETTED, points=points, by=by)
