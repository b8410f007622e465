"""Credit on the desk: credit notes, refunds, bounced entries, and a cancelled order's money."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from simpul import testing
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person, Workshop
from simpul.payments import agreement, reconciliation
from simpul.payments.models import (
    BankAccount,
    BankEntry,
    CreditNote,
    Forfeit,
    Refund,
    party_credit,
)
from simpul.tests.statement import statement

DESK = "/ciomas/desk/"


@pytest.fixture
def account(workshop: Workshop, fajar: Person, owner: Person) -> BankAccount:
    return testing.account(workshop)


@pytest.fixture
def order(buyer: Party, sari: Person, account: BankAccount) -> Order:
    made = testing.order(buyer)
    agreement.confirm(made, by=sari)
    return made


@pytest.fixture(autouse=True)
def _login(client: Client, fajar: Person) -> None:
    testing.login(client, fajar)


def paid(order: Order) -> list[int]:
    return list(order.instalments.order_by("position").values_list("paid", flat=True))


def test_a_credit_note_for_an_order(client: Client, order: Order) -> None:
    page = f"{DESK}orders/{order.number}/credit-note/"
    assert page in client.get(f"{DESK}orders/{order.number}/").text
    answer = client.post(page, {"amount": "100.000", "kind": "price", "note": "Sol salah."})

    assert paid(order) == [0, 100_000]
    text = client.get(answer["Location"]).text
    note = CreditNote.objects.get()
    assert note.number in text
    assert "Sol salah." in text
    answer = client.post(
        f"{DESK}payments/credit-notes/{note.pk}/annulment/", {"reason": "Salah pesanan."}
    )
    assert "Salah pesanan." in client.get(answer["Location"]).text
    assert paid(order) == [0, 0]


def test_above_the_limit_it_is_not_for_finance(client: Client, order: Order) -> None:
    page = f"{DESK}orders/{order.number}/credit-note/"
    told = {"amount": "1.500.000", "kind": "price", "note": "x"}
    assert client.post(page, told).status_code == 403
    assert not CreditNote.objects.exists()


def test_a_party_shows_its_credit_and_uses_it(
    client: Client, order: Order, buyer: Party, sari: Person
) -> None:
    testing.pay(order, 2_100_000)
    other = testing.order(buyer)
    agreement.confirm(other, by=sari)
    assert f"{DESK}parties/{buyer.pk}/account/" in client.get(f"{DESK}parties/{buyer.pk}/").text
    assert (
        f"{DESK}parties/{buyer.pk}/credit/" in client.get(f"{DESK}parties/{buyer.pk}/account/").text
    )
    first = other.instalments.get(position=1)

    client.post(f"{DESK}parties/{buyer.pk}/credit/", {f"part-{first.pk}": "60.000"})

    assert paid(other) == [60_000, 0]
    assert other.number in client.get(f"{DESK}parties/{buyer.pk}/account/").text
    assert party_credit(buyer) == 40_000


def test_a_refund_goes_its_way(
    client: Client, order: Order, buyer: Party, account: BankAccount, fajar: Person
) -> None:
    testing.pay(order, 2_100_000)
    answer = client.post(f"{DESK}parties/{buyer.pk}/refunds/", {"amount": "100.000"})
    page = answer["Location"]
    client.post(page + "approval/")
    today = timezone.localdate().isoformat()
    told = {
        "account": account.pk,
        "sent_on": today,
        "bank": "BRI",
        "number": "12345",
        "holder": "D",
    }
    client.post(page + "sending/", told)
    reconciliation.take(
        by=fajar, account=account, content=statement([(clock.today(), -100_000, "TRSF D")])
    )
    entry = BankEntry.objects.get(status="out")
    assert f"{page}seeing/{entry.pk}/" in client.get(page).text
    assert f"{page}seeing/{entry.pk}/" in client.get(f"{DESK}payments/entries/{entry.pk}/").text

    client.post(f"{page}seeing/{entry.pk}/")

    assert Refund.objects.get().status == Refund.Status.SEEN
    assert "12345" in client.get(page).text
    assert page in client.get(f"{DESK}payments/?tab=refunds&shown=all").text


def test_a_refund_needs_its_account_before_it_is_sent(
    client: Client, order: Order, buyer: Party, account: BankAccount
) -> None:
    testing.pay(order, 2_100_000)
    page = client.post(f"{DESK}parties/{buyer.pk}/refunds/", {"amount": "100.000"})["Location"]
    client.post(page + "approval/")

    assert client.post(page + "sending/", {"account": account.pk}).status_code == 422
    answer = client.post(page + "payout/", {"paid_on": timezone.localdate().isoformat()})
    assert answer.status_code == 302
    assert Refund.objects.get().is_cash


def test_no_more_than_the_credit_is_asked(client: Client, order: Order, buyer: Party) -> None:
    answer = client.post(f"{DESK}parties/{buyer.pk}/refunds/", {"amount": "1"})
    assert answer.status_code == 422
    assert not Refund.objects.exists()


def test_a_bounced_entry_is_found_from_the_banks_correction(
    client: Client, order: Order, account: BankAccount, fajar: Person
) -> None:
    rows = [(clock.today(), 600_000, f"TRSF {order.number}"), (clock.today(), -600_000, "KOREKSI")]
    reconciliation.take(by=fajar, account=account, content=statement(rows))
    came = BankEntry.objects.get(amount_sen__gt=0)
    went = BankEntry.objects.get(amount_sen__lt=0)
    assert paid(order) == [600_000, 0]
    page = f"{DESK}payments/entries/{came.pk}/bounce/"
    assert f"{page}?correction={went.pk}" in client.get(f"{DESK}payments/entries/{went.pk}/").text

    client.post(page, {"reason": "KOREKSI", "correction": went.pk})

    assert paid(order) == [0, 0]
    went.refresh_from_db()
    assert went.takes_back == came


def test_the_owner_decides_on_the_money_of_a_cancelled_order(
    client: Client, workshop: Workshop, buyer: Party, owner: Person
) -> None:
    workshop.forfeit_percent = 50
    workshop.save()
    order = testing.confirmed_order(Party.objects.get(pk=buyer.pk))
    testing.pay(order, 600_000)
    testing.login(client, owner)
    page = f"{DESK}orders/{order.number}/cancellation/"
    told = {"reason": "Pembeli mundur.", "rest": "refund", "forfeit": "300.001"}
    assert client.post(page, told).status_code == 422

    client.post(page, told | {"forfeit": "300.000"})

    assert Forfeit.objects.get().amount == 300_000
    assert Refund.objects.get().amount == 300_000
    assert party_credit(buyer) == 0
