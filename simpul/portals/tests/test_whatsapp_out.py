"""Texts that go out by WhatsApp's Cloud API: free within a day, else a template, else by hand."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from simpul import testing
from simpul.conversations import notices
from simpul.conversations.models import Channel, Conversation, Message, Notice
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Identity, Party, Person
from simpul.payments import texting
from simpul.payments.models import WhatsAppNumber
from simpul.payments.texting import State
from simpul.payments.whatsapp import HOSTS
from simpul.portals import outbox

NUMBER_ID = "106540352242922"
DEWI = "+6281234567890"


class Meta(BaseHTTPRequestHandler):
    """Answers as Meta does to what is sent."""

    code = 0  # of the error that is told
    asked: list[tuple[str, dict[str, Any]]] = []

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        Meta.asked.append((self.path, json.loads(self.rfile.read(length))))
        told: dict[str, Any] = {"messages": [{"id": f"wamid.{len(Meta.asked)}"}]}
        if Meta.code:
            told = {"error": {"code": Meta.code, "message": "x"}}
        body = json.dumps(told).encode()
        self.send_response(400 if Meta.code else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(autouse=True)
def meta(settings: Settings) -> Iterator[None]:
    Meta.code, Meta.asked = 0, []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Meta)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.OUTGOING_INSTEAD = dict.fromkeys(HOSTS, f"http://127.0.0.1:{server.server_port}")
    yield
    server.shutdown()
    server.server_close()


@pytest.fixture
def order(buyer: Party, dewi: Person) -> Order:
    Identity.objects.create(workshop=buyer.workshop, person=dewi, kind="phone", value=DEWI)
    made = testing.order(buyer)
    notices.tell()
    return made


@pytest.fixture
def number(owner: Person) -> WhatsAppNumber:
    return WhatsAppNumber.connect(
        by=owner, number_id=NUMBER_ID, app_secret="s", verify_token="v", access_token="kunci"
    )


def writes(dewi: Person, order: Order) -> None:
    talk = Conversation.of(order, order.buyer)
    Message.say(by=dewi, conversation=talk, body="Halo", channel="whatsapp", foreign_id="wamid.in")
    notices.tell()


def say(order: Order, sari: Person) -> Notice:
    talk = Conversation.of(order, order.buyer)
    Message.say(by=sari, conversation=talk, body="Kulitnya sudah datang.\nMulai Senin.")
    notices.tell()
    outbox.prepare()
    return Notice.objects.filter(channel=Channel.WHATSAPP).latest("pk")


def test_within_a_day_the_very_words_go_out(
    number: WhatsAppNumber, order: Order, dewi: Person, sari: Person
) -> None:
    writes(dewi, order)
    notice = say(order, sari)
    assert outbox.send() == (1, 0)
    ((path, told),) = Meta.asked
    assert path == f"/v23.0/{NUMBER_ID}/messages"
    assert (told["to"], told["type"]) == ("6281234567890", "text")
    assert "Kulitnya sudah datang.\nMulai Senin." in told["text"]["body"]
    notice.refresh_from_db()
    assert (notice.status, notice.foreign_id) == ("sent", "wamid.1")
    assert outbox.send() == (0, 0)


def test_after_a_day_only_the_template_goes(
    number: WhatsAppNumber, order: Order, dewi: Person, sari: Person, owner: Person
) -> None:
    number.name_template(by=owner, template="kabar_pesanan")
    writes(dewi, order)
    with clock.stopped(clock.now() + timedelta(hours=24, minutes=1)):
        say(order, sari)
        assert outbox.send() == (1, 0)
    told = Meta.asked[0][1]
    assert told["template"]["name"] == "kabar_pesanan"
    assert told["template"]["language"] == {"code": "id", "policy": "deterministic"}
    gaps = [one["text"] for one in told["template"]["components"][0]["parameters"]]
    assert gaps[:2] == ["Dewi", "Sari writes: Kulitnya sudah datang. Mulai Senin."]
    assert gaps[2].startswith("http://localhost/l/")


def test_without_a_template_a_person_sends_it(
    number: WhatsAppNumber, order: Order, sari: Person
) -> None:
    notice = say(order, sari)
    assert outbox.send() == (0, 0)
    assert Meta.asked == []
    assert list(texting.to_send_by_hand(sari.workshop_id)) == [notice]


def test_without_keys_and_in_the_demonstration_nothing_goes(
    order: Order, dewi: Person, sari: Person, owner: Person, settings: Settings
) -> None:
    writes(dewi, order)
    notice = say(order, sari)
    assert outbox.send() == (0, 0)
    WhatsAppNumber.connect(
        by=owner, number_id=NUMBER_ID, app_secret="s", verify_token="v", access_token="kunci"
    )
    settings.DEMO = True
    assert outbox.send() == (0, 0)
    assert Meta.asked == []
    assert list(texting.to_send_by_hand(sari.workshop_id)) == [notice]


def test_a_failure_is_tried_again_with_growing_pauses(
    number: WhatsAppNumber, order: Order, dewi: Person, sari: Person
) -> None:
    writes(dewi, order)
    notice = say(order, sari)
    Meta.code = 130429  # too many at once
    assert outbox.send() == (0, 1)
    assert outbox.send() == (0, 0)
    notice.refresh_from_db()
    assert notice.status == "waiting"
    Meta.code = 0
    with clock.stopped(clock.now() + outbox.PAUSES[1]):
        assert outbox.send() == (1, 0)


def test_who_has_no_whatsapp_is_told_by_mail(
    number: WhatsAppNumber, order: Order, dewi: Person, sari: Person
) -> None:
    Identity.objects.create(
        workshop=dewi.workshop, person=dewi, kind="mail", value="dewi@toko.example"
    )
    Party.objects.filter(pk=order.buyer_id).update(prefers="whatsapp")
    dewi.refresh_from_db()
    writes(dewi, order)
    notice = say(order, sari)
    Meta.code = 131026
    assert outbox.send() == (0, 1)
    notice.refresh_from_db()
    assert notice.status == "failed"
    assert Notice.objects.filter(entry=notice.entry, channel=Channel.MAIL).count() == 1


@pytest.mark.parametrize("code", [132001, 0])
def test_what_meta_never_takes_is_left_to_a_person(
    number: WhatsAppNumber, order: Order, dewi: Person, sari: Person, code: int
) -> None:
    writes(dewi, order)
    notice = say(order, sari)
    assert list(texting.to_send_by_hand(sari.workshop_id)) == []  # the machine is about to send it
    Meta.code = code
    if not code:
        WhatsAppNumber.objects.update(keys="altered")
    assert outbox.send() == (0, 1)
    assert list(texting.to_send_by_hand(sari.workshop_id)) == [notice]
    Meta.code = 0
    assert outbox.send() == (0, 0)


@pytest.mark.parametrize(("told", "status"), [("read", "seen"), ("failed", "waiting")])
def test_what_is_heard_before_we_noted_that_it_was_sent_stays(
    number: WhatsAppNumber,
    order: Order,
    dewi: Person,
    sari: Person,
    monkeypatch: pytest.MonkeyPatch,
    told: str,
    status: str,
) -> None:
    writes(dewi, order)
    notice = say(order, sari)
    send = texting.send

    def and_hear(notice: Notice, **words: Any) -> None:
        send(notice, **words)
        texting.move(State(NUMBER_ID, "wamid.1", told), notice.person.workshop)

    monkeypatch.setattr(texting, "send", and_hear)
    outbox.send()
    notice.refresh_from_db()
    assert notice.status == status
    by_hand = [notice] if status == "waiting" else []
    assert list(texting.to_send_by_hand(sari.workshop_id)) == by_hand


# What becomes of it


@pytest.fixture
def sent(number: WhatsAppNumber, order: Order, dewi: Person, sari: Person) -> Notice:
    writes(dewi, order)
    notice = say(order, sari)
    outbox.send()
    return notice


@pytest.mark.parametrize(
    ("told", "status"),
    [
        (["sent", "delivered", "read"], "seen"),
        (["read", "delivered", "sent"], "seen"),
        (["delivered", "delivered", "sent"], "arrived"),
        (["delivered", "failed"], "arrived"),
        (["failed", "failed"], "waiting"),  # for a person to send
        (["failed", "read"], "waiting"),
        (["deleted"], "sent"),
    ],
)
def test_a_state_only_climbs(sent: Notice, told: list[str], status: str) -> None:
    for one in told:
        texting.move(State(NUMBER_ID, "wamid.1", one), sent.person.workshop)
    sent.refresh_from_db()
    assert sent.status == status


def test_a_state_of_others_moves_nothing(sent: Notice, joko: Person) -> None:
    for state in (State("9", "wamid.1", "read"), State(NUMBER_ID, "wamid.9", "read")):
        texting.move(state, sent.person.workshop)
    WhatsAppNumber.connect(
        by=joko, number_id="777777", app_secret="s", verify_token="v", access_token="k"
    )
    texting.move(State("777777", "wamid.1", "read"), joko.workshop)
    sent.refresh_from_db()
    assert sent.status == "sent"


def test_how_long_words_are_free(
    number: WhatsAppNumber, order: Order, dewi: Person, owner: Person
) -> None:
    now = clock.now()
    with clock.stopped(now):
        assert texting.free_until(order.buyer) is None
        writes(dewi, order)
        assert texting.free_until(order.buyer) == now + timedelta(hours=24)
    with clock.stopped(now + timedelta(hours=24)):
        assert texting.free_until(order.buyer) is None
    number.disconnect(by=owner)
    assert texting.free_until(order.buyer) is None


@pytest.mark.usefixtures("number")
def test_it_asks_as_much_for_many_people_as_for_one(
    order: Order, dewi: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    writes(dewi, order)
    for _n in range(2):
        with django_assert_num_queries(3):
            assert texting.free_until(order.buyer) is not None
        testing.person("Yani", order.buyer)
