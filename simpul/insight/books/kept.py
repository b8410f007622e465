"""The books as they stand, told once for as long as the journal stands still."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from django.db.models import Count, Max

from simpul.insight.books.facts import CARRIED, LOGS
from simpul.insight.books.growing import KEPT
from simpul.insight.books.postings import Books, books_of
from simpul.parties.models import Workshop
from simpul.workflow.models import Entry


def books_now(workshop: Workshop, until: date) -> Books:
    """Return the books up to the end of a day, as `books_of` does; nobody may change them.

    Every fact comes with a line of the journal: the same lines, the same books.
    """
    journal = Entry.objects.filter(workshop=workshop).order_by()
    lines = journal.aggregate(count=Count("pk"), newest=Max("pk"), at=Max("at"))
    return told(workshop.pk, workshop.taxed_as, until, tuple(lines.values()))


@lru_cache(maxsize=KEPT)
def told(
    workshop_id: int,
    _taxed_as: str,
    until: date,
    _journal: tuple[int | datetime | None, ...],  # how many lines, the newest, and when it was
) -> Books:
    return books_of(Workshop.objects.get(pk=workshop_id), until)


def forget() -> None:
    """Let everything be read anew: the database is another one."""
    told.cache_clear()
    CARRIED.forget()
    LOGS.forget()
