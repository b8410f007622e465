"""WhatsApp's notices are read as they come, and pictures are fetched in two calls."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from simpul.lib import mails
from simpul.lib.tests.samples import mail
from simpul.orders.models import Order
from simpul.parties.models import Identity, Person
from simpul.payments import whatsapp
from simpul.payments.models import Arrival, PaymentClaim, WhatsAppNumber
from simpul.payments.tests.whatsapp_samples import NUMBER_ID, notice
from simpul.payments.whatsapp import Unreadable

PICTURE = mails.read(mail("gmail.eml")).attached[0].content
Status, Why = Arrival.Status, Arrival.Why


def test_the_vector_of_the_signature() -> None:
    body = b'{"object":"whatsapp_business_account","entry":[]}'
    mark = "sha256=076eba72aa1693c21e8663fde4ffde71e0c9cf73515c607a1502fc46b9733ba8"
    assert whatsapp.is_genuine(body, mark, "app-secret-contoh")
    for wrong in ("", mark[:-1], mark.replace("0", "1", 1), mark[7:], "sha256=\N{SNOWMAN}"):
        assert not whatsapp.is_genuine(body, wrong, "app-secret-contoh")
    assert not whatsapp.is_genuine(body + b" ", mark, "app-secret-contoh")
    assert not whatsapp.is_genuine(body, mark, "lain")


# Reading


def test_a_picture_with_its_words() -> None:
    (received,) = whatsapp.read(notice("image", caption="Bukti SO-2026-0001"))
    letter = received.letter
    assert (received.number_id, received.media) == (NUMBER_ID, "1003383421387256")
    assert (letter.sender, letter.sender_name) == ("+6281234567890", "Dewi")
    assert (letter.id, letter.text) == ("wamid.1", "Bukti SO-2026-0001")
    assert letter.sent_at == datetime(2026, 11, 24, 3, 12, 41, tzinfo=UTC)


def test_a_document_and_a_text() -> None:
    (document,) = whatsapp.read(notice("document", caption="resi"))
    (text,) = whatsapp.read(notice("text", body="Sudah transfer ya"))
    assert document.media
    assert (text.media, text.letter.text) == ("", "Sudah transfer ya")


@pytest.mark.parametrize("kind", ["audio", "sticker", "reaction", "location", "unsupported"])
def test_what_is_no_report_is_passed_over(kind: str) -> None:
    assert whatsapp.read(notice(kind)) == []


def test_states_of_our_own_messages_are_passed_over() -> None:
    told = json.loads(notice("text"))
    value = told["entry"][0]["changes"][0]["value"]
    del value["messages"]
    value["statuses"] = [{"id": "wamid.9", "status": "read", "timestamp": "1"}]
    assert whatsapp.read(json.dumps(told).encode()) == []


def test_a_media_name_is_only_letters_and_digits() -> None:
    (received,) = whatsapp.read(notice("image", id="../../me?access_token="))
    assert received.media == ""


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"object":"page","entry":[]}', b"[" * 100_000, b"\xff"]
)
def test_what_is_no_notice_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        whatsapp.read(body)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["entry", "changes", "value", "messages", "field", "type", "id", "from", "text",
             "body", "image", "metadata", "contacts", "profile", "timestamp", "phone_number_id"]
        ),
        inner,
        max_size=5,
    ),
    max_leaves=30,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(_json)
def test_any_shape_is_read_or_passed_over(shape: Any) -> None:
    told = {"object": "whatsapp_business_account", "entry": [{"changes": [shape]}, shape]}
    value = {"field": "messages", "value": shape}
    for body in (told, told | {"entry": [{"changes": [value]}]}):
        for received in whatsapp.read(json.dumps(body).encode()):
            received.letter.text.encode()


# Fetching, from a server of our own on the loopback


class Graph(BaseHTTPRequestHandler):
    """Answers as Meta does: first the picture's address, then its bytes."""

    fails = 0
    asked: list[tuple[str, str]] = []
    picture = PICTURE
    leads_to = "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1"

    def do_GET(self) -> None:
        Graph.asked.append((self.path, self.headers.get("Authorization", "")))
        if Graph.fails:
            Graph.fails -= 1
            self.send_response(503)
            self.end_headers()
            return
        body = Graph.picture
        if "/v23.0/" in self.path:
            body = json.dumps({"url": Graph.leads_to, "mime_type": "image/jpeg"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def graph(settings: Settings) -> Iterator[type[Graph]]:
    Graph.fails, Graph.asked, Graph.picture = 0, [], PICTURE
    Graph.leads_to = "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1"
    server = ThreadingHTTPServer(("127.0.0.1", 0), Graph)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    here = f"http://127.0.0.1:{server.server_port}"
    settings.OUTGOING_INSTEAD = dict.fromkeys(whatsapp.HOSTS, here)
    yield Graph
    server.shutdown()
    server.server_close()


@pytest.fixture
def number(owner: Person) -> WhatsAppNumber:
    return WhatsAppNumber.connect(
        by=owner,
        number_id=NUMBER_ID,
        app_secret="app-secret-contoh",
        verify_token="kata-verifikasi",
        access_token="token-contoh",
    )


@pytest.fixture
def dewi(dewi: Person) -> Person:
    """Dewi is known under her telephone."""
    Identity.objects.create(
        workshop=dewi.workshop, person=dewi, kind="phone", value="+6281234567890"
    )
    return dewi


def taken(order: Order, **facts: Any) -> Arrival:
    (received,) = whatsapp.read(notice("image", caption=order.number, **facts))
    return whatsapp.expect(received, order.workshop)


def due_again(arrival: Arrival) -> Arrival:
    Arrival.objects.filter(pk=arrival.pk).update(next_try_at=arrival.at)
    return Arrival.objects.get(pk=arrival.pk)


def test_a_picture_is_fetched_and_becomes_a_claim(
    graph: type[Graph], number: WhatsAppNumber, order: Order, dewi: Person
) -> None:
    arrival = taken(order)
    assert arrival.status == Status.FETCHING
    whatsapp.fetch_due(order.workshop)

    arrival.refresh_from_db()
    claim = PaymentClaim.objects.get()
    assert (arrival.status, arrival.claim, claim.by, claim.order) == (
        Status.CLAIMED,
        claim,
        dewi,
        order,
    )
    assert graph.asked == [
        ("/v23.0/1003383421387256", "Bearer token-contoh"),
        ("/whatsapp_business/attachments/?mid=1", "Bearer token-contoh"),
    ]
    assert not whatsapp.is_needed(order.workshop)


def test_the_same_message_again_is_the_same(
    graph: type[Graph], number: WhatsAppNumber, order: Order, dewi: Person
) -> None:
    assert taken(order) == taken(order)


def test_a_failure_is_tried_again_later_and_not_for_ever(
    graph: type[Graph], number: WhatsAppNumber, order: Order, dewi: Person
) -> None:
    graph.fails = 1
    arrival = taken(order)
    whatsapp.fetch(arrival)
    assert Arrival.objects.get().status == Status.FETCHING
    whatsapp.fetch_due(order.workshop)  # not yet
    assert len(graph.asked) == 1

    whatsapp.fetch(due_again(arrival))
    assert Arrival.objects.get().status == Status.CLAIMED


def test_after_the_last_try_it_waits_for_a_person(
    graph: type[Graph], number: WhatsAppNumber, order: Order, dewi: Person
) -> None:
    graph.fails = 99
    arrival = taken(order)
    for _turn in range(6):
        whatsapp.fetch(due_again(arrival))
    arrival.refresh_from_db()
    assert (arrival.status, arrival.why) == (Status.WAITING, Why.NOT_FETCHED)
    assert len(graph.asked) == 6


def test_two_workers_fetch_it_once(
    graph: type[Graph], number: WhatsAppNumber, order: Order, dewi: Person
) -> None:
    arrival = taken(order)
    seen_by_another = Arrival.objects.get(pk=arrival.pk)
    whatsapp.fetch(arrival)
    whatsapp.fetch(seen_by_another)
    assert len(graph.asked) == 2


def test_the_picture_is_fetched_from_meta_only(
    graph: type[Graph], number: WhatsAppNumber, order: Order, dewi: Person
) -> None:
    graph.leads_to = "https://169.254.169.254/latest/meta-data/"
    arrival = taken(order)
    whatsapp.fetch(arrival)
    arrival.refresh_from_db()
    assert (arrival.status, arrival.why) == (Status.WAITING, Why.NOT_FETCHED)
    assert len(graph.asked) == 1


def test_what_is_no_picture_waits(
    graph: type[Graph], number: WhatsAppNumber, order: Order, dewi: Person
) -> None:
    graph.picture = b"<html>"
    whatsapp.fetch(taken(order))
    arrival = Arrival.objects.get()
    assert (arrival.status, arrival.why, arrival.refused) == (
        Status.WAITING,
        Why.NO_PROOF,
        ["?"],
    )


def test_a_message_to_another_number_is_not_ours(
    number: WhatsAppNumber, order: Order, joko: Person
) -> None:
    (received,) = whatsapp.read(notice("image"))
    assert whatsapp.is_to(received, order.workshop)
    assert not whatsapp.is_to(received, joko.workshop)
    number.disconnect(by=number.by)
    assert not whatsapp.is_to(received, order.workshop)
