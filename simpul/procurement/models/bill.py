"""What suppliers bill, and which payment was meant for which bill."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q, Sum
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock, uploads
from simpul.lib.quantities import amount_of
from simpul.papers.models import Upload
from simpul.parties.models import Party, Person, Workshop
from simpul.parties.roles import Role
from simpul.payments.models import Purpose, PurposeKind
from simpul.procurement.models.receipt import GoodsReceipt, ReceivedLine
from simpul.workflow.steps import NotAllowed, Refused, WrongState, creation, step

READERS = {Role.OWNER, Role.FINANCE, Role.STOCK, Role.VIEWER, Role.MACHINE}


class NotThere(Refused):
    """More is counted than the payment holds or the bill asks for."""


class SupplierBillQuerySet(models.QuerySet["SupplierBill"]):
    def visible_to(self, person: Person) -> Self:
        """Who buys and who pays sees all, a supplier its own."""
        ours = self.filter(workshop_id=person.workshop_id)
        if person.is_staff:
            return ours if person.role in READERS else ours.none()
        return ours.filter(supplier_id=person.party_id)

    def standing(self) -> Self:
        return self.filter(status=SupplierBill.Status.RECORDED)


class SupplierBill(models.Model):
    """A supplier asks for so much, for goods that came. What it asks for is what is owed."""

    class Status(models.TextChoices):
        RECORDED = "recorded", _("recorded")
        VOIDED = "voided", _("taken back")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    supplier = models.ForeignKey(Party, models.PROTECT, related_name="bills")
    number = models.CharField(max_length=40)  # the supplier's own
    status = models.CharField(max_length=8, choices=Status, default=Status.RECORDED, editable=False)
    billed_on = models.DateField()
    due_on = models.DateField()
    amount = models.PositiveBigIntegerField()
    why = models.CharField(max_length=200, blank=True)  # it is not the value of the goods
    document = models.ForeignKey(Upload, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    reason = models.CharField(max_length=300, blank=True, editable=False)  # of taking it back

    objects = SupplierBillQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "number"],
                condition=Q(status="recorded"),
                name="supplier_bill_once",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="supplier_bill_of_something"),
            models.CheckConstraint(
                condition=Q(due_on__gte=models.F("billed_on")), name="supplier_bill_due_later"
            ),
        ]
        indexes = [models.Index(fields=["workshop", "-billed_on"])]

    def __str__(self) -> str:
        return self.number

    # Steps

    @classmethod
    @creation("procurement.record_bill")
    def record(
        cls,
        *,
        by: Person,
        supplier: Party,
        number: str,
        billed_on: date,
        due_on: date,
        amount: int,
        receipts: Sequence[GoodsReceipt] = (),
        why: str = "",
        document: uploads.Admitted | None = None,
    ) -> SupplierBill:
        """Note what a supplier bills for goods that came. Where it is not their value, say why."""
        if not supplier.is_supplier or supplier.workshop_id != by.workshop_id:
            raise NotAllowed(_now("Only a supplier of this workshop can bill."))
        if cls.objects.standing().filter(supplier=supplier, number=number).exists():
            raise Refused(_now("This bill stands here already."))
        if billed_on > clock.today():
            raise Refused(_now("This day lies in the future."))
        keys = [one.pk for one in receipts]
        fresh = list(
            GoodsReceipt.objects.select_for_update(of=("self",))
            .filter(pk__in=keys, purchase__supplier=supplier)
            .order_by("pk")
        )
        if len(fresh) != len(set(keys)):
            raise NotAllowed(_now("These goods came from somebody else."))
        if BilledReceipt.objects.filter(receipt__in=fresh, is_standing=True).exists():
            raise WrongState(_now("Some of these goods are billed already."))
        if amount != sum(value_of(fresh).values()) and not why:
            raise Refused(_now("The bill differs from the value of the goods: say why."))
        bill = cls.objects.create(
            workshop_id=supplier.workshop_id,
            supplier=supplier,
            number=number,
            billed_on=billed_on,
            due_on=due_on,
            amount=amount,
            why=why,
            document=Upload.keep(document, by=by) if document else None,
            by=by,
        )
        for one in fresh:
            BilledReceipt.objects.create(bill=bill, receipt=one)
        return bill

    @step("procurement.void_bill", source=Status.RECORDED, target=Status.VOIDED)
    def void(self, *, by: Person, reason: str) -> None:
        """Take the bill back: it was recorded wrongly. Its goods count for themselves again."""
        BilledReceipt.objects.filter(bill=self).update(is_standing=False)
        self.reason = reason


class BilledReceipt(models.Model):
    """A bill speaks of these goods, as long as it stands."""

    bill = models.ForeignKey(SupplierBill, models.PROTECT, related_name="receipts")
    receipt = models.ForeignKey(GoodsReceipt, models.PROTECT, related_name="billed")
    is_standing = models.BooleanField(default=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["receipt"], condition=Q(is_standing=True), name="receipt_billed_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.receipt_id} in {self.bill_id}"


class BillPaymentQuerySet(models.QuerySet["BillPayment"]):
    def standing(self) -> Self:
        """Those that were not taken back, of payments and bills that were not either."""
        return self.filter(
            taken_back_at=None,
            bill__status=SupplierBill.Status.RECORDED,
            purpose__reversal=None,
        )


class BillPayment(models.Model):
    """So much of a payment was meant for this bill, said by hand.

    What nobody said anything about goes to what is due first.
    """

    purpose = models.ForeignKey(Purpose, models.PROTECT, related_name="bill_payments")
    bill = models.ForeignKey(SupplierBill, models.PROTECT, related_name="payments")
    amount = models.PositiveBigIntegerField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    taken_back_at = models.DateTimeField(null=True, editable=False)

    objects = BillPaymentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="bill_payment_of_something")
        ]

    def __str__(self) -> str:
        return f"{self.amount} for {self.bill}"

    # Steps

    @classmethod
    @creation("procurement.count_payment")
    def count(cls, *, by: Person, bill: SupplierBill, purpose: Purpose, amount: int) -> BillPayment:
        """Say that so much of a payment was meant for this bill, whatever is due sooner."""
        bill = SupplierBill.objects.select_for_update(of=("self",)).get(pk=bill.pk)
        purpose = Purpose.objects.select_for_update(of=("self",)).get(pk=purpose.pk)
        is_payment = purpose.kind == PurposeKind.SUPPLIER and purpose.reverses_id is None
        if not is_payment or purpose.party_id != bill.supplier_id:
            raise NotAllowed(_now("This is no payment to the supplier of the bill."))
        if bill.status != SupplierBill.Status.RECORDED:
            raise WrongState(_now("This bill was taken back."))
        if Purpose.objects.filter(reverses=purpose).exists():
            raise WrongState(_now("This payment was taken back."))
        standing = cls.objects.standing()
        of_bill = standing.filter(bill=bill).aggregate(n=Sum("amount"))["n"] or 0
        of_payment = standing.filter(purpose=purpose).aggregate(n=Sum("amount"))["n"] or 0
        if amount <= 0 or of_bill + amount > bill.amount or of_payment + amount > purpose.rupiah:
            raise NotThere(_now("That is more than was paid, or than the bill asks for."))
        return cls.objects.create(bill=bill, purpose=purpose, amount=amount, by=by)

    @step("procurement.uncount_payment")
    def take_back(self, *, by: Person) -> None:
        """Say that it was not meant so: it goes to what is due first again."""
        if self.taken_back_at is not None:
            raise WrongState(_now("This was taken back already."))
        self.taken_back_at = clock.now()

    # Questions

    @property
    def workshop_id(self) -> int:
        return self.bill.workshop_id


def value_of(receipts: Sequence[GoodsReceipt]) -> dict[int, int]:
    """Return the value of each receipt: what was accepted, at the agreed price."""
    values = dict.fromkeys((one.pk for one in receipts), 0)
    lines = ReceivedLine.objects.filter(receipt__in=values).values_list(
        "receipt", "good", "line__price", "line__unit_size"
    )
    for receipt, good, price, per in lines:
        values[receipt] += amount_of(price, good, per)
    return values
