"""News for customers on the desk: write it, see whom it is for, publish it, take it back."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.crm.bulletin_forms import BulletinForm
from simpul.crm.models import Bulletin, BulletinStatus
from simpul.crm.publishing import publish, readers_of
from simpul.lib import clock
from simpul.portals import circulars
from simpul.portals.downloads import Column, download
from simpul.portals.files import serve_upload
from simpul.portals.http import Request, demand

A_PAGE = 30
A_FEW = 8  # names of those whom it would reach
COLUMNS: tuple[Column, ...] = (
    (_lazy("Title"), str),
    (_lazy("State"), lambda one: str(one.get_status_display())),
    (_lazy("To whom"), lambda one: str(one.segment or _lazy("all who buy"))),
    (_lazy("When"), lambda one: clock.day_of(one.published_at or one.at)),
)


@require_safe
def bulletins(request: Request) -> HttpResponse:
    words, chosen = request.GET.get("q", "").strip(), request.GET.get("status", "")
    found = Bulletin.objects.visible_to(request.person).search(words)
    shown = found.filter(status=chosen) if chosen else found
    rows = shown.select_related("segment").order_by("-pk")
    if answer := download(request, "news", COLUMNS, rows):
        return answer
    return render(
        request,
        "workshop/customers/bulletins/list.html",
        {
            "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
            "words": words,
            "chosen": chosen,
            "statuses": BulletinStatus,
        },
    )


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    demand(request, "crm.write_bulletin", request.workshop)
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
def change(request: Request, pk: int) -> HttpResponse:
    found = _find(request, pk)
    demand(request, "crm.change_bulletin", found)
    return _edit(request, found)


@require_safe
def count(request: Request) -> HttpResponse:
    """Tell how many it would reach, while its form is filled in."""
    draft = Bulletin(workshop=request.workshop)
    form = BulletinForm(request.GET, workshop=request.workshop)
    form.is_valid()
    draft.segment = form.cleaned_data.get("segment")
    draft.product = form.cleaned_data.get("product")
    counted = None if "segment" in form.errors else _would_read(draft)
    context = {"counted": counted}
    return render(request, "workshop/customers/segments/_counted.html", context)


@require_safe
def bulletin(request: Request, pk: int) -> HttpResponse:
    """As it is read; of a draft whom it would reach today, of a published one who opened it."""
    found = _find(request, pk)
    is_draft = found.status == BulletinStatus.DRAFT
    return render(
        request,
        "workshop/customers/bulletins/page.html",
        {
            "bulletin": found,
            "would": _would_read(found) if is_draft else None,
            "counts": None if is_draft else found.counts(),
            "address": circulars.bulletin_address(found),
            "campaigns": list(found.campaigns.order_by("-pk")),
        },
    )


@require_safe
def picture(request: Request, pk: int) -> HttpResponse:
    found = _find(request, pk)
    if found.picture is None:
        raise Http404
    return serve_upload(found.picture)


@require_POST
def publication(request: Request, pk: int) -> HttpResponse:
    publish(_find(request, pk), by=request.person)
    return redirect("workshop:bulletin", request.workshop.slug, pk)


@require_POST
def taking_back(request: Request, pk: int) -> HttpResponse:
    _find(request, pk).take_back(by=request.person)
    return redirect("workshop:bulletin", request.workshop.slug, pk)


def _edit(request: Request, found: Bulletin | None) -> HttpResponse:
    form = BulletinForm(
        request.POST or None,
        request.FILES or None,
        workshop=request.workshop,
        bulletin=found,
    )
    if form.is_valid():
        saved = form.save(by=request.person)
        return redirect("workshop:bulletin", request.workshop.slug, saved.pk)
    return render(
        request,
        "workshop/customers/bulletins/form.html",
        {"form": form, "bulletin": found},
        status=422 if form.is_bound else 200,
    )


def _would_read(draft: Bulletin) -> dict[str, object]:
    found = readers_of(draft)
    names = [party.name for party in found.order_by("name", "pk")[:A_FEW]]
    return {"count": found.count(), "names": names}


def _find(request: Request, pk: int) -> Bulletin:
    known = Bulletin.objects.visible_to(request.person).select_related(
        "workshop", "picture", "product", "segment__workshop", "because_product", "because_category"
    )
    return get_object_or_404(known, pk=pk)
