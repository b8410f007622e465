"""Who is asked next when nobody took the job, and what the workshop hears at the end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from simpul import testing
from simpul.conversations.notices import audience_of
from simpul.delivery import waves
from simpul.delivery.models import Shipment, Status, TooLate
from simpul.lib import clock
from simpul.parties.models import AccessLink, Party, Person
from simpul.workflow.steps import NotAllowed, WrongState


def driver(asep: Person, name: str) -> Person:
    return testing.person(name, testing.party(asep.workshop, f"Ojek {name}", is_courier=True))


@pytest.fixture
def ujang(asep: Person) -> Person:
    return driver(asep, "Ujang")


@pytest.fixture
def maman(asep: Person) -> Person:
    return driver(asep, "Maman")


@pytest.fixture
def offered(shipment: Shipment, sari: Person, asep: Person, ujang: Person) -> Shipment:
    """Asep is asked for two hours; after half an hour Ujang is, for more."""
    offer(shipment, sari, asep, then=[ujang])
    return shipment


def offer(shipment: Shipment, by: Person, *first: Person, then: list[Person] | None = None) -> None:
    shipment.offer(
        by=by,
        couriers=list(Party.objects.filter(people__in=first)),
        expires_at=clock.now() + timedelta(hours=2),
        then_at=clock.now() + timedelta(minutes=30) if then is not None else None,
        then=list(Party.objects.filter(people__in=then or [])),
        then_fee=50_000,
    )


def tend_after(shipment: Shipment, minutes: int) -> None:
    with clock.stopped(clock.now() + timedelta(minutes=minutes)):
        if waves.is_needed(shipment.workshop):
            waves.tend(shipment.workshop)
    shipment.refresh_from_db()


def asked(shipment: Shipment) -> list[tuple[str, int, int, str]]:
    rows = shipment.offers.order_by("pk").select_related("courier")
    return [(str(one.courier), one.wave, one.fee, one.status) for one in rows]


def test_the_second_circle_is_asked_after_so_many_minutes(
    offered: Shipment, asep: Person, ujang: Person
) -> None:
    tend_after(offered, 29)
    assert len(asked(offered)) == 1

    for _worker in range(2):
        tend_after(offered, 31)

    assert asked(offered) == [
        (str(asep.party), 1, 35_000, "offered"),
        ("Ojek Ujang", 2, 50_000, "offered"),
    ]
    entry = offered.journal.get(step="delivery.ask_next")
    assert (entry.by, entry.facts["couriers"]) == (offered.workshop.machine, [ujang.party_id])
    assert audience_of(entry) == [ujang]
    assert AccessLink.objects.filter(person=ujang).count() == 1
    with clock.stopped(clock.now() + timedelta(minutes=100)):
        offered.accept(by=asep)  # the first may still accept in his time
    assert (offered.courier_id, offered.fee) == (asep.party_id, 35_000)


def test_whoever_looks_second_changes_nothing(offered: Shipment) -> None:
    machine = offered.workshop.machine
    seen_by_the_other = Shipment.objects.get(pk=offered.pk)
    with clock.stopped(clock.now() + timedelta(minutes=31)):
        offered.go_on(by=machine)
        with pytest.raises(WrongState):
            seen_by_the_other.ask_next(by=machine, couriers=[], fee=0)
        with pytest.raises(WrongState):
            seen_by_the_other.go_on(by=machine)

    assert len(asked(offered)) == 2


def test_the_last_who_passes_lets_the_next_be_asked_at_once(
    offered: Shipment, asep: Person, ujang: Person
) -> None:
    offered.pass_on(by=asep)

    assert offered.status == Status.OFFERED
    assert [row[3] for row in asked(offered)] == ["passed", "offered"]
    offered.accept(by=ujang)
    assert (offered.courier_id, offered.fee) == (ujang.party_id, 50_000)


def test_all_the_others_are_those_who_were_not_asked(
    shipment: Shipment, sari: Person, asep: Person, ujang: Person, maman: Person
) -> None:
    offer(shipment, sari, asep, then=[])

    tend_after(shipment, 31)

    assert [row[:2] for row in asked(shipment)[1:]] == [("Ojek Ujang", 2), ("Ojek Maman", 2)]


def test_the_workshop_hears_when_nobody_is_left(
    offered: Shipment, asep: Person, ujang: Person, sari: Person
) -> None:
    tend_after(offered, 31)
    tend_after(offered, 31 + 119)
    assert offered.status == Status.OFFERED

    for _worker in range(2):
        tend_after(offered, 31 + 121)

    assert offered.status == Status.OPEN
    assert [row[3] for row in asked(offered)] == ["expired", "expired"]
    entry = offered.journal.get(step="delivery.lapse")
    assert sari in audience_of(entry)
    assert ujang not in audience_of(entry)
    with pytest.raises(WrongState):
        offered.accept(by=asep)
    offer(offered, sari, asep)  # he may be asked again
    offered.pass_on(by=asep)
    assert offered.status == Status.OPEN
    assert offered.journal.filter(step="delivery.lapse").count() == 2


def test_what_is_taken_or_taken_back_asks_nobody_else(
    offered: Shipment, asep: Person, sari: Person
) -> None:
    offered.accept(by=asep)
    tend_after(offered, 31)
    offered.withdraw(by=sari)
    tend_after(offered, 31)

    assert len(asked(offered)) == 1
    assert not offered.waves.exists()


def test_asking_anew_plans_anew(
    offered: Shipment, sari: Person, asep: Person, maman: Person
) -> None:
    offer(offered, sari, asep, then=[maman])

    tend_after(offered, 31)

    assert asked(offered)[-1][0] == "Ojek Maman"
    assert "Ojek Ujang" not in {row[0] for row in asked(offered)}


def test_people_do_not_play_the_clock(offered: Shipment, owner: Person, asep: Person) -> None:
    for person in (owner, asep):
        with pytest.raises(NotAllowed):
            offered.ask_next(by=person, couriers=[], fee=0)
        with pytest.raises(NotAllowed):
            offered.lapse(by=person)
    with pytest.raises(WrongState):
        offered.lapse(by=offered.workshop.machine)

    assert len(asked(offered)) == 1
    with clock.stopped(clock.now() + timedelta(hours=3)), pytest.raises(TooLate):
        offered.accept(by=asep)
