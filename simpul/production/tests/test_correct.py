from __future__ import annotations

import pytest

from simpul import testing
from simpul.orders.models import LineSize
from simpul.parties.models import Person
from simpul.production.models import Job, JobStage, StageLog, Status, TooMany
from simpul.stock.models import Balance
from simpul.workflow.steps import NotAllowed, WrongState


@pytest.fixture
def log(job: Job, stages: list[JobStage], udin: Person) -> StageLog:
    job.tap(by=udin, stage=stages[0], good={"40": 3})
    return StageLog.objects.get()


def test_the_opposite_is_added(job: Job, log: StageLog, udin: Person) -> None:
    job.correct(by=udin, log=log, reason="a slip")

    opposite = StageLog.objects.get(reverses=log)
    assert (opposite.good, opposite.by) == (-3, udin)
    assert job.sums() == {(log.stage_id, log.size_id): (0, 0, 0)}
    entry = job.journal.get(step="production.correct")
    assert entry.facts == {"log": log.pk, "reason": "a slip"}


def test_finished_pairs_leave_the_stock_again(job: Job, udin: Person) -> None:
    testing.run_through(job)
    log = StageLog.objects.filter(stage__is_last=True, size__line_size__variant__size="40").get()

    job.correct(by=udin, log=log, reason="counted twice")

    job.refresh_from_db()
    assert (job.status, job.done_at) == (Status.RUNNING, None)
    size = LineSize.objects.get(variant__size="40")
    assert size.made == 0
    assert Balance.objects.get(item__variant=size.variant).on_hand == 0


def test_not_while_the_line_is_worked_on_anew(job: Job, udin: Person) -> None:
    testing.run_through(job)
    Job.objects.create(workshop=job.workshop, line=job.line)  # more pairs were ordered meanwhile
    log = StageLog.objects.filter(stage__is_last=True, size__line_size__variant__size="40").get()

    with pytest.raises(WrongState):
        job.correct(by=udin, log=log, reason="counted twice")

    job.refresh_from_db()
    assert job.status == Status.DONE
    assert not StageLog.objects.filter(reverses__isnull=False).exists()


def test_not_what_went_on(job: Job, log: StageLog, stages: list[JobStage], udin: Person) -> None:
    job.tap(by=udin, stage=stages[1], good={"40": 1})

    with pytest.raises(TooMany):
        job.correct(by=udin, log=log, reason="a slip")

    assert not StageLog.objects.filter(reverses__isnull=False).exists()


def test_sales_may_not(job: Job, log: StageLog, sari: Person) -> None:
    with pytest.raises(NotAllowed):
        job.correct(by=sari, log=log, reason="a slip")

    assert StageLog.objects.count() == 1


def test_not_twice(job: Job, log: StageLog, udin: Person) -> None:
    job.correct(by=udin, log=log, reason="a slip")

    with pytest.raises(WrongState):
        job.correct(by=udin, log=log, reason="a slip")
    with pytest.raises(WrongState):
        job.correct(by=udin, log=StageLog.objects.get(reverses=log), reason="back again")

    assert StageLog.objects.count() == 2
