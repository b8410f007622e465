"""What a person was told: the same page in every portal, newest first."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from simpul.conversations.models import Notice
from simpul.portals.doors import path_for
from simpul.portals.http import Request, portal_of

A_PAGE = 30


@require_safe
def news(request: Request) -> HttpResponse:
    notices = Notice.objects.for_person(request.person).prefetch_related("entry__subject")
    if request.GET.get("shown") == "new":
        notices = notices.waiting()
    return render(
        request,
        "portals/news.html",
        {
            "frame": f"{portal_of(request)}/base.html",
            "portal": portal_of(request),
            "page": Paginator(notices, A_PAGE).get_page(request.GET.get("page")),
            "shown": request.GET.get("shown", ""),
        },
    )


@require_POST
def opened(request: Request, pk: int) -> HttpResponse:
    """Go to the thing itself; it is no news any more."""
    notice = get_object_or_404(Notice.objects.for_person(request.person), pk=pk)
    notice.mark(Notice.Status.SEEN)
    path = path_for(notice.entry.subject, request.person)
    return redirect(path) if path else redirect(_back(request), request.workshop.slug)


@require_POST
def seen(request: Request) -> HttpResponse:
    """Nothing of it is news any more."""
    Notice.objects.for_person(request.person).waiting().update(status=Notice.Status.SEEN)
    return redirect(_back(request), request.workshop.slug)


def _back(request: Request) -> str:
    return f"{portal_of(request)}:news"
