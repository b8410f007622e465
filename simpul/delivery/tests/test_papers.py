"""What the delivery note looks like: it holds whatever is frozen on it, and never a price."""

from typing import Any

import pytest

from simpul.delivery import papers
from simpul.delivery.papers import DeliveryNoteFacts
from simpul.lib import pdf
from simpul.lib.pdf import PaperFacts

COMMON: PaperFacts = {
    "lang": "id",
    "letterhead": {"name": "Bengkel Sepatu Contoh", "lines": ["Ciomas, Kab. Bogor 16610"]},
    "number": "SJ-2026-0009",
    "code": "HJKLMNPQRSTUVW",
    "fingerprint": "4F2A-91C3-08DE",
    "check_url": "https://example.com/ciomas/check/HJKLMNPQRSTUVW/",
}


def note(packages: int = 3) -> DeliveryNoteFacts:
    return {
        "words": papers.delivery_note_words(),
        "sender": {"name": "Bengkel Sepatu Contoh", "lines": ["Ciomas", "0812-0000-0001"]},
        "receiver": {"name": "Toko Contoh Maju", "lines": ["Pasar Anyar", "0812-0000-0002"]},
        "details": [("Tanggal", "21 November 2026"), ("Kurir", "Ojek Contoh, F 1234 XX")],
        "packages": [
            {
                "head": "Pesanan SO-2026-0002" if number == 2 else "",
                "number": f"17-{number}",
                "contents": ["DRB-01 Derby pria kulit hitam: 39 ×4, 40 ×6"],
                "pairs": "10",
                "weight": "9 kg",
            }
            for number in range(1, packages + 1)
        ],
        "total_packages": f"{packages} koli",
        "total_pairs": str(packages * 10),
        "remarks": "",
        "signatures": {"sender": "Rahmat", "courier": "", "receiver": ""},
    }


def pages(facts: DeliveryNoteFacts) -> int:
    whole = {**facts, **COMMON}
    assert pdf.render(papers.DELIVERY_NOTE, whole).startswith(b"%PDF-")
    return len(pdf.pictures(papers.DELIVERY_NOTE, whole, ppi=20))


def test_a_note_is_one_page_and_a_long_one_goes_on() -> None:
    assert pages(note(1)) == 1
    assert pages(note(8)) == 1
    assert pages(note(40)) == 3


def test_it_has_no_place_for_a_price_or_the_pin() -> None:
    for path in papers.DELIVERY_NOTE.parent.glob("surat_jalan*.typ"):
        template = path.read_text()
        for word in ("price", "amount", "fee", "pin"):
            assert f"facts.{word}" not in template
            assert f"package.{word}" not in template


def test_it_fits_on_a_roll_of_80_mm() -> None:
    roll = papers.DELIVERY_NOTE.with_name("surat_jalan_roll.typ")
    for packages in (1, 40):
        facts: dict[str, Any] = {**note(packages), **COMMON}
        assert pdf.render(roll, facts).startswith(b"%PDF-")
        assert len(pdf.pictures(roll, facts, ppi=20)) == 1


@pytest.mark.parametrize(("sheet", "pages"), [("a4x3", 3), ("a5x3", 3), ("ncr", 1)])
def test_it_is_printed_in_three_copies(sheet: str, pages: int) -> None:
    """A page for each copy, or one print through three plies."""
    template = papers.DELIVERY_NOTE.with_name(f"surat_jalan_{sheet}.typ")
    facts: dict[str, Any] = {**note(3), **COMMON, "plain": sheet == "ncr"}
    assert pdf.render(template, facts).startswith(b"%PDF-")
    assert len(pdf.pictures(template, facts, ppi=20)) == pages
