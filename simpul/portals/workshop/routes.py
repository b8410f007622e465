"""The table of routes: what a way usually costs, and how long it takes."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.delivery.forms import RouteForm
from simpul.delivery.models import Route
from simpul.portals.http import Request, demand
from simpul.workflow.steps import WrongState


@require_safe
def routes(request: Request) -> HttpResponse:
    found = Route.objects.visible_to(request.person).for_list()
    return render(request, "workshop/deliveries/routes.html", {"routes": found})


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    demand(request, "delivery.add_route", request.workshop)
    form = RouteForm(request.POST or None)
    if form.is_valid():
        try:
            Route.add(by=request.person, **form.facts)
        except WrongState as reason:  # said in the form: what was typed stays
            form.add_error("name", str(reason))
        else:
            return redirect("workshop:routes", request.workshop.slug)
    return _form(request, form, {})


@require_http_methods(["GET", "POST"])
def route(request: Request, pk: int) -> HttpResponse:
    """Change what a route costs."""
    found = get_object_or_404(Route.objects.visible_to(request.person).standing(), pk=pk)
    demand(request, "delivery.change_route", found)
    form = RouteForm(request.POST or None, route=found)
    if form.is_valid():
        try:
            found.change(by=request.person, **form.facts)
        except WrongState as reason:
            form.add_error("name", str(reason))
        else:
            return redirect("workshop:routes", request.workshop.slug)
    return _form(request, form, {"route": found})


@require_POST
def dropping(request: Request, pk: int) -> HttpResponse:
    """Propose it no more."""
    found = Route.objects.visible_to(request.person).standing()
    get_object_or_404(found, pk=pk).drop(by=request.person)
    return redirect("workshop:routes", request.workshop.slug)


def _form(request: Request, form: RouteForm, more: dict[str, Any]) -> HttpResponse:
    return render(
        request,
        "workshop/deliveries/route.html",
        {"form": form, **more},
        status=422 if form.is_bound else 200,
    )
