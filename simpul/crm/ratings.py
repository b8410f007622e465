"""Whom the clock asks how content they were: after a solved ticket, and some days after delivery.

Each thing is asked about once, a customer once in some days at most, and nobody who wants to hear
no such questions. What is too old by then is not asked any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.db import models

from simpul.conversations.models import Ticket
from simpul.conversations.notices import with_ways
from simpul.conversations.reach import ways
from simpul.crm.models import Rating, RatingRules
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.orders.models import Status as OrderStatus
from simpul.parties.models import Party, Person, Workshop

AS_LONG = timedelta(days=14)  # after the day on which it could be asked


def tend(workshop: Workshop) -> int:
    """Ask what can be asked now; return how many customers were asked."""
    rules = RatingRules.of(workshop)
    quiet = _asked_lately(workshop, rules)
    count = 0
    for about, party in _candidates(workshop, rules):
        if party.pk not in quiet and _wants_to_hear(party):
            quiet.add(party.pk)
            Rating.ask(by=workshop.machine, about=about)
            count += 1
    return count


def is_needed(workshop: Workshop) -> bool:
    rules = RatingRules.of(workshop)
    return rules.is_on and any(
        rows.exists() for rows in (_solved(workshop), _delivered(workshop, rules))
    )


# Inside


def _candidates(workshop: Workshop, rules: RatingRules) -> Iterator[tuple[Ticket | Order, Party]]:
    """Yield the tickets first, the newest first: who complained is asked about that."""
    if rules.is_on:
        for ticket in _solved(workshop).select_related("party").order_by("-resolved_at", "-pk"):
            if ticket.party is not None:
                yield ticket, ticket.party
        orders = _delivered(workshop, rules).select_related("buyer")
        for order in orders.order_by("-arrived_on", "-pk"):
            yield order, order.buyer


def _solved(workshop: Workshop) -> models.QuerySet[Ticket]:
    tickets = Ticket.objects.of_customers().filter(workshop=workshop, rating=None)
    since = clock.now() - AS_LONG
    return tickets.filter(status=Ticket.Status.RESOLVED, resolved_at__gt=since)


def _delivered(workshop: Workshop, rules: RatingRules) -> models.QuerySet[Order]:
    """Return orders that arrived some days ago and of which nobody complains at the moment."""
    until = clock.in_days(-rules.days_after)
    kind = ContentType.objects.get_for_model(Order)
    disputed = Ticket.objects.of_customers().open().filter(workshop=workshop, subject_type=kind)
    return Order.objects.filter(
        workshop=workshop,
        rating=None,
        status__in=(OrderStatus.FULFILLED, OrderStatus.CLOSED),
        arrived_on__gt=until - AS_LONG,
        arrived_on__lte=until,
    ).exclude(pk__in=disputed.values("subject_id"))


def _asked_lately(workshop: Workshop, rules: RatingRules) -> set[int]:
    since = clock.now() - timedelta(days=rules.quiet_days)
    asked = Rating.objects.filter(workshop=workshop, asked_at__gt=since)
    return set(asked.values_list("party", flat=True))


def _wants_to_hear(party: Party) -> bool:
    people = with_ways(Person.objects.active().filter(party=party))
    return any(ways(person, "crm.ask_rating") for person in people)
