"""Online payments on the desk."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from simpul import testing
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person, Workshop
from simpul.payments import agreement, online
from simpul.payments.gateways.tests.samples import PAID, midtrans
from simpul.payments.models import (
    BankAccount,
    GatewayAccount,
    GatewayNotice,
    PaymentLink,
    Receipt,
)

PASSWORD = "kata sandi yang panjang"
DESK = "/ciomas/desk/"
LIST = f"{DESK}payments/gateways/"
SETTINGS = f"{DESK}settings/gateways/"
KEYS = {"server_key": "SB-Mid-server-RAHASIA", "is_live": "live", "reason": "toko baru"}


@pytest.fixture
def order(buyer: Party, sari: Person, owner: Person, fajar: Person) -> Order:
    testing.account(buyer.workshop)
    made = testing.order(buyer)
    agreement.confirm(made, by=sari)
    return made


@pytest.fixture
def kept(order: Order) -> GatewayNotice:
    link = testing.payment_link(order, "midtrans")
    call = midtrans(PAID, link.reference, link.amount + 1, masked_card="4811-1114")
    notice, _is_new = GatewayNotice.store(link.account, call.body)
    online.apply(notice.pk)
    return notice


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def freshly(client: Client, person: Person) -> None:
    """Log in and type the password once more, as the page asks for it."""
    testing.login(client, person)
    assert person.user is not None
    person.user.set_password(PASSWORD)
    person.user.save()
    client.force_login(person.user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/"})


def test_what_waits_says_what_to_do(client: Client, kept: GatewayNotice, fajar: Person) -> None:
    testing.login(client, fajar)
    assert "another amount than was asked for" in page(client, LIST)
    text = page(client, f"{LIST}{kept.pk}/")
    assert "Compare the amount with the gateway" in text
    assert "SO-2026-0001" in text


def test_the_raw_notice_shows_no_secret(client: Client, kept: GatewayNotice, fajar: Person) -> None:
    testing.login(client, fajar)
    text = page(client, f"{LIST}{kept.pk}/")
    assert "transaction_status" in text
    assert "4811-1114" not in text
    assert kept.body.partition('"signature_key": "')[2][:20] not in text
    assert "***" in text


@pytest.mark.parametrize(
    ("query", "is_found"),
    [("q=SO-2026-0001", True), ("q=entah", False), ("provider=xendit", False),
     ("provider=midtrans", True), ("tab=payments&q=dewi", True), ("tab=notices&page=99", True)],
)  # fmt: skip
def test_search_filter_and_pages(
    client: Client, kept: GatewayNotice, fajar: Person, query: str, is_found: bool
) -> None:
    testing.login(client, fajar)
    assert ("Toko Dewi" in page(client, f"{LIST}?{query}")) == is_found


def test_a_person_counts_it(
    client: Client, kept: GatewayNotice, order: Order, fajar: Person
) -> None:
    testing.login(client, fajar)
    path = f"{LIST}{kept.pk}/counting/"
    assert order.number in page(client, path)
    assert client.post(path, {"order": "SO-2026-9999"}).status_code == 422
    assert client.post(path, {"order": order.code.lower()}).status_code == 302
    assert Receipt.objects.get().amount == PaymentLink.objects.get().amount + 1
    assert "Nothing waits for you" in page(client, LIST)


def test_or_says_that_there_is_nothing_to_count(
    client: Client, kept: GatewayNotice, fajar: Person
) -> None:
    testing.login(client, fajar)
    path = f"{LIST}{kept.pk}/settling/"
    assert client.post(path, {"reason": ""}).status_code == 422
    assert client.post(path, {"reason": "salah ketik"}).status_code == 302
    kept.refresh_from_db()
    assert (kept.status, Receipt.objects.exists()) == ("settled", False)


def test_another_workshop_finds_nothing(client: Client, kept: GatewayNotice, joko: Person) -> None:
    testing.login(client, joko)
    for way in ("", "counting/", "settling/"):
        assert client.get(f"/cibaduyut/desk/payments/gateways/{kept.pk}/{way}").status_code == 404


# Keys


def test_the_owner_connects_and_nobody_reads_the_key_again(
    client: Client, owner: Person, workshop: Workshop
) -> None:
    freshly(client, owner)
    answer = client.post(f"{SETTINGS}midtrans/", KEYS, follow=True)
    assert "RAHASIA" not in answer.content.decode()
    account = GatewayAccount.objects.get()
    assert account.open_keys() == {"server_key": "SB-Mid-server-RAHASIA"}
    assert (account.is_live, account.reason) == (True, "toko baru")
    assert "http://testserver/hooks/midtrans/ciomas/" in answer.content.decode()


def test_a_form_with_a_fault_shows_no_key_either(client: Client, owner: Person) -> None:
    freshly(client, owner)
    answer = client.post(f"{SETTINGS}midtrans/", KEYS | {"is_live": "mars"})
    assert answer.status_code == 422
    assert "RAHASIA" not in answer.content.decode()


def test_an_old_login_is_asked_again_and_the_key_is_kept_nowhere(
    client: Client, owner: Person
) -> None:
    freshly(client, owner)
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 600
    session.save()
    asked = client.get(f"{SETTINGS}midtrans/")
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    sent = client.post(f"{SETTINGS}midtrans/", KEYS)
    assert sent["Location"] == f"{SETTINGS}midtrans/"
    assert not GatewayAccount.objects.exists()
    assert "RAHASIA" not in str(dict(client.session))


def test_who_has_no_password_is_asked_to_set_one(client: Client, owner: Person) -> None:
    testing.login(client, owner)
    assert owner.user is not None
    owner.user.set_unusable_password()
    owner.user.save()
    testing.login(client, owner)
    assert client.get(f"{SETTINGS}midtrans/").status_code == 403


def test_finance_does_not_enter_keys(client: Client, fajar: Person, owner: Person) -> None:
    freshly(client, fajar)
    assert client.get(f"{SETTINGS}midtrans/").status_code == 403
    assert client.post(f"{SETTINGS}midtrans/", KEYS).status_code == 403
    assert not GatewayAccount.objects.exists()


def test_there_is_no_such_gateway(client: Client, owner: Person) -> None:
    freshly(client, owner)
    assert client.get(f"{SETTINGS}celengan/").status_code == 404


def test_troubles_and_trials_are_said_plainly(client: Client, owner: Person, order: Order) -> None:
    testing.login(client, owner)
    account = testing.gateway(order.workshop, "xendit", is_live=False)
    link = PaymentLink.want_trial(account)
    link.note_trouble("HTTP 401 API key is wrong", is_final=True)
    assert "HTTP 401 API key is wrong" in page(client, SETTINGS)
    paid = PaymentLink.want_trial(account)
    paid.keep("https://checkout-staging.xendit.co/web/1", "1")
    assert "https://checkout-staging.xendit.co/web/1" in page(client, SETTINGS)


def test_a_trial_is_for_sandboxes_only(client: Client, owner: Person, order: Order) -> None:
    testing.login(client, owner)
    testing.gateway(order.workshop, "midtrans")
    assert client.post(f"{SETTINGS}midtrans/trial/").status_code == 404
    testing.gateway(order.workshop, "midtrans", is_live=False)
    assert client.post(f"{SETTINGS}midtrans/trial/").status_code == 302
    assert PaymentLink.objects.get().instruction is None


def test_it_can_be_disconnected(client: Client, owner: Person, order: Order) -> None:
    testing.login(client, owner)
    testing.gateway(order.workshop, "midtrans")
    client.post(f"{SETTINGS}midtrans/closing/")
    assert not GatewayAccount.objects.connected().exists()


# What the buyer sees


def buyers_page(client: Client, order: Order, dewi: Person) -> str:
    testing.login(client, dewi)
    return page(client, f"/ciomas/my/orders/{order.number}/payment/")


def test_the_buyer_finds_the_link(client: Client, order: Order, dewi: Person) -> None:
    link = testing.payment_link(order, "midtrans")
    text = buyers_page(client, order, dewi)
    assert link.url in text
    assert "Pay online through Midtrans" in text


def test_without_keys_nothing_is_shown(client: Client, order: Order, dewi: Person) -> None:
    assert "Pay online" not in buyers_page(client, order, dewi)


def test_an_expired_link_is_not_shown(client: Client, order: Order, dewi: Person) -> None:
    link = testing.payment_link(order, "midtrans")
    with clock.stopped(link.expires_at):
        assert "Pay online" not in buyers_page(client, order, dewi)


def test_after_paying_there_it_is_in_the_account_of_the_order(
    client: Client, order: Order, dewi: Person
) -> None:
    link = testing.payment_link(order, "midtrans")
    call = midtrans(PAID, link.reference, link.amount)
    notice, _is_new = GatewayNotice.store(link.account, call.body)
    online.apply(notice.pk)
    text = buyers_page(client, order, dewi)
    assert "Online payment" in text
    assert "Pay online through" not in text


def test_the_page_of_accounts_shows_one_that_waits(
    client: Client, owner: Person, fajar: Person
) -> None:
    """It broke while an account waited its day (a text with a gap that had no name)."""
    account: Any = BankAccount.open(by=fajar, bank="BCA", number="123", holder="Sepatu Ciomas")
    account.confirm(by=owner)
    testing.login(client, owner)
    assert "in use from" in page(client, f"{DESK}payments/accounts/")
