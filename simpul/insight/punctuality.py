"""How punctual a workshop is, and how much it has delivered: what everybody may know of it."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from django.db.models import Case, Count, F, Min, OuterRef, Q, QuerySet, Subquery, Sum, When

from simpul.crm.models import ShowcaseRules
from simpul.lib import clock
from simpul.orders.models import LineSize, Order, OrderQuerySet, OrderRevision, Status
from simpul.parties.models import Workshop


class Punctuality(NamedTuple):
    """`promised` orders were due from the day `since` on, `on_time` of them were there by then."""

    on_time: int
    promised: int
    since: date
    is_enough: bool  # to be said
    is_said: bool  # to everybody: the owner wants it, too

    @property
    def percent(self) -> int:
        return self.on_time * 100 // self.promised if self.promised else 0


class Delivered(NamedTuple):
    pairs: int
    since: date | None


def with_promise(orders: OrderQuerySet) -> QuerySet[Any]:
    """Annotate the day that was promised when each order was agreed (`promise`), however often it
    was moved later, and the day on which all of it was there (`there_on`), if it is."""
    first = OrderRevision.objects.filter(order=OuterRef("pk"), at__lte=OuterRef("confirmed_at"))
    promise = first.order_by("-number").values("promised_on")[:1]
    there_on = Case(When(fulfilled_at__isnull=False, then="arrived_on"))
    return orders.annotate(promise=Subquery(promise), there_on=there_on)


def punctuality_of(workshop: Workshop) -> Punctuality:
    """Hold every order that was due in the workshop's span against the day that was promised when
    it was agreed: a day that was moved later makes nothing punctual, and what is not there yet is
    late. Samples do not count. Two questions."""
    rules = ShowcaseRules.of(workshop)
    due = with_promise(Order.objects.filter(workshop=workshop).bought())
    counted = due.filter(promise__gte=rules.looks_from, promise__lt=clock.today()).aggregate(
        promised=Count("pk"), on_time=Count("pk", filter=Q(there_on__lte=F("promise")))
    )
    is_enough = counted["promised"] >= rules.fewest
    is_said = is_enough and rules.says_punctuality
    return Punctuality(**counted, since=rules.looks_from, is_enough=is_enough, is_said=is_said)


def delivered_by(workshop: Workshop) -> Delivered:
    """Return the pairs of all orders that were delivered, without samples, and since when. One
    question."""
    done = LineSize.objects.filter(
        line__order__workshop=workshop,
        line__order__status__in=[Status.FULFILLED, Status.CLOSED],
        line__order__is_sample=False,
    )
    found = done.aggregate(n=Sum("pairs"), since=Min("line__order__arrived_on"))
    return Delivered(found["n"] or 0, found["since"])
