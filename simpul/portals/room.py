"""The room of the distributors: the same pages for them and for the desk."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.crm.models import STAGES, Lead, Poll, PollAnswer, PollChoice, Post
from simpul.crm.poll_forms import AheadForm, PollAnswerForm
from simpul.crm.reputation import standing_in_room
from simpul.crm.room_forms import AnswerPostForm, PostForm, ReportForm
from simpul.portals.files import serve_upload
from simpul.portals.http import Request, portal_of
from simpul.workflow.steps import NotAllowed, WrongState

A_PAGE = 20


@require_safe
def room(request: Request) -> HttpResponse:
    return _room(request, PostForm(by=request.person))


@require_POST
def new(request: Request) -> HttpResponse:
    _demand_room(request)
    form = PostForm(request.POST, request.FILES, by=request.person)
    if not request.person.may("crm.write_post", request.workshop):
        raise NotAllowed
    if form.is_valid():
        post = form.save(by=request.person)
        return redirect(f"{portal_of(request)}:post", request.workshop.slug, post.pk)
    return _room(request, form)


@require_safe
def post(request: Request, pk: int) -> HttpResponse:
    return _thread(request, _find_thread(request, pk), AnswerPostForm(by=request.person))


@require_POST
def answer(request: Request, pk: int) -> HttpResponse:
    thread = _find_thread(request, pk)
    form = AnswerPostForm(request.POST, request.FILES, by=request.person)
    if not request.person.may("crm.answer_post", request.workshop):
        raise NotAllowed
    if form.is_valid():
        form.save(by=request.person, thread=thread)
        return redirect(f"{portal_of(request)}:post", request.workshop.slug, pk)
    return _thread(request, thread, form)


@require_http_methods(["GET", "POST"])
def report(request: Request, pk: int) -> HttpResponse:
    """Tell the desk that something should not stand there."""
    found = _find(request, pk)
    if not request.person.may("crm.report_post", found):
        raise NotAllowed
    form = ReportForm(request.POST or None)
    if form.is_valid():
        found.report(by=request.person, **form.cleaned_data)
        return redirect(f"{portal_of(request)}:post", request.workshop.slug, found.begins_at)
    return _show(
        request, "portals/room_report.html", {"post": found, "form": form}, is_bad=form.is_bound
    )


@require_POST
def choosing(request: Request, pk: int) -> HttpResponse:
    """Answer the question of a thread, or answer it otherwise."""
    thread = _find_thread(request, pk)
    poll = get_object_or_404(Poll, post=thread)
    if not request.person.may("crm.answer_poll", poll):
        raise NotAllowed
    form = PollAnswerForm(request.POST, poll=poll, mine=None)
    if form.is_valid():
        poll.answer(by=request.person, choice=form.cleaned_data["choice"])
    else:
        messages.error(request, _("Choose one of the answers."))
    return redirect(f"{portal_of(request)}:post", request.workshop.slug, pk)


@require_POST
def ahead(request: Request, pk: int) -> HttpResponse:
    """Say how many pairs of the chosen model one would take."""
    thread = _find_thread(request, pk)
    poll = get_object_or_404(Poll, post=thread)
    if not request.person.may("crm.order_ahead", poll):
        raise NotAllowed
    mine = _mine(request, poll)
    if mine is None or mine.choice.colourway is None:
        raise WrongState(_("Choose a model first."))
    form = AheadForm(request.POST, mine=mine)
    if not form.is_valid():
        return _thread(request, thread, AnswerPostForm(by=request.person), ahead=form)
    poll.order_ahead(by=request.person, sizes=form.sizes)
    return redirect(f"{portal_of(request)}:post", request.workshop.slug, pk)


@require_safe
def look(request: Request, pk: int, choice: int) -> HttpResponse:
    """The photo of a coming model that is not in the catalogue yet."""
    chosen = get_object_or_404(
        PollChoice.objects.select_related("colourway__photo"),
        pk=choice,
        poll__post=_find_thread(request, pk),
    )
    if chosen.colourway is None or chosen.colourway.photo is None:
        raise Http404
    return serve_upload(chosen.colourway.photo)


@require_safe
def picture(request: Request, pk: int) -> HttpResponse:
    found = _find(request, pk)
    if found.picture is None:
        raise Http404
    return serve_upload(found.picture)


def _room(request: Request, form: PostForm) -> HttpResponse:
    _demand_room(request)
    words, chosen = request.GET.get("q", "").strip(), request.GET.get("shown", "")
    found = Post.objects.visible_to(request.person)
    reported = found.reported().count() if request.person.is_staff else 0
    if request.person.is_staff and chosen == "reported":
        rows = found.reported().order_by("-reported_at", "-pk")
    elif request.person.is_staff and chosen == "hidden":
        rows = found.exclude(hidden_at=None).order_by("-hidden_at", "-pk")
    else:
        rows = found.threads()
    rows = (rows.search(words) if words else rows).with_answers()
    page = Paginator(rows.select_related("person", "party", "workshop"), A_PAGE).get_page(
        request.GET.get("page")
    )
    parties = {post.party_id for post in page.object_list if post.party_id}
    return _show(
        request,
        "portals/room.html",
        {
            "page": page,
            "form": form,
            "words": words,
            "chosen": chosen,
            "reported": reported,
            "standings": standing_in_room(request.workshop, parties),
        },
        is_bad=form.is_bound,
    )


def _thread(
    request: Request, thread: Post, form: AnswerPostForm, *, ahead: AheadForm | None = None
) -> HttpResponse:
    answers = Post.objects.visible_to(request.person).filter(thread=thread)
    rows = answers.select_related("person", "party", "workshop").order_by("pk")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    said = [thread, *page.object_list]
    parties = {one.party_id for one in said if one.party_id}
    return _show(
        request,
        "portals/room_thread.html",
        {
            "thread": thread,
            "page": page,
            "said": said,
            "form": form,
            "standings": standing_in_room(request.workshop, parties),
            **_asked(request, thread, ahead),
        },
        is_bad=form.is_bound or ahead is not None,
    )


def _asked(request: Request, thread: Post, ahead: AheadForm | None) -> dict[str, Any]:
    """Return what a thread asks, with what this distributor has answered."""
    poll = Poll.objects.filter(post=thread).first()
    if poll is None:
        return {"poll": None}
    mine = _mine(request, poll)
    may_answer = poll.is_open and request.person.may("crm.answer_poll", poll)
    if ahead is None and may_answer and mine and mine.choice.colourway:
        ahead = AheadForm(mine=mine)
    return {
        "poll": poll,
        "result": poll.result(),
        "leads": _open_leads(request, poll),
        "mine_said": mine,
        "answer_form": PollAnswerForm(poll=poll, mine=mine) if may_answer else None,
        "ahead": ahead,
        "can_offer": request.person.may("crm.offer_ahead", poll) and poll.can_be_offered(),
    }


def _open_leads(request: Request, poll: Poll) -> dict[int, int]:
    """Return for the desk the open prospect of each who ordered ahead, for a quotation."""
    if not request.person.may("crm.send_quotation", request.workshop):
        return {}
    ahead = poll.answers.exclude(sizes={}).values("party")
    known = Lead.objects.visible_to(request.person).filter(status__in=STAGES, party__in=ahead)
    return dict(known.order_by("pk").values_list("party", "pk"))


def _mine(request: Request, poll: Poll) -> PollAnswer | None:
    answers = poll.answers.filter(party=request.person.party_id)
    return answers.select_related("choice__colourway__product").first()


def _show(
    request: Request, template: str, context: dict[str, object], *, is_bad: bool
) -> HttpResponse:
    portal = portal_of(request)
    frame = {"frame": f"{portal}/base.html", "portal": portal}
    return render(request, template, {**frame, **context}, status=422 if is_bad else 200)


def _find_thread(request: Request, pk: int) -> Post:
    found = _find(request, pk)
    if found.thread_id is not None:
        raise Http404
    return found


def _find(request: Request, pk: int) -> Post:
    known = Post.objects.visible_to(request.person)
    return get_object_or_404(known.select_related("person", "party", "workshop", "picture"), pk=pk)


def _demand_room(request: Request) -> None:
    """For other buyers than distributors that are welcome there is no such room."""
    if not (request.person.is_staff or request.person.may("crm.write_post", request.workshop)):
        raise Http404
