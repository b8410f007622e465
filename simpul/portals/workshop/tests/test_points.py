"""Points on the desk."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.crm import loyalty
from simpul.crm.models import PointLot, PointRules, Tier, TierTerms, Voucher, VoucherUse, balance_of
from simpul.orders.models import Order
from simpul.parties.models import Party, Person, Workshop
from simpul.portals.workshop.tests.test_gateways import freshly

PAGE = "/ciomas/desk/customers/points/"
RULES: dict[str, Any] = {
    "is_on": "on", "starts_on": "2026-01-01", "wholesale_per": "10.000", "retail_per": "",
    "worth": "500", "most_percent": "50", "valid_days": "365", "warn_days": "30",
    "referral_most": "5", "referral_days": "30", "for_recommender": "100",
    "tiers-TOTAL_FORMS": "2", "tiers-INITIAL_FORMS": "0",
    "tiers-0-name": "Emas", "tiers-0-least": "5.000.000", "tiers-0-percent": "5",
    "tiers-1-name": "", "tiers-1-least": "",
}  # fmt: skip


def test_the_owner_decides_on_the_rules(client: Client, owner: Person, workshop: Workshop) -> None:
    testing.login(client, owner)

    assert client.post(f"{PAGE}rules/", RULES)["Location"] == PAGE

    workshop.refresh_from_db()
    rules = PointRules.of(workshop)
    assert workshop.gives_points
    assert (rules.wholesale_per, rules.retail_per, rules.worth) == (10_000, 0, 500)
    assert list(Tier.objects.values_list("name", "least", "percent")) == [("Emas", 5_000_000, 5)]


def test_a_tier_needs_a_sum_and_what_was_typed_stays(
    client: Client, owner: Person, workshop: Workshop
) -> None:
    testing.login(client, owner)
    answer = client.post(f"{PAGE}rules/", RULES | {"tiers-1-name": "Perak"})

    assert answer.status_code == 422
    assert "A tier has a name and begins at a sum." in answer.text
    assert 'value="Perak"' in answer.text
    assert not PointRules.objects.exists()


@pytest.mark.parametrize("orders", [1, 3])
def test_the_ledger_costs_the_same_however_long_it_is(
    client: Client,
    owner: Person,
    sari: Person,
    buyer: Party,
    workshop: Workshop,
    django_assert_num_queries: DjangoAssertNumQueries,
    orders: int,
) -> None:
    PointRules.decide(by=owner, is_on=True, wholesale_per=10_000)
    workshop.refresh_from_db()
    for _turn in range(orders):
        testing.delivered_order(buyer)
    loyalty.settle(workshop, Order.objects.all())
    testing.login(client, sari)

    # session, user, person; what is owed and by which rules; count and lines
    with django_assert_num_queries(8):
        answer = client.get(PAGE)

    assert answer.text.count("+200") == orders
    assert f"{200 * orders:,}" in answer.text


def test_the_ledger_is_found_by_buyer_and_kind_and_given_as_a_sheet(
    client: Client, owner: Person, fajar: Person, buyer: Party
) -> None:
    other = testing.party(buyer.workshop, "Toko Lain")
    for party, points in ((buyer, 71), (other, 82)):
        PointLot.give(by=owner, party=party, points=points, expires_on=None, note="=1")
    PointLot.objects.get(points=82).void(by=owner, reason="x")
    freshly(client, fajar)
    assert "as=csv" not in client.get(PAGE).text
    assert client.get(PAGE, {"as": "csv"}).status_code == 403
    freshly(client, owner)

    found = client.get(PAGE, {"q": "lain", "kind": "gift"}).text
    assert "+82" in found
    assert "+71" not in found
    lines = client.get(PAGE, {"as": "csv"}).text.lstrip("\ufeff").splitlines()
    assert lines[0] == "Day,Buyer,What,Order,Points,Note,By"
    assert [line.split(",")[4] for line in lines[1:]] == ["-82", "82", "71"]
    assert "'=1" in lines[-1]


def test_the_owner_gives_and_takes_back(client: Client, owner: Person, buyer: Party) -> None:
    testing.login(client, owner)
    mine = f"{PAGE}buyers/{buyer.pk}/"
    client.post(f"{mine}gift/", {"points": "40", "note": "pameran"})
    assert balance_of(buyer) == 40

    lot = PointLot.objects.get()
    assert "pameran" in client.get(mine).text
    client.post(f"{PAGE}{lot.pk}/voiding/", {"reason": "salah"})
    assert balance_of(buyer) == 0


def test_somebody_elses_points_are_not_found(client: Client, owner: Person, joko: Person) -> None:
    theirs = testing.party(joko.workshop)
    lot = PointLot.give(by=joko, party=theirs, points=1, expires_on=None, note="x")
    testing.login(client, owner)

    assert client.get(f"{PAGE}buyers/{theirs.pk}/").status_code == 404
    assert client.post(f"{PAGE}{lot.pk}/voiding/", {"reason": "x"}).status_code == 404


def test_an_offer_proposes_what_the_tier_brings(
    client: Client, owner: Person, sari: Person, buyer: Party
) -> None:
    testing.delivered_order(buyer)
    tiers = TierTerms("Emas", 2_000_000, 5)
    PointRules.decide(by=owner, is_on=True, tiers=[tiers])
    order = testing.order(buyer)
    testing.login(client, sari)

    page = client.get(f"/ciomas/desk/orders/{order.number}/offer/").text
    assert "Emas: 5 % of the goods is proposed as discount." in page
    assert 'name="discount" value="100,000"' in page
    page = client.get(f"/ciomas/desk/orders/{order.number}/confirmation/").text
    assert "Emas brings 5 % off in an offer: Rp\xa0100,000." in page

    Voucher.issue(by=sari, code="X", amount=30_000)
    VoucherUse.make(by=testing.contact_of(buyer), order=order, code="X")
    page = client.get(f"/ciomas/desk/orders/{order.number}/offer/").text
    assert "Emas: 5 % of the goods is proposed as discount." in page
    assert 'name="discount" value="130,000"' in page

    decided = Order.objects.for_page().get(pk=order.pk)
    testing.offer(decided, discount=50_000, plan=[testing.full(1_850_000)])
    page = client.get(f"/ciomas/desk/orders/{order.number}/offer/").text
    assert "is proposed as discount" not in page
    assert 'name="discount" value="50,000"' in page


def test_a_tier_that_only_brings_free_freight_is_said_as_that(
    client: Client, owner: Person, sari: Person, buyer: Party
) -> None:
    tiers = [TierTerms("Perak", 0, 0, is_freight_free=True)]
    PointRules.decide(by=owner, is_on=True, tiers=tiers)
    order = testing.order(buyer)
    testing.login(client, sari)

    page = client.get(f"/ciomas/desk/parties/{buyer.pk}/").text
    assert "<dd>Perak · free freight</dd>" in page
    page = client.get(f"/ciomas/desk/orders/{order.number}/confirmation/").text
    assert "Their tier is not in it" in page
    assert "Perak brings free freight" in page
    assert "% off" not in page


def test_who_is_in_no_tier_is_confirmed_without_a_word_of_it(
    client: Client, owner: Person, sari: Person, buyer: Party
) -> None:
    PointRules.decide(by=owner, is_on=True, tiers=[TierTerms("Emas", 2_000_000, 5)])
    order = testing.order(buyer)
    testing.login(client, sari)

    page = client.get(f"/ciomas/desk/orders/{order.number}/confirmation/").text
    assert "Their tier is not in it" not in page
