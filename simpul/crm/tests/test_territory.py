from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from simpul import testing
from simpul.crm.models import AreaTaken, Claim, Lead, Territory, held_by_others, overlapping
from simpul.lib import clock
from simpul.lib.regions import Region
from simpul.parties.models import Party, Person, Workshop
from simpul.workflow.models import Entry
from simpul.workflow.steps import NotAllowed, WrongState

BOGOR, DEPOK = Region("Kota Bogor", "Jawa Barat"), Region("Kota Depok", "Jawa Barat")
WEST = Region(province="Jawa Barat")
JAN, MAR = date(2027, 1, 1), date(2027, 3, 1)
END_OF_FEB = date(2027, 2, 28)


def give(by: Person, party: Party, region: Region = BOGOR, **facts: Any) -> Territory:
    said: dict[str, Any] = {"since": JAN, "regency": region.regency, "province": region.province}
    return Territory.give(by=by, party=party, **said | facts)


@pytest.fixture
def rival(workshop: Workshop) -> Party:
    return testing.party(workshop, "Toko Maju")


@pytest.mark.parametrize(
    ("one", "other", "overlaps", "clashes"),
    [
        (Claim(BOGOR, JAN), Claim(BOGOR, MAR), True, False),
        (Claim(BOGOR, JAN), Claim(DEPOK, JAN), False, False),
        (Claim(BOGOR, JAN, is_exclusive=True), Claim(BOGOR, MAR), True, True),
        (Claim(WEST, JAN, is_exclusive=True), Claim(BOGOR, JAN), True, True),
        (Claim(WEST, JAN), Claim(DEPOK, JAN), True, False),
        # the day before is not yet the same day; the day itself is
        (Claim(BOGOR, JAN, END_OF_FEB, is_exclusive=True), Claim(BOGOR, MAR), False, False),
        (Claim(BOGOR, JAN, MAR, is_exclusive=True), Claim(BOGOR, MAR), True, True),
        (Claim(BOGOR, JAN, END_OF_FEB), Claim(BOGOR, MAR, date(2027, 4, 1)), False, False),
    ],
)
def test_what_overlaps(one: Claim, other: Claim, overlaps: bool, clashes: bool) -> None:
    assert (one.overlaps(other), one.clashes(other)) == (overlaps, clashes)
    assert (other.overlaps(one), other.clashes(one)) == (overlaps, clashes)


def test_who_registers_asks_for_areas(workshop: Workshop, machine: Person) -> None:
    facts: dict[str, Any] = {"name": "Toko Baru", "contact": "Ani", "telephone": "+6281234567890"}
    facts |= {"email": "ani@example.com", "password": "sepatu kulit asli", "area": "Bogor"}
    Lead.register(by=machine, buys_as="distributor", areas=[BOGOR, WEST], **facts)
    facts |= {"telephone": "+6281234567891", "email": "other@example.com"}
    Lead.register(by=machine, buys_as="consumer", areas=[BOGOR], **facts)

    assert [str(one) for one in Territory.objects.order_by("pk")] == [
        "Kota Bogor, Jawa Barat",
        "Jawa Barat",
    ]
    assert {one.status for one in Territory.objects.all()} == {"asked"}
    assert Entry.objects.filter(step="crm.ask_area").count() == 2


def test_an_area_that_was_asked_for_is_granted(machine: Person, sari: Person, buyer: Party) -> None:
    asked = Territory.ask(by=machine, party=buyer, regency="Bogor")

    asked.grant(by=sari, regency="Kota Bogor", province="Jawa Barat", since=JAN, is_exclusive=True)

    asked.refresh_from_db()
    assert (asked.status, asked.region, asked.since, asked.until) == ("held", BOGOR, JAN, None)
    assert asked.is_exclusive
    with pytest.raises(WrongState):
        asked.decline(by=sari)


def test_nobody_gets_what_somebody_else_has_alone(sari: Person, buyer: Party, rival: Party) -> None:
    give(sari, rival, WEST, is_exclusive=True)

    with pytest.raises(AreaTaken):
        give(sari, buyer)
    assert Territory.objects.filter(party=buyer).count() == 0
    assert Entry.objects.filter(step="crm.give_area").count() == 1

    knowingly = give(sari, buyer, despite=True)
    assert [one.party.name for one in overlapping(knowingly.claim, held_by_others(sari, buyer.pk))]


def test_alone_where_somebody_is_already_is_refused_too(
    sari: Person, buyer: Party, rival: Party
) -> None:
    give(sari, rival)

    with pytest.raises(AreaTaken):
        give(sari, buyer, is_exclusive=True)
    shared = give(sari, buyer)

    assert [
        str(one.party) for one in overlapping(shared.claim, held_by_others(sari, buyer.pk))
    ] == ["Toko Maju"]


def test_what_ended_is_free_from_the_next_day(sari: Person, buyer: Party, rival: Party) -> None:
    held = give(sari, rival, is_exclusive=True)
    with pytest.raises(WrongState):
        held.end(by=sari, on=date(2026, 12, 31))

    held.end(by=sari, on=END_OF_FEB, reason="Pindah")

    held.refresh_from_db()
    assert (held.status, held.until, held.reason) == ("held", END_OF_FEB, "Pindah")
    with pytest.raises(WrongState):
        held.end(by=sari, on=MAR)
    with pytest.raises(AreaTaken):
        give(sari, buyer, since=END_OF_FEB)
    give(sari, buyer, since=MAR, is_exclusive=True)


def test_what_ran_out_is_held_no_more(sari: Person, buyer: Party, workshop: Workshop) -> None:
    today = clock.today()
    give(sari, buyer, since=date(2020, 1, 1), until=today)
    give(sari, buyer, DEPOK, since=date(2020, 1, 1), until=date(2020, 2, 1))

    assert [str(one) for one in Territory.objects.held()] == ["Kota Bogor, Jawa Barat"]
    assert [str(one) for one in Territory.objects.over()] == ["Kota Depok, Jawa Barat"]


def test_only_a_welcome_distributor(sari: Person, workshop: Workshop) -> None:
    consumer = testing.party(workshop, "Bu Ani", buys_as="consumer")
    new = testing.party(workshop, "Toko Baru", buys_as="distributor", is_welcome=False)
    for party in (consumer, new):
        with pytest.raises(WrongState):
            give(sari, party)

    assert not Territory.objects.exists()


def test_only_sales_gives_and_a_distributor_sees_his_own(
    sari: Person, dewi: Person, fajar: Person, buyer: Party, rival: Party
) -> None:
    for person in (dewi, fajar):
        with pytest.raises(NotAllowed):
            give(person, buyer)
    give(sari, rival)
    give(sari, buyer)

    assert [one.party for one in Territory.objects.visible_to(dewi)] == [buyer]
