"""What came by mail and message, on the desk."""

from __future__ import annotations

import pytest
from django.test import Client

from simpul import testing
from simpul.lib.tests.samples import mail
from simpul.orders.models import Order
from simpul.parties.models import Identity, Party, Person
from simpul.payments import agreement, inbox
from simpul.payments.models import Arrival, BankAccount, PaymentClaim

DESK = "/ciomas/desk/"
LIST = f"{DESK}payments/?tab=inbox"


@pytest.fixture
def client(client: Client, sari: Person) -> Client:
    """A browser in which Sari, who sells, has logged in."""
    testing.login(client, sari)
    return client


@pytest.fixture
def account(fajar: Person, owner: Person) -> BankAccount:
    return testing.account(fajar.workshop)


@pytest.fixture
def order(buyer: Party, account: BankAccount) -> Order:
    made = testing.order(buyer)
    agreement.confirm(made, by=testing.seller(buyer.workshop))
    return made


@pytest.fixture
def arrival(order: Order) -> Arrival:
    """A stranger's mail that names the order."""
    return inbox.take_mail(mail("gmail.eml", order.number), workshop=order.workshop)


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def path(arrival: Arrival, ending: str = "") -> str:
    return f"{DESK}payments/inbox/{arrival.pk}/{ending}"


def test_the_list_shows_who_wrote_what_and_for_which_order(
    client: Client, arrival: Arrival, order: Order
) -> None:
    text = page(client, LIST)
    assert "Dewi | Toko Maju" in text
    assert "Selamat pagi Bu Sari" in text
    assert "This address or number belongs to no buyer." in text
    assert "order stands in the text." in text
    assert path(arrival, f"claiming/{order.number}/") in text


def test_one_tap_makes_it_a_claim(
    client: Client, arrival: Arrival, order: Order, sari: Person
) -> None:
    answer = client.post(
        path(arrival, f"claiming/{order.number}/"), {"file": arrival.files.get().pk}
    )

    assert answer.status_code == 302
    claim = PaymentClaim.objects.get()
    assert (claim.order, claim.by, claim.amount) == (order, sari, 600_000)
    assert "Nothing waits here" in page(client, LIST)
    assert order.number in page(client, f"{LIST}&shown=all")


def test_a_file_of_another_letter_is_not_found(
    client: Client, arrival: Arrival, order: Order
) -> None:
    other = inbox.take_mail(mail("iphone.eml"), workshop=order.workshop)
    for file in (other.files.get().pk, "", "x", "9" * 30):
        answer = client.post(path(arrival, f"claiming/{order.number}/"), {"file": file})
        assert answer.status_code == 404
    assert not PaymentClaim.objects.exists()


def test_the_claim_says_where_it_came_from_and_what_was_guessed(
    client: Client, order: Order, dewi: Person
) -> None:
    Identity.objects.create(
        workshop=order.workshop, person=dewi, kind="mail", value="dewi@toko.example"
    )
    found = inbox.take_mail(mail("iphone.eml"), workshop=order.workshop)
    assert found.claim is not None
    text = page(client, f"{DESK}payments/claims/{found.claim.pk}/")
    assert "It came by e-mail from dewi@toko.example." in text
    assert "(not stated: what was asked for)" in text
    assert path(found) in text


def test_it_is_set_aside_and_opened_again(client: Client, arrival: Arrival) -> None:
    client.post(path(arrival, "aside/"), {"reason": "An old proof."})
    text = page(client, path(arrival))
    assert "set aside" in text
    assert "An old proof." in text

    client.post(path(arrival, "reopening/"))
    arrival.refresh_from_db()
    assert arrival.status == Arrival.Status.WAITING


def test_a_reason_must_be_given(client: Client, arrival: Arrival) -> None:
    client.post(path(arrival, "aside/"), {"reason": ""})
    arrival.refresh_from_db()
    assert arrival.status == Arrival.Status.WAITING


def test_another_file_can_be_the_proof(client: Client, order: Order) -> None:
    found = inbox.take_mail(
        mail("gmail.eml").replace(
            b"--000000000000a1b2c3--",
            b"--000000000000a1b2c3\r\nContent-Type: application/pdf; name=resi.pdf\r\n\r\n"
            b"%PDF-1.4\nstartxref\n%%EOF\r\n--000000000000a1b2c3--",
        ),
        workshop=order.workshop,
    )
    assert found.files.count() == 2
    second = found.files.get(position=2)
    text = page(client, f"{path(found)}?file={second.pk}")
    assert f'name="file" value="{second.pk}"' in text
    assert "resi.pdf" in text


def test_any_order_can_be_looked_for(client: Client, arrival: Arrival, order: Order) -> None:
    assert path(arrival, f"claiming/{order.number}/") in page(client, f"{path(arrival)}?q=Dewi")
    assert "No open order is found" in page(client, f"{path(arrival)}?q=nobody")


@pytest.mark.parametrize(
    ("words", "found"), [("toko.example", 1), ("Selamat", 1), ("Bukti", 1), ("nobody", 0)]
)
def test_the_list_is_searched(client: Client, arrival: Arrival, words: str, found: int) -> None:
    assert page(client, f"{LIST}&q={words}").count("arrival__sender") == found


def test_files_never_run_in_our_name(client: Client, arrival: Arrival) -> None:
    picture = client.get(path(arrival, "files/1/"))
    letter = client.get(path(arrival, "original/"))
    assert picture["Content-Type"] == "image/jpeg"
    assert letter["Content-Disposition"].startswith("attachment;")
    assert letter.content.startswith(b"Return-Path: <dewi@toko.example>")
    for answer in (picture, letter):
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "no-store"


def test_markup_in_a_mail_is_only_text(client: Client, order: Order) -> None:
    content = mail("text_only.eml").replace(
        b"Subject: SO-2026-0001", b"Subject: <script>alert(1)</script>"
    )
    found = inbox.take_mail(content, workshop=order.workshop)
    for shown in (page(client, LIST), page(client, path(found))):
        assert "<script>alert" not in shown
        assert "&lt;script&gt;alert" in shown


def test_a_note_without_an_original_has_none(client: Client, order: Order) -> None:
    found = inbox.take_mail(mail("bounce.eml"), workshop=order.workshop)
    assert client.get(path(found, "original/")).status_code == 404
    assert "An e-mail of ours that came back." in page(client, path(found))


def test_today_counts_what_waits(client: Client, arrival: Arrival) -> None:
    assert "1 e-mail or message" in page(client, DESK)


def test_the_owner_is_told_once(client: Client, arrival: Arrival, owner: Person) -> None:
    testing.login(client, owner)
    assert page(client, DESK).count("1 e-mail or message") == 1


def test_another_workshop_finds_nothing(arrival: Arrival, joko: Person) -> None:
    stranger = Client()
    testing.login(stranger, joko)
    found = f"/cibaduyut/desk/payments/inbox/{arrival.pk}/"
    for ending in ("", "files/1/", "original/"):
        assert stranger.get(found + ending).status_code == 404
    assert stranger.post(f"{found}aside/", {"reason": "x"}).status_code == 404
