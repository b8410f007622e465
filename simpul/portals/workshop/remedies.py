"""Making a ticket good: by a credit note, by money back, or by another order."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from simpul.conversations.models import Ticket
from simpul.crm.models import GoodsReturn, Remedy, most_credited
from simpul.crm.ticket_forms import ReplacementForm
from simpul.orders.models import Order
from simpul.parties.models import Party
from simpul.payments.models import CreditNote, TooMuch, party_credit
from simpul.payments.returning import CreditNoteForm, RefundForm
from simpul.portals.http import Request
from simpul.portals.workshop.tickets import find_ticket
from simpul.workflow.steps import NotAllowed, WrongState

LOOKED_AT = 20  # orders that may replace something
LONGEST_NOTE = 300


@require_http_methods(["GET", "POST"])
def credit(request: Request, pk: int) -> HttpResponse:
    """Credit what the pairs of the ticket cost, or as much as seems fair."""
    ticket, _party = _open_ticket(request, pk, "crm.credit_ticket")
    returns = GoodsReturn.objects.talked_of(ticket)
    came_back = returns.filter(status=GoodsReturn.Status.BACK).exists()
    initial = {
        "amount": _worth(request, ticket) or None,
        "kind": CreditNote.Kind.RETURNED if came_back else CreditNote.Kind.DEFECT,
        "note": f"{ticket.number}: {ticket.title}"[:LONGEST_NOTE],
    }
    form = CreditNoteForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            Remedy.credit(by=request.person, ticket=ticket, **form.cleaned_data)
        except TooMuch as reason:
            form.add_error("amount", str(reason))
        else:
            return redirect("workshop:ticket", request.workshop.slug, pk)
    lead = _("It lowers what is open of the order; what is more is credit. The customer reads it.")
    return _ask(request, ticket, form, _("Credit note"), lead, _("Write the credit note"))


@require_http_methods(["GET", "POST"])
def refund(request: Request, pk: int) -> HttpResponse:
    """Ask for money back, out of the credit that the customer has."""
    ticket, party = _open_ticket(request, pk, "crm.refund_ticket")
    form = RefundForm(
        request.POST or None,
        credit=party_credit(party),
        needs_account=False,
        initial={"note": f"{ticket.number}: {ticket.title}"[:LONGEST_NOTE]},
    )
    if form.is_valid():
        Remedy.pay_back(by=request.person, ticket=ticket, **form.cleaned_data)
        return redirect("workshop:ticket", request.workshop.slug, pk)
    lead = _("Only credit can go back: write the credit note first. Finance approves and sends it.")
    return _ask(request, ticket, form, _("Money back"), lead, _("Ask for the refund"))


@require_http_methods(["GET", "POST"])
def replacement(request: Request, pk: int) -> HttpResponse:
    """Name the order by which it is replaced."""
    ticket, party = _open_ticket(request, pk, "crm.replace_ticket")
    theirs = Order.objects.visible_to(request.person).filter(buyer=party)
    others = theirs.exclude(number=ticket.order).exclude(remedies__ticket=ticket)
    newest = others.order_by("-pk").values_list("pk", flat=True)[:LOOKED_AT]
    form = ReplacementForm(
        request.POST or None, orders=Order.objects.filter(pk__in=list(newest)).order_by("-pk")
    )
    if form.is_valid():
        Remedy.replace(by=request.person, ticket=ticket, **form.cleaned_data)
        return redirect("workshop:ticket", request.workshop.slug, pk)
    lead = _("Enter the order for the new pairs first; a credit note makes it free. Name it here.")
    return _ask(request, ticket, form, _("Replacement"), lead, _("Note the replacement"))


def _open_ticket(request: Request, pk: int, ability: str) -> tuple[Ticket, Party]:
    ticket = find_ticket(request, pk)
    if not request.person.may(ability, ticket):
        raise NotAllowed
    if ticket.party is None or not ticket.is_of_customer or ticket.status != Ticket.Status.OPEN:
        raise WrongState(_("Only an open ticket of a customer is made good."))
    return ticket, ticket.party


def _worth(request: Request, ticket: Ticket) -> int:
    """Return what the pairs that it is about cost, with their share of the order's discount; not
    more than can be credited still. Rupiah."""
    orders = Order.objects.visible_to(request.person).for_page()
    order = orders.filter(number=ticket.order).first() if ticket.pairs else None
    if order is None:
        return 0
    current, worth = order.current, 0
    prices = {line.line_id: line.unit_price for line in current.lines.all()}
    for one in ticket.pairs:
        price = prices.get(one["line"])
        worth += price.of(sum(one["sizes"].values())) if price else 0
    goods = sum(line.amount for line in current.lines.all())
    share = worth * (current.total - current.shipping) // goods if goods else 0
    return min(share, most_credited(order))


def _ask(
    request: Request, ticket: Ticket, form: forms.Form, title: str, lead: str, label: str
) -> HttpResponse:
    """Ask for it on a page of its own; `label` stands on the button."""
    told: dict[str, Any] = {"title": title, "lead": lead, "label": label}
    return render(
        request,
        "workshop/tickets/remedy.html",
        {"ticket": ticket, "form": form, **told},
        status=422 if form.is_bound else 200,
    )
