"""What was proposed, frozen: agreement means that both accepted the same revision."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from simpul.catalog.models import Colourway, Price, Unit
from simpul.lib import clock
from simpul.orders.models.instalment import PlannedInstalment
from simpul.orders.models.line import OrderLine
from simpul.orders.sheets import Sheet, sheets_of
from simpul.parties.models import Person

if TYPE_CHECKING:
    from simpul.orders.models.order import Order


@dataclass(frozen=True, slots=True)
class LineWish:
    """What somebody asks for or offers: pairs by size of one colourway, at a price or unpriced."""

    colourway: Colourway
    sizes: dict[str, int]
    price: Price | None = None

    @property
    def pairs(self) -> int:
        return sum(self.sizes.values())

    @property
    def amount(self) -> int:
        return self.price.of(self.pairs) if self.price else 0


class OrderRevision(models.Model):
    """One state of the proposal between buyer and workshop. Never changed."""

    class Side(models.TextChoices):
        BUYER = "buyer", _("buyer")
        WORKSHOP = "workshop", _("workshop")

    order = models.ForeignKey(
        "orders.Order", models.PROTECT, related_name="revisions", db_index=False
    )
    number = models.PositiveSmallIntegerField()
    side = models.CharField(max_length=8, choices=Side)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    shipping = models.PositiveBigIntegerField(default=0)
    discount = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField()
    promised_on = models.DateField()
    valid_until = models.DateField(null=True)
    plan = models.JSONField()
    note = models.CharField(max_length=500, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="revision_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.order_id} r{self.number}"

    @classmethod
    def write(
        cls,
        order: Order,
        *,
        by: Person,
        wishes: list[LineWish],
        promised_on: date,
        plan: list[PlannedInstalment],
        shipping: int = 0,
        discount: int = 0,
        valid_until: date | None = None,
        note: str = "",
    ) -> OrderRevision:
        """Freeze the next revision of the order, with its lines and its hash."""
        number = (order.revisions.aggregate(last=models.Max("number"))["last"] or 0) + 1
        total = sum(wish.amount for wish in wishes) + shipping - discount
        facts = [item.as_facts() for item in plan]
        revision = cls.objects.create(
            order=order,
            number=number,
            side=cls.Side.WORKSHOP if by.is_staff and number > 1 else cls.Side.BUYER,
            by=by,
            shipping=shipping,
            discount=discount,
            total=total,
            promised_on=promised_on,
            valid_until=valid_until,
            plan=facts,
            note=note,
            digest=_digest(number, wishes, shipping, discount, promised_on, facts),
        )
        RevisionLine.objects.bulk_create(
            RevisionLine(
                revision=revision,
                line=OrderLine.of(order, wish.colourway),
                position=position,
                sizes=wish.sizes,
                pairs=wish.pairs,
                price=wish.price.amount if wish.price else None,
                per=wish.price.per if wish.price else Unit.PAIR,
                amount=wish.amount,
            )
            for position, wish in enumerate(wishes, start=1)
        )
        return revision

    @property
    def is_priced(self) -> bool:
        return all(line.price is not None for line in self.lines.all())

    @property
    def pairs(self) -> int:
        return sum(line.pairs for line in self.lines.all())

    @property
    def sheets(self) -> list[Sheet]:
        """The lines as they are shown: a sheet for each model."""
        return sheets_of(self)

    @property
    def instalments(self) -> list[PlannedInstalment]:
        return [PlannedInstalment.from_facts(facts) for facts in self.plan]


class RevisionLine(models.Model):
    revision = models.ForeignKey(
        OrderRevision, models.CASCADE, related_name="lines", db_index=False
    )
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="revised")
    position = models.PositiveSmallIntegerField()
    sizes = models.JSONField()  # {"39": 4, …}, pairs
    pairs = models.PositiveIntegerField()
    price = models.PositiveBigIntegerField(null=True)  # None: please quote
    per = models.PositiveSmallIntegerField(choices=Unit, default=Unit.PAIR)
    amount = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["revision", "line"], name="revision_line_once")
        ]

    def __str__(self) -> str:
        return f"{self.pairs} of {self.line_id}"

    @property
    def wish(self) -> LineWish:
        return LineWish(self.line.colourway, self.sizes, self.unit_price)

    @property
    def unit_price(self) -> Price | None:
        return Price(self.price, self.per) if self.price is not None else None


def _digest(
    number: int,
    wishes: list[LineWish],
    shipping: int,
    discount: int,
    promised_on: date,
    plan: list[dict[str, object]],
) -> str:
    content = {
        "number": number,
        "lines": [[wish.colourway.pk, sorted(wish.sizes.items()), wish.amount] for wish in wishes],
        "shipping": shipping,
        "discount": discount,
        "promised_on": promised_on.isoformat(),
        "plan": plan,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
