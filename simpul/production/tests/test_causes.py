"""Why pairs are spoilt or mended, said with the count, and the list to choose from."""

from __future__ import annotations

import pytest

from simpul.lib import clock
from simpul.parties.models import Person, Workshop
from simpul.production.models import MOST_CAUSES, CauseList, Job, JobStage, Outwork, StageLog
from simpul.production.outwork import give_out, take_in
from simpul.workflow.steps import NotAllowed, WrongState


def causes() -> list[tuple[str, int, int, str]]:
    logs = StageLog.objects.order_by("pk")
    return [(log.size.name, log.reject, log.rework, log.cause) for log in logs]


def test_the_cause_stands_with_what_it_spoilt(
    job: Job, stages: list[JobStage], udin: Person
) -> None:
    job.tap(
        by=udin,
        stage=stages[0],
        good={"40": 2, "41": 2},
        reject={"41": 1},
        rework={"40": 1},
        cause="Salah potong",
    )
    job.tap(by=udin, stage=stages[1], good={"40": 1}, reject={"41": 1})

    assert causes() == [
        ("40", 0, 1, "Salah potong"),
        ("41", 1, 0, "Salah potong"),
        ("40", 0, 0, ""),
        ("41", 1, 0, ""),
    ]


def test_a_size_without_a_fault_has_no_cause(
    job: Job, stages: list[JobStage], udin: Person
) -> None:
    job.tap(by=udin, stage=stages[0], good={"40": 4}, reject={"41": 1}, cause="Kulit cacat")

    assert causes() == [("40", 0, 0, ""), ("41", 1, 0, "Kulit cacat")]


def test_a_cause_of_nothing_is_refused(job: Job, stages: list[JobStage], udin: Person) -> None:
    with pytest.raises(WrongState, match="Say how many pairs"):
        job.tap(by=udin, stage=stages[0], good={"40": 4}, cause="Kulit cacat")

    job.refresh_from_db()
    assert job.status == "released"
    assert not StageLog.objects.exists()


def test_a_count_is_taken_back_with_its_cause(
    job: Job, stages: list[JobStage], udin: Person
) -> None:
    job.tap(by=udin, stage=stages[0], good={}, reject={"41": 1}, cause="Kulit cacat")
    job.correct(by=udin, log=StageLog.objects.get(), reason="a slip")

    assert causes() == [("41", 1, 0, "Kulit cacat"), ("41", -1, 0, "Kulit cacat")]
    assert not StageLog.objects.standing().exists()
    assert not Job.objects.spoilt_by("Kulit cacat").exists()


def test_what_comes_back_spoilt_from_outside_has_a_cause(
    job: Job, stages: list[JobStage], udin: Person
) -> None:
    give_out(
        job,
        by=udin,
        stage=stages[0],
        stage_name="Potong",
        pairs={"40": 3},
        worker="Bu Tini",
        rate=2_500,
        due_on=clock.today(),
    )
    out = Outwork.objects.get()
    with pytest.raises(WrongState):
        take_in(job, by=udin, outwork=out, good={"40": 1}, reject={}, cause="Lem lepas")
    assert not StageLog.objects.exists()

    take_in(job, by=udin, outwork=out, good={"40": 2}, reject={"40": 1}, cause="Lem lepas")

    assert causes() == [("40", 1, 0, "Lem lepas")]


def test_a_workshop_has_the_usual_list_until_it_writes_its_own(
    workshop: Workshop, udin: Person, sari: Person
) -> None:
    assert CauseList.of(workshop).words[:2] == ["Lem lepas", "Jahitan loncat"]
    with pytest.raises(NotAllowed):
        CauseList.kept_of(workshop).name(by=sari, words=["Pola salah"])
    for wrong in ([str(at) for at in range(MOST_CAUSES + 1)], ["Lem", "Lem"], [""], ["x" * 41]):
        with pytest.raises(WrongState):
            CauseList.kept_of(workshop).name(by=udin, words=wrong)
    assert len(CauseList.of(workshop).words) == 7

    CauseList.kept_of(workshop).name(by=udin, words=["Pola salah"])

    assert CauseList.of(workshop).words == ["Pola salah"]
