"""Whom a text names by @name."""

from __future__ import annotations

import re
from collections.abc import Iterable

from simpul.parties.models import Person


def people_in(text: str, people: Iterable[Person]) -> list[Person]:
    """Return those of the people whom the text names, in their order.

    `@Sari Wulandari` is she alone, `@sari` is everybody who has this word in the name.
    """
    rest, whole = text.casefold(), set()
    known = list(people)
    for person in sorted(known, key=lambda one: -len(one.name)):
        rest, times = re.subn(rf"@{re.escape(person.name.casefold())}(?!\w)", " ", rest)
        if times:
            whole.add(person.pk)
    words = set(re.findall(r"@(\w+)", rest))
    return [
        person
        for person in known
        if person.pk in whole or words & set(person.name.casefold().split())
    ]
