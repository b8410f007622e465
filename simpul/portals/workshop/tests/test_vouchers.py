"""Vouchers on the desk."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.crm.models import Voucher, VoucherUse
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person
from simpul.portals.workshop.tests.test_gateways import freshly
from simpul.workflow.models import journal_of

PAGE = "/ciomas/desk/customers/vouchers/"


def new(client: Client, **words: str) -> Any:
    facts = {"code": "lebaran 27", "amount": "50.000", "from_on": clock.today().isoformat()}
    return client.post(f"{PAGE}new/", facts | words)


def test_sales_gives_one(client: Client, sari: Person) -> None:
    testing.login(client, sari)

    assert new(client, least="1.000.000", times="3")["Location"] == PAGE

    voucher = Voucher.objects.get()
    assert (voucher.code, voucher.amount, voucher.least, voucher.times) == (
        "LEBARAN27", 50_000, 1_000_000, 3,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"amount": ""}, "Say what it takes off"),
        ({"until_on": "2020-01-01"}, "It would end before it begins."),
        ({"code": "TWICE"}, "There is a voucher of this code already."),
        ({"code": "<b>"}, "A code has only letters and digits."),
    ],
)
def test_what_is_wrong_is_said_and_stays(
    client: Client, sari: Person, words: dict[str, str], said: str
) -> None:
    Voucher.issue(by=sari, code="TWICE", amount=1)
    testing.login(client, sari)

    answer = new(client, **words)

    assert answer.status_code == 422
    assert said in answer.text
    assert Voucher.objects.count() == 1


@pytest.mark.parametrize("many", [1, 5])
def test_the_list_costs_the_same_however_long_it_is(
    client: Client, sari: Person, django_assert_num_queries: DjangoAssertNumQueries, many: int
) -> None:
    for turn in range(many):
        Voucher.issue(by=sari, amount=1_000 + turn)
    testing.login(client, sari)

    # session, user, person; three counts; the page's count and rows
    with django_assert_num_queries(8):
        assert client.get(PAGE).text.count("End it") == many


def test_whose_they_are_is_carried_away_by_who_keeps_the_parties(
    client: Client, sari: Person, fajar: Person, buyer: Party
) -> None:
    Voucher.issue(by=sari, amount=1_000, party=buyer)
    freshly(client, fajar)
    assert "as=csv" not in client.get(PAGE).text
    assert client.get(PAGE, {"as": "csv"}).status_code == 403

    freshly(client, sari)
    assert buyer.name in client.get(PAGE, {"as": "csv"}).text
    assert journal_of(buyer.workshop).get().facts == {"name": "vouchers", "rows": 1}


def test_only_what_was_bought_with_points_gives_them_back(client: Client, sari: Person) -> None:
    given = Voucher.issue(by=sari, code="X", amount=50_000)
    bought = Voucher.issue(by=sari, code="Y", amount=50_000, party=testing.party(sari.workshop))
    Voucher.objects.filter(pk=bought.pk).update(origin=Voucher.Origin.POINTS)
    testing.login(client, sari)

    said = "The points it was bought with come back."
    assert said not in client.get(f"{PAGE}{given.pk}/voiding/").text
    assert said in client.get(f"{PAGE}{bought.pk}/voiding/").text


def test_it_is_used_for_a_buyer_on_the_telephone(
    client: Client, sari: Person, buyer: Party
) -> None:
    Voucher.issue(by=sari, code="X", amount=50_000)
    order = testing.order(buyer)
    testing.login(client, sari)
    page = f"{PAGE}orders/{order.number}/"

    assert "We know no voucher of this code" in client.post(page, {"code": "Y"}).text
    assert client.post(page, {"code": "x"})["Location"] == f"/ciomas/desk/orders/{order.number}/"
    assert Order.objects.get().total == 1_950_000


def test_one_that_was_ended_is_not_used(client: Client, sari: Person, buyer: Party) -> None:
    voucher = Voucher.issue(by=sari, code="X", amount=50_000)
    testing.login(client, sari)

    client.post(f"{PAGE}{voucher.pk}/voiding/", {"reason": "x"})

    page = f"{PAGE}orders/{testing.order(buyer).number}/"
    assert "This voucher is void." in client.post(page, {"code": "X"}).text
    assert not VoucherUse.objects.exists()


def test_somebody_elses_is_not_found(client: Client, sari: Person, joko: Person) -> None:
    theirs = Voucher.issue(by=joko, code="JOKO", amount=1)
    testing.login(client, sari)

    assert client.post(f"{PAGE}{theirs.pk}/voiding/", {"reason": "x"}).status_code == 404
    assert "JOKO" not in client.get(PAGE).text
