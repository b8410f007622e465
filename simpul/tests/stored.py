"""What is stored, read so quickly that a test may compare it after every step."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import connection, models


def rows_of(watched: tuple[type[models.Model], ...]) -> list[list[tuple[Any, ...]]]:
    """Return every row of these models, in the order of its key."""
    found = []
    with connection.cursor() as cursor:
        for question in _questions(watched):
            cursor.execute(question)
            found.append(cursor.fetchall())
    return found


@cache
def _questions(watched: tuple[type[models.Model], ...]) -> list[str]:
    """The words of what is asked, put together once: it is asked thousands of times."""
    return [str(one._base_manager.order_by("pk").values_list().query) for one in watched]
