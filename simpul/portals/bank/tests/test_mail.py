"""Mail that a provider hands over: only with its proof, and each mail once."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from simpul import testing
from simpul.lib import mails
from simpul.lib.tests.samples import mail
from simpul.orders.models import Order
from simpul.parties.models import Identity, Party, Person, Workshop
from simpul.payments import agreement, inbox
from simpul.payments.models import Arrival, PaymentClaim
from simpul.settings import _mail_proof

PATH = "/hooks/mail/ciomas/"
SECRET = "simpul:rahasia"
PICTURE = mails.read(mail("gmail.eml")).attached[0].content


@pytest.fixture
def order(buyer: Party, dewi: Person, fajar: Person, owner: Person) -> Order:
    """Dewi's order, and Dewi is known under her address."""
    testing.account(buyer.workshop)
    made = testing.order(buyer)
    agreement.confirm(made, by=testing.seller(buyer.workshop))
    Identity.objects.create(
        workshop=buyer.workshop, person=dewi, kind="mail", value="dewi@toko.example"
    )
    return made


@pytest.fixture
def client() -> Client:
    return Client(enforce_csrf_checks=True)


# Postmark: JSON, with a name and a password in the address


@pytest.fixture
def postmark(settings: Settings) -> None:
    settings.MAIL_PROVIDER = "postmark"
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}


def postmark_mail(order: Order | None = None, **rest: Any) -> dict[str, Any]:
    number = order.number if order else "SO-2026-0001"
    return {
        "FromName": "Dewi – Toko Maju",
        "From": "Dewi@toko.example",
        "FromFull": {"Email": "Dewi@toko.example", "Name": "Dewi – Toko Maju"},
        "ToFull": [{"Email": "bayar@bengkel.example", "Name": ""}],
        "OriginalRecipient": "bayar@bengkel.example",
        "Subject": f"Bukti transfer “{number}” 🙏",
        "Date": "Tue, 24 Nov 2026 10:12:41 +0700",
        "TextBody": "Sudah ditransfer Rp 600.000 – terima kasih",
        "HtmlBody": "<p>Sudah</p>",
        "Headers": [
            {"Name": "Return-Path", "Value": "<dewi@toko.example>"},
            {"Name": "Message-ID", "Value": "<pm-1@toko.example>"},
        ],
        "Attachments": [
            {
                "Name": "bukti „transfer”.jpg",
                "Content": base64.b64encode(PICTURE).decode(),
                "ContentType": "image/jpeg",
                "ContentLength": len(PICTURE),
            }
        ],
    } | rest


def post(client: Client, told: dict[str, Any], secret: str = SECRET, path: str = PATH) -> int:
    return client.post(
        path,
        json.dumps(told),
        content_type="application/json",
        headers={"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"},
    ).status_code


def test_a_mail_with_a_proof_becomes_a_claim(postmark: None, client: Client, order: Order) -> None:
    assert post(client, postmark_mail(order)) == 200

    arrival = Arrival.objects.get()
    assert arrival.claim == PaymentClaim.objects.get()
    assert arrival.claim.amount == 600_000
    assert arrival.subject == f"Bukti transfer “{order.number}” 🙏"
    assert arrival.sender_name == "Dewi – Toko Maju"
    assert arrival.files.get().name == "bukti „transfer”.jpg"
    assert arrival.original is not None
    assert mails.read(arrival.original.read()).subject == arrival.subject


def test_the_same_mail_again_changes_nothing(postmark: None, client: Client, order: Order) -> None:
    told = postmark_mail(order)
    assert [post(client, told), post(client, told)] == [200, 200]
    assert PaymentClaim.objects.count() == Arrival.objects.count() == 1


@pytest.mark.parametrize("secret", ["simpul:salah", "", ":", "x" * 5_000])
def test_without_the_secret_nothing_is_kept(
    postmark: None, client: Client, order: Order, secret: str
) -> None:
    assert post(client, postmark_mail(order), secret) == 403
    assert client.post(PATH, b"{}", content_type="application/json").status_code == 403
    assert not Arrival.objects.exists()


def test_each_workshop_has_its_own_address(
    postmark: None, client: Client, order: Order, joko: Person
) -> None:
    assert post(client, postmark_mail(order), path="/hooks/mail/cibaduyut/") == 200
    arrival = Arrival.objects.get()
    assert (arrival.workshop, arrival.why) == (joko.workshop, Arrival.Why.STRANGER)
    assert post(client, postmark_mail(order), path="/hooks/mail/nowhere/") == 404


def test_an_empty_return_path_is_a_bounce(postmark: None, client: Client, order: Order) -> None:
    told = postmark_mail(order, Headers=[{"Name": "Return-Path", "Value": "<>"}])
    assert post(client, told) == 200
    arrival = Arrival.objects.get()
    assert (arrival.status, arrival.why) == ("aside", Arrival.Why.BOUNCE)


def test_the_raw_form_is_refused_before_it_is_taken_apart(
    postmark: None, client: Client, order: Order
) -> None:
    assert post(client, postmark_mail(order, RawEmail=mail("gmail.eml").decode())) == 415
    assert not Arrival.objects.exists()


def test_a_flood_is_answered_so_that_it_is_sent_again(
    postmark: None, client: Client, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "OF_ALL", 0)
    assert post(client, postmark_mail(order)) == 429


def test_a_provider_may_look_whether_the_address_is_there(
    postmark: None, client: Client, workshop: Workshop
) -> None:
    assert client.head(PATH).status_code == 200
    assert client.get(PATH).status_code == 405


# Mailgun: a form with files, signed by a key


@pytest.fixture
def mailgun(settings: Settings) -> None:
    settings.MAIL_PROVIDER = "mailgun"
    settings.ANYMAIL = {"MAILGUN_WEBHOOK_SIGNING_KEY": "kunci-contoh"}


def mailgun_mail(order: Order, key: str = "kunci-contoh") -> dict[str, Any]:
    stamp, token = "1795489961", "a" * 50
    mark = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    headers = [
        ["From", "Dewi <dewi@toko.example>"],
        ["Subject", order.number],
        ["Message-Id", "<mg-1@toko.example>"],
        ["Date", "Tue, 24 Nov 2026 10:12:41 +0700"],
    ]
    return {
        "timestamp": stamp,
        "token": token,
        "signature": mark,
        "sender": "dewi@toko.example",
        "recipient": "bayar@bengkel.example",
        "message-headers": json.dumps(headers),
        "body-plain": "Bukti",
        "attachment-count": "1",
        "attachment-1": SimpleUploadedFile("bukti.jpg", PICTURE, "image/jpeg"),
    }


def test_a_signed_form_becomes_a_claim(mailgun: None, client: Client, order: Order) -> None:
    assert client.post(PATH, mailgun_mail(order)).status_code == 200
    assert client.post(PATH, mailgun_mail(order)).status_code == 200
    assert PaymentClaim.objects.get().order == order


def test_a_wrong_key_is_refused(mailgun: None, client: Client, order: Order) -> None:
    assert client.post(PATH, mailgun_mail(order, key="lain")).status_code == 403
    assert client.post(PATH, {"a": "b"}).status_code == 403
    assert not Arrival.objects.exists()


def test_a_raw_form_is_refused(mailgun: None, client: Client, order: Order) -> None:
    told = mailgun_mail(order) | {"body-mime": mail("gmail.eml").decode()}
    assert client.post(PATH, told).status_code == 415


# Settings


def test_without_a_provider_there_is_no_such_address(client: Client, order: Order) -> None:
    assert post(client, postmark_mail(order)) == 404
    assert not Arrival.objects.exists()


@pytest.mark.parametrize(
    ("provider", "secret"), [("mailgun", ""), ("postmark", ""), ("postmark", "no-password")]
)
def test_a_provider_needs_its_proof(
    provider: str, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIMPUL_MAIL_SECRET", secret)
    with pytest.raises(ImproperlyConfigured):
        _mail_proof(provider)


def test_each_provider_proves_itself_in_its_own_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIMPUL_MAIL_SECRET", SECRET)
    assert _mail_proof("postmark") == {"WEBHOOK_SECRET": SECRET}
    assert _mail_proof("mailgun") == {"MAILGUN_WEBHOOK_SIGNING_KEY": SECRET}
    assert _mail_proof("") == {}
