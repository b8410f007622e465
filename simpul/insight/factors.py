"""The four factors of the house (order, raw material, production, distribution) and how people become
customers: a few figures each, beside the time before, for the owner. Reads only what is kept, and what
runs just now.

A figure is called better or worse only where chance alone would rarely do it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import Case, Count, F, Q, QuerySet, Sum, Value, When
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from simpul.crm.models import Lead
from simpul.crm.models import Status as Stage
from simpul.crm.segmenting import Aim
from simpul.delivery.models import Shipment
from simpul.insight import rates
from simpul.insight.models import BuyerFact, BuyerOutlook, OrderFact, Working
from simpul.insight.questions.words import By, Days, Measure
from simpul.insight.rates import Counted
from simpul.insight.spans import months_back
from simpul.lib.workdays import DAY
from simpul.orders.models import LineSize, Order
from simpul.parties.models import Person
from simpul.procurement.models import PurchaseOrder

SPAN = timedelta(days=28)  # of what is counted by the day, beside as long before
MONTHS = 3  # of what is counted by the month, beside as many before
SURE = 0.1  # a change that chance makes so seldom is called one
LOYAL = 4  # days on which something was ordered, to be called loyal
YOUNG = 2  # days: has ordered again


class Factor(models.TextChoices):
    ORDER = "order", _("Orders")
    MATERIAL = "material", _("The raw material")
    PRODUCTION = "production", _("Production")
    DISTRIBUTION = "distribution", _("Distribution")


class Name(models.TextChoices):
    """What a figure says."""

    AGREED = "agreed", _("Orders agreed in four weeks")
    LATE_NOW = "late_now", _("Orders in work that are late now")
    SUPPLIERS = "suppliers", _("Deliveries of suppliers in time, of 100")
    PURCHASES = "purchases", _("Purchases that are late now")
    FINISHED = "finished", _("Pairs finished in four weeks")
    TO_MAKE = "to_make", _("Pairs still to make")
    PROMISES = "promises", _("Promises kept in three months, of 100")
    ON_THE_WAY = "on_the_way", _("Deliveries with a courier now")


class Word(models.TextChoices):
    BETTER = "better", _("better than before")
    WORSE = "worse", _("worse than before")
    SAME = "same", _("no clear change")


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` and `before` are None where nothing is known; `page` is one of the desk."""

    name: Name
    value: int | None
    before: int | None
    word: Word | None
    page: str
    query: str = ""


class Step(models.TextChoices):
    """How far somebody has come; everybody stands on one step only."""

    PROSPECT = "prospect", _("prospects in talk")
    QUOTED = "quoted", _("with a quotation or a sample")
    FIRST = "first", _("ordered once")
    AGAIN = "again", _("ordered again")
    LOYAL = "loyal", _("loyal: four times or more")
    LOST = "lost", _("silent for too long")


AIMS: dict[Aim, tuple[Step, ...]] = {
    Aim.ACQUIRE: (Step.PROSPECT, Step.QUOTED),
    Aim.ENHANCE: (Step.FIRST,),
    Aim.RETAIN: (Step.AGAIN, Step.LOYAL, Step.LOST),
}
BUYERS = (Step.FIRST, Step.AGAIN, Step.LOYAL, Step.LOST)
STAGES_ON = {  # of the board of prospects
    Step.PROSPECT: (Stage.NEW, Stage.TALKING),
    Step.QUOTED: (Stage.QUOTED, Stage.SAMPLE),
}


def figures(person: Person, today: date) -> dict[Factor, list[Figure]]:
    """Return the figures of each factor; a fixed number of questions."""
    known = _known(person)
    return {
        Factor.ORDER: [_agreed(person, today), _late_now(person, today)],
        Factor.MATERIAL: [_suppliers(known), _purchases(person, today)],
        Factor.PRODUCTION: [_finished(known), _to_make(person)],
        Factor.DISTRIBUTION: [_promises(known, today), _on_the_way(person)],
    }


def funnel(person: Person) -> dict[Step, int]:
    """Return how many stand on each step, in two questions."""
    leads = Lead.objects.visible_to(person).aggregate(
        **{step.value: Count("pk", filter=Q(status__in=STAGES_ON[step])) for step in STAGES_ON}
    )
    buyers = _buyers(person).aggregate(
        **{step.value: Count("pk", filter=_CONDITIONS[step]) for step in BUYERS}
    )
    return {step: (leads | buyers)[step.value] for step in Step}


def buyers_on(person: Person, step: Step) -> QuerySet[Any]:
    """Return the buyers on a step, who bought most first."""
    found = _buyers(person).filter(_CONDITIONS[step]).select_related("buyer")
    return found.order_by("-sold", "pk")


_CONDITIONS = {
    Step.LOST: Q(is_lost=True),
    Step.FIRST: Q(is_lost=False, days__lt=YOUNG),
    Step.AGAIN: Q(is_lost=False, days__gte=YOUNG, days__lt=LOYAL),
    Step.LOYAL: Q(is_lost=False, days__gte=LOYAL),
}


def _buyers(person: Person) -> QuerySet[Any]:
    silent = Q(buyer__outlook__longer__lt=BuyerOutlook.SELDOM) | Q(buyer__outlook__alive__lt=0.5)
    is_lost: Any = When(silent, then=Value(value=True))
    ours = BuyerFact.objects.filter(workshop=person.workshop, buyer__merged_into=None)
    return ours.annotate(is_lost=Case(is_lost, default=Value(value=False)))


# The figures


def _word(chance: float, *, is_more: bool) -> Word:
    """Say whether more came than before, where chance alone would do that so often."""
    if chance > SURE:
        return Word.SAME
    return Word.BETTER if is_more else Word.WORSE


def _known(person: Person) -> list[Working]:
    kinds = (Working.Kind.SUPPLIER, Working.Kind.SPEED, Working.Kind.PROMISE)
    rows = Working.objects.filter(workshop=person.workshop, kind__in=kinds)
    return list(rows.order_by("kind", "place"))


def _of(known: Sequence[Working], kind: Working.Kind) -> list[Working]:
    return [row for row in known if row.kind == kind]


def _agreed(person: Person, today: date) -> Figure:
    begin = today - SPAN
    orders = OrderFact.objects.filter(
        workshop=person.workshop, agreed_on__gte=begin - SPAN, agreed_on__lt=today
    ).aggregate(
        now=Count("pk", filter=Q(agreed_on__gte=begin)),
        before=Count("pk", filter=Q(agreed_on__lt=begin)),
    )
    counted = Counted(orders["now"], orders["before"])
    is_more = counted.now > counted.before
    word = _word(rates.chance(counted), is_more=is_more) if sum(counted) else None
    asked = {
        "measure": Measure.ORDERS.value,
        "by": By.BUYER.value,
        "days": Days.CHOSEN.value,
        "first": begin.isoformat(),
        "last": (today - DAY).isoformat(),
    }
    return Figure(Name.AGREED, *counted, word, "questions", f"?{urlencode(asked)}#answer")


def _late_now(person: Person, today: date) -> Figure:
    late = Order.objects.visible_to(person).late(today).count()
    return Figure(Name.LATE_NOW, late, None, None, "orders", "?status=late&sort=promised")


def _suppliers(known: Sequence[Working]) -> Figure:
    rows = _of(known, Working.Kind.SUPPLIER)
    promised, kept = sum(row.count for row in rows), sum(row.kept for row in rows)
    share = 100 * kept // promised if promised else None
    return Figure(Name.SUPPLIERS, share, None, None, "workings")


def _purchases(person: Person, today: date) -> Figure:
    late = PurchaseOrder.objects.visible_to(person).late(today).count()
    return Figure(Name.PURCHASES, late, None, None, "purchases", "?status=late")


def _finished(known: Sequence[Working]) -> Figure:
    """Of the last stage: what passes it is finished."""
    rows = _of(known, Working.Kind.SPEED)
    if not rows:
        return Figure(Name.FINISHED, None, None, None, "workings", "?part=floor")
    last = rows[-1]
    before = last.kept if last.days_before else None
    return Figure(Name.FINISHED, last.count, before, None, "workings", "?part=floor")


def _to_make(person: Person) -> Figure:
    running = Order.objects.visible_to(person).running()
    pairs = LineSize.objects.of(running).aggregate(n=Sum(F("pairs") - F("made"), default=0))
    return Figure(Name.TO_MAKE, pairs["n"], None, None, "production")


def _promises(known: Sequence[Working], today: date) -> Figure:
    """Of the months up to this one; the running one is told up to yesterday."""
    middle, first = months_back(today, MONTHS - 1), months_back(today, 2 * MONTHS - 1)
    rows = [row for row in _of(known, Working.Kind.PROMISE) if row.month and row.month >= first]
    now = [row for row in rows if row.month and row.month >= middle]
    before = [row for row in rows if row.month and row.month < middle]
    counts = [sum(row.count for row in some) for some in (now, before)]
    kept = Counted(*(sum(row.kept for row in some) for some in (now, before)))
    shares = [
        100 * one // count if count else None for one, count in zip(kept, counts, strict=True)
    ]
    broken = Counted(counts[0] - kept.now, counts[1] - kept.before)
    is_more = kept.now * counts[1] > kept.before * counts[0]
    word = _word(rates.chance_beside(kept, broken), is_more=is_more) if all(counts) else None
    return Figure(Name.PROMISES, shares[0], shares[1], word, "workings")


def _on_the_way(person: Person) -> Figure:
    out = Shipment.objects.visible_to(person).under_way().count()
    return Figure(Name.ON_THE_WAY, out, None, None, "deliveries", "?status=running")
