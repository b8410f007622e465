"""What a party's money and credit notes are counted for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, Self

from django.db import models, transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _now

from simpul.lib import clock
from simpul.orders.models import Instalment, Order, Status
from simpul.parties.models import Party, Person
from simpul.payments.models.account import BankAccount
from simpul.payments.models.credit import CreditNote
from simpul.payments.models.instruction import Instruction
from simpul.payments.models.receipt import Credit, Part, Receipt, TooMuch, demand_stranger
from simpul.workflow.steps import WrongState, creation, step

FROM = ("receipt", "credit_note")
TO = ("instalment", "refund", "forfeit")
QUEUES = 20  # how often to queue for all that a party has


def _exactly_one(columns: Sequence[str]) -> Q:
    """Return the condition that one of these columns is filled and the others are empty."""
    found = Q()
    for name in columns:
        found |= Q(**{f"{other}__isnull": other != name for other in columns})
    return found


class Moving(WrongState):
    """Somebody else moves money of this party just now: nothing was done, try it again."""


class AllocationQuerySet(models.QuerySet["Allocation"]):
    def standing(self) -> Self:
        """Those that were not taken back."""
        return self.filter(reverses=None, reversal=None)

    def of(self, party: Party) -> Self:
        return self.filter(Q(receipt__party=party) | Q(credit_note__party=party))

    def visible_to(self, person: Person) -> Self:
        ours = self.filter(
            Q(receipt__workshop=person.workshop_id) | Q(credit_note__workshop=person.workshop_id)
        )
        if person.is_staff:
            return ours
        mine = Q(receipt__party=person.party_id) | Q(credit_note__party=person.party_id)
        return ours.filter(mine)


class Allocation(models.Model):
    """So much of a receipt or a credit note counts for an instalment, a refund or a forfeit.

    A mistake is a second, negative row.
    """

    receipt = models.ForeignKey(Receipt, models.PROTECT, null=True, related_name="allocations")
    credit_note = models.ForeignKey(
        CreditNote, models.PROTECT, null=True, related_name="allocations"
    )
    instalment = models.ForeignKey(
        Instalment, models.PROTECT, null=True, related_name="allocations"
    )
    refund = models.ForeignKey(
        "payments.Refund", models.PROTECT, null=True, related_name="allocations"
    )
    forfeit = models.ForeignKey(
        "payments.Forfeit", models.PROTECT, null=True, related_name="allocations"
    )
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
            ),
            models.CheckConstraint(condition=_exactly_one(FROM), name="allocation_from_one"),
            models.CheckConstraint(condition=_exactly_one(TO), name="allocation_to_one"),
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.amount}"

    # Steps

    @classmethod
    @creation("payments.use_credit")
    def use(cls, *, by: Person, party: Party, parts: Sequence[Part]) -> Allocation:
        """Count a party's credit, the oldest first, for something that is open now.

        Raises TooMuch where the party has less.
        """
        if not parts or any(amount <= 0 for _part, amount in parts):
            raise TooMuch(_now("Count more than zero rupiah."))
        drawn = draw(party, sum(amount for _part, amount in parts))
        BankAccount.objects.lock(party.workshop_id)
        first = None
        for source, shares in _divided(drawn, parts):
            source.count_for(shares, by=by)
            first = first or source.allocations.latest("pk")
        assert first is not None  # noqa: S101 - for the type checker: there is a part
        return first

    @step("payments.reverse")
    def reverse(self, *, by: Person, reason: str) -> None:
        """Take the money back from where it was counted: it is credit, the gate shuts again."""
        if self.amount < 0 or Allocation.objects.filter(reverses=self).exists():
            raise WrongState(_now("This was taken back already."))
        if self.refund_id is not None:
            raise WrongState(_now("Refuse the refund instead: its money is credit again then."))
        source = self.locked_source()
        if source.annulled_at is not None:
            raise WrongState(_now("This was annulled."))
        demand_stranger(by, source.party)
        BankAccount.objects.lock(self.workshop_id)
        self.undo(by=by, reason=reason)

    # Called by steps that hold the source

    def undo(self, *, by: Person, reason: str) -> None:
        """Write the negative row, let what was paid by it be owed again, and ask for that."""
        self.take_off(by=by, reason=reason)
        if self.instalment is not None:
            order = Order.objects.select_related("workshop").get(pk=self.instalment.order_id)
            if order.status == Status.CLOSED:
                order.reopen(by=order.workshop.machine)
            Instruction.renew(order, by=by)

    def take_off(self, *, by: Person, reason: str) -> None:
        """Write the negative row: nothing is counted by this one any more."""
        Allocation.objects.create(
            receipt_id=self.receipt_id,
            credit_note_id=self.credit_note_id,
            instalment_id=self.instalment_id,
            refund_id=self.refund_id,
            forfeit_id=self.forfeit_id,
            amount=-self.amount,
            by=by,
            reverses=self,
            reason=reason,
        )
        if self.instalment is not None:
            self.instalment.give_back(self.amount)

    def locked_source(self) -> Receipt | CreditNote:
        source = self.source
        rows: Any = type(source)._base_manager.select_for_update(of=("self",))
        source.refresh_from_db(from_queryset=rows)
        return source

    # Questions

    @property
    def source(self) -> Receipt | CreditNote:
        source = self.receipt or self.credit_note
        assert source is not None  # noqa: S101 - held by a constraint
        return source

    @property
    def target(self) -> Any:
        return self.instalment or self.refund or self.forfeit

    @property
    def is_reversed(self) -> bool:
        """Tell whether a later row takes it back; reads `reversal` as selected."""
        return hasattr(self, "reversal")

    @property
    def workshop_id(self) -> int:
        return self.source.workshop_id

    @property
    def buyer_id(self) -> int:
        return self.source.party_id

    @property
    def shown_with(self) -> Any:
        if self.instalment is not None:
            return self.instalment.order
        return self.source.party if self.forfeit is None else self.forfeit.order


def party_credit(party: Party) -> int:
    """Return what a party has that is not counted for anything: receipts + credit notes -
    allocations.

    These are looked for on two ways: either one has an index, which "or" would not use.
    """
    came = [
        rows.standing().filter(party=party).aggregate(n=Sum("amount"))["n"] or 0
        for rows in (Receipt.objects, CreditNote.objects)
    ]
    amounts = Allocation.objects.order_by().values_list("amount", flat=True)
    counted = amounts.filter(receipt__party=party, receipt__annulled_at=None).union(
        amounts.filter(credit_note__party=party, credit_note__annulled_at=None), all=True
    )
    return sum(came) - sum(counted)


def draw(
    party: Party, amount: int, *, first: Iterable[Credit] = ()
) -> list[tuple[Receipt | CreditNote, int]]:
    """Lock what a party has and say what to take an amount from: `first`, then the oldest.

    Raises TooMuch where there is less.
    """
    found = [one for rows in _sources(party) for one in rows.select_for_update(of=("self",))]
    preferred = set(first)
    found.sort(key=lambda one: (one not in preferred, one.at, one.pk))
    drawn = []
    for source in found:
        share = min(amount, source.credit_now())
        if share:
            drawn.append((source, share))
            amount -= share
    if amount:
        raise TooMuch(_now("That is more than the credit there is."))
    return drawn


class _Moved(Exception):
    """Money came while we waited."""


def hold(party: Party) -> None:
    """Lock all that a party has, and then the accounts: whoever takes money back may touch any.

    Money that came while we waited for the accounts is not locked, and must not be any more: so
    the locks are let go, and we queue again. Raises Moving after some turns of that.
    """
    for _turn in range(QUEUES):
        with suppress(_Moved), transaction.atomic():  # what is rolled back lets go of its locks
            held = [one for rows in _sources(party) for one in rows.select_for_update(of=("self",))]
            BankAccount.objects.lock(party.workshop_id)
            if held != [one for rows in _sources(party) for one in rows]:
                raise _Moved
            return
    raise Moving(_now("Money is moving here just now. Try it again in a moment."))


def _sources(party: Party) -> list[Any]:
    """Return what stands of a party's receipts and credit notes, in the order of locking."""
    mine = (rows.standing().filter(party=party) for rows in (Receipt.objects, CreditNote.objects))
    return [rows.order_by("pk") for rows in mine]


def _divided(
    drawn: list[tuple[Receipt | CreditNote, int]], parts: Sequence[Part]
) -> list[tuple[Receipt | CreditNote, list[Part]]]:
    """Divide the parts over the sources they are paid from, both in their order."""
    waiting = list(parts)
    found = []
    for source, held in drawn:
        shares: list[Part] = []
        left = held
        while left:
            part, amount = waiting.pop(0)
            share = min(left, amount)
            shares.append((part, share))
            left -= share
            if share < amount:
                waiting.insert(0, (part, amount - share))
        found.append((source, shares))
    return found
