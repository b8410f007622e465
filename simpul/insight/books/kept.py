"""The books as they stand, told once for as long as the journal stands still."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Count, Max

from simpul.insight.books.facts import CARRIED, LOGS
from simpul.insight.books.growing import KEPT
from simpul.insight.books.postings import Books, books_of
from simpul.parties.models import Workshop
from simpul.workflow.models import Entry

type _Journal = tuple[int | datetime | None, ...]  # how many lines, the newest, and when it was

_told: dict[int, tuple[_Journal, Books]] = {}  # of a workshop; who was asked for last stands last


def books_now(workshop: Workshop, until: date) -> Books:
    """Return the books up to the end of a day, as `books_of` does; nobody may change them.

    Every fact comes with a line of the journal: the same lines, the same books. Of more workshops
    than KEPT the one that nobody asked for longest is forgotten.
    """
    journal = _journal(workshop)
    known, books = _told.pop(workshop.pk, ((), None))
    is_same = books is not None and known == journal and books.until == until
    if books is None or not is_same or books.workshop.taxed_as != workshop.taxed_as:
        books = books_of(workshop, until, before=books)
    _told[workshop.pk] = journal, books
    for longest in list(_told)[:-KEPT]:
        _told.pop(longest, None)
    return books


def _journal(workshop: Workshop) -> _Journal:
    lines = Entry.objects.filter(workshop=workshop).order_by()
    found = lines.aggregate(count=Count("pk"), newest=Max("pk"), at=Max("at"))
    return tuple(found.values())


def distrust() -> None:
    """Hold what was told against the facts again, as after a new line of the journal."""
    for workshop, (_journal, books) in list(_told.items()):
        _told[workshop] = (), books


def forget() -> None:
    """Let everything be read anew: the database is another one."""
    _told.clear()
    CARRIED.forget()
    LOGS.forget()
