"""A paper is rendered once and stays as it was."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings

from simpul.papers import issuing
from simpul.papers.models import Draft, Paper, Rendering
from simpul.papers.pdf import pdf_of
from simpul.papers.tasks import render
from simpul.parties.models import Party, Person, Workshop

KIND = Paper.Kind.KUITANSI
TEMPLATE = "papers/tests/sheet.typ"


def issued(buyer: Party, by: Person) -> Paper:
    return issuing.issue(Draft(KIND, buyer, buyer, TEMPLATE, {"amount": "Rp 5"}), by=by)


def test_it_is_the_same_for_whoever_asks(buyer: Party, fajar: Person) -> None:
    paper = issued(buyer, fajar)

    first = pdf_of(paper)
    Paper.objects.filter(pk=paper.pk).update(facts={"amount": "Rp 6"})

    assert first.startswith(b"%PDF-")
    assert pdf_of(Paper.objects.get(pk=paper.pk)) == first
    kept = paper.renderings.get(sheet=Rendering.Sheet.A4)
    assert (Path(settings.UPLOADS) / kept.path).read_bytes() == first
    assert kept.sha256 == hashlib.sha256(first).hexdigest()


def test_it_keeps_the_letterhead_of_its_day(
    buyer: Party, fajar: Person, workshop: Workshop
) -> None:
    workshop.telephone = "+6281234567890"
    workshop.save()
    fajar.refresh_from_db()
    paper = issued(buyer, fajar)

    assert paper.facts["letterhead"] == {"name": "Sepatu Ciomas", "lines": ["0812-3456-7890"]}
    assert paper.facts["number"] == paper.number == "KW-2026-0001"
    assert paper.facts["check_url"].endswith(f"/ciomas/check/{paper.code}/")


def test_the_worker_may_be_first(buyer: Party, fajar: Person) -> None:
    paper = issued(buyer, fajar)

    render.call([paper.pk])

    assert paper.renderings.get().path.endswith(".pdf")


def test_it_is_found_with_what_it_mentions(buyer: Party, fajar: Person, supplier: Party) -> None:
    paper = issuing.issue(Draft(KIND, buyer, buyer, TEMPLATE, {}, mentions=(supplier,)), by=fajar)

    assert list(Paper.objects.about(supplier)) == [paper]
    assert list(Paper.objects.about(buyer)) == [paper]
    assert not Paper.objects.about(fajar).exists()


def test_a_paper_is_kept_once_for_each_sheet(buyer: Party, fajar: Person) -> None:
    facts = {
        "words": {"title": "Nota", "check": "Pindai"},
        "rows": [],
        "in_words": ["Uang sejumlah", "Lima rupiah"],
        "amount": "Rp 5",
        "place_and_day": "Ciomas",
        "signatures": [],
    }
    paper = issuing.issue(Draft(KIND, buyer, buyer, "payments/papers/note.typ", facts), by=fajar)
    assert paper.has_roll
    assert not issued(fajar.workshop.parties.create(name="Toko"), fajar).has_roll

    whole, roll = pdf_of(paper), pdf_of(paper, Rendering.Sheet.ROLL)

    assert whole != roll
    assert pdf_of(paper, Rendering.Sheet.ROLL) == roll
    assert set(paper.renderings.values_list("sheet", flat=True)) == {"a4", "roll"}
