"""Holding, going on, stopping for good."""

from __future__ import annotations

import pytest

from simpul.parties.models import Person
from simpul.production.models import Job, JobStage, Status
from simpul.workflow.steps import NotAllowed, WrongState


@pytest.fixture
def running(job: Job, stages: list[JobStage], udin: Person) -> Job:
    job.tap(by=udin, stage=stages[0], good={"40": 1})
    return job


def test_hold_and_resume(running: Job, stages: list[JobStage], udin: Person) -> None:
    running.hold(by=udin, reason="no electricity")
    assert (running.status, running.reason) == (Status.HELD, "no electricity")
    with pytest.raises(WrongState):
        running.tap(by=udin, stage=stages[0], good={"40": 1})
    with pytest.raises(WrongState):
        running.hold(by=udin, reason="again")

    running.resume(by=udin)

    assert (running.status, running.reason) == (Status.RUNNING, "")
    with pytest.raises(WrongState):
        running.resume(by=udin)
    steps = list(running.journal.order_by("pk").values_list("step", flat=True))
    assert steps[-2:] == ["production.hold", "production.resume"]


def test_what_nothing_is_left_of_is_done_when_it_goes_on(
    job: Job, stages: list[JobStage], udin: Person
) -> None:
    """The order shrank meanwhile to what is finished."""
    for stage in stages:
        job.tap(by=udin, stage=stage, good={"40": 4, "41": 2})
    job.hold(by=udin, reason="no electricity")
    less = {job.line.sizes.get(variant__size="41"): -4}
    job.adjust(by=job.workshop.machine, more=less)
    assert job.status == Status.HELD

    job.resume(by=udin)

    job.refresh_from_db()
    assert (job.status, job.reason, job.done_at is None) == (Status.DONE, "", False)
    assert list(job.journal.order_by("pk").values_list("step", flat=True))[-2:] == [
        "production.resume",
        "production.finish",
    ]


def test_cancel(running: Job, udin: Person) -> None:
    running.cancel(by=udin, reason="the last broke")

    assert (running.status, running.reason) == (Status.CANCELLED, "the last broke")
    assert running.journal.get(step="production.cancel").facts == {"reason": "the last broke"}
    with pytest.raises(WrongState):
        running.cancel(by=udin, reason="again")
    assert Job.plan(by=udin, line=running.line).pk != running.pk


def test_finance_may_not(running: Job, fajar: Person) -> None:
    for step in (running.hold, running.cancel):
        with pytest.raises(NotAllowed):
            step(by=fajar, reason="money")
    with pytest.raises(NotAllowed):
        running.resume(by=fajar)

    running.refresh_from_db()
    assert running.status == Status.RUNNING


def test_nobody_starts_or_finishes_by_hand(job: Job, udin: Person, owner: Person) -> None:
    for person in (udin, owner):
        with pytest.raises(NotAllowed):
            job.start(by=person)
        with pytest.raises(NotAllowed):
            job.finish(by=person)
