"""By when the stages of a job are to be done: kept at the release, and planned anew on purpose."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from simpul import testing
from simpul.lib import clock
from simpul.parties.models import Party, Person
from simpul.production import queries
from simpul.production.models import Job, JobStage, StagePlan
from simpul.workflow.steps import NotAllowed, WrongState

TODAY = date(2026, 11, 25)
FRIDAY, SATURDAY, MONDAY = date(2026, 11, 27), date(2026, 11, 28), date(2026, 11, 30)


@pytest.fixture(autouse=True)
def _wednesday() -> object:
    with clock.stopped(datetime(2026, 11, 25, 9, tzinfo=clock.WIB)):
        yield


def kept() -> list[tuple[int, int, date]]:
    plans = StagePlan.objects.order_by("stage__position", "turn")
    return list(plans.values_list("stage__position", "turn", "due_on"))


def test_the_days_are_kept_with_the_release(buyer: Party, udin: Person) -> None:
    job = testing.planned_job(buyer)
    job.release(by=udin, days={1: FRIDAY, 2: SATURDAY, 3: MONDAY})

    assert kept() == [(1, 1, FRIDAY), (2, 1, SATURDAY), (3, 1, MONDAY)]


def test_where_no_day_can_be_told_none_is_kept(job: Job) -> None:
    assert kept() == []


def test_planned_anew_the_old_days_stay(job: Job, udin: Person) -> None:
    job.schedule(by=udin, days={1: FRIDAY, 2: FRIDAY}, reason="hides came")
    job.schedule(by=udin, days={2: MONDAY}, reason="rain")

    assert kept() == [(1, 1, FRIDAY), (2, 1, FRIDAY), (2, 2, MONDAY)]
    assert job.journal.get(step="production.schedule", facts__reason="rain").facts["days"] == {
        "2": "2026-11-30"
    }


@pytest.mark.parametrize(
    "days",
    [{}, {4: FRIDAY}, {1: TODAY - timedelta(days=1)}, {1: SATURDAY, 2: FRIDAY}],
    ids=["none", "no such stage", "past", "out of turn"],
)
def test_days_that_make_no_sense_are_refused(job: Job, udin: Person, days: dict[int, date]) -> None:
    with pytest.raises(WrongState):
        job.schedule(by=udin, days=days, reason="x")
    assert kept() == []


def test_what_is_done_gets_no_other_day(job: Job, stages: list[JobStage], udin: Person) -> None:
    job.tap(by=udin, stage=stages[0], good={"40": 4, "41": 6})
    with pytest.raises(WrongState, match="passed this stage"):
        job.schedule(by=udin, days={1: FRIDAY}, reason="x")
    assert kept() == []


def test_the_others_may_not(job: Job, sari: Person) -> None:
    with pytest.raises(NotAllowed):
        job.schedule(by=sari, days={1: FRIDAY}, reason="x")
    assert kept() == []


def test_a_stage_is_late_by_its_last_plan(job: Job, stages: list[JobStage], udin: Person) -> None:
    job.schedule(by=udin, days={1: TODAY, 2: TODAY}, reason="x")
    job.schedule(by=udin, days={2: FRIDAY}, reason="y")
    with clock.stopped(datetime(2026, 11, 26, 9, tzinfo=clock.WIB)):
        job.tap(by=udin, stage=stages[0], good={"40": 4, "41": 6})
        job.tap(by=udin, stage=stages[1], good={"40": 4, "41": 5})
        job = Job.objects.for_list().get()
        first, second = queries.planned_days(job, queries.logs_of(job))
        assert (first.first_on, first.last_on, first.done_on) == (TODAY, None, clock.today())
        assert (second.last_on, second.done_on) == (FRIDAY, None)
        assert first.is_late(clock.today())
        assert not second.is_late(clock.today())
        assert second.is_late(SATURDAY)
