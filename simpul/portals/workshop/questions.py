"""One's own question to the figures: put by a form, answered with a sentence, a picture and a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from simpul.insight import tasks
from simpul.insight.models import AreaDay, CountedAnswer, FactsKept, SavedQuestion
from simpul.insight.questions import long
from simpul.insight.questions.answer import (
    AT_ONCE,
    Answer,
    Row,
    TooMany,
    answer,
    count_now,
)
from simpul.insight.questions.forms import QuestionForm, values_of
from simpul.insight.questions.sources import TooManyRows
from simpul.insight.questions.telling import (
    asked,
    change,
    columns,
    conditions,
    label,
    sentence,
    shown,
)
from simpul.insight.questions.words import BY_MEANS, MEANS, By, Measure, Unit
from simpul.insight.spans import months_back
from simpul.lib import clock
from simpul.lib.patience import TooLong
from simpul.portals.downloads import download
from simpul.portals.http import Request, demand, number_of
from simpul.portals.workshop.insight import millions
from simpul.ui import charts
from simpul.ui.jinja import number

MOST_KEPT = 100  # of the list of kept questions
DRAWN = 25  # bars; the table has all that is shown


@require_safe
def questions(request: Request) -> HttpResponse:
    """Ask by the form; the address of an answer is the question."""
    demand(request, "insight.see_trend", request.workshop)
    is_asked = "measure" in request.GET
    form = QuestionForm(request.GET if is_asked else None, person=request.person)
    seen = SavedQuestion.objects.visible_to(request.person).kept()
    saved = number_of(request.GET.get("saved", ""))
    extra: dict[str, Any] = {
        "changed": seen.filter(owner=request.person, pk=saved).first() if saved else None,
        "may_keep": request.person.may("insight.keep_questions", request.workshop),
        "examples": [] if is_asked else _examples(request),
        "saved": []
        if is_asked
        else seen.select_related("owner").order_by("name", "pk")[:MOST_KEPT],
    }
    return answered(request, form, "workshop/insight/questions.html", extra)


def answered(
    request: Request, form: QuestionForm, template: str, extra: dict[str, Any]
) -> HttpResponse:
    """Show the answer to what stands in the form, or hand it out as a file."""
    found, refusal = _answer(request, form) if form.is_valid() else (None, None)
    if found and (file := _file(request, found)):
        return file
    context = {
        **shown_with(found),
        "form": form,
        "query": form.kept if refusal and refusal.can_be_counted else {},
        "refusal": refusal,
        "said": conditions(form.data) if found else [],
        "kept": FactsKept.objects.filter(workshop=request.workshop).first(),
        "values": values_of(request.person),
        "measures": [(one.label, MEANS[one].explains) for one in _offered(form)],
        "bys": [(one.label, BY_MEANS[one]) for one in By],
    }
    status = 422 if form.errors or refusal else 200
    return render(request, template, {**context, **extra}, status=status)


@require_POST
def counting(request: Request) -> HttpResponse:
    """Let the worker count what takes longer than a page may; the page shows how far it is."""
    demand(request, "insight.see_trend", request.workshop)
    form = QuestionForm(request.GET, person=request.person)
    if not form.is_valid():
        return redirect("workshop:questions", request.workshop.slug)
    row = long.begin(form, request.person)
    if row is not None:
        tasks.count_answer.enqueue(row.pk)
    page = reverse("workshop:questions", args=[request.workshop.slug])
    return redirect(f"{page}?{request.GET.urlencode()}")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no answer; `can_be_counted` by the worker, `counting` if it does."""

    why: str
    can_be_counted: bool = False
    counting: CountedAnswer | None = None


def _answer(request: Request, form: QuestionForm) -> tuple[Answer | None, Refusal | None]:
    """Return the answer, or why there is none."""
    today = clock.today()
    try:
        tallies = count_now(form.question, request.workshop, today)
    except TooManyRows:
        return None, Refusal(_("That would be more rows than anybody reads. Add a condition."))
    except (TooMany, TooLong) as problem:
        row = long.counted(form, request.person)
        if row is None or not row.ended_at:
            running = row if row and row.is_running else None
            return None, Refusal(_why(problem), can_be_counted=True, counting=running)
        tallies = long.tallies_of(row)
    return answer(form.question, request.workshop, today, tallies), None


def _why(problem: TooMany | TooLong) -> str:
    if isinstance(problem, TooLong):
        return _("That takes longer to count than a page may.")
    said = {"orders": number(problem.orders), "most": number(AT_ONCE)}
    return (
        _(
            "For this %(orders)s orders have to be looked at one by one; a page looks at %(most)s at most."
        )
        % said
    )


def _file(request: Request, found: Answer) -> HttpResponse | None:
    is_personal = found.question.by == By.BUYER
    rows = [*found.rows, found.total]
    return download(request, "question", columns(found), rows, is_personal=is_personal)


def shown_with(found: Answer | None) -> dict[str, Any]:
    """Return what the fragment of an answer is shown with."""
    if found is None:
        return {"answer": None}
    return {
        "answer": found,
        "asked": asked(found),
        "sentence": sentence(found),
        "chart": _chart(found),
        "label": lambda row: label(found, row),
        "change": lambda row: change(found, row),
        "shown": shown,
        "units": {one: MEANS[one].unit for one in found.question.measures},
        "is_personal": found.question.by == By.BUYER,
    }


def _offered(form: QuestionForm) -> list[Measure]:
    field: Any = form.fields["measure"]
    return [Measure(value) for value, _label in field.choices]


def _chart(found: Answer) -> charts.Chart | None:
    """Months and quarters as a line, if they stand in their order; all else as bars."""
    question = found.question
    if found.is_empty or question.by is None or not found.shown:
        return None
    measure = question.measures[0]
    title = f"{measure.label}: {question.by.label}"
    says = sentence(found)
    keys = (_("these days"), _("a year before")) if found.before else ()
    is_a_line = question.by in (By.MONTH, By.QUARTER) and found.is_a_curve
    if is_a_line and len(found.shown) > 2:
        curves = [(_("these days"), [row.now[0] for row in found.shown])]
        if found.before:
            curves.append((_("a year before"), [_before(found, row) for row in found.shown]))
        names = [_short(found, row) for row in found.shown]
        return charts.lines(title, says, names, curves, lambda value: _axis(measure, value))
    bars = [
        charts.Bar(label(found, row), row.now[0] or 0, row.before[0] if row.before else None)
        for row in found.shown[:DRAWN]
    ]
    return charts.bars(title, says, bars, lambda value: shown(measure, value), keys)


def _before(found: Answer, row: Row) -> int | None:
    """Return what a month or quarter was a year before; None of those of which nothing is known."""
    first = months_back(date.fromisoformat(str(row.key)), 12)
    return row.before[0] if found.began and first >= found.began else None


def _short(found: Answer, row: Row) -> str:
    """Return a month or quarter as it fits below a line."""
    key = str(row.key)
    return (
        label(found, row)[:3]
        if found.question.by == By.MONTH
        else f"{(int(key[5:7]) + 2) // 3}/{key[2:4]}"
    )


def _axis(measure: Measure, value: int) -> str:
    return millions(value) if MEANS[measure].unit == Unit.RUPIAH else shown(measure, value)


def _examples(request: Request) -> list[tuple[str, str]]:
    """Return questions that are worth asking, and the addresses of their answers."""
    sales = AreaDay.objects.filter(workshop=request.workshop).exclude(area="")
    area = sales.order_by("-day", "-pairs", "pk").values_list("area", flat=True).first()
    found: list[tuple[str, dict[str, str]]] = []
    if area:
        only = {"on1": By.AREA.value, "how1": "is", "what1": area}
        found.append(
            (
                _("Which sizes sell in %(area)s?") % {"area": area},
                {"measure": "pairs", "by": "size", "days": "m12", **only},
            )
        )
    found += [
        (
            _("How did revenue go, month by month, beside the year before?"),
            {"measure": "sold", "by": "month", "days": "m12", "compare": "on"},
        ),
        (
            _("Which models bring the most revenue, and in how many orders?"),
            {"measure": "sold", "beside": "orders", "by": "model", "days": "m12"},
        ),
        (
            _("Where do new buyers come from?"),
            {"measure": "new_buyers", "beside": "buyers", "by": "area", "days": "m12"},
        ),
        (
            _("On which day of the week are orders agreed on?"),
            {"measure": "orders", "by": "weekday", "days": "m12"},
        ),
        (
            _("Do we keep what we promise, quarter by quarter?"),
            {"measure": "in_time", "beside": "late", "by": "quarter", "days": "m24"},
        ),
        (
            _("Who complains most?"),
            {"measure": "complaints", "by": "buyer", "days": "m12"},
        ),
    ]
    if request.person.may("insight.see_books", request.workshop):
        left = {"measure": "contribution", "beside": "contribution_share", "by": "model"}
        found.append((_("Which models leave the most?"), {**left, "days": "m12"}))
    return [(text, f"?{urlencode(query)}") for text, query in found]
