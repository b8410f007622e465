"""Whether the tasks help: those that were shown beside those that the lot held out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Case, Count, Min, Q, Value, When

from simpul.insight.campaigns import FEWEST, FEWEST_BUYERS
from simpul.insight.models import MorningKind, MorningTask
from simpul.lib import clock
from simpul.lib.intervals import Interval, difference_of_shares
from simpul.parties.models import Workshop


@dataclass(frozen=True, slots=True)
class Group:
    """Tasks whose days are over: how many there are, and what was hoped for of how many followed."""

    tasks: int
    followed: int

    @property
    def percent(self) -> int:
        return round(100 * self.followed / self.tasks) if self.tasks else 0


@dataclass(frozen=True, slots=True)
class Result:
    """A kind since its first task. Of those that were shown so many were done, put off, not useful, or
    are without an answer; `waiting` (also held out): their days are not over. Of these nothing counts,
    though it may have followed: what has not followed yet is not known, and only good news would be.

    `share`: shown - held out, of those of which what hoped for followed (Newcombe); None where the
    smaller group has fewer than FEWEST, or it followed on fewer than FEWEST_BUYERS in all.
    """

    kind: MorningKind
    since: date
    answers: Mapping[str, int]
    shown: Group
    held: Group
    waiting: int

    @property
    def all_shown(self) -> int:
        return sum(self.answers.values())

    @property
    def share(self) -> Interval | None:
        shown, held = self.shown, self.held
        if min(shown.tasks, held.tasks) < FEWEST or shown.followed + held.followed < FEWEST_BUYERS:
            return None
        return difference_of_shares(shown.followed, shown.tasks, held.followed, held.tasks)


def results(workshop: Workshop) -> list[Result]:
    """Return how each kind has done that there ever was, in the order of the kinds; one question.

    Whoever was to be shown counts as shown, whatever became of it: only so the lot makes both groups
    alike.
    """
    rows = MorningTask.objects.filter(workshop=workshop).order_by()
    grouped = (
        rows.annotate(is_over=_is_over(clock.today()))
        .values_list("kind", "is_held", "status", "followed", "is_over")
        .annotate(n=Count("pk"), since=Min("day"))
    )
    parts: dict[str, list[_Part]] = defaultdict(list)
    for kind, *part in grouped:
        parts[kind].append(_Part(*part))
    return [_result(kind, parts[kind]) for kind in MorningKind if kind in parts]


class _Part(NamedTuple):
    is_held: bool
    status: str
    followed: bool | None
    is_over: bool
    tasks: int
    since: date

    @property
    def is_known(self) -> bool:
        return self.is_over and self.followed is not None


def _is_over(today: date) -> Any:
    days: list[Any] = [
        When(Q(kind=kind, day__lt=today - timedelta(days=kind.days)), then=Value(value=True))
        for kind in MorningKind
    ]
    return Case(*days, default=Value(value=False))


def _result(kind: MorningKind, parts: list[_Part]) -> Result:
    shown = [part for part in parts if not part.is_held]
    answers: Counter[str] = Counter({status: 0 for status in MorningTask.Status.values})
    for part in shown:
        answers[part.status] += part.tasks
    return Result(
        kind=kind,
        since=min(part.since for part in parts),
        answers=answers,
        shown=_group(shown),
        held=_group([part for part in parts if part.is_held]),
        waiting=sum(part.tasks for part in parts if not part.is_known),
    )


def _group(parts: list[_Part]) -> Group:
    return Group(
        sum(part.tasks for part in parts if part.is_known),
        sum(part.tasks for part in parts if part.is_known and part.followed),
    )
