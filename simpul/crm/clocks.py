"""By when the tickets of customers are to be answered and solved, in the hours of the workshop.

Nothing is kept: it follows from what was said, from the times of waiting and from what the workshop
has promised itself. While it waits for the customer the clock of a ticket stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.contrib.contenttypes.models import ContentType

from simpul.conversations.models import Message, Ticket, TicketWait
from simpul.crm.models import Service
from simpul.lib import clock
from simpul.lib.workhours import WorkHours
from simpul.parties.models import Workshop
from simpul.production.models import calendar_of

NEVER = datetime.max.replace(tzinfo=clock.WIB)


@dataclass(frozen=True, slots=True)
class TicketClock:
    """By when a ticket is to be answered (none: it is) and solved; while it waits they move on."""

    answer_by: datetime | None
    solve_by: datetime
    is_waiting: bool

    @property
    def next_by(self) -> datetime:
        return self.solve_by if self.answer_by is None else min(self.answer_by, self.solve_by)

    @property
    def is_over(self) -> bool:
        return not self.is_waiting and self.next_by < clock.now()

    @property
    def is_due_today(self) -> bool:
        return not self.is_waiting and clock.day_of(self.next_by) <= clock.today()


class _Said(NamedTuple):
    at: datetime
    is_ours: bool
    came: bool  # what staff noted of a call of the customer


def clocks_of(tickets: Collection[Ticket], workshop: Workshop) -> dict[int, TicketClock]:
    """Return the clocks of the customers' tickets that are open; a fixed number of queries."""
    open_ones = [one for one in tickets if one.is_of_customer and one.status == Ticket.Status.OPEN]
    if not open_ones:
        return {}
    service = Service.of(workshop)
    since = clock.day_of(min(one.opened_at for one in open_ones))
    hours = WorkHours(calendar_of(workshop, since=since), service.opens, service.closes)
    goals = service.goals()
    said = _said(open_ones)
    waits: dict[int, list[TicketWait]] = defaultdict(list)
    for wait in TicketWait.objects.filter(ticket__in=open_ones).order_by("since", "pk"):
        waits[wait.ticket_id].append(wait)
    found = {}
    for one in open_ones:
        goal = goals[one.kind]
        spans = [_span(wait, said[one.pk]) for wait in waits[one.pk]]
        is_answered = any(word.is_ours and not word.came for word in said[one.pk])
        found[one.pk] = TicketClock(
            None if is_answered else _due(one.opened_at, goal.answer, spans, hours),
            _due(one.opened_at, goal.solve, spans, hours),
            any(until is None for _since, until in spans),
        )
    return found


def by_urgency(tickets: Collection[Ticket], clocks: dict[int, TicketClock]) -> list[Ticket]:
    """Sort: what is over first, then what is urgent, then by when it is due; what waits last."""

    def rank(ticket: Ticket) -> tuple[bool, bool, bool, datetime, int]:
        found = clocks.get(ticket.pk)
        if found is None:
            return (False, True, not ticket.is_urgent, NEVER, -ticket.pk)
        return (
            found.is_waiting,
            not found.is_over,
            not ticket.is_urgent,
            found.next_by,
            -ticket.pk,
        )

    return sorted(tickets, key=rank)


# Inside

type _Span = tuple[datetime, datetime | None]


def _said(tickets: Collection[Ticket]) -> dict[int, list[_Said]]:
    """Return what was said about each, and about what was merged into it, oldest first."""
    keys = {one.pk: one.pk for one in tickets}
    for one in Ticket.objects.filter(merged_into__in=list(keys)):
        keys[one.pk] = one.merged_into_id or one.pk
    rows = Message.objects.filter(
        conversation__subject_type=ContentType.objects.get_for_model(Ticket),
        conversation__subject_id__in=list(keys),
    ).order_by("pk")
    found: dict[int, list[_Said]] = defaultdict(list)
    for about, at, party, direction in rows.values_list(
        "conversation__subject_id", "at", "by__party", "direction"
    ):
        came = direction == Message.Direction.IN
        found[keys[about]].append(_Said(at, party is None, came))
    return found


def _span(wait: TicketWait, said: Collection[_Said]) -> _Span:
    """Return from when until when was waited; the next word of the customer ends it, too."""
    if wait.until is not None:
        return wait.since, wait.until
    theirs = (word.at for word in said if word.at > wait.since and (not word.is_ours or word.came))
    return wait.since, next(theirs, None)


def _due(opened_at: datetime, goal: int, spans: Collection[_Span], hours: WorkHours) -> datetime:
    due = hours.after(opened_at, goal * 60)
    for since, until in spans:
        if since < due:
            due = hours.after(due, hours.between(since, until or clock.now()))
    return due
