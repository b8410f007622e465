"""The workshop's number at WhatsApp, in the settings."""

from __future__ import annotations

from django.test import Client

from simpul import testing
from simpul.parties.models import Person
from simpul.payments.models import WhatsAppNumber
from simpul.portals.workshop.tests.test_gateways import freshly

SETTINGS = "/ciomas/desk/settings/whatsapp/"
KEYS = {
    "number_id": "106540352242922",
    "app_secret": "rahasia-aplikasi",
    "verify_token": "kata-verifikasi",
    "access_token": "token-akses",
}


def test_the_owner_connects_it_and_no_key_is_shown_again(client: Client, owner: Person) -> None:
    freshly(client, owner)
    assert client.post(f"{SETTINGS}connection/", KEYS).status_code == 302

    number = WhatsAppNumber.objects.connected().get()
    assert number.open_keys()["app_secret"] == KEYS["app_secret"]
    text = client.get(SETTINGS).content.decode()
    assert "http://testserver/hooks/whatsapp/ciomas/" in text
    assert KEYS["number_id"] in text
    assert not any(KEYS[name] in text for name in ("app_secret", "verify_token", "access_token"))


def test_a_form_with_mistakes_is_shown_again(client: Client, owner: Person) -> None:
    freshly(client, owner)
    answer = client.post(
        f"{SETTINGS}connection/", KEYS | {"number_id": "+62 811", "app_secret": ""}
    )
    assert answer.status_code == 422
    assert "It has only digits." in answer.content.decode()
    assert not WhatsAppNumber.objects.exists()


def test_a_login_that_is_not_fresh_is_asked_again(client: Client, owner: Person) -> None:
    testing.login(client, owner)
    assert client.post(f"{SETTINGS}connection/", KEYS).status_code in {302, 403}
    assert not WhatsAppNumber.objects.exists()


def test_others_only_see_whether_it_works(client: Client, owner: Person, fajar: Person) -> None:
    WhatsAppNumber.connect(by=owner, **KEYS)
    freshly(client, fajar)
    assert "connected" in client.get(SETTINGS).content.decode()
    assert client.post(f"{SETTINGS}connection/", KEYS).status_code == 403
    assert client.post(f"{SETTINGS}closing/").status_code == 403
    assert WhatsAppNumber.objects.connected().count() == 1


def test_it_is_disconnected(client: Client, owner: Person) -> None:
    WhatsAppNumber.connect(by=owner, **KEYS)
    testing.login(client, owner)
    assert client.post(f"{SETTINGS}closing/").status_code == 302
    assert "Not connected." in client.get(SETTINGS).content.decode()
    assert client.post(f"{SETTINGS}closing/").status_code == 404
