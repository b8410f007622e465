"""A delivery note that came back: from its QR to what can be done next."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from simpul import testing
from simpul.delivery.models import Shipment
from simpul.lib import clock
from simpul.orders.models import Instalment
from simpul.papers.models import Paper
from simpul.parties.models import Party, Person, Workshop

SIGNED = "/ciomas/desk/deliveries/signed/"


@pytest.fixture
def sent(buyer: Party, rina: Person) -> Shipment:
    made = testing.shipment(buyer, "expedition")
    made.issue_note(by=rina)
    made.hand_over(by=rina, count=2)
    return made


def note_of(shipment: Shipment) -> Paper:
    paper = shipment.note_paper()
    assert paper is not None
    return paper


def scan() -> SimpleUploadedFile:
    file = BytesIO()
    Image.new("RGB", (60, 80), "white").save(file, "PNG")
    return SimpleUploadedFile("surat.png", file.getvalue(), "image/png")


def test_the_code_leads_to_the_form_and_the_form_delivers(
    client: Client, sent: Shipment, sari: Person
) -> None:
    testing.login(client, sari)
    paper = note_of(sent)
    assert client.post(SIGNED, {"code": "SALAH"}).status_code == 422
    found = client.post(SIGNED, {"code": paper.number.lower()})
    assert found["Location"] == f"{SIGNED}{paper.code}/"
    facts = {"receiver": "Dewi", "count": 2, "signed_on": clock.today().isoformat()}
    assert client.post(found["Location"], facts).status_code == 422  # without its photo
    done = client.post(found["Location"], facts | {"photo": scan(), "note": "kardus basah"})
    assert done.status_code == 302
    page = client.get(done["Location"]).text
    assert "signed delivery note" in page
    assert "Damaged or missing at the door" in page
    again = client.get(found["Location"]).text
    assert "Its signed paper is entered" in again


def test_a_paper_with_a_shortage_delivers_what_it_names(
    client: Client, sent: Shipment, sari: Person
) -> None:
    testing.login(client, sari)
    path = f"{SIGNED}{note_of(sent).code}/"
    facts = {"receiver": "Dewi", "count": 1, "signed_on": clock.today().isoformat()}
    wrong = client.post(path, facts | {"photo": scan()})
    assert wrong.status_code == 422
    assert "2 packages left: tick below those that were not received." in wrong.text
    both = [package.pk for package in sent.packages.order_by("number")]
    none = client.post(path, facts | {"photo": scan(), "count": 0, "refused": both})
    assert none.status_code == 422
    assert "Nothing was taken" in none.text

    for _tap in range(2):
        done = client.post(path, facts | {"photo": scan(), "refused": both[1:]})
        assert done["Location"] == f"/ciomas/desk/deliveries/{sent.number}/"

    sent.refresh_from_db()
    rest = Shipment.objects.exclude(pk=sent.pk).get()
    assert (sent.status, rest.status, rest.packages.get().pk) == ("delivered", "failed", both[1])


def test_more_money_than_was_asked_for_is_typed_again(
    client: Client, buyer: Party, rina: Person, sari: Person
) -> None:
    order = testing.packed_order(buyer, paid=False)
    Instalment.objects.filter(order=order, position=2).update(gate=5)
    made = Shipment.open(by=rina, orders=[order], mode="own")
    made.issue_note(by=rina)
    made.hand_over(by=rina, count=2)
    testing.login(client, sari)
    facts = {"receiver": "Dewi", "count": 2, "signed_on": clock.today().isoformat()}
    path = f"{SIGNED}{note_of(made).code}/"
    answer = client.post(path, facts | {"photo": scan(), "collected": "1.400.001"})
    assert answer.status_code == 422
    assert "That is more than was asked for." in answer.text
    assert 'value="Dewi"' in answer.text


def test_the_public_page_of_the_qr_leads_our_people_there(
    client: Client, sent: Shipment, sari: Person
) -> None:
    path = f"/ciomas/check/{note_of(sent).code}/"
    assert "desk" not in client.get(path).text
    testing.login(client, sari)
    assert f"{SIGNED}{note_of(sent).code}/" in client.get(path).text


def test_what_has_not_left_is_handed_over_first(client: Client, buyer: Party, rina: Person) -> None:
    made = testing.shipment(buyer, "expedition")
    made.issue_note(by=rina)
    testing.login(client, rina)
    page = client.get(f"{SIGNED}{note_of(made).code}/").text
    assert "have not left yet" in page
    assert f"/deliveries/{made.number}/hand-over/" in page
    assert "Who signed it" not in page


def test_it_is_printed_on_the_sheet_that_the_workshop_has(
    client: Client, sent: Shipment, sari: Person
) -> None:
    Workshop.objects.update(note_sheet="ncr")
    testing.login(client, sari)
    paper = note_of(sent)
    page = client.get(f"/ciomas/desk/deliveries/{sent.number}/").text
    assert "?sheet=ncr" in page
    answer = client.get(f"/ciomas/desk/papers/{paper.code}.pdf?sheet=ncr")
    assert answer["Content-Disposition"] == f'inline; filename="{paper.number}-ncr.pdf"'
    strange = client.get(f"/ciomas/desk/papers/{paper.code}.pdf?sheet=../x")
    assert strange["Content-Disposition"] == f'inline; filename="{paper.number}.pdf"'


def test_another_workshops_note_is_not_found(client: Client, sent: Shipment, joko: Person) -> None:
    testing.login(client, joko)
    path = f"/cibaduyut/desk/deliveries/signed/{note_of(sent).code}/"
    assert client.get(path).status_code == 404
