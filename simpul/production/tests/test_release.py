from __future__ import annotations

import pytest

from simpul import testing
from simpul.lib import clock
from simpul.orders.models import GateShut, OrderNeed
from simpul.parties.models import Party, Person
from simpul.production.models import Job, MaterialMissing, Status
from simpul.workflow.models import NumberSeries
from simpul.workflow.steps import NotAllowed, WrongState


@pytest.fixture
def job(buyer: Party) -> Job:
    return testing.planned_job(buyer)


def test_it_draws_the_number(job: Job, udin: Person) -> None:
    job.release(by=udin)

    job.refresh_from_db()
    assert job.status == Status.RELEASED
    assert job.number == f"SPK-{clock.today().year}-0001"
    entry = job.journal.get(step="production.release")
    assert (entry.by, entry.facts) == (udin, {})


def test_money_comes_first(buyer: Party, udin: Person) -> None:
    job = testing.planned_job(buyer)
    first = job.line.order.instalments.get(position=1)
    first.give_back(first.paid)

    with pytest.raises(GateShut):
        job.release(by=udin)

    job.refresh_from_db()
    assert (job.status, job.number) == (Status.PLANNED, "")
    assert not NumberSeries.objects.filter(prefix="SPK").exists()


def test_a_waiver_opens_the_gate(job: Job, udin: Person, owner: Person) -> None:
    first = job.line.order.instalments.get(position=1)
    first.give_back(first.paid)
    job.line.order.waive(by=owner, instalment=first, reason="an old friend")

    job.release(by=udin)

    assert job.status == Status.RELEASED


def test_the_first_stage_needs_its_material(buyer: Party, udin: Person) -> None:
    job = testing.planned_job(buyer, material=False)

    with pytest.raises(MaterialMissing, match="LEATHER"):
        job.release(by=udin)

    job.refresh_from_db()
    assert job.status == Status.PLANNED


def test_later_stages_may_wait_for_theirs(buyer: Party, udin: Person) -> None:
    job = testing.planned_job(buyer)
    sewing = job.stages.get(position=2)
    OrderNeed.objects.filter(material__code="SOLE").update(stage=sewing.stage, ready=0)

    job.release(by=udin)

    assert job.status == Status.RELEASED


def test_sales_may_not(job: Job, sari: Person) -> None:
    with pytest.raises(NotAllowed):
        job.release(by=sari)

    job.refresh_from_db()
    assert job.status == Status.PLANNED


def test_not_twice(job: Job, udin: Person) -> None:
    seen_by_another_tab = Job.objects.get(pk=job.pk)
    job.release(by=udin)

    with pytest.raises(WrongState):
        seen_by_another_tab.release(by=udin)

    assert NumberSeries.objects.get(prefix="SPK").last == 1
