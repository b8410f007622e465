"""Work that is given out, on the desk: to whom, and what came back."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from simpul.lib import clock
from simpul.portals.http import Request, demand
from simpul.production import outwork as outside
from simpul.production.forms import GiveOutForm, TakeInForm
from simpul.production.models import CauseList, Job, JobStage, MaterialMissing, Outwork, TooMany

USUAL_DAYS = 7  # until it should be back


@require_http_methods(["GET", "POST"])
def giving_out(request: Request, pk: int, position: int) -> HttpResponse:
    """Give pairs that wait at a stage to somebody outside."""
    jobs = Job.objects.visible_to(request.person).for_list()
    job = get_object_or_404(jobs, pk=pk)
    demand(request, "production.give_out", job)
    here = get_object_or_404(JobStage.objects.filter(job=job), position=position)
    form = GiveOutForm(
        request.POST or None,
        sizes=job.sizes.for_work(),
        room=job.room(here),
        initial={"rate": here.piece_rate, "due_on": clock.in_days(USUAL_DAYS)},
    )
    if form.is_valid():
        facts = {"stage": here, "stage_name": here.name, **form.facts}
        try:
            outside.give_out(job, by=request.person, **facts)
        except (TooMany, MaterialMissing) as reason:
            form.add_error(None, str(reason))
        else:
            made = Outwork.objects.filter(stage=here).latest("pk")
            return redirect("workshop:outwork", request.workshop.slug, made.pk)
    known = Outwork.objects.visible_to(request.person).order_by("worker")
    return render(
        request,
        "workshop/outwork/giving_out.html",
        {
            "job": job,
            "stage": here,
            "form": form,
            "known": known.values_list("worker", flat=True).distinct()[:50],
        },
        status=422 if form.is_bound else 200,
    )


@require_safe
def outwork(request: Request, pk: int) -> HttpResponse:
    """One giving-out: pairs, material, and what came back; printed, it goes along as a slip."""
    outwork = _find(request, pk)
    return render(
        request,
        "workshop/outwork/page.html",
        {
            "outwork": outwork,
            "job": outwork.stage.job,
            "sizes": outwork.sizes.select_related("size__line_size__variant").order_by("pk"),
            "material": outwork.material.select_related("need__material").order_by("pk"),
            "today": clock.today(),
        },
    )


@require_http_methods(["GET", "POST"])
def taking_in(request: Request, pk: int) -> HttpResponse:
    """Count what came back."""
    jobs = Job.objects.visible_to(request.person)
    demand(request, "production.take_in", get_object_or_404(jobs, stages__outwork=pk))
    outwork = _find(request, pk)
    job = outwork.stage.job
    sizes = outwork.sizes.select_related("size__line_size__variant").order_by("pk")
    form = TakeInForm(
        request.POST or None, sizes=sizes, causes=CauseList.of(request.workshop).words
    )
    if form.is_valid():
        try:
            outside.take_in(job, by=request.person, outwork=outwork, **form.facts)
        except TooMany as reason:
            form.add_error(None, str(reason))
        else:
            return redirect("workshop:outwork", request.workshop.slug, pk)
    return render(
        request,
        "workshop/outwork/taking_in.html",
        {"outwork": outwork, "job": job, "form": form},
        status=422 if form.is_bound else 200,
    )


def _find(request: Request, pk: int) -> Outwork:
    found = Outwork.objects.visible_to(request.person).for_list().select_related("by")
    return get_object_or_404(found, pk=pk)
