"""The PDF of an issued paper: made from its frozen facts once, and kept."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings

from simpul.lib import pdf, uploads
from simpul.papers.models import Paper, Rendering

KIND = "application/pdf"
Sheet = Rendering.Sheet


class Damaged(Exception):
    """What lies on the disk is not what was rendered."""


def pdf_of(paper: Paper, sheet: str = Sheet.A4) -> bytes:
    """Return the paper as it was rendered; whoever asks first has it rendered.

    Raises Damaged where the kept file is no longer the one that was rendered.
    """
    kept = paper.renderings.filter(sheet=sheet).first() or _render(paper, sheet)
    content = (Path(settings.UPLOADS) / kept.path).read_bytes()
    if hashlib.sha256(content).hexdigest() != kept.sha256:
        raise Damaged(f"{paper}: {kept.path} has been changed")
    return content


def _render(paper: Paper, sheet: str) -> Rendering:
    """Keep the first rendering: should two ask at once, both are given that one."""
    facts = paper.facts | {"fingerprint": paper.fingerprint, "plain": sheet == Sheet.CONTINUOUS}
    content = pdf.render(paper.template_on(sheet), facts)
    sha256 = hashlib.sha256(content).hexdigest()
    path = uploads.store(uploads.Admitted(content, KIND, "pdf", sha256), Path(settings.UPLOADS))
    fresh = {"path": path, "sha256": sha256}
    return Rendering.objects.get_or_create(paper=paper, sheet=sheet, defaults=fresh)[0]
