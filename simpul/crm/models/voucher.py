"""Vouchers: a code that takes something off an order, given by the workshop or bought with points."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.crm.models.point import PointUse, hold, left_of, net, spread_over
from simpul.crm.models.point_rules import PointRules
from simpul.lib import clock, codes
from simpul.orders.models import Order, OrderRevision
from simpul.orders.models.order import ENDED
from simpul.parties.models import Party, Person, Workshop
from simpul.ui.jinja import day, rupiah
from simpul.workflow.models import Entry
from simpul.workflow.steps import Refused, WrongState, creation, step

LONGEST_CODE = 16


class NoVoucher(Refused):
    """This voucher does not fit this order, or there is none of this code."""


class VoucherQuerySet(models.QuerySet["Voucher"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.filter(party_id=person.party_id)

    def good(self, today: date) -> Self:
        """Those that can be used on a day, by somebody."""
        begun = self.filter(from_on__lte=today, voided_at=None)
        return begun.filter(Q(until_on=None) | Q(until_on__gte=today))

    def unused(self) -> Self:
        """Those that no order stands with."""
        return self.exclude(Exists(VoucherUse.objects.standing().filter(voucher=OuterRef("pk"))))

    def unused_by(self, party: Party) -> Self:
        return self.exclude(
            Exists(VoucherUse.objects.standing().filter(voucher=OuterRef("pk"), party=party))
        )

    def with_times(self) -> Self:
        """Annotate how often each is in use."""
        standing = Q(uses__given_back_at=None)
        return self.annotate(used=models.Count("uses", filter=standing))

    def search(self, words: str) -> Self:
        found = Q(code__icontains=words) | Q(note__icontains=words)
        return self.filter(found | Q(party__name__icontains=words)) if words else self


class Voucher(models.Model):
    """So much, or so many per cent, off the goods of one order of whoever has it."""

    class Origin(models.TextChoices):
        GIVEN = "given", _("given by the workshop")
        POINTS = "points", _("bought with points")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(max_length=LONGEST_CODE)
    origin = models.CharField(max_length=6, choices=Origin)
    party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="vouchers")
    percent = models.PositiveSmallIntegerField(default=0)  # 0: the amount
    amount = models.PositiveBigIntegerField(default=0)  # rupiah; of per cents the most, 0: no end
    least = models.PositiveBigIntegerField(default=0)  # rupiah of goods that the order needs
    times = models.PositiveIntegerField(null=True)  # in all; each party once
    from_on = models.DateField(default=clock.today)
    until_on = models.DateField(null=True)
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    voided_at = models.DateTimeField(null=True, editable=False)
    voided_because = models.CharField(max_length=300, blank=True, editable=False)

    journal = GenericRelation(Entry, "subject_id", "subject_type")

    objects = VoucherQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "code"], name="voucher_code_once"),
            models.CheckConstraint(
                condition=Q(percent__gt=0, percent__lt=100) | Q(percent=0, amount__gt=0),
                name="voucher_of_something",
            ),
            models.CheckConstraint(
                condition=Q(origin="given") | Q(party__isnull=False, percent=0),
                name="voucher_of_points_is_somebodys",
            ),
        ]
        indexes = [models.Index(fields=["workshop", "-id"])]

    def __str__(self) -> str:
        return self.code

    # Steps

    @classmethod
    @creation("crm.issue_voucher")
    def issue(
        cls,
        *,
        by: Person,
        code: str = "",
        party: Party | None = None,
        percent: int = 0,
        amount: int = 0,
        least: int = 0,
        times: int | None = None,
        from_on: date | None = None,
        until_on: date | None = None,
        note: str = "",
    ) -> Voucher:
        """Give a voucher to a buyer, or to whoever has its code; a code is made where none is said."""
        if code and cls.objects.filter(workshop_id=by.workshop_id, code=code).exists():
            raise Refused(_now("There is a voucher of this code already."))
        return cls.objects.create(
            workshop_id=by.workshop_id,
            code=code or _free_code(by.workshop_id),
            origin=cls.Origin.GIVEN,
            party=party,
            percent=percent,
            amount=amount,
            least=least,
            times=times,
            from_on=from_on or clock.today(),
            until_on=until_on,
            note=note,
            by=by,
        )

    @classmethod
    @creation("crm.exchange_points")
    def exchange(cls, *, by: Person, party: Party, points: int) -> Voucher:
        """Turn points, the first to expire first, into a voucher of the same worth.

        Raises TooFewPoints where there are less.
        """
        if points <= 0:
            raise Refused(_now("Take more than zero points."))
        hold(party)
        parts = spread_over([lot for lot in left_of(party) if not lot.is_over], points)
        days = [lot.expires_on for lot, _share in parts if lot.expires_on is not None]
        made = cls.objects.create(
            workshop_id=party.workshop_id,
            code=_free_code(party.workshop_id),
            origin=cls.Origin.POINTS,
            party=party,
            amount=points * PointRules.of(party.workshop).worth,
            until_on=min(days, default=None),
            by=by,
        )
        PointUse.objects.bulk_create(
            PointUse(lot=lot, kind=PointUse.Kind.SPENT, points=share, voucher=made, by=by)
            for lot, share in parts
        )
        return made

    @step("crm.void_voucher")
    def void(self, *, by: Person, reason: str) -> None:
        """Let it not be used any more; the points it was bought with come back."""
        if self.voided_at is not None:
            raise WrongState(_now("This voucher is void already."))
        if self.origin == self.Origin.POINTS:
            if self.uses.standing().exists():
                raise WrongState(_now("This voucher is used for an order."))
            self._give_points_back(by)
        self.voided_at = clock.now()
        self.voided_because = reason

    # Questions

    def off(self, goods: int) -> int:
        """Return what it takes off goods of so many rupiah."""
        if not self.percent:
            return self.amount
        share = goods * self.percent // 100
        return min(share, self.amount) if self.amount else share

    def demand_good(self, order: Order, goods: int) -> None:
        """Raise NoVoucher, in words for the buyer, unless it can be used for this order now."""
        today = clock.today()
        if self.voided_at is not None:
            raise NoVoucher(_now("This voucher is void."))
        if today < self.from_on:
            raise NoVoucher(
                _now("This voucher is good from %(day)s on.") % {"day": day(self.from_on)}
            )
        if self.until_on is not None and self.until_on < today:
            raise NoVoucher(
                _now("This voucher was good until %(day)s.") % {"day": day(self.until_on)}
            )
        standing = self.uses.standing()
        if standing.filter(party=order.buyer_id).exists():
            raise NoVoucher(_now("This voucher was used already."))
        if self.times is not None and standing.count() >= self.times:
            raise NoVoucher(_now("This voucher was used as often as it may be."))
        if goods < self.least:
            raise NoVoucher(
                _now("This voucher needs goods for %(sum)s.") % {"sum": rupiah(self.least)}
            )
        if not 0 < self.off(goods) <= self.most_off(goods):
            raise NoVoucher(
                _now("This voucher may take at most %(sum)s off this order.")
                % {"sum": rupiah(self.most_off(goods))}
            )

    def most_off(self, goods: int) -> int:
        """Return how much of these goods it may take off at most: of points the owner decides."""
        if self.origin == self.Origin.GIVEN:
            return goods - 1
        return min(goods * PointRules.of(self.workshop).most_percent // 100, goods - 1)

    @property
    def buyer_id(self) -> int | None:
        return self.party_id

    @property
    def is_over(self) -> bool:
        return self.until_on is not None and self.until_on < clock.today()

    # Inside

    def _give_points_back(self, by: Person) -> None:
        assert self.party is not None  # noqa: S101 - held by a constraint
        hold(self.party)
        spent = self.point_uses.order_by("pk")
        PointUse.objects.bulk_create(
            PointUse(lot_id=one.lot_id, kind=one.kind, points=-one.points, voucher=self, by=by)
            for one in spent
        )
        net(self.party, by=by)


class VoucherUseQuerySet(models.QuerySet["VoucherUse"]):
    def standing(self) -> Self:
        return self.filter(given_back_at=None)

    def idle(self) -> Self:
        """Those whose order came to nothing, or stands without any discount now. An order that stands
        with a part of it has used the voucher: otherwise it would be used twice."""
        revision = OrderRevision.objects.filter(
            order=OuterRef("order"), number=OuterRef("order__revision")
        )
        found = self.standing().annotate(left=Subquery(revision.values("discount")[:1]))
        return found.filter(Q(order__status__in=ENDED) | Q(left=0))


class VoucherUse(models.Model):
    """What a voucher took off an order. It is given back where the order comes to nothing."""

    voucher = models.ForeignKey(Voucher, models.PROTECT, related_name="uses")
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, models.PROTECT, related_name="voucher_uses", db_index=False)
    amount = models.PositiveBigIntegerField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    given_back_at = models.DateTimeField(null=True, editable=False)

    objects = VoucherUseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["voucher", "party"],
                condition=Q(given_back_at=None),
                name="voucher_once_a_party",
            ),
            models.UniqueConstraint(
                fields=["order"], condition=Q(given_back_at=None), name="voucher_one_an_order"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="voucher_use_of_something"),
        ]
        indexes = [models.Index(fields=["order"])]

    def __str__(self) -> str:
        return f"{self.voucher} {self.order}"

    # Steps

    @classmethod
    @creation("crm.use_voucher")
    def make(cls, *, by: Person, order: Order, code: str) -> VoucherUse:
        """Take what a voucher brings off an order that is placed and not agreed on yet.

        Raises NoVoucher, in words for the buyer, where the voucher is unknown or does not fit.
        """
        voucher = _locked(order, code)
        Order.objects.select_for_update(of=("self",), no_key=True).get(pk=order.pk)
        give_idle_back(VoucherUse.objects.filter(Q(voucher=voucher) | Q(order=order)))
        if order.voucher_uses.standing().exists():
            raise NoVoucher(_now("This order has a voucher already."))
        revision = Order.objects.for_page().get(pk=order.pk).current
        goods = revision.total - revision.shipping
        voucher.demand_good(order, goods)
        order.reduce(by=by, amount=voucher.off(goods))
        return cls.objects.create(
            voucher=voucher, party_id=order.buyer_id, order=order, amount=voucher.off(goods), by=by
        )

    @step("crm.give_voucher_back")
    def give_back(self, *, by: Person) -> None:
        """Let the voucher be used again: its order came to nothing, or has lost the discount."""
        if not VoucherUse.objects.filter(pk=self.pk).idle().exists():
            raise WrongState(_now("This voucher is in use."))
        self.given_back_at = clock.now()

    # Questions

    @property
    def workshop_id(self) -> int:
        return self.voucher.workshop_id

    @property
    def buyer_id(self) -> int:
        return self.party_id

    @property
    def shown_with(self) -> Order:
        return self.order


def tidy_code(typed: str) -> str:
    """Return what was typed as a code is kept: capitals, without blanks and dashes."""
    return "".join(typed.split()).replace("-", "").upper()


def give_idle_back(uses: VoucherUseQuerySet) -> int:
    """Give back what does nothing any more; return how many."""
    idle = list(uses.idle().select_related("voucher__workshop", "order").order_by("pk"))
    for use in idle:
        use.give_back(by=use.voucher.workshop.machine)
    return len(idle)


def _locked(order: Order, code: str) -> Voucher:
    """Lock the voucher that somebody has the code of; of another buyer's nobody hears."""
    mine = Voucher.objects.filter(workshop=order.workshop_id, code__in=_meant(code))
    mine = mine.filter(Q(party=None) | Q(party=order.buyer_id)).order_by("pk")
    voucher = mine.select_for_update(of=("self",), no_key=True).first()
    if voucher is None:
        raise NoVoucher(_now("We know no voucher of this code for you."))
    return voucher


def _meant(typed: str) -> set[str]:
    return {tidy_code(typed), codes.tidy(typed)}


def _free_code(workshop_id: int) -> str:
    while True:
        code = codes.spoken()
        if not Voucher.objects.filter(workshop_id=workshop_id, code=code).exists():
            return code
