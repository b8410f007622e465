from __future__ import annotations

import pytest

from simpul import testing
from simpul.orders.models import LineSize, OrderNeed
from simpul.parties.models import Party, Person
from simpul.production.models import Job, JobStage, MaterialMissing, StageLog, Status, TooMany
from simpul.stock.models import Balance, Location, Movement, Reservation
from simpul.workflow.steps import NotAllowed, WrongState, keyed


def on_shelf(place: Location.Kind) -> int:
    return sum(Balance.objects.filter(location__kind=place).values_list("on_hand", flat=True))


def test_the_first_pair_starts_the_work_and_takes_the_material(
    job: Job, stages: list[JobStage], udin: Person
) -> None:
    job.tap(by=udin, stage=stages[0], good={"40": 3, "41": 2}, reject={"41": 1}, worker="Ujang")

    job.refresh_from_db()
    assert job.status == Status.RUNNING
    logs = StageLog.objects.order_by("pk")
    assert [(log.size.name, log.good, log.reject, log.worker, log.wage) for log in logs] == [
        ("40", 3, 0, "Ujang", 6_000),
        ("41", 2, 1, "Ujang", 4_000),
    ]
    assert on_shelf(Location.Kind.STORE) == 0
    for need in OrderNeed.objects.all():
        assert (need.ready, need.issued) == (0, need.quantity)
    assert not Reservation.objects.exists()


def test_it_is_written_in_the_journal_without_the_workers_name(
    job: Job, stages: list[JobStage], udin: Person
) -> None:
    job.tap(by=udin, stage=stages[0], good={"40": 3, "41": 0}, worker="Ujang", client_id="a1")

    entry = job.journal.get(step="production.tap")
    assert entry.by == udin
    assert entry.facts == {
        "stage": stages[0].pk,
        "stage_name": "Potong",
        "good": {"40": 3},
        "reject": {},
        "rework": {},
        "cause": "",
        "client_id": "a1",
    }
    assert job.journal.filter(step="production.start").count() == 1


def test_material_is_taken_once(job: Job, stages: list[JobStage], udin: Person) -> None:
    job.tap(by=udin, stage=stages[0], good={"40": 1})
    moved = Movement.objects.count()
    job.tap(by=udin, stage=stages[0], good={"40": 1})

    assert Movement.objects.count() == moved


def test_no_output_without_input(job: Job, stages: list[JobStage], udin: Person) -> None:
    OrderNeed.objects.filter(material__code="SOLE").update(stage=stages[1].stage, ready=0)
    job.tap(by=udin, stage=stages[0], good={"40": 2})

    with pytest.raises(MaterialMissing, match="SOLE"):
        job.tap(by=udin, stage=stages[1], good={"40": 1})

    assert not StageLog.objects.filter(stage=stages[1]).exists()
    assert OrderNeed.objects.filter(material__code="SOLE", issued__gt=0).count() == 0


def test_a_stage_passes_on_what_it_got(job: Job, stages: list[JobStage], udin: Person) -> None:
    job.tap(by=udin, stage=stages[0], good={"40": 3})
    job.tap(by=udin, stage=stages[1], good={"40": 2})

    with pytest.raises(TooMany, match=r"Only 1 pairs of size 40|1 pasang"):
        job.tap(by=udin, stage=stages[1], good={"40": 1}, reject={"40": 1})

    assert job.room(stages[1]) == {
        size.pk: 1 if size.name == "40" else 0 for size in job.sizes.all()
    }
    assert StageLog.objects.filter(stage=stages[1]).count() == 1


def test_what_was_spoiled_is_made_again(job: Job, stages: list[JobStage], udin: Person) -> None:
    job.tap(by=udin, stage=stages[0], good={"40": 4})
    job.tap(by=udin, stage=stages[1], good={"40": 3}, reject={"40": 1})
    with pytest.raises(TooMany):
        job.tap(by=udin, stage=stages[0], good={"40": 2})

    job.tap(by=udin, stage=stages[0], good={"40": 1})
    job.tap(by=udin, stage=stages[1], good={"40": 1})
    job.tap(by=udin, stage=stages[2], good={"40": 4})

    assert LineSize.objects.get(variant__size="40").made == 4


def test_finished_pairs_lie_in_stock_for_the_order(
    job: Job, stages: list[JobStage], udin: Person
) -> None:
    for stage in stages:
        job.tap(by=udin, stage=stage, good={"41": 5})

    size = LineSize.objects.get(variant__size="41")
    assert size.made == 5
    kept = Reservation.of(size).get()
    assert (kept.quantity, kept.balance.on_hand) == (5, 5)
    assert kept.balance.location.kind == Location.Kind.FINISHED


def test_the_last_pair_finishes_the_job(job: Job) -> None:
    testing.run_through(job)

    job.refresh_from_db()
    assert job.status == Status.DONE
    assert job.done_at is not None
    assert job.journal.get(step="production.finish").by == job.workshop.machine
    assert on_shelf(Location.Kind.FINISHED) == 10


def test_the_same_client_id_does_nothing_again(
    job: Job, stages: list[JobStage], udin: Person
) -> None:
    for _again in range(2):
        job.tap(by=udin, stage=stages[0], good={"40": 2}, client_id="phone-1")

    assert StageLog.objects.get().good == 2
    assert job.journal.filter(step="production.tap").count() == 1


def test_the_same_client_id_after_the_last_pair_does_nothing(
    job: Job, stages: list[JobStage], udin: Person
) -> None:
    for stage in stages[:2]:
        job.tap(by=udin, stage=stage, good={"40": 4, "41": 6})
    for _again in range(2):
        job.tap(by=udin, stage=stages[2], good={"40": 4, "41": 6}, client_id="phone-9")

    assert LineSize.objects.get(variant__size="40").made == 4


def test_the_same_form_counts_once(job: Job, stages: list[JobStage], udin: Person) -> None:
    for _again in range(2):
        with keyed("form"):
            job.tap(by=udin, stage=stages[0], good={"40": 2})

    assert StageLog.objects.get().good == 2


@pytest.mark.parametrize("good", [{}, {"40": 0}, {"40": -1}, {"45": 1}])
def test_nonsense_is_refused(
    job: Job, stages: list[JobStage], udin: Person, good: dict[str, int]
) -> None:
    with pytest.raises(WrongState):
        job.tap(by=udin, stage=stages[0], good=good)

    assert not StageLog.objects.exists()


def test_a_stage_of_another_job_is_refused(job: Job, buyer: Party, udin: Person) -> None:
    testing.product(buyer.workshop)
    other = Job.plan(by=udin, line=testing.confirmed_order(buyer).lines.get())

    with pytest.raises(WrongState):
        job.tap(by=udin, stage=other.stages.get(), good={"40": 1})


def test_sales_may_not(job: Job, stages: list[JobStage], sari: Person) -> None:
    with pytest.raises(NotAllowed):
        job.tap(by=sari, stage=stages[0], good={"40": 1})

    job.refresh_from_db()
    assert job.status == Status.RELEASED
    assert not StageLog.objects.exists()
    assert on_shelf(Location.Kind.STORE) > 0


def test_nothing_is_counted_for_a_cancelled_order(
    job: Job, stages: list[JobStage], udin: Person, owner: Person
) -> None:
    job.line.order.cancel(by=owner, reason="changed his mind")

    with pytest.raises(WrongState):
        Job.objects.get(pk=job.pk).tap(by=udin, stage=stages[0], good={"40": 1})
