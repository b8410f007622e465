"""The parts in which an order is paid, and the gates that they hold shut."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock
from simpul.parties.models import Party, Workshop
from simpul.workflow.steps import WrongState

if TYPE_CHECKING:
    from simpul.orders.models.order import Order


class Gate(models.IntegerChoices):
    """What must wait for an instalment. A gate holds shut all that comes after it, too.

    `COURIER` holds nothing of ours: the courier collects at the door.
    """

    PROCUREMENT = 1, _("buying material")
    PRODUCTION = 2, _("production")
    PACKING = 3, _("packing")
    HAND_OVER = 4, _("handing over")
    COURIER = 5, _("nothing: it is paid to the courier")
    NONE = 9, _("nothing")


class Kind(models.TextChoices):
    DOWN_PAYMENT = "down", _("down payment")
    INSTALMENT = "part", _("instalment")
    SETTLEMENT = "rest", _("settlement")
    FULL = "full", _("full payment")


@dataclass(frozen=True, slots=True)
class PlannedInstalment:
    """A line of the terms: so much, by that day (None: soon after agreement), before that gate."""

    kind: str
    amount: int
    gate: int
    due_on: date | None = None

    @property
    def label(self) -> str:
        return str(Kind(self.kind).label)

    @property
    def gate_label(self) -> str:
        return str(Gate(self.gate).label)

    def as_facts(self) -> dict[str, Any]:
        facts = asdict(self)
        facts["due_on"] = self.due_on.isoformat() if self.due_on else None
        return facts

    @classmethod
    def from_facts(cls, facts: dict[str, Any]) -> PlannedInstalment:
        day = facts["due_on"]
        return cls(
            facts["kind"],
            facts["amount"],
            facts["gate"],
            date.fromisoformat(day) if day else None,
        )


def proposed_plan(total: int, buyer: Party, promised_on: date) -> list[PlannedInstalment]:
    """Propose the terms: a distributor pays a share first, a consumer small sums at once.

    The share only proposes an amount, rounded to whole thousands; the last instalment is the rest.
    """
    workshop: Workshop = buyer.workshop
    first = round(total * workshop.down_payment_percent / 100 / 1000) * 1000
    if (not buyer.buys_wholesale and total <= 300_000) or first in (0, total):
        return [PlannedInstalment(Kind.FULL, total, Gate.PROCUREMENT)]
    return [
        PlannedInstalment(Kind.DOWN_PAYMENT, first, Gate.PROCUREMENT),
        PlannedInstalment(Kind.SETTLEMENT, total - first, Gate.HAND_OVER, promised_on),
    ]


class InstalmentQuerySet(models.QuerySet["Instalment"]):
    def unpaid(self) -> InstalmentQuerySet:
        return self.filter(paid__lt=F("amount"))

    def asked_by_transfer(self) -> InstalmentQuerySet:
        """Those that are open and that no courier collects: at the latest once all is delivered."""
        at_the_door = Q(gate=Gate.COURIER, order__status="confirmed")
        return self.unpaid().exclude(at_the_door)


class Instalment(models.Model):
    """So much of an order's total, due on a day, that holds a gate shut until it is paid.

    A change of the order may leave nothing of it to be paid.
    """

    order = models.ForeignKey(
        "orders.Order", models.PROTECT, related_name="instalments", db_index=False
    )
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=4, choices=Kind)
    amount = models.PositiveBigIntegerField()
    due_on = models.DateField()
    gate = models.PositiveSmallIntegerField(choices=Gate)
    paid = models.PositiveBigIntegerField(default=0, editable=False)
    waived_at = models.DateTimeField(null=True, editable=False)
    waived_because = models.CharField(max_length=200, blank=True, editable=False)

    objects = InstalmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="instalment_place_once"),
            models.CheckConstraint(
                condition=Q(paid__lte=F("amount")), name="instalment_not_overpaid"
            ),
        ]
        indexes = [
            models.Index(
                fields=["order"], condition=Q(paid__lt=F("amount")), name="instalment_unpaid"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.position}"

    if TYPE_CHECKING:
        order: Order  # type: ignore[no-redef]

    def receive(self, amount: int) -> None:
        """Count money that was allocated here; called by an allocation only."""
        changed = Instalment.objects.filter(pk=self.pk, paid__lte=F("amount") - amount).update(
            paid=F("paid") + amount
        )
        if not changed:
            raise WrongState(f"{self}: more than is open")
        self.refresh_from_db(fields=["paid"])

    def give_back(self, amount: int) -> None:
        """Take back money whose allocation was reversed: the gate shuts again."""
        if not Instalment.objects.filter(pk=self.pk, paid__gte=amount).update(
            paid=F("paid") - amount
        ):
            raise WrongState(f"{self}: less than that was paid")
        self.refresh_from_db(fields=["paid"])

    @property
    def open_amount(self) -> int:
        return self.amount - self.paid

    @property
    def is_paid(self) -> bool:
        return self.paid >= self.amount

    @property
    def is_for_the_courier(self) -> bool:
        return self.gate == Gate.COURIER

    @property
    def is_waived(self) -> bool:
        return self.waived_at is not None

    @property
    def lets_pass(self) -> bool:
        return self.is_paid or self.is_waived

    def is_late(self, today: date) -> bool:
        return not self.is_paid and self.due_on < today

    @property
    def is_overdue(self) -> bool:
        return self.is_late(clock.today())
