"""From which deliveries the material of a job was taken: what the rule tells, and saying otherwise."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from simpul.insight.lots import TracedLot, lots_for
from simpul.portals.http import Request, demand
from simpul.production import lots
from simpul.production.forms import LotForm
from simpul.production.models import Job
from simpul.ui.jinja import day_short, quantity
from simpul.workflow.steps import WrongState

OFFERED = 12  # lots of a material


@require_http_methods(["GET", "POST"])
def choice(request: Request, pk: int) -> HttpResponse:
    """Say from which delivery something was taken."""
    job = _find(request, pk)
    demand(request, "production.choose_lot", job)
    rows = lots_for(job)
    form = LotForm(request.POST or None, lots=_offered(rows))
    if form.is_valid():
        said = form.cleaned_data
        chosen = next(one for one in rows if one.lot.key == said["lot"])
        try:
            lots.choose_lot(job, by=request.person, **said, **_names(chosen))
        except WrongState as reason:
            form.add_error("quantity", str(reason))
        else:
            return redirect("workshop:job-lots", request.workshop.slug, pk)
    return render(
        request,
        "workshop/production/lots.html",
        {
            "job": job,
            "form": form,
            "used": [one for one in rows if one.used_by(job)],
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
def taking_back(request: Request, pk: int, lot: int) -> HttpResponse:
    """Let the rule tell again what somebody had said of a delivery."""
    job = _find(request, pk)
    demand(request, "production.unchoose_lot", job)
    named = next((one for one in lots_for(job) if one.lot.key == lot), None)
    names = _names(named) if named else {"material": "", "delivery": ""}
    lots.unchoose_lot(job, by=request.person, lot=lot, **names)
    return redirect("workshop:job-lots", request.workshop.slug, pk)


def _offered(rows: list[TracedLot]) -> dict[str, list[tuple[int, str]]]:
    """Return by material the last lots of which something is left to be named, the newest first."""
    found: dict[str, list[tuple[int, str]]] = {}
    for one in sorted(rows, key=lambda one: (one.lot.item.code, one.lot.item.size, -one.lot.key)):
        if one.lot.unnamed > 0 and len(found.get(_group(one), ())) < OFFERED:
            words = [_code(one), one.name, day_short(one.on)]
            if one.receipt:
                words.append(str(one.receipt.purchase.supplier))
            words.append(_("%(quantity)s not named yet") % {"quantity": quantity(one.lot.unnamed)})
            found.setdefault(_group(one), []).append((one.lot.key, " · ".join(words)))
    return found


def _group(one: TracedLot) -> str:
    return f"{one.lot.item} ({one.lot.item.unit})"


def _names(one: TracedLot) -> dict[str, Any]:
    """What the journal calls a lot."""
    return {"material": _code(one), "delivery": one.marks}


def _code(one: TracedLot) -> str:
    return f"{one.lot.item.code} {one.lot.item.size}".rstrip()


def _find(request: Request, pk: int) -> Job:
    jobs = Job.objects.visible_to(request.person)
    return get_object_or_404(jobs.select_related("line__order", "line__colourway__product"), pk=pk)
