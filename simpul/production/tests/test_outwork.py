"""Pairs that are given out and come back, with their material."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, transaction

from simpul import testing
from simpul.lib import clock
from simpul.orders.models import OrderNeed
from simpul.parties.models import Party, Person
from simpul.production.models import (
    Job,
    JobStage,
    MaterialMissing,
    Outwork,
    StageLog,
    Status,
    TooMany,
)
from simpul.production.outwork import give_out, take_in
from simpul.production.shelf import give_back
from simpul.production.wages import earned, week_of
from simpul.stock.models import Balance, Reservation
from simpul.workflow.steps import NotAllowed, Refused, WrongState


def give(job: Job, by: Person, stage: JobStage, **facts: Any) -> Outwork:
    """Give out 3 pairs of 40 and 2 of 41 to Bu Tini at 2.500 a pair, unless something else is said."""
    given = {
        "pairs": {"40": 3, "41": 2},
        "worker": "Bu Tini",
        "telephone": "+6281200000099",
        "rate": 2_500,
        "due_on": clock.in_days(3),
        **facts,
    }
    give_out(job, by=by, stage=stage, stage_name=stage.name, **given)
    return Outwork.objects.latest("pk")


def back(job: Job, by: Person, outwork: Outwork, **facts: Any) -> None:
    take_in(job, by=by, outwork=outwork, **{"good": {}, "reject": {}, **facts})


def waiting(job: Job, stage: JobStage) -> dict[str, int]:
    room = job.room(stage)
    return {size.name: room[size.pk] for size in job.sizes.for_work()}


def leather(place: str) -> tuple[int, int]:
    """Thousandths that lie at a place, and that are kept for the order there."""
    found = Balance.objects.filter(item__material__code="LEATHER", location__kind=place).first()
    return (found.on_hand, found.reserved) if found else (0, 0)


def need() -> OrderNeed:
    return OrderNeed.objects.get(material__code="LEATHER")


def test_pairs_go_out_with_their_share_of_the_material(
    job: Job, stages: list[JobStage], udin: Person
) -> None:
    whole = need().quantity
    assert leather("store") == (whole, whole)

    outwork = give(job, udin, stages[0])

    assert waiting(job, stages[0]) == {"40": 1, "41": 4}
    assert {row.size.name: (row.given, row.out) for row in outwork.sizes.all()} == {
        "40": (3, 3),
        "41": (2, 2),
    }
    assert leather("outworker") == (whole // 2, whole // 2)  # five pairs of ten
    assert leather("store") == (whole // 2, whole // 2)
    assert (need().ready, need().issued) == (whole, 0)
    job.refresh_from_db()
    assert (job.status, outwork.number[:4], outwork.is_out) == (Status.RUNNING, "MKL-", True)
    entry = job.journal.get(step="production.give_out")
    assert "worker" not in entry.facts
    assert "telephone" not in entry.facts
    assert entry.facts["pairs"] == {"40": 3, "41": 2}


def test_they_come_back_as_counts_of_the_stage_at_their_rate(
    job: Job, stages: list[JobStage], udin: Person
) -> None:
    whole = need().quantity
    outwork = give(job, udin, stages[0])

    back(job, udin, outwork, good={"40": 2}, reject={"40": 1})

    log = StageLog.objects.get()
    assert (log.good, log.reject, log.worker, log.rate, log.outwork) == (
        2,
        1,
        "Bu Tini",
        2_500,
        outwork,
    )
    assert waiting(job, stages[0]) == {"40": 2, "41": 4}  # a spoiled pair is made once more
    assert waiting(job, stages[1]) == {"40": 2, "41": 0}
    assert need().issued == whole // 2 * 3 // 5
    outwork.refresh_from_db()
    assert outwork.is_out

    back(job, udin, outwork, good={"41": 2})

    outwork.refresh_from_db()
    assert not outwork.is_out
    assert (need().ready, need().issued) == (whole // 2, whole // 2)
    assert leather("outworker") == (0, 0)
    [row] = earned(udin, *week_of(clock.today()))
    assert (row.worker, row.pairs, row.open) == ("Bu Tini", 4, 10_000)


def test_what_was_not_made_comes_back_unused(
    job: Job, stages: list[JobStage], udin: Person
) -> None:
    whole = need().quantity
    outwork = give(job, udin, stages[0])

    back(job, udin, outwork, good={"40": 3}, is_over=True)

    outwork.refresh_from_db()
    assert not outwork.is_out
    assert waiting(job, stages[0]) == {"40": 1, "41": 6}
    used = whole // 2 * 3 // 5
    assert (need().ready, need().issued) == (whole - used, used)
    assert leather("store") == (whole - used, whole - used)
    assert leather("outworker") == (0, 0)
    with pytest.raises(WrongState):
        back(job, udin, outwork, good={"41": 1})


def test_the_rest_is_made_in_the_house(job: Job, stages: list[JobStage], udin: Person) -> None:
    whole = need().quantity
    outwork = give(job, udin, stages[0])
    back(job, udin, outwork, good={"40": 3, "41": 2})

    job.tap(by=udin, stage=stages[0], good={"40": 1, "41": 4})

    assert (need().ready, need().issued) == (0, whole)
    assert leather("store") == (0, 0)


def test_in_the_house_first(job: Job, stages: list[JobStage], udin: Person) -> None:
    """The first count of a stage takes all of its material onto the floor: none goes along."""
    job.tap(by=udin, stage=stages[0], good={"40": 1})

    outwork = give(job, udin, stages[0])

    assert not outwork.material.exists()
    back(job, udin, outwork, good={"40": 3, "41": 2})
    assert waiting(job, stages[1]) == {"40": 4, "41": 2}


@pytest.mark.parametrize("pairs", [{"40": 5}, {"42": 1}, {}, {"40": 0}, {"40": -1}])
def test_never_more_than_waits(
    job: Job, stages: list[JobStage], udin: Person, pairs: dict[str, int]
) -> None:
    with pytest.raises(Refused):
        give(job, udin, stages[0], pairs=pairs)

    assert not Outwork.objects.exists()
    assert job.journal.filter(step="production.give_out").count() == 0


def test_what_is_out_cannot_be_counted_in_the_house(
    job: Job, stages: list[JobStage], udin: Person
) -> None:
    give(job, udin, stages[0])

    with pytest.raises(TooMany):
        job.tap(by=udin, stage=stages[0], good={"40": 2})
    with pytest.raises(TooMany):
        give(job, udin, stages[0], pairs={"40": 2})

    assert not StageLog.objects.exists()
    assert Outwork.objects.count() == 1


def test_what_it_needs_cannot_be_taken_back_meanwhile(
    job: Job, stages: list[JobStage], udin: Person
) -> None:
    job.tap(by=udin, stage=stages[0], good={"40": 3, "41": 2})
    give(job, udin, stages[1])
    log = StageLog.objects.order_by("pk")[0]

    with pytest.raises(TooMany):
        job.correct(by=udin, log=log, reason="salah")

    assert StageLog.objects.count() == 2


def test_a_count_of_it_is_taken_back(job: Job, stages: list[JobStage], udin: Person) -> None:
    outwork = give(job, udin, stages[0])
    back(job, udin, outwork, good={"40": 2})

    job.correct(by=udin, log=StageLog.objects.get(), reason="salah")

    assert {row.size.name: row.out for row in outwork.sizes.all()} == {"40": 3, "41": 2}
    assert waiting(job, stages[1]) == {"40": 0, "41": 0}
    back(job, udin, outwork, good={"40": 3, "41": 2})
    assert waiting(job, stages[1]) == {"40": 3, "41": 2}
    assert earned(udin, *week_of(clock.today()))[0].open == 12_500


@pytest.mark.parametrize(
    "facts",
    [
        {"good": {"40": 4}},
        {"good": {"40": 2}, "reject": {"40": 2}},
        {"good": {"42": 1}},
        {"good": {"40": -1}},
        {},
    ],
)
def test_never_more_back_than_was_given(
    job: Job, stages: list[JobStage], udin: Person, facts: dict[str, Any]
) -> None:
    outwork = give(job, udin, stages[0])

    with pytest.raises(Refused):
        back(job, udin, outwork, **facts)

    assert not StageLog.objects.exists()
    assert {row.size.name: row.out for row in outwork.sizes.all()} == {"40": 3, "41": 2}
    assert need().issued == 0


def test_without_its_material_nothing_goes_out(
    job: Job, stages: list[JobStage], udin: Person
) -> None:
    kept = need()
    lies = Balance.objects.get(item__material__code="LEATHER", location__kind="store")
    Reservation.release(lies.item, lies.location, kept.ready, kept)
    kept.shift(ready=-kept.ready)

    with pytest.raises(MaterialMissing):
        give(job, udin, stages[0])

    assert not Outwork.objects.exists()


def test_it_comes_home_though_the_work_was_cancelled(
    job: Job, stages: list[JobStage], udin: Person
) -> None:
    whole = need().quantity
    outwork = give(job, udin, stages[0])
    job.cancel(by=udin, reason="batal")

    with pytest.raises(WrongState):
        Job.plan(by=udin, line=job.line)
    back(job, udin, outwork, is_over=True)

    assert leather("store") == (whole, whole)
    outwork.refresh_from_db()
    assert not outwork.is_out
    assert Job.plan(by=udin, line=job.line).pairs == 10


def test_what_was_made_of_cancelled_work_is_counted_and_its_wage_owed(
    job: Job, stages: list[JobStage], udin: Person
) -> None:
    whole = need().quantity
    outwork = give(job, udin, stages[0])
    job.cancel(by=udin, reason="batal")

    back(job, udin, outwork, good={"40": 2}, reject={"41": 1}, is_over=True)

    job.refresh_from_db()
    assert job.status == Status.CANCELLED
    [row] = earned(udin, *week_of(clock.today()))
    assert (row.worker, row.pairs, row.open) == ("Bu Tini", 2, 5_000)
    used = whole // 2 * 3 // 5
    assert (need().ready, need().issued) == (whole - used, used)
    assert leather("store") == (whole - used, whole - used)


@pytest.mark.parametrize("is_given_back", [False, True])
def test_finished_pairs_of_a_cancelled_order_come_back_as_our_own(
    job: Job, stages: list[JobStage], udin: Person, owner: Person, is_given_back: bool
) -> None:
    for stage in stages[:2]:
        job.tap(by=udin, stage=stage, good={"40": 4, "41": 6})
    outwork = give(job, udin, stages[2])
    order = job.line.order
    order.cancel(by=owner, reason="tutup")
    if is_given_back:
        give_back(order, by=udin)

    back(job, udin, outwork, good={"40": 3, "41": 1}, reject={"41": 1})

    size = job.sizes.for_work().get(line_size__variant__size="40")
    assert (size.own, size.line_size.made) == (3, 0)
    assert Balance.objects.get(item__variant=size.line_size.variant).free == 3
    [row] = earned(udin, *week_of(clock.today()))
    assert (row.pairs, row.open) == (4, 10_000)


def test_finished_pairs_of_cancelled_work_are_our_own(
    job: Job, stages: list[JobStage], udin: Person
) -> None:
    for stage in stages[:2]:
        job.tap(by=udin, stage=stage, good={"40": 4, "41": 6})
    outwork = give(job, udin, stages[2])
    job.cancel(by=udin, reason="batal")

    back(job, udin, outwork, good={"40": 3}, is_over=True)

    size = job.sizes.for_work().get(line_size__variant__size="40")
    assert (size.own, size.line_size.made) == (3, 0)


def test_what_comes_back_while_the_job_is_on_hold_is_counted(
    job: Job, stages: list[JobStage], udin: Person
) -> None:
    for stage in stages[:2]:
        job.tap(by=udin, stage=stage, good={"40": 4, "41": 6})
    outwork = give(job, udin, stages[2], pairs={"40": 4, "41": 6})
    job.hold(by=udin, reason="mati lampu")

    back(job, udin, outwork, good={"40": 4, "41": 6})

    job.refresh_from_db()
    assert (job.status, job.reason) == (Status.HELD, "mati lampu")
    assert job.line.sizes.get(variant__size="40").made == 4
    job.resume(by=udin)
    job.refresh_from_db()
    assert (job.status, job.done_at is None) == (Status.DONE, False)


def test_the_last_stage_outside_makes_the_pairs(
    job: Job, stages: list[JobStage], udin: Person
) -> None:
    for stage in stages[:2]:
        job.tap(by=udin, stage=stage, good={"40": 4, "41": 6})
    outwork = give(job, udin, stages[2], pairs={"40": 4, "41": 6})

    back(job, udin, outwork, good={"40": 4, "41": 6})

    job.refresh_from_db()
    assert job.status == Status.DONE


def test_the_others_may_not(
    job: Job, stages: list[JobStage], udin: Person, sari: Person, dewi: Person, joko: Person
) -> None:
    for person in (sari, dewi, joko):
        with pytest.raises(NotAllowed):
            give(job, person, stages[0])
    outwork = give(job, udin, stages[0])
    for person in (sari, dewi, joko):
        with pytest.raises(NotAllowed):
            back(job, person, outwork, good={"40": 1})
        assert not Outwork.objects.visible_to(person).exists()

    assert not StageLog.objects.exists()


def test_late(job: Job, stages: list[JobStage], udin: Person) -> None:
    outwork = give(job, udin, stages[0], due_on=clock.today())
    tomorrow = clock.in_days(1)

    assert list(Outwork.objects.late(clock.today())) == []
    assert list(Outwork.objects.late(tomorrow)) == [outwork]
    back(job, udin, outwork, is_over=True)
    assert list(Outwork.objects.late(tomorrow + timedelta(days=9))) == []


@pytest.mark.django_db(transaction=True)
def test_two_who_give_out_the_same_pairs_at_once(buyer: Party, udin: Person, owner: Person) -> None:
    with transaction.atomic():
        job = testing.released_job(buyer)
    stage = job.stages.get(position=1)
    refused: list[Refused] = []
    is_parallel = connection.vendor == "postgresql"  # in SQLite's memory there is one writer
    gate = Barrier(2 if is_parallel else 1)

    def one(by: Person) -> None:
        try:
            gate.wait()
            give(Job.objects.get(pk=job.pk), by, stage, pairs={"40": 3})
        except Refused as reason:
            refused.append(reason)
        finally:
            if is_parallel:
                connection.close()

    if is_parallel:
        threads = [Thread(target=one, args=(by,)) for by in (udin, owner)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    else:
        one(udin)
        one(owner)

    assert [type(reason) for reason in refused] == [TooMany]
    assert Outwork.objects.get().sizes.get().given == 3
