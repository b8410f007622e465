"""The table of routes on the desk, and a shipment opened by it."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.delivery.models import Package, Route, Shipment
from simpul.parties.models import Party, Person, Workshop
from simpul.parties.roles import Role

TABLE = "/ciomas/desk/deliveries/routes/"
TYPED = {"name": "Ciomas – Garut", "mode": "cargo", "kg_fee": "3.500", "divisor": "5000"}


@pytest.fixture
def desk(client: Client, rina: Person) -> Client:
    testing.login(client, rina)
    return client


def test_a_route_is_written_down_and_changed(desk: Client) -> None:
    assert desk.post(f"{TABLE}new/", TYPED)["Location"] == TABLE

    route = Route.objects.get()
    assert (route.kg_fee, route.fee, route.divisor, route.days) == (3_500, 0, 5_000, None)
    page = f"{TABLE}{route.pk}/"
    assert page in desk.get(TABLE).text
    assert 'value="5000"' in desk.get(page).text

    desk.post(page, TYPED | {"days": "0", "fee": "10.000"})

    route.refresh_from_db()
    assert (route.fee, route.days) == (10_000, 0)
    desk.post(f"{page}dropping/")
    assert page not in desk.get(TABLE).text
    assert desk.get(page).status_code == 404


@pytest.mark.parametrize("wrong", [{"name": ""}, {"grace": "1000"}, {"days": "-1"}, {"fee": "x"}])
def test_what_cannot_be_is_asked_again(desk: Client, wrong: dict[str, str]) -> None:
    assert desk.post(f"{TABLE}new/", TYPED | wrong).status_code == 422
    assert not Route.objects.exists()


def test_a_name_that_stands_already_is_said_at_the_name(desk: Client, workshop: Workshop) -> None:
    testing.route(workshop, "Ciomas – Garut")

    answer = desk.post(f"{TABLE}new/", TYPED)

    assert answer.status_code == 422
    assert "There is a route of this name already." in answer.text
    assert Route.objects.count() == 1


def test_a_chosen_route_fills_in_what_may_be_typed_otherwise(desk: Client, buyer: Party) -> None:
    order = testing.packed_order(buyer)
    route = testing.route(buyer.workshop)
    path = f"/ciomas/desk/orders/{order.number}/shipment/"
    assert f"?route={route.pk}" in desk.get(path).text
    assert "The weight is not known yet" in desk.get(f"{path}?route={route.pk}").text
    Package.objects.update(weight=4_700)

    page = desk.get(f"{path}?route={route.pk}").text
    assert 'value="55,000"' in page
    assert 'value="Ciomas – Bandung"' in page
    assert "The weight is not known yet" not in page

    typed = {"mode": "cargo", "route": "Ciomas – Bandung", "fee": "50.000", "days": "3"}
    desk.post(f"{path}?route={route.pk}", typed)

    made = Shipment.objects.get()
    assert (made.tariff, made.proposed, made.fee, made.days) == (route, 55_000, 50_000, 3)
    shown = desk.get(f"/ciomas/desk/deliveries/{made.number}/").text.replace("\xa0", " ")
    assert "Rp 50,000" in shown
    assert "Rp 55,000" in shown


def test_the_way_to_the_buyers_area_comes_first(desk: Client, buyer: Party) -> None:
    Party.objects.filter(pk=buyer.pk).update(area="Kota Bandung, Jawa Barat")
    order = testing.packed_order(buyer)
    far = testing.route(buyer.workshop, "A", area="Garut")
    near = testing.route(buyer.workshop, "B", area="bandung")

    page = desk.get(f"/ciomas/desk/orders/{order.number}/shipment/").text

    assert 0 < page.index(f"?route={near.pk}") < page.index(f"?route={far.pk}")


def test_a_foreign_or_dropped_route_is_not_chosen(desk: Client, buyer: Party, rina: Person) -> None:
    order = testing.packed_order(buyer)
    other = testing.workshop("cibaduyut")
    dropped = testing.route(buyer.workshop)
    dropped.drop(by=rina)

    for pk in (testing.route(other).pk, dropped.pk, "x"):
        path = f"/ciomas/desk/orders/{order.number}/shipment/?route={pk}"
        assert 'value="cargo" selected' not in desk.get(path).text


def test_another_workshop_finds_nothing(client: Client, workshop: Workshop) -> None:
    route = testing.route(workshop)
    testing.login(client, testing.staff("Joko", testing.workshop("cibaduyut"), Role.OWNER))

    assert client.get(f"/cibaduyut/desk/deliveries/routes/{route.pk}/").status_code == 404
    assert client.post(f"/cibaduyut/desk/deliveries/routes/{route.pk}/dropping/").status_code == 404
    assert route.name not in client.get("/cibaduyut/desk/deliveries/routes/").text


@testing.counts_questions
@pytest.mark.parametrize("count", [1, 20])
def test_the_pages_cost_the_same_for_any_number(
    desk: Client, buyer: Party, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    order = testing.packed_order(buyer)
    for number in range(count):
        testing.route(buyer.workshop, f"Ciomas – {number}")
    sending = f"/ciomas/desk/orders/{order.number}/shipment/"
    desk.get(TABLE)
    desk.get(sending)

    with django_assert_num_queries(4):  # session, user, person; routes
        desk.get(TABLE)
    # session, user, person; order, instalments, packages, lines, sizes, variants, colours, models;
    # routes; the workshop's own area; what waits for the same door
    with django_assert_num_queries(14):
        desk.get(sending)
