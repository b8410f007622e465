from __future__ import annotations

from datetime import timedelta

import pytest

from simpul import testing
from simpul.delivery import rounds
from simpul.delivery.models import Shipment, Status
from simpul.lib import clock
from simpul.lib.places import Spot
from simpul.parties.models import Party, Person
from simpul.workflow.steps import WrongState

WORKSHOP = Spot(-6_600_000, 106_750_000)
NEAR, FAR = Spot(-6_600_000, 106_760_000), Spot(-6_600_000, 106_790_000)


@pytest.fixture
def jobs(buyer: Party, asep: Person) -> dict[str, Shipment]:
    """Of Asep, in the order in which he accepted them: one without a spot, a far one, a near one."""
    asep.workshop.spot = WORKSHOP
    asep.workshop.save()
    spots = {"unknown": None, "far": FAR, "near": NEAR}
    return {name: testing.accepted_shipment(buyer, asep, spot=spot) for name, spot in spots.items()}


def names(jobs: dict[str, Shipment], by: Person) -> list[str]:
    known = {shipment.pk: name for name, shipment in jobs.items()}
    return [known[stop.pk] for stop in rounds.of(by).stops]


def test_the_nearest_comes_first_and_what_has_no_spot_last(
    jobs: dict[str, Shipment], asep: Person
) -> None:
    found = rounds.of(asep)

    assert names(jobs, asep) == ["near", "far", "unknown"]
    assert (found.is_chosen, found.unknown, found.metres) == (False, 1, 8_837)
    assert found.sketch is not None
    assert [label for label, _x, _y in found.sketch.stops] == ["1", "2"]


def test_without_the_spot_of_the_workshop_nothing_is_proposed(
    jobs: dict[str, Shipment], asep: Person
) -> None:
    asep.workshop.spot = None
    asep.workshop.save()
    found = rounds.of(Person.objects.get(pk=asep.pk))

    assert names(jobs, Person.objects.get(pk=asep.pk)) == ["unknown", "far", "near"]
    assert (found.metres, found.sketch) == (None, None)


def test_the_courier_puts_a_stop_elsewhere_until_he_asks_again(
    jobs: dict[str, Shipment], asep: Person
) -> None:
    rounds.put(jobs["unknown"].number, by=asep, before=jobs["near"].number)
    assert names(jobs, asep) == ["unknown", "near", "far"]
    rounds.put(jobs["near"].number, by=asep, after=jobs["far"].number)
    assert names(jobs, asep) == ["unknown", "far", "near"]
    assert rounds.of(asep).is_chosen

    rounds.propose_again(by=asep)

    assert names(jobs, asep) == ["near", "far", "unknown"]


def test_what_comes_later_stands_behind_the_chosen_order(
    jobs: dict[str, Shipment], buyer: Party, asep: Person
) -> None:
    rounds.put(jobs["far"].number, by=asep, before=jobs["near"].number)
    jobs["new"] = testing.accepted_shipment(buyer, asep, spot=NEAR)

    assert names(jobs, asep) == ["far", "near", "unknown", "new"]


def test_a_stop_of_somebody_else_is_none_to_put_it_by(
    jobs: dict[str, Shipment], buyer: Party, asep: Person
) -> None:
    ujang = testing.person("Ujang", testing.party(buyer.workshop, "Ujang", is_courier=True))
    theirs = testing.accepted_shipment(buyer, ujang)
    for number, other in [
        (jobs["far"].number, theirs.number),
        (theirs.number, jobs["far"].number),
        (jobs["far"].number, jobs["far"].number),
        (jobs["far"].number, ""),
    ]:
        with pytest.raises(WrongState):
            rounds.put(number, by=asep, before=other)

    assert not Shipment.objects.exclude(stop=None).exists()


def test_what_is_over_or_planned_for_later_is_no_stop(
    jobs: dict[str, Shipment], asep: Person
) -> None:
    on = Shipment.objects.filter
    on(pk=jobs["near"].pk).update(status=Status.DELIVERED)
    on(pk=jobs["far"].pk).update(status=Status.PICKED_UP, next_on=clock.in_days(1))
    assert names(jobs, asep) == ["unknown"]

    on(pk=jobs["far"].pk).update(next_on=clock.today() - timedelta(days=1))
    assert names(jobs, asep) == ["far", "unknown"]


def test_another_courier_does_not_inherit_the_place(
    jobs: dict[str, Shipment], buyer: Party, asep: Person
) -> None:
    rounds.put(jobs["far"].number, by=asep, before=jobs["near"].number)
    given = Shipment.objects.get(pk=jobs["far"].pk)
    given.withdraw(by=testing.keeper(buyer.workshop))
    ujang = testing.person("Ujang", testing.party(buyer.workshop, "Ujang", is_courier=True))
    testing.offer_to(given, ujang)
    given.accept(by=ujang)

    assert not rounds.of(ujang).is_chosen


def test_an_attempt_that_failed_comes_last_again(
    buyer: Party, jobs: dict[str, Shipment], asep: Person
) -> None:
    jobs["tried"] = testing.shipment_on_the_way(buyer, asep, spot=NEAR)
    rounds.put(jobs["tried"].number, by=asep, before=jobs["near"].number)
    tried = Shipment.objects.get(pk=jobs["tried"].pk)
    tried.fail(by=asep, reason="nobody", next_on=clock.today())

    assert names(jobs, asep) == ["near", "far", "unknown", "tried"]
