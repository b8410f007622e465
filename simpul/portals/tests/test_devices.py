"""News on the lock screen: a browser of our own and a push service of our own, on the loopback."""

from __future__ import annotations

import base64
import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client
from py_vapid import Vapid02
from pytest_django import Settings

from simpul import testing
from simpul.conversations import notices
from simpul.conversations.models import Channel, Conversation, Device, Message, Notice
from simpul.lib import webpush
from simpul.orders.models import Order
from simpul.parties.models import Identity, Party, Person
from simpul.portals import outbox

SERVICE = "https://fcm.googleapis.com"
PAGE = "/ciomas/my/news/"
SECRET = b"0123456789abcdef"


class PushService(ThreadingHTTPServer):
    """Keeps what it is given, and answers what it was told to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taker)
        self.taken: list[tuple[str, dict[str, str], bytes]] = []
        self.answer = 201


class _Taker(BaseHTTPRequestHandler):
    server: PushService

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((self.path, dict(self.headers), body))
        self.send_response(self.server.answer)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments: Any) -> None:
        pass


@pytest.fixture
def service(settings: Settings) -> Iterator[PushService]:
    server = PushService()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.OUTGOING_INSTEAD = {"fcm.googleapis.com": f"http://127.0.0.1:{server.server_port}"}
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def browser() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@pytest.fixture
def order(buyer: Party) -> Order:
    return testing.order(buyer)


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def says(
    browser: ec.EllipticCurvePrivateKey, endpoint: str = f"{SERVICE}/send/1"
) -> dict[str, str]:
    """Return what the browser says of itself, as its page sends it."""
    point = browser.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return {"endpoint": endpoint, "p256dh": text(point), "auth": text(SECRET)}


def say(order: Order, by: Person) -> None:
    Message.say(by=by, conversation=Conversation.of(order, order.buyer), body="Rahasia")
    notices.tell()


def pushed() -> Notice:
    return Notice.objects.get(channel=Channel.PUSH)


def test_a_device_shows_number_and_step_and_nothing_else(
    client: Client,
    order: Order,
    sari: Person,
    dewi: Person,
    service: PushService,
    browser: ec.EllipticCurvePrivateKey,
) -> None:
    testing.login(client, dewi)
    assert client.post(f"{PAGE}devices/", says(browser)).status_code == 302
    Person.objects.filter(pk=dewi.pk).update(language="id")
    say(order, sari)

    assert outbox.send() == (1, 0)
    assert outbox.send() == (0, 0)

    ((path, headers, body),) = service.taken
    shown = json.loads(
        http_ece.decrypt(body, private_key=browser, auth_secret=SECRET, version="aes128gcm")
    )
    assert shown == {
        "title": "Sepatu Ciomas",
        "body": f"{order.number}: ada pesan baru",
        "tag": f"notice-{pushed().pk}",
        "path": f"/ciomas/my/orders/{order.number}/",
    }
    assert path == "/send/1"
    assert (headers["Content-Encoding"], headers["TTL"]) == ("aes128gcm", "86400")
    assert Vapid02.verify(headers["Authorization"])
    assert headers["Authorization"].endswith(f",k={webpush.public_key()}")
    assert pushed().status == Notice.Status.SENT


@pytest.mark.parametrize("answer", [403, 404, 410])
def test_a_device_that_is_gone_is_forgotten_and_the_next_channel_tells(
    client: Client,
    order: Order,
    sari: Person,
    dewi: Person,
    service: PushService,
    browser: ec.EllipticCurvePrivateKey,
    answer: int,
) -> None:
    Device.let_in(dewi, **says(browser))
    say(order, sari)
    Identity.objects.create(
        workshop=dewi.workshop, person=dewi, kind="mail", value="dewi@example.com"
    )
    service.answer = answer

    assert outbox.send() == (0, 1)

    assert not Device.objects.exists()
    assert pushed().status == Notice.Status.FAILED
    assert Notice.objects.get(channel=Channel.MAIL).status == Notice.Status.WAITING


def test_the_form_waits_for_the_browser(client: Client, dewi: Person) -> None:
    """htmx would send it empty before the browser has named its push service."""
    testing.login(client, dewi)
    page = client.get(f"{PAGE}told/").text
    assert f'action="{PAGE}devices/" hx-boost="false" hidden>' in page


def test_a_service_that_is_busy_is_asked_again(
    order: Order,
    sari: Person,
    dewi: Person,
    service: PushService,
    browser: ec.EllipticCurvePrivateKey,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.CRITICAL, logger="simpul.portals.outbox")
    Device.let_in(dewi, **says(browser))
    say(order, sari)
    service.answer = 503
    assert outbox.send() == (0, 1)
    assert pushed().status == Notice.Status.WAITING
    assert Device.objects.count() == 1


def test_a_slow_service_holds_up_nothing_else(
    order: Order,
    sari: Person,
    dewi: Person,
    service: PushService,
    browser: ec.EllipticCurvePrivateKey,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outbox, "LONGEST_PUSHING_S", 0)
    Device.let_in(dewi, **says(browser))
    Identity.objects.create(
        workshop=dewi.workshop, person=dewi, kind="mail", value="dewi@example.com"
    )
    for _n in range(2):
        say(order, sari)
    assert outbox.send() == (3, 0)  # both mails, and one on the device
    assert outbox.send() == (1, 0)
    assert len(service.taken) == 2


def test_the_demonstration_pushes_nothing(
    order: Order,
    sari: Person,
    dewi: Person,
    service: PushService,
    browser: ec.EllipticCurvePrivateKey,
    settings: Settings,
) -> None:
    settings.DEMO = True
    Device.let_in(dewi, **says(browser))
    say(order, sari)
    assert outbox.send() == (0, 0)
    assert service.taken == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "https://intern.example.com/send"},
        {"endpoint": "https://[x"},
        {"endpoint": "http://fcm.googleapis.com/send"},
        {"endpoint": "https://fcm.googleapis.com:8443/send"},
        {"endpoint": "https://fcm.googleapis.com.example.com/send"},
        {"p256dh": "AAAA"},
        {"auth": "AAAA"},
    ],
)
def test_no_other_address_is_taken_for_a_push_service(
    client: Client,
    dewi: Person,
    browser: ec.EllipticCurvePrivateKey,
    wrong: dict[str, str],
) -> None:
    testing.login(client, dewi)
    client.post(f"{PAGE}devices/", says(browser) | wrong)
    assert not Device.objects.exists()


def test_one_screen_has_one_reader(
    client: Client, dewi: Person, siti: Person, browser: ec.EllipticCurvePrivateKey
) -> None:
    Device.let_in(siti, **says(browser))
    testing.login(client, dewi)
    client.post(f"{PAGE}devices/", says(browser))
    assert Device.objects.get().person == dewi


def test_it_is_sent_away_on_the_page(
    client: Client, dewi: Person, browser: ec.EllipticCurvePrivateKey
) -> None:
    testing.login(client, dewi)
    agent = "Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile Safari/537.36"
    client.post(f"{PAGE}devices/", says(browser), headers={"User-Agent": agent})
    assert "Chrome · Android" in client.get(f"{PAGE}told/").text
    client.post(f"{PAGE}devices/{Device.objects.get().pk}/removal/")
    assert not Device.objects.exists()


def test_every_portal_has_the_program_that_shows_news(
    client: Client, dewi: Person, asep: Person
) -> None:
    for person, path in ((dewi, "my"), (asep, "courier")):
        testing.login(client, person)
        answer = client.get(f"/ciomas/{path}/worker.js")
        assert answer["Content-Type"] == "text/javascript; charset=utf-8"
        assert b'addEventListener("push"' in answer.content
