"""The cash box: all that moves it, and what somebody counted in it at the end of a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _now

from simpul.lib import clock
from simpul.parties.models import Person, Workshop
from simpul.payments.models.payer import READERS
from simpul.payments.models.purpose import Kind as PurposeKind
from simpul.payments.models.purpose import Purpose
from simpul.payments.models.receipt import Receipt
from simpul.payments.models.refund import Refund
from simpul.workflow.steps import Refused, WrongState, creation

# the notes and coins of the rupiah that are in use; what else lies there is counted by its worth
PIECES = (100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100)


def cash_facts(workshop_id: int) -> dict[str, QuerySet[Any]]:
    """Return every fact that moves the cash box, by its kind, each with `day` and `sen`.

    Each is noted once and for good: a mistake is a fact of its own on the day it was mended.
    """
    receipts = Receipt.objects.filter(workshop_id=workshop_id, source=Receipt.Source.CASH)
    refunds = Refund.objects.gone().filter(workshop_id=workshop_id, is_cash=True)
    purposes = Purpose.objects.filter(workshop_id=workshop_id)
    moved = purposes.filter(entry__isnull=False, kind=PurposeKind.CASH_BOX)
    return {
        "payment": receipts.annotate(day=F("received_on"), sen=F("amount") * 100),
        "annulled": receipts.filter(annulled_at__isnull=False).annotate(
            day=TruncDate("annulled_at", tzinfo=clock.WIB), sen=F("amount") * -100
        ),
        "refund": refunds.annotate(day=F("sent_on"), sen=F("amount") * -100),
        "purpose": purposes.filter(entry=None).annotate(day=F("on"), sen=F("amount_sen")),
        "moved": moved.annotate(
            day=F("on"), sen=-F("amount_sen")
        ),  # what leaves the bank comes here
    }


@dataclass(frozen=True, slots=True)
class CashBox:
    """What should lie in the cash box: what was counted last, and all that is new since then."""

    previous: DayClosing | None
    came_sen: int
    went_sen: int

    @classmethod
    def of(cls, workshop_id: int, before: date | None = None) -> CashBox:
        """Return it as it is noted by now, without the facts of `before` and of later days.

        What is noted late, for a day that was closed, is new in the next closing: nothing is lost.
        """
        came = went = 0
        for facts in cash_facts(workshop_id).values():
            rows = facts.filter(day__lt=before) if before else facts
            sums = rows.aggregate(
                came=Sum("sen", filter=Q(sen__gt=0)), went=Sum("sen", filter=Q(sen__lt=0))
            )
            came += sums["came"] or 0
            went -= sums["went"] or 0
        closings = DayClosing.objects.filter(workshop_id=workshop_id)
        known = closings.aggregate(came=Sum("came_sen"), went=Sum("went_sen"))
        return cls(
            closings.select_related("by").order_by("-pk").first(),
            came - (known["came"] or 0),
            went - (known["went"] or 0),
        )

    @property
    def opening_sen(self) -> int:
        return self.previous.counted_sen if self.previous else 0

    @property
    def expected_sen(self) -> int:
        return self.opening_sen + self.came_sen - self.went_sen

    @property
    def is_moved(self) -> bool:
        return bool(self.came_sen or self.went_sen)


class DayClosingQuerySet(models.QuerySet["DayClosing"]):
    def visible_to(self, person: Person) -> Self:
        """The cash box is for those who keep the money."""
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff and person.role in READERS else ours.none()

    def with_difference(self) -> Self:
        """Those where more or less lay in the box than should have: a gain or a loss of that day."""
        return self.exclude(difference_sen=0)


class DayClosing(models.Model):
    """The cash box as it was counted. Never changed: what was wrong shows in the next one.

    What is counted = what was counted before + what came - what went + the difference.
    """

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    previous = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="next", editable=False
    )
    on = models.DateField()
    opening_sen = models.BigIntegerField()
    came_sen = models.BigIntegerField()
    went_sen = models.BigIntegerField()
    counted = models.PositiveBigIntegerField()  # rupiah
    difference_sen = models.BigIntegerField()  # negative: less lay there than should have
    pieces = models.JSONField(default=dict)  # how many of each note and coin, where it was said
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    objects = DayClosingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    difference_sen=F("counted") * 100
                    - F("opening_sen")
                    - F("came_sen")
                    + F("went_sen")
                ),
                name="closing_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(difference_sen=0) | ~Q(reason=""), name="closing_difference_has_reason"
            ),
            models.UniqueConstraint(
                fields=["workshop"], condition=Q(previous=None), name="closing_first_once"
            ),
        ]
        indexes = [models.Index(fields=["workshop", "-on"])]

    def __str__(self) -> str:
        return f"{self.on} {self.counted}"

    # Steps

    @classmethod
    @creation("payments.close_day")
    def close(
        cls,
        *,
        by: Person,
        counted: int,
        expected_sen: int,
        reason: str = "",
        pieces: Mapping[int, int] | None = None,
    ) -> DayClosing:
        """Note what was counted in the cash box; what is more or less than it should be is kept as
        a fact of its own, with its reason.

        Raises WrongState where cash was noted since `expected_sen` was shown, Refused where a
        difference has no reason.
        """
        Workshop.objects.select_for_update(of=("self",)).get(pk=by.workshop_id)
        box = CashBox.of(by.workshop_id)
        if box.expected_sen != expected_sen:
            raise WrongState(_now("Cash was noted while you counted: look at it again."))
        difference_sen = counted * 100 - box.expected_sen
        if difference_sen and not reason:
            raise Refused(_now("Say how the difference comes about, or that nobody knows."))
        held = {str(piece): count for piece, count in (pieces or {}).items() if count}
        if held and worth(held) != counted:
            raise Refused(_now("The notes and coins make another sum."))
        return cls.objects.create(
            workshop_id=by.workshop_id,
            previous=box.previous,
            on=clock.today(),
            opening_sen=box.opening_sen,
            came_sen=box.came_sen,
            went_sen=box.went_sen,
            counted=counted,
            difference_sen=difference_sen,
            pieces=held,
            reason=reason,
            by=by,
        )

    # Questions

    @property
    def counted_sen(self) -> int:
        return self.counted * 100

    @property
    def expected_sen(self) -> int:
        return self.opening_sen + self.came_sen - self.went_sen

    @property
    def held(self) -> list[tuple[int, int, int]]:
        """Each note and coin, how many of it, and what they are worth; the largest first."""
        counts = sorted(((int(name), count) for name, count in self.pieces.items()), reverse=True)
        return [(piece, count, piece * count) for piece, count in counts]


def worth(pieces: Mapping[Any, int]) -> int:
    """Return the rupiah that so many of each note and coin make."""
    return sum(int(piece) * count for piece, count in pieces.items())
