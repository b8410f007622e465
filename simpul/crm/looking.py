"""Looking through all parties for those that are one, by the worker: it takes long where there are many."""

from __future__ import annotations

from datetime import timedelta

from simpul.crm.models import find_duplicates
from simpul.lib import clock
from simpul.parties.models import Workshop
from simpul.workflow.models import Turn

JOB = "crm.duplicates"  # of the timetable, too: each night
LONGEST = timedelta(minutes=15)  # who is at it for longer was killed


def is_under_way(workshop: Workshop) -> bool:
    turn = Turn.objects.filter(workshop=workshop, job=JOB).first()
    if turn is None or turn.began_at is None or turn.began_at < clock.now() - LONGEST:
        return False
    return turn.ended_at is None or turn.ended_at < turn.began_at


def begin(workshop: Workshop) -> bool:
    """Note that it begins now; False: somebody is at it already."""
    if is_under_way(workshop):
        return False
    Turn.objects.update_or_create(
        workshop=workshop, job=JOB, defaults={"began_at": clock.now(), "ended_at": None}
    )
    return True


def run(workshop: Workshop) -> None:
    """Look through all of them, and note the end."""
    find_duplicates(workshop)
    Turn.objects.filter(workshop=workshop, job=JOB).update(ended_at=clock.now())
