"""Notices of gateways at the door: whose signature is right is kept as it came, and nobody else."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from simpul import testing
from simpul.orders.models import Order
from simpul.parties.models import Party, Person
from simpul.payments import agreement
from simpul.payments.gateways import GATEWAYS
from simpul.payments.gateways.tests.samples import ALL_BACK, PAID, SPEAKERS
from simpul.payments.models import GatewayNotice, PaymentLink, Receipt

AT_ONCE = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}
PROVIDERS = sorted(GATEWAYS)


@pytest.fixture
def order(buyer: Party, sari: Person, owner: Person, fajar: Person, settings: Settings) -> Order:
    settings.TASKS = AT_ONCE
    testing.account(buyer.workshop)
    made = testing.order(buyer)
    agreement.confirm(made, by=sari)
    return made


@pytest.fixture(params=PROVIDERS)
def link(order: Order, request: pytest.FixtureRequest) -> PaymentLink:
    return testing.payment_link(order, request.param)


def send(link: PaymentLink, what: str = PAID, slug: str = "ciomas", **more: Any) -> int:
    provider = link.account.provider
    call = SPEAKERS[provider](what, link.reference, link.amount, **more)
    answer = Client(enforce_csrf_checks=True).post(
        f"/hooks/{provider}/{slug}/",
        call.body,
        content_type="application/json",
        headers=dict(call.headers),
    )
    return answer.status_code


def test_a_notice_is_answered_kept_and_counted(link: PaymentLink) -> None:
    assert send(link) == 200
    notice = GatewayNotice.objects.get()
    assert (notice.status, notice.account) == ("applied", link.account)
    assert Receipt.objects.get().amount == link.amount


def test_it_is_kept_as_it_came(link: PaymentLink) -> None:
    send(link)
    call = SPEAKERS[link.account.provider](PAID, link.reference, link.amount)
    assert GatewayNotice.objects.get().body.encode() == call.body


def test_a_repetition_is_answered_and_counted_once(link: PaymentLink) -> None:
    assert [send(link) for _turn in range(4)] == [200] * 4
    assert GatewayNotice.objects.get().times == 4
    assert Receipt.objects.count() == 1


def test_a_wrong_signature_changes_nothing(link: PaymentLink) -> None:
    assert send(link, key="a guess") == 403
    assert not GatewayNotice.objects.exists()
    assert not Receipt.objects.exists()


def test_one_workshops_key_opens_no_other_door(link: PaymentLink, joko: Person) -> None:
    """Another workshop with keys of its own: what is signed with ours is not believed there."""
    theirs = testing.gateway(joko.workshop, link.account.provider)
    theirs.disconnect(by=joko)
    theirs = type(theirs).connect(
        by=joko,
        provider=link.account.provider,
        keys={secret.name: "of joko" for secret in theirs.gateway.secrets},
        is_live=True,
    )
    assert send(link, slug="cibaduyut") == 403
    assert send(link, key="of joko") == 403
    assert send(link, slug="cibaduyut", key="of joko") == 200
    assert GatewayNotice.objects.get().workshop == joko.workshop
    assert not Receipt.objects.exists()


def test_a_gateway_that_is_not_connected_is_not_there(link: PaymentLink, owner: Person) -> None:
    link.account.disconnect(by=owner)
    assert send(link) == 404
    assert not GatewayNotice.objects.exists()


def test_keys_that_cannot_be_read_let_the_gateway_try_again(
    link: PaymentLink, settings: Settings
) -> None:
    settings.SECRET_KEY = "another"
    assert send(link) == 503


def test_a_refund_comes_through_the_same_door(link: PaymentLink) -> None:
    assert [send(link, what) for what in (PAID, ALL_BACK, PAID)] == [200] * 3
    assert not Receipt.objects.standing().exists()


@pytest.mark.parametrize("body", [b"", b"{", b"\xff" * 50, b"null", b"[" * 60_000, b"x" * 64_001])
def test_nonsense_is_refused(order: Order, body: bytes) -> None:
    testing.payment_link(order, "midtrans")
    answer = Client().post("/hooks/midtrans/ciomas/", body, content_type="application/json")
    assert answer.status_code == (413 if len(body) > 64_000 else 403)
    assert not GatewayNotice.objects.exists()


def test_no_key_stands_in_a_log(link: PaymentLink, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        send(link)
        send(link, key="a guess")
    assert "CONTOH" not in caplog.text


def test_a_notice_is_answered_fast(
    link: PaymentLink, django_assert_max_num_queries: DjangoAssertNumQueries, settings: Settings
) -> None:
    """Keeping it needs a handful of questions: workshop, keys, the row, the task."""
    settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}}
    with django_assert_max_num_queries(10):
        assert send(link) == 200
    assert GatewayNotice.objects.get().status == "received"
