"""Money that really came, and what it was counted for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q, Sum
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock
from simpul.orders.models import AGREED, Instalment, Order
from simpul.parties.models import Party, Person, Workshop
from simpul.payments import kuitansi
from simpul.payments.models.account import BankAccount
from simpul.payments.models.claim import PaymentClaim
from simpul.payments.models.instruction import Instruction
from simpul.workflow.steps import NotAllowed, Refused, WrongState, creation, step

if TYPE_CHECKING:
    from simpul.payments.models.entry import BankEntry

type Part = tuple[Instalment, int]

NEAR = timedelta(days=5)  # a claim's day and the bank's day lie no further apart


class TooMuch(Refused):
    """More than there is, or more than is open."""


class NotYours(NotAllowed):
    """Nobody counts money for a party they belong to."""


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.filter(party_id=person.party_id)

    def standing(self) -> Self:
        return self.filter(annulled_at=None)

    def with_credit(self) -> Self:
        """Annotate what is not counted for anything yet: the party's credit."""
        counted = (
            Allocation.objects.filter(receipt=models.OuterRef("pk"))
            .order_by()
            .values("receipt")
            .annotate(n=Sum("amount"))
            .values("n")
        )
        return self.annotate(
            credit=models.F("amount")
            - models.functions.Coalesce(
                models.Subquery(counted, output_field=models.BigIntegerField()), 0
            )
        )

    def lock(self, allocations: models.QuerySet[Allocation]) -> None:
        rows = self.filter(pk__in=allocations.values("receipt")).order_by("pk")
        list(rows.select_for_update(of=("self",)))


class Receipt(models.Model):
    """Recognised money of one party: an entry of the bank, or counted cash."""

    class Source(models.TextChoices):
        BANK = "bank", _("bank")
        CASH = "cash", _("cash")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="receipts")
    party = models.ForeignKey(Party, models.PROTECT, related_name="receipts")
    source = models.CharField(max_length=4, choices=Source)
    entry = models.ForeignKey(
        "payments.BankEntry", models.PROTECT, null=True, related_name="receipts"
    )
    amount = models.PositiveBigIntegerField()
    received_on = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    annulled_at = models.DateTimeField(null=True, editable=False)
    annulled_because = models.CharField(max_length=300, blank=True, editable=False)

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entry"], condition=Q(annulled_at=None), name="receipt_once_an_entry"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="receipt_of_something"),
            models.CheckConstraint(
                condition=Q(source="bank", entry__isnull=False)
                | Q(source="cash", entry__isnull=True),
                name="receipt_has_its_source",
            ),
        ]
        indexes = [models.Index(fields=["workshop", "-id"])]

    def __str__(self) -> str:
        return f"{self.party} {self.amount}"

    # Steps

    @classmethod
    @creation("payments.take_cash", private=("note",))
    def take_cash(
        cls,
        *,
        by: Person,
        order: Order,
        amount: int,
        received_on: date | None = None,
        note: str = "",
    ) -> Receipt:
        """Count cash for an order, from its first open instalment on; the rest is credit."""
        if amount <= 0:
            raise TooMuch(_now("Count more than zero rupiah."))
        if order.status not in AGREED:
            raise WrongState(_now("Nothing is to be paid for this order."))
        received_on = received_on or clock.today()
        if received_on > clock.today():
            raise Refused(_now("This day lies in the future."))
        receipt = cls(
            workshop_id=order.workshop_id,
            party=order.buyer,
            source=cls.Source.CASH,
            amount=amount,
            received_on=received_on,
            note=note,
            by=by,
        )
        BankAccount.objects.lock(order.workshop_id)
        receipt._settle(spread(order, amount), by=by)
        return receipt

    @classmethod
    def of_entry(cls, entry: BankEntry, parts: Sequence[Part], *, by: Person) -> Receipt:
        """Recognise an entry as the money of whoever owes these parts; called by its step."""
        receipt = cls(
            workshop_id=entry.workshop_id,
            party=parts[0][0].order.buyer,
            source=cls.Source.BANK,
            entry=entry,
            amount=entry.rupiah,
            received_on=entry.booked_on,
            by=by,
        )
        BankAccount.objects.lock(entry.workshop_id)
        receipt._settle(parts, by=by)
        return receipt

    @step("payments.use_credit")
    def use_credit(self, *, by: Person, parts: Sequence[Part]) -> None:
        """Count what was left over for something that is open now."""
        if self.annulled_at is not None:
            raise WrongState(_now("This receipt was annulled."))
        BankAccount.objects.lock(self.workshop_id)
        self._allocate(parts, by=by)

    @step("payments.annul")
    def annul(self, *, by: Person, reason: str) -> None:
        """Take the receipt back, once nothing is counted from it: its entry waits again."""
        if self.annulled_at is not None:
            raise WrongState(_now("This receipt was annulled."))
        if self.credit_now() != self.amount:
            raise WrongState(_now("Take back what is counted from this receipt first."))
        self.annulled_at = clock.now()
        self.annulled_because = reason
        self.save(update_fields=["annulled_at", "annulled_because"])
        if self.entry is not None:
            self.entry.reopen(by=by)

    # Questions

    def credit_now(self) -> int:
        """Return what is not counted for anything, asked freshly."""
        counted = self.allocations.aggregate(n=Sum("amount"))["n"] or 0
        return self.amount - counted

    @property
    def buyer_id(self) -> int:
        return self.party_id

    @property
    def shown_with(self) -> Any:
        """The order whose page shows it to the buyer."""
        first = self.allocations.select_related("instalment__order").order_by("pk").first()
        return first.instalment.order if first else self.party

    # Inside

    def _settle(self, parts: Sequence[Part], *, by: Person) -> None:
        """Save the receipt with what it is counted for, its kuitansi and the claims it answers."""
        from_claims = PaymentClaim.objects.open().filter(
            order__in={part.order_id for part, _amount in parts} or {0},
            amount=self.amount,
            paid_on__range=(self.received_on - NEAR, self.received_on + NEAR),
        )
        claim = from_claims.order_by("pk").first()
        self.save()
        if claim is not None:
            claim.match(by=by)
        self._allocate(parts, by=by)
        kuitansi.issue(self, parts, by=by)

    def _allocate(self, parts: Sequence[Part], *, by: Person) -> None:
        _demand_stranger(by, self.party)
        wanted = {part.order_id for part, _amount in parts}
        orders = list(
            Order.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk")
        )
        if any(order.buyer_id != self.party_id for order in orders):
            raise TooMuch(_now("All parts of a receipt belong to one buyer."))
        if any(order.status not in AGREED for order in orders):
            raise WrongState(_now("Nothing is to be paid for this order."))
        if any(amount <= 0 for _part, amount in parts):
            raise TooMuch(_now("Count more than zero rupiah."))
        if sum(amount for _part, amount in parts) > self.credit_now():
            raise TooMuch(_now("That is more than has come."))
        for part, amount in sorted(parts, key=lambda one: one[0].pk):
            Allocation.objects.create(receipt=self, instalment=part, amount=amount, by=by)
            part.receive(amount)
        for order in orders:
            Instruction.renew(order, by=by)


class AllocationQuerySet(models.QuerySet["Allocation"]):
    def standing(self) -> Self:
        """Those that were not taken back."""
        return self.filter(reverses=None, reversal=None)


class Allocation(models.Model):
    """So much of a receipt counts for one instalment. A mistake is a second, negative row."""

    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="allocations")
    instalment = models.ForeignKey(Instalment, models.PROTECT, related_name="allocations")
    amount = models.BigIntegerField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversal", editable=False
    )
    reason = models.CharField(max_length=300, blank=True, editable=False)

    objects = AllocationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reverses=None, amount__gt=0) | Q(reverses__isnull=False, amount__lt=0),
                name="allocation_or_its_reversal",
            )
        ]

    def __str__(self) -> str:
        return f"{self.instalment} {self.amount}"

    # Steps

    @step("payments.reverse")
    def reverse(self, *, by: Person, reason: str) -> None:
        """Take the money back from the instalment: it is the party's credit, the gate shuts again."""
        if self.amount < 0 or Allocation.objects.filter(reverses=self).exists():
            raise WrongState(_now("This was taken back already."))
        receipt = Receipt.objects.select_for_update(of=("self",)).get(pk=self.receipt_id)
        _demand_stranger(by, receipt.party)
        BankAccount.objects.lock(receipt.workshop_id)
        Allocation.objects.create(
            receipt=receipt,
            instalment=self.instalment,
            amount=-self.amount,
            by=by,
            reverses=self,
            reason=reason,
        )
        self.instalment.give_back(self.amount)
        Instruction.renew(Order.objects.get(pk=self.instalment.order_id), by=by)

    # Questions

    @property
    def is_reversed(self) -> bool:
        """Tell whether a later row takes it back; reads `reversal` as selected."""
        return hasattr(self, "reversal")

    @property
    def workshop_id(self) -> int:
        return self.receipt.workshop_id

    @property
    def buyer_id(self) -> int:
        return self.receipt.party_id

    @property
    def shown_with(self) -> Order:
        return self.instalment.order


def spread(order: Order, amount: int) -> list[Part]:
    """Divide an amount over what is open of an order, from the first instalment on."""
    parts = []
    for instalment in order.instalments.unpaid().order_by("position"):
        share = min(amount, instalment.open_amount)
        if share:
            parts.append((instalment, share))
        amount -= share
    return parts


def party_credit(party: Party) -> int:
    """Return the money of a party that is not counted for anything."""
    standing = Receipt.objects.standing().filter(party=party)
    came = standing.aggregate(n=Sum("amount"))["n"] or 0
    counted = Allocation.objects.filter(receipt__in=standing).aggregate(n=Sum("amount"))["n"] or 0
    return came - counted


def _demand_stranger(by: Person, party: Party) -> None:
    same_user = by.user_id is not None and party.people.filter(user=by.user_id).exists()
    if by.party_id == party.pk or same_user:
        raise NotYours(_now("Somebody else must count the money of a party you belong to."))
