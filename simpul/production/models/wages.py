"""What was earned by the piece, settled and paid: wage sheets, their slips, and the payments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Sum
from django.utils.translation import gettext as _now

from simpul.lib import clock
from simpul.parties.models import Person, Workshop
from simpul.parties.roles import Role
from simpul.payments.models import Purpose, PurposeKind
from simpul.production.models.log import StageLog
from simpul.workflow.models import Entry, NumberSeries
from simpul.workflow.steps import NotAllowed, Refused, WrongState, creation, step

READERS = {Role.OWNER, Role.PRODUCTION, Role.FINANCE, Role.MACHINE}


class NothingLeft(Refused):
    """Counts that were taken back cost more than was earned: nothing is paid below zero."""


class TooLittle(Refused):
    """The payment does not hold so much."""


class WageSheetQuerySet(models.QuerySet["WageSheet"]):
    def visible_to(self, person: Person) -> Self:
        """Who leads the work and who pays for it see all; nobody else knows who earned what."""
        sees = person.is_staff and person.role in READERS
        return self.filter(workshop_id=person.workshop_id) if sees else self.none()

    def with_sums(self) -> Self:
        """Add the sum of each sheet in rupiah, how many people stand on it, and what is unpaid."""
        slips = WageSlip.objects.filter(sheet=OuterRef("pk")).order_by().values("sheet")
        paid = WagePayment.objects.standing().filter(slip__sheet=OuterRef("pk")).order_by()
        return self.annotate(
            amount=_sum(slips.annotate(n=Sum("amount"))),
            people=_sum(slips.annotate(n=models.Count("pk"))),
            unpaid=F("amount") - _sum(paid.values("slip__sheet").annotate(n=Sum("amount"))),
        )

    def unpaid(self) -> Self:
        return self.filter(Exists(WageSlip.objects.unpaid().filter(sheet=OuterRef("pk"))))


class WageSheet(models.Model):
    """A fact: on this day somebody settled what was earned up to the end of `last_on`.

    Each count at a stage is settled once. One that is taken back after that is a minus on the
    next sheet; this one stays.
    """

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=20, editable=False)
    first_on = models.DateField()  # of the earliest count on it
    last_on = models.DateField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    journal = GenericRelation(Entry, "subject_id", "subject_type")

    objects = WageSheetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "number"], name="wage_sheet_number_once"),
            models.CheckConstraint(
                condition=Q(first_on__lte=F("last_on")), name="wage_sheet_in_order"
            ),
        ]
        indexes = [models.Index(fields=["workshop", "-id"])]

    if TYPE_CHECKING:  # where `with_sums` was asked for
        amount: int
        people: int
        unpaid: int

    def __str__(self) -> str:
        return self.number

    # Steps

    @classmethod
    @creation("production.settle_wages", private=("worker",))
    def settle(cls, *, by: Person, last_on: date, worker: str = "") -> WageSheet:
        """Settle all that is open up to the end of a day: of one worker, or of everybody.

        Whoever would get nothing, because more was taken back than earned, waits for the next
        sheet. Raises NothingLeft where that is the one who was asked for.
        """
        if last_on > clock.today():
            raise WrongState(_now("This day lies in the future."))
        Workshop.objects.select_for_update(of=("self",), no_key=True).get(pk=by.workshop_id)
        logs = StageLog.objects.earning(by.workshop_id).open_wages(last_on).order_by("pk")
        if worker:
            logs = logs.filter(worker=worker)
        earned: dict[str, list[StageLog]] = defaultdict(list)
        for log in logs:
            earned[log.worker].append(log)
        paid = {name: mine for name, mine in earned.items() if sum(log.wage for log in mine) > 0}
        if not paid and worker and earned:
            raise NothingLeft(
                _now("Taken back since the last sheet is as much as was earned, or more: it waits.")
            )
        if not paid:
            raise WrongState(_now("Nothing is left to settle in these days."))
        sheet = cls.objects.create(
            workshop_id=by.workshop_id,
            number=NumberSeries.draw(by.workshop_id, "UPH"),
            first_on=min(clock.day_of(log.at) for mine in paid.values() for log in mine),
            last_on=last_on,
            by=by,
        )
        for name, mine in sorted(paid.items()):
            slip = WageSlip.objects.create(
                sheet=sheet,
                worker=name,
                pairs=sum(log.good for log in mine),
                amount=sum(log.wage for log in mine),
            )
            SettledLog.objects.bulk_create(SettledLog(slip=slip, log=log) for log in mine)
        return sheet

    @step("production.pay_wages")
    def pay(self, *, by: Person, slips: Sequence[WageSlip], purpose: Purpose | None = None) -> None:
        """Pay what is open of these slips: in cash now, or by a payment of wages that left already.

        Such a payment may be an advance that covers one slip in part: the rest stays open. Raises
        TooLittle where it does not hold enough for several slips, or nothing at all.
        """
        mine = WageSlip.objects.with_paid().filter(sheet=self, pk__in=[slip.pk for slip in slips])
        found = list(mine.order_by("pk"))
        if not found or len(found) != len(set(slips)):
            raise NotAllowed(_now("Choose whom of this sheet the money was for."))
        if any(slip.is_paid for slip in found):
            raise WrongState(_now("Some of these wages are paid already."))
        amount = sum(slip.open for slip in found)
        if purpose is None:
            left = amount
            purpose = Purpose.of_cash(
                by=by, kind=PurposeKind.WAGES, amount=-amount, words=self.number
            )
        else:
            purpose = _payment_of_wages(purpose, self.workshop_id)
            left = unspent([purpose])[purpose.pk]
        if not left or (left < amount and len(found) > 1):
            raise TooLittle(_now("This payment holds less than these wages."))
        WagePayment.objects.bulk_create(
            WagePayment(slip=slip, purpose=purpose, amount=min(slip.open, left), by=by)
            for slip in found
        )


class WageSlipQuerySet(models.QuerySet["WageSlip"]):
    def with_paid(self) -> Self:
        """Add how much of each slip is paid, in rupiah."""
        standing = WagePayment.objects.standing().filter(slip=OuterRef("pk")).order_by()
        return self.annotate(paid=_sum(standing.values("slip").annotate(n=Sum("amount"))))

    def unpaid(self) -> Self:
        """Those of which something is still to be paid."""
        return self.with_paid().filter(paid__lt=F("amount"))


class WageSlip(models.Model):
    """What one worker gets by a sheet: so many pairs at all stages, so many rupiah."""

    sheet = models.ForeignKey(WageSheet, models.PROTECT, related_name="slips", db_index=False)
    worker = models.CharField(max_length=60)
    pairs = models.IntegerField()  # good ones at all stages, less what was taken back
    amount = models.PositiveBigIntegerField()

    objects = WageSlipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sheet", "worker"], name="wage_slip_once_a_worker"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="wage_slip_of_something"),
        ]

    if TYPE_CHECKING:
        paid: int  # where `with_paid` was asked for

    def __str__(self) -> str:
        return self.worker

    @property
    def open(self) -> int:
        """What is still to be paid, in rupiah."""
        return self.amount - self.paid

    @property
    def is_paid(self) -> bool:
        return not self.open


class SettledLog(models.Model):
    """A count at a stage stands on this slip, and on no other."""

    slip = models.ForeignKey(WageSlip, models.PROTECT, related_name="logs")
    log = models.OneToOneField(StageLog, models.PROTECT, related_name="settled")

    def __str__(self) -> str:
        return f"{self.log_id} on {self.slip_id}"


class WagePaymentQuerySet(models.QuerySet["WagePayment"]):
    def standing(self) -> Self:
        """Those that were not taken back, of money that was not either."""
        return self.filter(taken_back_at=None, purpose__reversal=None)


class WagePayment(models.Model):
    """So much of money that went out was for this slip."""

    slip = models.ForeignKey(WageSlip, models.PROTECT, related_name="payments")
    purpose = models.ForeignKey(Purpose, models.PROTECT, related_name="wage_payments")
    amount = models.PositiveBigIntegerField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    taken_back_at = models.DateTimeField(null=True, editable=False)

    objects = WagePaymentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="wage_payment_of_something")
        ]

    def __str__(self) -> str:
        return f"{self.amount} for {self.slip}"

    # Steps

    @step("production.unpay_wages")
    def take_back(self, *, by: Person) -> None:
        """Say that a payment was not for this slip; it may be for another one."""
        if self.taken_back_at is not None:
            raise WrongState(_now("This was taken back already."))
        self.taken_back_at = clock.now()

    # Questions

    @property
    def workshop_id(self) -> int:
        return self.purpose.workshop_id


def unspent(purposes: Sequence[Purpose]) -> dict[int, int]:
    """Return of each payment of wages the rupiah that no slip has used yet."""
    used = (
        WagePayment.objects.standing()
        .filter(purpose__in=purposes)
        .order_by()
        .values_list("purpose")
        .annotate(n=Sum("amount"))
    )
    counted = dict(used)
    return {one.pk: one.rupiah - counted.get(one.pk, 0) for one in purposes}


def _payment_of_wages(purpose: Purpose, workshop_id: int) -> Purpose:
    """Return the payment, locked, if it is one of wages that stands."""
    purpose = Purpose.objects.select_for_update(of=("self",), no_key=True).get(pk=purpose.pk)
    is_wages = purpose.kind == PurposeKind.WAGES and purpose.is_out and purpose.reverses_id is None
    if not is_wages or purpose.workshop_id != workshop_id:
        raise NotAllowed(_now("This is no payment of wages."))
    if Purpose.objects.filter(reverses=purpose).exists():
        raise WrongState(_now("This payment was taken back."))
    return purpose


def _sum(rows: models.QuerySet[Any, Any]) -> models.functions.Coalesce:
    """What rows that are summed as `n` come to, as a column: nothing of none."""
    found = models.Subquery(rows.values("n"), output_field=models.BigIntegerField())
    return models.functions.Coalesce(found, 0)
