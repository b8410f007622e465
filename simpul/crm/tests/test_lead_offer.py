from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from simpul import testing
from simpul.crm import handing
from simpul.crm.models import (
    Dealing,
    Lead,
    LeadOffer,
    LeadRules,
    NobodyNear,
    Territory,
    nearest,
)
from simpul.lib import clock
from simpul.lib.places import Spot
from simpul.parties.models import Address, Party, Person, Workshop
from simpul.workflow.models import Entry
from simpul.workflow.steps import NotAllowed, WrongState

MONDAY_9 = datetime(2027, 3, 1, 9, tzinfo=clock.WIB)


def holder(
    sari: Person, name: str, regency: str, province: str = "Jawa Barat", **spot: int
) -> Party:
    """A distributor with somebody who reads, and with an area."""
    party = testing.party(sari.workshop, name)
    testing.person(f"of {name}", party)
    Address.objects.create(party=party, receiver="x", street="x", area="x", **spot)
    since = date(2026, 1, 1)
    Territory.give(by=sari, party=party, regency=regency, province=province, since=since)
    return party


def met(sari: Person, **facts: Any) -> Lead:
    facts = {"source": "fair", "name": "Kios Ani", "area": "Ciomas, Kab. Bogor"} | facts
    return Lead.note(by=sari, **facts)


def hand_on(sari: Person, lead: Lead) -> LeadOffer:
    return LeadOffer.hand_on(by=sari, lead=lead, agreed=True)


def reader(offer: LeadOffer) -> Person:
    return offer.distributor.people.get()


@pytest.fixture
def near(sari: Person) -> Party:
    return holder(sari, "Toko Maju", "Kab. Bogor")


@pytest.fixture
def wide(sari: Person) -> Party:
    return holder(sari, "Grosir Jabar", "")


def test_the_regency_comes_before_the_province_and_then_the_way(
    sari: Person, workshop: Workshop, wide: Party, near: Party
) -> None:
    closer = holder(sari, "Toko Dekat", "Bogor", latitude=-6_600_000, longitude=106_750_000)
    holder(sari, "Toko Bali", "", "Bali")
    lead = met(sari)
    address = Address(party=lead.party, receiver="x", street="x", area="Kab. Bogor, Jawa Barat")
    address.spot = Spot(-6_610_000, 106_750_000)
    address.save()

    found = nearest(lead)

    assert [one.party for one in found] == [closer, near, wide]
    assert [one.metres for one in found] == [1112, None, None]


def test_nobody_is_asked_where_nobody_serves(sari: Person, near: Party) -> None:
    lead = met(sari, area="Kota Medan")

    with pytest.raises(NobodyNear):
        hand_on(sari, lead)

    assert not LeadOffer.objects.exists()
    assert not Entry.objects.filter(step="crm.hand_on_lead").exists()


def test_they_have_hours_of_work_to_answer(sari: Person, near: Party) -> None:
    LeadRules.objects.create(workshop=sari.workshop, answer_hours=10)
    lead = met(sari)

    with clock.stopped(MONDAY_9):
        offer = hand_on(sari, lead)

    # seven hours until 16 o'clock, three on the next day from 8 on
    assert offer.expires_at == datetime(2027, 3, 2, 11, tzinfo=clock.WIB)


def test_who_takes_it_looks_after_it(sari: Person, near: Party, dewi: Person) -> None:
    offer = hand_on(sari, met(sari))
    with pytest.raises(NotAllowed):
        offer.take(by=dewi)
    with pytest.raises(WrongState):
        hand_on(sari, offer.lead)

    offer.take(by=reader(offer))

    kept: Any = Lead.objects.all().with_keeper()
    assert [(one.kept_by, one.status) for one in kept] == [("Toko Maju", "talking")]
    with pytest.raises(WrongState):
        offer.take(by=reader(offer))
    with pytest.raises(WrongState):
        handing.pass_on(offer, by=reader(offer))
    assert LeadOffer.objects.get().status == "taken"


def test_who_passes_lets_the_next_be_asked_and_at_last_it_comes_back(
    sari: Person, near: Party, wide: Party
) -> None:
    first = hand_on(sari, met(sari))

    handing.pass_on(first, by=reader(first))
    second = LeadOffer.objects.get(distributor=wide)
    assert second.status == "offered"
    handing.pass_on(second, by=reader(second))

    second.refresh_from_db()
    assert (second.status, second.was_last) == ("passed", True)
    assert Entry.objects.filter(step="crm.bring_lead_back").count() == 1
    assert [list(LeadOffer.objects.visible_to(reader(one))) for one in (first, second)] == [
        [first],
        [second],
    ]


def test_who_does_not_answer_in_time_may_take_it_no_more(
    sari: Person, near: Party, wide: Party
) -> None:
    lead = met(sari)
    with clock.stopped(MONDAY_9):
        first = hand_on(sari, lead)
        assert not handing.is_needed(sari.workshop)
    with clock.stopped(first.expires_at):
        with pytest.raises(WrongState):
            first.take(by=reader(first))
        assert handing.is_needed(sari.workshop)
        handing.tend(sari.workshop)
        handing.tend(sari.workshop)

    assert list(LeadOffer.objects.order_by("pk").values_list("distributor__name", "status")) == [
        ("Toko Maju", "expired"),
        ("Grosir Jabar", "offered"),
    ]


def test_what_came_to_an_end_elsewhere_is_taken_back(sari: Person, near: Party) -> None:
    offer = hand_on(sari, met(sari))
    offer.lead.lose(by=sari, why="silent")
    with pytest.raises(WrongState):
        offer.take(by=reader(offer))

    handing.tend(sari.workshop)

    assert LeadOffer.objects.get().status == "withdrawn"


def test_who_buys_becomes_the_distributors_dealer(sari: Person, near: Party) -> None:
    offer = hand_on(sari, met(sari))
    with pytest.raises(WrongState):
        offer.report_won(by=reader(offer))
    offer.take(by=reader(offer))

    offer.report_won(by=reader(offer))

    lead = Lead.objects.get()
    assert (lead.status, lead.order) == ("won", None)
    dealing = Dealing.objects.get()
    assert (dealing.distributor, dealing.dealer) == (near, lead.party)


def test_whose_dealer_they_are_already_they_stay(sari: Person, near: Party, wide: Party) -> None:
    offer = hand_on(sari, met(sari))
    Dealing.begin(by=sari, distributor=wide, dealer=offer.lead.party)
    offer.take(by=reader(offer))

    offer.report_won(by=reader(offer))

    assert Dealing.objects.get().distributor == wide


def test_what_came_to_nothing_says_why(sari: Person, near: Party) -> None:
    lead = met(sari, next_words="Telepon", next_on=clock.today() + timedelta(days=2))
    offer = hand_on(sari, lead)
    offer.take(by=reader(offer))

    offer.report_lost(by=reader(offer), why="price", reason="Terlalu mahal")

    lead.refresh_from_db()
    assert (lead.status, lead.why, lead.reason) == ("lost", "price", "Terlalu mahal")
    assert LeadOffer.objects.get().why == "price"


def test_the_workshop_takes_it_back(sari: Person, fajar: Person, near: Party) -> None:
    offer = hand_on(sari, met(sari))
    offer.take(by=reader(offer))
    with pytest.raises(NotAllowed):
        offer.recall(by=fajar)

    offer.recall(by=sari)

    with pytest.raises(WrongState):
        offer.report_won(by=reader(offer))
    assert (Lead.objects.get().status, Dealing.objects.count()) == ("talking", 0)


def test_nobody_is_handed_on_without_knowing(sari: Person, near: Party) -> None:
    lead = met(sari)
    with pytest.raises(WrongState):
        LeadOffer.hand_on(by=sari, lead=lead, agreed=False)

    assert not LeadOffer.objects.exists()


def test_numbers_are_read_only_by_who_took_it(sari: Person, near: Party) -> None:
    message = "WA 0812-3456-7890 atau ani@example.com, minta 60 pasang ukuran 39-43"
    offer = hand_on(sari, met(sari, name="0812 3456 7890", message=message))

    assert offer.shown_name == "…"
    assert offer.shown_message == "WA … atau … minta 60 pasang ukuran 39-43"
