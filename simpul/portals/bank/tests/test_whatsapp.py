"""Messages of WhatsApp at the door: only with the right signature, and each once."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
from django.test import Client

from simpul import testing
from simpul.conversations.models import Message, Notice
from simpul.parties.models import Identity, Party, Person, Workshop
from simpul.payments.models import Arrival, WhatsAppNumber
from simpul.payments.tests.whatsapp_samples import NUMBER_ID, notice
from simpul.workflow.models import Entry

PATH = "/hooks/whatsapp/ciomas/"
SECRET, TOKEN = "app-secret-contoh", "kata-verifikasi"


@pytest.fixture
def number(owner: Person) -> WhatsAppNumber:
    return WhatsAppNumber.connect(
        by=owner, number_id=NUMBER_ID, app_secret=SECRET, verify_token=TOKEN, access_token="x"
    )


@pytest.fixture
def client() -> Client:
    return Client(enforce_csrf_checks=True)


def post(client: Client, body: bytes, secret: str = SECRET, path: str = PATH) -> int:
    mark = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return client.post(
        path, body, "application/json", headers={"X-Hub-Signature-256": f"sha256={mark}"}
    ).status_code


def challenge(client: Client, **query: str) -> Any:
    words = {"hub.mode": "subscribe", "hub.verify_token": TOKEN, "hub.challenge": "1158201444"}
    return client.get(PATH, words | query)


def test_the_challenge_is_given_back_bare(client: Client, number: WhatsAppNumber) -> None:
    answer = challenge(client)
    assert (answer.status_code, answer.content) == (200, b"1158201444")
    assert answer["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize(
    "wrong", [{"hub.verify_token": "lain"}, {"hub.verify_token": ""}, {"hub.mode": "x"}]
)
def test_a_wrong_token_is_refused(
    client: Client, number: WhatsAppNumber, wrong: dict[str, str]
) -> None:
    assert challenge(client, **wrong).status_code == 403
    assert client.get(PATH).status_code == 403


def test_a_message_is_kept_and_its_picture_is_to_be_fetched(
    client: Client, number: WhatsAppNumber
) -> None:
    assert post(client, notice("image")) == 200
    arrival = Arrival.objects.get()
    assert (arrival.status, arrival.media) == ("fetching", "1003383421387256")


def test_the_same_message_again_changes_nothing(client: Client, number: WhatsAppNumber) -> None:
    assert [post(client, notice("image")) for _turn in range(3)] == [200] * 3
    assert Arrival.objects.count() == 1


def test_a_text_waits(client: Client, number: WhatsAppNumber) -> None:
    assert post(client, notice("text", body="Sudah transfer")) == 200
    assert Arrival.objects.get().text == "Sudah transfer"


@pytest.mark.parametrize("secret", ["lain", "", TOKEN])
def test_a_wrong_signature_changes_nothing(
    client: Client, number: WhatsAppNumber, secret: str
) -> None:
    assert post(client, notice("image"), secret) == 403
    assert client.post(PATH, notice("image"), "application/json").status_code == 403
    assert not Arrival.objects.exists()


def test_an_altered_body_is_refused(client: Client, number: WhatsAppNumber) -> None:
    body = notice("image")
    mark = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    altered = body.replace(b"6281234567890", b"6281234567891")
    answer = client.post(
        PATH, altered, "application/json", headers={"X-Hub-Signature-256": f"sha256={mark}"}
    )
    assert answer.status_code == 403
    assert not Arrival.objects.exists()


def test_what_is_signed_and_no_notice_is_refused(client: Client, number: WhatsAppNumber) -> None:
    assert post(client, b"{}") == 400


def test_without_a_number_there_is_no_such_address(client: Client, workshop: Workshop) -> None:
    assert post(client, notice("image")) == 404
    assert challenge(client).status_code == 404


def test_another_workshops_secret_opens_nothing_here(
    client: Client, number: WhatsAppNumber, joko: Person
) -> None:
    WhatsAppNumber.connect(
        by=joko, number_id="999999", app_secret="milik-joko", verify_token=TOKEN, access_token="x"
    )
    assert post(client, notice("image"), "milik-joko") == 403
    # signed by Joko's own app, but to a number that is not his
    assert post(client, notice("image"), "milik-joko", "/hooks/whatsapp/cibaduyut/") == 200
    assert not Arrival.objects.exists()


def test_keys_that_cannot_be_opened_let_meta_repeat_it(
    client: Client, number: WhatsAppNumber
) -> None:
    WhatsAppNumber.objects.update(keys="altered")
    assert post(client, notice("image")) == 503


# What became of ours


@pytest.fixture
def sent(number: WhatsAppNumber, buyer: Party, dewi: Person) -> Notice:
    """A text to Dewi that Meta took."""
    testing.order(buyer)
    line = Entry.objects.latest("pk")
    return Notice.objects.create(
        entry=line, person=dewi, channel="whatsapp", status="sent", foreign_id="wamid.out"
    )


def state(status: str) -> bytes:
    value = {
        "metadata": {"phone_number_id": NUMBER_ID},
        "statuses": [{"id": "wamid.out", "status": status, "timestamp": "1795489961"}],
    }
    changes = [{"field": "messages", "value": value}]
    told = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]}
    return json.dumps(told).encode()


def status_of(notice: Notice) -> str:
    notice.refresh_from_db()
    return notice.status


def test_a_signed_state_moves_what_was_sent_and_once(client: Client, sent: Notice) -> None:
    assert post(client, state("delivered")) == 200
    assert status_of(sent) == "arrived"
    assert post(client, state("read")) == 200
    assert [post(client, state("delivered")) for _turn in range(2)] == [200, 200]  # replayed
    assert status_of(sent) == "seen"


def test_a_state_with_a_wrong_signature_moves_nothing(client: Client, sent: Notice) -> None:
    assert post(client, state("read"), "lain") == 403
    assert client.post(PATH, state("read"), "application/json").status_code == 403
    assert status_of(sent) == "sent"


def test_words_of_somebody_known_stand_in_the_conversation(
    client: Client, number: WhatsAppNumber, dewi: Person
) -> None:
    Identity.objects.create(
        workshop=dewi.workshop, person=dewi, kind="phone", value="+6281234567890"
    )
    for _turn in range(2):
        assert post(client, notice("text", body="Sudah jadi belum?")) == 200
    said = Message.objects.get()
    assert (said.by, said.body, said.channel) == (dewi, "Sudah jadi belum?", "whatsapp")
    assert not Arrival.objects.exists()
