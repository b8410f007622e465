"""The tally on the desk, and the same for the buyer."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from simpul import testing
from simpul.conversations.models import Message
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person
from simpul.payments import agreement
from simpul.payments.models import Tick
from simpul.payments.tally import party_tally

OCTOBER = datetime(2026, 10, 12, 10, tzinfo=clock.WIB)
BOTH = ("/ciomas/desk/parties/{pk}/tally/?month=2026-10", "/ciomas/my/tally/?month=2026-10")


@pytest.fixture
def order(buyer: Party, sari: Person) -> Order:
    with clock.stopped(OCTOBER):
        testing.account(buyer.workshop)
        made = testing.order(buyer)
        agreement.confirm(made, by=sari)
        testing.pay(made, 600_217)
    return made


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode().replace("\u00a0", " ")


@pytest.mark.parametrize("side", [0, 1])
def test_both_sides_read_the_same_equation(
    client: Client, order: Order, buyer: Party, fajar: Person, dewi: Person, side: int
) -> None:
    testing.login(client, (fajar, dewi)[side])
    page = text_of(client, BOTH[side].format(pk=buyer.pk))
    for figure in ("Rp 2,000,000", "Rp 600,217", "Rp 1,399,783"):
        assert figure in page


def test_an_orders_sheet_is_a_page_and_a_pdf(client: Client, order: Order, dewi: Person) -> None:
    testing.login(client, dewi)
    address = f"/ciomas/my/orders/{order.number}/tally"
    assert "Rp 1,399,783" in text_of(client, f"{address}/")
    answer = client.get(f"{address}.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_what_is_not_agreed_on_has_no_sheet(client: Client, buyer: Party, dewi: Person) -> None:
    testing.login(client, dewi)
    number = testing.order(buyer).number
    assert client.get(f"/ciomas/my/orders/{number}/tally/").status_code == 404


def test_a_month_is_ticked_from_its_page(
    client: Client, order: Order, buyer: Party, dewi: Person
) -> None:
    testing.login(client, dewi)
    digest = party_tally(buyer, OCTOBER.date().replace(day=1)).digest
    assert digest in text_of(client, BOTH[1])

    answer = client.post("/ciomas/my/tally/2026-10/tick/", {"digest": digest})

    assert answer["Location"] == BOTH[1]
    assert Tick.objects.get().by == dewi
    assert digest not in text_of(client, BOTH[1])  # no button any more


def test_old_figures_are_refused_and_nothing_is_ticked(
    client: Client, order: Order, dewi: Person
) -> None:
    testing.login(client, dewi)
    assert client.post("/ciomas/my/tally/2026-10/tick/", {"digest": "x"}).status_code == 409
    assert not Tick.objects.exists()


@pytest.mark.parametrize("month", ["2999-01", "2026-13", "x", "1999-01"])
def test_no_such_month(client: Client, dewi: Person, month: str) -> None:
    testing.login(client, dewi)
    assert client.get(f"/ciomas/my/tally/?month={month}").status_code == 404


def test_a_buyer_says_what_does_not_tally(
    client: Client, order: Order, buyer: Party, sari: Person, dewi: Person
) -> None:
    testing.login(client, dewi)
    client.post("/ciomas/my/tally/2026-10/question/", {"body": "Saya bayar 700.000"})

    assert "Saya bayar 700.000" in Message.objects.get().body
    testing.login(client, sari)
    desk = f"/ciomas/desk/parties/{buyer.pk}/"
    assert "Saya bayar 700.000" in text_of(client, desk)
    client.post(f"{desk}messages/", {"body": "Kami periksa."})
    testing.login(client, dewi)
    assert "Kami periksa." in text_of(client, BOTH[1])


def test_an_empty_question_keeps_the_page(client: Client, order: Order, dewi: Person) -> None:
    testing.login(client, dewi)
    assert client.post("/ciomas/my/tally/2026-10/question/", {"body": ""}).status_code == 422
    assert not Message.objects.exists()


def test_receivables_show_who_is_behind_and_give_a_sheet(
    client: Client, order: Order, buyer: Party, fajar: Person
) -> None:
    order.instalments.update(due_on=clock.today() - timedelta(days=40))
    testing.login(client, fajar)

    page = text_of(client, "/ciomas/desk/payments/receivables/")
    assert buyer.name in page
    assert "Rp 1,399,783" in page
    assert buyer.name not in text_of(client, "/ciomas/desk/payments/receivables/?q=zzz")
    sheet = text_of(client, "/ciomas/desk/payments/receivables/?as=csv").splitlines()
    assert sheet[1] == f"{buyer.name},0,0,1399783,0,0,1399783,0"


def test_another_party_and_another_workshop_find_nothing(
    client: Client, order: Order, buyer: Party, siti: Person, joko: Person
) -> None:
    testing.login(client, siti)
    assert client.get(f"/ciomas/my/orders/{order.number}/tally/").status_code == 404
    assert "600,217" not in text_of(client, BOTH[1])
    testing.login(client, joko)
    assert client.get(f"/cibaduyut/desk/parties/{buyer.pk}/tally/").status_code == 404
