"""What is stored, and which tables were read and written: so that a test can look after every step."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Self

from django.apps import apps
from django.db import connection, models

ASKING = ("SELECT", "WITH")  # no statement of ours writes behind a WITH
READING = (*ASKING, "SAVEPOINT", "RELEASE", "ROLLBACK")
# what a transaction did to each table by now, even if some of it was rolled back. The ear does not
# hear COPY, only that a savepoint was made for it.
# https://www.postgresql.org/docs/current/monitoring-stats.html
WRITINGS = "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"


class Ear:
    """Listens at the connection while its block lasts, which is within one transaction."""

    def __init__(self) -> None:
        self._reading: set[str] = set()
        self._writings: Counter[str] = Counter()
        self._is_counted = False  # by the server, since it heard of anything but reading
        self._listening = connection.execute_wrapper(self)

    def __enter__(self) -> Self:
        self._listening.__enter__()
        return self

    def __exit__(self, *_raised: object) -> None:
        self._listening.__exit__(None, None, None)

    def __call__(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        tables = _tables_in(sql)
        begins = sql.lstrip("( ")  # a union has parentheses on PostgreSQL
        self._is_counted &= begins.startswith(ASKING)
        if begins.startswith(READING):
            self._reading |= tables
        elif connection.vendor == "sqlite":
            self._writings.update(tables)
        return execute(sql, *rest)

    @contextmanager
    def tables_read(self) -> Iterator[set[str]]:
        """Give a set that holds, after the block, the tables that were read in it."""
        before, self._reading = self._reading, set()
        yield self._reading
        self._reading = before | self._reading

    def writings(self) -> Counter[str]:
        """Return a number for each table that grows whenever something is written to it."""
        if connection.vendor == "postgresql" and not self._is_counted:
            with connection.cursor() as cursor:
                cursor.execute(WRITINGS)
                self._writings = Counter(dict(cursor.fetchall()))
            self._is_counted = True
        return self._writings


class Stored:
    """All rows of some models; read anew is only what was written to since the last look.

    Look before and after what may be rolled back, not within it: taking back is no writing.
    """

    def __init__(self, ear: Ear, watched: tuple[type[models.Model], ...]) -> None:
        self._ear = ear
        self._questions = {
            one._meta.db_table: str(one._base_manager.order_by("pk").values_list().query)
            for one in watched
        }
        self._rows: dict[str, tuple[int, list[tuple[Any, ...]]]] = {}

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row of each table, in the order of its key."""
        writings = self._ear.writings()
        with connection.cursor() as cursor:
            for table, question in self._questions.items():
                now = writings[table]
                if table not in self._rows or self._rows[table][0] != now:
                    cursor.execute(question)
                    self._rows[table] = now, cursor.fetchall()
        return {table: rows for table, (_now, rows) in self._rows.items()}


@cache
def _tables_in(sql: str) -> frozenset[str]:
    return _tables() & set(re.findall(r"\w+", sql))


@cache
def _tables() -> frozenset[str]:
    every = apps.get_models(include_auto_created=True)
    return frozenset(one._meta.db_table for one in every)
