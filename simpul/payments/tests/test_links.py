"""Links are made, closed and asked for at a server that really listens: a gateway on the loopback."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pytest_django import Settings

from simpul import testing
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Person
from simpul.payments import agreement, online
from simpul.payments.gateways import GATEWAYS
from simpul.payments.gateways.tests.samples import EXPIRED, PAID, SPEAKERS, WAITING
from simpul.payments.models import (
    GatewayNotice,
    GatewayPayment,
    Instruction,
    PaymentLink,
    Receipt,
)
from simpul.payments.models.gateway import PAUSES

PROVIDERS = sorted(GATEWAYS)


class Bank:
    """What the gateways of this test know: links by reference, and what became of them."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.made: dict[str, int] = {}
        self.told: dict[str, str] = {}
        self.answer: tuple[int, Any] | None = None  # instead of the right one
        self.drops_answers = False
        self.keys: set[str] = set()


class Door(BaseHTTPRequestHandler):
    bank: Bank

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self._answer(json.loads(self.rfile.read(length) or b"{}"))

    def do_GET(self) -> None:
        self._answer({})

    def _answer(self, fields: dict[str, Any]) -> None:
        bank = self.bank
        login = base64.b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode()
        bank.keys.add(login)
        bank.asked.append((self.command, self.path, fields))
        status, said = bank.answer or self._right_answer(fields)
        if bank.drops_answers:
            self.connection.close()
            return
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _right_answer(self, fields: dict[str, Any]) -> tuple[int, Any]:
        path, bank = self.path, self.bank
        if path == "/snap/v1/transactions":
            order = fields["transaction_details"]
            bank.made[order["order_id"]] = order["gross_amount"]
            url = f"https://app.midtrans.com/snap/v4/redirection/{order['order_id']}"
            return 201, {"token": "t", "redirect_url": url}
        if path.startswith("/v2/") and path.endswith("/status"):
            return self._status(path.split("/")[2])
        if path.endswith(("/expire", "/expire!")):
            return 200, {"status_code": "200", "status": "EXPIRED"}
        if path == "/v2/invoices":
            bank.made[fields["external_id"]] = fields["amount"]
            return 200, self._invoice(fields["external_id"])
        reference = path.partition("external_id=")[2]
        return 200, [self._invoice(reference)] if reference in bank.made else []

    def _status(self, reference: str) -> tuple[int, Any]:
        if reference not in self.bank.told:
            return 404, {"status_code": "404", "status_message": "Transaction doesn't exist."}
        call = SPEAKERS["midtrans"](self.bank.told[reference], reference, self.bank.made[reference])
        return 200, json.loads(call.body)

    def _invoice(self, reference: str) -> dict[str, Any]:
        what = self.bank.told.get(reference, WAITING)
        found: dict[str, Any] = json.loads(
            SPEAKERS["xendit"](what, reference, self.bank.made[reference]).body
        )
        return found | {"invoice_url": f"https://checkout.xendit.co/web/{reference}"}

    def log_message(self, *_arguments: Any) -> None:
        pass


@pytest.fixture
def bank(settings: Settings) -> Iterator[Bank]:
    Door.bank = Bank()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    here = f"http://127.0.0.1:{server.server_port}"
    hosts = {host for gateway in GATEWAYS.values() for host in gateway.calls}
    settings.OUTGOING_INSTEAD = dict.fromkeys(hosts, here)
    yield Door.bank
    server.shutdown()
    server.server_close()


@pytest.fixture(params=PROVIDERS)
def slug(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def tended(order: Order, slug: str, bank: Bank) -> Callable[[], PaymentLink]:
    """Let the worker look after the links; return the newest one."""
    testing.gateway(order.workshop, slug)

    def tend() -> PaymentLink:
        online.tend_links(order.workshop)
        return PaymentLink.objects.order_by("-pk")[0]

    return tend


def test_what_is_asked_for_can_be_paid(
    order: Order, slug: str, tended: Callable[[], PaymentLink], bank: Bank, dewi: Person
) -> None:
    assert online.wants_links(order.workshop)
    link = tended()

    asked = Instruction.objects.open().get(order=order)
    assert (link.instruction, link.amount) == (asked, asked.amount)
    assert bank.made == {link.reference: asked.amount}
    assert link.reference.startswith(order.number)
    assert PaymentLink.objects.visible_to(dewi).payable().get() == link
    assert link.url.startswith("https://")
    (key,) = bank.keys
    assert key.endswith("_key-CONTOH:")
    assert not online.wants_links(order.workshop)


def test_it_is_made_once(tended: Callable[[], PaymentLink], bank: Bank) -> None:
    assert tended() == tended()
    assert len(bank.asked) == 1


def test_without_keys_nothing_is_made(order: Order, bank: Bank) -> None:
    online.tend_links(order.workshop)
    assert not online.wants_links(order.workshop)
    assert (bank.asked, PaymentLink.objects.count()) == ([], 0)


def test_the_demonstration_sends_nothing(
    order: Order, tended: Callable[[], PaymentLink], bank: Bank, settings: Settings
) -> None:
    settings.DEMO = True
    online.tend_links(order.workshop)
    online.ask_for_news(order.workshop)
    assert bank.asked == []


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_failure_is_tried_again_after_growing_pauses(
    order: Order, tended: Callable[[], PaymentLink], bank: Bank, status: int
) -> None:
    bank.answer = (status, {})
    link = tended()
    assert (link.url, link.trouble, link.tries) == ("", f"HTTP {status}", 1)
    now = clock.now()
    assert PAUSES[0] - timedelta(seconds=30) < link.next_try_at - now <= PAUSES[0]
    tended()
    assert len(bank.asked) == 1  # not yet

    with clock.stopped(link.next_try_at):
        link = tended()
        assert link.next_try_at - clock.now() == PAUSES[1]
    bank.answer = None
    with clock.stopped(link.next_try_at):
        link = tended()
    assert (link.trouble, link.tries, bool(link.url)) == ("", 0, True)
    assert PaymentLink.objects.count() == 1


def test_after_the_last_try_it_is_given_up_for_a_day(
    order: Order, tended: Callable[[], PaymentLink], bank: Bank
) -> None:
    bank.answer = (500, {})
    moment = clock.now()
    for _turn in range(len(PAUSES) + 2):
        with clock.stopped(moment):
            link = tended()
        moment = link.next_try_at
    assert link.failed_at is not None
    assert len(bank.asked) == len(PAUSES) + 1
    with clock.stopped(link.failed_at):
        assert not online.wants_links(order.workshop)
    with clock.stopped(link.failed_at + timedelta(days=1, seconds=1)):
        assert online.wants_links(order.workshop)


def test_an_answer_that_got_lost_makes_no_second_link(
    tended: Callable[[], PaymentLink], bank: Bank, slug: str
) -> None:
    """It arrived, and we never heard: the second try finds it, or makes the very same one."""
    bank.drops_answers = True
    link = tended()
    assert (link.url, len(bank.made)) == ("", 1)
    bank.drops_answers = False
    with clock.stopped(link.next_try_at):
        link = tended()
    assert (bool(link.url), len(bank.made)) == (True, 1)
    posts = [path for method, path, _fields in bank.asked if method == "POST"]
    assert len(posts) == {"midtrans": 2, "xendit": 1}[slug]


def test_a_wrong_key_is_one_trouble_not_a_hundred(
    order: Order, tended: Callable[[], PaymentLink], bank: Bank
) -> None:
    bank.answer = (401, {"error_messages": ["Access denied"], "message": "API key is wrong"})
    link = tended()
    assert link.failed_at is not None
    assert link.trouble in ("HTTP 401 Access denied", "HTTP 401 API key is wrong")
    tended()
    assert len(bank.asked) == 1


@pytest.mark.parametrize(
    "url", ["https://evil.test/pay", "http://app.midtrans.com/", "https://x@checkout.xendit.co/", 7]
)
def test_buyers_are_never_led_elsewhere(
    tended: Callable[[], PaymentLink], bank: Bank, url: object
) -> None:
    bank.answer = (200, {"token": "t", "redirect_url": url, "id": "i", "invoice_url": url})
    link = tended()
    assert (link.url, link.failed_at is not None) == ("", True)


def test_a_gateway_that_is_down_is_left_alone(
    order: Order, tended: Callable[[], PaymentLink], bank: Bank, sari: Person
) -> None:
    for _turn in range(4):
        agreement.confirm(testing.order(order.buyer), by=sari)
    bank.answer = (503, {})
    tended()
    assert len(bank.asked) == online.PATIENCE
    assert PaymentLink.objects.count() == 5


def test_it_is_closed_when_nothing_is_asked_any_more(
    order: Order, tended: Callable[[], PaymentLink], bank: Bank, fajar: Person
) -> None:
    link = tended()
    Receipt.take_cash(by=fajar, order=order, amount=2_000_000)
    assert not PaymentLink.objects.payable().exists()
    tended()
    link.refresh_from_db()
    assert link.closed_at is not None
    assert "expire" in bank.asked[-1][1]


def test_the_next_instalment_has_a_link_of_its_own(
    order: Order, tended: Callable[[], PaymentLink], fajar: Person
) -> None:
    first = tended()
    Receipt.take_cash(by=fajar, order=order, amount=600_000)
    second = tended()
    assert (second.pk != first.pk, second.amount) == (True, 1_400_000)
    assert PaymentLink.objects.payable().get() == second


def test_an_expired_link_is_replaced(
    order: Order, tended: Callable[[], PaymentLink], bank: Bank
) -> None:
    first = tended()
    with clock.stopped(first.expires_at + timedelta(minutes=1)):
        assert not PaymentLink.objects.payable().exists()
        tended()
        second = tended()
    first.refresh_from_db()
    assert first.closed_at is not None
    assert second.reference != first.reference


def test_what_was_never_told_is_found_by_asking(
    order: Order, tended: Callable[[], PaymentLink], bank: Bank
) -> None:
    link = tended()
    assert online.has_questions(order.workshop)
    bank.told[link.reference] = PAID
    online.ask_for_news(order.workshop)

    assert Receipt.objects.get().amount == link.amount
    notice = GatewayNotice.objects.get()
    assert (notice.is_asked, notice.why) == (True, "counted")
    assert not online.has_questions(order.workshop)


def test_and_counted_once_when_the_notice_comes_after_all(
    order: Order, tended: Callable[[], PaymentLink], bank: Bank, slug: str
) -> None:
    link = tended()
    bank.told[link.reference] = PAID
    online.ask_for_news(order.workshop)
    call = SPEAKERS[slug](PAID, link.reference, link.amount, payment_channel="BCA")
    notice, _is_new = GatewayNotice.store(link.account, call.body)
    online.apply(notice.pk)
    assert Receipt.objects.count() == 1


def test_nobody_is_told_that_nothing_happened(
    order: Order, tended: Callable[[], PaymentLink], bank: Bank
) -> None:
    link = tended()
    online.ask_for_news(order.workshop)
    assert not GatewayNotice.objects.exists()
    asked = len(bank.asked)
    online.ask_for_news(order.workshop)
    assert len(bank.asked) == asked  # not twice a day
    bank.told[link.reference] = EXPIRED
    with clock.stopped(clock.now() + timedelta(hours=21)):
        online.ask_for_news(order.workshop)
    assert GatewayNotice.objects.get().why == "no_money"


def test_a_trial_of_play_money_moves_none(order: Order, slug: str, bank: Bank) -> None:
    account = testing.gateway(order.workshop, slug, is_live=False)
    PaymentLink.want_trial(account)
    online.tend_links(order.workshop)
    (link,) = PaymentLink.objects.all()
    assert (link.instruction, bool(link.url)) == (None, True)
    call = SPEAKERS[slug](PAID, link.reference, link.amount)
    notice, _is_new = GatewayNotice.store(account, call.body)
    online.apply(notice.pk)
    assert online.health_of(account).trial_is_paid
    assert GatewayPayment.objects.get().booked == 0


def test_another_secret_key_is_said_plainly(
    tended: Callable[[], PaymentLink], settings: Settings
) -> None:
    settings.SECRET_KEY = "another"
    assert tended().trouble == "SECRET_KEY"
