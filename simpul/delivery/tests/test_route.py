"""The table of routes: what it proposes, and what may be agreed otherwise."""

from __future__ import annotations

import pytest

from simpul import testing
from simpul.delivery.models import Package, Route, Shipment
from simpul.parties.models import Party, Person, Workshop
from simpul.parties.roles import Role
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, WrongState

CARTON = {"length": 680, "width": 420, "height": 360}  # of ten pairs


def package(weight: int | None, **sides: int) -> Package:
    return Package(number=1, weight=weight, **sides)


@pytest.mark.parametrize(
    ("weight", "sides", "divisor", "charged"),
    [
        (1_300, {}, 0, 1),
        (1_310, {}, 0, 2),
        (2_300, {}, 6_000, 2),
        (2_310, {}, 6_000, 3),
        (100, {}, 0, 1),
        (1_000, {"length": 330, "width": 200, "height": 120}, 6_000, 2),
        (9_500, CARTON, 6_000, 17),
        (9_500, CARTON, 0, 10),
        (20_000, CARTON, 6_000, 20),
    ],
)
def test_the_weight_charged(weight: int, sides: dict[str, int], divisor: int, charged: int) -> None:
    route = Route(kg_fee=3_000, divisor=divisor, grace=300)

    assert route.charged_kg([package(weight, **sides)]) == charged


def test_a_cargo_that_lets_nothing_pass(workshop: Workshop) -> None:
    route = Route(kg_fee=3_000, divisor=5_000)

    assert route.charged_kg([package(9_500, **CARTON)]) == 21  # 20,563
    assert route.charged_kg([package(9_500, **CARTON), package(1_000)]) == 22


def test_the_amounts_add_up() -> None:
    two = [package(9_000), package(8_200)]

    assert (
        Route(fee=25_000, package_fee=5_000, kg_fee=3_000).fee_for(two) == 25_000 + 10_000 + 54_000
    )
    assert Route(fee=75_000).fee_for(two) == 75_000
    assert Route(fee=75_000).fee_for([package(9_000)]) == 75_000


def test_without_a_weight_nothing_is_proposed_by_kg(shipment: Shipment) -> None:
    packages = list(shipment.packages.for_list())

    assert Route(fee=25_000, kg_fee=3_000).fee_for(packages) is None
    assert Route(fee=25_000, package_fee=1_000).fee_for(packages) == 27_000


def test_a_route_is_written_down_changed_and_dropped(workshop: Workshop, rina: Person) -> None:
    route = Route.add(by=rina, name="Ciomas – Bogor", mode="ojek", fee=35_000)
    route.change(by=rina, name="Ciomas – Bogor", mode="ojek", fee=40_000, days=0)

    found = Route.objects.standing().get()
    assert (found.name, found.mode, found.fee, found.days) == ("Ciomas – Bogor", "ojek", 40_000, 0)
    route.drop(by=rina)
    assert not Route.objects.standing().exists()
    steps = journal_of(route).values_list("step", flat=True)
    assert list(steps) == ["delivery.add_route", "delivery.change_route", "delivery.drop_route"]
    with pytest.raises(WrongState):
        route.drop(by=rina)
    with pytest.raises(WrongState):
        route.change(by=rina, name="x", mode="own")
    assert Route.add(by=rina, name="Ciomas – Bogor", mode="ojek").pk != route.pk


def test_a_name_stands_once(workshop: Workshop, rina: Person) -> None:
    testing.route(workshop)
    other = testing.route(workshop, "Ciomas – Garut")

    with pytest.raises(WrongState):
        testing.route(workshop)
    with pytest.raises(WrongState):
        other.change(by=rina, name="Ciomas – Bandung", mode="own")

    other.refresh_from_db()
    assert (other.name, Route.objects.count()) == ("Ciomas – Garut", 2)


def test_production_and_the_courier_may_not(workshop: Workshop, udin: Person, asep: Person) -> None:
    route = testing.route(workshop)
    for person in (udin, asep):
        with pytest.raises(NotAllowed):
            Route.add(by=person, name="x", mode="own")
        with pytest.raises(NotAllowed):
            route.change(by=person, name="x", mode="own")
        with pytest.raises(NotAllowed):
            route.drop(by=person)

    assert list(Route.objects.standing().values_list("name", flat=True)) == ["Ciomas – Bandung"]


def test_a_shipment_keeps_what_was_proposed_and_what_was_agreed(buyer: Party, rina: Person) -> None:
    order = testing.packed_order(buyer)
    for one in Package.objects.all():
        one.weigh(by=rina, weight=4_700)
    route = testing.route(buyer.workshop)

    made = Shipment.open(by=rina, orders=[order], mode="cargo", fee=50_000, days=3, tariff=route)
    route.change(by=rina, name=route.name, mode="cargo", fee=90_000)

    made.refresh_from_db()
    assert (made.tariff, made.proposed) == (route, 25_000 + 10 * 3_000)
    assert (made.fee, made.days) == (50_000, 3)


def test_a_route_of_another_workshop_is_none_of_ours(buyer: Party, rina: Person) -> None:
    order = testing.packed_order(buyer)
    other = testing.workshop("cibaduyut")
    testing.staff("joko", other, Role.OWNER)

    with pytest.raises(NotAllowed):
        Shipment.open(by=rina, orders=[order], mode="own", tariff=testing.route(other))

    assert not Shipment.objects.exists()
    assert not Route.objects.visible_to(rina).exists()
