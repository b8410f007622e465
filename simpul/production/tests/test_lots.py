"""Saying from which delivery the material of a job was taken."""

from __future__ import annotations

import pytest

from simpul import testing
from simpul.catalog.models import Material
from simpul.parties.models import Party, Person
from simpul.production.lots import choose_lot, unchoose_lot
from simpul.production.models import Job
from simpul.stock.lots import Lot, trace_of
from simpul.stock.models import Item, LotChoice
from simpul.workflow.steps import NotAllowed, WrongState

NAMES = {"material": "LEATHER", "delivery": "GR-1"}


@pytest.fixture
def job(buyer: Party, udin: Person) -> Job:
    """Work that used 32 of leather, of which 32 and then 30 lay there."""
    job = testing.released_job(buyer)
    testing.stock_up(_leather(job), 30_000)
    job.tap(by=udin, stage=job.stages.get(position=1), good={"40": 1})
    return job


def _leather(job: Job) -> Material:
    return job.line.needs.get(size="").material


def lots(job: Job) -> list[Lot]:
    return trace_of([Item.of_material(_leather(job))]).lots


def left(job: Job) -> list[int]:
    return [lot.left for lot in lots(job)]


def say(job: Job, by: Person, lot: Lot, quantity: int) -> None:
    choose_lot(job, by=by, lot=lot.key, quantity=quantity, **NAMES)


def test_it_is_a_fact_with_a_line_in_the_journal(job: Job, rina: Person) -> None:
    lot = lots(job)[1]

    say(job, rina, lot, 12_000)

    assert left(job) == [12_000, 18_000]
    entry = job.journal.get(step="production.choose_lot")
    assert (entry.by, entry.facts) == (rina, {"lot": lot.key, "quantity": 12_000, **NAMES})


def test_taken_back_the_rule_tells_it_again_and_the_fact_stays(job: Job, udin: Person) -> None:
    lot = lots(job)[1]
    say(job, udin, lot, 12_000)

    unchoose_lot(job, by=udin, lot=lot.key, **NAMES)

    assert left(job) == [0, 30_000]
    first, opposite = LotChoice.objects.order_by("pk")
    assert (opposite.reverses, opposite.quantity, first.quantity) == (first, 12_000, 12_000)
    assert job.journal.filter(step="production.unchoose_lot").count() == 1
    with pytest.raises(WrongState):
        unchoose_lot(job, by=udin, lot=lot.key, **NAMES)
    say(job, udin, lot, 30_000)  # and it can be said anew
    assert left(job) == [30_000, 0]


def test_never_more_than_came_with_it_or_was_used(job: Job, udin: Person) -> None:
    first, second = lots(job)
    for lot, quantity in ((second, 30_001), (first, 32_001), (second, 0)):
        with pytest.raises(WrongState):
            say(job, udin, lot, quantity)
    say(job, udin, second, 20_000)
    with pytest.raises(WrongState):
        say(job, udin, first, 12_001)  # 12 are used that nothing says yet
    assert left(job) == [20_000, 10_000]


def test_never_more_than_others_have_left_of_it(job: Job, udin: Person, buyer: Party) -> None:
    say(job, udin, lots(job)[1], 20_000)
    order = testing.needy_order(buyer)
    testing.fetch_material(order)
    other = Job.plan(by=udin, line=order.lines.get())
    other.release(by=udin)
    other.tap(by=udin, stage=other.stages.get(position=1), good={"40": 1})

    with pytest.raises(WrongState):
        say(other, udin, lots(job)[1], 10_001)
    say(other, udin, lots(job)[1], 10_000)

    assert LotChoice.objects.count() == 2


def test_what_was_used_up_before_cannot_be_named(buyer: Party, udin: Person) -> None:
    """The first order took all that lay there; what the second took cannot be of it."""
    first = testing.released_job(buyer)
    first.tap(by=udin, stage=first.stages.get(position=1), good={"40": 1})
    second = testing.released_job(buyer)
    second.tap(by=udin, stage=second.stages.get(position=1), good={"40": 1})
    old, new = lots(second)

    with pytest.raises(WrongState):
        say(second, udin, old, 1_000)
    with pytest.raises(WrongState):
        say(first, udin, new, 1_000)  # it came when the work was done

    assert not LotChoice.objects.exists()


def test_not_what_is_of_another_material_or_workshop(job: Job, udin: Person, joko: Person) -> None:
    cotton = testing.material(job.workshop, "COTTON")
    testing.stock_up(cotton, 1_000)
    foreign = testing.material(joko.workshop, "LEATHER")
    testing.stock_up(foreign, 1_000)

    for material in (cotton, foreign):
        [lot] = trace_of([Item.of_material(material)]).lots
        with pytest.raises(WrongState):
            say(job, udin, lot, 500)


def test_only_who_leads_the_work_or_keeps_the_store(
    job: Job, sari: Person, dewi: Person, joko: Person, udin: Person
) -> None:
    lot = lots(job)[1]
    for person in (sari, dewi, joko):
        with pytest.raises(NotAllowed):
            say(job, person, lot, 1_000)
    say(job, udin, lot, 1_000)
    for person in (sari, dewi, joko):
        with pytest.raises(NotAllowed):
            unchoose_lot(job, by=person, lot=lot.key, **NAMES)

    assert left(job) == [1_000, 29_000]


def test_not_once_the_work_has_ended(job: Job, udin: Person) -> None:
    lot = lots(job)[1]
    job.cancel(by=udin, reason="x")

    with pytest.raises(WrongState):
        say(job, udin, lot, 1_000)

    assert not LotChoice.objects.exists()
