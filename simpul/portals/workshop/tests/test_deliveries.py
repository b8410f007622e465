from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.conversations.models import Conversation, Message
from simpul.delivery.models import Handover, Load, Package, Shipment, Status
from simpul.lib import clock
from simpul.orders.models import LineSize, Order
from simpul.parties.models import Party, Person, Workshop
from simpul.parties.roles import Role
from simpul.ui.jinja import day_long

DESK = "/ciomas/desk/deliveries/"


@pytest.fixture
def desk(client: Client, rina: Person) -> Client:
    testing.login(client, rina)
    return client


@pytest.fixture
def order(buyer: Party) -> Order:
    """Ten finished pairs, 4 of 40 and 6 of 41."""
    order = testing.needy_order(buyer)
    testing.shelve(order)
    return order


def of_order(order: Order, page: str) -> str:
    return f"/ciomas/desk/orders/{order.number}/{page}/"


def page_of(shipment: Shipment) -> str:
    return f"{DESK}{shipment.number}/"


def photo() -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "brown").save(buffer, "PNG")
    return SimpleUploadedFile("pintu.png", buffer.getvalue())


def test_what_is_to_pack_and_to_send_stands_there(desk: Client, order: Order) -> None:
    page = desk.get(DESK).text
    assert of_order(order, "packing") in page
    assert of_order(order, "shipment") not in page

    desk.post(of_order(order, "packing/filling"), {"pairs": 10})

    page = desk.get(DESK).text
    assert of_order(order, "packing") not in page
    assert of_order(order, "shipment") in page


def test_one_carton_by_hand(desk: Client, order: Order) -> None:
    size = LineSize.objects.get(variant__size="40")
    assert "4" in desk.get(of_order(order, "packing")).text

    assert desk.post(of_order(order, "packing"), {f"size_{size.pk}": 3}).status_code == 302

    assert Package.objects.get().pairs == 3
    assert "40 ×3" in desk.get(of_order(order, "packing")).text


@pytest.mark.parametrize("pairs", ["", "0", "5", "-1", "two"])
def test_what_does_not_fit_is_asked_again(desk: Client, order: Order, pairs: str) -> None:
    size = LineSize.objects.get(variant__size="40")

    assert desk.post(of_order(order, "packing"), {f"size_{size.pk}": pairs}).status_code == 422
    assert desk.post(of_order(order, "packing/filling"), {"pairs": "0"}).status_code == 422
    assert not Package.objects.exists()


def test_unpacking(desk: Client, order: Order) -> None:
    desk.post(of_order(order, "packing/filling"), {"pairs": 10})

    desk.post(of_order(order, "packages/1/unpacking"))

    assert Package.objects.get().unpacked_at is not None


def test_a_shipment_is_opened(desk: Client, buyer: Party) -> None:
    order = testing.packed_order(buyer)
    assert desk.get(of_order(order, "shipment")).status_code == 200

    answer = desk.post(
        of_order(order, "shipment"), {"mode": "ojek", "route": "Ciomas – Bogor", "fee": "35.000"}
    )

    shipment = Shipment.objects.get()
    assert answer["Location"] == page_of(shipment)
    assert (shipment.fee, shipment.packages.count()) == (35_000, 2)


def test_couriers_are_asked_and_links_stand_ready(
    desk: Client, buyer: Party, courier: Party, asep: Person
) -> None:
    shipment = testing.shipment(buyer)
    path = f"{page_of(shipment)}offer/"
    assert courier.name in desk.get(path).text
    assert desk.post(path, {"hours": 2}).status_code == 422

    answer = desk.post(path, {"couriers": [courier.pk], "fee": "40.000", "hours": 2})

    assert answer["Location"] == page_of(shipment)
    assert shipment.offers.get().fee == 40_000
    assert "/l/" in desk.get(page_of(shipment)).text


def test_a_supplier_or_a_foreign_courier_cannot_be_asked(
    desk: Client, buyer: Party, supplier: Party, joko: Person
) -> None:
    shipment = testing.shipment(buyer)
    foreign = testing.party(joko.workshop, "Ojek Joko", is_courier=True)

    for party in (supplier, foreign):
        answer = desk.post(
            f"{page_of(shipment)}offer/", {"couriers": [party.pk], "fee": "1", "hours": 2}
        )
        assert answer.status_code == 422
    assert not shipment.offers.exists()


def test_note_hand_over_delivery(desk: Client, buyer: Party, asep: Person) -> None:
    shipment = testing.accepted_shipment(buyer, asep)
    assert desk.post(f"{page_of(shipment)}note/").status_code == 302
    assert f"SJ-{clock.today().year}-0001" in desk.get(page_of(shipment)).text
    assert desk.get(f"{page_of(shipment)}hand-over/").status_code == 200
    assert desk.post(f"{page_of(shipment)}hand-over/", {"count": 3}).status_code == 422
    assert desk.post(f"{page_of(shipment)}hand-over/", {"count": 2}).status_code == 302
    shipment.pick_up(by=asep, count=2)
    assert desk.get(f"{page_of(shipment)}delivery/").status_code == 200

    said = {"receiver": "Bu Dewi", "count": 2, "told_on": clock.today().isoformat()}
    assert desk.post(f"{page_of(shipment)}delivery/", said).status_code == 422  # no proof
    answer = desk.post(f"{page_of(shipment)}delivery/", said | {"photo": photo()})

    assert answer["Location"] == page_of(shipment)
    proof = Handover.objects.get(kind=Handover.Kind.DELIVERED)
    assert (proof.told_on, proof.proof) == (clock.today(), "photo")
    shown = desk.get(f"{page_of(shipment)}photos/{proof.pk}/")
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    assert "sandbox" in shown["Content-Security-Policy"]


def test_a_day_before_it_left_is_said_at_the_field_and_what_was_typed_stays(
    desk: Client, buyer: Party, asep: Person
) -> None:
    shipment = testing.shipment_on_the_way(buyer, asep)
    typed = {"receiver": "Bu Dewi", "count": 2, "pin": shipment.pin, "told_on": clock.in_days(-3)}

    answer = desk.post(f"{page_of(shipment)}delivery/", typed)

    assert answer.status_code == 422
    assert f"It can have been on {day_long(clock.today())} at the earliest." in answer.text
    assert 'value="Bu Dewi"' in answer.text
    assert not Handover.objects.filter(kind=Handover.Kind.DELIVERED).exists()


def test_a_wrong_pin_says_how_many_tries_are_left(desk: Client, buyer: Party, asep: Person) -> None:
    shipment = testing.shipment_on_the_way(buyer, asep)
    wrong = "1111" if shipment.pin != "1111" else "2222"
    typed = {"receiver": "Bu Dewi", "count": 2, "pin": wrong, "told_on": clock.today()}

    answer = desk.post(f"{page_of(shipment)}delivery/", typed)

    assert answer.status_code == 422
    assert "4" in answer.text
    assert Shipment.objects.get().pin_tries_left == 4
    assert desk.post(f"{page_of(shipment)}delivery/", typed | {"pin": ""}).status_code == 422


def test_failure_and_homecoming(desk: Client, buyer: Party, asep: Person) -> None:
    shipment = testing.shipment_on_the_way(buyer, asep)
    assert desk.get(f"{page_of(shipment)}failure/").status_code == 200
    desk.post(f"{page_of(shipment)}failure/", {"reason": "nobody", "note": "sepi"})
    assert "sepi" in desk.get(page_of(shipment)).text
    assert desk.get(f"{page_of(shipment)}homecoming/").status_code == 200
    assert desk.post(f"{page_of(shipment)}homecoming/", {"count": 1}).status_code == 422
    desk.post(f"{page_of(shipment)}homecoming/", {"count": 2})

    assert Shipment.objects.get().status == Status.RETURNED
    assert desk.get(page_of(shipment)).status_code == 200
    assert desk.get(f"{page_of(shipment)}homecoming/").status_code == 409


def test_withdrawal_and_cancellation(desk: Client, buyer: Party, asep: Person) -> None:
    shipment = testing.accepted_shipment(buyer, asep)
    desk.post(f"{page_of(shipment)}withdrawal/")
    desk.post(f"{page_of(shipment)}cancellation/")

    assert Shipment.objects.get().status == Status.CANCELLED


def test_a_word_to_the_courier(desk: Client, buyer: Party, asep: Person) -> None:
    shipment = testing.accepted_shipment(buyer, asep)
    desk.post(f"{page_of(shipment)}messages/", {"body": "Lewat pintu belakang"})

    assert "Lewat pintu belakang" in desk.get(page_of(shipment)).text


def test_a_courier_who_asks_before_he_accepts_is_answered(
    desk: Client, buyer: Party, asep: Person, rina: Person
) -> None:
    shipment = testing.shipment(buyer)
    assert asep.party is not None
    shipment.offer(by=rina, couriers=[asep.party], expires_at=clock.now() + timedelta(hours=2))
    address = f"{page_of(shipment)}messages/"
    assert desk.post(address, {"body": "Halo?"}).status_code == 403
    Message.say(by=asep, conversation=Conversation.of(shipment, asep.party), body="Berapa koli?")

    text = desk.get(page_of(shipment)).text
    assert f'action="{address}?to={asep.party.pk}"' in text
    assert f"What you write goes to {asep.party}, who has not accepted." in text
    desk.post(f"{address}?to={asep.party.pk}", {"body": "Dua koli."})
    said = Message.objects.get(body="Dua koli.")
    assert (said.by, said.conversation.party) == (rina, asep.party)


def test_money_must_come_before_the_note(desk: Client, buyer: Party, asep: Person) -> None:
    shipment = testing.accepted_shipment(buyer, asep, paid=False)

    assert f"{page_of(shipment)}note/" not in desk.get(page_of(shipment)).text
    assert desk.post(f"{page_of(shipment)}note/").status_code == 409


def test_shipments_are_found(desk: Client, buyer: Party, asep: Person) -> None:
    shipment = testing.accepted_shipment(buyer, asep)
    for query in ("", "?q=Dewi", f"?q={shipment.number}", "?status=accepted", "?status=running"):
        assert page_of(shipment) in desk.get(f"{DESK}{query}").text
    for query in ("?q=nobody", "?status=delivered"):
        assert page_of(shipment) not in desk.get(f"{DESK}{query}").text


def test_who_may_not_pack_reads_what_is_ready(client: Client, order: Order, fajar: Person) -> None:
    testing.login(client, fajar)

    page = client.get(of_order(order, "packing")).text

    assert "40 ×4" in page.replace("</span>", "").replace('<span class="nowrap">', "")
    assert of_order(order, "packing/filling") not in page


def test_finance_looks_but_does_not_touch(client: Client, buyer: Party, fajar: Person) -> None:
    shipment = testing.shipment(buyer)
    testing.login(client, fajar)

    assert client.get(page_of(shipment)).status_code == 200
    assert client.get(f"{page_of(shipment)}offer/").status_code == 403
    for page in ("note/", "cancellation/"):
        assert client.post(page_of(shipment) + page).status_code == 403
    assert Shipment.objects.get().status == Status.OPEN


def test_another_workshop_finds_nothing(client: Client, buyer: Party) -> None:
    shipment = testing.shipment(buyer)
    workshop = testing.workshop("cibaduyut")
    testing.login(client, testing.staff("Joko", workshop, Role.OWNER))
    there = f"/cibaduyut/desk/deliveries/{shipment.number}/"

    for page in ("", "offer/", "hand-over/", "delivery/", "failure/", "homecoming/"):
        assert client.get(there + page).status_code == 404
        assert client.get(page_of(shipment) + page).status_code == 404
    for page in ("packing/", "shipment/"):
        path = f"/cibaduyut/desk/orders/{shipment.first_order.number}/{page}"
        assert client.get(path).status_code == 404
    assert client.post(f"{there}note/").status_code == 404


@testing.counts_questions
@pytest.mark.parametrize("count", [1, 10])
def test_the_list_costs_the_same_for_any_number(
    desk: Client,
    buyer: Party,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for number in range(count):
        order = testing.confirmed_order(buyer)
        made = Shipment.objects.create(
            workshop=buyer.workshop, buyer=buyer, number=f"KRM-{number}", mode="own"
        )
        Load.objects.create(shipment=made, order=order)
        Package.objects.create(order=order, number=1, by=testing.keeper(buyer.workshop))
        order.lines.get().sizes.update(made=1)
    desk.get(DESK)

    # session, user, person; counts, shipments, packages, offers, orders; the oldest that runs, to
    # pack; to send, money
    with django_assert_num_queries(12):
        desk.get(DESK)


@pytest.mark.parametrize(("pairs", "others"), [(10, 0), (1, 2)])
def test_a_shipment_costs_the_same_for_any_number_of_packages_and_orders(
    desk: Client,
    order: Order,
    rina: Person,
    django_assert_num_queries: DjangoAssertNumQueries,
    pairs: int,
    others: int,
) -> None:
    desk.post(of_order(order, "packing/filling"), {"pairs": pairs})
    along = [testing.packed_order(order.buyer) for _other in range(others)]
    shipment = Shipment.open(by=rina, orders=[order, *along], mode="own")
    desk.get(page_of(shipment))

    # beside the shipment and its parts: its tickets, its carrier, whether one can be asked, who is
    # asked next, and what its journal is of
    with django_assert_num_queries(25):
        desk.get(page_of(shipment))
    with django_assert_num_queries(12):
        desk.get(of_order(order, "packing"))


def test_a_second_circle_is_planned_and_shown(
    desk: Client, buyer: Party, courier: Party, asep: Person
) -> None:
    rival = testing.party(buyer.workshop, "Ojek Ujang", is_courier=True)
    shipment = testing.shipment(buyer)

    desk.post(
        f"{page_of(shipment)}offer/",
        {"couriers": courier.pk, "fee": "35.000", "hours": 2, "then": rival.pk, "minutes": 30}
        | {"then_fee": "50.000"},
    )

    page = desk.get(page_of(shipment)).text
    assert "Then, at the latest at" in page
    assert "in 2 hours" in page
    assert "Circle" not in page
    shipment.pass_on(by=asep)
    page = desk.get(page_of(shipment)).text
    first, second = page.index("Circle 1"), page.index("Circle 2")
    assert first < page.index("passed") < second < page.index("Ojek Ujang", second)
    assert [one.fee for one in shipment.offers.order_by("pk")] == [35_000, 50_000]


def test_what_waits_for_the_same_door_is_offered_to_go_along(
    desk: Client, order: Order, rina: Person, workshop: Workshop
) -> None:
    testing.fill(order, 5)
    along = testing.packed_order(order.buyer)
    waits = testing.packed_order(order.buyer, paid=False)
    elsewhere = testing.packed_order(testing.party(workshop, "Toko Lain"))
    path = of_order(order, "shipment")

    page = desk.get(path).text

    assert f'value="{along}" id="id_along_0" checked' in page
    assert f"{along} · 2 packages" in page
    assert f"{waits} · 2 packages · waits for money" in page
    assert f'value="{elsewhere}"' not in page
    assert desk.post(path, {"mode": "own", "along": [elsewhere.number]}).status_code == 422
    assert not Shipment.objects.exists()

    desk.post(path, {"mode": "own", "along": [along.number]})

    shipment = Shipment.objects.get()
    assert shipment.orders == [order, along]
    shown = desk.get(page_of(shipment)).text
    for one in (order, along):
        assert f"/desk/orders/{one}/" in shown
        assert shipment.number in desk.get(f"/ciomas/desk/orders/{one}/").text
    assert 'name="along"' not in desk.get(of_order(waits, "shipment")).text


def test_the_order_page_leads_here(desk: Client, order: Order) -> None:
    assert of_order(order, "packing") in desk.get(f"/ciomas/desk/orders/{order.number}/").text
