"""News of the workshop for one buyer: why it is theirs, what they opened, and what they waved off."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from simpul.crm.models import Bulletin, BulletinReader
from simpul.portals.files import serve_upload
from simpul.portals.http import Request

A_PAGE = 20


@require_safe
def bulletins(request: Request) -> HttpResponse:
    """All that was for them; what they waved off stands apart, and can be taken back."""
    chosen = request.GET.get("shown", "")
    mine = BulletinReader.objects.of(request.person)
    rows = mine.exclude(unwanted_at=None) if chosen == "unwanted" else mine.wanted()
    return render(
        request,
        "buyer/bulletins/list.html",
        {
            "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
            "chosen": chosen,
        },
    )


@require_safe
def bulletin(request: Request, pk: int) -> HttpResponse:
    found = _find(request, pk)
    reader = BulletinReader.objects.of(request.person).filter(bulletin=found).first()
    return render(request, "buyer/bulletins/page.html", {"bulletin": found, "reader": reader})


@require_safe
def picture(request: Request, pk: int) -> HttpResponse:
    found = _find(request, pk)
    if found.picture is None:
        raise Http404
    return serve_upload(found.picture)


@require_POST
def opened(request: Request, pk: int) -> HttpResponse:
    """Go to it; it is not new any more."""
    _mine(request, pk).open()
    return redirect("buyer:bulletin", request.workshop.slug, pk)


@require_POST
def wish(request: Request, pk: int) -> HttpResponse:
    """Wave it off, or want it again."""
    mine = _mine(request, pk)
    if request.POST.get("how") == "again":
        mine.want_again()
    else:
        mine.wave_off()
        messages.success(request, _("You will not see this again, nor news of such models."))
    return redirect("buyer:bulletins", request.workshop.slug)


def _find(request: Request, pk: int) -> Bulletin:
    known = Bulletin.objects.visible_to(request.person).select_related("picture", "product")
    return get_object_or_404(known, pk=pk)


def _mine(request: Request, pk: int) -> BulletinReader:
    return get_object_or_404(BulletinReader.objects.of(request.person), bulletin=pk)
