"""QR codes: black squares in which a telephone finds an address or a payment."""

import io
from functools import lru_cache

import segno
import zxingcpp
from markupsafe import Markup
from PIL import Image

QR_CODES = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
QUIET_ZONE = 4  # modules, as the standard wants it


def svg(text: str, *, label: str = "", ink: str = "currentColor", error: str = "m") -> Markup:
    """Return an inline SVG drawn in the colour of the text, with class `qr` and no style of its own.

    Give it a light ground and dark ink whatever the theme: many readers want dark on light.
    """
    buffer = io.BytesIO()
    _code(text, error).save(
        buffer,
        kind="svg",
        border=QUIET_ZONE,
        dark="black",
        svgclass="qr",
        lineclass=None,
        omitsize=True,
        xmldecl=False,
        svgns=True,
        title=label or None,
        nl=False,
    )
    heard = 'role="img"' if label else 'aria-hidden="true"'
    drawn = buffer.getvalue().decode().replace("<svg ", f"<svg {heard} ", 1)
    inked = drawn.replace('stroke="#000"', f'stroke="{ink}"', 1)
    return Markup(inked)  # noqa: S704 - drawn here; segno escapes the label


def png(text: str, *, scale: int = 8, error: str = "m") -> bytes:
    """Return a PNG, black on white, `scale` pixels a module."""
    buffer = io.BytesIO()
    _code(text, error).save(buffer, kind="png", border=QUIET_ZONE, scale=scale)
    return buffer.getvalue()


def texts_in(picture: bytes) -> list[str]:
    """Return what the QR codes of a picture say; it has come through the upload door."""
    with Image.open(io.BytesIO(picture)) as image:
        found = zxingcpp.read_barcodes(image, formats=QR_CODES)
    return [code.text for code in found]


@lru_cache(maxsize=128)  # a payment's code stands on its page, and is saved as a picture soon after
def _code(text: str, error: str) -> segno.QRCode:
    return segno.make_qr(text, error=error, boost_error=False)
