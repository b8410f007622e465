"""The room that several workshops share: who is in it, what they say, and who keeps it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.crm.models import Sentra, SentraInvitation, SentraMember, SentraPost, entered_by
from simpul.crm.sentra_forms import (
    InviteForm,
    NamedForm,
    SentraForm,
    SentraPostForm,
    SentraQuestionForm,
    SentraReasonForm,
    SentraReportForm,
    SentraVoteForm,
)
from simpul.portals.http import Request, demand

A_PAGE = 20


@require_safe
def room(request: Request) -> HttpResponse:
    """What is said in the room; whoever is in none sees who invites, and begins one."""
    member = entered_by(request.person)
    if member is None:
        return _outside(request, SentraForm())
    rows = SentraPost.objects.visible_to(request.person).threads()
    page = Paginator(rows.select_related("workshop", "person"), A_PAGE)
    reported = SentraPost.objects.to_judge(request.workshop.pk) if member.keeps else []
    return render(
        request,
        "workshop/sentra/room.html",
        {
            "member": member,
            "page": page.get_page(request.GET.get("page")),
            "reported": list(reported),
        },
    )


@require_POST
def founding(request: Request) -> HttpResponse:
    form = SentraForm(request.POST)
    if not form.is_valid():
        return _outside(request, form)
    Sentra.found(by=request.person, **form.cleaned_data)
    return redirect("workshop:sentra-members", request.workshop.slug)


@require_POST
def invitation(request: Request, pk: int) -> HttpResponse:
    """Join, or stay outside."""
    ours = SentraInvitation.objects.open().filter(workshop=request.workshop)
    found = get_object_or_404(ours.select_related("sentra"), pk=pk)
    if request.POST.get("how") == "join":
        SentraMember.join(by=request.person, invitation=found)
    else:
        found.decline(by=request.person)
    return redirect("workshop:sentra", request.workshop.slug)


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    return _new(request, SentraPostForm(request.POST or None))


@require_http_methods(["GET", "POST"])
def question(request: Request) -> HttpResponse:
    return _new(request, SentraQuestionForm(request.POST or None))


@require_safe
def post(request: Request, pk: int) -> HttpResponse:
    return _thread(request, _find_thread(request, pk), SentraPostForm())


@require_POST
def answer(request: Request, pk: int) -> HttpResponse:
    thread = _find_thread(request, pk)
    form = SentraPostForm(request.POST)
    if not form.is_valid():
        return _thread(request, thread, form)
    SentraPost.answer(by=request.person, thread=thread, **form.cleaned_data)
    return redirect("workshop:sentra-post", request.workshop.slug, pk)


@require_POST
def vote(request: Request, pk: int) -> HttpResponse:
    """Choose an answer to the question of a thread, or choose otherwise."""
    thread = _find_thread(request, pk)
    form = SentraVoteForm(request.POST, post=thread)
    if form.is_valid():
        _member(request).vote(by=request.person, choice=form.cleaned_data["choice"])
    else:
        messages.error(request, _("Choose one of the answers."))
    return redirect("workshop:sentra-post", request.workshop.slug, pk)


@require_http_methods(["GET", "POST"])
def report(request: Request, pk: int) -> HttpResponse:
    """Tell whoever keeps the room that something should not stand there."""
    found = _find(request, pk)
    form = SentraReportForm(request.POST or None)
    if form.is_valid():
        _member(request).report(by=request.person, post=found, **form.cleaned_data)
        messages.success(request, _("Whoever keeps the room reads it."))
        return redirect("workshop:sentra-post", request.workshop.slug, found.begins_at)
    title, lead = _("Report it"), _("Whoever keeps the room decides.")
    return _asked(request, form, title=title, lead=lead, post=found)


@require_http_methods(["GET", "POST"])
def hiding(request: Request, pk: int) -> HttpResponse:
    """Take a post out of the room, or let it stand: for whoever keeps the room."""
    found = _find(request, pk)
    sentra = _kept(request)
    if request.method == "POST" and found.hidden_at is not None:
        sentra.show(by=request.person, post=found)
        return redirect("workshop:sentra-post", request.workshop.slug, found.begins_at)
    if "stands" in request.POST:
        sentra.clear(by=request.person, post=found)
        return redirect("workshop:sentra-post", request.workshop.slug, found.begins_at)
    form = SentraReasonForm(request.POST or None)
    if form.is_valid():
        sentra.hide(by=request.person, post=found, **form.cleaned_data)
        return redirect("workshop:sentra-post", request.workshop.slug, found.begins_at)
    title = _("Hide it from the room")
    lead = _("Only you and the workshop that wrote it see it then, with the reason.")
    return _asked(request, form, title=title, lead=lead, post=found, is_danger=True)


@require_http_methods(["GET", "POST"])
def members(request: Request) -> HttpResponse:
    """Who is in the room; the owner invites, and says who of us enters."""
    member = _member(request)
    how = request.POST.get("how", "")
    invite = InviteForm(request.POST if how == "invite" else None, member=member)
    named = NamedForm(request.POST if how == "name" else None, member=member)
    if how == "invite" and invite.is_valid():
        member.invite(by=request.person, **invite.cleaned_data)
        return redirect("workshop:sentra-members", request.workshop.slug)
    if how == "name" and named.is_valid():
        member.name(by=request.person, people=list(named.cleaned_data["people"]))
        messages.success(request, _("Saved."))
        return redirect("workshop:sentra-members", request.workshop.slug)
    inside = SentraMember.objects.living().filter(sentra=member.sentra_id)
    asked = SentraInvitation.objects.open().filter(sentra=member.sentra_id)
    return render(
        request,
        "workshop/sentra/members.html",
        {
            "member": member,
            "inside": list(inside.select_related("workshop").order_by("since", "pk")),
            "asked": list(asked.select_related("workshop", "by__workshop").order_by("pk")),
            "invite": invite,
            "named": named,
        },
        status=422 if how else 200,
    )


@require_POST
def leaving(request: Request) -> HttpResponse:
    _member(request).leave(by=request.person)
    return redirect("workshop:sentra", request.workshop.slug)


@require_http_methods(["GET", "POST"])
def removal(request: Request, pk: int) -> HttpResponse:
    """Let another workshop be a member no more: for whoever keeps the room."""
    sentra = _kept(request)
    others = SentraMember.objects.living().filter(sentra=sentra).exclude(workshop=request.workshop)
    found = get_object_or_404(others.select_related("workshop"), pk=pk)
    form = SentraReasonForm(request.POST or None)
    if form.is_valid():
        sentra.part_with(by=request.person, member=found, **form.cleaned_data)
        return redirect("workshop:sentra-members", request.workshop.slug)
    title = _("Let %(workshop)s go") % {"workshop": found.workshop}
    lead = _("What it said stays in the room.")
    return _asked(request, form, title=title, lead=lead, post=None, is_danger=True)


def _outside(request: Request, form: SentraForm) -> HttpResponse:
    invitations = SentraInvitation.objects.open().filter(workshop=request.workshop)
    rows = invitations.select_related("sentra", "by__workshop").order_by("-pk")
    context = {"form": form, "invitations": list(rows)}
    return render(
        request, "workshop/sentra/outside.html", context, status=422 if form.is_bound else 200
    )


def _new(request: Request, form: SentraPostForm | SentraQuestionForm) -> HttpResponse:
    member = _member(request)
    if form.is_valid():
        facts = form.facts if isinstance(form, SentraQuestionForm) else form.cleaned_data
        said = SentraPost.say(by=request.person, sentra=member.sentra, **facts)
        return redirect("workshop:sentra-post", request.workshop.slug, said.pk)
    is_question = isinstance(form, SentraQuestionForm)
    title = _("Ask the workshops") if is_question else _("Say something")
    return _asked(request, form, title=title, lead=member.sentra.name, post=None)


def _thread(request: Request, thread: SentraPost, form: SentraPostForm) -> HttpResponse:
    member = _member(request)
    answers = SentraPost.objects.visible_to(request.person).filter(thread=thread)
    rows = answers.select_related("workshop", "person").order_by("pk")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "workshop/sentra/thread.html",
        {
            "member": member,
            "thread": thread,
            "said": [thread, *page.object_list],
            "page": page,
            "form": form,
            **_voted(thread, member),
        },
        status=422 if form.is_bound else 200,
    )


def _voted(thread: SentraPost, member: SentraMember) -> dict[str, Any]:
    """Return the result of a thread's question, with what this workshop has said."""
    if thread.closes_on is None:
        return {"choices": [], "vote_form": None, "mine": None, "votes": 0}
    said = dict(thread.votes.values_list("workshop", "choice"))
    mine = said.get(member.workshop_id)
    counts = [
        (one, sum(choice == one.pk for choice in said.values()))
        for one in thread.choices.order_by("position")
    ]
    form = SentraVoteForm(post=thread, mine=mine) if thread.is_open else None
    return {"choices": counts, "vote_form": form, "mine": mine, "votes": len(said)}


def _asked(request: Request, form: Any, **context: object) -> HttpResponse:
    shown = {"form": form, "is_danger": False, **context}
    return render(
        request, "workshop/sentra/asked.html", shown, status=422 if form.is_bound else 200
    )


def _member(request: Request) -> SentraMember:
    """For whoever does not enter there is no such room."""
    member = entered_by(request.person)
    if member is None:
        raise Http404
    return member


def _kept(request: Request) -> Sentra:
    """Return the room that this person keeps."""
    member = _member(request)
    if not member.keeps:
        raise Http404
    demand(request, "crm.hide_in_sentra", member.sentra)
    return member.sentra


def _find_thread(request: Request, pk: int) -> SentraPost:
    found = _find(request, pk)
    if found.thread_id is not None:
        raise Http404
    return found


def _find(request: Request, pk: int) -> SentraPost:
    known = SentraPost.objects.visible_to(request.person)
    return get_object_or_404(known.select_related("workshop", "person", "sentra"), pk=pk)
