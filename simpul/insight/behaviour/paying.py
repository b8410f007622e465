"""How buyers have paid what was due: days late, and whether what they said of a transfer came true."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import F, Max, Q

from simpul.insight.models import PayingBuyer
from simpul.lib import clock
from simpul.orders.models import AGREED, Instalment
from simpul.parties.models import Workshop
from simpul.payments.models import Allocation, PaymentClaim

MILLI = 1_000
A_DAY_LATE, A_WEEK_LATE = MILLI, 7 * MILLI
QUARTERS = 8


@dataclass(slots=True)
class Paid:
    """What was due from one buyer, or in one quarter: `weight` is rupiah times days late."""

    parts: int = 0
    on_time: int = 0
    amount: int = 0
    weight: int = 0
    overdue: int = 0

    def add(self, part: Part) -> None:
        self.parts += 1
        self.on_time += part.days_late == 0
        self.amount += part.amount
        self.weight += part.amount * part.days_late
        self.overdue += part.overdue

    @property
    def days_late(self) -> int:
        """Of the average rupiah, in thousandths of a day."""
        return round(MILLI * self.weight / self.amount) if self.amount else 0


@dataclass(slots=True)
class Claimed:
    claims: int = 0
    came_true: int = 0
    before_money: int = 0


class Part(NamedTuple):
    """An instalment that was due."""

    buyer: int
    due_on: date
    amount: int
    days_late: int  # until today where it is still open; sooner is none
    overdue: int  # rupiah that are still open


@dataclass(slots=True)
class Paying:
    """What was due since a day, of all buyers of a workshop."""

    buyers: dict[int, Paid] = field(default_factory=lambda: defaultdict(Paid))
    quarters: dict[tuple[str, date], Paid] = field(default_factory=lambda: defaultdict(Paid))
    claims: dict[int, Claimed] = field(default_factory=lambda: defaultdict(Claimed))


def paid(workshop: Workshop, kinds: dict[int, str], since: date, today: date) -> Paying:
    """Return how the buyers in `kinds` (each with its kind) paid what was due from one day to another."""
    found = Paying()
    for part in _parts(workshop, since, today):
        if kind := kinds.get(part.buyer):
            found.buyers[part.buyer].add(part)
            found.quarters[kind, _quarter(part.due_on)].add(part)
    _settle_claims(found, workshop, since)
    return found


def rows_of(
    found: Paying, workshop: Workshop, kind: str, kinds: dict[int, str]
) -> list[PayingBuyer]:
    """Return a row for each buyer of a kind of whom anything is known."""
    rows = []
    for buyer in sorted(found.buyers.keys() | found.claims.keys()):
        if kinds.get(buyer) != kind:
            continue
        one, said = found.buyers.get(buyer, Paid()), found.claims.get(buyer, Claimed())
        rows.append(
            PayingBuyer(
                buyer_id=buyer,
                workshop=workshop,
                buys_as=kind,
                trait=_trait(one),
                parts=one.parts,
                on_time=one.on_time,
                amount=one.amount,
                days_late=one.days_late,
                overdue=one.overdue,
                claims=said.claims,
                came_true=said.came_true,
                before_money=said.before_money,
            )
        )
    return rows


def quarters_of(found: Paying, kind: str, since: date) -> dict[str, Any]:
    """Return the quarters of a kind in order (their first days, instalments, those paid on their day
    or sooner, and days late in thousandths) and the days late of all; nothing where nothing was due.
    """
    mine = [
        (day, one)
        for (of, day), one in sorted(found.quarters.items(), key=itemgetter(0))
        if of == kind
    ]
    if not mine:
        return {}
    amount, weight = sum(one.amount for _day, one in mine), sum(one.weight for _day, one in mine)
    return {
        "since": since.isoformat(),
        "days_late": Paid(amount=amount, weight=weight).days_late,
        "quarters": [[day.isoformat(), one.parts, one.on_time, one.days_late] for day, one in mine],
    }


def first_day(today: date) -> date:
    """Return the first day of the quarter so many quarters before the one of today."""
    months = today.year * 12 + (today.month - 1) // 3 * 3 - 3 * (QUARTERS - 1)
    return date(months // 12, months % 12 + 1, 1)


def _parts(workshop: Workshop, since: date, today: date) -> Iterator[Part]:
    stands = Q(allocations__reverses=None, allocations__reversal=None)
    rows = (
        Instalment.objects.filter(
            order__workshop=workshop,
            order__status__in=AGREED,
            due_on__range=(since, today),
            amount__gt=0,
            waived_at=None,
        )
        .annotate(came_on=Max("allocations__receipt__received_on", filter=stands))
        .order_by("pk")
        .values_list("order__buyer", "due_on", "amount", "paid", "came_on")
    )
    for buyer, due, amount, came, came_on in rows.iterator():
        if came < amount:
            if due < today:
                yield Part(buyer, due, amount, (today - due).days, amount - came)
        elif came_on is not None:  # else nothing was paid: it was credited
            yield Part(buyer, due, amount, max((came_on - due).days, 0), 0)


def _settle_claims(found: Paying, workshop: Workshop, since: date) -> None:
    """Count the claims that were settled; the money of one is a receipt of its amount for its order."""
    claims = PaymentClaim.objects.filter(
        workshop=workshop,
        at__gte=clock.begin_of(since),
        status__in=(PaymentClaim.Status.MATCHED, PaymentClaim.Status.REJECTED),
    ).order_by("pk")
    money: dict[tuple[int, int], list[date]] = defaultdict(list)
    came = (
        Allocation.objects.standing()
        .filter(receipt__amount=F("instalment__order__claims__amount"))
        .filter(instalment__order__claims__in=claims.order_by())
        .order_by("receipt__received_on", "pk")
    )
    for order, amount, day in came.values_list(
        "instalment__order", "receipt__amount", "receipt__received_on"
    ):
        money[order, amount].append(day)
    for buyer, order, status, amount, at, paid_on in claims.values_list(
        "order__buyer", "order", "status", "amount", "at", "paid_on"
    ):
        one = found.claims[buyer]
        one.claims += 1
        if status == PaymentClaim.Status.MATCHED:
            one.came_true += 1
            days = money.get((order, amount), [])
            nearest = min(days, key=lambda day: abs((day - paid_on).days), default=paid_on)
            one.before_money += nearest > clock.day_of(at)


def _trait(one: Paid) -> PayingBuyer.Trait:
    if one.parts < PayingBuyer.FEWEST:
        return PayingBuyer.Trait.UNKNOWN
    if one.days_late <= A_DAY_LATE:
        return PayingBuyer.Trait.PUNCTUAL
    return PayingBuyer.Trait.SLOW if one.days_late <= A_WEEK_LATE else PayingBuyer.Trait.LATE


def _quarter(day: date) -> date:
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
