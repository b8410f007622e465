"""What a buyer is worth to the workshop, and what is at risk: only what really happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum

from simpul.insight.models import OrderFact
from simpul.lib import clock
from simpul.orders.models import AGREED, Instalment, Order
from simpul.orders.models.instalment import InstalmentQuerySet
from simpul.parties.models import Party, Workshop

A_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Worth:
    """A buyer in figures, of the twelve months up to a day; amounts in rupiah.

    `days_late` is the middle of all payments that were due by then: half of them came sooner;
    None where none was.
    """

    orders: int
    bought: int
    first_on: date | None  # of the first order that was agreed
    last_on: date | None  # of the last order that was agreed, however long ago
    owed: int  # of all agreed orders
    overdue: int  # of this what is past its day
    overdue_since: date | None
    payments: int
    late: int  # of these
    days_late: int | None


def worth_of(party: Party, today: date) -> Worth:
    """Return what a buyer bought and how it paid, in three questions."""
    agreed = Order.objects.filter(buyer=party, confirmed_at__isnull=False).bought()
    recent = Q(confirmed_at__gte=clock.begin_of(today - A_YEAR))
    bought = agreed.aggregate(
        n=Count("pk", filter=recent),
        total=Sum("total", filter=recent),
        first=Min("confirmed_at"),
        last=Max("confirmed_at"),
    )
    parts = Instalment.objects.filter(order__buyer=party, order__status__in=AGREED)
    left, is_late = F("amount") - F("paid"), Q(due_on__lt=today)
    open_now = parts.unpaid().aggregate(
        owed=Sum(left), late=Sum(left, filter=is_late), since=Min("due_on", filter=is_late)
    )
    days = _days_late(party, today)
    return Worth(
        orders=bought["n"],
        bought=bought["total"] or 0,
        first_on=clock.day_of(bought["first"]) if bought["first"] else None,
        last_on=clock.day_of(bought["last"]) if bought["last"] else None,
        owed=open_now["owed"] or 0,
        overdue=open_now["late"] or 0,
        overdue_since=open_now["since"],
        payments=len(days),
        late=sum(one > 0 for one in days),
        days_late=days[len(days) // 2] if days else None,
    )


def left_of(workshop: Workshop) -> Callable[[int], dict[int, int]]:
    """Return what tells how much the orders of each party left that were delivered in so many months
    of thirty days, in rupiah."""

    def left(months: int) -> dict[int, int]:
        today = clock.today()
        since = (today - timedelta(days=30 * months), today)
        told = OrderFact.objects.filter(
            workshop=workshop, delivered_on__range=since, contribution__isnull=False
        )
        return dict(told.order_by().values_list("buyer").annotate(n=Sum("contribution")))

    return left


def contribution_of(party: Party, today: date) -> int | None:
    """Return what its orders of twelve months left, after material, wages and freight, in rupiah, as
    the facts were told last; an order counts once all of its pairs are delivered. None where none was.
    """
    told = OrderFact.objects.filter(buyer=party, delivered_on__range=(today - A_YEAR, today))
    left: int | None = told.aggregate(n=Sum("contribution"))["n"]
    return left


def _days_late(party: Party, today: date) -> list[int]:
    """Return by how many days each paid part came after its day (sooner: below zero), in order."""
    paid = paid_parts(Instalment.objects.filter(order__buyer=party), today)
    rows = paid.order_by("pk").values_list("due_on", "came_on")
    return sorted((came - due).days for due, came in rows)


def paid_parts(parts: InstalmentQuerySet, today: date) -> QuerySet[Any]:
    """Return those of these that were due in the last year and are paid, with the day on which the
    last money for each came (`came_on`)."""
    stands = Q(allocations__reverses=None, allocations__reversal=None)
    return (
        parts.filter(
            order__status__in=AGREED,
            due_on__range=(today - A_YEAR, today),
            amount__gt=0,
            paid__gte=F("amount"),
        )
        .annotate(came_on=Max("allocations__receipt__received_on", filter=stands))
        .filter(came_on__isnull=False)
    )
