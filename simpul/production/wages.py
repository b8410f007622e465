"""What was earned by the piece: by worker and week, and by whom it was settled and paid."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, F, Q, Sum, Value, When
from django.db.models.functions import Coalesce

from simpul.lib import clock
from simpul.parties.models import Person, in_this_language
from simpul.payments.models import Purpose, PurposeKind
from simpul.production.models import SettledLog, StageLog, WageSheet, WageSlip, unspent

LATEST = 50  # payments that are offered to be for a sheet


@dataclass(frozen=True, slots=True)
class Piece:
    """Pairs of one model at one stage, at one rate in rupiah."""

    model: str
    stage: str
    rate: int
    pairs: int  # negative: taken back
    is_late: bool  # taken back after it was settled

    @property
    def amount(self) -> int:
        return self.pairs * self.rate


@dataclass(slots=True)
class Earned:
    """What one worker earned in some days, and what is open at their end, in rupiah."""

    worker: str
    pairs: int = 0
    amount: int = 0
    carried: int = 0  # open from before these days
    open: int = 0  # all that the next sheet would pay
    pieces: list[Piece] = field(default_factory=list)  # of what is open

    @property
    def settled(self) -> int:
        """What of these days stands on a sheet already."""
        return self.amount - (self.open - self.carried)


def week_of(day: date) -> tuple[date, date]:
    """Return the Monday and the Sunday of the week of a day."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def earned(person: Person, first: date, last: date) -> list[Earned]:
    """Return what each worker earned from the first day to the last and what is open after it.

    By good pairs, in one query. Nothing for whom it does not concern.
    """
    if not person.may("production.see_wages", person):
        return []
    begin, end = clock.begin_of(first), clock.begin_of(last + timedelta(days=1))
    is_open, is_here = Q(settled=None), Q(earned_at__gte=begin)
    rows = (
        StageLog.objects.earning(person.workshop_id)
        .with_earned_at()
        .filter(is_open | is_here, Q(earned_at__lt=end))
        .annotate(is_late=_when(Q(reverses__settled__isnull=False)))
        .order_by("worker", *_PIECE, "is_late")
        .values_list("worker", *_PIECE, "is_late")
        .annotate(
            here=Coalesce(Sum("good", filter=is_here), 0),
            open=Coalesce(Sum("good", filter=is_open), 0),
            carried=Coalesce(Sum("good", filter=is_open & ~is_here), 0),
        )
    )
    found: dict[str, Earned] = {}
    for worker, *piece, rate, is_late, here, open_, carried in rows:
        mine = found.setdefault(worker, Earned(worker))
        mine.pairs += here
        mine.amount += here * rate
        mine.carried += carried * rate
        mine.open += open_ * rate
        if open_:
            mine.pieces.append(Piece(*_names(*piece), rate, open_, is_late))
    return [mine for mine in found.values() if mine.pairs or mine.amount or mine.open]


def pieces_of(sheet: WageSheet) -> list[tuple[WageSlip, list[Piece]]]:
    """Return the slips of a sheet with the work behind each, in two queries."""
    slips = list(WageSlip.objects.with_paid().filter(sheet=sheet).order_by("worker", "pk"))
    rows = (
        SettledLog.objects.filter(slip__in=slips)
        .annotate(is_late=_when(Q(log__reverses__settled__slip__lt=F("slip"))))
        .order_by("slip", *(f"log__{name}" for name in _PIECE), "is_late")
        .values_list("slip", *(f"log__{name}" for name in _PIECE), "is_late")
        .annotate(pairs=Sum("log__good"))
    )
    found: dict[int, list[Piece]] = defaultdict(list)
    for slip, *piece, rate, is_late, pairs in rows:
        if pairs:
            found[slip].append(Piece(*_names(*piece), rate, pairs, is_late))
    return [(slip, found[slip.pk]) for slip in slips]


def payments_left(person: Person) -> list[tuple[Purpose, int]]:
    """Return the latest payments of wages of which something is for no sheet yet, and how much."""
    payments = Purpose.objects.visible_to(person).standing()
    found = list(
        payments.filter(kind=PurposeKind.WAGES, amount_sen__lt=0)
        .select_related("entry__account")
        .order_by("-on", "-pk")[:LATEST]
    )
    rests = unspent(found)
    return [(one, rests[one.pk]) for one in found if rests[one.pk] > 0]


_PIECE = (
    "stage__job__line__colourway__product__name",
    "stage__job__line__colourway__product__name_en",
    "stage__name",
    "stage__name_en",
    "rate",
)


def _names(model: str, model_en: str, stage: str, stage_en: str) -> tuple[str, str]:
    return in_this_language(model, model_en), in_this_language(stage, stage_en)


def _when(condition: Q) -> Case:
    """Whether this holds, as a column: no comparison with nothing is left unknown."""
    outcome: Any = When(condition, then=Value(value=True))
    return Case(outcome, default=Value(value=False))
