"""Sent to a distributor's customer as if it came from the distributor."""

from __future__ import annotations

import pytest

from simpul import testing
from simpul.delivery import labels
from simpul.delivery.labels import Sheet, label_facts, packing_list_facts
from simpul.delivery.models import Package, Shipment
from simpul.delivery.papers import DELIVERY_NOTE
from simpul.lib import pdf
from simpul.orders.models import Order
from simpul.papers.models import Paper
from simpul.parties.models import Identity, Party, Person


@pytest.fixture
def shipment(buyer: Party, dewi: Person, rina: Person, asep: Person) -> Shipment:
    """To a customer of Dewi's shop, in the shop's name."""
    Identity.objects.filter(person=dewi, kind="phone").delete()
    Identity.objects.create(
        workshop=buyer.workshop, person=dewi, kind="phone", value="+6281234567890"
    )
    made = testing.accepted_shipment(buyer, asep)
    Order.objects.filter(pk=made.first_order.pk).update(
        in_buyers_name=True, remarks="untuk pelanggan"
    )
    return Shipment.objects.get(pk=made.pk)


def note_of(shipment: Shipment, by: Person) -> Paper:
    shipment.issue_note(by=by)
    paper = shipment.note_paper()
    assert paper is not None
    return paper


def test_the_note_names_the_distributor_and_not_the_workshop(
    shipment: Shipment, buyer: Party, rina: Person
) -> None:
    paper = note_of(shipment, rina)

    own = {"name": buyer.name, "lines": ["0812-3456-7890"]}
    assert (paper.facts["sender"], paper.facts["letterhead"]) == (own, own)
    assert (paper.facts["check_url"], paper.facts["remarks"]) == ("", "")
    text = str(paper.facts)
    for word in (shipment.workshop.name, shipment.workshop.slug, rina.name):
        assert word not in text
    assert buyer.name not in str(paper.facts["receiver"])


def test_it_is_drawn_without_a_code_to_check(shipment: Shipment, rina: Person) -> None:
    paper = note_of(shipment, rina)
    facts = paper.facts | {"fingerprint": paper.fingerprint}

    for template in (DELIVERY_NOTE, DELIVERY_NOTE.with_name("surat_jalan_roll.typ")):
        assert len(pdf.pictures(template, facts, ppi=20)) == 1


def test_a_note_keeps_in_whose_name_it_went(shipment: Shipment, buyer: Party, rina: Person) -> None:
    paper = note_of(shipment, rina)

    Party.objects.filter(pk=buyer.pk).update(name="Toko Lain", sends_in_own_name=False)

    assert Paper.objects.get(pk=paper.pk).facts["sender"]["name"] == buyer.name


def test_labels_and_list_do_the_same(shipment: Shipment, buyer: Party) -> None:
    def page_of(package: Package) -> str:
        return f"https://example.com/ciomas/{package.code}/"

    facts = label_facts(shipment, Sheet.ROLL, page_of=page_of)
    listed = packing_list_facts(shipment)

    assert facts["sender"]["name"] == listed["letterhead"]["name"] == buyer.name
    for text in (str(facts), str(listed)):
        assert shipment.workshop.name not in text
        assert "ciomas" not in text
    for sheet in Sheet:
        drawn = pdf.pictures(labels.LABEL, facts | {"sheet": sheet.value}, ppi=20)
        assert len(drawn) == (1 if sheet == Sheet.A4 else 2)
