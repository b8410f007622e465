"""What a buyer says to have paid. It moves no money: a picture of a transfer is easily made."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock, uploads
from simpul.orders.models import AGREED, Instalment, Order
from simpul.papers.models import Upload
from simpul.parties.models import Person, Workshop
from simpul.workflow.steps import Refused, WrongState, creation, step

A_DAY = 20  # proofs of one order: more is no reporting any more


class PaymentClaimQuerySet(models.QuerySet["PaymentClaim"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.filter(order__buyer_id=person.party_id)

    def open(self) -> Self:
        return self.filter(status=PaymentClaim.Status.SUBMITTED)

    def with_twins(self) -> Self:
        """Annotate how many other claims of the workshop came with the very same file."""
        same = PaymentClaim.objects.filter(
            workshop=models.OuterRef("workshop"), proof__sha256=models.OuterRef("proof__sha256")
        ).exclude(pk=models.OuterRef("pk"))
        count = same.order_by().values("workshop").annotate(n=models.Count("pk")).values("n")
        return self.annotate(
            twins=models.functions.Coalesce(
                models.Subquery(count, output_field=models.IntegerField()), 0
            )
        )


class PaymentClaim(models.Model):
    """So much was paid on that day from that bank, says the buyer, and shows a proof."""

    class Status(models.TextChoices):
        SUBMITTED = "submitted", _("waits for the bank")
        MATCHED = "matched", _("the money has come")
        REJECTED = "rejected", _("rejected")
        SUPERSEDED = "superseded", _("replaced by a newer one")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey(Order, models.PROTECT, related_name="claims")
    instalment = models.ForeignKey(Instalment, models.PROTECT, related_name="claims")
    status = models.CharField(
        max_length=10, choices=Status, default=Status.SUBMITTED, editable=False
    )
    amount = models.PositiveBigIntegerField()
    paid_on = models.DateField()
    bank = models.CharField(max_length=40, blank=True)
    sender = models.CharField(max_length=80, blank=True)
    proof = models.ForeignKey(Upload, models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    reason = models.CharField(max_length=300, blank=True, editable=False)

    if TYPE_CHECKING:
        twins: int  # where `with_twins` was asked for

    objects = PaymentClaimQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="claim_of_something")]
        indexes = [models.Index(fields=["workshop", "status"])]

    def __str__(self) -> str:
        return f"{self.order} {self.amount}"

    # Steps

    @classmethod
    @creation("payments.claim", private=("bank", "sender"))
    def submit(
        cls,
        *,
        by: Person,
        order: Order,
        amount: int,
        paid_on: date,
        proof: uploads.Admitted,
        bank: str = "",
        sender: str = "",
    ) -> PaymentClaim:
        """Report a transfer. The same amount of the same day again takes the older one's place."""
        instalment = order.instalments.unpaid().order_by("position").first()
        if order.status not in AGREED or instalment is None:
            raise WrongState(_now("Nothing is to be paid for this order."))
        if paid_on > clock.today():
            raise Refused(_now("The day of the transfer lies in the future."))
        mine = cls.objects.filter(order=order)
        if mine.filter(at__date=clock.today()).count() >= A_DAY:
            raise Refused(_now("That is a lot of reports for one day: please telephone us."))
        same = mine.open().filter(amount=amount, paid_on=paid_on).order_by("pk")
        older = list(same.select_for_update(of=("self",)))  # before anything points at the order
        claim = cls.objects.create(
            workshop_id=order.workshop_id,
            order=order,
            instalment=instalment,
            amount=amount,
            paid_on=paid_on,
            bank=bank,
            sender=sender,
            proof=Upload.keep(proof, by=by),
            by=by,
        )
        for one in older:
            one.supersede(by=by)
        return claim

    @step("payments.supersede_claim", source=Status.SUBMITTED, target=Status.SUPERSEDED)
    def supersede(self, *, by: Person) -> None:
        """Let a newer report of the same transfer take its place."""

    @step("payments.match_claim", source=Status.SUBMITTED, target=Status.MATCHED)
    def match(self, *, by: Person) -> None:
        """The money that it speaks of has come."""

    @step("payments.reject_claim", source=Status.SUBMITTED, target=Status.REJECTED)
    def reject(self, *, by: Person, reason: str) -> None:
        """The money did not come, or the proof is none; the buyer reads why."""
        self.reason = reason

    # Questions

    @property
    def buyer_id(self) -> int:
        return self.order.buyer_id
