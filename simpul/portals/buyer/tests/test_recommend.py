"""Recommend us: the buyer's own link."""

from __future__ import annotations

from django.test import Client

from simpul import testing
from simpul.crm import referrals
from simpul.crm.models import PointRules, Recommender, Referral
from simpul.parties.models import Party, Person

PAGE = "/ciomas/my/recommend/"


def decide(owner: Person) -> None:
    PointRules.decide(by=owner, is_on=True, for_recommender=10, for_friend=5)
    owner.workshop.refresh_from_db()


def test_the_link_is_made_once_the_first_order_is_done(
    client: Client, buyer: Party, dewi: Person, owner: Person
) -> None:
    decide(owner)
    testing.login(client, dewi)
    assert "Not yet" in client.get(PAGE).text
    assert client.post(PAGE).status_code == 409
    assert not Recommender.objects.exists()

    testing.delivered_order(buyer)
    assert "Get my link" in client.get(PAGE).text
    assert client.post(PAGE)["Location"] == PAGE

    text = client.get(PAGE).text
    assert f"/ciomas/?from={Recommender.objects.get().code}" in text
    assert "https://wa.me/?text=" in text
    assert "<svg" in text


def test_it_says_how_many_came_and_not_who(
    client: Client, buyer: Party, dewi: Person, owner: Person
) -> None:
    decide(owner)
    testing.delivered_order(buyer)
    code = referrals.begin(buyer, by=dewi).code
    friend = testing.party(buyer.workshop, "Grosir Rahasia")
    referrals.refer(friend, by=buyer.workshop.machine, code=code, typed=False)
    testing.confirmed_order(friend)
    testing.login(client, dewi)

    text = " ".join(client.get(PAGE).text.split())
    assert "<dt>Registered</dt><dd>1</dd>" in text
    assert "<dt>Ordered</dt><dd>1</dd>" in text
    assert "<dt>Rewarded</dt><dd>0</dd>" in text
    assert "Rahasia" not in text


def test_where_nothing_is_given_there_is_no_page(client: Client, dewi: Person) -> None:
    testing.login(client, dewi)
    assert client.get(PAGE).status_code == 404


def test_a_friend_may_type_the_code_with_the_first_order(
    client: Client, buyer: Party, dewi: Person, owner: Person
) -> None:
    decide(owner)
    testing.delivered_order(buyer)
    code = referrals.begin(buyer, by=dewi).code
    friend = testing.party(buyer.workshop, "Anugerah")
    order = testing.order(friend)
    testing.login(client, testing.person("Ani", friend))
    page = f"/ciomas/my/points/orders/{order.number}/"

    client.post(page, {"code": code})
    assert Referral.objects.get().how == "code"
    assert "We have noted already" in client.post(page, {"code": code}).text
