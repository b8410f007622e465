"""What is worth doing first each morning, what was done about it, and what followed.

Written by `insight.morning` early in the morning; nobody types a task in.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from simpul.catalog.models import Material, Product
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person, Workshop
from simpul.parties.roles import Role
from simpul.payments.models import PaymentClaim
from simpul.workflow.steps import step

MOST = 7  # tasks a morning
NOT_NOW = 7  # days until it may be proposed again
NOT_USEFUL = 90


class MorningKind(models.TextChoices):
    OVERDUE = "overdue", _("overdue to order")
    LATE = "late", _("an order will be late")
    BUY = "buy", _("material to buy today")
    CLAIM = "claim", _("a reported payment waits")
    OWED = "owed", _("money past its day")
    PRICE = "price", _("sold below its cost")
    DEAD = "dead", _("pairs that do not sell")
    UNUSED = "unused", _("material that nobody uses")
    THANK = "thank", _("a customer to thank")

    @property
    def days(self) -> int:
        """So many days what follows counts as having followed; as long nothing is proposed again that
        was done, or was held out."""
        return _DAYS[self]

    @property
    def keeping(self) -> str:
        """The ability of those whose task it is."""
        return _KEEPING[self]


_DAYS = {
    MorningKind.OVERDUE: 28,
    MorningKind.LATE: 14,
    MorningKind.BUY: 5,
    MorningKind.CLAIM: 5,
    MorningKind.OWED: 14,
    MorningKind.PRICE: 28,
    MorningKind.DEAD: 60,
    MorningKind.UNUSED: 60,
    MorningKind.THANK: 60,
}
_KEEPING = {
    MorningKind.OVERDUE: "orders.offer",
    MorningKind.LATE: "orders.offer",
    MorningKind.BUY: "procurement.price",
    MorningKind.CLAIM: "payments.reject_claim",
    MorningKind.OWED: "payments.remind",
    MorningKind.PRICE: "insight.see_costs",
    MorningKind.DEAD: "catalog.keep",
    MorningKind.UNUSED: "stock.count",
    MorningKind.THANK: "orders.offer",
}


def kinds_for(person: Person) -> list[MorningKind]:
    """Return the kinds that somebody of the workshop is shown; whoever only looks is shown all."""
    sees_all = person.role == Role.VIEWER
    return [kind for kind in MorningKind if sees_all or person.may(kind.keeping, person)]


class MorningRules(models.Model):
    """How many tasks there are in a morning, of which kinds, and how many of 100 are held out."""

    workshop = models.OneToOneField(
        Workshop, models.CASCADE, related_name="morning_rules", editable=False
    )
    tasks = models.PositiveSmallIntegerField(
        _("tasks a morning, at most"),
        default=MOST,
        validators=[MinValueValidator(1), MaxValueValidator(MOST)],
    )
    holdout_percent = models.PositiveSmallIntegerField(
        _("of 100 tasks so many are not shown"),
        default=10,
        validators=[MaxValueValidator(50)],
        help_text=_("Drawn by lot: only beside these can be told whether the others help."),
    )
    left_out = models.JSONField(default=list)  # kinds that are not wanted

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(tasks__gte=1, tasks__lte=MOST, holdout_percent__lte=50),
                name="morning_rules_within_reason",
            )
        ]

    def __str__(self) -> str:
        return f"morning rules of {self.workshop_id}"

    @classmethod
    def of(cls, workshop: Workshop) -> MorningRules:
        """Return the workshop's own rules, or the usual ones."""
        return cls.objects.filter(workshop=workshop).first() or cls(workshop=workshop)


class Morning(models.Model):
    """For which day the tasks of a workshop were made last."""

    workshop = models.OneToOneField(Workshop, models.CASCADE, primary_key=True, related_name="+")
    made_on = models.DateField(null=True)

    def __str__(self) -> str:
        return f"morning of {self.workshop_id}: {self.made_on}"


class MorningTaskQuerySet(models.QuerySet["MorningTask"]):
    def visible_to(self, person: Person) -> Self:
        """Those of one's own kinds; never what is held out."""
        if not person.is_staff:
            return self.none()
        ours = self.filter(workshop_id=person.workshop_id, is_held=False)
        return ours.filter(kind__in=kinds_for(person))

    def of_morning(self, day: date) -> Self:
        return self.filter(last_on=day).order_by("rank", "pk")

    def with_subjects(self) -> Self:
        return self.select_related("party", "order__buyer", "claim__order__buyer").select_related(
            "product", "material"
        )


class MorningTask(models.Model):
    """One thing that is worth doing, about one party, order, reported payment, model or material.

    `gain` is what would be gained in rupiah, `chance` in how many of 100 cases acting brings it about,
    `facts` the figures it stands on: whole numbers, days in ISO form and codes, no sentences and no
    names. `is_held`: it was drawn by lot and nobody is shown it. `followed`: whether what was hoped
    for happened within the days of its kind; empty until that is known.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("not answered")
        DONE = "done", _("done")
        LATER = "later", _("put off")
        USELESS = "useless", _("not useful")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=7, choices=MorningKind)
    party = models.ForeignKey(Party, models.CASCADE, null=True, related_name="+")
    order = models.ForeignKey(Order, models.CASCADE, null=True, related_name="+")
    claim = models.ForeignKey(PaymentClaim, models.CASCADE, null=True, related_name="+")
    product = models.ForeignKey(Product, models.CASCADE, null=True, related_name="+")
    material = models.ForeignKey(Material, models.CASCADE, null=True, related_name="+")
    status = models.CharField(max_length=7, choices=Status, default=Status.OPEN, editable=False)
    day = models.DateField()  # the first morning
    last_on = models.DateField()  # the last one; it is shown as long as nobody has answered it
    rank = models.PositiveSmallIntegerField()
    gain = models.BigIntegerField()
    chance = models.PositiveSmallIntegerField()
    facts = models.JSONField(default=dict)
    is_held = models.BooleanField()
    answered_on = models.DateField(null=True, editable=False)
    followed = models.BooleanField(null=True)
    followed_on = models.DateField(null=True)  # the night that found it

    objects = MorningTaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_held=False) | Q(status="open"), name="morning_held_is_not_answered"
            ),
            models.CheckConstraint(
                condition=Q(chance__gte=1, chance__lte=100), name="morning_chance_of_100"
            ),
        ]
        indexes = [
            models.Index(fields=["workshop", "last_on"]),
            models.Index(fields=["workshop", "kind", "day"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.day}"

    # Steps

    @step("insight.finish_task", source=Status.OPEN, target=Status.DONE)
    def finish(self, *, by: Person) -> None:
        """Say that it was done."""
        self.answered_on = clock.today()

    @step("insight.put_task_off", source=Status.OPEN, target=Status.LATER)
    def put_off(self, *, by: Person) -> None:
        """Not now: it may come again after some days."""
        self.answered_on = clock.today()

    @step("insight.dismiss_task", source=Status.OPEN, target=Status.USELESS)
    def dismiss(self, *, by: Person) -> None:
        """Say that this does not help; it does not come again for long."""
        self.answered_on = clock.today()

    @step(
        "insight.reopen_task",
        source=(Status.DONE, Status.LATER, Status.USELESS),
        target=Status.OPEN,
    )
    def reopen(self, *, by: Person) -> None:
        """Take the answer back."""
        self.answered_on = None

    # Questions

    def stands_until(self) -> date | None:
        """Return the day from which on the same may be proposed anew; None while this very task is
        still open and shown."""
        days = MorningKind(self.kind).days
        if self.answered_on is not None:
            apart = {self.Status.LATER: NOT_NOW, self.Status.USELESS: NOT_USEFUL}
            return self.answered_on + timedelta(days=apart.get(self.Status(self.status), days))
        if self.is_held or self.followed is not None:
            return self.day + timedelta(days=days + 1)
        return None

    @property
    def expected(self) -> int:
        """In rupiah."""
        return self.gain * self.chance // 100

    @property
    def keeping(self) -> str:
        return MorningKind(self.kind).keeping

    @property
    def about(self) -> tuple[Any, ...]:
        """What it is about: the kind and the keys."""
        return (
            self.kind,
            self.party_id,
            self.order_id,
            self.claim_id,
            self.product_id,
            self.material_id,
        )
