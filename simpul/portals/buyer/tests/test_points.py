"""The buyer's own points."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.crm import loyalty
from simpul.crm.models import PointLot, PointRules, TierTerms
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person, Workshop

PAGE = "/ciomas/my/points/"


@pytest.mark.parametrize("orders", [1, 3])
def test_what_came_what_it_is_worth_and_until_when(
    client: Client,
    owner: Person,
    buyer: Party,
    dewi: Person,
    workshop: Workshop,
    django_assert_num_queries: DjangoAssertNumQueries,
    orders: int,
) -> None:
    tiers = [TierTerms("Emas", 10_000_000, 5)]
    PointRules.decide(by=owner, is_on=True, tiers=tiers, wholesale_per=10_000, worth=500)
    workshop.refresh_from_db()
    made = [testing.delivered_order(buyer) for _turn in range(orders)]
    loyalty.settle(workshop, Order.objects.all())
    testing.login(client, dewi)

    # session, user, person; what is left; rules; tier: orders, tiers; lines: count, rows; vouchers
    with django_assert_num_queries(10):
        text = client.get(PAGE).text.replace("\xa0", " ")

    assert text.count(">+200</strong>") == orders
    assert f"worth Rp {100_000 * orders:,} of goods" in text
    assert f"Rp {10_000_000 - 2_000_000 * orders:,} more for Emas" in text
    assert made[0].number in text
    assert str(clock.in_days(365).year) in text


def test_what_earns_a_point_is_said_and_nothing_is_promised_where_none_does(
    client: Client, owner: Person, buyer: Party, dewi: Person
) -> None:
    tiers = [TierTerms("Emas", 10_000_000, 5)]
    PointRules.decide(by=owner, is_on=True, tiers=tiers, wholesale_per=100_000, worth=500)
    testing.login(client, dewi)
    text = client.get(PAGE).text.replace("\xa0", " ")
    assert "One point for every Rp 100,000 of goods" in text
    assert "A point takes Rp 500 off an order" in text
    assert "No points yet" in text

    PointRules.decide(by=owner, is_on=True, tiers=tiers, wholesale_per=0)

    text = client.get(PAGE).text
    assert "One point for every" not in text
    assert "No points yet" not in text
    assert "more for Emas" in text


def test_nobody_sees_the_points_of_another(
    client: Client, owner: Person, buyer: Party, siti: Person
) -> None:
    PointRules.decide(by=owner, is_on=True)
    PointLot.give(by=owner, party=buyer, points=12_345, expires_on=None, note="rahasia")
    testing.login(client, siti)

    text = client.get(PAGE).text
    assert "12,345" not in text
    assert "No points yet" in text


def test_where_no_points_are_given_there_is_no_page(client: Client, dewi: Person) -> None:
    testing.login(client, dewi)

    assert client.get(PAGE).status_code == 404
    assert PAGE not in client.get("/ciomas/my/").text
