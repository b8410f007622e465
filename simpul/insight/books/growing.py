"""Facts that are only ever added: a process reads them once, and after that what is new."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from simpul.insight.recent import Recent
from simpul.parties.models import Workshop


class Growing[Row: tuple[Any, ...]]:
    """The rows of a workshop in a table in which no row is ever changed or removed.

    `rows` says which those are, `read` makes them what is kept; each begins with its key. Keys need
    not become visible in their order: where the count says that one came late, or the last one
    known is not the same any more, all are read again. Nobody may change the lists.
    """

    def __init__(
        self,
        rows: Callable[[Workshop], QuerySet[Any]],
        read: Callable[[QuerySet[Any]], list[Row]],
    ) -> None:
        self._rows = rows
        self._read = read
        self._known: Recent[list[Row]] = Recent()

    def of(self, workshop: Workshop) -> list[Row]:
        rows = self._rows(workshop).order_by("pk")
        known = self._known.get(workshop) or []
        if known:
            last_and_new = self._read(rows.filter(pk__gte=known[-1][0]))
            whole = known[:-1] + last_and_new
            is_true = last_and_new[:1] == known[-1:] and rows.count() == len(whole)
            known = whole if is_true else []
        if not known:
            known = self._read(rows)
        return self._known.keep(workshop, known)
