"""Papers as PDF: a typst template and the facts that are frozen on it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypedDict

import typst

from simpul.lib import clock, qr

ROOT = Path(__file__).parents[1]  # templates lie in their apps and import /lib/typst/paper.typ
BLACK = "#000000"  # a thermal printer has no brown
STANDARD = "a-2a"  # kept for years, and read aloud


class Letterhead(TypedDict):
    """Whose paper it is."""

    name: str
    lines: list[str]  # address, telephone, whatever stands below the name


class PaperFacts(TypedDict):
    """What every paper says, beside what its own template asks for.

    All texts of a paper are finished: translated, money and days written out.
    """

    lang: str  # id or en
    letterhead: Letterhead
    number: str
    code: str
    fingerprint: str  # of its place in the chain of papers; added when it is rendered
    check_url: str  # where anybody sees whether it is genuine; becomes the QR code


def render(template: Path, facts: Mapping[str, Any]) -> bytes:
    """Render a template from its facts; nothing in a text of theirs is taken as typst.

    A sign for which no font has a picture, such as an emoji in a name, is not allowed in a PDF for
    archives: then it is an ordinary PDF with a box in its place. Raises typst.TypstError for a
    template that does not fit its facts.
    """
    try:
        content: bytes = _compiled(template, facts, format="pdf", pdf_standards=STANDARD)
    except typst.TypstError:
        content = _compiled(template, facts, format="pdf")
    return content


def pictures(template: Path, facts: Mapping[str, Any], *, ppi: int = 110) -> list[bytes]:
    """Render each page as a PNG, to look at."""
    pages = _compiled(template, facts, format="png", ppi=ppi)
    return pages if isinstance(pages, list) else [pages]


def _compiled(template: Path, facts: Mapping[str, Any], **output: Any) -> Any:
    """Compile with the fonts that typst brings along: no paper depends on the machine."""
    inputs = {"facts": json.dumps(facts, ensure_ascii=False)}
    if address := facts.get("check_url"):
        inputs["qr"] = qr.svg(address, ink=BLACK)
    if payment := facts.get("qris"):
        inputs["qris"] = qr.svg(payment, ink=BLACK)
    compiler = typst.Compiler(template, root=ROOT, ignore_system_fonts=True, sys_inputs=inputs)
    return compiler.compile(timestamp=int(clock.now().timestamp()), **output)
