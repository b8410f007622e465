"""The tasks of the morning on the desk: answered on *Today*, and judged on a page of their own."""

from __future__ import annotations

from typing import NamedTuple

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.insight.campaigns import FEWEST, FEWEST_BUYERS
from simpul.insight.models import MorningKind, MorningRules, MorningTask
from simpul.insight.models.morning import kinds_for
from simpul.insight.morning import results, words
from simpul.insight.morning.forms import MorningRulesForm, OutcomeForm
from simpul.lib import clock
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, demand
from simpul.ui import charts

A_PAGE = 30
COLUMNS: tuple[Column, ...] = (
    (gettext_lazy("Kind"), lambda one: one.kind.label),
    (gettext_lazy("Shown"), lambda one: one.all_shown),
    (gettext_lazy("Done"), lambda one: one.answers["done"]),
    (gettext_lazy("Not now"), lambda one: one.answers["later"]),
    (gettext_lazy("Not useful"), lambda one: one.answers["useless"]),
    (gettext_lazy("Not answered"), lambda one: one.answers["open"]),
    (gettext_lazy("Shown, outcome known"), lambda one: one.shown.tasks),
    (gettext_lazy("Shown, followed"), lambda one: one.shown.followed),
    (gettext_lazy("Held out, outcome known"), lambda one: one.held.tasks),
    (gettext_lazy("Held out, followed"), lambda one: one.held.followed),
)


class Step(NamedTuple):
    """A prepared step: what the button says, and where it leads."""

    label: str
    address: str
    icon: str


class Shown(NamedTuple):
    """A task as *Today* shows it; `worth` is empty for who does not see the books."""

    task: MorningTask
    title: str
    reason: str
    worth: str
    steps: list[Step]


def tasks_of_today(request: Request) -> list[Shown]:
    """Return the tasks of this morning that are somebody's own, in one question."""
    tasks = MorningTask.objects.visible_to(request.person).of_morning(clock.today())
    sees_books = request.person.may("insight.see_books", request.workshop)
    return [
        Shown(
            task,
            words.title(task),
            words.reason(task),
            words.worth(task) if sees_books else "",
            _steps(request, task),
        )
        for task in tasks.with_subjects()
    ]


@require_safe
def morning(request: Request) -> HttpResponse:
    """How the tasks have done, kind by kind, and which there were."""
    demand(request, "insight.see_trend", request.workshop)
    kinds = kinds_for(request.person)
    found = [one for one in results.results(request.workshop) if one.kind in kinds]
    if answer := download(request, "morning", COLUMNS, found):
        return answer
    chosen, answered = request.GET.get("kind", ""), request.GET.get("outcome", "")
    rows = MorningTask.objects.visible_to(request.person).with_subjects()
    if chosen in MorningKind.values:
        rows = rows.filter(kind=chosen)
    if answered in MorningTask.Status.values:
        rows = rows.filter(status=answered)
    page = Paginator(rows.order_by("-day", "rank", "pk"), A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "workshop/insight/morning.html",
        {
            "results": found,
            "chart": _chart(found),
            "few": FEWEST,
            "few_followed": FEWEST_BUYERS,
            "page": page,
            "rows": [(task, words.title(task), words.reason(task)) for task in page],
            "chosen": chosen,
            "answered": answered,
            "outcomes": MorningTask.Status,
            "rules": MorningRules.of(request.workshop),
        },
    )


@require_http_methods(["GET", "POST"])
def rules(request: Request) -> HttpResponse:
    """How many there are, of which kinds, and how many are held out."""
    demand(request, "insight.keep_morning_rules", request.workshop)
    form = MorningRulesForm(request.POST or None, instance=MorningRules.of(request.workshop))
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved: it holds from tomorrow on."))
        return redirect("workshop:morning", request.workshop.slug)
    return render(
        request,
        "workshop/insight/morning_rules.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


@require_POST
def outcome(request: Request, pk: int) -> HttpResponse:
    """Say what became of a task."""
    task = _find(request, pk)
    form = OutcomeForm(request.POST)
    if form.is_valid():
        answers = {
            "done": task.finish,
            "later": task.put_off,
            "useless": task.dismiss,
        }
        answers[form.cleaned_data["outcome"]](by=request.person)
    return redirect("workshop:today", request.workshop.slug)


@require_POST
def reopening(request: Request, pk: int) -> HttpResponse:
    """Undo the answer."""
    _find(request, pk).reopen(by=request.person)
    return redirect("workshop:today", request.workshop.slug)


def _find(request: Request, pk: int) -> MorningTask:
    return get_object_or_404(MorningTask.objects.visible_to(request.person), pk=pk)


def _steps(request: Request, task: MorningTask) -> list[Step]:
    """Return the prepared steps of a task that is open, for who may do it."""
    if task.status != MorningTask.Status.OPEN or not request.person.may(task.keeping, task):
        return []

    def to(label: str, icon: str, page: str, *args: object, query: str = "") -> Step:
        address = reverse(f"workshop:{page}", args=[request.workshop.slug, *args])
        return Step(label, address + query, icon)

    found = []
    if words.has_draft(task):
        query = f"?task={task.pk}#body"
        label = _("Read and send")
        found.append(to(label, "message-circle", "party", task.party_id, query=query))
    if task.kind == MorningKind.OVERDUE:
        found.append(to(_("Take an order"), "clipboard-list", "order-entry", task.party_id))
    elif task.order is not None:
        label = _("Read and send")
        found.append(to(label, "message-circle", "delay", task.order.number))
    elif task.kind == MorningKind.BUY:
        found.append(to(_("See what is to be bought"), "layers", "purchases"))
    elif task.claim is not None:
        query = f"?tab=claims&q={task.claim.order.number}"
        found.append(to(_("Look whether it came"), "banknote", "payments", query=query))
    elif task.product is not None:
        found.append(to(_("Set a price"), "tag", "price", task.product.slug))
    elif task.material is not None:
        query = f"?q={task.material.code}"
        found.append(to(_("See it in the store"), "layers", "stock", query=query))
    return found


def _chart(found: list[results.Result]) -> charts.Chart | None:
    rows = [
        charts.Bar(str(one.kind.label), one.shown.percent, one.held.percent)
        for one in found
        if one.share is not None
    ]
    if not rows:
        return None
    return charts.bars(
        _("Of 100 tasks so many were followed by what was hoped for"),
        _("Beside each the same of those that were held out."),
        rows,
        lambda percent: f"{percent} %",
        (_("shown"), _("held out")),
    )
