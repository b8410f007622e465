"""What stands above a column of a list, in the words of those who write lists."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils import translation


class Unreadable(ValueError):
    """A row says nothing that can be taken; the message is a sentence that says why."""


def meant(
    headings: Sequence[str],
    fields: Mapping[str, Any],
    written: Mapping[str, str],
    *,
    several: Collection[str] = (),
) -> list[str]:
    """Return for each column the field that its heading names, or nothing; each but `several` once.

    `fields` are our own labels, known in both languages; `written` what else people write.
    """
    known = {word: field for field, words in written.items() for word in words.split()}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            known |= {slug(str(label)): field for field, label in fields.items()}
    found: list[str] = []
    for heading in headings:
        field = known.get(slug(heading), "")
        found.append("" if field in found and field not in several else field)
    return found


def slug(heading: str) -> str:
    return re.sub(r"\W+", "_", heading.casefold()).strip("_")
