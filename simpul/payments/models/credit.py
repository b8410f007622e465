"""Credit notes: what the workshop takes off what a party owes, or owes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock
from simpul.orders.models import AGREED, Order
from simpul.papers.models import Paper
from simpul.parties.models import Party, Person, Workshop
from simpul.payments import notes
from simpul.payments.models.account import BankAccount
from simpul.payments.models.receipt import LEFT, Credit, Part, TooMuch, demand_stranger
from simpul.workflow.models import NumberSeries
from simpul.workflow.steps import Refused, WrongState, creation, step

if TYPE_CHECKING:
    pass


class CreditNoteQuerySet(models.QuerySet["CreditNote"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.filter(party_id=person.party_id)

    def standing(self) -> Self:
        return self.filter(annulled_at=None)

    def with_credit(self) -> Self:
        """Annotate what is not counted for anything yet: the party's credit."""
        return self.annotate(credit=LEFT)


class CreditNote(Credit, models.Model):
    """So much less to pay, and why. It is no money: nobody has sent or counted anything."""

    class Kind(models.TextChoices):
        RETURNED = "returned", _("goods returned")
        SHORTAGE = "shortage", _("less delivered than billed")
        DEFECT = "defect", _("defective goods")
        PRICE = "price", _("price corrected")
        GOODWILL = "goodwill", _("goodwill")
        OTHER = "other", _("something else")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    party = models.ForeignKey(Party, models.PROTECT, related_name="credit_notes")
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="credit_notes")
    kind = models.CharField(max_length=8, choices=Kind)
    note = models.CharField(max_length=300)  # the buyer reads it
    number = models.CharField(max_length=20)  # of its paper
    amount = models.PositiveBigIntegerField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    annulled_at = models.DateTimeField(null=True, editable=False)
    annulled_because = models.CharField(max_length=300, blank=True, editable=False)

    objects = CreditNoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "number"], name="credit_note_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="credit_note_of_something"),
        ]
        indexes = [models.Index(fields=["workshop", "-id"])]

    def __str__(self) -> str:
        return self.number

    # Steps

    @classmethod
    @creation("payments.credit")
    def issue(
        cls,
        *,
        by: Person,
        party: Party,
        amount: int,
        kind: str,
        note: str,
        order: Order | None = None,
    ) -> CreditNote:
        """Take so much off what is open of the order, the last instalment first; the rest is credit.

        Without an order all of it is credit.
        """
        if amount <= 0:
            raise TooMuch(_now("Count more than zero rupiah."))
        if order is not None and (order.buyer_id != party.pk or order.status not in AGREED):
            raise WrongState(_now("Nothing is to be paid for this order."))
        demand_stranger(by, party)
        BankAccount.objects.lock(party.workshop_id)
        made = cls(
            workshop_id=party.workshop_id,
            party=party,
            order=order,
            kind=kind,
            note=note,
            number=NumberSeries.draw(party.workshop_id, Paper.Kind.CREDIT_NOTE),
            amount=amount,
            by=by,
        )
        made.save()
        if order is not None:
            made.count_for(from_the_last(order, amount), by=by)
        notes.issue_credit(made, by=by)
        return made

    @step("payments.annul_credit")
    def annul(self, *, by: Person, reason: str) -> None:
        """Take the note back as long as only its own order was lowered by it."""
        if self.annulled_at is not None:
            raise WrongState(_now("This was annulled already."))
        if self.is_used():
            raise Refused(_now("Something of this credit is used already."))
        demand_stranger(by, self.party)
        BankAccount.objects.lock(self.workshop_id)
        for one in self.allocations.standing().order_by("pk"):
            one.undo(by=by, reason=reason)
        self.annulled_at = clock.now()
        self.annulled_because = reason

    # Questions

    def is_used(self) -> bool:
        """Tell whether something else than its own order was paid by it."""
        standing = self.allocations.standing()
        return standing.exclude(instalment__order=self.order_id or 0).exists()

    @property
    def buyer_id(self) -> int:
        return self.party_id

    @property
    def shown_with(self) -> Any:
        return self.order or self.party


def from_the_last(order: Order, amount: int) -> list[Part]:
    """Divide an amount over what is open of an order, from the last instalment back."""
    parts = []
    for instalment in order.instalments.unpaid().order_by("-position"):
        share = min(amount, instalment.open_amount)
        if share:
            parts.append((instalment, share))
        amount -= share
    return parts
