"""The courier's pages as an app of the telephone, that can be opened without a network."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from simpul.portals import devices
from simpul.portals.courier.jobs import find_job
from simpul.portals.http import Request


@require_safe
def worker(request: Request) -> HttpResponse:
    """The program that keeps pages and shows news; it has the power over what lies below its own address."""
    content = devices.KEEPER.read_bytes() + b"\n" + devices.PUSH.read_bytes()
    return HttpResponse(content, "text/javascript; charset=utf-8")


@require_safe
def job_worker(request: Request, number: str) -> HttpResponse:
    """The same, for all that a link opens."""
    find_job(request, number)
    return worker(request)


@require_safe
def manifest(request: Request) -> HttpResponse:
    """How the telephone shows these pages among its apps."""
    home = reverse("courier:jobs", args=[request.workshop.slug])
    icon = {"src": static("ui/favicon.svg"), "type": "image/svg+xml", "sizes": "any"}
    return JsonResponse(
        {
            "id": home,
            "start_url": home,
            "scope": home,
            "name": request.workshop.name,
            "short_name": "Simpul",
            "lang": get_language(),
            "display": "standalone",
            "background_color": "#faf7f1",
            "theme_color": "#faf7f1",
            "icons": [icon],
        },
        content_type="application/manifest+json",
    )
