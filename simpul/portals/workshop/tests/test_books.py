"""The books, on the desk."""

from __future__ import annotations

import pytest
from django.test import Client

from simpul import testing
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person
from simpul.payments import agreement
from simpul.payments.models import Purpose, Receipt

BOOKS = "/ciomas/desk/books/"


@pytest.fixture
def receipt(buyer: Party, sari: Person, fajar: Person) -> Receipt:
    testing.account(buyer.workshop)
    order: Order = testing.order(buyer)
    agreement.confirm(order, by=sari)
    return Receipt.take_cash(by=fajar, order=order, amount=600_000)


@pytest.mark.parametrize(
    "page", ["", "profit/", "balance/", "margins/", "stock/", "turnover/", "accounts/1110/"]
)
@pytest.mark.parametrize("period", ["month", "quarter", "year"])
def test_every_page_shows_every_period(
    client: Client, receipt: Receipt, viewer: Person, page: str, period: str
) -> None:
    testing.login(client, viewer)
    answer = client.get(f"{BOOKS}{page}?period={period}&day={clock.today().isoformat()}")

    assert answer.status_code == 200
    assert client.get(f"{BOOKS}{page}?period=week&day=nonsense").status_code == 200


def test_the_stock_is_worth_what_was_paid_on_average(
    client: Client, buyer: Party, supplier: Party, rina: Person, owner: Person
) -> None:
    purchase = testing.confirmed_purchase(supplier, testing.needy_order(buyer))
    purchase.receive(by=rina, goods={line: (line.quantity, 0) for line in purchase.lines.all()})
    testing.login(client, owner)
    page = client.get(f"{BOOKS}stock/").text

    assert "32 sq ft" in page  # at 40.000
    assert "Rp\xa040,000" in page
    assert "Rp\xa01,280,000" in page
    assert "No material" in client.get(f"{BOOKS}stock/?period=month&day=2025-01-01").text


def test_the_ledger_leads_to_the_document(client: Client, receipt: Receipt, fajar: Person) -> None:
    made = Purpose.of_cash(by=fajar, kind="rent", amount=-100_000, words="Ruko")
    testing.login(client, fajar)
    page = client.get(f"{BOOKS}accounts/1110/").text

    for path in (f"payments/receipts/{receipt.pk}/", f"payments/out/purposes/{made.pk}/"):
        assert f'href="/ciomas/desk/{path}"' in page
        assert client.get(f"/ciomas/desk/{path}").status_code == 200
    assert "Rp\xa0500,000" in page  # what lies in the box


@pytest.mark.parametrize("form", ["csv", "xlsx", "beancount"])
def test_the_books_are_taken_along(
    client: Client, receipt: Receipt, owner: Person, form: str
) -> None:
    testing.login(client, owner)
    answer = client.get(f"{BOOKS}simpul.{form}?period=year")

    assert answer["Content-Disposition"].endswith(f'.{form}"')
    assert len(answer.content) > 100


def test_there_are_no_books_for_others(
    client: Client, receipt: Receipt, sari: Person, joko: Person
) -> None:
    testing.login(client, sari)
    for page in ("", "profit/", "stock/", "accounts/1110/", "simpul.csv"):
        assert client.get(f"{BOOKS}{page}").status_code == 404
    testing.login(client, joko)
    assert client.get(BOOKS).status_code == 404


def test_no_such_account(client: Client, receipt: Receipt, owner: Person) -> None:
    testing.login(client, owner)

    assert client.get(f"{BOOKS}accounts/9999/").status_code == 404
