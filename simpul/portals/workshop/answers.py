"""Answer pages on the desk: made of what somebody asked, changed, published, and how they help."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.conversations.models import GuestEntry, Message, MessageQuerySet, Ticket
from simpul.crm.answer_forms import AnswerPageForm
from simpul.crm.models import LONGEST_ANSWER_PAGE, LONGEST_ANSWER_TITLE, AnswerPage
from simpul.lib import clock
from simpul.portals.doors import path_for
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, demand, number_of
from simpul.workflow.models import journal_of

A_PAGE = 30
UNHELPFUL = "unhelpful"  # the filter for those that do not help
COLUMNS: tuple[Column, ...] = (
    (_lazy("Question"), str),
    (_lazy("Kind"), lambda one: str(one.get_kind_display())),
    (_lazy("State"), lambda one: str(one.get_status_display())),
    (_lazy("Helped"), lambda one: one.helped),
    (_lazy("Did not help"), lambda one: one.unhelped),
    (_lazy("Last changed"), lambda one: clock.day_of(one.changed_at)),
)
ASKED: dict[str, Any] = {"ticket": Ticket, "message": Message, "guest": GuestEntry}


@require_safe
def answers(request: Request) -> HttpResponse:
    words, chosen = request.GET.get("q", "").strip()[:60], request.GET.get("status", "")
    found = AnswerPage.objects.visible_to(request.person).search(words)
    counts = dict(found.order_by().values_list("status").annotate(n=Count("pk")))
    unhelpful = found.unhelpful()
    shown = found.filter(status=chosen) if chosen in AnswerPage.Status else found
    shown = unhelpful if chosen == UNHELPFUL else shown
    rows = shown.with_votes().order_by("-changed_at", "-pk")
    if answer := download(request, "answers", COLUMNS, rows):
        return answer
    return render(
        request,
        "workshop/customers/answers/list.html",
        {
            "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
            "statuses": [(one, counts.get(one.value, 0)) for one in AnswerPage.Status],
            "all": sum(counts.values()),
            "unhelpful": (UNHELPFUL, unhelpful.count()),
            "words": words,
            "chosen": chosen,
        },
    )


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Write one, of what somebody asked (`?ticket=`, `?message=`, `?guest=`) or of one's own."""
    demand(request, "crm.write_answer", request.workshop)
    asked = _asked(request)
    question, answered = _said(asked)
    form = AnswerPageForm(
        request.POST or None,
        initial={
            "kind": AnswerPage.Kind.OTHER,
            "title": " ".join(question.split())[:LONGEST_ANSWER_TITLE],
            "words": answered[:LONGEST_ANSWER_PAGE],
        },
    )
    if form.is_valid():
        made = AnswerPage.write(by=request.person, asked=asked, **form.cleaned_data)
        return redirect("workshop:answer", request.workshop.slug, made.pk)
    return render(
        request,
        "workshop/customers/answers/form.html",
        {
            "form": form,
            "answer": None,
            "asked": question,
            "made": AnswerPage.objects.made_of(asked).order_by("pk").first() if asked else None,
        },
        status=422 if form.is_bound else 200,
    )


@require_safe
def answer(request: Request, pk: int) -> HttpResponse:
    found = _find(request, pk)
    asked = found.asked_in
    return render(
        request,
        "workshop/customers/answers/page.html",
        {
            "answer": found,
            "address": address_of(found, request.workshop.slug),
            "asked_at": _asked_at(request, asked) if asked else None,
            "can_be_sent": asked is not None and not isinstance(asked, GuestEntry),
            "journal": journal_of(found)
            .exclude(step="crm.vote_answer")
            .select_related("by")
            .order_by("-pk")[:50],
        },
    )


@require_http_methods(["GET", "POST"])
def change(request: Request, pk: int) -> HttpResponse:
    found = _find(request, pk)
    demand(request, "crm.change_answer", found)
    names = ("kind", "title", "words", "title_en", "words_en")
    form = AnswerPageForm(
        request.POST or None, initial={name: getattr(found, name) for name in names}
    )
    if form.is_valid():
        found.change(by=request.person, **form.cleaned_data)
        return redirect("workshop:answer", request.workshop.slug, pk)
    return render(
        request,
        "workshop/customers/answers/form.html",
        {"form": form, "answer": found, "asked": "", "made": None},
        status=422 if form.is_bound else 200,
    )


@require_POST
def publication(request: Request, pk: int) -> HttpResponse:
    """Show it on the storefront, or take it off."""
    found = _find(request, pk)
    act = found.hide if "hide" in request.POST else found.publish
    act(by=request.person)
    return redirect("workshop:answer", request.workshop.slug, pk)


def address_of(answer: AnswerPage, slug: str) -> str:
    """Return its whole address on the storefront, to be sent on."""
    return settings.SITE_URL + reverse("storefront:answer", args=[slug, answer.slug])


def _asked(request: Request) -> Ticket | Message | GuestEntry | None:
    """Return what somebody asked, as the address names it."""
    for name, model in ASKED.items():
        pk = number_of(request.GET.get(name, ""))
        if pk is not None:
            found: Any = get_object_or_404(model.objects.visible_to(request.person), pk=pk)
            return found  # type: ignore[no-any-return]
    return None


def _asked_at(request: Request, asked: Ticket | Message | GuestEntry) -> str | None:
    """Return the page on which it was asked: of the guest book the part in which it stands now."""
    page = path_for(asked, request.person)
    return f"{page}?status={asked.status}" if isinstance(asked, GuestEntry) else page


def _said(asked: Ticket | Message | GuestEntry | None) -> tuple[str, str]:
    """Return what somebody asked, and what was answered: the words of the ticket's solution, or
    what we said next."""
    if asked is None:
        return "", ""
    if isinstance(asked, GuestEntry):
        return asked.body, asked.answer
    if isinstance(asked, Ticket):
        talk = Message.objects.about(*asked.talked_of())
        first = talk.first()  # noted by one of ours, if it came by telephone
        return (first.body if first else "") or asked.title, asked.reason or _next_of_ours(talk)
    talk = Message.objects.filter(conversation=asked.conversation_id, pk__gt=asked.pk)
    return asked.body, _next_of_ours(talk.order_by("pk"))


def _next_of_ours(talk: MessageQuerySet) -> str:
    """Return what we said first in a talk; nothing where we have said nothing."""
    ours = talk.filter(by__party=None).exclude(direction=Message.Direction.IN)
    said = ours.exclude(body="").first()
    return said.body if said else ""


def _find(request: Request, pk: int) -> AnswerPage:
    known = AnswerPage.objects.visible_to(request.person).with_votes()
    known = known.select_related("ticket", "message__conversation", "guest")
    return get_object_or_404(known, pk=pk)
