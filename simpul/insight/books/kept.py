"""The books as they stand, told once for as long as the journal stands still."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from simpul.insight.books.postings import Books, books_of
from simpul.insight.recent import Recent
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Workshop
from simpul.workflow.models import Entry

BOOKS_HOLD = 10_000  # agreed orders: the books take a gigabyte for them (docs/decisions/0058)
CHANGE_HANDS = {"crm.merge", "crm.undo_merging"}  # what was one party's is another's


class Journal(NamedTuple):
    """How far the journal of a workshop was written."""

    lines: int
    newest: int | None
    at: datetime | None


_told: Recent[tuple[Journal, Books]] = Recent()


def books_now(workshop: Workshop, until: date) -> Books:
    """Return the books up to the end of a day, as `books_of` does; nobody may change them.

    Every fact comes with a line of the journal: the same lines, the same books.
    """
    now = journal_of(workshop)
    then, books = _told.get(workshop) or (None, None)
    is_told = books is not None and then == now and books.until == until
    if books is None or not is_told or books.workshop.taxed_as != workshop.taxed_as:
        books = books_of(workshop, until, books, steps_since(workshop, then, now))
    _told.keep(workshop, (now, books))
    return books


def books_held(workshop: Workshop) -> Books | None:
    """Return the books as they stand, or None where there are too many orders to tell them."""
    agreed = Order.objects.filter(workshop=workshop).bought().order_by()
    if agreed[: BOOKS_HOLD + 1].count() > BOOKS_HOLD:
        return None
    return books_now(workshop, clock.today())


def journal_of(workshop: Workshop) -> Journal:
    """Return how far the journal is written; lines that the facts have settled are counted already."""
    lines = Entry.objects.filter(workshop=workshop)
    newest, at, upto, settled = lines.order_by("-pk").values_list(
        "pk", "at", "workshop__facts_kept__upto", "workshop__facts_kept__lines"
    ).first() or (None, None, None, None)
    count = lines.filter(pk__gt=upto or 0).order_by().count()
    return Journal((settled or 0) + count, newest, at)


def steps_since(workshop: Workshop, then: Journal | None, now: Journal) -> frozenset[str] | None:
    """Return the apps of which a step was done since then; None where that cannot be told, or
    where things have changed hands.

    Lines need not become visible in the order of their keys: then their count does not fit.
    """
    if then is None or then.newest is None or then.at is None:
        return None
    lines = Entry.objects.filter(workshop=workshop, pk__range=(then.newest, now.newest or 0))
    rows = list(lines.order_by("pk").values_list("pk", "at", "step"))
    is_known = bool(rows) and rows[0][0] == then.newest and rows[0][1] <= then.at
    if not is_known or then.lines + len(rows) - 1 != now.lines:
        return None
    if any(step in CHANGE_HANDS for _pk, _at, step in rows[1:]):
        return None
    return frozenset(step.partition(".")[0] for _pk, _at, step in rows[1:])
