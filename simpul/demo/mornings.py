"""The mornings behind: who was overdue to order then, what was answered, and what followed.

The days are those of the history; the lot and what followed are told by the same functions that tell
them every morning.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from statistics import median

from simpul.insight import returning
from simpul.insight.models import BuyerFact, MorningKind, MorningTask, OrderFact
from simpul.insight.morning import making
from simpul.insight.morning.finding import ASKING, Found
from simpul.insight.morning.following import follow
from simpul.lib import clock
from simpul.parties.models import Person, Workshop
from simpul.parties.roles import Role

LONG = 1.4  # times as long as usual without an order
EARLIER = 3  # gaps that are known by then
HELD_OUT = 10  # of 100


def look_back(workshop: Workshop) -> None:
    """Tell the mornings until today, and make those of today."""
    dice = random.Random(workshop.pk)  # noqa: S311 - a story, not a secret
    seller = workshop.people.filter(role=Role.SALES).order_by("pk")[0]
    facts = {one.pk: one for one in BuyerFact.objects.filter(workshop=workshop)}
    days: dict[int, list[date]] = {}
    rows = OrderFact.objects.filter(workshop=workshop).order_by("agreed_on", "pk")
    for buyer, on in rows.values_list("buyer", "agreed_on"):
        days.setdefault(buyer, []).append(on)
    for buyer, ordered_on in days.items():
        for on, usual, waited in _silences(sorted(set(ordered_on)), clock.today()):
            _morning(facts[buyer], on, usual, waited, seller, dice)
    follow(workshop, clock.today())
    returning.judge(workshop)
    making.make(workshop)


def _silences(days: list[date], today: date) -> Iterator[tuple[date, int, int]]:
    """Yield the mornings on which somebody had been silent for long: how long it usually was, and was."""
    gaps: list[int] = []
    for at, on in enumerate(days):
        until = days[at + 1] if at + 1 < len(days) else today
        if len(gaps) >= EARLIER:
            usual = round(median(gaps))
            morning = on + timedelta(days=round(LONG * usual))
            if morning < until:
                yield morning, usual, (morning - on).days
        gaps.append((until - on).days)


def _morning(
    fact: BuyerFact, on: date, usual: int, waited: int, seller: Person, dice: random.Random
) -> None:
    order = fact.sold // fact.orders
    left = max(5, 100 * fact.contribution // fact.earned) if fact.earned > 0 else 25
    told = {"order": order, "left": left, "usual": usual, "waited": waited}
    found = Found(
        MorningKind.OVERDUE,
        order * left // 100,
        ASKING,
        {**told, "longer": dice.randint(3, 9)},
        party=fact.pk,
    )
    task = making.new(fact.workshop, found, on, HELD_OUT)
    task.rank, task.last_on = 1, on
    task.save()
    if not task.is_held and dice.random() < 0.85:  # the rest nobody answered
        with clock.stopped(datetime.combine(on, time(9, dice.randint(0, 59)), clock.WIB)):
            dice.choices((MorningTask.finish, MorningTask.put_off, MorningTask.dismiss), (8, 2, 1))[
                0
            ](task, by=seller)
