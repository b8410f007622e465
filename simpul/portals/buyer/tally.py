"""The buyer's account: what was agreed, paid and is owed, with the workshop's own figures."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from simpul.conversations.forms import MessageForm
from simpul.conversations.models import Conversation, Message
from simpul.parties.models import Party
from simpul.payments.models import Tick, ticks_of
from simpul.payments.sheet import order_sheet, party_sheet
from simpul.payments.tally import OrderTally, months_of, order_tally, party_tally
from simpul.portals import talk
from simpul.portals.buyer.orders import find_order
from simpul.portals.files import serve_attachment, serve_sheet
from simpul.portals.http import Request
from simpul.portals.months import month_of
from simpul.ui.jinja import month as in_words


@require_safe
def order(request: Request, number: str) -> HttpResponse:
    return render(request, "buyer/tally/order.html", {"tally": _order(request, number)})


@require_safe
def order_pdf(request: Request, number: str) -> HttpResponse:
    return serve_sheet(order_sheet(_order(request, number)), f"{number}-klop")


@require_safe
def tally_sheet(request: Request) -> HttpResponse:
    return _page(request, request.GET.get("month", ""))


@require_safe
def pdf(request: Request, month: str) -> HttpResponse:
    tally = party_tally(_party(request), month_of(month))
    ticks = ticks_of(tally.party, tally.month, tally.digest)
    return serve_sheet(party_sheet(tally, ticks), f"klop-{month}")


@require_POST
def tick(request: Request, month: str) -> HttpResponse:
    """It tallies with the buyer's own book."""
    chosen, digest = month_of(month), request.POST.get("digest", "")
    Tick.give(by=request.person, party=_party(request), month=chosen, digest=digest)
    return redirect(_back(request, month))


@require_POST
def question(request: Request, month: str) -> HttpResponse:
    """It does not tally: say what, and the workshop looks."""
    party, chosen = _party(request), month_of(month)
    if answer := talk.seen(request, party):
        return answer
    form = MessageForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, month, form)
    body = _("Account of %(month)s: %(question)s") % {
        "month": in_words(chosen),
        "question": form.cleaned_data["body"],
    }
    Message.say(
        by=request.person,
        conversation=Conversation.of(party, party),
        body=body,
        attached=form.cleaned_data["attached"],
    )
    messages.success(request, _("Thank you. We look into it and answer you."))
    return redirect(_back(request, month))


@require_safe
def message_file(request: Request, file: int) -> HttpResponse:
    """A picture or PDF that came with what was asked or answered."""
    return serve_attachment(request, file, _party(request))


def _page(request: Request, chosen: str, form: MessageForm | None = None) -> HttpResponse:
    party = _party(request)
    months = months_of(party)
    month = month_of(chosen) if chosen else months[0]
    tally = party_tally(party, month)
    return render(
        request,
        "buyer/tally/page.html",
        {
            "tally": tally,
            "months": months,
            "ticks": ticks_of(party, month, tally.digest),
            "my_side": Tick.Side.BUYER,
            "may_tick": True,
            **talk.talk_about(
                request,
                party,
                say_to=reverse(
                    "buyer:tally-question", args=[request.workshop.slug, f"{month:%Y-%m}"]
                ),
                form=form,
            ),
        },
        status=422 if form else 200,
    )


def _order(request: Request, number: str) -> OrderTally:
    tally = order_tally(find_order(request, number))
    if tally is None:
        raise Http404
    return tally


def _party(request: Request) -> Party:
    party = request.person.party
    if party is None:
        raise Http404
    return party


def _back(request: Request, month: str) -> str:
    return f"{reverse('buyer:tally', args=[request.workshop.slug])}?month={month}"
