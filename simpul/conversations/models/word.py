"""The words of messages, to find them by: docs/decisions/0044-words-are-a-table.md."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from simpul.lib import rows
from simpul.parties.models import Workshop

if TYPE_CHECKING:
    from simpul.conversations.models.message import Message

LONGEST_WORD = 40  # bytes; a longer word is found by its beginning
RARE = 1_000  # messages; a word in no more of them is rare
COMMON = 20_000  # rows; a word with more of them is common
MOST_WORDS = 6  # of what is looked for; more of them only take time

_COMPOUND = re.compile(r"\w+(?:[-./]\w+)*")
_PART = re.compile(r"\w+")


def words_of(text: str) -> set[bytes]:
    """Return the words under which a text is found, in small letters.

    A number such as `SO-2026-0017` or `0812-3456-7890` is found by its parts and as a whole,
    without its dashes.
    """
    found: set[str] = set()
    for compound in _COMPOUND.findall(text.casefold()):
        parts = _PART.findall(compound)
        found.update(parts)
        found.add("".join(parts))
    return {word.encode()[:LONGEST_WORD] for word in found}


def looked_for(typed: str) -> list[bytes]:
    """Return the words that somebody typed, the longest first: they leave the least over."""
    words = {word.encode()[:LONGEST_WORD] for word in _PART.findall(typed.casefold())}
    return sorted(words, key=lambda word: (-len(word), word))[:MOST_WORDS]


class MessageWordQuerySet(models.QuerySet["MessageWord"]):
    def standing_in(self, word: bytes, workshop: int, *, is_alone: bool) -> Q:
        """Tell in which messages a word begins so: asks how rare it is first.

        Of a rare word the messages are named; for a common one the newest are looked through,
        which soon finds enough of them. What stands between is looked through too where it is
        alone; two such words may never stand together, and all messages of each are taken.
        """
        known = self.filter(workshop=workshop).beginning(word)
        few = list(known.values_list("message", flat=True)[: RARE + 1])
        if len(few) <= RARE:
            return Q(pk__in=set(few))
        if not is_alone and known[: COMMON + 1].count() <= COMMON:
            return Q(pk__in=known.values("message"))
        return Q(Exists(self.filter(message=OuterRef("pk")).beginning(word)))

    def beginning(self, word: bytes) -> Self:
        """Those that begin with it: bytes have the same order in both databases."""
        return self.filter(word__gte=word, word__lt=word + b"\xff")


class MessageWord(models.Model):
    """A word that stands in a message, once; written with it and never changed."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    word = models.BinaryField(max_length=LONGEST_WORD)
    message = models.ForeignKey(
        "conversations.Message", models.CASCADE, related_name="+", db_index=False
    )

    objects = MessageWordQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["workshop", "word", "message"]),
            models.Index(fields=["message", "word"]),
        ]

    def __str__(self) -> str:
        return bytes(self.word).decode(errors="replace")

    @classmethod
    def keep(cls, messages: Iterable[Message]) -> None:
        """Write the words of messages that are new: one question for however many."""
        rows.insert_values(
            MessageWord,
            ("workshop_id", "word", "message_id"),
            [
                (message.workshop_id, word, message.pk)
                for message in messages
                for word in sorted(words_of(message.body))
            ],
        )
