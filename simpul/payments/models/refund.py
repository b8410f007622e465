"""Money that goes back to a buyer, and money that is kept by the agreed rule."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock
from simpul.orders.models import Order, Status
from simpul.parties.models import Party, Person, Workshop
from simpul.payments import notes
from simpul.payments.models.account import BankAccount, NeedsAnother
from simpul.payments.models.allocation import Allocation, draw, hold
from simpul.payments.models.receipt import Credit, TooMuch, demand_stranger
from simpul.workflow.steps import Refused, WrongState, creation, step

if TYPE_CHECKING:
    from simpul.payments.models.entry import BankEntry

FEE = 6_500  # what a bank may take for a transfer, booked together with it
CLOCKS = timedelta(days=1)  # a transfer may be booked a day before it was noted here


class RefundQuerySet(models.QuerySet["Refund"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.filter(party_id=person.party_id)

    def open(self) -> Self:
        """Those that somebody still has something to do with."""
        return self.filter(status__in=[*WAITING, Refund.Status.SENT])

    def gone(self) -> Self:
        """Those whose money has left the workshop."""
        return self.filter(status__in=GONE)

    def with_covered(self) -> Self:
        """Annotate how much of it is taken from the party's credit."""
        return self.annotate(covered=Coalesce(Sum("allocations__amount"), 0))

    def lock(self, allocations: models.QuerySet[Allocation]) -> list[Refund]:
        rows = self.filter(pk__in=allocations.values("refund")).order_by("pk")
        return list(rows.select_for_update(of=("self",)))


class Refund(models.Model):
    """So much of a party's credit goes back. It is taken from the credit when it is asked for."""

    class Status(models.TextChoices):
        REQUESTED = "requested", _("waits for approval")
        APPROVED = "approved", _("approved")
        SENT = "sent", _("sent")
        SEEN = "seen", _("paid out")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    party = models.ForeignKey(Party, models.PROTECT, related_name="refunds")
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="refunds")
    status = models.CharField(
        max_length=9, choices=Status, default=Status.REQUESTED, editable=False
    )
    amount = models.PositiveBigIntegerField()
    note = models.CharField(max_length=300, blank=True)
    bank = models.CharField(max_length=40, blank=True)
    number = models.CharField(max_length=24, blank=True)
    holder = models.CharField(max_length=80, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    account = models.ForeignKey(BankAccount, models.PROTECT, null=True, related_name="+")
    sent_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    sent_on = models.DateField(null=True, editable=False)
    is_cash = models.BooleanField(default=False, editable=False)
    entry = models.OneToOneField(
        "payments.BankEntry", models.PROTECT, null=True, related_name="refund", editable=False
    )
    reason = models.CharField(max_length=300, blank=True, editable=False)  # of its end

    if TYPE_CHECKING:
        covered: int  # where `with_covered` was asked for

    objects = RefundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_of_something"),
            models.CheckConstraint(
                condition=~Q(status__in=["sent", "seen"])
                | Q(approved_by__isnull=False, sent_on__isnull=False),
                name="refund_sent_was_approved",
            ),
            models.CheckConstraint(
                condition=~Q(status="seen") | Q(is_cash=True) | Q(entry__isnull=False),
                name="refund_seen_in_an_entry_or_cash",
            ),
        ]
        indexes = [models.Index(fields=["workshop", "status"])]

    def __str__(self) -> str:
        return f"{self.party} {self.amount}"

    # Steps

    @classmethod
    @creation("payments.request_refund", private=("bank", "number", "holder"))
    def request(
        cls,
        *,
        by: Person,
        party: Party,
        amount: int,
        note: str = "",
        order: Order | None = None,
        bank: str = "",
        number: str = "",
        holder: str = "",
    ) -> Refund:
        """Ask for credit back. It is set aside at once, so that it cannot be spent twice.

        Raises TooMuch where the party has less credit.
        """
        if amount <= 0:
            raise TooMuch(_now("Count more than zero rupiah."))
        return _take(
            cls(
                workshop_id=party.workshop_id,
                party=party,
                order=order,
                amount=amount,
                note=note,
                bank=bank,
                number=number,
                holder=holder,
                by=by,
            ),
            order,
        )

    @step("payments.approve_refund", source=Status.REQUESTED, target=Status.APPROVED)
    def approve(self, *, by: Person) -> None:
        """Agree to it; above the owner's limit as somebody who did not ask for it."""
        demand_stranger(by, self.party)
        if self.needs_two and _is_same(by, self.by):
            raise NeedsAnother(_now("Above the limit a second person must approve the refund."))
        self.approved_by = by

    @step(
        "payments.refuse_refund",
        source=(Status.REQUESTED, Status.APPROVED, Status.SENT),
        target=Status.REFUSED,
    )
    def refuse(self, *, by: Person, reason: str) -> None:
        """Say no, or that the transfer did not go through: the money is credit again."""
        self._give_back(by=by, reason=reason)

    @step("payments.withdraw_refund", source=Status.REQUESTED, target=Status.WITHDRAWN)
    def withdraw(self, *, by: Person, reason: str = "") -> None:
        """Ask for it no longer: the money is credit again."""
        self._give_back(by=by, reason=reason)

    @step(
        "payments.send_refund",
        source=Status.APPROVED,
        target=Status.SENT,
        private=("bank", "number", "holder"),
    )
    def send(
        self,
        *,
        by: Person,
        account: BankAccount,
        sent_on: date,
        bank: str = "",
        number: str = "",
        holder: str = "",
    ) -> None:
        """Say that the transfer was made, from which account and to which; its note is issued."""
        self.bank, self.number = bank or self.bank, number or self.number
        self.holder = holder or self.holder
        if not (self.bank and self.number):
            raise Refused(_now("Say to which bank account the money was sent."))
        self.account = account
        self._leave(by=by, on=sent_on)

    @step("payments.pay_refund", source=Status.APPROVED, target=Status.SEEN)
    def pay_out(self, *, by: Person, paid_on: date) -> None:
        """Give it in cash, against a signature on its note."""
        self.is_cash = True
        self._leave(by=by, on=paid_on)

    @step("payments.see_refund", source=Status.SENT, target=Status.SEEN)
    def see(self, *, by: Person, entry: BankEntry) -> None:
        """Find it in the bank's statement: money of that amount, and at most a fee, went out."""
        entry.hold()
        taken = (
            entry.takes_back_id is not None
            or Refund.objects.filter(entry=entry).exists()
            or entry.purposes.standing().exists()
        )
        if taken or not self.is_paid_by(entry):
            raise Refused(_now("This is not the transfer of this refund."))
        self.entry = entry

    @step("payments.cover_refund", source=(Status.SENT, Status.SEEN))
    def cover(self, *, by: Person) -> None:
        """Count credit that came later for money that went back although it was not there."""
        missing = self.missing_now()
        if not missing:
            raise WrongState(_now("Nothing is missing here."))
        for source, share in draw(self.party, missing):
            source.allocations.create(refund=self, amount=share, by=by)

    # Questions

    @property
    def needs_two(self) -> bool:
        return self.amount > self.workshop.owner_limit

    def is_paid_by(self, entry: BankEntry) -> bool:
        """Tell whether an entry may be its transfer: out, not before it, and at most a fee more."""
        return (
            entry.workshop_id == self.workshop_id
            and entry.amount_sen < 0
            and self.amount <= entry.rupiah <= self.amount + FEE
            and self.sent_on is not None
            and entry.booked_on >= self.sent_on - CLOCKS
        )

    def missing_now(self) -> int:
        """Return how much of what was sent is not (any more) covered by money of the party."""
        if self.status not in GONE:
            return 0
        covered = self.allocations.aggregate(n=Sum("amount"))["n"] or 0
        return self.amount - covered

    @property
    def buyer_id(self) -> int:
        return self.party_id

    # Inside

    def _leave(self, *, by: Person, on: date) -> None:
        demand_stranger(by, self.party)
        if on > clock.today():
            raise Refused(_now("This day lies in the future."))
        if self.needs_two and _is_same(by, self.approved_by):
            raise NeedsAnother(_now("Above the limit somebody else than who approved it sends it."))
        self.sent_by = by
        self.sent_on = on
        notes.issue_refund(self, by=by)

    def _give_back(self, *, by: Person, reason: str) -> None:
        standing = self.allocations.standing()
        list(standing.order_by("pk").select_for_update(of=("self",)))
        hold(self.party)
        for one in standing.order_by("pk"):
            one.undo(by=by, reason=reason)
        self.reason = reason


WAITING = (Refund.Status.REQUESTED, Refund.Status.APPROVED)
GONE = (Refund.Status.SENT, Refund.Status.SEEN)


class ForfeitQuerySet(models.QuerySet["Forfeit"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.filter(party_id=person.party_id)


class Forfeit(models.Model):
    """What the workshop keeps of a cancelled order's money, by the rule both agreed on."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, models.PROTECT, related_name="forfeits")
    order = models.OneToOneField(Order, models.PROTECT, related_name="forfeit")
    amount = models.PositiveBigIntegerField()
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    objects = ForfeitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="forfeit_of_something")
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.amount}"

    # Steps

    @classmethod
    @creation("payments.forfeit")
    def keep(cls, *, by: Person, order: Order, amount: int, reason: str) -> Forfeit:
        """Keep so much of what came for an order that was cancelled; `agreement.cancel` holds it
        against the agreed share.

        Raises TooMuch where the party's credit is less.
        """
        if order.status != Status.CANCELLED or cls.objects.filter(order=order).exists():
            raise WrongState(_now("Money is kept once, of an order that was cancelled."))
        made = cls(
            workshop_id=order.workshop_id,
            party=order.buyer,
            order=order,
            amount=amount,
            reason=reason,
            by=by,
        )
        return _take(made, order)

    # Questions

    @property
    def buyer_id(self) -> int:
        return self.party_id

    @property
    def shown_with(self) -> Order:
        return self.order


def party_debt(party: Party) -> int:
    """Return what went back to a party, or was kept of its money, although the money behind it
    was taken back later."""
    gone = Refund.objects.gone().filter(party=party).with_covered()
    kept = Forfeit.objects.filter(party=party).annotate(
        covered=Coalesce(Sum("allocations__amount"), 0)
    )
    uncovered = Sum(F("amount") - F("covered"))
    return sum(rows.aggregate(n=uncovered)["n"] or 0 for rows in (gone, kept))


def _take[Taken: (Refund, Forfeit)](made: Taken, order: Order | None) -> Taken:
    """Save it with what it takes of the party's credit, that which came for the order first."""
    drawn = draw(made.party, made.amount, first=_paid(order))
    made.save()
    column = "refund" if isinstance(made, Refund) else "forfeit"
    for source, share in drawn:
        source.allocations.create(**{column: made}, amount=share, by=made.by)
    return made


def _paid(order: Order | None) -> list[Credit]:
    """Return what was once counted for an order."""
    if order is None:
        return []
    rows = Allocation.objects.filter(instalment__order=order, reverses=None)
    return [one.source for one in rows.select_related("receipt", "credit_note").order_by("pk")]


def _is_same(one: Person, other: Person | None) -> bool:
    """Tell whether two persons are one human being, as far as the program knows."""
    return other is not None and (
        one.pk == other.pk or (one.user_id is not None and one.user_id == other.user_id)
    )
