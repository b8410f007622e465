"""The one box that finds everything: the same page in every portal, each over what is one's own."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from simpul.insight import search as insight
from simpul.portals.doors import path_for
from simpul.portals.http import Request, portal_of

A_PAGE = 30


@require_safe
def search(request: Request) -> HttpResponse:
    side, typed = portal_of(request), request.GET.get("q", "").strip()
    words, kind = insight.tidy(typed), request.GET.get("kind", "")
    shown: dict[str, Any] = {"groups": [], "document": None, "page": None, "title": ""}
    if len(words) < insight.SHORTEST:
        pass
    elif kind in insight.SIDES[side]:
        rows = insight.rows_of(kind, request.person, words)
        page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
        hits = [insight.hit_of(kind, row, words) for row in page.object_list]
        title = insight.KINDS[kind].title
        shown |= {
            "groups": [(insight.Group(kind, title, [], False), _with_paths(request, hits))],
            "page": page,
            "title": title,
        }
    else:
        exact = insight.numbered(request.person, words)
        shown["document"] = (exact, path_for(exact, request.person)) if exact else None
        shown["groups"] = [
            (group, _with_paths(request, group.hits))
            for group in insight.found(request.person, side, words)
        ]
    return render(
        request,
        "portals/search.html",
        {
            "frame": f"{side}/base.html",
            "portal": side,
            "words": typed,
            "is_short": len(words) < insight.SHORTEST,
            **shown,
        },
    )


def _with_paths(request: Request, hits: list[insight.Hit]) -> list[tuple[insight.Hit, str | None]]:
    """Return where each leads; what has no page of this person's has only its words."""
    return [(hit, path_for(hit.subject, request.person)) for hit in hits]
