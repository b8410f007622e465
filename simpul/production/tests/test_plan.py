from __future__ import annotations

import pytest

from simpul import testing
from simpul.orders.models import OrderLine, Track
from simpul.parties.models import Party, Person
from simpul.production.models import Job, Status
from simpul.workflow.steps import NotAllowed, WrongState, keyed


@pytest.fixture
def line(buyer: Party) -> OrderLine:
    return testing.needy_order(buyer).lines.get()


def test_it_takes_the_missing_pairs_and_freezes_the_stages(line: OrderLine, udin: Person) -> None:
    testing.shelve(line.order, {"40": 1})

    job = Job.plan(by=udin, line=line)

    assert (job.status, job.number, job.line) == (Status.PLANNED, "", line)
    assert {size.name: size.pairs for size in job.sizes.for_work()} == {"40": 3, "41": 6}
    stages = list(job.stages.order_by("position"))
    assert [(one.name, one.is_last) for one in stages] == [
        ("Potong", False),
        ("Jahit", False),
        ("Finishing", True),
    ]
    line.colourway.product.stages.update(piece_rate=9_999)
    assert stages[0].piece_rate == 2_000
    entry = job.journal.get()
    assert (entry.step, entry.by, entry.facts) == ("production.plan", udin, {"line": line.pk})


def test_a_model_without_stages_is_made_in_one_go(buyer: Party, udin: Person) -> None:
    job = Job.plan(by=udin, line=testing.confirmed_order(buyer).lines.get())

    assert [(one.name, one.is_last) for one in job.stages.all()] == [("Produksi", True)]


def test_the_buyer_may_not(line: OrderLine, dewi: Person) -> None:
    with pytest.raises(NotAllowed):
        Job.plan(by=dewi, line=line)

    assert not Job.objects.exists()


def test_another_workshop_may_not(line: OrderLine, joko: Person) -> None:
    with pytest.raises(NotAllowed):
        Job.plan(by=joko, line=line)

    assert not Job.objects.exists()


def test_a_line_is_planned_once(line: OrderLine, udin: Person) -> None:
    with keyed("form"):
        first = Job.plan(by=udin, line=line)
    with keyed("form"):
        assert Job.plan(by=udin, line=line) == first
    with pytest.raises(WrongState):
        Job.plan(by=udin, line=line)

    assert Job.objects.count() == 1


def test_nothing_is_planned_before_the_order_is_agreed(buyer: Party, udin: Person) -> None:
    with pytest.raises(WrongState):
        Job.plan(by=udin, line=testing.order(buyer).lines.get())


def test_nothing_is_planned_when_every_pair_is_there(line: OrderLine, udin: Person) -> None:
    for size in line.sizes.all():
        size.advance(Track.MADE, size.pairs)

    with pytest.raises(WrongState):
        Job.plan(by=udin, line=line)
