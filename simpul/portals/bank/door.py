"""What every hook owes: only the right method, never too much to read, no guessing of keys."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from simpul.lib.limits import is_too_often
from simpul.parties.models import Workshop

MISSES_AN_HOUR = 60

type View = Callable[..., HttpResponse]


class Call(HttpRequest):
    """A request that no person makes. `workshop` comes from the address and proves nothing."""

    workshop: Workshop


def hook(*, most_bytes: int, methods: tuple[str, ...] = ("POST",)) -> Callable[[View], View]:
    """Turn a view into a hook: its body is read up to `most_bytes` before anything looks at it.

    There is no form and no cookie, so there is nothing for a CSRF token to protect: the view itself
    must check the signature over `request.body`, and answer `missed(…)` where it is wrong.
    """

    def decorate(view: View) -> View:
        @csrf_exempt
        @functools.wraps(view)
        def run(request: Any, **rest: Any) -> HttpResponse:
            if request.method not in methods:
                answer = plain(405, "This address takes notices.")
                answer["Allow"] = ", ".join(methods)
                return answer
            if not _read(request, most_bytes):
                return plain(413, "That is more than a notice.")
            return view(request, **rest)

        return run

    return decorate


def plain(status: int, text: str) -> HttpResponse:
    """Answer a program: one line of text, kept by nobody."""
    answer = HttpResponse(text + "\n", status=status, content_type="text/plain; charset=utf-8")
    answer["Cache-Control"] = "no-store"
    return answer


def missed(request: Call, what: str) -> HttpResponse:
    """Refuse a wrong signature. Whoever tries many is asked to wait; a right one never has to."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    if is_too_often(f"hook:{what}", address, times=MISSES_AN_HOUR, seconds=3600):
        return plain(429, "Too many wrong signatures from here.")
    return plain(403, "The signature is wrong.")


def _read(request: Any, most_bytes: int) -> bool:
    """Read the whole body, unless it is longer; `request.body` and `request.POST` find it there."""
    if _announced(request) > most_bytes:
        return False
    body = request.read(most_bytes + 1)
    request._body = body
    return len(body) <= most_bytes


def _announced(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
