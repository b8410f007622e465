"""A package by the code on its label."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.delivery.models import Package, Shipment
from simpul.parties.models import Party, Person
from simpul.parties.roles import Role


@pytest.fixture
def desk(client: Client, rina: Person) -> Client:
    testing.login(client, rina)
    return client


@pytest.fixture
def shipment(buyer: Party, rina: Person) -> Shipment:
    return testing.shipment(buyer)


@pytest.fixture
def package(shipment: Shipment) -> Package:
    return shipment.packages.get(number=2)


def page_of(package: Package) -> str:
    return f"/ciomas/desk/packages/{package.code}/"


def test_the_code_leads_to_it_and_to_its_shipment(
    desk: Client, package: Package, shipment: Shipment
) -> None:
    page = desk.get(page_of(package)).text

    assert "Package 2" in page
    assert package.contents[0] in page
    assert f"/ciomas/desk/deliveries/{shipment.number}/" in page
    assert page_of(package) in desk.get(f"/ciomas/desk/deliveries/{shipment.number}/").text


def test_it_is_weighed_there(desk: Client, package: Package) -> None:
    path = f"{page_of(package)}weight/"
    typed = {"weight": "4.7", "length": "50", "width": "40.5", "height": "30"}

    assert desk.post(path, typed)["Location"] == page_of(package)

    package.refresh_from_db()
    assert (package.weight, package.length, package.width, package.height) == (4_700, 500, 405, 300)
    assert "50 × 40.5 × 30 cm" in desk.get(page_of(package)).text
    assert 'value="40.5"' in desk.get(path).text


@pytest.mark.parametrize(
    "typed",
    [
        {"weight": ""},
        {"weight": "0"},
        {"weight": "600"},
        {"weight": "heavy"},
        {"weight": "5", "length": "50"},
        {"weight": "5", "length": "50", "width": "301", "height": "30"},
        {"weight": "5", "length": "50", "width": "40", "height": "0"},
        {"weight": "5", "length": "0.05", "width": "40", "height": "30"},
    ],
)
def test_what_cannot_be_is_asked_again(
    desk: Client, package: Package, typed: dict[str, str]
) -> None:
    answer = desk.post(f"{page_of(package)}weight/", typed)

    assert answer.status_code == 422
    assert f'value="{typed["weight"]}"' in answer.text or not typed["weight"]
    package.refresh_from_db()
    assert (package.weight, package.length) == (None, None)


def test_a_carton_by_hand_is_weighed_at_once(desk: Client, buyer: Party) -> None:
    order = testing.needy_order(buyer)
    testing.shelve(order)
    size = order.lines.get().sizes.get(variant__size="40")
    path = f"/ciomas/desk/orders/{order.number}/packing/"

    assert desk.post(path, {f"size_{size.pk}": 3, "weight": "900"}).status_code == 422
    assert desk.post(path, {f"size_{size.pk}": 3, "weight": "2.9"}).status_code == 302

    assert Package.objects.get().weight == 2_900
    assert "2.9 kg" in desk.get(path).text


@pytest.mark.parametrize("sheet", ["100", "80", "58", "a4"])
def test_labels_are_printed(desk: Client, package: Package, shipment: Shipment, sheet: str) -> None:
    for path in (
        f"/ciomas/desk/deliveries/{shipment.number}/labels/{sheet}.pdf",
        f"{page_of(package)}labels/{sheet}.pdf",
    ):
        answer = desk.get(path)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        assert answer.content.startswith(b"%PDF")


def test_the_packing_list_is_printed(desk: Client, shipment: Shipment) -> None:
    answer = desk.get(f"/ciomas/desk/deliveries/{shipment.number}/packing-list.pdf")

    assert answer.content.startswith(b"%PDF")
    assert answer["Content-Disposition"] == f'inline; filename="{shipment.number}-koli.pdf"'


def test_without_a_package_or_a_sheet_there_is_nothing_to_print(
    desk: Client, package: Package, shipment: Shipment, rina: Person
) -> None:
    labels = f"/ciomas/desk/deliveries/{shipment.number}/labels/"
    assert desk.get(f"{labels}a5.pdf").status_code == 404

    shipment.cancel(by=rina)

    assert desk.get(page_of(package)).status_code == 200
    for path in (
        f"{labels}a4.pdf",
        f"{page_of(package)}labels/a4.pdf",
        f"/ciomas/desk/deliveries/{shipment.number}/packing-list.pdf",
    ):
        assert desk.get(path).status_code == 404


def test_another_workshop_finds_nothing(client: Client, package: Package) -> None:
    testing.login(client, testing.staff("Joko", testing.workshop("cibaduyut"), Role.OWNER))

    for page in ("", "weight/", "labels/80.pdf"):
        assert client.get(f"/cibaduyut/desk/packages/{package.code}/{page}").status_code == 404
        assert client.get(page_of(package) + page).status_code == 404


@testing.counts_questions
@pytest.mark.parametrize("packed", [1, 10])
def test_the_page_costs_the_same_for_any_package(
    desk: Client,
    buyer: Party,
    django_assert_num_queries: DjangoAssertNumQueries,
    packed: int,
) -> None:
    order = testing.needy_order(buyer)
    testing.shelve(order)
    testing.fill(order, packed)
    page = page_of(Package.objects.get(number=1))
    desk.get(page)

    # session, user, person; package, lines, sizes, variants, colours, models; journal
    with django_assert_num_queries(10):
        desk.get(page)
