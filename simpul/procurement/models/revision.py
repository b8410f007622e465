"""What workshop and supplier propose to each other, frozen: both agree to the same revision."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock
from simpul.lib.quantities import amount_of
from simpul.parties.models import Person
from simpul.procurement.models.line import PurchaseLine

if TYPE_CHECKING:
    from simpul.procurement.models.purchase import PurchaseOrder


@dataclass(frozen=True, slots=True)
class LineTerms:
    """What one side says about a line: how much (0: none), at what price of the line's unit, on which day."""

    line: PurchaseLine
    quantity: int
    price: int
    on: date


class PurchaseRevision(models.Model):
    """One state of the proposal between workshop and supplier. Never changed."""

    class Side(models.TextChoices):
        WORKSHOP = "workshop", _("workshop")
        SUPPLIER = "supplier", _("supplier")

    purchase = models.ForeignKey(
        "procurement.PurchaseOrder",
        models.PROTECT,
        related_name="revisions",
        db_index=False,
    )
    number = models.PositiveSmallIntegerField()
    side = models.CharField(max_length=8, choices=Side)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    total = models.PositiveBigIntegerField()
    note = models.CharField(max_length=500, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["purchase", "number"], name="purchase_revision_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.purchase_id} r{self.number}"

    @classmethod
    def write(
        cls, purchase: PurchaseOrder, *, by: Person, terms: list[LineTerms], note: str = ""
    ) -> PurchaseRevision:
        """Freeze the next revision of the purchase order, with its lines and its hash."""
        number = purchase.revision + 1
        revision = cls.objects.create(
            purchase=purchase,
            number=number,
            side=cls.Side.WORKSHOP if by.is_staff else cls.Side.SUPPLIER,
            by=by,
            total=sum(amount_of(said.price, said.quantity, said.line.unit_size) for said in terms),
            note=note,
            digest=_digest(number, terms),
        )
        RevisedLine.objects.bulk_create(
            RevisedLine(
                revision=revision,
                line=said.line,
                quantity=said.quantity,
                price=said.price,
                on=said.on,
            )
            for said in terms
        )
        return revision


class RevisedLine(models.Model):
    """What a revision says about one line; a quantity of 0 says "cannot"."""

    revision = models.ForeignKey(
        PurchaseRevision, models.CASCADE, related_name="lines", db_index=False
    )
    line = models.ForeignKey(PurchaseLine, models.PROTECT, related_name="revised")
    quantity = models.PositiveBigIntegerField()
    price = models.PositiveBigIntegerField()
    on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["revision", "line"], name="revised_line_once")
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.line_id}"

    @property
    def terms(self) -> LineTerms:
        return LineTerms(self.line, self.quantity, self.price, self.on)

    @property
    def amount(self) -> int:
        return amount_of(self.price, self.quantity, self.line.unit_size)


def _digest(number: int, terms: list[LineTerms]) -> str:
    content = [
        number,
        [
            [said.line.pk, said.quantity, said.price, said.line.unit_size, said.on.isoformat()]
            for said in terms
        ],
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
