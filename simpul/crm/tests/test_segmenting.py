from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from simpul import testing
from simpul.catalog.models import Product
from simpul.conversations.models import Ticket
from simpul.crm.models import Consent, ConsentHow, MarketingRules, Segment
from simpul.crm.segmenting import (
    Aim,
    Left,
    Phase,
    described,
    fitting,
    members_of,
    named_in,
    phase_of,
)
from simpul.delivery.models import Shipment
from simpul.lib import clock
from simpul.parties.models import Identity, Party, Person, Workshop

NOW = datetime(2026, 11, 20, 9, tzinfo=clock.WIB)


@pytest.fixture
def derby(workshop: Workshop) -> Product:
    return testing.product(workshop, "DRB-01")


def shop(workshop: Workshop, name: str, derby: Product, *ago: int, **fields: Any) -> Party:
    """A shop with orders of 10 pairs of 2.000.000, so many days ago."""
    made = testing.party(workshop, name, **fields)
    testing.person(f"of {name}", made)
    for days in ago:
        with clock.stopped(NOW - timedelta(days=days)):
            testing.confirmed_order(made, derby)
    return made


def who(workshop: Workshop, left: Left | None = None, **conditions: Any) -> set[str]:
    rules = MarketingRules(workshop=workshop)
    found = fitting(Party.objects.filter(workshop=workshop), conditions, rules, NOW.date(), left)
    return {party.name for party in found}


def test_everybody_who_buys_is_in_one_phase(workshop: Workshop, derby: Product) -> None:
    shop(workshop, "Calon", derby)
    shop(workshop, "Baru", derby, 10)
    shop(workshop, "Tetap", derby, 100, 10)
    shop(workshop, "Tidur", derby, 121)
    shop(workshop, "Hilang", derby, 366)
    testing.party(workshop, "Kulit", is_supplier=True)
    assert [who(workshop, phase=phase) for phase in Phase] == [
        {"Calon"}, {"Baru"}, {"Tetap"}, {"Tidur"}, {"Hilang"}
    ]  # fmt: skip
    assert who(workshop) == {"Calon", "Baru", "Tetap", "Tidur", "Hilang"}


def test_everybody_is_in_one_of_the_three_aims_too(workshop: Workshop, derby: Product) -> None:
    shop(workshop, "Calon", derby)
    shop(workshop, "Baru", derby, 10)
    shop(workshop, "Tetap", derby, 100, 10)
    shop(workshop, "Tidur", derby, 121)
    shop(workshop, "Hilang", derby, 366)
    assert [who(workshop, phase=aim) for aim in Aim] == [
        {"Calon", "Hilang"}, {"Baru"}, {"Tetap", "Tidur"}
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last", "phase"),
    [(10, 10, "new"), (60, 10, "new"), (61, 10, "steady"), (120, 120, "steady"),
     (121, 121, "sleeping"), (400, 365, "sleeping"), (400, 366, "lost")],
)  # fmt: skip
def test_the_phase_of_one_is_the_phase_of_the_segments(
    workshop: Workshop, derby: Product, first: int, last: int, phase: str
) -> None:
    today = NOW.date()
    days = (today - timedelta(days=first), today - timedelta(days=last))
    assert phase_of(*days, MarketingRules(workshop=workshop), today) == phase
    shop(workshop, "Toko", derby, first, last)
    assert who(workshop, phase=phase) == {"Toko"}


def test_who_left_how_much_is_told_by_whoever_knows(workshop: Workshop, derby: Product) -> None:
    much, little, loss, nothing = (
        shop(workshop, name, derby, 5) for name in ("Banyak", "Sedikit", "Rugi", "Belum")
    )
    asked = []

    def left(months: int) -> dict[int, int]:
        asked.append(months)
        return {much.pk: 900_000, little.pk: 10_000, loss.pk: -50_000}

    assert who(workshop, left, left_least=10_000, months=6) == {"Banyak", "Sedikit"}
    assert who(workshop, left, left_most=0, months=12) == {"Rugi"}
    assert who(workshop, left, left_least=1, left_most=20_000, months=12) == {"Sedikit"}
    assert asked == [6, 12, 12]
    assert who(workshop, None, left_least=1, months=6) == set()
    assert nothing.name in who(workshop, left)


def test_who_has_bought_and_not_since_is_neither_who_never_did_nor_who_still_does(
    workshop: Workshop, derby: Product
) -> None:
    oxford = testing.product(workshop, "OXF-01")
    shop(workshop, "Belum", derby)
    shop(workshop, "Masih", derby, 100, 10)
    shop(workshop, "Lama", derby, 100)
    shop(workshop, "Tepat", derby, 90)
    moved = shop(workshop, "Pindah", derby, 100)
    with clock.stopped(NOW - timedelta(days=5)):
        testing.confirmed_order(moved, oxford)

    assert who(workshop, bought="not_since", days=90) == {"Lama"}
    assert who(workshop, bought="not_since", days=90, product=derby.pk) == {"Lama", "Pindah"}
    assert who(workshop, bought="not_since", days=90, product=oxford.pk) == set()
    assert who(workshop, bought="did_not", days=90) == {"Belum", "Lama"}
    segment = Segment(
        workshop=workshop, conditions={"bought": "not_since", "days": 90, "product": derby.pk}
    )
    assert described(segment, named_in([segment])) == [
        f"has bought {derby}, but not in the last 90 days"
    ]


def test_what_tells_of_margins_is_for_who_sees_the_books(
    workshop: Workshop, owner: Person, sari: Person, fajar: Person
) -> None:
    plain = Segment.objects.create(workshop=workshop, name="A", conditions={"areas": "Bogor"})
    best = Segment.objects.create(
        workshop=workshop, name="B", conditions={"left_least": 1, "months": 6}
    )
    for person in (owner, fajar):
        assert set(Segment.objects.visible_to(person)) == {plain, best}
    assert set(Segment.objects.visible_to(sari)) == {plain}


def test_many_segments_are_described_by_two_questions(workshop: Workshop, derby: Product) -> None:
    category = derby.category_id
    segments = [
        Segment(
            name=f"{n}", conditions={"bought": "did", "product": derby.pk, "category": category}
        )
        for n in range(5)
    ]
    with CaptureQueriesContext(connection) as asked:
        names = named_in(segments)
        said = [described(one, names) for one in segments]
    assert len(asked) == 2
    assert said[4] == [f"has bought {derby.name}, Men"]


def test_what_was_bought_and_when(workshop: Workshop, derby: Product) -> None:
    other = testing.product(workshop, "LFR-02")
    shop(workshop, "Lama", derby, 90)
    shop(workshop, "Baru", derby, 5)
    shop(workshop, "Lain", other, 5)
    bought: dict[str, Any] = {"bought": "did", "product": derby.pk}
    assert who(workshop, **bought) == {"Lama", "Baru"}
    assert who(workshop, **bought, days=30) == {"Baru"}
    assert who(workshop, bought="did_not", product=derby.pk, days=30) == {"Lama", "Lain"}
    assert who(workshop, bought="did", size="41", category=derby.category_id) == {
        "Lama", "Baru", "Lain"
    }  # fmt: skip
    assert who(workshop, bought="did", size="39") == set()


def test_how_much_where_and_as_what(workshop: Workshop, derby: Product) -> None:
    shop(workshop, "Besar", derby, 5, 20, area="Kota Bogor")
    shop(workshop, "Kecil", derby, 5, area="Cikole, Kota Sukabumi")
    shop(workshop, "Siti", derby, area="Bandung", buys_as=Party.BuysAs.CONSUMER)
    assert who(workshop, least=4_000_000, months=1) == {"Besar"}
    assert who(workshop, most=2_000_000, months=1) == {"Kecil", "Siti"}
    assert who(workshop, areas="bandung, sukabumi") == {"Kecil", "Siti"}
    assert who(workshop, kind="consumer", areas="bandung, sukabumi") == {"Siti"}


def test_who_agreed(workshop: Workshop, buyer: Party, dewi: Person, sari: Person) -> None:
    identity = Identity.objects.create(workshop=workshop, person=dewi, kind="mail", value="d@x")
    assert who(workshop, consent="news") == set()
    Consent.give(
        by=sari, identity=identity, purpose="news", how=ConsentHow.STAFF, words="x", note="x"
    )
    assert who(workshop, consent="news") == {"Toko Dewi"}
    assert who(workshop, consent="offers", complained="no") == set()


def test_who_has_had_a_difference(
    workshop: Workshop, buyer: Party, dewi: Person, sari: Person
) -> None:
    door, asker = testing.party(workshop, "Pintu"), testing.party(workshop, "Tanya")
    Ticket.ask(by=sari, kind="question", subject=asker, party=asker, body="x")
    Ticket.ask(by=sari, kind="complaint", subject=buyer, party=buyer, body="x")
    Ticket.open(
        by=workshop.machine, kind="door", subject=testing.shipment(door), party=None, facts={}
    )
    assert who(workshop, complained="yes") == {"Toko Dewi", "Pintu"}
    assert who(workshop, complained="no") == {"Tanya"}


def test_all_conditions_are_one_question(workshop: Workshop, derby: Product) -> None:
    shop(workshop, "Besar", derby, 5)
    ContentType.objects.get_for_model(Shipment)
    everything: dict[str, Any] = {
        "kind": "distributor", "areas": "Bogor", "phase": "new", "bought": "did", "days": 9,
        "product": derby.pk, "least": 1, "months": 1, "complained": "no", "consent": "news",
    }  # fmt: skip
    with CaptureQueriesContext(
        connection,
    ) as asked:
        who(workshop, **everything)
    assert len(asked) == 1


def test_a_list_is_whom_one_chose(workshop: Workshop, buyer: Party, siti: Person) -> None:
    chosen = Segment.objects.create(workshop=workshop, name="VIP", is_list=True)
    chosen.members.add(buyer)
    assert list(members_of(chosen, Party.objects.all())) == [buyer]
    assert described(chosen, {}) == ["chosen one by one"]
