"""Orders that will be late: a drafted message with a new day, and what the buyer can choose."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest
from django.test import Client

from simpul import testing
from simpul.insight.dates import outlook
from simpul.lib import clock
from simpul.orders.models import Amendment, Order
from simpul.parties.models import Party, Person

DESK = "/ciomas/desk/"


@pytest.fixture(autouse=True)
def _wednesday() -> Iterator[None]:
    with clock.stopped(datetime(2026, 11, 25, 9, tzinfo=clock.WIB)):
        yield


@pytest.fixture
def desk(client: Client, sari: Person) -> Client:
    testing.login(client, sari)
    return client


@pytest.fixture
def late(buyer: Party, dewi: Person) -> Order:
    """Ten pairs promised for 9 December, at one pair a day: ready on 16 December and packed a day later."""
    testing.hands(buyer.workshop, minutes=10)
    order = testing.needy_order(buyer)
    testing.fetch_material(order)
    return order


def words(text: str) -> str:
    return " ".join(text.split())


def read(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_today_counts_who_will_be_late(desk: Client, late: Order) -> None:
    assert "1 order will be late" in desk.get(DESK).text

    desk.post(f"{DESK}orders/{late.number}/delay/", {"promised_on": "2026-12-20", "note": "Maaf"})

    assert "order will be late" not in desk.get(DESK).text


def test_the_message_is_drafted_with_day_reason_and_choices(
    desk: Client, late: Order, dewi: Person
) -> None:
    Person.objects.filter(pk=dewi.pk).update(language="id")
    ready = outlook.of(late.workshop).of_order(late)
    assert ready is not None
    assert late.promised_on == date(2026, 12, 9)
    assert ready > late.promised_on

    text = words(desk.get(f"{DESK}orders/{late.number}/delay/").text)

    assert f'value="{ready.isoformat()}"' in text
    assert f"Pesanan {late.number} baru siap" in text  # in the buyer's language
    assert "9 Desember 2026" in text
    assert "LEATHER" not in text.partition("<textarea")[2].partition("</textarea>")[0]


def test_it_becomes_a_change_of_the_day_alone(desk: Client, late: Order) -> None:
    desk.post(f"{DESK}orders/{late.number}/delay/", {"promised_on": "2026-12-20", "note": "Maaf"})

    made = Amendment.objects.get()
    assert made.is_delay
    assert (made.revision.promised_on, made.revision.note) == (date(2026, 12, 20), "Maaf")
    assert Order.objects.get().promised_on == date(2026, 12, 9)


def test_the_buyer_agrees_and_has_what_is_ready_sent_first(
    client: Client, late: Order, sari: Person, dewi: Person
) -> None:
    testing.login(client, sari)
    client.post(f"{DESK}orders/{late.number}/delay/", {"promised_on": "2026-12-20", "note": "Maaf"})
    testing.login(client, dewi)
    page = f"/ciomas/my/orders/{late.number}/changes/2/"
    assert "send what is ready first" in client.get(page).text

    client.post(f"{page}acceptance/", {"in_parts": "1"})

    order = Order.objects.get()
    assert (order.promised_on, order.in_parts) == (date(2026, 12, 20), True)
    assert "What is ready is sent first: 5 pairs can go on 4 December 2026, the other 5 on" in read(
        client.get(f"/ciomas/my/orders/{late.number}/").text
    )
    testing.login(client, sari)
    page = read(client.get(f"{DESK}orders/{late.number}/").text)
    assert "wants what is ready" in page
    assert "By schedule 5 pairs can go on 4 December 2026, the other 5 on" in page


def test_nobody_is_told_of_parts_who_did_not_ask_for_them(
    client: Client, late: Order, dewi: Person
) -> None:
    testing.login(client, dewi)
    assert "can go on" not in read(client.get(f"/ciomas/my/orders/{late.number}/").text)


def test_the_buyer_changes_the_order_instead(
    client: Client, late: Order, sari: Person, dewi: Person
) -> None:
    testing.login(client, sari)
    client.post(f"{DESK}orders/{late.number}/delay/", {"promised_on": "2026-12-20", "note": "Maaf"})
    testing.login(client, dewi)
    page = f"/ciomas/my/orders/{late.number}/"

    answer = client.post(f"{page}changes/2/refusal/", {"reason": "x", "change": "1"})

    assert answer["Location"] == f"{page}change/"
    assert Amendment.objects.get().status == "refused"


def test_what_if_a_supplier_is_late_is_a_page(desk: Client, buyer: Party, supplier: Party) -> None:
    testing.hands(buyer.workshop)
    order = testing.needy_order(buyer)
    testing.confirmed_purchase(supplier, order)

    text = words(
        desk.get(f"{DESK}production/plan/what-if/?supplier_late={supplier.pk}&days=20").text
    )

    assert "1 of 1 running orders would be ready on another day" in text
    assert "21 days later" in text  # a Sunday lies between


def test_what_if_wants_one_thing(desk: Client, supplier: Party) -> None:
    page = f"{DESK}production/plan/what-if/"

    assert desk.get(page).status_code == 200
    assert desk.get(f"{page}?days=7").status_code == 422
    assert desk.get(f"{page}?supplier_late={supplier.pk}&days=0").status_code == 422
