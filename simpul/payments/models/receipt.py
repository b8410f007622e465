"""Money that really came, and how it is counted for what is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock, money
from simpul.orders.models import AGREED, Instalment, Order
from simpul.parties.models import Party, Person, Workshop
from simpul.payments import kuitansi
from simpul.payments.models.account import BankAccount
from simpul.payments.models.claim import PaymentClaim
from simpul.payments.models.instruction import Instruction
from simpul.workflow.steps import NotAllowed, Refused, WrongState, creation, step

if TYPE_CHECKING:
    from simpul.payments.models.entry import BankEntry
    from simpul.payments.models.gateway_payment import GatewayPayment

type Part = tuple[Instalment, int]

NEAR = timedelta(days=5)  # a claim's day and the bank's day lie no further apart


class TooMuch(Refused):
    """More than there is, or more than is open."""


class NotYours(NotAllowed):
    """Nobody counts money for a party they belong to."""


LEFT = F("amount") - Coalesce(Sum("allocations__amount"), 0)  # of a receipt or a credit note


class Credit:
    """What a party may count for something: money that came, or a credit note.

    What of it is not counted for anything is the party's credit.
    """

    if TYPE_CHECKING:  # columns of whoever is one
        party: Any
        party_id: Any
        amount: Any
        annulled_at: Any
        allocations: Any

    def credit_now(self) -> int:
        """Return what is not counted for anything, asked freshly."""
        counted = self.allocations.aggregate(n=Sum("amount"))["n"] or 0
        left: int = self.amount - counted
        return left

    def count_for(self, parts: Sequence[Part], *, by: Person) -> None:
        """Count it, and ask for what is open next; called by a step that holds it."""
        for order in self.count(parts, by=by):
            Instruction.renew(order, by=by)

    def count(self, parts: Sequence[Part], *, by: Person) -> list[Order]:
        """Count so much of it for each of these instalments; return their orders."""
        wanted = {part.order_id for part, _amount in parts}
        orders = list(
            Order.objects.select_for_update(of=("self",), no_key=True)
            .filter(pk__in=wanted)
            .order_by("pk")
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
            self.allocations.create(instalment=part, amount=amount, by=by)
            part.receive(amount)
        return orders


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.filter(party_id=person.party_id)

    def standing(self) -> Self:
        return self.filter(annulled_at=None)

    def with_credit(self) -> Self:
        """Annotate what is not counted for anything yet: the party's credit."""
        return self.annotate(credit=LEFT)


class Receipt(Credit, models.Model):
    """Recognised money of one party: an entry of the bank, counted cash, a gateway's payment."""

    class Source(models.TextChoices):
        BANK = "bank", _("bank")
        CASH = "cash", _("cash")
        GATEWAY = "gateway", _("payment gateway")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="receipts", db_index=False)
    party = models.ForeignKey(Party, models.PROTECT, related_name="receipts")
    source = models.CharField(max_length=7, choices=Source)
    entry = models.ForeignKey(
        "payments.BankEntry", models.PROTECT, null=True, related_name="receipts"
    )
    gateway_payment = models.ForeignKey(
        "payments.GatewayPayment", models.PROTECT, null=True, related_name="receipts"
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
            models.UniqueConstraint(
                fields=["gateway_payment"],
                condition=Q(annulled_at=None),
                name="receipt_once_a_gateway_payment",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="receipt_of_something"),
            models.CheckConstraint(
                condition=Q(source="bank", entry__isnull=False, gateway_payment__isnull=True)
                | Q(source="cash", entry__isnull=True, gateway_payment__isnull=True)
                | Q(source="gateway", entry__isnull=True, gateway_payment__isnull=False),
                name="receipt_has_its_source",
            ),
        ]
        indexes = [
            models.Index(fields=["workshop", "-id"]),
            models.Index(  # few, and added up as often as somebody looks at the cash box
                fields=["workshop", "received_on"], condition=Q(source="cash"), name="receipt_cash"
            ),
        ]

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
    def of_entry(
        cls, entry: BankEntry, parts: Sequence[Part], *, party: Party, by: Person
    ) -> Receipt:
        """Recognise an entry as this party's money for these parts; called by its step."""
        receipt = cls(
            workshop_id=entry.workshop_id,
            party=party,
            source=cls.Source.BANK,
            entry=entry,
            amount=entry.rupiah,
            received_on=entry.booked_on,
            by=by,
        )
        BankAccount.objects.lock(entry.workshop_id)
        receipt._settle(parts, by=by)
        return receipt

    @classmethod
    def of_payment(
        cls, payment: GatewayPayment, parts: Sequence[Part], *, amount: int, by: Person
    ) -> Receipt:
        """Recognise what a gateway received for an order; called by the payment's step.

        Without parts, because nothing is open any more, it is the buyer's credit.
        """
        assert payment.order is not None  # noqa: S101 - held by a constraint of the payment
        paid_at = payment.paid_at or clock.now()
        receipt = cls(
            workshop_id=payment.workshop_id,
            party=payment.order.buyer,
            source=cls.Source.GATEWAY,
            gateway_payment=payment,
            amount=amount,
            received_on=min(clock.day_of(paid_at), clock.today()),
            by=by,
        )
        receipt._settle(parts, by=by)
        return receipt

    @step("payments.annul")
    def annul(self, *, by: Person, reason: str) -> None:
        """Take the receipt back, once nothing is counted from it: its entry, or what a gateway told
        of it, waits again. Call `reconciliation.annul`, which holds the rows."""
        if self.annulled_at is not None:
            raise WrongState(_now("This receipt was annulled."))
        if self.credit_now() != self.amount:
            raise WrongState(_now("Take back what is counted from this receipt first."))
        self.annulled_at = clock.now()
        self.annulled_because = reason
        self.save(update_fields=["annulled_at", "annulled_because"])
        if self.entry is not None:
            self.entry.reopen(by=by)
        if self.gateway_payment is not None:
            self.gateway_payment.ask_again(by=by, reason=reason)

    @step("payments.bounce")
    def bounce(self, *, by: Person, reason: str) -> None:
        """The bank or a gateway took the money back: nothing is paid by it, and the gates shut.

        Whatever it was counted for is owed again; call `bounce.take_back`, which holds the rows.
        """
        if self.annulled_at is not None:
            raise WrongState(_now("This receipt was annulled."))
        for allocation in self.allocations.standing().order_by("pk"):
            allocation.undo(by=by, reason=reason)
        self.annulled_at = clock.now()
        self.annulled_because = reason

    # Questions

    @property
    def buyer_id(self) -> int:
        return self.party_id

    @property
    def needs_stamp(self) -> bool:
        """Tell whether its kuitansi needs a meterai."""
        return money.stamp_duty_due(self.amount, above=self.workshop.stamp_duty_above)

    @property
    def shown_with(self) -> Any:
        """The order whose page shows it to the buyer."""
        for_orders = self.allocations.filter(instalment__isnull=False)
        first = for_orders.select_related("instalment__order").order_by("pk").first()
        return first.target.order if first else self.party

    # Inside

    def _settle(self, parts: Sequence[Part], *, by: Person) -> None:
        """Save the receipt with what it is counted for, its kuitansi and the claims it answers."""
        demand_stranger(by, self.party)
        from_claims = PaymentClaim.objects.open().filter(
            order__in={part.order_id for part, _amount in parts} or {0},
            amount=self.amount,
            paid_on__range=(self.received_on - NEAR, self.received_on + NEAR),
        )
        claim = from_claims.order_by("pk").first()
        self.save()
        if claim is not None:
            claim.match(by=by)
        orders = self.count(parts, by=by)
        kuitansi.issue(self, parts, by=by)  # the invoice of what is asked next names it
        for order in orders:
            Instruction.renew(order, by=by)


def spread(order: Order, amount: int) -> list[Part]:
    """Divide an amount over what is open of an order, from the first instalment on."""
    parts = []
    for instalment in order.instalments.unpaid().order_by("position"):
        share = min(amount, instalment.open_amount)
        if share:
            parts.append((instalment, share))
        amount -= share
    return parts


def demand_stranger(by: Person, party: Party) -> None:
    """Raise NotYours where the same person, or the same login, belongs to the party."""
    same_user = by.user_id is not None and party.people.filter(user=by.user_id).exists()
    if by.party_id == party.pk or same_user:
        raise NotYours(_now("Somebody else must count the money of a party you belong to."))
