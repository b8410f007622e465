"""The pages that say no, in plain words and with a way on."""

from __future__ import annotations

import logging
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import is_valid_path, reverse
from django.utils.translation import gettext as _

Links = list[tuple[str, str]]  # label, address

log = logging.getLogger(__name__)

STORM = (OperationalError, InterfaceError)


def refusal(
    request: HttpRequest, status: int, title: str, text: str, links: Links | None = None
) -> HttpResponse:
    """Answer with a page of one title, one text and the ways on (home, unless told otherwise)."""
    ways = links or _home(request)
    answer = render(
        request,
        "portals/refusal.html",
        {"status": status, "title": title, "text": text, "links": ways},
        status=status,
    )
    answer["Cache-Control"] = "no-store"
    return answer


def _home(request: HttpRequest) -> Links:
    """Lead whoever has a login to the own pages: the door of logins knows which they are."""
    if getattr(request, "user", None) is not None and request.user.is_authenticated:
        return [(_("To your own pages"), reverse("account_login"))]
    return [(_("To the start page"), reverse("home"))]


def again(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    """Refuse a step, and lead back to the thing itself to look at it again."""
    return refusal(request, status, title, text, [(_("Look at it again"), _above(request.path))])


def _above(path: str) -> str:
    """Return the nearest address above that has a page: that of the thing a step is done to."""
    while above := path.rstrip("/").rpartition("/")[0]:
        path = f"{above}/"
        if is_valid_path(path):
            return path
    return reverse("home")


def storm(request: HttpRequest) -> HttpResponse:
    """The database did not answer in time: nothing was changed, and it may be tried again."""
    vars(request).pop("_messages", None)  # they lie in the database
    title = _("One moment, please")
    text = _("Very much is happening right now. Nothing was changed: please try again.")
    answer = refusal(request, 503, title, text, [(_("Try again"), request.path)])
    answer["Retry-After"] = "2"
    return answer


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    text = _("Your browser sent something that we could not read.")
    return refusal(request, 400, _("That did not arrive well"), text)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refusal(request, 403, _("Not for you"), _("You may not do this here."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    text = _("There is no such page, or it is not one of yours.")
    return refusal(request, 404, _("Nothing here"), text)


def broken(request: HttpRequest) -> HttpResponse:
    """Whatever went wrong outside the views arrives here too: a storm in the middleware."""
    if isinstance(sys.exception(), STORM):
        return storm(request)
    title = _("Something broke")
    text = _("This is our fault, and it was written down. Nothing was changed.")
    try:
        return refusal(request, 500, title, text, [(_("To the start page"), reverse("home"))])
    except Exception:  # the page itself may be what is broken
        log.exception("The page that says so broke too")
        return HttpResponse(f"{title}. {text}", content_type="text/plain", status=500)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open too long, or its form did not come from us (Django's CSRF check)."""
    text = _("The page was open for a long time. Please load it again and send it once more.")
    return refusal(
        request, 403, _("This page is out of date"), text, [(_("Load again"), request.path)]
    )
