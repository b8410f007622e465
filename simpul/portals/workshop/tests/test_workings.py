"""The page of the workshop itself: what it says, and who sees which part of it."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.insight.models import (
    CashKept,
    CashWeek,
    ModelDay,
    PricingRules,
    SpoiltMonth,
    Working,
    WorkingsKept,
)
from simpul.lib import clock
from simpul.parties.models import Party, Person, Workshop

HERE = "/ciomas/desk/insight/workings/"
NOW = datetime(2026, 11, 25, 9, tzinfo=clock.WIB)
Kind, Leg = Working.Kind, Working.Leg


@pytest.fixture
def _told(workshop: Workshop, buyer: Party, supplier: Party, courier: Party) -> None:
    WorkingsKept.objects.create(
        workshop=workshop, as_of=date(2026, 11, 25), orders=49, late=14, middle=262, slow=351
    )
    known = [
        {"kind": Kind.LEG, "name": Leg.MONEY, "count": 49, "middle": 12, "slow": 41},
        {"kind": Kind.LEG, "name": Leg.MATERIAL, "count": 49, "middle": 84, "slow": 133, "lost": 502},
        {"kind": Kind.POST, "name": "Potong", "name_en": "Cutting", "count": 49, "middle": 14, "slow": 30},
        {"kind": Kind.FIRST, "name": "Potong", "name_en": "Cutting", "count": 20, "kept": 12, "middle": 20, "lost": 29},
        {"kind": Kind.LAST, "name": "Potong", "name_en": "Cutting", "count": 20, "kept": 17, "middle": 10, "lost": 29},
        {"kind": Kind.PROMISE, "month": date(2026, 9, 1), "count": 10, "kept": 7},
        {"kind": Kind.PROMISE, "month": date(2026, 10, 1), "count": 8, "kept": 8},
        {"kind": Kind.SUPPLIER, "party": supplier, "count": 20, "kept": 15, "middle": 40, "slow": 61},
        {"kind": Kind.COURIER, "party": courier, "count": 5, "kept": 4, "middle": 10, "slow": 20},
        {"kind": Kind.PAYER, "party": buyer, "count": 9, "kept": 3, "middle": 60, "slow": 110},
        {"kind": Kind.SPEED, "name": "Potong", "name_en": "Cutting", "count": 240, "days": 12},
        {"kind": Kind.HAND, "name": "Oman", "count": 120, "days": 12},
        {"kind": Kind.SPOILT, "name": "Derby · Potong", "name_en": "Derby · Cutting", "count": 300, "lost": 9},
    ]  # fmt: skip
    Working.objects.bulk_create(
        Working(workshop=workshop, place=place, **facts) for place, facts in enumerate(known)
    )


def page(client: Client, person: Person, query: str = "") -> str:
    testing.login(client, person)
    with clock.stopped(NOW):
        return client.get(HERE + query).text.replace("\xa0", " ")


def test_before_anything_was_delivered_it_says_so(client: Client, owner: Person) -> None:
    for part in ("days", "floor", "cash"):
        assert "Nothing is reckoned yet" in page(client, owner, f"?part={part}")
    assert "No model can be judged yet" in page(client, owner, "?part=prices")


@pytest.mark.usefixtures("_told")
def test_the_answer_stands_first(client: Client, sari: Person) -> None:
    shown = page(client, sari)
    assert "half took longer than 26 days" in shown
    assert "an order waits for material and its turn, half of them for more than 8.4 days" in shown
    assert "14 of them came late." in shown
    assert (
        "Of 18 orders that were promised for these months at first, 15 came whole by then." in shown
    )
    assert "15 of 20" in shown
    assert (
        "Of 20 stages for which a day was kept 12 were done in time by the first plan, 17 by"
        in shown
    )
    assert "Late most often: Cutting, 8 of 20 times, half of them by more than 2 days." in shown
    assert "For 29 stages no plan was kept then." in shown


@pytest.mark.usefixtures("_told")
def test_names_of_workers_are_for_who_leads_production(
    client: Client, sari: Person, owner: Person
) -> None:
    assert ">Oman</td>" in page(client, owner, "?part=floor")
    shown = page(client, sari, "?part=floor")
    assert "The fewest pairs a day pass at Cutting: 20." in shown
    assert ">Oman</td>" not in shown


@pytest.mark.usefixtures("_told")
def test_it_says_why_pairs_are_spoilt_and_where(
    client: Client, workshop: Workshop, sari: Person, owner: Person
) -> None:
    for month, cause, stage, worker, spoilt, mended in (
        (11, "Lem lepas", "Sol", "Oman", 1, 4),
        (10, "Lem lepas", "Jahit", "Iwan", 0, 2),
        (9, "", "Sol", "", 3, 0),
        (2, "Kulit cacat", "Potong", "", 9, 0),
    ):
        SpoiltMonth.objects.create(
            workshop=workshop,
            month=date(2026, month, 1),
            cause=cause,
            stage=stage,
            model="Derby",
            worker=worker,
            spoilt=spoilt,
            mended=mended,
        )
    shown = page(client, owner, "?part=floor&by=worker")
    assert "Pairs since 1 September 2026: 4 spoilt, 6 mended." in shown
    assert "Most often: Glue came off (7). Of 3 of them nobody said why." in " ".join(shown.split())
    assert "/jobs/?cause=Lem%20lepas" in shown
    assert "Iwan" in shown
    assert "Iwan" not in page(client, sari, "?part=floor&by=worker")
    assert "Most often: Flaw in the leather (9)." in page(client, sari, "?part=floor&months=12")
    rows = page(client, sari, "?part=floor&list=causes&by=model&as=csv")
    assert "Glue came off,Derby,1,6" in rows
    assert "not said,Derby,3,0" in rows
    assert "Glue came off,1,6" in page(client, sari, "?part=floor&list=reasons&as=csv")


@pytest.mark.usefixtures("_told")
def test_money_is_for_who_sees_the_books(
    client: Client, sari: Person, fajar: Person, workshop: Workshop
) -> None:
    CashKept.objects.create(workshop=workshop, as_of=NOW, in_hand=1_000_000)
    CashWeek.objects.create(
        workshop=workshop, monday=date(2026, 11, 23), from_buyers=500_000, wages=1_700_000
    )
    CashWeek.objects.create(workshop=workshop, monday=date(2026, 11, 30), from_buyers=900_000)
    shown = page(client, fajar, "?part=cash")
    assert "In the week of 23 Nov Rp 200,000 would be missing." in shown
    assert "How late buyers pay" in shown
    assert "would be missing" not in page(client, sari, "?part=cash")


def test_the_owner_says_what_should_be_left(
    client: Client, owner: Person, fajar: Person, workshop: Workshop
) -> None:
    ModelDay.objects.create(
        workshop=workshop,
        day=date(2026, 10, 1),
        product=testing.product(workshop, "A-1"),
        delivered=20,
        earned=4_000_000,
        contribution=1_200_000,
    )
    assert "Every model leaves the 25% that you want, or more." in page(
        client, owner, "?part=prices"
    )
    assert client.post(HERE + "margin/", {"wished_percent": 81}).status_code == 422
    assert not PricingRules.objects.exists()
    assert client.post(HERE + "margin/", {"wished_percent": 40}).status_code == 302
    shown = page(client, owner, "?part=prices")
    assert "1 of 1 models leave less than the 40% that you want." in shown
    assert "Rp 234,000" in shown
    testing.login(client, fajar)
    assert client.post(HERE + "margin/", {"wished_percent": 10}).status_code == 403


@pytest.mark.usefixtures("_told")
@pytest.mark.parametrize(("part", "list_", "row"), [
    ("days", "legs", "waits for material and its turn,49,8.4,13.3,50.2"),
    ("days", "punctuality", "Cutting,20,12,17,2.0,29"),
    ("days", "promises", "2026-09-01,10,7,3"),
    ("floor", "spoilt", "Derby · Cutting,300,0,9"),
])  # fmt: skip
def test_every_list_can_be_carried_away(
    client: Client, owner: Person, part: str, list_: str, row: str
) -> None:
    assert row in page(client, owner, f"?part={part}&list={list_}&as=csv")


@pytest.mark.usefixtures("_told")
@pytest.mark.parametrize(("part", "asked"), [("days", 2), ("floor", 3), ("cash", 3), ("prices", 3)])
def test_each_part_asks_a_fixed_number_of_questions(
    client: Client,
    owner: Person,
    part: str,
    asked: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    page(client, owner, f"?part={part}")  # what is remembered is remembered
    # session, person and workshop; what is kept, and the part
    with clock.stopped(NOW), django_assert_num_queries(3 + asked):
        client.get(f"{HERE}?part={part}")
