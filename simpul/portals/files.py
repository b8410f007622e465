"""Serving files: what people handed in never runs in our name, and nobody else keeps a copy."""

from __future__ import annotations

from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
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


def serve_attachment(request: Request, pk: int, *subjects: Model) -> HttpResponse:
    """Give a file of a message to whoever may read it, small where `?small` asks for it.

    With subjects only what came with talk about them: a link opens one document and no more.
    """
    mine = MessageFile.objects.visible_to(request.person)
    if subjects:
        mine = mine.about(*subjects)
    found = get_object_or_404(mine.select_related("upload", "small"), pk=pk)
    upload = found.picture(is_small="small" in request.GET)
    if upload is None:
        raise Http404
    return serve_upload(upload)


def serve_paper(request: HttpRequest, paper: Paper) -> HttpResponse:
    """Give a paper as it was issued: on A4, or on the sheet that `?sheet=` asks for if it has it."""
    asked = request.GET.get("sheet", "")
    sheet = asked if paper.has_sheet(asked) else Sheet.A4
    answer = HttpResponse(pdf_of(paper, sheet), content_type="application/pdf")
    suffix = {Sheet.A4: "", Sheet.ROLL: "-80mm"}.get(Sheet(sheet), f"-{sheet}")
    name = f"{paper.number}{suffix}"
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
