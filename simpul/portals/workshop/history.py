"""All that happened with a party, in one list."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from simpul.insight.timeline import KINDS, Happening, Place, timeline
from simpul.parties.models import Party
from simpul.portals.doors import path_for
from simpul.portals.http import Request

LONGEST = 80


@require_safe
def history(request: Request, pk: int) -> HttpResponse:
    party = get_object_or_404(Party.objects.visible_to(request.person), pk=pk)
    kind = request.GET.get("kind", "")
    words = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:LONGEST]
    before = Place.read(request.GET.get("before", ""))
    found, older = timeline(
        request.person,
        party,
        kinds=[kind] if kind in KINDS else [],
        words=words,
        before=before,
    )
    return render(
        request,
        "workshop/parties/history.html",
        {
            "party": party,
            "happened": with_paths(request, found),
            "older": older,
            "is_later_page": before is not None,
            "words": words,
            "kind": kind if kind in KINDS else "",
            "kinds": KINDS,
        },
    )


def with_paths(request: Request, found: list[Happening]) -> list[tuple[Happening, str | None]]:
    """Return each with the address of the page that shows it."""
    return [(one, path_for(one.subject, request.person)) for one in found]
