"""Saved texts for messages, kept in the settings."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.conversations.forms import QuickReplyForm
from simpul.conversations.models import QuickReply
from simpul.portals.http import Request, demand


@require_safe
def replies(request: Request) -> HttpResponse:
    found = QuickReply.objects.visible_to(request.person).order_by("title", "pk")
    return render(request, "workshop/settings/replies.html", {"replies": found})


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    demand(request, "conversations.keep_replies", request.workshop)
    return _edit(request, QuickReply(workshop=request.workshop))


@require_http_methods(["GET", "POST"])
def reply(request: Request, pk: int) -> HttpResponse:
    demand(request, "conversations.keep_replies", request.workshop)
    return _edit(request, _find(request, pk))


@require_POST
def removal(request: Request, pk: int) -> HttpResponse:
    demand(request, "conversations.keep_replies", request.workshop)
    _find(request, pk).delete()
    return redirect("workshop:replies", request.workshop.slug)


def _edit(request: Request, found: QuickReply) -> HttpResponse:
    form = QuickReplyForm(request.POST or None, instance=found)
    if form.is_valid():
        form.save()
        return redirect("workshop:replies", request.workshop.slug)
    more: dict[str, Any] = {"reply": found} if found.pk else {}
    return render(
        request,
        "workshop/settings/reply.html",
        {"form": form, **more},
        status=422 if form.is_bound else 200,
    )


def _find(request: Request, pk: int) -> QuickReply:
    return get_object_or_404(QuickReply.objects.visible_to(request.person), pk=pk)
