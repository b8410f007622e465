"""Tickets on the desk: what customers ask and complain of, what does not agree, how each ended."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.conversations.forms import MessageForm, ResolutionForm
from simpul.conversations.models import Conversation, Message, Ticket, TicketQuerySet
from simpul.crm.clocks import TicketClock, by_urgency, clocks_of
from simpul.crm.models import GoodsReturn, Rating, Remedy, Service
from simpul.crm.ticket_forms import (
    MakeTicketForm,
    MergeForm,
    NotedForm,
    RankForm,
    ServiceForm,
    SolutionForm,
)
from simpul.crm.ticket_pairs import pairs_of
from simpul.delivery.models import Handover
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party
from simpul.portals import talk
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, demand
from simpul.portals.workshop.credit import find_party
from simpul.portals.workshop.orders import find_order
from simpul.portals.workshop.talk import desk_talk
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed

A_PAGE = 30
COLUMNS: tuple[Column, ...] = (
    (_lazy("Number"), lambda ticket: ticket.number),
    (_lazy("Kind"), lambda ticket: str(ticket.get_kind_display())),
    (_lazy("What"), lambda ticket: ticket.title if ticket.is_of_customer else ""),
    (_lazy("Order"), lambda ticket: ticket.order),
    (_lazy("With"), lambda ticket: ticket.party.name if ticket.party else ""),
    (_lazy("Since"), lambda ticket: clock.day_of(ticket.opened_at)),
    (_lazy("Urgent"), lambda ticket: str(_("yes")) if ticket.is_urgent else ""),
    (_lazy("State"), lambda ticket: str(ticket.get_status_display())),
    (_lazy("How it ended"), lambda ticket: str(ticket.get_how_display())),
)


@require_safe
def tickets(request: Request) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:60]
    kind = request.GET.get("kind", "")
    found = _of_kind(Ticket.objects.visible_to(request.person), kind)
    if words:
        found = found.search(words)
    counts = dict(found.order_by().values_list("status").annotate(count=Count("pk")))
    chosen = request.GET.get("status", Ticket.Status.OPEN)
    ways = {
        Ticket.Status.OPEN: found.open(),
        "mine": found.open().answered_by(request.person),
        Ticket.Status.RESOLVED: found.filter(status=Ticket.Status.RESOLVED),
    }
    shown: Any = ways.get(chosen, found).select_related("party").order_by("-pk")
    clocks: dict[int, TicketClock] = {}
    if chosen in (Ticket.Status.OPEN, "mine"):  # what is due first comes first
        clocks = clocks_of(shown, request.workshop)
        shown = by_urgency(shown, clocks)
    if answer := download(request, "tickets", COLUMNS, shown, is_personal=True):
        return answer
    page = Paginator(shown, A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "workshop/tickets/list.html",
        {
            "page": page,
            "clocks": clocks,
            "answering": _answering(page.object_list),
            "chosen": chosen,
            "kind": kind,
            "kinds": Ticket.Kind,
            "counts": {name: counts.get(name, 0) for name in Ticket.Status.values}
            | {"mine": ways["mine"].count()},
            "words": words,
        },
    )


@require_http_methods(["GET", "POST"])
def party_ticket(request: Request, pk: int) -> HttpResponse:
    """Note what a customer asked on the telephone, about no single order."""
    return _new(request, find_party(request, pk), None)


@require_http_methods(["GET", "POST"])
def order_ticket(request: Request, number: str) -> HttpResponse:
    """Note what a customer said of an order, and of which of its pairs."""
    order = find_order(request, number)
    return _new(request, order.buyer, order)


@require_http_methods(["GET", "POST"])
def message_ticket(request: Request, pk: int) -> HttpResponse:
    """Make a ticket of its own of what a customer said."""
    said = Message.objects.visible_to(request.person).select_related("by", "conversation__party")
    found = get_object_or_404(said, pk=pk)
    demand(request, "conversations.make_ticket", found)
    form = MakeTicketForm(request.POST or None, initial={"kind": Ticket.Kind.COMPLAINT})
    if form.is_valid():
        made = Ticket.make(by=request.person, message=found, **form.cleaned_data)
        return redirect("workshop:ticket", request.workshop.slug, made.pk)
    return render(
        request,
        "workshop/tickets/of_message.html",
        {"said": found, "form": form},
        status=422 if form.is_bound else 200,
    )


@require_safe
def ticket(request: Request, pk: int) -> HttpResponse:
    return _page(request, find_ticket(request, pk), MessageForm())


@require_http_methods(["GET", "POST"])
def resolution(request: Request, pk: int) -> HttpResponse:
    """Say what became of it."""
    ticket = find_ticket(request, pk)
    form = _ending(ticket, request.POST or None)
    if form.is_valid():
        end = ticket.solve if ticket.is_of_customer else ticket.resolve
        end(by=request.person, **form.cleaned_data)
        return redirect("workshop:ticket", request.workshop.slug, pk)
    return render(
        request,
        "workshop/tickets/resolution.html",
        {"ticket": ticket, "form": form, "door": _door_of(ticket)},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def rank(request: Request, pk: int) -> HttpResponse:
    """Say what kind of ticket it is, and how urgent."""
    ticket = find_ticket(request, pk)
    demand(request, "conversations.rank_ticket", ticket)
    form = RankForm(
        request.POST or None, initial={"kind": ticket.kind, "is_urgent": ticket.is_urgent}
    )
    if form.is_valid():
        ticket.rank(by=request.person, **form.cleaned_data)
        return redirect("workshop:ticket", request.workshop.slug, pk)
    return render(
        request,
        "workshop/tickets/rank.html",
        {"ticket": ticket, "form": form},
        status=422 if form.is_bound else 200,
    )


@require_POST
def waiting(request: Request, pk: int) -> HttpResponse:
    """Wait for the customer, or no longer."""
    ticket = find_ticket(request, pk)
    step = ticket.wait if "wait" in request.POST else ticket.go_on
    step(by=request.person)
    return redirect("workshop:ticket", request.workshop.slug, pk)


@require_http_methods(["GET", "POST"])
def merging(request: Request, pk: int) -> HttpResponse:
    """Answer it together with another one of the same customer."""
    ticket = find_ticket(request, pk)
    demand(request, "conversations.merge_ticket", ticket)
    form = MergeForm(request.POST or None, others=_others(request, ticket))
    if form.is_valid():
        into = form.cleaned_data["into"]
        ticket.merge(by=request.person, into=into)
        return redirect("workshop:ticket", request.workshop.slug, into.pk)
    return render(
        request,
        "workshop/tickets/merging.html",
        {"ticket": ticket, "form": form},
        status=422 if form.is_bound else 200,
    )


@require_POST
def parting(request: Request, pk: int) -> HttpResponse:
    """Take it apart from the one that it was merged into."""
    find_ticket(request, pk).part(by=request.person)
    return redirect("workshop:ticket", request.workshop.slug, pk)


@require_http_methods(["GET", "POST"])
def service(request: Request) -> HttpResponse:
    """Say in which hours customers are answered, and how fast."""
    demand(request, "crm.set_service", request.workshop)
    form = ServiceForm(request.POST or None, service=Service.of(request.workshop))
    if form.is_valid():
        Service.kept_of(request.workshop).set(by=request.person, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("workshop:tickets", request.workshop.slug)
    return render(
        request,
        "workshop/tickets/service.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


@require_POST
def reopening(request: Request, pk: int) -> HttpResponse:
    """It is not solved after all."""
    find_ticket(request, pk).reopen(by=request.person)
    return redirect("workshop:ticket", request.workshop.slug, pk)


@require_POST
def message(request: Request, pk: int) -> HttpResponse:
    ticket = find_ticket(request, pk)
    if answer := talk.seen(request, *ticket.talked_of()):
        return answer
    if ticket.party is None or not request.person.may("conversations.say", ticket):
        raise NotAllowed
    form = MessageForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, ticket, form)
    conversation = Conversation.of(ticket, ticket.party)
    Message.say(by=request.person, conversation=conversation, **form.cleaned_data)
    return redirect("workshop:ticket", request.workshop.slug, pk)


def _new(request: Request, party: Party, order: Order | None) -> HttpResponse:
    demand(request, "conversations.ask_ticket", party)
    form = NotedForm(request.POST or None, order=order, initial={"kind": Ticket.Kind.COMPLAINT})
    if form.is_valid():
        made = Ticket.ask(by=request.person, subject=order or party, party=party, **form.ticket)
        return redirect("workshop:ticket", request.workshop.slug, made.pk)
    return render(
        request,
        "workshop/tickets/new.html",
        {"party": party, "order": order, "form": form},
        status=422 if form.is_bound else 200,
    )


def _page(request: Request, ticket: Ticket, form: MessageForm) -> HttpResponse:
    say = reverse("workshop:ticket-message", args=[request.workshop.slug, ticket.pk])
    together = ticket.talked_of()
    remedies = list(Remedy.objects.visible_to(request.person).filter(ticket=ticket).for_page())
    return render(
        request,
        "workshop/tickets/page.html",
        {
            "ticket": ticket,
            "pairs": pairs_of(ticket),
            "door": _door_of(ticket),
            "form": _ending(ticket, initial={"how": remedies[-1].how} if remedies else None),
            "remedies": remedies,
            "clock": clocks_of([ticket], request.workshop).get(ticket.pk),
            "returns": list(GoodsReturn.objects.talked_of(ticket).for_page().order_by("pk")),
            "may_return": _may_return(request, ticket),
            "merged": together[1:],
            "rating": Rating.objects.filter(ticket=ticket).first(),
            "has_others": ticket.is_of_customer and _others(request, ticket).exists(),
            **desk_talk(request, ticket, ticket.party, say_to=say, form=form, together=together),
            "journal": journal_of(ticket).order_by("-pk"),
        },
        status=422 if form.is_bound else 200,
    )


def _may_return(request: Request, ticket: Ticket) -> bool:
    """Tell whether goods of it can be agreed to come back: it is open, and about an order."""
    is_open = ticket.is_of_customer and ticket.status == Ticket.Status.OPEN
    is_about_order = ticket.subject_type_id == ContentType.objects.get_for_model(Order).pk
    return is_open and is_about_order and request.person.may("crm.agree_return", ticket)


def _others(request: Request, ticket: Ticket) -> TicketQuerySet:
    """Return the other open tickets of the same customer."""
    theirs = Ticket.objects.visible_to(request.person).of_customers().open()
    return theirs.filter(party=ticket.party_id).exclude(pk=ticket.pk).order_by("-pk")


def _ending(ticket: Ticket, data: Any = None, **kwargs: Any) -> ResolutionForm | SolutionForm:
    if ticket.is_of_customer:
        return SolutionForm(data, **kwargs)
    return ResolutionForm(data, ticket=ticket, **kwargs)


def _of_kind(found: TicketQuerySet, kind: str) -> TicketQuerySet:
    """Return those of one kind, or of the kinds that go together; all for anything else."""
    together = {"customers": found.of_customers(), "differences": found.differences()}
    if kind in together:
        return together[kind]
    return found.filter(kind=kind) if kind in Ticket.Kind.values else found


def _answering(tickets: Any) -> dict[int, Any]:
    """Return who was asked to answer which ticket."""
    talks = Conversation.objects.filter(
        subject_type=ContentType.objects.get_for_model(Ticket),
        subject_id__in=[one.pk for one in tickets],
    )
    asked = talks.exclude(assigned_to=None).select_related("assigned_to")
    return {one.subject_id: one.assigned_to for one in asked}


def _door_of(ticket: Ticket) -> Handover | None:
    """Return the hand-over in which something was found damaged or missing."""
    if ticket.kind != Ticket.Kind.DOOR:
        return None
    return Handover.objects.select_related("shipment").filter(pk=ticket.facts["handover"]).first()


def find_ticket(request: Request, pk: int) -> Ticket:
    tickets = Ticket.objects.visible_to(request.person)
    known = tickets.select_related("party", "resolved_by", "made_of__by", "merged_into")
    return get_object_or_404(known, pk=pk)
