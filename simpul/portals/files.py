"""Serving files: what people handed in never runs in our name, and nobody else keeps a copy."""

from __future__ import annotations

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from simpul.conversations.models import MessageFile
from simpul.papers.models import Paper, Upload
from simpul.papers.pdf import Sheet, pdf_of
from simpul.portals.http import Request


def serve_upload(upload: Upload) -> HttpResponse:
    """Give a file back; only the images that we encoded ourselves are shown in the page."""
    answer = HttpResponse(upload.read(), content_type=upload.kind)
    suffix = upload.path.rpartition(".")[2]
    shown = "inline" if upload.is_image else "attachment"
    answer["Content-Disposition"] = f'{shown}; filename="{upload.code}.{suffix}"'
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return _closed(answer)


def serve_attachment(request: Request, pk: int, subject: Model | None = None) -> HttpResponse:
    """Give a file of a message to whoever may read it, small where `?small` asks for it.

    With a subject only what came with talk about it: a link opens one document and no more.
    """
    mine = MessageFile.objects.visible_to(request.person)
    if subject is not None:
        mine = mine.about(subject)
    found = get_object_or_404(mine.select_related("upload", "small"), pk=pk)
    return serve_upload(found.picture(is_small="small" in request.GET))


def serve_paper(request: HttpRequest, paper: Paper) -> HttpResponse:
    """Give a paper as it was issued: on A4, or on the 80 mm roll where `?sheet=roll` asks for it."""
    is_roll = request.GET.get("sheet") == Sheet.ROLL and paper.has_roll
    answer = HttpResponse(
        pdf_of(paper, Sheet.ROLL if is_roll else Sheet.A4), content_type="application/pdf"
    )
    name = f"{paper.number}-80mm" if is_roll else paper.number
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return _closed(answer)


def serve_sheet(content: bytes, name: str) -> HttpResponse:
    """Give a PDF that was made for this look and is kept nowhere."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return _closed(answer)


def _closed(answer: HttpResponse) -> HttpResponse:
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["Cache-Control"] = "no-store"
    return answer
