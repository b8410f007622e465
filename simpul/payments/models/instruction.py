"""What to pay, to which account, exactly how much, until when."""

from __future__ import annotations

from collections.abc import Container
from datetime import date, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.conversations.models import Notice
from simpul.lib import clock
from simpul.orders.models import AGREED, Instalment, Order
from simpul.parties.models import Person, Workshop
from simpul.parties.roles import Role
from simpul.payments import invoices
from simpul.payments.models.account import BankAccount, NoAccount
from simpul.workflow.steps import WrongState, creation, step

SUFFIXES = 999
RESERVED = timedelta(days=60)  # after closing: a late transfer could still arrive


class InstructionQuerySet(models.QuerySet["Instruction"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.filter(order__buyer_id=person.party_id)

    def open(self) -> Self:
        return self.filter(status=Instruction.Status.OPEN)


class Instruction(models.Model):
    """Asks the buyer for one instalment. Its amount names it, where an amount can.

    The last three digits are told apart from those of every other open instruction of the account;
    what they add comes off the later balance. The last instalment has no later balance: it asks
    for exactly what is open, and `is_unique` tells whether this amount happens to be the only one.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("waits for the money")
        CLOSED = "closed", _("settled or replaced")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, models.PROTECT, related_name="instructions")
    instalment = models.ForeignKey(Instalment, models.PROTECT, related_name="instructions")
    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="instructions")
    qris = models.ForeignKey(
        BankAccount, models.PROTECT, null=True, related_name="+", editable=False
    )
    status = models.CharField(max_length=6, choices=Status, default=Status.OPEN, editable=False)
    base = models.PositiveBigIntegerField()
    suffix = models.PositiveSmallIntegerField(default=0)
    amount = models.PositiveBigIntegerField()
    is_unique = models.BooleanField()
    due_on = models.DateField()
    issued_at = models.DateTimeField(default=clock.now, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    reminded_at = models.DateTimeField(null=True, editable=False)
    reminded_for = models.SmallIntegerField(null=True, editable=False)  # days after it was due

    objects = InstructionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "amount"],
                condition=Q(status="open", is_unique=True),
                name="instruction_amount_names_it",
            ),
            models.UniqueConstraint(
                fields=["order"], condition=Q(status="open"), name="instruction_one_open"
            ),
            models.CheckConstraint(
                condition=Q(amount=models.F("base") + models.F("suffix"), suffix__lte=SUFFIXES),
                name="instruction_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.amount}"

    # Steps

    @classmethod
    @creation("payments.instruct")
    def issue(cls, *, by: Person, instalment: Instalment) -> Instruction:
        """Ask for what is open of an instalment, to the account that new payments go to.

        What was not asked for before gets its invoice.
        """
        order = instalment.order
        BankAccount.objects.lock(order.workshop_id)  # two of one moment get two amounts
        account = BankAccount.objects.newest(order.workshop_id, BankAccount.Kind.BANK)
        if account is None:
            raise NoAccount(_now("No bank account of the workshop is ready for payments yet."))
        base = instalment.open_amount
        near = reserved(account).filter(amount__gte=base, amount__lte=base + SUFFIXES)
        taken = set(near.values_list("amount", flat=True))
        suffix, is_unique = told_apart(order.pk, base, order.balance_now(), taken)
        made = cls.objects.create(
            workshop_id=order.workshop_id,
            order=order,
            instalment=instalment,
            account=account,
            qris=BankAccount.objects.newest(order.workshop_id, BankAccount.Kind.QRIS),
            base=base,
            suffix=suffix,
            amount=base + suffix,
            is_unique=is_unique,
            due_on=instalment.due_on,
        )
        invoices.issue(made, by=by)
        return made

    @step("payments.close_instruction", source=Status.OPEN, target=Status.CLOSED)
    def close(self, *, by: Person) -> None:
        """Ask for it no longer: it is paid, or another instruction takes its place."""
        self.closed_at = clock.now()
        Notice.objects.drop(self, "payments.remind")

    @step("payments.remind", source=Status.OPEN)
    def remind(self, *, by: Person, days: int, amount: int, due_on: date) -> None:
        """Speak of it to the buyer, `days` after it was due (negative: before).

        The amount and the day are those that whoever reminds has read. Raises WrongState where
        they have changed, or where it was spoken of already: by a person today, by the machine
        for this day or a later one.
        """
        if (amount, due_on) != (self.amount, self.due_on):
            raise WrongState(_now("Something else is asked for by now. Look at it again."))
        last = self.reminded_at
        if last is not None and clock.day_of(last) == clock.today():
            raise WrongState(_now("The buyer was reminded today already."))
        is_machine = by.role == Role.MACHINE
        if is_machine and self.reminded_for is not None and days <= self.reminded_for:
            raise WrongState(_now("The buyer was reminded of this already."))
        self.reminded_at = clock.now()
        self.reminded_for = days

    @classmethod
    def renew(cls, order: Order, *, by: Person) -> Instruction | None:
        """Let exactly what is due next of this order be asked for; called after money has moved.

        Once all is paid it has its last invoice.
        Without a usable account nothing is asked; finance sees such orders on their page.
        """
        asked = cls.objects.open().filter(order=order).first()
        due = order.instalments.asked_by_transfer().order_by("position").first()
        if order.status not in AGREED:
            due = None
        if asked is not None:
            if due is not None and (asked.instalment_id, asked.base) == (due.pk, due.open_amount):
                return asked
            asked.close(by=by)
        if due is None:
            if order.status in AGREED:
                invoices.finish(order, by=by)
            return None
        if BankAccount.objects.newest(order.workshop_id, BankAccount.Kind.BANK) is None:
            return None
        return cls.issue(by=by, instalment=due)

    # Questions

    @property
    def is_settled(self) -> bool:
        """Tell whether nobody need hear of it any more."""
        return self.status == self.Status.CLOSED

    def is_late(self) -> bool:
        return self.status == self.Status.OPEN and self.due_on < clock.today()

    @property
    def buyer_id(self) -> int:
        return self.order.buyer_id

    @property
    def is_above_qris(self) -> bool:
        """Tell whether the amount is more than one payment by QRIS may be."""
        return self.amount > self.workshop.qris_limit

    @property
    def qris_code(self) -> str:
        """The QRIS of exactly this amount; empty without a QRIS, or above what one may carry."""
        if self.qris is None or self.is_above_qris:
            return ""
        return self.qris.code_for(self.amount, f"{self.order.number} {self.order.code}")


def reserved(account: BankAccount) -> InstructionQuerySet:
    """Return the instructions whose amounts no other may have: a late transfer could still come."""
    recent = Q(status=Instruction.Status.OPEN) | Q(closed_at__gt=clock.now() - RESERVED)
    return Instruction.objects.filter(recent, account=account)


def told_apart(order_id: int, base: int, balance: int, taken: Container[int]) -> tuple[int, bool]:
    """Return what to add so that no other instruction has this amount, and whether one has it.

    `taken` are the amounts of the others; what is added comes off the rest of the `balance`.
    """
    later = min(SUFFIXES, balance - base)
    start = order_id * 217  # any spread does; the same one at each run
    for turn in range(later):
        suffix = (start + turn) % later + 1
        if base + suffix not in taken and (base + suffix) % 1000:
            return suffix, True
    return 0, base not in taken and base % 1000 != 0
