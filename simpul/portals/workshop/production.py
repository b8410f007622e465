"""The work on the desk: what waits where, one job, and the counting at a stage, on a phone."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Count
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.insight.dates import outlook
from simpul.lib import clock
from simpul.orders.models import Gate, Order, OrderLine
from simpul.orders.models import Status as OrderStatus
from simpul.portals.downloads import Column, download
from simpul.portals.files import serve_upload
from simpul.portals.http import Request, demand
from simpul.production import queries, shelf
from simpul.production.forms import PhotoForm, ReasonForm, ScheduleForm, ShelfForm, TapForm
from simpul.production.models import (
    CauseList,
    Job,
    JobQuerySet,
    JobStage,
    MaterialMissing,
    Outwork,
    StageLog,
    StagePhoto,
    Status,
    TooMany,
    cause_label,
)
from simpul.stock.models import Item
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed

A_PAGE = 20
ON_THE_BOARD = 150  # jobs, the first by their turn: nobody looks over more at once
COLUMNS: list[Column] = [
    (gettext_lazy("Job"), str),
    (gettext_lazy("Model"), lambda job: f"{job.line.colourway.product} {job.line.colourway}"),
    (gettext_lazy("Order"), lambda job: job.line.order.number),
    (gettext_lazy("Buyer"), lambda job: job.line.order.buyer.name),
    (gettext_lazy("Promised for"), lambda job: job.line.order.promised_on),
    (gettext_lazy("Pairs"), lambda job: job.pairs),
    (gettext_lazy("State"), lambda job: str(job.get_status_display())),
]
TO_PLAN: list[Column] = [  # lines that nobody has planned yet
    (gettext_lazy("Model"), lambda line: f"{line.colourway.product} {line.colourway}"),
    (gettext_lazy("Order"), lambda line: line.order.number),
    (gettext_lazy("Buyer"), lambda line: line.order.buyer.name),
    (gettext_lazy("Promised for"), lambda line: line.order.promised_on),
    (gettext_lazy("Pairs"), lambda line: line.missing),
]


@require_safe
def board(request: Request) -> HttpResponse:
    """What waits where, and what could begin."""
    jobs = Job.objects.visible_to(request.person).open().for_list()
    in_turn = list(jobs.order_by("line__order__turn", "pk")[: ON_THE_BOARD + 1])
    rows = queries.progress_of(in_turn[:ON_THE_BOARD])
    lacking = queries.plannable(request.person)
    if answer := download(request, "to-plan", TO_PLAN, queries.with_missing(lacking)):
        return answer
    keys = list(lacking.values_list("pk", flat=True))  # to count them would take as long
    page = Paginator(keys, A_PAGE).get_page(request.GET.get("page"))
    shown = OrderLine.objects.filter(pk__in=page.object_list).order_by("order__turn", "pk")
    lines = list(queries.with_missing(shown))
    ended = Order.objects.visible_to(request.person).filter(
        status=OrderStatus.CANCELLED, lines__sizes__made__gt=0
    )
    return render(
        request,
        "workshop/production/board.html",
        {
            "posts": queries.board(row for row in rows if row.job.status != Status.HELD),
            "shown": len(rows),
            "has_more": len(in_turn) > len(rows),
            "planned": [row for row in rows if row.job.status == Status.PLANNED],
            "held": [row for row in rows if row.job.status == Status.HELD],
            "outside": Outwork.objects.visible_to(request.person)
            .open()
            .for_list()
            .order_by("due_on", "pk"),
            "page": page,
            "lines": lines,
            "is_open": {line.pk: line.order.is_open(Gate.PRODUCTION) for line in lines},
            "ended": ended.select_related("buyer").distinct().order_by("pk"),
            "today": clock.today(),
            "tab": "board",
        },
    )


@require_safe
def jobs(request: Request) -> HttpResponse:
    words, chosen = request.GET.get("q", "").strip(), request.GET.get("status", "")
    cause = request.GET.get("cause", "")
    found = Job.objects.visible_to(request.person).search(words)
    if cause:
        found = found.spoilt_by(cause)
    counts = dict(found.order_by().values_list("status").annotate(n=Count("pk")))
    shown = _chosen(found, chosen).for_list().order_by("-id")
    if answer := download(request, "jobs", COLUMNS, shown):
        return answer
    pages = Paginator(shown, A_PAGE)
    if not chosen:
        pages.count = sum(counts.values())
    page = pages.get_page(request.GET.get("page"))
    return render(
        request,
        "workshop/production/jobs.html",
        {
            "page": page,
            "rows": queries.progress_of(page.object_list),
            "words": words,
            "chosen": chosen,
            "cause": cause,
            "cause_label": cause_label(cause),
            "statuses": [(status, counts.get(status, 0)) for status in Status],
            "all": sum(counts.values()),
            "today": clock.today(),
            "tab": "jobs",
        },
    )


@require_safe
def job(request: Request, pk: int) -> HttpResponse:
    job = _find(request, pk)
    material, logs = queries.material_of(job), queries.logs_of(job)
    return render(
        request,
        "workshop/production/job.html",
        {
            "job": job,
            "progress": queries.progress_of([job])[0],
            "material": material,
            "shelves": Item.shelves_of_materials(
                need.material_id for _stage, needs in material for need in needs
            ),
            "planned": queries.planned_days(job, logs),
            "logs": logs,
            "outside": Outwork.objects.visible_to(request.person)
            .filter(stage__job=job)
            .for_list()
            .order_by("-pk"),
            "photos": StagePhoto.objects.visible_to(request.person)
            .filter(stage__job=job)
            .for_list(),
            "journal": journal_of(job),
            "today": clock.today(),
        },
    )


@require_http_methods(["GET", "POST"])
def stage(request: Request, pk: int, position: int) -> HttpResponse:
    """Count pairs that leave a stage. A count that comes once more is here already, and is no slip."""
    job = _find(request, pk)
    demand(request, "production.tap", job)
    if job.has_counted(request.POST.get("client_id", "")):
        return redirect("workshop:job", request.workshop.slug, pk)
    here = get_object_or_404(JobStage.objects.filter(job=job), position=position)
    room = job.room(here)
    waiting = {f"good_{size}": pairs for size, pairs in room.items() if pairs}
    form = TapForm(
        request.POST or None,
        sizes=job.sizes.for_work(),
        room=room,
        causes=CauseList.of(request.workshop).words,
        initial=waiting if "all" in request.GET else {},
    )
    if form.is_valid():
        try:
            job.tap(by=request.person, stage=here, **form.facts)
        except (TooMany, MaterialMissing) as reason:
            form.add_error(None, str(reason))
        else:
            return redirect("workshop:job", request.workshop.slug, pk)
    return _ask(request, job, form, "stage", stage=here)


@require_http_methods(["GET", "POST"])
def stage_photo(request: Request, pk: int, position: int) -> HttpResponse:
    """Take a photo of the work at a stage."""
    job = _find(request, pk)
    if not request.person.may("production.take_photo", job):
        raise NotAllowed
    here = get_object_or_404(JobStage.objects.filter(job=job), position=position)
    form = PhotoForm(request.POST if request.method == "POST" else None, request.FILES or None)
    if form.is_valid():
        StagePhoto.take(by=request.person, stage=here, **form.cleaned_data)
        return redirect("workshop:job", request.workshop.slug, pk)
    return _ask(request, job, form, "stage_photo", stage=here)


@require_safe
def photo(request: Request, pk: int, photo: int) -> HttpResponse:
    """The picture itself, as it is or small."""
    return serve_upload(_photo(request, pk, photo).picture(is_small="small" in request.GET))


@require_POST
def photo_hiding(request: Request, pk: int, photo: int) -> HttpResponse:
    _photo(request, pk, photo).hide(by=request.person)
    return redirect("workshop:job", request.workshop.slug, pk)


@require_POST
def photo_showing(request: Request, pk: int, photo: int) -> HttpResponse:
    _photo(request, pk, photo).show(by=request.person)
    return redirect("workshop:job", request.workshop.slug, pk)


@require_POST
def release(request: Request, pk: int) -> HttpResponse:
    """Release the work, and keep the days that the schedule has for its stages."""
    job = _find(request, pk)
    job.release(by=request.person, days=outlook.stage_days(job))
    return redirect("workshop:job", request.workshop.slug, pk)


@require_http_methods(["GET", "POST"])
def schedule(request: Request, pk: int) -> HttpResponse:
    """Plan anew by when the stages are to be done; what was planned before stays."""
    job = _find(request, pk)
    demand(request, "production.schedule", job)
    sums = job.sums()
    form = ScheduleForm(
        request.POST or None,
        stages=[one for one in queries.stages_of(job) if not job.has_passed(one, sums)],
        days=outlook.stage_days(job),
    )
    if form.is_valid():
        job.schedule(by=request.person, **form.facts)
        return redirect("workshop:job", request.workshop.slug, pk)
    return _ask(request, job, form, "schedule")


@require_http_methods(["GET", "POST"])
def hold(request: Request, pk: int) -> HttpResponse:
    job = _find(request, pk)
    demand(request, "production.hold", job)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        job.hold(by=request.person, **form.cleaned_data)
        return redirect("workshop:job", request.workshop.slug, pk)
    return _ask(request, job, form, "hold")


@require_POST
def resumption(request: Request, pk: int) -> HttpResponse:
    _find(request, pk).resume(by=request.person)
    return redirect("workshop:job", request.workshop.slug, pk)


@require_http_methods(["GET", "POST"])
def cancellation(request: Request, pk: int) -> HttpResponse:
    job = _find(request, pk)
    demand(request, "production.cancel", job)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        job.cancel(by=request.person, **form.cleaned_data)
        return redirect("workshop:job", request.workshop.slug, pk)
    return _ask(request, job, form, "cancellation")


@require_http_methods(["GET", "POST"])
def correction(request: Request, pk: int, log: int) -> HttpResponse:
    """Take back what was counted wrongly."""
    job = _find(request, pk)
    demand(request, "production.correct", job)
    wrong = get_object_or_404(
        StageLog.objects.of(job).select_related("stage", "size__line_size__variant"), pk=log
    )
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        job.correct(by=request.person, log=wrong, **form.cleaned_data)
        return redirect("workshop:job", request.workshop.slug, pk)
    return _ask(request, job, form, "correction", log=wrong)


@require_POST
def plan(request: Request, number: str, line: int) -> HttpResponse:
    order = _order(request, number)
    found = get_object_or_404(OrderLine.objects.filter(order=order), pk=line)
    made = Job.plan(by=request.person, line=found)
    return redirect("workshop:job", request.workshop.slug, made.pk)


@require_http_methods(["GET", "POST"])
def from_stock(request: Request, number: str) -> HttpResponse:
    """Take pairs that lie finished in stock, instead of making them."""
    order = _order(request, number)
    demand(request, "production.take_from_stock", order)
    form = ShelfForm(request.POST or None, lying=queries.lying_free(order))
    if form.is_valid():
        shelf.take_from_stock(order, by=request.person, pairs=form.pairs)
        return redirect("workshop:order", request.workshop.slug, number)
    return render(
        request,
        "workshop/production/from_stock.html",
        {"order": order, "form": form},
        status=422 if form.is_bound else 200,
    )


@require_POST
def to_stock(request: Request, number: str) -> HttpResponse:
    """Free the pairs of an order that has ended."""
    shelf.give_back(_order(request, number), by=request.person)
    return redirect("workshop:production", request.workshop.slug)


def _find(request: Request, pk: int) -> Job:
    return get_object_or_404(Job.objects.visible_to(request.person).for_list(), pk=pk)


def _photo(request: Request, pk: int, photo: int) -> StagePhoto:
    photos = StagePhoto.objects.visible_to(request.person).filter(stage__job=pk)
    return get_object_or_404(photos.select_related("stage__job", "upload", "small"), pk=photo)


def _order(request: Request, number: str) -> Order:
    orders = Order.objects.visible_to(request.person).select_related("buyer")
    return get_object_or_404(orders, number=number)


def _chosen(found: JobQuerySet, chosen: str) -> JobQuerySet:
    if chosen == "open":
        return found.open()
    return found.filter(status=chosen) if chosen else found


def _ask(request: Request, job: Job, form: Form, page: str, **more: object) -> HttpResponse:
    return render(
        request,
        f"workshop/production/{page}.html",
        {"job": job, "form": form, **more},
        status=422 if form.is_bound else 200,
    )
