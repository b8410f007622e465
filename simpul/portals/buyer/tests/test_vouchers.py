"""Points and vouchers, used by a buyer."""

from __future__ import annotations

from django.test import Client

from simpul import testing
from simpul.crm.models import PointLot, PointRules, Voucher, VoucherUse, balance_of
from simpul.orders.models import Order
from simpul.parties.models import Party, Person

PAGE = "/ciomas/my/points/"


def give(buyer: Party, owner: Person, points: int) -> None:
    PointRules.decide(by=owner, is_on=True, worth=1_000, most_percent=50)
    PointLot.give(by=owner, party=buyer, points=points, expires_on=None, note="x")


def test_points_become_a_voucher_that_stands_on_the_page(
    client: Client, buyer: Party, dewi: Person, owner: Person
) -> None:
    give(buyer, owner, 100)
    testing.login(client, dewi)

    assert client.post(f"{PAGE}exchange/", {"points": "101"}).status_code == 422
    assert client.post(f"{PAGE}exchange/", {"points": "40"})["Location"] == PAGE

    voucher = Voucher.objects.get()
    assert (voucher.amount, voucher.party, balance_of(buyer)) == (40_000, buyer, 60)
    text = client.get(PAGE).text
    assert text.count(voucher.code) >= 2  # among the vouchers, and where the points went


def test_points_come_off_an_order_that_waits(
    client: Client, buyer: Party, dewi: Person, owner: Person
) -> None:
    give(buyer, owner, 5_000)
    order = testing.order(buyer)
    testing.login(client, dewi)
    page = f"{PAGE}orders/{order.number}/"
    assert page in client.get(f"/ciomas/my/orders/{order.number}/").text

    assert "At most 1000 for this order." in client.get(page).text
    answer = client.post(page, {"points": "1001"})
    assert answer.status_code == 422
    assert "may take at most" in answer.text
    assert balance_of(buyer) == 5_000

    client.post(page, {"points": "600"})
    assert Order.objects.get().total == 1_400_000
    assert balance_of(buyer) == 4_400
    assert page not in client.get(f"/ciomas/my/orders/{order.number}/").text


def test_the_same_form_sent_twice_spends_once(
    client: Client, buyer: Party, dewi: Person, owner: Person
) -> None:
    give(buyer, owner, 500)
    page = f"{PAGE}orders/{testing.order(buyer).number}/"
    testing.login(client, dewi)

    for _turn in range(2):
        client.post(page, {"points": "100", "key": "k" * 32})

    assert balance_of(buyer) == 400
    assert VoucherUse.objects.count() == 1


def test_what_is_agreed_or_somebody_elses_has_no_such_page(
    client: Client, buyer: Party, dewi: Person, siti: Person
) -> None:
    agreed = testing.confirmed_order(buyer)
    testing.login(client, dewi)
    assert client.get(f"{PAGE}orders/{agreed.number}/").status_code == 409
    testing.login(client, siti)
    assert client.get(f"{PAGE}orders/{agreed.number}/").status_code == 404


def test_codes_are_not_guessed_for_long(client: Client, buyer: Party, dewi: Person) -> None:
    page = f"{PAGE}orders/{testing.order(buyer).number}/"
    testing.login(client, dewi)

    said = [client.post(page, {"code": f"X{turn}"}).text for turn in range(21)]

    assert "We know no voucher" in said[19]
    assert "Too many tries" in said[20]
