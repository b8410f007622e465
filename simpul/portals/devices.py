"""Browsers that show news on their lock screen: let in and sent away on *What I am told*."""

from __future__ import annotations

from pathlib import Path

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from simpul.conversations.forms import DeviceForm
from simpul.conversations.models import Device
from simpul.portals.http import Request, portal_of

PROGRAMS = Path(__file__).parent / "static" / "portals"
PUSH = PROGRAMS / "push-worker.js"
KEEPER = PROGRAMS / "keep-worker.js"


@require_safe
def worker(request: Request) -> HttpResponse:
    """The program that shows news while no page is open; the courier's keeps pages as well."""
    return HttpResponse(PUSH.read_bytes(), "text/javascript; charset=utf-8")


@require_safe
def keeper(request: Request) -> HttpResponse:
    """The program that keeps the pages below its own address, for when there is no network."""
    return HttpResponse(KEEPER.read_bytes(), "text/javascript; charset=utf-8")


@require_POST
def devices(request: Request) -> HttpResponse:
    """Let this browser in."""
    form = DeviceForm(request.POST)
    if form.is_valid():
        name = request.headers.get("User-Agent", "")
        Device.let_in(request.person, name=_browser(name), **form.cleaned_data)
        messages.success(request, _("This device shows your news from now on."))
    else:
        messages.error(request, " ".join(map(str, form.non_field_errors())))
    return redirect(f"{portal_of(request)}:told", request.workshop.slug)


@require_POST
def removal(request: Request, pk: int) -> HttpResponse:
    get_object_or_404(request.person.devices, pk=pk).delete()
    return redirect(f"{portal_of(request)}:told", request.workshop.slug)


def _browser(agent: str) -> str:
    """Return by which name its owner knows a browser again."""
    browsers = ("Edg", "OPR", "SamsungBrowser", "Firefox", "Chrome", "Safari")
    systems = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")
    found = [next((name for name in names if name in agent), "") for names in (browsers, systems)]
    words = {"Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung Internet"}
    return " · ".join(words.get(name, name) for name in found if name)
