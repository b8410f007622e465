"""The PDF of an issued paper: made from its frozen facts once, and kept."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings

from simpul.lib import pdf, uploads
from simpul.papers.models import Paper

KIND = "application/pdf"


def pdf_of(paper: Paper) -> bytes:
    """Return the paper as it was rendered; whoever asks first has it rendered."""
    if not paper.path:
        _render(paper)
    return (Path(settings.UPLOADS) / paper.path).read_bytes()


def _render(paper: Paper) -> None:
    """Keep the first rendering: should two ask at once, both are given that one."""
    content = pdf.render(pdf.ROOT / paper.template, paper.facts)
    sha256 = hashlib.sha256(content).hexdigest()
    path = uploads.store(uploads.Admitted(content, KIND, "pdf", sha256), Path(settings.UPLOADS))
    Paper.objects.filter(pk=paper.pk, path="").update(path=path)
    paper.refresh_from_db(fields=["path"])
