"""Differences on the desk: what does not agree, what was said about it, and how it ended."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.conversations.forms import MessageForm, ResolutionForm
from simpul.conversations.models import Conversation, Message, Ticket
from simpul.delivery.models import Handover
from simpul.portals import talk
from simpul.portals.http import Request
from simpul.portals.workshop.talk import desk_talk
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed

A_PAGE = 30


@require_safe
def tickets(request: Request) -> HttpResponse:
    chosen = request.GET.get("status", Ticket.Status.OPEN)
    words = request.GET.get("q", "").strip()
    found = Ticket.objects.visible_to(request.person)
    if words:
        found = found.filter(party__name__icontains=words)
    counts = {name: found.filter(status=name).count() for name in Ticket.Status.values}
    shown = found.filter(status=chosen) if chosen in counts else found
    return render(
        request,
        "workshop/tickets/list.html",
        {
            "page": Paginator(shown.select_related("party").order_by("-pk"), A_PAGE).get_page(
                request.GET.get("page")
            ),
            "chosen": chosen,
            "counts": counts,
            "words": words,
        },
    )


@require_safe
def ticket(request: Request, pk: int) -> HttpResponse:
    return _page(request, _find(request, pk), MessageForm())


def _page(request: Request, ticket: Ticket, form: MessageForm) -> HttpResponse:
    say = reverse("workshop:ticket-message", args=[request.workshop.slug, ticket.pk])
    return render(
        request,
        "workshop/tickets/page.html",
        {
            "ticket": ticket,
            "door": _door_of(ticket),
            "form": ResolutionForm(ticket=ticket),
            **desk_talk(request, ticket, ticket.party, say_to=say, form=form),
            "journal": journal_of(ticket),
        },
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def resolution(request: Request, pk: int) -> HttpResponse:
    """Say what became of a difference."""
    ticket = _find(request, pk)
    form = ResolutionForm(request.POST or None, ticket=ticket)
    if form.is_valid():
        ticket.resolve(by=request.person, **form.cleaned_data)
        return redirect("workshop:ticket", request.workshop.slug, pk)
    return render(
        request,
        "workshop/tickets/resolution.html",
        {"ticket": ticket, "form": form, "door": _door_of(ticket)},
        status=422 if form.is_bound else 200,
    )


@require_POST
def message(request: Request, pk: int) -> HttpResponse:
    ticket = _find(request, pk)
    if answer := talk.seen(request, ticket):
        return answer
    if ticket.party is None or not request.person.may("conversations.say", ticket):
        raise NotAllowed
    form = MessageForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, ticket, form)
    conversation = Conversation.of(ticket, ticket.party)
    Message.say(by=request.person, conversation=conversation, **form.cleaned_data)
    return redirect("workshop:ticket", request.workshop.slug, pk)


def _door_of(ticket: Ticket) -> Handover | None:
    """Return the hand-over in which something was found damaged or missing."""
    if ticket.kind != Ticket.Kind.DOOR:
        return None
    return Handover.objects.select_related("shipment").filter(pk=ticket.facts["handover"]).first()


def _find(request: Request, pk: int) -> Ticket:
    tickets = Ticket.objects.visible_to(request.person).select_related("party", "resolved_by")
    return get_object_or_404(tickets, pk=pk)
