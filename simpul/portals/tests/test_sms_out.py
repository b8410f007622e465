"""SMS: for what is urgent, to whom nothing else reaches, by a provider that the settings name."""

from __future__ import annotations

import json
import logging
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from pytest_django import Settings

from simpul import testing
from simpul.conversations import notices
from simpul.conversations.forms import PreferencesForm
from simpul.conversations.models import (
    Channel,
    Conversation,
    How,
    Kind,
    Message,
    Notice,
    Preference,
    Ticket,
)
from simpul.crm.models import GoodsReturn
from simpul.lib import clock, sms, sms_provider
from simpul.orders.models import Amendment, LineSize, LineWish, Order
from simpul.parties.models import Identity, Party, Person
from simpul.payments import texting
from simpul.payments.models import WhatsAppNumber
from simpul.portals import outbox
from simpul.settings import _sms
from simpul.workflow.models import Entry

DEWI = "+6281234567890"
HOST = "sms.example"
SMS: dict[str, Any] = {
    "url": f"https://{HOST}/send",
    "headers": {"Authorization": "Bearer kunci"},
    "fields": {"to": "{number}", "message": "{text}", "ref": "{id}"},
    "numbers": "62",
}


class Seller(BaseHTTPRequestHandler):
    """Takes texts as a provider does."""

    status, says = 200, '{"status":"1"}'
    asked: list[tuple[str, dict[str, str], str]] = []

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        told = self.rfile.read(length).decode()
        Seller.asked.append((self.path, dict(self.headers), told))
        body = Seller.says.encode()
        self.send_response(Seller.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(autouse=True)
def seller(settings: Settings) -> Iterator[None]:
    Seller.status, Seller.says, Seller.asked = 200, '{"status":"1"}', []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Seller)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    settings.SMS = SMS
    settings.OUTGOING_INSTEAD = {HOST: f"http://127.0.0.1:{server.server_port}"}
    yield
    server.shutdown()
    server.server_close()


@pytest.fixture
def dewi(dewi: Person) -> Person:
    return having(dewi, "phone", DEWI)


def having(person: Person, kind: str, value: str) -> Person:
    Identity.objects.create(workshop=person.workshop, person=person, kind=kind, value=value)
    return person


@pytest.fixture
def order(buyer: Party, dewi: Person) -> Order:
    return testing.order(buyer)


def fails(order: Order, asep: Person) -> None:
    """Nobody was at home: only the line of the journal, for a whole delivery takes its time."""
    facts = {"reason": "nobody"}
    Entry.objects.create(
        workshop=order.workshop, subject=order, step="delivery.fail", by=asep, facts=facts
    )
    notices.tell()
    outbox.prepare()


def told(step: str = "delivery.fail") -> dict[str, Notice]:
    found = Notice.objects.filter(entry__step=step, person__name="Dewi")
    return {one.channel: one for one in found}


def test_the_text_is_short_with_the_pin_and_one_link(
    client: Client, buyer: Party, dewi: Person, asep: Person
) -> None:
    Person.objects.filter(pk=dewi.pk).update(language="id")
    shipment = testing.shipment_on_the_way(buyer, asep)
    notices.tell()
    outbox.prepare()
    assert outbox.send() == (1, 0)
    assert outbox.send() == (0, 0)

    ((path, headers, body),) = Seller.asked
    assert (path, headers["Authorization"]) == ("/send", "Bearer kunci")
    fields = {name: value for name, [value] in parse_qs(body).items()}
    left = told("delivery.leave")
    assert (fields["to"], fields["ref"]) == ("6281234567890", f"notice-{left[Channel.SMS].pk}")
    assert headers["Idempotency-Key"] == fields["ref"]
    [link] = re.findall(r"http://localhost(/l/\S+/)", fields["message"])
    assert fields["message"] == (
        f"Sepatu Ciomas, {left[Channel.SMS].label}: Koli sedang di jalan. "
        f"PIN untuk kurir: {shipment.pin} http://localhost{link}"
    )
    assert sms.measure(fields["message"]).parts <= 2
    assert "/ciomas/my/orders/" in client.get(link)["Location"]
    assert left[Channel.SMS].status == "sent"
    assert left[Channel.WHATSAPP].status == "dropped"  # nobody needs to send it by hand


def test_who_comes_to_fetch_goods_is_told_with_the_pin_and_whatever_becomes_of_it_too(
    client: Client, buyer: Party, courier: Party, dewi: Person, sari: Person, asep: Person
) -> None:
    Person.objects.filter(pk=dewi.pk).update(language="id")
    order = testing.delivered_order(buyer)
    ticket = Ticket.ask(by=dewi, kind="return", subject=order, party=buyer, body="Kekecilan.")
    size = LineSize.objects.filter(line__order=order).order_by("pk")[0]
    shipment = GoodsReturn.agree(by=sari, ticket=ticket, pairs={size: 2}, way="courier").shipment
    assert shipment is not None
    testing.offer_to(shipment, asep)
    shipment.accept(by=asep)
    notices.tell()
    outbox.prepare()
    outbox.send()

    ((_path, _headers, body),) = Seller.asked
    text = parse_qs(body)["message"][0]
    [link] = re.findall(r"http://localhost(/l/\S+/)", text)
    assert text == (
        f"Sepatu Ciomas, {order.number}: Kurir akan datang menjemput barang yang dikembalikan. "
        f"PIN untuk kurir: {shipment.pin} http://localhost{link}"
    )
    assert f"/ciomas/my/orders/{order.number}/" in client.get(link)["Location"]

    shipment.fail(by=asep, reason="nobody", next_on=clock.today())
    shipment.withdraw(by=sari)
    notices.tell()
    outbox.prepare()
    for step in ("delivery.miss", "delivery.plan_fetch", "delivery.unannounce"):
        assert Channel.SMS in told(step)


@pytest.mark.parametrize(
    ("who", "gets_sms"),
    [
        ("telephone only", True),
        ("mail too", False),
        ("mail that comes back", True),
        ("mail that is not wanted", True),
        ("mail once a day", False),
        ("WhatsApp by machine", False),
        ("WhatsApp that is not wanted", True),
        ("landline", False),
        ("number that is not wanted", False),
        ("SMS that is not wanted", False),
        ("no provider", False),
    ],
)
def test_who_gets_an_sms(
    order: Order,
    dewi: Person,
    asep: Person,
    owner: Person,
    settings: Settings,
    who: str,
    gets_sms: bool,
) -> None:
    def wish(channel: Channel, how: How = How.NEVER) -> None:
        Preference.objects.create(person=dewi, kind=Kind.DELIVERY, channel=channel, how=how)

    if "mail" in who:
        having(dewi, "mail", "dewi@example.com")
    match who:
        case "mail that comes back":
            Identity.objects.filter(kind="mail").update(bounced_at=clock.now())
        case "mail that is not wanted":
            wish(Channel.MAIL)
        case "mail once a day":
            wish(Channel.MAIL, How.DAILY)
        case "WhatsApp by machine":
            keys = {"app_secret": "s", "verify_token": "v", "access_token": "k"}
            number = WhatsAppNumber.connect(by=owner, number_id="106540352242922", **keys)
            number.name_template(by=owner, template="kabar_pesanan")
        case "WhatsApp that is not wanted":
            wish(Channel.WHATSAPP)
        case "landline":
            Identity.objects.filter(kind="phone").update(value="+622518631234")
        case "number that is not wanted":
            Identity.objects.filter(kind="phone").update(opted_out_at=clock.now())
        case "SMS that is not wanted":
            wish(Channel.SMS)
        case "no provider":
            settings.SMS = {}
    fails(order, asep)
    assert (Channel.SMS in told()) == gets_sms


def test_what_can_wait_and_a_person_of_the_workshop_get_none(
    buyer: Party, dewi: Person, sari: Person
) -> None:
    having(sari, "phone", "+6281234567891")
    order = testing.confirmed_order(buyer)
    Message.say(by=sari, conversation=Conversation.of(order, buyer), body="Halo")
    notices.tell()
    outbox.prepare()
    assert not Notice.objects.filter(channel=Channel.SMS).exists()


@pytest.mark.parametrize(("days", "pairs", "is_urgent"), [(7, 0, True), (7, 1, False)])
def test_only_a_change_of_nothing_but_the_day_is_urgent(
    buyer: Party, dewi: Person, sari: Person, days: int, pairs: int, is_urgent: bool
) -> None:
    order = Order.objects.for_page().get(pk=testing.confirmed_order(buyer).pk)
    line, day = order.current.lines.get(), order.current.promised_on
    assert day is not None
    sizes = {"40": 4 + pairs, "41": 6}
    Amendment.propose(
        by=sari,
        order=order,
        wishes=[LineWish(line.line.colourway, sizes, line.unit_price)],
        promised_on=day + timedelta(days=days),
        shipping=order.current.shipping,
        discount=order.current.discount,
    )
    notices.tell()
    outbox.prepare()
    assert (Channel.SMS in told("orders.propose_change")) == is_urgent


def test_mail_that_does_not_arrive_is_told_by_sms(order: Order, dewi: Person, asep: Person) -> None:
    having(dewi, "mail", "dewi@example.com")
    fails(order, asep)
    notices.come_back(told()[Channel.MAIL])
    assert told()[Channel.SMS].status == "waiting"


def test_after_a_day_it_is_no_longer_urgent(order: Order, dewi: Person, asep: Person) -> None:
    having(dewi, "mail", "dewi@example.com")
    fails(order, asep)
    with clock.stopped(clock.now() + timedelta(days=1, minutes=1)):
        notices.come_back(told()[Channel.MAIL])
    assert Channel.SMS not in told()


@pytest.mark.parametrize(
    ("status", "says", "good"), [(400, "no such number", ""), (200, '{"status":"0"}', '"1"')]
)
def test_what_the_provider_refuses_is_sent_by_hand(
    order: Order,
    dewi: Person,
    asep: Person,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    status: int,
    says: str,
    good: str,
) -> None:
    caplog.set_level(logging.CRITICAL, logger="simpul.portals.outbox")
    settings.SMS = SMS | {"good": good}
    Seller.status, Seller.says = status, says
    fails(order, asep)
    assert outbox.send() == (0, 1)
    assert told()[Channel.SMS].status == "failed"
    by_hand = texting.to_send_by_hand(order.workshop_id).filter(entry__step="delivery.fail")
    assert list(by_hand) == [told()[Channel.WHATSAPP]]
    with clock.stopped(clock.now() + timedelta(days=2)):
        assert outbox.send() == (0, 0)


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_provider_in_trouble_is_asked_again_with_growing_pauses(
    order: Order, dewi: Person, asep: Person, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    caplog.set_level(logging.CRITICAL, logger="simpul.portals.outbox")
    Seller.status = status
    fails(order, asep)
    moment = clock.now()
    for pause in outbox.PAUSES[:2]:
        with clock.stopped(moment):
            assert outbox.send() == (0, 1)
            assert outbox.send() == (0, 0)
        moment += pause
    Seller.status = 200
    with clock.stopped(moment):
        assert outbox.send() == (1, 0)
    assert len({parse_qs(body)["ref"][0] for _path, _headers, body in Seller.asked}) == 1
    assert len(Seller.asked) == 3


def test_what_somebody_sent_by_hand_meanwhile_is_not_told_twice(
    client: Client, order: Order, dewi: Person, asep: Person, sari: Person
) -> None:
    fails(order, asep)
    testing.login(client, sari)
    client.post(f"/ciomas/desk/messages/{told()[Channel.WHATSAPP].pk}/sent/", {"how": "sent"})
    assert told()[Channel.WHATSAPP].status == "sent"
    assert outbox.send() == (0, 0)
    assert told()[Channel.SMS].status == "dropped"


def test_the_demonstration_sends_nothing(
    order: Order, dewi: Person, asep: Person, settings: Settings
) -> None:
    settings.DEMO = True
    fails(order, asep)
    assert outbox.send() == (0, 0)
    assert Seller.asked == []


def test_one_chooses_it_only_for_what_may_come(dewi: Person, sari: Person) -> None:
    form = PreferencesForm(person=dewi)
    by_sms = [name for name in form.fields if name.endswith("-sms")]
    assert by_sms == ["orders-sms", "delivery-sms"]
    assert form.fields["delivery-sms"].choices == [  # type: ignore[attr-defined]
        ("at_once", "if needed"),
        ("never", "not at all"),
    ]
    shown = {name: str(form[name].value() or "") for name in form.fields}
    chosen = PreferencesForm(shown | {"delivery-sms": "never"}, person=dewi)
    assert chosen.is_valid(), chosen.errors
    chosen.save()
    assert list(Preference.objects.values_list("kind", "channel", "how")) == [
        ("delivery", "sms", "never")
    ]


def test_a_provider_that_wants_all_in_the_address(db: None, settings: Settings) -> None:
    settings.SMS = {
        "url": f"https://{HOST}/api?key=a&nohp={{number}}&pesan={{text}}&id={{id}}",
        "method": "GET",
        "numbers": "0",
    }
    sms_provider.provider().send(to=DEWI, text="Halo & {id}?", identifier="n-1")
    sms_provider.provider().send(to="+6591234567", text="Halo", identifier="n-2")
    (path, _headers, body), (abroad, *_rest) = Seller.asked
    asked = {name: value for name, [value] in parse_qs(urlsplit(path).query).items()}
    assert asked == {"key": "a", "nohp": "081234567890", "pesan": "Halo & {id}?", "id": "n-1"}
    assert body == ""
    assert "nohp=6591234567" in abroad


def test_a_provider_that_wants_json(db: None, settings: Settings) -> None:
    settings.SMS = SMS | {
        "body": "json",
        "numbers": "+62",
        "fields": {"messages": [{"to": "{number}", "text": "{text}"}], "flash": False},
    }
    sms_provider.provider().send(to=DEWI, text='"Halo"', identifier="n-1")
    assert json.loads(Seller.asked[0][2]) == {
        "messages": [{"to": DEWI, "text": '"Halo"'}],
        "flash": False,
    }


@pytest.mark.parametrize(
    ("url", "fields"),
    [
        ("http://sms.example/", '{"to": "{number}", "message": "{text}"}'),
        ("https://sms.example/", '{"to": "{number}"}'),
        ("https://sms.example/", "to={number}"),
    ],
)
def test_settings_that_cannot_be_right_are_refused(
    monkeypatch: pytest.MonkeyPatch, url: str, fields: str
) -> None:
    monkeypatch.setenv("SIMPUL_SMS_FIELDS", fields)
    with pytest.raises(ImproperlyConfigured):
        _sms(url)


def test_settings_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIMPUL_SMS_FIELDS", json.dumps(SMS["fields"]))
    monkeypatch.setenv("SIMPUL_SMS_HEADERS", json.dumps(SMS["headers"]))
    monkeypatch.setenv("SIMPUL_SMS_NUMBERS", "62")
    assert _sms(SMS["url"]) == SMS | {"method": "POST", "body": "form", "good": ""}
    assert _sms("") == {}
