"""What a process remembers of a few workshops: told once, for as long as it is true."""

from __future__ import annotations

from typing import Any
from weakref import WeakSet

from simpul.parties.models import Workshop

KEPT = 8  # workshops in a process: a few megabytes each


class Recent[Value]:
    """A value for each of the workshops that were asked for last; nobody may change a value.

    Of more workshops than KEPT the one that nobody asked for longest is forgotten.
    """

    def __init__(self) -> None:
        self._values: dict[int, Value] = {}
        _EVERY.add(self)

    def get(self, workshop: Workshop) -> Value | None:
        return self._values.get(workshop.pk)

    def keep(self, workshop: Workshop, value: Value) -> Value:
        """Remember a value, as that of whoever was asked for last, and return it."""
        self._values.pop(workshop.pk, None)
        self._values[workshop.pk] = value
        for longest in list(self._values)[:-KEPT]:
            self._values.pop(longest, None)
        return value

    def clear(self) -> None:
        self._values.clear()


_EVERY: WeakSet[Recent[Any]] = WeakSet()


def forget() -> None:
    """Let everything be read anew: the database is another one, or memory is to be no evidence."""
    for one in list(_EVERY):
        one.clear()
