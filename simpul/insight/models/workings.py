"""How the workshop itself works, as it was reckoned last: rows that a page reads as they are.

Told anew each night by `insight.workings`; nothing is typed in, and nothing else writes here.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from simpul.parties.models import Party, Workshop, in_this_language

LONGEST_NAME = 120


class WorkingsKept(models.Model):
    """Of which day the figures of a workshop are, and which orders they are of.

    From the agreement to the last pair half of them took longer than `middle`, a tenth longer than
    `slow`: tenths of a day.
    """

    DAYS = 365  # that are looked at
    SPEED_DAYS = 28  # that are looked at for speed, beside as many before

    workshop = models.OneToOneField(
        Workshop, models.CASCADE, primary_key=True, related_name="workings_kept"
    )
    as_of = models.DateField()
    orders = models.PositiveIntegerField()  # whose last pairs were delivered in these days
    late = models.PositiveIntegerField()  # of them, by their first promise
    middle = models.PositiveIntegerField(default=0)
    slow = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"workings of {self.workshop_id} on {self.as_of}"

    @property
    def first_on(self) -> date:
        return self.as_of - timedelta(days=self.DAYS)


class Working(models.Model):
    """One figure. What the columns say depends on `kind`; days are in tenths.

    - leg: a part of the way of an order. `count` orders; `middle` and `slow`: half of them took
      longer than the one, a tenth longer than the other; `lost`: by how much those that came late
      took longer here than the middle, together.
    - post: a stage of production, from the stage before to its last pair, `count` jobs; likewise.
    - first, last: a stage by the first plan that was kept of it, and by the last one. `count` jobs, in
      `kept` of them it was done in time; `middle` and `slow`: how late the late ones were; of `lost`
      no plan was kept.
    - promise: a month. `count` orders were promised for it, `kept` of them there in time.
    - supplier, courier: deliveries with a promised day, `kept` of them in time; `middle` and `slow`:
      from the order, or from the workshop's door, until they were there. `spoilt` of a supplier: of
      a thousand of what came so much was sent back; of a courier: drives to a door in vain.
    - payer: a buyer's instalments of the year, `count` of them paid, `kept` of them by the day they
      were due; `middle` and `slow`: how late.
    - speed, hand: pairs that passed a stage, or a worker, lately (`count`) and as many days before
      (`kept`), and the `days` on which they did.
    - spoilt: a model at a stage. `count` pairs passed; `spoilt` could not be used, `lost` were mended.
    """

    class Kind(models.TextChoices):
        LEG = "leg"
        POST = "post"
        FIRST = "first"
        LAST = "last"
        PROMISE = "promise"
        SUPPLIER = "supplier"
        COURIER = "courier"
        PAYER = "payer"
        SPEED = "speed"
        HAND = "hand"
        SPOILT = "spoilt"

    class Leg(models.TextChoices):
        MONEY = "money", _("waits for the first money")
        MATERIAL = "material", _("waits for material and its turn")
        MAKING = "making", _("is being made")
        PACKING = "packing", _("waits to be packed")
        DOOR = "door", _("waits for the rest of the money and the courier")
        WAY = "way", _("is on its way")

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind)
    place = models.PositiveIntegerField()  # among those of its kind, from 0
    name = models.CharField(max_length=LONGEST_NAME, blank=True)
    name_en = models.CharField(max_length=LONGEST_NAME, blank=True)
    party = models.ForeignKey(Party, models.CASCADE, null=True, related_name="+")
    month = models.DateField(null=True)
    count = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)
    middle = models.PositiveIntegerField(default=0)
    slow = models.PositiveIntegerField(default=0)
    lost = models.PositiveIntegerField(default=0)
    spoilt = models.PositiveIntegerField(default=0)
    days = models.PositiveIntegerField(default=0)
    days_before = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "kind", "place"], name="working_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["speed", "hand"]) | Q(kept__lte=models.F("count")),
                name="working_keeps_no_more_than_there_are",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.place} of {self.workshop_id}"

    @property
    def label(self) -> str:
        if self.kind == self.Kind.LEG:
            return str(self.Leg(self.name).label)
        return in_this_language(self.name, self.name_en)

    @property
    def percent(self) -> int:
        """How many of a hundred were in time."""
        return self.kept * 100 // self.count if self.count else 0

    @property
    def late(self) -> int:
        return self.count - self.kept

    @property
    def a_day(self) -> int:
        """Pairs on a day on which some passed, to the nearest."""
        return round(self.count / self.days) if self.days else 0

    @property
    def a_day_before(self) -> int:
        return round(self.kept / self.days_before) if self.days_before else 0
