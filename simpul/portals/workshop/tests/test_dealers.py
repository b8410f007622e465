from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.crm.models import DealerOrder, Dealing
from simpul.orders.models import Order
from simpul.parties.models import Address, Party, Person, Workshop

DEALERS = "/ciomas/desk/customers/dealers/"


@pytest.fixture
def client(client: Client, sari: Person) -> Client:
    """A browser in which Sari, who sells, has logged in."""
    testing.login(client, sari)
    return client


def test_a_dealer_is_added_and_let_go(client: Client, workshop: Workshop, buyer: Party) -> None:
    kiosk = testing.party(workshop, "Kios Padang", area="Padang")
    page = f"{DEALERS}{buyer.pk}/"
    assert f'href="{page}"' in client.get(f"{DEALERS}?q=Dewi").text
    assert "Kios Padang" in client.get(f"{page}?q=Padang").text

    assert client.post(page, {"dealer": kiosk.pk})["Location"] == page

    assert "Kios Padang" in client.get(DEALERS).text
    ring = client.post(f"{DEALERS}{kiosk.pk}/", {"dealer": buyer.pk})
    assert ring.status_code == 409
    dealing = Dealing.objects.get()
    assert '<dialog class="dialog" aria-label="End it?">' in client.get(page).text
    client.post(f"{DEALERS}ends/{dealing.pk}/")
    assert "Kios Padang" not in client.get(DEALERS).text
    assert "Kios Padang" in client.get(page).text


def test_an_order_for_a_dealer_is_taken_on_the_telephone(
    client: Client, workshop: Workshop, buyer: Party, sari: Person, dewi: Person
) -> None:
    kiosk = testing.party(workshop, "Kios Padang")
    address = Address.objects.create(party=kiosk, receiver="Uda", street="Pasar 3", area="Padang")
    dealing = Dealing.begin(by=sari, distributor=buyer, dealer=kiosk)
    product = testing.product(workshop)
    entry = f"/ciomas/desk/orders/new/{buyer.pk}/?dealer={dealing.pk}"
    assert f'href="{entry}"' in client.get(f"{DEALERS}{buyer.pk}/").text
    assert "Uda, Pasar 3, Padang" in client.get(entry).text
    pairs = {f"pairs-{product.colourways.get().pk}-40": "12"}
    facts = {"channel": "phone", "unit": "1", "place": str(address.pk)}

    page = client.post(entry, facts | pairs)["Location"]

    order = Order.objects.get()
    assert (order.buyer, order.receiver) == (buyer, "Uda")
    assert DealerOrder.objects.get().dealing == dealing
    assert "For Kios Padang" in client.get(page).text
    testing.login(client, dewi)
    mine = client.get(f"/ciomas/my/orders/{order.number}/").text
    assert "For Kios Padang" in mine
    assert f"?again={order.number}&amp;dealer={dealing.pk}" in mine

    dealing.end(by=sari)

    mine = client.get(f"/ciomas/my/orders/{order.number}/").text
    assert f"?again={order.number}&amp;dealer=" not in mine
    testing.login(client, sari)
    assert client.get(entry).status_code == 404
    other = testing.party(workshop, "Grosir Lain")
    assert client.get(entry.replace(f"{buyer.pk}/?", f"{other.pk}/?")).status_code == 404


def test_another_workshop_finds_nothing(
    client: Client, workshop: Workshop, buyer: Party, sari: Person, joko: Person
) -> None:
    dealing = Dealing.begin(by=sari, distributor=buyer, dealer=testing.party(workshop, "Kios"))
    testing.login(client, joko)

    page = "/cibaduyut/desk/customers/dealers/"
    assert client.get(f"{page}{buyer.pk}/").status_code == 404
    assert client.post(f"{page}ends/{dealing.pk}/").status_code == 404
    dealing.refresh_from_db()
    assert dealing.until is None


@testing.counts_questions
@pytest.mark.parametrize("many", [1, 9])
def test_the_tree_costs_the_same_for_any_number(
    client: Client, workshop: Workshop, buyer: Party, sari: Person,
    django_assert_num_queries: DjangoAssertNumQueries, many: int,
) -> None:  # fmt: skip
    for number in range(many):
        dealer = testing.party(workshop, f"Kios {number}")
        Dealing.begin(by=sari, distributor=buyer, dealer=dealer)
    page = f"{DEALERS}{buyer.pk}/"
    for address in (DEALERS, page):
        client.get(address)

    with django_assert_num_queries(6):
        client.get(DEALERS)
    with django_assert_num_queries(7):
        client.get(page)
