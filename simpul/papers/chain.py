"""Whether what was issued still stands as it was issued: each paper, and the chain of them all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.models import Exists, OuterRef

from simpul.papers.models import Chain, Paper, Rendering
from simpul.parties.models import Workshop


@dataclass(frozen=True, slots=True)
class Standing:
    """What the public check page says of a paper."""

    is_unchanged: bool  # it says what it said when it was issued
    is_chain_whole: bool  # none of the workshop's papers was taken out, put in or torn off
    length: int


def standing(paper: Paper) -> Standing:
    """Look at one paper and at every link of its chain, with a fixed number of queries.

    The facts of the other papers are not read: `faults` does that.
    """
    chain = Chain.objects.filter(workshop=paper.workshop_id).first()
    length = chain.length if chain else 0
    return Standing(paper.is_unchanged, chain is not None and _is_whole(chain), length)


def faults(workshop: Workshop) -> Iterator[tuple[str, str]]:
    """Walk the whole chain and name each paper that is broken, and how."""
    length, head = 0, ""
    for paper in Paper.objects.filter(workshop=workshop).order_by("position").iterator(500):
        if paper.position != length + 1:
            yield str(paper), f"stands at {paper.position} behind {length}"
        if paper.previous != head:
            yield str(paper), "does not hold the digest of the paper before it"
        if not paper.is_unchanged:
            yield str(paper), "was changed after it was issued"
        length, head = paper.position, paper.digest
    chain = Chain.objects.filter(workshop=workshop).first() or Chain(workshop=workshop)
    if (chain.length, chain.head) != (length, head):
        yield str(workshop), f"the chain ends at {length}, and should end at {chain.length}"


def damaged_files(workshop: Workshop) -> Iterator[tuple[str, str]]:
    """Read every rendering and name those that are gone or no longer what was rendered."""
    kept = Rendering.objects.filter(paper__workshop=workshop).select_related("paper")
    for one in kept.order_by("pk").iterator(500):
        path = Path(settings.UPLOADS) / one.path
        if not path.exists():
            yield str(one.paper), f"{one.path} is gone"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != one.sha256:
            yield str(one.paper), f"{one.path} was changed after it was rendered"


def _is_whole(chain: Chain) -> bool:
    papers = Paper.objects.filter(workshop=chain.workshop_id)
    before = papers.filter(position=OuterRef("position") - 1, digest=OuterRef("previous"))
    loose = papers.filter(position__gt=1).exclude(Exists(before))
    is_linked = not loose.exists() and papers.count() == chain.length
    end = papers.filter(position=chain.length, digest=chain.head)
    return is_linked and (not chain.length or end.exists())
