"""What buyers owe, by how long it has been due."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from simpul.orders.models import AGREED, Instalment, Order
from simpul.orders.models.instalment import InstalmentQuerySet
from simpul.parties.models import Party, Person
from simpul.payments.models import Allocation, CreditNote, Receipt

OPEN = F("amount") - F("paid")


def owing(person: Person, today: date) -> QuerySet[Party]:
    """Return the buyers that owe something, whoever is furthest behind first, in one query.

    Annotates, in rupiah: `not_due`, what is up to 30, 60 and 90 days past due (`days_30`,
    `days_60`, `days_90`), `older`, all of it (`open_sum`), and what the party has over (`credit`).
    """
    theirs = _open().filter(order__buyer=OuterRef("pk"))
    sums = {name: _sum(theirs.filter(q), "order__buyer", OPEN) for name, q in _ages(today).items()}
    found = Party.objects.visible_to(person).annotate(
        **sums,
        open_sum=_sum(theirs, "order__buyer", OPEN),
        credit=_left(Receipt, "receipt__party") + _left(CreditNote, "credit_note__party"),
    )
    overdue = F("open_sum") - F("not_due")
    return found.filter(open_sum__gt=0).order_by(overdue.desc(), "-open_sum", "pk")


def aged(person: Person, today: date) -> dict[str, int]:
    """Return the same sums over all buyers of the workshop, and `open_sum`."""
    ours = _open().filter(order__in=Order.objects.visible_to(person))
    ages: dict[str, int] = ours.aggregate(
        **{name: Coalesce(Sum(OPEN, filter=q), 0) for name, q in _ages(today).items()},
        open_sum=Coalesce(Sum(OPEN), 0),
    )
    return ages


def _open() -> InstalmentQuerySet:
    return Instalment.objects.unpaid().filter(order__status__in=AGREED)


def _ages(today: date) -> dict[str, Q]:
    """Return the condition of each age, by the name of its sum."""
    days = [today - timedelta(days=days) for days in (0, 30, 60, 90)]
    return {
        "not_due": Q(due_on__gte=days[0]),
        "days_30": Q(due_on__lt=days[0], due_on__gte=days[1]),
        "days_60": Q(due_on__lt=days[1], due_on__gte=days[2]),
        "days_90": Q(due_on__lt=days[2], due_on__gte=days[3]),
        "older": Q(due_on__lt=days[3]),
    }


def _left(model: type[Receipt | CreditNote], side: str) -> Any:
    """Return what came of a kind, less what of it is counted for something."""
    standing = model.objects.filter(party=OuterRef("pk"), annulled_at=None)
    name = side.partition("__")[0]
    counted = Allocation.objects.filter(**{side: OuterRef("pk"), f"{name}__annulled_at": None})
    return _sum(standing, "party", F("amount")) - _sum(counted, side, F("amount"))


def _sum(rows: QuerySet[Any], by: str, amount: Any) -> Coalesce:
    summed = rows.order_by().values(by).annotate(n=Sum(amount)).values("n")
    return Coalesce(Subquery(summed, output_field=models.BigIntegerField()), 0)
