from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.catalog.models import PriceRule, Product
from simpul.crm.models import DealerOrder, Dealing
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Address, Party, Person, Workshop

MINE = "/ciomas/my/"


@pytest.fixture
def client(client: Client, dewi: Person) -> Client:
    """A browser in which Dewi, who owns the shop that buys, has logged in."""
    testing.login(client, dewi)
    return client


@pytest.fixture
def dealing(sari: Person, buyer: Party, workshop: Workshop) -> Dealing:
    Party.objects.filter(pk=buyer.pk).update(sends_in_own_name=True)
    buyer.refresh_from_db()
    kiosk = testing.party(workshop, "Kios Padang")
    Address.objects.create(party=kiosk, receiver="Uda", street="Pasar 3", area="Padang")
    return Dealing.begin(by=sari, distributor=buyer, dealer=kiosk)


def test_goods_are_ordered_straight_to_a_dealer(client: Client, dealing: Dealing) -> None:
    product = testing.product(dealing.workshop)
    assert "Kios Padang" in client.get(f"{MINE}dealers/").text
    new = f"{MINE}orders/new/?dealer={dealing.pk}"
    assert f'name="dealer" value="{dealing.pk}"' in client.get(new).text
    sizes = f"{new}&product={product.slug}"
    page = client.get(sizes).text
    assert "Uda, Pasar 3, Padang" in page
    assert 'name="in_buyers_name"' in page
    address = dealing.dealer.addresses.get()
    pairs = {f"pairs-{product.colourways.get().pk}-40": "12"}
    facts: dict[str, Any] = {"product": product.slug, "unit": "1", "place": str(address.pk)}

    answer = client.post(sizes, facts | pairs | {"in_buyers_name": "on"})

    order = Order.objects.get()
    assert answer["Location"] == f"{MINE}orders/{order.number}/"
    assert (order.buyer, order.receiver, order.in_buyers_name) == (
        dealing.distributor,
        "Uda",
        True,
    )
    assert DealerOrder.objects.get().dealing == dealing
    assert order.number in client.get(f"{MINE}dealers/{dealing.pk}/").text


def test_what_belongs_to_another_distributor_is_not_found(
    client: Client, dealing: Dealing, workshop: Workshop
) -> None:
    testing.login(client, testing.person("Tono", testing.party(workshop, "Grosir Lain")))

    assert client.get(f"{MINE}dealers/{dealing.pk}/").status_code == 404
    assert client.get(f"{MINE}orders/new/?dealer={dealing.pk}").status_code == 404
    assert "Kios Padang" not in client.get(f"{MINE}dealers/").text


def test_who_buys_through_him_no_more_is_ordered_for_no_more(
    client: Client, dealing: Dealing, sari: Person
) -> None:
    dealing.end(by=sari)

    assert client.get(f"{MINE}orders/new/?dealer={dealing.pk}").status_code == 404
    assert client.get(f"{MINE}dealers/{dealing.pk}/").status_code == 200


@testing.counts_questions
def test_the_pages_have_a_fixed_number_of_queries(
    client: Client, dealing: Dealing, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    page = f"{MINE}dealers/{dealing.pk}/"
    for _model in range(3):
        _advise(testing.product(dealing.workshop))
    for address in (f"{MINE}dealers/", page):
        client.get(address)

    with django_assert_num_queries(8):
        client.get(f"{MINE}dealers/")
    with django_assert_num_queries(5):
        client.get(page)


def _advise(product: Product) -> None:
    PriceRule.objects.create(
        product=product, group="dealer", amount=240_000, valid_from=clock.in_days(-1)
    )


def test_a_distributor_sees_what_his_dealers_may_pay_him(
    client: Client, dealing: Dealing, sari: Person
) -> None:
    _advise(testing.product(dealing.workshop))
    text = client.get(f"{MINE}dealers/").text.replace("\N{NO-BREAK SPACE}", " ")
    assert "Rp 200,000 a pair" in text
    assert "Rp 240,000 a pair" in text

    dealing.end(by=sari)

    assert "240,000" not in client.get(f"{MINE}dealers/").text


def test_a_dealer_sees_what_his_distributor_sees_and_ends_it(
    client: Client, dealing: Dealing, workshop: Workshop
) -> None:
    Party.objects.filter(pk=dealing.dealer_id).update(buys_as="consumer")
    dealing.dealer.refresh_from_db()
    testing.login(client, testing.person("Uda", dealing.dealer))
    assert "You buy through Toko Dewi" in client.get(MINE).text
    for page in ("dealers/", "addresses/"):
        text = client.get(f"{MINE}{page}").text
        assert "Toko Dewi sees your name and your addresses" in text
        assert "No dealers yet" not in text
    assert "Buy through Toko Dewi no more?" in client.get(f"{MINE}dealers/ending/").text

    answer = client.post(f"{MINE}dealers/ending/", {"key": "k" * 32})

    assert "Toko Dewi sees your addresses no more." in client.get(answer["Location"]).text
    assert "You buy through" not in client.get(MINE).text
    assert client.get(f"{MINE}dealers/ending/").status_code == 404
