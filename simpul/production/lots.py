"""Saying by hand from which delivery the material of a job was taken, where the rule is wrong."""

from __future__ import annotations

from simpul.parties.models import Person
from simpul.production.models import OPEN, Job
from simpul.stock import lots
from simpul.workflow.steps import step


@step("production.choose_lot", source=OPEN)
def choose_lot(
    job: Job, *, by: Person, lot: int, quantity: int, material: str, delivery: str
) -> None:
    """Say that so many thousandths of what the job has used came with a delivery, given by the key
    of the movement that brought it; `material` and `delivery` are what the journal calls them.

    Raises WrongState as `lots.choose` does.
    """
    lots.choose(lot, quantity, of=job)


@step("production.unchoose_lot", source=OPEN)
def unchoose_lot(job: Job, *, by: Person, lot: int, material: str, delivery: str) -> None:
    """Take back what was said of this job and a delivery: the rule tells it again."""
    lots.take_back(lot, of=job)
