"""Who comes by a recommendation: the code of the link is kept until the registration."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from simpul.lib import codes
from simpul.portals.http import Visit

COOKIE = "simpul_from"
MONTH_S = 30 * 24 * 60 * 60


def keep(request: Visit, answer: HttpResponse) -> HttpResponse:
    """Remember by whose link this visitor came, in this shop alone."""
    code = codes.tidy(request.GET.get("from", ""))
    if codes.is_spoken(code):
        answer.set_cookie(
            COOKIE,
            code,
            max_age=MONTH_S,
            path=f"/{request.workshop.slug}/",
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
    return answer


def recommended_by(request: HttpRequest) -> str:
    """Return the code that this visitor came by, if any."""
    code = codes.tidy(request.GET.get("from", "") or request.COOKIES.get(COOKIE, ""))
    return code if codes.is_spoken(code) else ""
