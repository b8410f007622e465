"""Questions that are kept: by a name, for some of the colleagues, by mail once a week."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.insight.models import QuestionLetter, SavedQuestion
from simpul.insight.questions.forms import QuestionForm, as_typed
from simpul.insight.questions.keep_forms import KeepForm, LetterForm
from simpul.portals.http import Request, demand
from simpul.portals.workshop.questions import answered


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Keep the question that stands in the address."""
    demand(request, "insight.keep_questions", request.workshop)
    asked = _asked(request)
    if asked is None:
        return redirect("workshop:questions", request.workshop.slug)
    made = SavedQuestion(workshop=request.workshop, owner=request.person)
    return _keep(request, KeepForm(request.POST or None), made, asked)


@require_safe
def question(request: Request, pk: int) -> HttpResponse:
    """The answer as it is now."""
    demand(request, "insight.see_trend", request.workshop)
    found = _find(request, pk)
    form = QuestionForm(as_typed(found.asked, request.person), person=request.person)
    letter = QuestionLetter.objects.filter(question=found, person=request.person).first()
    extra = {
        "question": found,
        "is_mine": found.owner_id == request.person.pk,
        "letter": letter,
        "letter_form": LetterForm(letter=letter),
    }
    return answered(request, form, "workshop/insight/kept.html", extra)


@require_http_methods(["GET", "POST"])
def change(request: Request, pk: int) -> HttpResponse:
    """Another name or other colleagues; and what stands in the address is asked from now on."""
    found = _find_mine(request, pk)
    return _keep(request, KeepForm(request.POST or None, question=found), found, _asked(request))


@require_POST
def removal(request: Request, pk: int) -> HttpResponse:
    _find_mine(request, pk).drop()
    messages.success(request, _("The question is deleted. Here you can bring it back."))
    return redirect("workshop:question", request.workshop.slug, pk)


@require_POST
def bringing_back(request: Request, pk: int) -> HttpResponse:
    _find_mine(request, pk).bring_back()
    messages.success(request, _("The question is there again."))
    return redirect("workshop:question", request.workshop.slug, pk)


@require_POST
def letter(request: Request, pk: int) -> HttpResponse:
    """Have it by mail once a week, or no more."""
    demand(request, "insight.see_trend", request.workshop)
    found = get_object_or_404(_seen(request).kept(), pk=pk, is_of_buyers=False)
    if request.POST.get("how") == "end":
        QuestionLetter.objects.filter(question=found, person=request.person).delete()
        messages.success(request, _("It comes by mail no more."))
        return redirect("workshop:question", request.workshop.slug, pk)
    form = LetterForm(request.POST)
    if form.is_valid():
        form.save(found, request.person)
        messages.success(request, _("It comes by mail once a week from now on."))
    else:
        messages.error(request, _("Choose a day and an hour."))
    return redirect("workshop:question", request.workshop.slug, pk)


def _keep(
    request: Request, form: KeepForm, found: SavedQuestion, asked: QuestionForm | None
) -> HttpResponse:
    if form.is_valid():
        with transaction.atomic():
            kept = form.save(found, asked)
        messages.success(request, _("Saved."))
        return redirect("workshop:question", request.workshop.slug, kept.pk)
    return render(
        request,
        "workshop/insight/keep.html",
        {"form": form, "question": found},
        status=422 if form.is_bound else 200,
    )


def _asked(request: Request) -> QuestionForm | None:
    """Return the question of the address; None where there is none, or not a right one."""
    form = QuestionForm(request.GET, person=request.person)
    return form if form.is_valid() else None


def _seen(request: Request) -> Any:
    return SavedQuestion.objects.visible_to(request.person)


def _find(request: Request, pk: int) -> SavedQuestion:
    """Return a question; one that is deleted only to its owner."""
    found: SavedQuestion = get_object_or_404(_seen(request).select_related("owner"), pk=pk)
    if found.dropped_at:
        return _find_mine(request, pk)
    return found


def _find_mine(request: Request, pk: int) -> SavedQuestion:
    demand(request, "insight.keep_questions", request.workshop)
    found: SavedQuestion = get_object_or_404(_seen(request), pk=pk, owner=request.person)
    return found
