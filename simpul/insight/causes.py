"""Why pairs are spoilt or mended: what the job of the night keeps, and what the page asks of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Sum
from django.db.models.functions import TruncMonth

from simpul.insight.models import SpoiltMonth
from simpul.insight.models.workings import LONGEST_NAME
from simpul.insight.spans import months_back
from simpul.lib import clock
from simpul.parties.models import Workshop, in_this_language
from simpul.production.models import StageLog, cause_label

MONTHS = 12  # up to the running one
SHOWN = 10  # places, those with most pairs first


@dataclass(frozen=True, slots=True)
class Cause:
    """Pairs that were spoilt or mended for a cause; with `place`, at a stage, of a model or by somebody."""

    words: str  # empty: not said
    spoilt: int
    mended: int
    place: str = ""

    @property
    def label(self) -> str:
        return cause_label(self.words) if self.words else ""

    @property
    def pairs(self) -> int:
        return self.spoilt + self.mended


@dataclass(frozen=True, slots=True)
class Causes:
    """What is known of some months, most pairs first; what was not said comes last."""

    first: date
    causes: Sequence[Cause]
    places: Sequence[Cause]

    @property
    def said(self) -> list[Cause]:
        return [one for one in self.causes if one.words]

    @property
    def unsaid(self) -> int:
        return self.pairs - sum(one.pairs for one in self.said)

    @property
    def spoilt(self) -> int:
        return sum(one.spoilt for one in self.causes)

    @property
    def mended(self) -> int:
        return sum(one.mended for one in self.causes)

    @property
    def pairs(self) -> int:
        return self.spoilt + self.mended


def counted(workshop: Workshop) -> list[SpoiltMonth]:
    """Return what the job of the night keeps: all that was counted in these months and stands."""
    since = months_back(clock.today(), MONTHS - 1)
    logs = StageLog.objects.standing().filter(
        ~Q(reject=0, rework=0), stage__job__workshop=workshop, at__gte=clock.begin_of(since)
    )
    rows = logs.order_by().values_list(
        TruncMonth("at", tzinfo=clock.WIB),
        "cause", "stage__name", "stage__name_en", "stage__job__line__colourway__product__name",
        "stage__job__line__colourway__product__name_en",
        "worker",
    )  # fmt: skip
    return [
        SpoiltMonth(
            workshop=workshop,
            month=month.date(),
            cause=cause,
            stage=stage,
            stage_en=stage_en,
            model=model[:LONGEST_NAME],
            model_en=model_en[:LONGEST_NAME],
            worker=worker,
            spoilt=spoilt,
            mended=mended,
        )
        for month, cause, stage, stage_en, model, model_en, worker, spoilt, mended in rows.annotate(
            n=Sum("reject"), m=Sum("rework")
        )
    ]


def of(workshop: Workshop, as_of: date, months: int, by: str) -> Causes:
    """Return the causes of so many months, and where they fell: `by` stage, model or worker."""
    first = months_back(as_of, months - 1)
    known = SpoiltMonth.objects.filter(workshop=workshop, month__gte=first).order_by()
    sums = {"n": Sum("spoilt"), "m": Sum("mended")}
    names = (by,) if by == "worker" else (by, f"{by}_en")
    pairs: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for cause, *name, spoilt, mended in known.values_list("cause", *names).annotate(**sums):
        place = name[0] if by == "worker" else in_this_language(name[0], name[1])
        pairs[cause, place][0] += spoilt
        pairs[cause, place][1] += mended
    places = [Cause(words, both[0], both[1], place) for (words, place), both in pairs.items()]
    whole: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for one in places:
        whole[one.words][0] += one.spoilt
        whole[one.words][1] += one.mended
    return Causes(
        first,
        sorted((Cause(words, both[0], both[1]) for words, both in whole.items()), key=_most_first),
        sorted(places, key=_most_first),
    )


def _most_first(one: Cause) -> tuple[bool, int, str, str]:
    return not one.words, -one.pairs, one.words, one.place
