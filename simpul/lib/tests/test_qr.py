import io
import xml.etree.ElementTree as ElementTree

import pytest
import segno
from PIL import Image

from simpul.lib import qr

ADDRESS = "https://example.com/ciomas/check/ABCDEFGHJKLMNP/"
SVG = "{http://www.w3.org/2000/svg}"


def modules(text: str) -> list[list[int]]:
    code = segno.make_qr(text, error="m", boost_error=False)
    return [list(row) for row in code.matrix_iter(border=qr.QUIET_ZONE)]


def test_the_svg_takes_its_colour_from_the_page_and_brings_no_style() -> None:
    drawn = qr.svg(ADDRESS, label="Is it genuine? <b>")

    root = ElementTree.fromstring(drawn)  # noqa: S314
    assert (root.tag, root.get("class"), root.get("role")) == (f"{SVG}svg", "qr", "img")
    assert root.findtext(f"{SVG}title") == "Is it genuine? <b>"
    path = root.find(f"{SVG}path")
    assert path is not None
    assert path.get("stroke") == "currentColor"
    for name in ("style", "script", "onload", "width"):
        assert f" {name}=" not in drawn


def test_the_svg_has_a_quiet_zone() -> None:
    side = len(modules(ADDRESS))
    assert f'viewBox="0 0 {side} {side}"' in qr.svg(ADDRESS)


def test_a_picture_without_a_name_is_hidden_from_those_who_listen() -> None:
    assert 'aria-hidden="true"' in qr.svg(ADDRESS)


@pytest.mark.parametrize("text", [ADDRESS, "00020101021226", "Halo, Bu Siti — é"])
def test_the_png_shows_each_module(text: str) -> None:
    expected = modules(text)
    image = Image.open(io.BytesIO(qr.png(text, scale=3))).convert("L")

    assert image.size == (len(expected) * 3, len(expected) * 3)
    for y, row in enumerate(expected):
        for x, dark in enumerate(row):
            assert image.getpixel((x * 3 + 1, y * 3 + 1)) == (0 if dark else 255)


@pytest.mark.parametrize("turn", [0, 90, 14])
def test_a_picture_is_read(turn: int) -> None:
    """Also one that was photographed askew and came out of the upload door as a JPEG."""
    code = Image.open(io.BytesIO(qr.png(ADDRESS, scale=6))).convert("RGB")
    table = Image.new("RGB", (900, 900), "sienna")
    table.paste(code.rotate(turn, expand=True, fillcolor="sienna"), (200, 150))
    photo = io.BytesIO()
    table.save(photo, "JPEG", quality=70)

    assert qr.texts_in(photo.getvalue()) == [ADDRESS]


def test_a_picture_without_a_code_says_nothing() -> None:
    photo = io.BytesIO()
    Image.new("RGB", (300, 300), "white").save(photo, "JPEG")

    assert qr.texts_in(photo.getvalue()) == []
