"""Reasons that the program gives by itself: whoever acted in whichever language, each reader has their own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import gettext, override

from simpul import testing
from simpul.changes.agreeing import accept
from simpul.orders.models import Amendment, LineWish, Order
from simpul.parties.models import Party, Person
from simpul.payments import agreement, online
from simpul.payments.gateways.tests.samples import ALL_BACK, PAID, midtrans
from simpul.payments.models import (
    BankAccount,
    GatewayNotice,
    GatewayPayment,
    PaymentLink,
    Purpose,
    Receipt,
)
from simpul.payments.tests.test_entry import entry
from simpul.portals.jinja import sentence
from simpul.production.models import Job
from simpul.workflow.models import journal_of
from simpul.workflow.reasons import Given, because, said
from simpul.workflow.steps import WrongState

DESK = "/ciomas/desk/"


@pytest.fixture
def account(owner: Person) -> BankAccount:
    return testing.account(owner.workshop)


@pytest.fixture
def order(buyer: Party, sari: Person, account: BankAccount) -> Order:
    """Ten pairs for 2.000.000, confirmed: 600.000 first."""
    made = testing.order(buyer)
    agreement.confirm(made, by=sari)
    return made


def journal(subject: Any, language: str) -> str:
    with override(language):
        return " ".join(sentence(line) for line in journal_of(subject))


def read(client: Client, path: str, person: Person, language: str) -> str:
    """Return what a page says to this person, who reads in this language."""
    testing.login(client, person)
    person.language = language
    person.save(update_fields=["language"])
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.text


def tell(what: str, reference: str, amount: int) -> GatewayNotice:
    """Let the gateway say it, and the worker, which speaks Indonesian, do it."""
    link = PaymentLink.objects.get()
    call = midtrans(what, reference, amount)
    notice, _is_new = GatewayNotice.store(link.account, call.body)
    with override("id"):
        online.apply(notice.pk)
    notice.refresh_from_db()
    return notice


@pytest.mark.parametrize("given", Given)
def test_each_is_said_in_both_languages(given: Given) -> None:
    kept = because(given, "SO-2026-0017" if "%(what)s" in given.label else "")

    with override("en"):
        english = said(kept)
    with override("id"):
        indonesian = said(kept)

    assert len({kept, english, indonesian}) == 3
    assert ("SO-2026-0017" in english) == ("SO-2026-0017" in kept)
    assert ("SO-2026-0017" in indonesian) == ("SO-2026-0017" in kept)


@pytest.mark.parametrize(
    "written", ["", "Bahan tidak ada", "counted", "Counted by mistake, 100 %(what)s"]
)
def test_what_a_person_wrote_stays_as_it_is(written: str) -> None:
    assert said(written) == written


def test_work_that_ends_because_the_order_was_changed(
    client: Client, buyer: Party, sari: Person, owner: Person
) -> None:
    job = testing.planned_job(buyer)
    order = Order.objects.for_page().get(pk=job.line.order_id)
    amendment = Amendment.propose(
        by=testing.contact_of(order.buyer),
        order=order,
        wishes=[LineWish(testing.product(order.workshop).colourways.get(), {"40": 5})],
        promised_on=order.current.promised_on,
        shipping=0,
        discount=0,
    )

    with override("id"):
        accept(amendment, by=sari)

    job = Job.objects.get()
    assert job.reason == "order_changed"
    page = f"{DESK}production/jobs/{job.pk}/"
    assert "nothing of it is to be made" in read(client, page, owner, "en")
    assert "tidak ada lagi yang perlu dibuat" in read(client, page, owner, "id")
    assert "nothing of it is to be made" in journal(job, "en")
    assert "tidak ada lagi yang perlu dibuat" in journal(job, "id")


def test_money_that_a_gateway_gave_back(client: Client, order: Order, fajar: Person) -> None:
    link = testing.payment_link(order)
    tell(PAID, link.reference, link.amount)
    tell(ALL_BACK, link.reference, link.amount)

    receipt = Receipt.objects.get()
    assert receipt.annulled_because == "given_back Midtrans"
    for page in (f"payments/receipts/{receipt.pk}/", f"parties/{order.buyer_id}/tally/"):
        english = read(client, f"{DESK}{page}", fajar, "en")
        indonesian = read(client, f"{DESK}{page}", fajar, "id")
        assert "Midtrans gave it back to the payer." in english
        assert "Midtrans mengembalikannya kepada pembayar." in indonesian
        assert "given_back" not in english + indonesian
    assert "gave it back" in journal(receipt, "en")
    assert "mengembalikannya" in journal(receipt, "id")


def test_a_notice_that_was_counted_for_another_order(
    client: Client, order: Order, fajar: Person
) -> None:
    link = testing.payment_link(order)
    notice = tell(PAID, "unknown", link.amount)
    with override("id"):
        online.count_for(notice, order, by=fajar)

    page = f"{DESK}payments/gateways/{notice.pk}/"
    assert f"counted for {order}" in read(client, page, fajar, "en")
    assert f"dibukukan untuk {order}" in read(client, page, fajar, "id")
    assert f"counted for {order}" in journal(notice, "en")
    assert f"dibukukan untuk {order}" in journal(notice, "id")


def test_a_notice_that_could_not_be_counted(
    client: Client, order: Order, fajar: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_payment: GatewayPayment, *, by: Person) -> None:
        raise WrongState(gettext("This receipt was annulled."))

    link = testing.payment_link(order)
    monkeypatch.setattr(GatewayPayment, "settle_up", refuse)
    notice = tell(PAID, link.reference, link.amount)

    page = f"{DESK}payments/gateways/{notice.pk}/"
    assert notice.why == GatewayNotice.Why.REFUSED
    assert "This receipt was annulled." in read(client, page, fajar, "en")
    assert "Penerimaan ini sudah dibatalkan." in read(client, page, fajar, "id")


def test_what_was_counted_by_mistake(
    client: Client, order: Order, account: BankAccount, fajar: Person
) -> None:
    one = entry(account, fajar, 600_000, "TRSF")
    first = order.instalments.get(position=1)
    one.allocate(by=fajar, parts=[(first, 600_000)], party=order.buyer, how="hand")
    testing.login(client, fajar)
    client.post(f"{DESK}payments/entries/{one.pk}/unmatching/")

    receipt = Receipt.objects.get()
    page = f"{DESK}payments/receipts/{receipt.pk}/"
    assert "Counted by mistake" in read(client, page, fajar, "en")
    assert "Salah hitung" in read(client, page, fajar, "id")
    assert "Counted by mistake" in journal(receipt, "en")
    assert "Salah hitung" in journal(receipt, "id")


def test_an_entry_that_waits_again(client: Client, account: BankAccount, fajar: Person) -> None:
    one = entry(account, fajar, 1_234, "BUNGA")
    one.set_aside(by=fajar, reason="Bunga", kind="interest")
    with override("id"):
        one.reopen(by=fajar)

    purpose = Purpose.objects.order_by("pk").first()
    assert purpose is not None
    page = f"{DESK}payments/out/purposes/{purpose.pk}/"
    assert "The entry waits again." in read(client, page, fajar, "en")
    assert "Mutasi ini menunggu lagi." in read(client, page, fajar, "id")
    assert "The entry waits again." in journal(purpose, "en")
    assert "Mutasi ini menunggu lagi." in journal(purpose, "id")


def test_a_buyer_who_would_rather_change_the_order(
    client: Client, buyer: Party, sari: Person, dewi: Person
) -> None:
    order = Order.objects.for_page().get(pk=testing.needy_order(buyer).pk)
    amendment = Amendment.propose(
        by=sari,
        order=order,
        wishes=[line.wish for line in order.current.lines.all()],
        promised_on=order.current.promised_on + timedelta(days=9),
        shipping=order.current.shipping,
        discount=order.current.discount,
    )
    offer = read(client, f"/ciomas/my/orders/{order.number}/changes/2/", dewi, "id")
    assert f'value="{because(Given.RATHER_CHANGED)}"' in offer
    client.post(
        f"/ciomas/my/orders/{order.number}/changes/2/refusal/",
        {"reason": because(Given.RATHER_CHANGED), "change": "1"},
    )

    page = f"{DESK}orders/{order.number}/changes/2/"
    assert "I would rather change the order." in read(client, page, sari, "en")
    assert "Saya mau mengubah pesanannya saja." in read(client, page, sari, "id")
    assert "I would rather change the order." in journal(amendment, "en")
    assert "Saya mau mengubah pesanannya saja." in journal(amendment, "id")
