"""What the papers about money look like: they hold whatever is frozen on them."""

import io
from typing import Any, get_type_hints

import pytest
from PIL import Image

from simpul import testing
from simpul.lib import money, pdf
from simpul.lib.pdf import PaperFacts
from simpul.payments import papers
from simpul.payments.papers import InvoiceFacts, KuitansiFacts

COMMON: PaperFacts = {
    "lang": "id",
    "letterhead": {"name": "Bengkel Sepatu Contoh", "lines": ["Ciomas, Kab. Bogor 16610"]},
    "number": "KW-2026-0031",
    "code": "HJKLMNPQRSTUVW",
    "fingerprint": "4F2A-91C3-08DE",
    "check_url": "https://example.com/ciomas/check/HJKLMNPQRSTUVW/",
}
KUITANSI: KuitansiFacts = {
    "words": papers.kuitansi_words(),
    "received_from": "Toko Contoh Maju",
    "in_words": money.in_words(5_840_217).capitalize() + " rupiah",
    "purpose": ["Uang muka pesanan SO-2026-0017"],
    "amount": "Rp 5.840.217",
    "place_and_day": "Ciomas, 2 November 2026",
    "stamp": "Meterai\nRp 10.000",
    "signed_by": "Fajar",
    "signed_as": "Keuangan",
}
INVOICE: InvoiceFacts = {
    "words": papers.invoice_words("Faktur uang muka"),
    "to": {"name": "Toko Contoh Maju", "lines": ["Pasar Anyar", "Kota Bogor"]},
    "details": [("Tanggal", "31 Oktober 2026"), ("Pesanan", "SO-2026-0017")],
    "lines": [
        {
            "what": "DRB-01 Derby pria kulit hitam",
            "more": "39: 4 · 40: 10 · 41: 12 · 42: 10 · 43: 4",
            "quantity": "40 pasang",
            "price": "Rp 365.000",
            "amount": "Rp 14.600.000",
        }
    ],
    "sums": [("Total", "Rp 14.600.000"), ("Sudah dibayar", "Rp 0")],
    "taxes": [],
    "asked": "Rp 5.840.217",
    "due": "Paling lambat 3 November 2026.",
    "pay_to": ["Bank BCA", "0000012345", "a.n. Bengkel Sepatu Contoh"],
    "qris": "",
    "qris_note": "",
    "remarks": "",
}
NOTE: dict[str, Any] = {
    "words": {"title": "Nota kredit", "check": "Pindai"},
    "rows": [("Untuk", ["Toko Contoh Maju"]), ("Alasan", ["Barang cacat", "dua pasang"])],
    "in_words": ("Uang sejumlah", "Seratus ribu rupiah"),
    "amount": "Rp 100.000",
    "place_and_day": "Ciomas, 2 November 2026",
    "signatures": [{"label": "", "name": "Fajar", "role": "Keuangan"}],
}
LONGEST = money.in_words(999_999_999_999).capitalize() + " rupiah"


def pages(template: Any, facts: Any) -> int:
    assert pdf.render(template, facts | COMMON).startswith(b"%PDF-")
    return len(pdf.pictures(template, facts | COMMON, ppi=20))


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"stamp": ""},
        {"in_words": LONGEST, "amount": "Rp 999.999.999.999", "signed_as": ""},
        {
            "purpose": [
                f"Pelunasan pesanan SO-2026-00{number} (Rp 1.000.000)" for number in range(3)
            ]
        },
    ],
)
def test_a_kuitansi_is_one_page(other: dict[str, Any]) -> None:
    assert pages(papers.KUITANSI, KUITANSI | other) == 1


@pytest.mark.parametrize(("lines", "count"), [(1, 1), (9, 1), (60, 3)])
def test_an_invoice_grows_with_its_lines(lines: int, count: int) -> None:
    assert pages(papers.INVOICE, INVOICE | {"lines": INVOICE["lines"] * lines}) == count


@pytest.mark.parametrize(("facts", "shape"), [(KUITANSI, KuitansiFacts), (INVOICE, InvoiceFacts)])
def test_the_shape_names_all_that_stands_on_it(facts: dict[str, Any], shape: type) -> None:
    assert facts.keys() == get_type_hints(shape).keys()


DPI = 203  # of a thermal printer: 8 dots a millimetre


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("kuitansi", KUITANSI),
        ("kuitansi", KUITANSI | {"stamp": "", "in_words": LONGEST}),
        ("invoice", INVOICE),
        ("invoice", INVOICE | {"lines": INVOICE["lines"] * 60}),
        ("invoice", INVOICE | {"qris": testing.QRIS, "qris_note": "Nominalnya ada di kode."}),
        ("invoice", INVOICE | {"pay_to": [], "taxes": [("PPN", "Rp 1.606.000")]}),
        ("note", NOTE),
    ],
)
def test_a_roll_is_one_black_strip_of_80_mm(name: str, facts: dict[str, Any]) -> None:
    template = papers.INVOICE.with_name(f"{name}_roll.typ")
    assert pdf.render(template, facts | COMMON).startswith(b"%PDF-")

    [page] = pdf.pictures(template, facts | COMMON, ppi=DPI)

    image = Image.open(io.BytesIO(page)).convert("RGB")
    assert image.width == round(80 / 25.4 * DPI)
    red, green, blue = (band.tobytes() for band in image.split())
    assert red == green == blue
