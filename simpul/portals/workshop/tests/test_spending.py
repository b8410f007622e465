"""What money was for, on the desk."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from simpul import testing
from simpul.lib import clock
from simpul.parties.models import Party, Person
from simpul.payments import reconciliation
from simpul.payments.models import BankEntry, Purpose
from simpul.tests.statement import statement

OUT = "/ciomas/desk/payments/out/"


@pytest.fixture
def entries(workshop: object, fajar: Person) -> list[BankEntry]:
    """Three fees and a transfer to somebody, oldest first."""
    account = testing.account(fajar.workshop)
    rows = [(clock.today(), -amount, "BIAYA ADM") for amount in (6_500, 7_500, 8_500)]
    rows.append((clock.today(), -400_000, "TRSF 0511 PAK OMAN"))
    reconciliation.take(by=fajar, account=account, content=statement(rows))
    return list(BankEntry.objects.order_by("pk"))


def test_what_nobody_has_explained_stands_there_with_a_reason(
    client: Client, entries: list[BankEntry], fajar: Person
) -> None:
    testing.login(client, fajar)
    page = client.get(OUT).text

    assert page.count("“BIAYA ADM” stands in the text.") == 3
    assert "And 2 more with the same words" in page
    assert "These words are new." in page


def test_one_tap_accepts_it(client: Client, entries: list[BankEntry], fajar: Person) -> None:
    testing.login(client, fajar)
    client.post(f"{OUT}entries/{entries[0].pk}/acceptance/")

    assert Purpose.objects.get().kind == "fee"


def test_one_tap_accepts_all_with_the_same_words(
    client: Client, entries: list[BankEntry], fajar: Person
) -> None:
    testing.login(client, fajar)
    client.post(f"{OUT}entries/{entries[0].pk}/acceptance/", {"all": "1"})

    made = Purpose.objects.order_by("-amount_sen")
    assert [purpose.amount_sen for purpose in made] == [-650_000, -750_000, -850_000]
    assert list(BankEntry.objects.unexplained()) == [entries[3]]


def test_it_is_said_by_hand_with_a_slip(
    client: Client, entries: list[BankEntry], fajar: Person
) -> None:
    testing.login(client, fajar)
    buffer = io.BytesIO()
    Image.new("RGB", (40, 60), "white").save(buffer, "PNG")
    slip = SimpleUploadedFile("slip.png", buffer.getvalue())
    facts = {"kind": "rent", "words": "November", "amount": "300.000", "document": slip}
    answer = client.post(f"{OUT}entries/{entries[3].pk}/", facts)

    assert answer.status_code == 302
    made = Purpose.objects.get()
    assert (made.kind, made.amount_sen, made.words) == ("rent", -30_000_000, "November")
    paper = client.get(f"{OUT}purposes/{made.pk}/document/")
    assert (paper.status_code, paper["X-Content-Type-Options"]) == (200, "nosniff")


def test_a_supplier_must_be_named(
    client: Client, entries: list[BankEntry], fajar: Person, supplier: Party
) -> None:
    testing.login(client, fajar)
    path = f"{OUT}entries/{entries[3].pk}/"
    assert client.post(path, {"kind": "supplier"}).status_code == 422
    assert client.post(path, {"kind": "supplier", "party": supplier.pk}).status_code == 302

    assert Purpose.objects.get().party == supplier


def test_cash_out_and_in(client: Client, workshop: object, fajar: Person) -> None:
    testing.login(client, fajar)
    for kind in ("-wages", "+capital"):
        facts = {"kind": kind, "amount": "250.000", "on": clock.today().isoformat()}
        assert client.post(f"{OUT}cash/", facts).status_code == 302

    rows = Purpose.objects.order_by("pk").values_list("kind", "amount_sen")
    assert list(rows) == [("wages", -25_000_000), ("capital", 25_000_000)]


def test_what_was_wrong_is_taken_back(
    client: Client, entries: list[BankEntry], fajar: Person
) -> None:
    entries[3].explain(by=fajar, kind="rent")
    made = Purpose.objects.get()
    testing.login(client, fajar)
    client.post(f"{OUT}purposes/{made.pk}/retraction/", {"reason": "Salah"})

    assert entries[3] in BankEntry.objects.unexplained()
    assert "taken back" in client.get(f"{OUT}?tab=explained").text


def test_the_explained_are_searched_and_filtered(
    client: Client, entries: list[BankEntry], fajar: Person
) -> None:
    entries[0].explain(by=fajar, kind="fee")
    entries[3].explain(by=fajar, kind="rent", words="Ruko Ciomas")
    testing.login(client, fajar)

    assert "Ruko Ciomas" in client.get(f"{OUT}?tab=explained&q=ruko").text
    assert "Ruko Ciomas" not in client.get(f"{OUT}?tab=explained&kind=fee").text
    assert "Ruko Ciomas" not in client.get(f"{OUT}?tab=explained&way=cash").text


def test_sales_sees_nothing_of_the_bank(
    client: Client, entries: list[BankEntry], sari: Person
) -> None:
    testing.login(client, sari)

    assert "BIAYA ADM" not in client.get(OUT).text
    assert client.get(f"{OUT}entries/{entries[0].pk}/").status_code == 404


def test_another_workshop_finds_nothing(
    client: Client, entries: list[BankEntry], joko: Person
) -> None:
    testing.login(client, joko)

    path = f"/cibaduyut/desk/payments/out/entries/{entries[0].pk}/"
    assert client.get(path).status_code == 404
    assert client.post(f"{path}acceptance/").status_code == 404
    assert not Purpose.objects.exists()


def test_who_does_not_see_the_bank_is_not_led_to_it(
    client: Client, entries: list[BankEntry], fajar: Person, rina: Person, supplier: Party
) -> None:
    entries[0].explain(by=fajar, kind="supplier", party=supplier)
    made = Purpose.objects.get()

    pages = []
    for person in (fajar, rina):
        testing.login(client, person)
        pages.append(client.get(f"{OUT}purposes/{made.pk}/").text)

    path = f'href="{OUT}entries/{entries[0].pk}/"'
    assert [path in page for page in pages] == [True, False]
    assert entries[0].text in pages[1]


def test_what_is_chosen_is_asked_for_in_ones_own_language(
    client: Client, entries: list[BankEntry], fajar: Person
) -> None:
    testing.login(client, fajar)
    client.cookies["django_language"] = "id"

    page = client.get(f"{OUT}entries/{entries[0].pk}/").text

    assert page.count("Pilih salah satu") == 2  # what for, and whose: our own choice and Django's
    assert "Select an option" not in page
