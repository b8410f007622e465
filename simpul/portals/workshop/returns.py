"""Goods of a ticket that come back: agreeing on it, noting that they left, counting them in."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from simpul.crm.models import GoodsReturn, NothingCame
from simpul.crm.return_forms import ReturnCountForm, ReturnForm
from simpul.orders.models import Order
from simpul.portals.http import Request
from simpul.portals.workshop.tickets import find_ticket
from simpul.workflow.steps import NotAllowed, WrongState


@require_http_methods(["GET", "POST"])
def agreement(request: Request, pk: int) -> HttpResponse:
    """Agree which delivered pairs come back, and who brings them."""
    ticket = find_ticket(request, pk)
    if not request.person.may("crm.agree_return", ticket):
        raise NotAllowed
    orders = Order.objects.visible_to(request.person).for_page()
    order = orders.filter(pk=ticket.subject_id).first()
    if order is None or not isinstance(ticket.subject, Order):
        raise Http404
    form = ReturnForm(request.POST or None, order=order, pairs=ticket.pairs)
    if form.is_valid():
        try:
            made = GoodsReturn.agree(by=request.person, ticket=ticket, **form.told)
        except WrongState as reason:
            form.add_error(None, str(reason))
        else:
            if made.shipment is not None:
                return redirect("workshop:courier-offer", request.workshop.slug, made.shipment)
            return redirect("workshop:ticket", request.workshop.slug, pk)
    return render(
        request,
        "workshop/tickets/return.html",
        {"ticket": ticket, "form": form},
        status=422 if form.is_bound else 200,
    )


@require_POST
def leaving(request: Request, pk: int) -> HttpResponse:
    """The pairs have left the customer."""
    found = _find(request, pk)
    found.send(by=request.person)
    return redirect("workshop:ticket", request.workshop.slug, found.ticket_id)


@require_POST
def cancelling(request: Request, pk: int) -> HttpResponse:
    """Nothing comes back after all."""
    found = _find(request, pk)
    found.cancel(by=request.person)
    return redirect("workshop:ticket", request.workshop.slug, found.ticket_id)


@require_http_methods(["GET", "POST"])
def count(request: Request, pk: int) -> HttpResponse:
    """Count in what came back."""
    found = _find(request, pk)
    if not request.person.may("crm.count_return", found):
        raise NotAllowed
    form = ReturnCountForm(request.POST or None, pairs=list(found.pairs.all()))
    if form.is_valid():
        try:
            found.count_in(by=request.person, counted=form.counted)
        except NothingCame as reason:
            form.add_error(None, str(reason))
        else:
            return redirect("workshop:ticket", request.workshop.slug, found.ticket_id)
    return render(
        request,
        "workshop/tickets/return_count.html",
        {"goods": found, "ticket": found.ticket, "form": form},
        status=422 if form.is_bound else 200,
    )


def _find(request: Request, pk: int) -> GoodsReturn:
    known = GoodsReturn.objects.visible_to(request.person).for_page()
    return get_object_or_404(known.select_related("ticket__party"), pk=pk)
