"""Judge who is still a customer: what the job of the night does. Pages read `BuyerOutlook`.

Only this module asks `methods`; whoever imports it loads scipy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from django.db import transaction
from django.db.models import Avg, Count

from simpul.conversations.models import Ticket
from simpul.insight import nightly
from simpul.insight.methods.backtest import Backtest, backtest
from simpul.insight.methods.fitting import Fit
from simpul.insight.methods.gamma_gamma import GammaGamma, Values, gamma_gamma
from simpul.insight.methods.gaps import Clock, Span, Waiting, gaps_of
from simpul.insight.methods.histories import Array, Histories
from simpul.insight.methods.lifetime_value import BuyingModel, discounted_orders
from simpul.insight.methods.still_buying import FEW, FEWEST, StillBuying, fitted, still_buying
from simpul.insight.models import BuyerFact, BuyerOutlook, BuyingOutlook, OrderFact
from simpul.lib import clock
from simpul.parties.models import Party, Workshop
from simpul.production.models import ClosedDays

A_BATCH = 1_000
A_YEAR = 365
A_YEAR_LATER = 0.1  # so much less is worth what comes a year later
LEAST_AGE = 0.5  # days: somebody who ordered today is watched for half a day
HELD_BACK = 182  # days of the back-test, or half of all where that is less
KINDS = (Party.BuysAs.DISTRIBUTOR, Party.BuysAs.CONSUMER)


@dataclass(slots=True)
class Bought:
    """The orders of one buyer: the days on which something was agreed on, in order, as ordinals, and
    the spans in which he had no reason to order."""

    days: list[int] = field(default_factory=list)
    still: list[Span] = field(default_factory=list)

    def until(self, day: int) -> Bought:
        """Return what was known of him on a day."""
        return Bought(
            [one for one in self.days if one <= day],
            [(begin, min(end, day)) for begin, end in self.still if begin <= day],
        )


class TooFew(Exception):
    """There are not enough buyers for a model."""


def is_needed(workshop: Workshop) -> bool:
    """Whether there are buyers, and nobody has judged them today."""
    return nightly.is_of_yesterday(BuyingOutlook, BuyerFact, of=workshop)


def judge(workshop: Workshop) -> None:
    """Judge all buyers of a workshop anew; distributors and consumers apart."""
    today = clock.today()
    closed = _closed(workshop)
    facts = BuyerFact.objects.filter(workshop=workshop, buyer__merged_into=None)
    by_kind: dict[str, list[BuyerFact]] = defaultdict(list)
    for fact in facts.select_related("buyer").order_by("pk"):
        by_kind[fact.buyer.buys_as].append(fact)
    bought = _bought(workshop, today)
    by_kind = {kind: [one for one in some if one.pk in bought] for kind, some in by_kind.items()}
    left = _left(workshop)
    judged = [
        _judge_kind(kind, some, bought, left, closed, today)
        for kind in KINDS
        if (some := by_kind.get(kind))
    ]
    with transaction.atomic():
        BuyingOutlook.objects.filter(workshop=workshop).delete()
        BuyerOutlook.objects.filter(workshop=workshop).delete()
        BuyingOutlook.objects.bulk_create(summary for summary, _rows in judged)
        for _summary, rows in judged:
            BuyerOutlook.objects.bulk_create(rows, batch_size=A_BATCH)


# What is known


def _closed(workshop: Workshop) -> list[Span]:
    rows = ClosedDays.objects.standing().filter(workshop=workshop).order_by("first_on", "pk")
    return [
        (first.toordinal(), last.toordinal() + 1)
        for first, last in rows.values_list("first_on", "last_on")
    ]


def _bought(workshop: Workshop, today: date) -> dict[int, Bought]:
    """Return the orders of every buyer; one that is not delivered yet, and a complaint that is still
    open, last until today."""
    found: dict[int, Bought] = defaultdict(Bought)
    now = today.toordinal()
    rows = OrderFact.objects.filter(workshop=workshop).order_by("agreed_on", "pk")
    for buyer, agreed, delivered in rows.values_list(
        "buyer", "agreed_on", "delivered_on"
    ).iterator():
        one, day = found[buyer], agreed.toordinal()
        if not one.days or one.days[-1] < day:
            one.days.append(day)
        one.still.append((day, max(delivered.toordinal() if delivered else now, day)))
    complaints = Ticket.objects.filter(
        workshop=workshop,
        party__isnull=False,
        kind__in=(Ticket.Kind.COMPLAINT, Ticket.Kind.WARRANTY),
    ).order_by("pk")
    for buyer, opened, resolved in complaints.values_list("party", "opened_at", "resolved_at"):
        if buyer in found:
            begin = clock.day_of(opened).toordinal()
            end = clock.day_of(resolved).toordinal() if resolved else now
            found[buyer].still.append((begin, max(end, begin)))
    return found


def _left(workshop: Workshop) -> dict[int, tuple[int, float]]:
    """Return of how many orders of each buyer it is known what was left of them, and how much on
    average, in rupiah."""
    rows = (
        OrderFact.objects.filter(workshop=workshop, contribution__isnull=False)
        .order_by()
        .values_list("buyer")
        .annotate(n=Count("pk"), mean=Avg("contribution"))
    )
    return {buyer: (count, float(mean)) for buyer, count, mean in rows}


# What follows from it


def _judge_kind(
    kind: str,
    facts: Sequence[BuyerFact],
    bought: dict[int, Bought],
    left: dict[int, tuple[int, float]],
    closed: list[Span],
    today: date,
) -> tuple[BuyingOutlook, list[BuyerOutlook]]:
    now = today.toordinal()
    mine = [bought[fact.pk] for fact in facts]
    clocks = [Clock([*closed, *one.still]) for one in mine]
    shop = Clock(closed)
    histories = _histories(mine, clocks, shop, now)
    waiting = _waiting(mine, clocks, now)
    still = still_buying(histories, BuyingOutlook.HORIZON)
    alive = still.alive_where_told(histories) if still else np.full(len(mine), np.nan)
    each = _left_of_each(facts, left, still)
    worth = _worth(each, still.expected.estimate) if still and each is not None else None
    lifetime = _worth(each, _to_come(still, histories)) if still and each is not None else None
    rows = [
        BuyerOutlook(
            buyer_id=fact.pk,
            workshop_id=fact.workshop_id,
            buys_as=kind,
            last_on=fact.last_on,
            orders=fact.days,
            waited=round(silence),
            usual=round(one.usual) if one else None,
            gaps=one.gaps if one else 0,
            longer=one.chance if one else None,
            stake=_stake(fact, now, alive[at], one),
            worth=worth[at] if worth else None,
            lifetime=lifetime[at] if lifetime else None,
            **(_of_model(still, at, is_told=not np.isnan(alive[at])) if still else {}),
        )
        for at, (fact, (silence, one)) in enumerate(zip(facts, waiting, strict=True))
    ]
    summary = BuyingOutlook(
        workshop_id=facts[0].workshop_id,
        buys_as=kind,
        as_of=today,
        model=still.name if still else "",
        buyers=len(histories),
        repeat_buyers=histories.repeat_buyers,
        tested=_tested(mine, closed, now) if still else {},
    )
    if still:
        summary.expected = float(still.total.estimate)
        summary.least, summary.most = int(still.total.low), int(still.total.high)
    return summary, rows


def _histories(mine: Sequence[Bought], clocks: Sequence[Clock], shop: Clock, now: int) -> Histories:
    """Return x, t_x and T on the clock of the workshop; since his last order on that of the buyer."""
    x, last, age = np.zeros(len(mine)), np.zeros(len(mine)), np.zeros(len(mine))
    for at, (one, own) in enumerate(zip(mine, clocks, strict=True)):
        days = np.unique(shop.at(one.days))
        silence = float(own.at(now) - own.at(one.days[-1]))
        x[at], last[at] = len(days) - 1, days[-1] - days[0]
        age[at] = max(last[at] + silence, LEAST_AGE)
    return Histories(x, last, age)


def _waiting(
    mine: Sequence[Bought], clocks: Sequence[Clock], now: int
) -> list[tuple[float, Waiting | None]]:
    """Return for how long each buyer has been silent, and what that means by his gaps."""
    gaps: list[Array] = []
    silences: list[float] = []
    for one, own in zip(mine, clocks, strict=True):
        steps = np.diff(own.at(one.days))
        gaps.append(steps[steps >= 1])  # what was ordered while the last was made came with it
        silences.append(float(own.at(now) - own.at(one.days[-1])))
    common = gaps_of(gaps, silences)
    return [
        (silence, common.waiting(own, silence) if common else None)
        for own, silence in zip(gaps, silences, strict=True)
    ]


def _of_model(still: StillBuying, at: int, *, is_told: bool) -> dict[str, float | int]:
    chance: dict[str, float | int] = {
        "alive": float(still.alive.estimate[at]),
        "alive_low": float(still.alive.low[at]),
        "alive_high": float(still.alive.high[at]),
    }
    return (chance if is_told else {}) | {
        "expected": float(still.expected.estimate[at]),
        "least": int(still.low[at]),
        "most": int(still.high[at]),
    }


def _worth(each: Array, orders: Array) -> list[int]:
    return [round(one) for one in (each * orders).tolist()]


def _to_come(still: StillBuying, histories: Histories) -> Array:
    """Return the orders of the coming years, those of later worth less."""
    return discounted_orders(
        still.fit.model,
        histories,
        horizon=BuyerOutlook.YEARS * A_YEAR,
        discount=(1 + A_YEAR_LATER) ** (1 / A_YEAR) - 1,
    )


def _left_of_each(
    facts: Sequence[BuyerFact], left: dict[int, tuple[int, float]], still: StillBuying | None
) -> Array | None:
    """Return what an order of each leaves; None where too few orders say what they left."""
    known = [left.get(fact.pk, (0, 0.0)) for fact in facts]
    gains = [(count, mean) for count, mean in known if mean > 0]
    if still is None or len(gains) < FEWEST:
        return None
    fit: Fit[GammaGamma] = gamma_gamma(
        Values([count for count, _mean in gains], [mean for _count, mean in gains]),
        has_prior=len(gains) < FEW,
    )
    if not fit.is_sure or fit.model.q <= 1:
        return None
    each = fit.model.expected([n for n, _mean in known], [max(mean, 0) for _n, mean in known])
    # who cost more than he brought is not drawn towards those who did not
    return np.where([mean < 0 for _n, mean in known], [mean for _n, mean in known], each)


def _stake(fact: BuyerFact, now: int, alive: float, waiting: Waiting | None) -> int:
    """Return what he bought in a year, times the chance that he is gone (or, where that is not a number,
    overdue)."""
    years = max(now - fact.first_on.toordinal(), A_YEAR) / A_YEAR
    gone = 1 - alive if not np.isnan(alive) else 1 - waiting.chance if waiting else 0.0
    return round(float(gone) * fact.sold / years)


def _tested(mine: Sequence[Bought], closed: list[Span], now: int) -> dict[str, object]:
    """Return what the same would have foretold for the time held back, with the same clocks; nothing
    where too little was known by then."""
    shop, begin = Clock(closed), min(one.days[0] for one in mine)
    day = now - min(HELD_BACK, (now - begin) // 2)  # the last one that is known
    whose = np.repeat(np.arange(len(mine)), [len(one.days) for one in mine])
    times = shop.at([one for some in mine for one in some.days])

    def told(ids: Array) -> Histories:
        known = [mine[int(at)].until(day) for at in ids]
        return _histories(known, [Clock([*closed, *one.still]) for one in known], shop, day)

    split, end = (float(shop.at(one)) for one in (day, now))
    if split == end:  # all of it was closed
        return {}
    try:
        found = backtest(_fit, whose, times, split=split, end=end, tell=told)
    except TooFew:
        return {}
    calendar = np.arange(begin, now + 1)
    shown = np.searchsorted(shop.at(calendar), found.times - 1e-6)  # when the clock shows that
    return _plain(found, day + 1, calendar[np.minimum(shown, len(calendar) - 1)].tolist())


def _fit(histories: Histories) -> BuyingModel:
    found = fitted(histories)
    if found is None:
        raise TooFew
    return found[1].model


def _plain(found: Backtest, first: int, days: list[int]) -> dict[str, object]:
    return {
        "first": date.fromordinal(first).isoformat(),
        "buyers": found.buyers,
        "ordered": round(found.ordered),
        "expected": round(found.expected, 1),
        "repeated": round(found.repeated),
        "error": round(found.error, 3),
        "plain_error": round(found.plain_error, 3),
        "is_better": bool(found.is_better),
        "rows": [
            [row.frequency, row.buyers, round(row.ordered, 2), round(row.expected, 2)]
            for row in found.rows
        ],
        "days": [date.fromordinal(day).isoformat() for day in days],
        "sums": [round(one) for one in found.sums],
        "expected_sums": [round(one, 1) for one in found.expected_sums.tolist()],
    }
