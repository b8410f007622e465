"""The cash book and the closing of the day, as finance uses them."""

from __future__ import annotations

import csv

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.orders.models import Order
from simpul.parties.models import Party, Person
from simpul.payments.models import CashBox, CashHanding, Collection, DayClosing

BOOK = "/ciomas/desk/payments/cashbook/"
NEW = f"{BOOK}closings/new/"


@pytest.fixture
def order(buyer: Party) -> Order:
    return testing.confirmed_order(buyer)


@pytest.fixture(autouse=True)
def _paid(client: Client, order: Order, fajar: Person) -> None:
    testing.pay(order, 1_000_000)
    testing.login(client, fajar)


def close(by: Person, counted: int, reason: str = "") -> DayClosing:
    expected = CashBox.of(by.workshop_id).expected_sen
    return DayClosing.close(by=by, counted=counted, expected_sen=expected, reason=reason)


def test_finance_counts_and_closes(client: Client) -> None:
    page = client.get(NEW).content.decode()
    assert 'name="expected" value="100000000"' in page

    answer = client.post(NEW, {"expected": "100000000", "piece_100000": "10", "key": "k"})

    made = DayClosing.objects.get()
    assert (answer.status_code, answer.url) == (302, f"{BOOK}closings/{made.pk}/")  # type: ignore[attr-defined]
    assert (made.counted, made.pieces) == (1_000_000, {"100000": 10})
    assert client.get(answer.url).status_code == 200  # type: ignore[attr-defined]


def test_a_difference_is_asked_for_its_reason(client: Client) -> None:
    posted = {"expected": "100000000", "counted": "995.000"}
    answer = client.post(NEW, posted)
    assert answer.status_code == 422
    assert not DayClosing.objects.exists()

    client.post(NEW, posted | {"reason": "Parkir"})
    assert DayClosing.objects.get().difference_sen == -500_000


def test_cash_that_came_meanwhile_shows_the_new_sum(client: Client, order: Order) -> None:
    testing.pay(order, 50_000)

    answer = client.post(NEW, {"expected": "100000000", "counted": "1.000.000", "reason": "x"})

    assert answer.status_code == 422
    assert 'name="expected" value="105000000"' in answer.content.decode()


def test_the_book_is_searched_and_filtered(client: Client, order: Order, fajar: Person) -> None:
    close(fajar, 995_000, "Parkir")

    def shown(query: str) -> tuple[bool, bool]:
        page = client.get(f"{BOOK}?{query}").content.decode()
        return order.number in page, "Parkir" in page

    assert shown("") == (True, True)
    assert shown("kind=difference") == (False, True)
    assert shown("kind=in") == (True, False)
    assert shown("q=parkir") == (False, True)
    assert client.get(f"{BOOK}?month=2999-01").status_code == 404


def test_the_sheet_has_rupiah(client: Client, order: Order, fajar: Person) -> None:
    close(fajar, 995_000, "=Parkir")

    rows = list(csv.reader(client.get(f"{BOOK}?as=csv").content.decode().splitlines()))

    assert rows[0] == ["Day", "What", "With", "Orders", "Text", "In", "Out", "Balance", "Counted"]
    assert rows[1][3:] == [order.number, "", "1000000", "0", "1000000", ""]
    assert rows[2][4:] == ["'=Parkir", "0", "5000", "995000", "995000"]


def test_closings_that_differ_are_found(client: Client, order: Order, fajar: Person) -> None:
    close(fajar, 995_000, "Parkir")
    testing.pay(order, 50_000)
    close(fajar, 1_045_000)

    page = client.get(f"{BOOK}closings/?shown=difference").content.decode()
    assert page.count(f"{BOOK}closings/") - page.count(f"{BOOK}closings/new/") >= 2
    assert "Parkir" in page
    assert "1.045.000" not in page


@pytest.mark.parametrize("path", [f"{BOOK}closings/", BOOK])
def test_many_closings_need_no_more_queries(
    client: Client,
    order: Order,
    fajar: Person,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    path: str,
) -> None:
    close(fajar, 1_000_000)
    with django_assert_max_num_queries(40) as few:
        client.get(path)
    for _time in range(5):
        testing.pay(order, 10_000)
        close(fajar, CashBox.of(fajar.workshop_id).expected_sen // 100)
    with django_assert_max_num_queries(len(few)):
        client.get(path)


def test_cash_that_a_courier_has_is_no_surprise_at_night(
    client: Client, order: Order, asep: Person, machine: Person
) -> None:
    asked = Collection.ask(by=machine, order=order, courier=asep.party, amount=100_000)
    asked.collect(by=asep, amount=100_000)
    assert "Cash that couriers still have</a>: 1" in client.get(NEW).content.decode()

    CashHanding.hand(by=asep, courier=asep.party, said=100_000)
    page = client.get(NEW).content.decode()
    assert "Cash that couriers still have</a>: none" in page
    assert "Cash handed over and not counted yet</a>: 1" in page
