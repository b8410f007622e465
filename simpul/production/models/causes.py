"""Why pairs are spoilt or mended: the words that a workshop chooses from when it counts them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import models
from django.utils.translation import gettext as _now

from simpul.parties.models import Person, Workshop, in_this_language
from simpul.workflow.steps import WrongState, step

LONGEST_CAUSE = 40
MOST_CAUSES = 12  # to be found at a glance on a telephone

USUAL = {  # as it is said on the floor, and in English
    "Lem lepas": "Glue came off",
    "Jahitan loncat": "Skipped stitches",
    "Kulit cacat": "Flaw in the leather",
    "Salah potong": "Cut wrongly",
    "Salah ukuran atau acuan": "Wrong size or last",
    "Belang atau kotor": "Stained or uneven colour",
    "Lain-lain": "Something else",
}


def usual() -> list[str]:
    return list(USUAL)


def cause_label(words: str) -> str:
    """Return a cause in the reader's language: a usual one in both, another as the workshop says it."""
    return in_this_language(words, USUAL.get(words, ""))


class CauseList(models.Model):
    """The causes that are offered where pairs are counted. Without a row: the usual ones of shoes.

    What was counted keeps the words that were chosen then.
    """

    workshop = models.OneToOneField(Workshop, models.PROTECT, related_name="cause_list")
    words = models.JSONField(default=usual)  # in the order in which they are offered

    def __str__(self) -> str:
        return ", ".join(self.words)

    @classmethod
    def of(cls, workshop: Workshop) -> CauseList:
        """Return that of a workshop, or the usual one, which is not kept."""
        return cls.objects.filter(workshop=workshop).first() or cls(workshop=workshop)

    @classmethod
    def kept_of(cls, workshop: Workshop) -> CauseList:
        return cls.objects.get_or_create(workshop=workshop)[0]

    @step("production.name_causes")
    def name(self, *, by: Person, words: Sequence[str]) -> None:
        """Offer these causes, in this order; none: no cause is asked for."""
        if len(words) > MOST_CAUSES or len(set(words)) < len(words):
            raise WrongState(_now("At most %(count)s causes, each once.") % {"count": MOST_CAUSES})
        if not all(0 < len(one) <= LONGEST_CAUSE for one in words):
            raise WrongState(
                _now("A cause has at most %(count)s letters.") % {"count": LONGEST_CAUSE}
            )
        self.words = list(words)
