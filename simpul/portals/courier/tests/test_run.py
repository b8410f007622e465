from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.delivery.models import Load, Shipment, Status
from simpul.lib import clock
from simpul.lib.places import Spot
from simpul.parties.models import Party, Person

PAGE = "/ciomas/courier/run/"
NEAR, FAR = Spot(-6_600_000, 106_760_000), Spot(-6_600_000, 106_790_000)


@pytest.fixture
def phone(client: Client, asep: Person) -> Client:
    asep.workshop.spot = Spot(-6_600_000, 106_750_000)
    asep.workshop.save()
    testing.login(client, asep)
    return client


@pytest.fixture
def far(buyer: Party, asep: Person) -> Shipment:
    return testing.accepted_shipment(buyer, asep, spot=FAR)


@pytest.fixture
def near(far: Shipment, buyer: Party, asep: Person) -> Shipment:
    return testing.accepted_shipment(buyer, asep, spot=NEAR)


def order_on_the_page(page: str, *shipments: Shipment) -> list[str]:
    numbers = [one.number for one in shipments]
    return sorted(numbers, key=lambda number: page.index(f'data-number="{number}"'))


def test_the_stops_are_drawn_and_lead_to_the_telephones_own_map(
    phone: Client, far: Shipment, near: Shipment
) -> None:
    page = phone.get(PAGE).text

    assert order_on_the_page(page, far, near) == [near.number, far.number]
    assert "About 8.8 km as the crow flies" in page
    assert 'role="img" aria-label="A drawing of the run' in page
    assert "https://www.google.com/maps/search/?api=1&amp;query=-6.600000%2C106.760000" in page


def test_a_stop_without_a_spot_is_looked_up_by_its_words(
    phone: Client, buyer: Party, asep: Person
) -> None:
    testing.accepted_shipment(buyer, asep)

    page = phone.get(PAGE).text

    assert "1 stop has no place on the map" in page
    assert "query=Jl.%20Raya%20Ciomas%207%2C%20Ciomas%2C%20Bogor" in page
    assert "<polyline" not in page


def test_the_arrows_work_as_plain_forms(phone: Client, far: Shipment, near: Shipment) -> None:
    answer = phone.post(f"{PAGE}{far.number}/", {"before": near.number})

    assert answer["Location"] == f"{PAGE}?moved={far.number}"
    page = phone.get(PAGE).text
    assert order_on_the_page(page, far, near) == [far.number, near.number]
    assert "You put the stops in this order." in page

    assert phone.post(f"{PAGE}proposal/")["Location"] == PAGE
    assert order_on_the_page(phone.get(PAGE).text, far, near) == [near.number, far.number]


def test_only_the_courier_himself_puts_his_stops(
    client: Client, far: Shipment, near: Shipment, buyer: Party
) -> None:
    ujang = testing.person("Ujang", testing.party(buyer.workshop, "Ujang", is_courier=True))
    testing.login(client, ujang)

    assert far.number not in client.get(PAGE).text
    answer = client.post(f"{PAGE}{far.number}/", {"before": near.number})
    assert answer.status_code == 404
    assert client.post(f"{PAGE}proposal/").status_code == 302
    assert not Shipment.objects.exclude(stop=None).exists()


def test_a_telephone_may_keep_it_for_half_a_day(phone: Client, near: Shipment) -> None:
    until = int(phone.get(PAGE)["Keep-Until"])
    assert 0 <= until - clock.now().timestamp() - 12 * 3600 + 1 < 60
    assert PAGE in phone.get("/ciomas/courier/").text


@testing.counts_questions
@pytest.mark.parametrize("count", [1, 10])
def test_it_costs_the_same_for_any_number(
    phone: Client,
    buyer: Party,
    courier: Party,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    order = testing.confirmed_order(buyer, spot=NEAR)
    for number in range(count):
        shipment = Shipment.objects.create(
            workshop=buyer.workshop,
            buyer=buyer,
            number=f"KRM-{number}",
            mode="ojek",
            status=Status.PICKED_UP,
            courier=courier,
        )
        Load.objects.create(shipment=shipment, order=order)
    phone.get(PAGE)

    # session, user, person; stops, their packages, their orders
    with django_assert_num_queries(6):
        phone.get(PAGE)
