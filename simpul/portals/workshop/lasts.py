"""Lasts, moulds and dies by size: what there is, and for which models."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from simpul.insight.dates import outlook
from simpul.portals.http import Request, demand
from simpul.production.forms import LastsForm
from simpul.production.models import LastSet
from simpul.workflow.steps import WrongState


@require_http_methods(["GET", "POST"])
def new_lasts(request: Request) -> HttpResponse:
    demand(request, "production.add_lasts", request.workshop)
    form = LastsForm(request.POST or None, person=request.person, posts=_posts(request))
    if form.is_valid():
        try:
            LastSet.add(by=request.person, **form.facts)
        except WrongState as reason:  # said in the form: what was typed stays
            form.add_error(None, str(reason))
        else:
            return redirect("workshop:hours", request.workshop.slug)
    return _form(request, form, {})


@require_http_methods(["GET", "POST"])
def lasts(request: Request, pk: int) -> HttpResponse:
    """Change what was said of some lasts."""
    found = get_object_or_404(LastSet.objects.visible_to(request.person).standing(), pk=pk)
    demand(request, "production.change_lasts", found)
    posts = dict([(found.post, found.post), *_posts(request)]).items()
    form = LastsForm(request.POST or None, person=request.person, posts=posts, lasts=found)
    if form.is_valid():
        try:
            found.change(by=request.person, **form.facts)
        except WrongState as reason:
            form.add_error(None, str(reason))
        else:
            return redirect("workshop:hours", request.workshop.slug)
    return _form(request, form, {"lasts": found})


@require_POST
def dropping(request: Request, pk: int) -> HttpResponse:
    """Use them no more."""
    found = LastSet.objects.visible_to(request.person).standing()
    get_object_or_404(found, pk=pk).drop(by=request.person)
    return redirect("workshop:hours", request.workshop.slug)


def _posts(request: Request) -> list[tuple[str, str]]:
    return [(name, label) for name, label, _known in outlook.posts_of(request.workshop)]


def _form(request: Request, form: LastsForm, more: dict[str, Any]) -> HttpResponse:
    return render(
        request,
        "workshop/production/lasts.html",
        {"form": form, **more},
        status=422 if form.is_bound else 200,
    )
