"""Labels and the packing list: printed as often as one likes, and nothing changes by it."""

from __future__ import annotations

import pytest

from simpul.delivery import labels
from simpul.delivery.labels import Sheet, label_facts, packing_list_facts
from simpul.delivery.models import Package, Shipment
from simpul.lib import pdf, qr
from simpul.papers.models import Paper
from simpul.parties.models import Person
from simpul.workflow.models import Entry


def page_of(package: Package) -> str:
    return f"https://example.com/{package.code}/"


def test_a_label_says_what_stands_in_the_yard(shipment: Shipment, rina: Person) -> None:
    first, second = shipment.packages.order_by("number")
    second.weigh(by=rina, weight=4_700, length=500, width=400, height=300)

    facts = label_facts(shipment, Sheet.ROLL, page_of=page_of)

    assert (facts["labels"][0]["order"], facts["number"]) == (shipment.known_as, shipment.number)
    assert facts["sender"]["name"] == "Sepatu Ciomas"
    assert facts["receiver"]["name"] == shipment.first_order.receiver
    assert [one["place"][-3:] for one in facts["labels"]] == ["1/2", "2/2"]
    assert facts["labels"][1]["details"] == ["5 pairs", "4.7 kg", "50 × 40 × 30 cm"]
    assert [one["address"] for one in facts["labels"]] == [page_of(first), page_of(second)]
    assert first.code != second.code


def test_one_label_keeps_its_place_among_all(shipment: Shipment) -> None:
    second = shipment.packages.get(number=2)

    [label] = label_facts(shipment, Sheet.A4, page_of=page_of, only=second)["labels"]

    assert label["place"].endswith("2/2")


@pytest.mark.parametrize(("sheet", "pages"), [("100", 9), ("80", 9), ("58", 9), ("a4", 2)])
def test_nine_labels_on_each_kind_of_paper(shipment: Shipment, sheet: str, pages: int) -> None:
    facts = label_facts(shipment, Sheet(sheet), page_of=page_of)
    long = facts["labels"][0] | {"contents": [f"DRB-{n} Derby hitam: 39 ×4" for n in range(40)]}
    facts["labels"] = [long] * 9
    facts["receiver"]["lines"] = ["Jalan yang panjang sekali namanya nomor 128 blok C"] * 5

    drawn = pdf.pictures(labels.LABEL, facts, ppi=150)

    assert len(drawn) == pages
    assert page_of(shipment.packages.order_by("number")[0]) in qr.texts_in(drawn[0])


def test_printing_twice_changes_nothing(shipment: Shipment) -> None:
    before = Entry.objects.count()

    for _again in range(2):
        assert labels.label_sheet(shipment, Sheet.A4, page_of=page_of).startswith(b"%PDF")
        assert labels.packing_list(shipment).startswith(b"%PDF")

    assert not Paper.objects.filter(kind=Paper.Kind.DELIVERY_NOTE).exists()
    assert Entry.objects.count() == before


def test_the_packing_list_adds_up(shipment: Shipment, rina: Person) -> None:
    for package in shipment.packages.all():
        package.weigh(by=rina, weight=4_700)

    facts = packing_list_facts(shipment)

    assert [one["pairs"] for one in facts["packages"]] == ["5", "5"]
    assert (facts["total_pairs"], facts["total_weight"]) == ("10", "9.4 kg")
    assert facts["number"] == shipment.number


def test_neither_has_a_place_for_a_price() -> None:
    for template in (labels.LABEL, labels.PACKING_LIST):
        for word in ("price", "amount", "fee", "pin"):
            assert f".{word}" not in template.read_text()
