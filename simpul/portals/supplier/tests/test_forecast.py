from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.catalog.models import Material
from simpul.parties.models import Party, Person

PAGE = "/ciomas/supply/forecast/"


@pytest.fixture
def portal(client: Client, budi: Person) -> Client:
    testing.login(client, budi)
    return client


def sell(supplier: Party) -> None:
    for material in Material.objects.filter(workshop=supplier.workshop):
        testing.supplier_price(supplier, material)


def test_it_says_about_how_much_and_nothing_of_whom_it_is_for(
    portal: Client, buyer: Party, supplier: Party
) -> None:
    order = testing.needy_order(buyer)
    sell(supplier)
    testing.party(supplier.workshop, "Kulit Saing", is_supplier=True)
    product = order.lines.get().colourway.product

    text = portal.get(PAGE).content.decode()

    assert "about 35" in text
    secrets = [order.number, order.code, buyer.name, product.code, product.name, "Kulit Saing"]
    for secret in secrets:
        assert secret not in text
    main = text[text.index("<main") : text.index("</main>")]
    assert ">32<" not in main  # the exact quantity
    assert ">40<" not in main  # a size
    assert "/orders/" not in main


def test_the_workshop_switches_it_off(
    client: Client, supplier: Party, budi: Person, sari: Person
) -> None:
    testing.login(client, sari)
    client.post(f"/ciomas/desk/parties/{supplier.pk}/tone/", {"prefers": "", "is_reminded": "on"})
    testing.login(client, budi)

    assert client.get(PAGE).status_code == 404
    assert PAGE not in client.get("/ciomas/supply/").content.decode()


def test_a_buyer_is_not_asked_about_it(client: Client, buyer: Party, sari: Person) -> None:
    testing.login(client, sari)

    page = client.get(f"/ciomas/desk/parties/{buyer.pk}/tone/").content.decode()

    assert "sees_forecast" not in page


@testing.counts_questions
@pytest.mark.parametrize("orders", [1, 8])
def test_it_costs_the_same_for_any_number_of_orders(
    portal: Client,
    buyer: Party,
    supplier: Party,
    orders: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _order in range(orders):
        testing.needy_order(buyer)
    sell(supplier)

    # session, user, person; reorder points; needs, materials, lines of recipes, what may be taken
    # instead, lines, orders, buyers,
    # instalments, colourways, products; free, on order, coming; ordered here; what is sold
    with django_assert_num_queries(20):
        assert portal.get(PAGE).status_code == 200
