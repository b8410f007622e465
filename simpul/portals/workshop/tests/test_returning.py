from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.insight.models import BuyerOutlook, BuyingOutlook
from simpul.parties.models import Party, Person, Workshop
from simpul.portals.workshop.tests.test_gateways import freshly
from simpul.workflow.models import journal_of

PAGE = "/ciomas/desk/customers/returning/"
TESTED = {
    "first": "2026-03-01",
    "days": ["2026-02-01", "2026-05-01", "2026-08-29"],
    "sums": [90, 110, 134],
    "expected_sums": [88.2, 107.6, 129.4],
    "ordered": 44,
    "expected": 41.3,
    "repeated": 60,
    "is_better": False,
    "rows": [[0, 12, 0.25, 0.31], [7, 3, 6.5, 5.9]],
}


def judged(workshop: Workshop, count: int = 3, *, model: str = "MBG/NBD") -> list[Party]:
    """So many distributors, the last with most at stake; with chances where there is a model."""
    BuyingOutlook.objects.create(
        workshop=workshop,
        buys_as="distributor",
        as_of=date(2026, 8, 30),
        model=model,
        buyers=count,
        repeat_buyers=2,
        expected=40.6 if model else None,
        least=31 if model else None,
        most=52 if model else None,
        tested=TESTED if model else {},
    )
    chances = {"alive": 0.3, "alive_low": 0.2, "alive_high": 0.42, "expected": 1.26}
    found = [testing.party(workshop, f"Toko {at}") for at in range(count)]
    for at, one in enumerate(found):
        BuyerOutlook.objects.create(
            buyer=one,
            workshop=workshop,
            buys_as="distributor",
            last_on=date(2026, 6, 30),
            orders=9,
            waited=61 if at else 20,
            usual=24,
            gaps=8,
            longer=0.04 if at else 0.6,
            stake=1_000_000 * at,
            **(
                chances | {"least": 0, "most": 4, "worth": 250_000, "lifetime": 1_750_000}
                if model
                else {}
            ),
        )
    return found


def test_the_silence_is_told_in_words(client: Client, workshop: Workshop, sari: Person) -> None:
    judged(workshop, model="")
    testing.login(client, sari)
    shown = client.get(PAGE).content.decode()
    assert "orders every 24 days; now 61; of 100 such gaps only 4 would be this long" in shown
    assert "orders every 24 days; now 20" in shown
    assert "Chances need 30 buyers who have ordered again; 2 have." in shown
    assert shown.index("Toko 2") < shown.index("Toko 1") < shown.index("Toko 0")


def test_chances_are_told_with_their_certainty(
    client: Client, workshop: Workshop, sari: Person
) -> None:
    judged(workshop)
    testing.login(client, sari)
    shown = client.get(PAGE).content.decode()
    assert '30% <span class="nowrap">(20 to 42%)</span>' in shown
    assert "about 1.3; 0 to 4" in shown
    assert (
        "<strong>41 orders</strong> can be expected; in 95 of 100 cases between 31 and 52" in shown
    )


def test_the_back_test_says_whom_to_believe(
    client: Client, workshop: Workshop, sari: Person
) -> None:
    judged(workshop)
    testing.login(client, sari)
    shown = client.get(PAGE).content.decode()
    assert "it would have foretold 41 orders; 44 came" in shown
    assert "believe that more" in shown
    assert "7 times or more" in shown
    assert "0.31" in shown
    assert "<figure>" in shown
    assert "Repeat orders, foretold and come" in shown
    assert "1 Feb\xa02026" not in shown  # the table has what the model did not know
    lines = client.get(f"{PAGE}?list=tested&as=csv").content.decode("utf-8-sig").splitlines()
    assert [line.replace(";", ",") for line in lines[1:]] == [
        "2026-02-01,90,88,no",
        "2026-05-01,110,108,yes",
        "2026-08-29,134,129,yes",
    ]


def test_one_looks_for_the_overdue(client: Client, workshop: Workshop, sari: Person) -> None:
    judged(workshop)
    testing.login(client, sari)
    shown = client.get(f"{PAGE}?shown=overdue").content.decode()
    assert "Toko 2" in shown
    assert "Toko 0" not in shown
    assert "Nobody fits" in client.get(f"{PAGE}?shown=gone&q=Medan").content.decode()
    assert "Nobody is judged yet" in client.get(f"{PAGE}?kind=consumer").content.decode()


@pytest.mark.parametrize(("who", "sees"), [("sari", False), ("fajar", True)])
def test_what_orders_leave_is_for_those_who_see_the_books(
    client: Client, workshop: Workshop, request: pytest.FixtureRequest, who: str, sees: bool
) -> None:
    judged(workshop)
    testing.login(client, request.getfixturevalue(who))
    shown = client.get(PAGE).content.decode()
    assert ("250.000" in shown or "250,000" in shown) is sees
    assert ("1.750.000" in shown or "1,750,000" in shown) is sees


def test_the_file_has_the_same_rows(client: Client, workshop: Workshop, sari: Person) -> None:
    judged(workshop)
    freshly(client, sari)
    lines = client.get(f"{PAGE}?shown=overdue&as=csv").content.decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert lines[1].startswith("Toko 2")


def test_it_is_carried_away_by_who_keeps_the_parties_and_stands_in_the_journal(
    client: Client, workshop: Workshop, sari: Person, owner: Person, fajar: Person
) -> None:
    judged(workshop)
    freshly(client, fajar)
    assert 'href="?as=csv"' not in client.get(PAGE).text
    assert client.get(f"{PAGE}?as=csv").status_code == 403
    assert not journal_of(workshop).exists()
    freshly(client, sari)
    assert "250000" not in client.get(f"{PAGE}?as=csv").text  # what is left, for who sees the books
    assert journal_of(workshop).get().facts == {"name": "returning", "rows": 3}
    freshly(client, owner)
    assert "250000" in client.get(f"{PAGE}?as=csv").text


def test_who_was_merged_into_another_is_not_listed(
    client: Client, workshop: Workshop, sari: Person, buyer: Party
) -> None:
    twin = judged(workshop)[2]
    Party.objects.filter(pk=twin.pk).update(merged_into=buyer)
    testing.login(client, sari)
    assert "Toko 2" not in client.get(PAGE).content.decode()


@pytest.mark.parametrize("count", [1, 10])
def test_the_page_costs_the_same_for_any_number(
    client: Client,
    workshop: Workshop,
    sari: Person,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    judged(workshop, count)
    testing.login(client, sari)
    client.get(PAGE)
    # session, user, workshop and person; outlook, counts, number, rows
    with django_assert_num_queries(7):
        client.get(PAGE)
