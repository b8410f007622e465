"""The mornings behind: who was overdue to order or to pay then, what was answered, and what followed.

The days are those of the history. Who was silent for too long is told as it is for today, by the gaps that
were known then and the days on which nothing of the buyer was being made; the lot and what followed are
told by the same functions that tell them every morning.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import pairwise

from django.db.models import F, Max

from simpul.insight import returning
from simpul.insight.methods.gaps import Clock, Gaps, Waiting, gaps_of
from simpul.insight.models import BuyerFact, MorningKind, MorningTask, OrderFact
from simpul.insight.morning import making
from simpul.insight.morning.finding import ASKING, REMINDING, Found
from simpul.insight.morning.following import follow
from simpul.lib import clock
from simpul.lib.workdays import DAY
from simpul.orders.models import Instalment
from simpul.parties.models import Person, Workshop
from simpul.parties.roles import Role

HELD_OUT = 10  # of 100


def look_back(workshop: Workshop) -> None:
    """Tell the mornings until today, and make those of today."""
    dice = random.Random(workshop.pk)  # noqa: S311 - a story, not a secret
    for role, tasks in ((Role.SALES, _overdue(workshop)), (Role.FINANCE, _owed(workshop))):
        person = workshop.people.filter(role=role).order_by("pk")[0]
        for on, found in tasks:
            _answer(making.new(workshop, found, on, HELD_OUT), person, dice)
    follow(workshop, clock.today())
    returning.judge(workshop)
    today = datetime.combine(clock.today(), making.FROM, clock.WIB)
    with clock.stopped(max(clock.now(), today)):  # whoever looks at night sees a morning, too
        making.make(workshop)


def _overdue(workshop: Workshop) -> Iterator[tuple[date, Found]]:
    """Yield who had been silent for too long, and the morning of it."""
    for kind in returning.KINDS:
        buyers = BuyerFact.objects.filter(workshop=workshop, buyer__buys_as=kind).order_by("pk")
        histories = [_History(fact) for fact in buyers]
        common = gaps_of([one.gaps for one in histories], [one.silence for one in histories])
        if common is None:
            continue
        for one in histories:
            for on, waiting in one.silences(common):
                yield on, _silent(one.fact, waiting)


def _silent(fact: BuyerFact, waiting: Waiting) -> Found:
    order = fact.sold // fact.orders
    left = max(5, 100 * fact.contribution // fact.earned) if fact.earned > 0 else 25
    told = {
        "order": order,
        "left": left,
        "usual": round(waiting.usual),
        "gaps": waiting.gaps,
        "waited": round(waiting.waited),
        "longer": max(1, round(100 * waiting.chance)),
    }
    return Found(MorningKind.OVERDUE, order * left // 100, ASKING, told, party=fact.pk)


def _owed(workshop: Workshop) -> Iterator[tuple[date, Found]]:
    """Yield who paid later than agreed on, and the morning after the day."""
    late = (
        Instalment.objects.filter(order__workshop=workshop, paid__gte=F("amount"), amount__gt=0)
        .annotate(came_on=Max("allocations__receipt__received_on"))
        .filter(came_on__gt=F("due_on"))
        .order_by("due_on", "pk")
    )
    for one in late.select_related("order"):
        if one.due_on is not None:
            told = {
                "amount": one.amount,
                "since": one.due_on.isoformat(),
                "payments": 1,
                "instalments": [one.pk],
            }
            buyer = one.order.buyer_id
            yield (
                one.due_on + DAY,
                Found(MorningKind.OWED, one.amount, REMINDING, told, party=buyer),
            )


class _History:
    """The orders of a buyer, by the days that count for him."""

    def __init__(self, fact: BuyerFact) -> None:
        self.fact = fact
        today = clock.today()
        rows = OrderFact.objects.filter(workshop=fact.workshop, buyer=fact.buyer)
        orders = [
            (on.toordinal(), max(on, delivered_on or today).toordinal())
            for on, delivered_on in rows.values_list("agreed_on", "delivered_on")
        ]
        self._clock = Clock(orders)
        self._days = [*sorted({on for on, _until in orders}), today.toordinal()]

    def _passed(self, first: int, last: int) -> float:
        return float(self._clock.at(last) - self._clock.at(first))

    @property
    def gaps(self) -> list[float]:
        """Those behind him; what was ordered while the last was made came with it."""
        steps = (self._passed(*both) for both in pairwise(self._days[:-1]))
        return [step for step in steps if step >= 1]

    @property
    def silence(self) -> float:
        return self._passed(*self._days[-2:])

    def silences(self, common: Gaps) -> Iterator[tuple[date, Waiting]]:
        """Yield the mornings before today on which he had become overdue."""
        known: list[float] = []
        for on, until in pairwise(self._days):
            morning = bisect_left(
                range(on, until),
                x=True,
                key=lambda day: common.waiting(known, self._passed(on, day)).is_overdue,
            )
            if morning < until - on:
                day = on + morning
                yield date.fromordinal(day), common.waiting(known, self._passed(on, day))
            if (gap := self._passed(on, until)) >= 1:
                known.append(gap)


def _answer(task: MorningTask, person: Person, dice: random.Random) -> None:
    """Most are done on the same morning; some nobody answers."""
    task.rank, task.last_on = 1, task.day
    task.save()
    if not task.is_held and dice.random() < 0.85:
        morning = datetime.combine(task.day, time(9, dice.randint(0, 59)), clock.WIB)
        ways = (MorningTask.finish, MorningTask.put_off, MorningTask.dismiss)
        with clock.stopped(morning):
            dice.choices(ways, (8, 2, 1))[0](task, by=person)
