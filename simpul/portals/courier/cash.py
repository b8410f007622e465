"""What the courier collected and still holds, and bringing it to the workshop."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.conversations.forms import MessageForm
from simpul.conversations.models import Conversation, Message, Ticket
from simpul.payments.handing import HandingForm
from simpul.payments.models import CashHanding, Collection
from simpul.portals import talk
from simpul.portals.courier.jobs import find_job
from simpul.portals.files import serve_attachment
from simpul.portals.http import Request


@require_http_methods(["GET", "POST"])
def cash(request: Request) -> HttpResponse:
    """All that is held, and saying that it is brought."""
    held = Collection.objects.visible_to(request.person).held()
    brought = list(held.select_related("order", "load__shipment").order_by("pk"))
    form = HandingForm(request.POST or None, held=sum(one.collected or 0 for one in brought))
    if form.is_valid():
        CashHanding.hand(by=request.person, courier=request.person.party, **form.cleaned_data)
        messages.success(request, _("The workshop counts it and tells you."))
        return redirect("courier:cash", request.workshop.slug)
    handings = CashHanding.objects.visible_to(request.person).order_by("-pk")
    tickets = Ticket.objects.visible_to(request.person).order_by("-pk")
    return render(
        request,
        "courier/cash/page.html",
        {"brought": brought, "form": form, "handings": handings[:20], "tickets": tickets[:20]},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def job_cash(request: Request, number: str) -> HttpResponse:
    """What was collected for one job: all that a link opens."""
    shipment = find_job(request, number)
    if shipment.courier_id != request.person.party_id or not shipment.held:
        raise Http404
    form = HandingForm(request.POST or None, held=shipment.held)
    if form.is_valid():
        CashHanding.hand(
            by=request.person,
            courier=request.person.party,
            collections=shipment.collections,
            **form.cleaned_data,
        )
        messages.success(request, _("The workshop counts it and tells you."))
        return redirect("courier:job", request.workshop.slug, number)
    return render(
        request,
        "courier/cash/job.html",
        {"shipment": shipment, "form": form},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET"])
def ticket(request: Request, pk: int) -> HttpResponse:
    """A difference, and what is said about it."""
    return _ticket_page(request, _ticket(request, pk), MessageForm())


def _ticket_page(request: Request, ticket: Ticket, form: MessageForm) -> HttpResponse:
    return render(
        request,
        "courier/cash/ticket.html",
        {
            "ticket": ticket,
            **talk.talk_about(
                request,
                ticket,
                say_to=reverse("courier:ticket-message", args=[request.workshop.slug, ticket.pk]),
                form=form,
            ),
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
def ticket_message(request: Request, pk: int) -> HttpResponse:
    ticket = _ticket(request, pk)
    if answer := talk.seen(request, ticket):
        return answer
    form = MessageForm(request.POST, request.FILES)
    if not form.is_valid():
        return _ticket_page(request, ticket, form)
    if ticket.party is not None:
        conversation = Conversation.of(ticket, ticket.party)
        Message.say(by=request.person, conversation=conversation, **form.cleaned_data)
    return redirect("courier:ticket", request.workshop.slug, pk)


@require_safe
def ticket_file(request: Request, pk: int, file: int) -> HttpResponse:
    """A picture or PDF that came with talk about the difference."""
    return serve_attachment(request, file, _ticket(request, pk))


def _ticket(request: Request, pk: int) -> Ticket:
    return get_object_or_404(Ticket.objects.visible_to(request.person), pk=pk)
