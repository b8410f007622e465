"""A buyer's questions and complaints: asking, and what is said about each until it is solved."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.conversations.forms import MessageForm
from simpul.conversations.models import Conversation, Message, Ticket
from simpul.crm.models import GoodsReturn
from simpul.crm.ticket_forms import AskForm
from simpul.crm.ticket_pairs import pairs_of
from simpul.orders.models import Order
from simpul.portals import talk
from simpul.portals.buyer.orders import find_order
from simpul.portals.files import serve_attachment
from simpul.portals.http import Request, demand
from simpul.workflow.steps import NotAllowed

A_PAGE = 30


@require_safe
def tickets(request: Request) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:60]
    found = Ticket.objects.visible_to(request.person).of_customers()
    if words:
        found = found.search(words)
    page = Paginator(found.order_by("-pk"), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "buyer/tickets/list.html", {"page": page, "words": words})


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Ask something that is about no single order."""
    return _new(request, None)


@require_http_methods(["GET", "POST"])
def order_ticket(request: Request, number: str) -> HttpResponse:
    """Ask about an order, or say which of its pairs are wrong."""
    return _new(request, find_order(request, number))


@require_safe
def ticket(request: Request, pk: int) -> HttpResponse:
    return _page(request, _find(request, pk), MessageForm())


@require_POST
def message(request: Request, pk: int) -> HttpResponse:
    ticket = _find(request, pk)
    if answer := talk.seen(request, *ticket.talked_of()):
        return answer
    if ticket.party is None:
        raise NotAllowed
    form = MessageForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, ticket, form)
    conversation = Conversation.of(ticket, ticket.party)
    Message.say(by=request.person, conversation=conversation, **form.cleaned_data)
    return redirect("buyer:ticket", request.workshop.slug, pk)


@require_safe
def message_file(request: Request, pk: int, file: int) -> HttpResponse:
    """A picture or PDF that came with talk about it."""
    return serve_attachment(request, file, *_find(request, pk).talked_of())


@require_POST
def reopening(request: Request, pk: int) -> HttpResponse:
    """It is not solved after all."""
    _find(request, pk).reopen(by=request.person)
    return redirect("buyer:ticket", request.workshop.slug, pk)


def _new(request: Request, order: Order | None) -> HttpResponse:
    party = request.person.party
    assert party is not None  # noqa: S101 - the gate lets nobody else in
    demand(request, "conversations.ask_ticket", party)
    form = AskForm(
        request.POST or None,
        request.FILES or None,
        order=order,
        initial={"kind": Ticket.Kind.COMPLAINT if order else Ticket.Kind.QUESTION},
    )
    if form.is_valid():
        made = Ticket.ask(by=request.person, subject=order or party, party=party, **form.ticket)
        if order and request.link:  # which opens the order, and nothing else
            told = _("Noted as %(number)s. We answer you by message.") % {"number": made}
            messages.success(request, told)
            return redirect("buyer:order", request.workshop.slug, order.number)
        return redirect("buyer:ticket", request.workshop.slug, made.pk)
    return render(
        request,
        "buyer/tickets/new.html",
        {"order": order, "form": form},
        status=422 if form.is_bound else 200,
    )


def _page(request: Request, ticket: Ticket, form: MessageForm) -> HttpResponse:
    say = reverse("buyer:ticket-message", args=[request.workshop.slug, ticket.pk])
    return render(
        request,
        "buyer/tickets/page.html",
        {
            "ticket": ticket,
            "pairs": pairs_of(ticket),
            "returns": GoodsReturn.objects.talked_of(ticket)
            .for_page()
            .prefetch_related("shipment__handovers", "shipment__courier__people__identities")
            .order_by("pk"),
            **talk.talk_about(request, ticket, say_to=say, form=form, together=ticket.talked_of()),
        },
        status=422 if form.is_bound else 200,
    )


def _find(request: Request, pk: int) -> Ticket:
    """Return the ticket; what was merged into another one is read there."""
    mine = Ticket.objects.visible_to(request.person).of_customers()
    found = get_object_or_404(mine.select_related("party", "made_of__by", "merged_into"), pk=pk)
    return found
