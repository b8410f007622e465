"""The buyer's credit: seen, used, asked back."""

from __future__ import annotations

import pytest
from django.test import Client

from simpul import testing
from simpul.orders.models import Order
from simpul.parties.models import Party, Person
from simpul.payments.models import Refund, party_credit

MY = "/ciomas/my/"
ACCOUNT = {"bank": "BRI", "number": "1234-5678", "holder": "Dewi"}


@pytest.fixture
def order(buyer: Party, dewi: Person) -> Order:
    """Paid with 100.000 too much."""
    made = testing.confirmed_order(buyer)
    testing.pay(made, 2_100_000)
    return made


@pytest.fixture(autouse=True)
def _login(client: Client, dewi: Person) -> None:
    testing.login(client, dewi)


def test_it_is_seen(client: Client, order: Order) -> None:
    assert f"{MY}credit/" in client.get(MY).text
    text = client.get(f"{MY}credit/").text
    assert "100.000" in text or "100,000" in text
    assert order.number in text


def test_its_lines_come_in_pages(
    client: Client, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simpul.portals.buyer.credit.A_PAGE", 2)
    testing.pay(order, 70_000)

    newest, oldest = (client.get(f"{MY}credit/?page={page}").text for page in (1, 99))

    assert "70,000" in newest
    assert "2,100,000" not in newest
    assert "2,100,000" in oldest
    assert 'rel="next"' in newest
    assert 'rel="next"' not in oldest


def test_it_pays_another_order(client: Client, order: Order, buyer: Party) -> None:
    other = testing.confirmed_order(buyer)
    assert f"{MY}credit/use/" in client.get(f"{MY}orders/{other.number}/payment/").text
    first = other.instalments.get(position=1)

    client.post(f"{MY}credit/use/", {f"part-{first.pk}": "100.000"})

    first.refresh_from_db()
    assert first.paid == 100_000
    assert party_credit(buyer) == 0


def test_it_is_asked_back_and_withdrawn(client: Client, order: Order, buyer: Party) -> None:
    assert client.post(f"{MY}credit/refund/", {"amount": "50.000"}).status_code == 422
    client.post(f"{MY}credit/refund/", {"amount": "50.000", **ACCOUNT})

    asked = Refund.objects.get()
    assert (asked.amount, asked.number) == (50_000, "12345678")
    assert party_credit(buyer) == 50_000
    client.post(f"{MY}credit/refunds/{asked.pk}/withdrawal/")
    assert party_credit(buyer) == 100_000


def test_not_somebody_elses(client: Client, order: Order, siti: Person) -> None:
    asked = Refund.request(by=testing.contact_of(order.buyer), party=order.buyer, amount=5)
    testing.login(client, siti)

    assert client.post(f"{MY}credit/refunds/{asked.pk}/withdrawal/").status_code == 404
    assert order.number not in client.get(f"{MY}credit/").text
    asked.refresh_from_db()
    assert asked.status == "requested"
