"""Recommendations on the desk."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.crm.models import Recommender, Referral
from simpul.parties.models import Party, Person
from simpul.portals.workshop.tests.test_gateways import freshly
from simpul.workflow.models import journal_of

PAGE = "/ciomas/desk/customers/referrals/"


def held(buyer: Party, name: str = "Anugerah") -> Referral:
    code = Recommender.begin(by=testing.contact_of(buyer), party=buyer).code
    friend = testing.party(buyer.workshop, name)
    return Referral.note(
        by=buyer.workshop.machine, friend=friend, code=code, how="link", flags=["number", "many"]
    )


@pytest.mark.parametrize("many", [1, 4])
def test_what_waits_for_a_look_stands_first_with_its_reasons(
    client: Client,
    sari: Person,
    buyer: Party,
    django_assert_num_queries: DjangoAssertNumQueries,
    many: int,
) -> None:
    for turn in range(many):
        held(buyer, f"Anugerah {turn}")
    testing.login(client, sari)

    # session, user, person; counts by state; the page's count and rows
    with django_assert_num_queries(6):
        text = client.get(PAGE).text

    assert text.count("the same telephone number") == many
    assert "Toko Dewi" in text


def test_it_is_approved_or_not(client: Client, sari: Person, buyer: Party) -> None:
    first, second = held(buyer), held(buyer, "Berkah")
    testing.login(client, sari)

    client.post(f"{PAGE}{first.pk}/approval/")
    client.post(f"{PAGE}{second.pk}/voiding/", {"reason": "adik sendiri"})

    assert list(Referral.objects.order_by("pk").values_list("status", flat=True)) == [
        "approved", "void",
    ]  # fmt: skip
    assert "adik sendiri" in client.get(PAGE, {"status": "void"}).text


def test_who_recommended_whom_is_carried_away_by_who_keeps_the_parties(
    client: Client, sari: Person, fajar: Person, buyer: Party
) -> None:
    held(buyer)
    freshly(client, fajar)
    assert "as=csv" not in client.get(PAGE).text
    assert client.get(f"{PAGE}?as=csv").status_code == 403

    freshly(client, sari)
    assert "Anugerah" in client.get(f"{PAGE}?as=csv").text
    assert journal_of(buyer.workshop).get().facts == {"name": "recommendations", "rows": 1}


def test_somebody_elses_is_not_found(client: Client, sari: Person, joko: Person) -> None:
    theirs = held(testing.party(joko.workshop, "Toko Jauh"))
    testing.login(client, sari)

    assert client.post(f"{PAGE}{theirs.pk}/approval/").status_code == 404
    assert client.get(f"{PAGE}{theirs.pk}/voiding/").status_code == 404
