"""The words of messages, to find them by: docs/decisions/0044-words-are-a-table.md."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from simpul.lib import rows
from simpul.parties.models import Workshop

if TYPE_CHECKING:
    from simpul.conversations.models.message import Message

LONGEST_WORD = 40  # bytes; a longer word is found by its beginning
RARE = 1_000  # messages; a word in no more of them is rare
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
    def beginning(self, word: bytes) -> Self:
        """Those that begin with it: bytes have the same order in both databases."""
        return self.filter(word__gte=word, word__lt=word + b"\xff")

    def rare(self, word: bytes) -> set[int] | None:
        """Name the messages in which a word begins so, or nothing where those are many."""
        few = list(self.beginning(word).values_list("message", flat=True)[: RARE + 1])
        return set(few) if len(few) <= RARE else None

    def together(self, words: Sequence[bytes]) -> list[Q]:
        """Tell in which messages all these words begin so: few are named, many soon found by looking
        into one after the other."""
        first, *others = (self.beginning(word).values("message") for word in words)
        both = first.intersection(*others).order_by()[: RARE + 1]
        few = [row["message"] for row in both]
        return [Q(pk__in=few)] if len(few) <= RARE else [looked_into(word) for word in words]


def looked_into(word: bytes) -> Q:
    """Tell in which messages a word begins so, by looking into one after the other."""
    return Q(Exists(MessageWord.objects.filter(message=OuterRef("pk")).beginning(word)))


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
