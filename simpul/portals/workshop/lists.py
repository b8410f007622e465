"""Lists of customers, suppliers and models from elsewhere: handed in, looked at row by row, imported, undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from simpul.crm import tasks
from simpul.crm.list_forms import ListForm, MappingForm
from simpul.crm.models import ListImport, ListRow
from simpul.lib import clock
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, demand

A_PAGE = 50
BEFORE: tuple[Column, ...] = (
    (gettext_lazy("File"), lambda made: made.name),
    (gettext_lazy("What is in it?"), lambda made: str(made.get_of_display())),
    (gettext_lazy("State"), lambda made: str(made.get_status_display())),
    (gettext_lazy("When"), lambda made: clock.day_of(made.at)),
    (gettext_lazy("Noted by"), lambda made: str(made.by)),
)


@require_http_methods(["GET", "POST"])
def lists(request: Request) -> HttpResponse:
    """Hand a list in; below it those of before."""
    demand(request, "parties.keep", request.workshop)
    form = ListForm(
        request.POST or None,
        request.FILES or None,
        by=request.person,
        initial={"of": request.GET.get("of", "")},
    )
    if form.is_valid():
        made = form.read(by=request.person)
        return redirect("workshop:list", request.workshop.slug, made.pk)
    before = ListImport.objects.visible_to(request.person).select_related("by").order_by("-pk")
    if answer := download(request, "lists", BEFORE, before):
        return answer
    return render(
        request,
        "workshop/parties/lists/list.html",
        {"form": form, "page": Paginator(before, A_PAGE).get_page(request.GET.get("page"))},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def page(request: Request, pk: int) -> HttpResponse:
    """What each column means, and the verdict of each row."""
    made = _find(request, pk)
    is_draft = made.status == ListImport.Status.DRAFT
    form = MappingForm(request.POST or None, made=made) if is_draft else None
    if form is not None and form.is_valid():
        form.map(by=request.person)
        return redirect("workshop:list", request.workshop.slug, pk)
    verdict = request.GET.get("verdict", "")
    rows = made.rows.select_related("known", "party", "colourway__product").order_by("line")
    if verdict in ListRow.Verdict.values:
        rows = rows.filter(verdict=verdict)
    if answer := download(
        request, "list", _columns(made), rows, is_personal=not made.is_of_products
    ):
        return answer
    counts = made.counts()
    taken = made.rows.taken()
    return render(
        request,
        "workshop/parties/lists/page.html",
        {
            "made": made,
            "form": form,
            "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
            "verdict": verdict,
            "verdicts": [(one, counts[one]) for one in made.verdicts],
            "first_columns": [(made.fields[one], one) for one in made.first_fields],
            "counts": counts,
            "total": sum(counts.values()),
            "taken": taken.count(),
            "wanted": made.to_take().count() + taken.count(),
        },
        status=422 if form is not None and form.is_bound else 200,
    )


@require_POST
def beginning(request: Request, pk: int) -> HttpResponse:
    """Import what is new; also to go on where the worker was stopped."""
    made = _find(request, pk)
    if not made.is_abandoned:
        made.begin(by=request.person, takes_probable="probable" in request.POST)
    tasks.import_list.enqueue(made.pk)
    return redirect("workshop:list", request.workshop.slug, pk)


@require_POST
def dropping(request: Request, pk: int) -> HttpResponse:
    """Take nothing of it, and forget what stood in it."""
    _find(request, pk).drop(by=request.person)
    messages.success(request, _("Dropped. What stood in the list is deleted."))
    return redirect("workshop:lists", request.workshop.slug)


@require_safe
def progress(request: Request, pk: int) -> HttpResponse:
    """The piece of the page that htmx asks for again and again."""
    made = _find(request, pk)
    if request.htmx and made.status != ListImport.Status.RUNNING:
        return HttpResponseClientRedirect(request.path.removesuffix("progress/"))
    taken = made.rows.taken().count()
    return render(
        request,
        "workshop/parties/lists/_progress.html",
        {"taken": taken, "wanted": taken + made.to_take().count()},
    )


@require_POST
def undoing(request: Request, pk: int) -> HttpResponse:
    """Take the whole import back, but for what somebody has used since."""
    made = _find(request, pk)
    made.undo(by=request.person)
    stay = made.rows.taken().count()
    said = _("Taken back. %(count)s stay, because they are used.") if stay else _("Taken back.")
    messages.success(request, said % {"count": stay} if stay else said)
    return redirect("workshop:list", request.workshop.slug, pk)


def _columns(made: ListImport) -> list[Column]:
    """Return the columns of a download that can be corrected and handed in again."""
    fields = [(label, _cell(field, made.mapping)) for field, label in made.fields.items()]
    verdict: Column = (gettext_lazy("Verdict"), lambda row: str(row.get_verdict_display()))
    return [*fields, verdict, (gettext_lazy("Why"), lambda row: row.reason)]


def _cell(field: str, mapping: list[str]) -> Callable[[Any], str]:
    return lambda row: row.cell(field, mapping)


def _find(request: Request, pk: int) -> ListImport:
    demand(request, "parties.keep", request.workshop)
    lists = ListImport.objects.visible_to(request.person).select_related("workshop", "by")
    return get_object_or_404(lists, pk=pk)
