"""Whoever comes by a buyer's link is noted when registering, days later, too."""

from __future__ import annotations

import pytest
from django.test import Client

from simpul import testing
from simpul.crm import referrals
from simpul.crm.models import PointRules, Recommender, Referral
from simpul.parties.models import Party, Person
from simpul.portals.storefront.tests.test_registration import register


@pytest.fixture
def recommender(buyer: Party, dewi: Person, owner: Person) -> Recommender:
    testing.delivered_order(buyer)
    PointRules.decide(by=owner, is_on=True, for_recommender=10)
    buyer.workshop.refresh_from_db()
    return referrals.begin(buyer, by=dewi)


def test_the_code_of_the_link_waits_in_the_form(client: Client, recommender: Recommender) -> None:
    answer = client.get("/ciomas/", {"from": recommender.code.lower()})
    cookie = answer.cookies["simpul_from"]
    assert (cookie.value, cookie["path"], cookie["httponly"]) == (
        recommender.code,
        "/ciomas/",
        True,
    )

    assert f'value="{recommender.code}"' in client.get("/ciomas/register/").text
    register(client, code=recommender.code)
    referral = Referral.objects.get()
    assert (referral.recommender, referral.how) == (recommender, "link")


def test_who_comes_by_a_code_reads_what_it_brings(
    client: Client, recommender: Recommender, owner: Person
) -> None:
    english = {"accept-language": "en"}
    assert "once your first order" not in client.get("/ciomas/register/", headers=english).text

    PointRules.decide(by=owner, is_on=True, for_recommender=10, for_friend=75)

    text = client.get("/ciomas/register/", headers=english).text
    assert "You get 75 points once your first order is delivered and paid." in text


def test_a_typed_code_counts_and_a_wrong_one_does_no_harm(
    client: Client, recommender: Recommender
) -> None:
    register(client, code="ABCDEF")
    assert not Referral.objects.exists()
    typed = f"{recommender.code[:3]} {recommender.code[3:].lower()}"
    register(
        client, code=typed, telephone="0813-2222-3333", email="b@example.com", name="Sepatu Kita"
    )
    assert Referral.objects.get().how == "code"


def test_nobody_is_asked_where_nothing_is_given(client: Client, buyer: Party) -> None:
    assert "Code of whoever recommended us" not in client.get("/ciomas/register/").text
    assert "simpul_from" not in client.get("/ciomas/", {"from": "<script>"}).cookies
