"""The pages of what customers do: what was told last night, and what one does with it."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.crm.models import Segment
from simpul.insight.models import Behaviour, GroupedBuyer, PayingBuyer
from simpul.lib import clock
from simpul.parties.models import Party, Person, Workshop
from simpul.portals.workshop import cohorts
from simpul.portals.workshop.tests.test_gateways import freshly

HERE = "/ciomas/desk/insight/customers/"


def told(workshop: Workshop, kind: str = "distributor", **facts: Any) -> None:
    Behaviour.objects.create(
        workshop=workshop,
        buys_as=kind,
        as_of=date(2026, 8, 30),
        **{"buyers": 12, "steps": 3} | facts,
    )


def grouped(workshop: Workshop, group: str, count: int, sold: int, *, ago: int = 10) -> list[Party]:
    """So many distributors of a group, who bought for so much each."""
    buyers = [testing.party(workshop, f"Toko {group} {at}") for at in range(count)]
    GroupedBuyer.objects.bulk_create(
        GroupedBuyer(
            buyer=buyer,
            workshop=workshop,
            buys_as="distributor",
            group=group,
            last_on=clock.today() - timedelta(days=ago),
            orders=7,
            sold=sold,
            sold_year=sold,
            left_year=sold // 4,
            recency=3,
            frequency=2,
            monetary=1,
        )
        for buyer in buyers
    )
    return buyers


def seen(client: Client, person: Person, address: str = "") -> str:
    testing.login(client, person)
    return client.get(HERE + address).text.replace("\xa0", " ")


def carried(client: Client, person: Person, address: str) -> list[str]:
    """Return the lines of a file with names of people, which asks for the password once more."""
    freshly(client, person)
    return client.get(HERE + address).text.replace(";", ",").splitlines()


# Groups


def test_groups_are_told_with_what_to_do(client: Client, sari: Person) -> None:
    told(sari.workshop)
    grouped(sari.workshop, "best", 3, 2_000_000)
    grouped(sari.workshop, "not to lose", 1, 4_000_000)
    page = seen(client, sari)
    assert "<strong>Best</strong>: 3 buyers with 60% of all that was bought so far." in page
    assert "though they bought much (Rp 4,000,000): <a href=" in page
    assert "The owner calls each of them." in page
    assert "the groups say little yet" in page
    assert "make an offer" not in page  # nobody is at risk
    lines = seen(client, sari, "?as=csv").replace(";", ",").splitlines()
    assert lines[1] == 'Best,3,6000000,60.0,"Thank them, and show them first what is new."'


def test_distributors_and_consumers_stand_apart(client: Client, sari: Person) -> None:
    told(sari.workshop)
    grouped(sari.workshop, "best", 1, 2_000_000)
    assert "Nothing is told of them yet" in seen(client, sari, "?kind=consumer")


def test_the_members_of_a_group_in_plain_figures(client: Client, sari: Person) -> None:
    told(sari.workshop)
    grouped(sari.workshop, "at risk", 2, 3_000_000, ago=200)
    grouped(sari.workshop, "best", 1, 9_000_000)
    page = seen(client, sari, "members/?group=at+risk")
    assert "Ask why they stay away, and make an offer." in page
    assert "Toko at risk 1" in page
    assert "Toko best 0" not in page
    assert "200 days ago" in page
    assert "3 · 2 · 1" in page
    assert "Nobody fits" in seen(client, sari, "members/?group=at+risk&q=Medan")
    assert len(carried(client, sari, "members/?group=at+risk&as=csv")) == 3


def test_one_writes_to_those_of_a_group(client: Client, sari: Person) -> None:
    told(sari.workshop)
    risky = grouped(sari.workshop, "at risk", 2, 3_000_000)
    grouped(sari.workshop, "best", 1, 9_000_000)
    testing.login(client, sari)
    answer = client.post(HERE + "list/", {"kind": "distributor", "group": "at risk"})
    made = Segment.objects.get()
    assert made.is_list
    assert made.name.startswith("At risk (distributor), ")
    assert set(made.members.all()) == set(risky)
    assert answer["Location"] == f"/ciomas/desk/customers/campaigns/new/?segment={made.pk}"
    assert f'<option value="{made.pk}" selected>' in client.get(answer["Location"]).text


def test_who_keeps_no_segments_makes_no_list(client: Client, udin: Person) -> None:
    told(udin.workshop)
    grouped(udin.workshop, "at risk", 2, 3_000_000)
    testing.login(client, udin)
    assert "Write to them" not in client.get(HERE + "members/?group=at+risk").text
    assert client.post(HERE + "list/", {"group": "at risk"}).status_code == 403
    assert not Segment.objects.exists()


def test_who_was_merged_into_another_is_in_no_group(
    client: Client, sari: Person, buyer: Party
) -> None:
    told(sari.workshop)
    twin = grouped(sari.workshop, "best", 2, 1_000_000)[1]
    Party.objects.filter(pk=twin.pk).update(merged_into=buyer)
    assert "Toko best 1" not in seen(client, sari, "members/?group=best")
    assert "<strong>Best</strong>: 1 buyer with 100%" in seen(client, sari)


@pytest.mark.parametrize("count", [1, 10])
def test_groups_cost_the_same_for_any_number(
    client: Client, sari: Person, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    told(sari.workshop)
    grouped(sari.workshop, "best", count, 1_000_000)
    grouped(sari.workshop, "at risk", count, 1_000_000)
    seen(client, sari)
    # session, user, person; groups, all together
    with django_assert_num_queries(5):
        client.get(HERE)
    # ... all together, number, rows
    with django_assert_num_queries(6):
        client.get(HERE + "members/?group=best")


# Coming again

COMING: dict[str, dict[str, Any]] = {
    "month": {
        "cohorts": [
            {
                "first": "2026-01-01",
                "buyers": 4,
                "ordered": [4, 1, 2, 1],
                "stayed": [4, 3, 2, 1],
                "closed": 3,
            }
        ],
        "curves": [[1, 4, 3, 4], [2, 4, 2, 4], [1, 4, 0, 0]],
    }
}


def test_a_curve_ends_where_only_a_handful_is_known() -> None:
    points = [cohorts.Point(1, 5, 10, 8, 10), cohorts.Point(2, 1, 5, 1, 1)]
    stayed, ordered = cohorts._curves(points).curves
    assert (len(stayed.dots), len(ordered.dots)) == (2, 3)


def test_nothing_is_at_least_all() -> None:
    row = cohorts.Cohort(date(2026, 1, 1), 4, [4, 1, 1], [4, 4, 2], 1)
    chart = cohorts._heat([row], "stayed")
    assert chart is not None
    assert [word.text for word in chart.words][-2:] == ["100", "≥50"]


def test_who_all_came_again_are_no_least_number(client: Client, sari: Person) -> None:
    whole = COMING["month"]["cohorts"][0] | {"stayed": [4, 4, 4, 4]}
    told(sari.workshop, coming={"month": {**COMING["month"], "cohorts": [whole]}})
    page = seen(client, sari, "coming-again/")
    assert "4 · 4 · 4" in page
    assert "≥100" not in page


def test_who_comes_again_is_told_with_counts_and_what_is_open(client: Client, sari: Person) -> None:
    told(sari.workshop, coming=COMING)
    page = seen(client, sari, "coming-again/")
    assert "<strong>Of 100 new buyers 50 were still there 2 months later</strong> (2 of 4;" in page
    assert "in truth between 15 and 85" in page
    assert "These are few buyers" in page
    assert "3 · 2 · ≥1" in page
    assert ">≥25</text>" in page
    assert ">25</text>" in page  # of the other curve, where nothing is open
    lines = seen(client, sari, "coming-again/?list=cohorts&as=csv").replace(";", ",").splitlines()
    assert lines[1:] == [
        "2026-01-01,4,1,1,3,no",
        "2026-01-01,4,2,2,2,no",
        "2026-01-01,4,3,1,1,yes",
    ]
    lines = seen(client, sari, "coming-again/?as=csv").replace(";", ",").splitlines()
    assert lines[1:] == ["1,1,4,3,4", "2,2,4,2,4", "3,1,4,0,0"]


def test_where_no_period_is_over_nothing_is_told_of_coming_again(
    client: Client, sari: Person
) -> None:
    told(sari.workshop, coming=COMING)
    assert "It cannot be told yet" in seen(client, sari, "coming-again/?by=quarter")
    assert "It cannot be told yet" in seen(client, sari, "coming-again/?kind=consumer")


# The largest

SPREAD = {
    "buyers": 3,
    "total": 10_000_000,
    "as_if": 22,
    "half": 1,
    "first": [600, 1000, 1000],
    "curve": [50 * at for at in range(21)],
}


@pytest.mark.parametrize(("who", "sees"), [("sari", False), ("fajar", True)])
def test_what_goes_with_the_first_one(
    client: Client, request: pytest.FixtureRequest, who: str, sees: bool
) -> None:
    person = request.getfixturevalue(who)
    told(person.workshop, spread=SPREAD)
    grouped(person.workshop, "best", 1, 6_000_000)
    grouped(person.workshop, "new", 2, 2_000_000)
    page = seen(client, person, "largest/")
    assert "The sales hang on very few." in page
    assert "as if there were only about 2 of equal size" in page
    assert "Half of it comes from 1 buyer." in page
    assert "Toko best 0</a> Rp 6,000,000 a year would be missing." in page
    assert "would have to buy 150% more" in page
    assert ("Of that Rp 1,500,000 was left" in page) is sees
    assert "Nobody has bought in twelve months" in seen(client, person, "largest/?kind=consumer")


def test_the_largest_as_a_file(client: Client, sari: Person) -> None:
    told(sari.workshop, spread=SPREAD)
    grouped(sari.workshop, "best", 1, 6_000_000)
    lines = carried(client, sari, "largest/?as=csv")
    assert lines[1:] == ["Toko best 0,6000000,60.0,60.0"]


def test_names_are_carried_away_only_by_who_keeps_the_parties(
    client: Client, fajar: Person
) -> None:
    payers(fajar.workshop)
    grouped(fajar.workshop, "best", 1, 6_000_000)
    Behaviour.objects.update(spread=SPREAD)
    freshly(client, fajar)
    for address in ("members/?group=best", "largest/?", "paying/?"):
        assert client.get(f"{HERE}{address}&as=csv").status_code == 403


# Paying


def payers(workshop: Workshop, count: int = 2) -> None:
    """So many who pay late, the last one latest, and somebody who pays on the day."""
    told(
        workshop,
        paying={
            "since": "2025-01-01",
            "days_late": 5_260,
            "quarters": [["2026-04-01", 8, 6, 2_000], ["2026-07-01", 4, 1, 9_000]],
        },
    )
    names = ["Toko Tepat", *(f"Toko Telat {at}" for at in range(count))]
    PayingBuyer.objects.bulk_create(
        PayingBuyer(
            buyer=testing.party(workshop, name),
            workshop=workshop,
            buys_as="distributor",
            trait="late" if at else "punctual",
            parts=4,
            on_time=1,
            amount=1_000_000,
            days_late=9_000 + at if at else 0,
            overdue=500_000 if at else 0,
            claims=3 * min(at, 1),
            came_true=2 * min(at, 1),
            before_money=min(at, 1),
        )
        for at, name in enumerate(names)
    )


def test_how_they_pay_is_told_in_words(client: Client, sari: Person) -> None:
    payers(sari.workshop)
    page = seen(client, sari, "paying/")
    assert "Of 12 instalments that were due since 1 January 2025, 3 were paid on their day" in page
    assert "<strong>the average rupiah came 5.2 days late</strong>" in page
    assert "Rp 1,000,000 are overdue now." in page
    assert "Of 6 reported transfers 4 came. 2 of these were reported before" in page
    assert page.index("Toko Telat 1") < page.index("Toko Telat 0") < page.index("Toko Tepat")
    late = seen(client, sari, "paying/?trait=late")
    assert "2 of 3 came; 1 reported before" in late
    assert "Toko Tepat" not in late
    assert "Nobody fits" in seen(client, sari, "paying/?trait=slow")
    assert "Nothing was due from them yet" in seen(client, sari, "paying/?kind=consumer")


def test_how_they_pay_as_files(client: Client, sari: Person) -> None:
    payers(sari.workshop)
    lines = carried(client, sari, "paying/?trait=punctual&as=csv")
    assert lines[1:] == ["Toko Tepat,pays on the day,4,1,0.0,0,0,0,0"]
    lines = seen(client, sari, "paying/?list=quarters&as=csv").replace(";", ",").splitlines()
    assert lines[1:] == ["2026-04-01,8,6,2.0", "2026-07-01,4,1,9.0"]


# Ordered together


def test_what_is_offered_with_what(client: Client, sari: Person) -> None:
    derby = testing.product(sari.workshop, "DRB-01", name="Derby")
    wax = testing.product(sari.workshop, "WAX-01", name="Wax")
    found = {"since": "2025-01-01", "orders": 60, "tried": 3}
    told(sari.workshop, together=found | {"pairs": [[wax.pk, derby.pk, 20, 20, 273, 140]]})
    page = seen(client, sari, "together/")
    assert "<strong>Offer Derby to whoever orders Wax</strong>" in page
    assert "of 100 orders with Wax 100 have Derby too, of 100 orders of any kind only 37" in page
    assert "2.73 (at least 1.4)" in page
    assert "3 pairs were tried" in page
    lines = seen(client, sari, "together/?as=csv").replace(";", ",").splitlines()
    assert lines[1] == "Wax,Derby,20,33.3,100,2.73,1.4"


def test_where_no_pair_holds_nothing_is_offered(client: Client, sari: Person) -> None:
    told(sari.workshop, together={"since": "2025-01-01", "orders": 60, "tried": 3, "pairs": []})
    page = seen(client, sari, "together/")
    assert "No two models are clearly ordered together." in page
    assert "60 orders since 1 January 2025, and 3 pairs of models" in page
    assert "Nothing is told of them yet" in seen(client, sari, "together/?kind=consumer")


@pytest.mark.parametrize("count", [2, 20])
def test_the_other_pages_cost_the_same_for_any_number(
    client: Client, sari: Person, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    payers(sari.workshop, count)
    models = [testing.product(sari.workshop) for _at in range(count)]
    found = {"since": "2025-01-01", "orders": 60, "tried": 3}
    rows = [[first.pk, second.pk, 20, 20, 273, 140] for first, second in pairwise(models)]
    Behaviour.objects.update(spread=SPREAD, coming=COMING, together=found | {"pairs": rows})
    grouped(sari.workshop, "best", count, 1_000_000)
    # session, user, person; all together, and what only this page asks
    for address, more in (("coming-again/", 0), ("largest/", 1), ("paying/", 3), ("together/", 1)):
        seen(client, sari, address)
        with django_assert_num_queries(4 + more):
            client.get(HERE + address)
