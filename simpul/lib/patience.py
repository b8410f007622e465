"""How long a question to the database may take before it is broken off."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.db import OperationalError, connection, transaction

STEPS = 20_000  # of SQLite's machine between two looks at the clock


class TooLong(Exception):
    """What was asked takes longer than it may."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Break off what is read inside the block and takes longer. Raises TooLong; nothing has changed.

    PostgreSQL counts each statement by itself, SQLite all of them together.
    """
    try:
        with transaction.atomic(), _limit(seconds):
            yield
    except OperationalError as failure:
        if "interrupted" in str(failure) or "statement timeout" in str(failure):
            raise TooLong from failure
        raise


@contextmanager
def _limit(seconds: float) -> Iterator[None]:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [_ms(seconds)])
        yield
        with connection.cursor() as cursor:  # the transaction may go on with other things
            cursor.execute("SELECT set_config('statement_timeout', '0', true)")
        return
    connection.ensure_connection()
    database = cast(Any, connection.connection)
    until = time.monotonic() + seconds
    database.set_progress_handler(lambda: time.monotonic() > until, STEPS)
    try:
        yield
    finally:
        database.set_progress_handler(None, 0)


def _ms(seconds: float) -> str:
    return str(max(1, round(seconds * 1000)))
