"""Each job once a turn, in each workshop, however many look at the clock."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from pytest_django import Settings

from simpul.lib import clock
from simpul.parties.models import Person, Workshop
from simpul.portals import timetable
from simpul.portals.timetable import Job
from simpul.workflow.models import Turn

HOUR = timedelta(hours=1)
AT_ONCE = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}

type Timetable = Callable[[Callable[[Workshop], object]], None]


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Timetable:
    settings.TASKS = AT_ONCE

    def set_up(run: Callable[[Workshop], object]) -> None:
        monkeypatch.setattr(timetable, "JOBS", (Job("sweep", run, HOUR),))

    return set_up


def later(by: timedelta) -> None:
    for turn in Turn.objects.all():
        turn.due_at -= by
        turn.save()


def test_a_job_runs_for_each_workshop(jobs: Timetable, workshop: Workshop, joko: Person) -> None:
    swept: list[str] = []
    jobs(lambda one: swept.append(one.slug))
    assert timetable.start_due() == 2
    assert sorted(swept) == ["cibaduyut", "ciomas"]
    assert Turn.objects.filter(ended_at__isnull=False).count() == 2


def test_it_waits_for_its_next_turn(jobs: Timetable, workshop: Workshop) -> None:
    swept: list[str] = []
    jobs(lambda one: swept.append(one.slug))
    timetable.start_due()
    assert timetable.start_due() == 0
    later(HOUR)
    assert timetable.start_due() == 1
    assert swept == ["ciomas", "ciomas"]


def test_two_that_look_at_once_run_it_once(jobs: Timetable, workshop: Workshop) -> None:
    jobs(lambda one: None)
    timetable._make_missing()
    seen_by_both = Turn.objects.get()
    (job,) = timetable.JOBS
    assert timetable._start(seen_by_both, job) is True
    assert timetable._start(seen_by_both, job) is False


def test_what_is_not_needed_is_not_handed_to_the_worker(
    monkeypatch: pytest.MonkeyPatch, workshop: Workshop
) -> None:
    idle = Job("sweep", lambda one: 1 / 0, HOUR, lambda one: False)
    monkeypatch.setattr(timetable, "JOBS", (idle,))
    assert timetable.start_due() == 0
    turn = Turn.objects.get()
    assert (turn.began_at, turn.due_at > clock.now()) == (None, True)


def test_one_that_breaks_off_is_tried_again_soon(jobs: Timetable, workshop: Workshop) -> None:
    def fail(one: Workshop) -> None:
        raise OSError("the line is cut")

    jobs(fail)
    assert timetable.start_due() == 1
    turn = Turn.objects.get()
    assert turn.ended_at is None
    assert turn.due_at - clock.now() <= timetable.AGAIN
    later(timetable.AGAIN)
    assert timetable.start_due() == 1


def test_a_name_that_is_not_in_the_table_any_more_is_left_alone(
    jobs: Timetable, workshop: Workshop
) -> None:
    Turn.objects.create(workshop=workshop, job="forgotten", due_at=clock.now() - HOUR)
    jobs(lambda one: None)
    assert timetable.start_due() == 1


def test_each_job_has_a_name_of_its_own() -> None:
    """A turn finds its job by the name: of two of one name only the first would ever run."""
    names = [job.name for job in timetable.JOBS]
    assert sorted(set(names)) == sorted(names)
