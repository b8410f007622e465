"""The room of the distributors behind the counter: what is hidden, what may stand, and the rules."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from simpul.crm.models import Poll, Post, RoomRules
from simpul.crm.poll_forms import PollForm
from simpul.crm.room_forms import PostHidingForm, RoomRulesForm
from simpul.portals.http import Request, demand


@require_http_methods(["GET", "POST"])
def hiding(request: Request, pk: int) -> HttpResponse:
    found = _find(request, pk)
    demand(request, "crm.hide_post", found)
    form = PostHidingForm(request.POST or None)
    if form.is_valid():
        found.hide(by=request.person, **form.cleaned_data)
        return redirect("workshop:post", request.workshop.slug, found.begins_at)
    return render(
        request,
        "workshop/customers/room/hiding.html",
        {"post": found, "form": form},
        status=422 if form.is_bound else 200,
    )


@require_POST
def showing(request: Request, pk: int) -> HttpResponse:
    """Undo the hiding."""
    found = _find(request, pk)
    found.show(by=request.person)
    return redirect("workshop:post", request.workshop.slug, found.begins_at)


@require_POST
def clearing(request: Request, pk: int) -> HttpResponse:
    """Let stand what was reported."""
    found = _find(request, pk)
    found.clear(by=request.person)
    return redirect("workshop:post", request.workshop.slug, found.begins_at)


@require_http_methods(["GET", "POST"])
def rules(request: Request) -> HttpResponse:
    """What the room says of whom."""
    demand(request, "crm.keep_room_rules", request.workshop)
    form = RoomRulesForm(request.POST or None, instance=RoomRules.of(request.workshop))
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("workshop:room", request.workshop.slug)
    return render(
        request,
        "workshop/customers/room/rules.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def new_poll(request: Request) -> HttpResponse:
    """Ask the distributors something, with answers to choose from."""
    demand(request, "crm.ask_poll", request.workshop)
    form = PollForm(request.POST or None, workshop=request.workshop)
    if form.is_valid():
        poll = form.save(by=request.person)
        return redirect("workshop:post", request.workshop.slug, poll.post_id)
    return render(
        request,
        "workshop/customers/room/poll.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


@require_POST
def offering(request: Request, pk: int) -> HttpResponse:
    """Tell those who ordered ahead that the model is there."""
    get_object_or_404(Poll, post=_find(request, pk)).offer(by=request.person)
    messages.success(request, _("They are told."))
    return redirect("workshop:post", request.workshop.slug, pk)


def _find(request: Request, pk: int) -> Post:
    return get_object_or_404(Post.objects.visible_to(request.person), pk=pk)
