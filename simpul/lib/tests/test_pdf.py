import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typst
from PIL import Image

from simpul.lib import clock, pdf

TEMPLATE = """
#import "/lib/typst/paper.typ": *
#show: paper.with(title: words.title)
#facts.name
#check()
"""
FACTS: dict[str, Any] = {
    "lang": "id",
    "letterhead": {"name": "Bengkel Sepatu Contoh", "lines": ["Ciomas, Kab. Bogor"]},
    "number": "KW-2026-0001",
    "code": "HJKLMNPQRSTUVW",
    "fingerprint": "4F2A-91C3-08DE",
    "check_url": "https://example.com/ciomas/check/HJKLMNPQRSTUVW/",
    "words": {"title": "Kuitansi", "check": "Pindai"},
    "name": "Toko Maju",
}


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A template that lies beside the papers' style, as the apps' templates do."""
    (tmp_path / "lib").symlink_to(pdf.ROOT / "lib")
    monkeypatch.setattr(pdf, "ROOT", tmp_path)
    path = tmp_path / "paper.typ"
    path.write_text(TEMPLATE)
    return path


def test_a_paper_is_a_pdf_made_to_be_kept(template: Path) -> None:
    content = pdf.render(template, FACTS)

    assert content.startswith(b"%PDF-")
    assert b"<pdfaid:part>2</pdfaid:part>" in content
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in content


def test_the_same_facts_at_the_same_moment_give_the_same_bytes(template: Path) -> None:
    with clock.stopped(datetime(2026, 11, 24, 12, 0, 0, 5, tzinfo=UTC)):
        assert pdf.render(template, FACTS) == pdf.render(template, FACTS)


def test_a_page_is_a4(template: Path) -> None:
    [page] = pdf.pictures(template, FACTS, ppi=72)
    assert Image.open(io.BytesIO(page)).size == (595, 842)


@pytest.mark.parametrize(
    "name",
    ["#import *x* $a$", "Toko \\ _A_ <b>", "@rujukan", '"; #panic()', "= Judul", "ß \u202e \x07"],
)
def test_a_text_is_never_taken_as_typst(template: Path, name: str) -> None:
    assert pdf.render(template, FACTS | {"name": name}).startswith(b"%PDF-")


def test_an_emoji_in_a_name_keeps_no_paper_from_being_made(template: Path) -> None:
    content = pdf.render(template, FACTS | {"name": "Toko 👟 漢"})
    assert content.startswith(b"%PDF-")
    assert b"pdfaid" not in content


def test_a_fact_that_is_missing_is_said_loudly(template: Path) -> None:
    less = json.loads(json.dumps(FACTS))
    del less["name"]
    with pytest.raises(typst.TypstError, match="name"):
        pdf.render(template, less)
