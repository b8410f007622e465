"""From a ticket to the lots and the hands behind its pairs, and to everybody else who has the same."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_safe

from simpul.conversations.models import Ticket
from simpul.crm.ticket_pairs import pairs_of
from simpul.insight.lots import TracedLot
from simpul.insight.origins import Affected, Origin, Work, origin_of, written_to_since
from simpul.lib import phones, sheets
from simpul.orders.models import Order
from simpul.orders.models import Status as OrderStatus
from simpul.parties.models import Identity, Party, Person
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, demand, number_of
from simpul.portals.workshop.tickets import find_ticket

A_PAGE = 20
COLUMNS: tuple[Column, ...] = (
    (gettext_lazy("Order"), lambda one: one.order.number),
    (gettext_lazy("Buyer"), lambda one: one.order.buyer.name),
    (gettext_lazy("State"), lambda one: str(one.order.get_status_display())),
)
OF_LOT: Column = (gettext_lazy("How much of it"), lambda one: sheets.quantity(one.quantity))
OF_WORK: Column = (gettext_lazy("Pairs"), lambda one: one.quantity)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What can be said to one who has the same; a person reads it over and sends it."""

    order: Order
    quantity: int
    text: str
    whatsapp: str  # empty: no telephone number
    is_written_to: bool


@require_safe
def origin(request: Request, pk: int) -> HttpResponse:
    """What the pairs of a ticket were made of, and who worked on them when."""
    ticket, found = _find(request, pk)
    return render(
        request,
        "workshop/tickets/origin.html",
        {
            "ticket": ticket,
            "order": found.order,
            "pairs": pairs_of(ticket),
            "lots": [(one, len(found.with_lot(one))) for one in found.lots()],
            "works": found.works() if _sees_workers(request, ticket) else [],
            "sees_workers": _sees_workers(request, ticket),
        },
    )


@require_safe
def affected(request: Request, pk: int) -> HttpResponse:
    """Who else has the same lot, or pairs from the same hands, with a text for each."""
    ticket, found = _find(request, pk)
    lot, work = _lot(request, found), _work(request, ticket, found)
    rows: list[Affected] = []
    if lot is not None:
        rows = found.with_lot(lot)
    elif work is not None:
        rows = found.with_work(work)
    else:
        raise Http404
    how_much = OF_WORK if lot is None else OF_LOT
    if answer := download(request, "affected", [*COLUMNS, how_much], rows, is_personal=True):
        return answer
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "workshop/tickets/affected.html",
        {
            "ticket": ticket,
            "lot": lot,
            "work": work,
            "page": page,
            "orders": len(rows),
            "customers": len({one.order.buyer_id for one in rows}),
            "prepared": _prepared(list(page.object_list), ticket),
            "may_say": request.person.may("conversations.say", request.workshop),
        },
    )


def _find(request: Request, pk: int) -> tuple[Ticket, Origin]:
    ticket = find_ticket(request, pk)
    demand(request, "catalog.see_recipe", ticket)
    found = origin_of(ticket)
    if found is None:
        raise Http404
    return ticket, found


def _sees_workers(request: Request, ticket: Ticket) -> bool:
    return request.person.may("production.see_workers", ticket)


def _lot(request: Request, found: Origin) -> TracedLot | None:
    key = number_of(request.GET.get("lot", ""))
    if key is None:
        return None
    return next((one for one in found.lots() if one.lot.key == key), None)


def _work(request: Request, ticket: Ticket, found: Origin) -> Work | None:
    key = number_of(request.GET.get("work", ""))
    if key is None:
        return None
    demand(request, "production.see_workers", ticket)
    return next((one for one in found.works() if one.key == key), None)


def _prepared(rows: list[Affected], ticket: Ticket) -> list[Prepared]:
    """Return a text to each in the language of whoever reads it there; three queries."""
    readers: dict[int, Person] = {}
    parties = {one.order.buyer_id for one in rows}
    people = Person.objects.active().filter(party__in=parties)
    people = people.prefetch_related(Prefetch("identities", Identity.objects.order_by("pk")))
    for person in people.order_by("pk"):
        readers.setdefault(person.party_id or 0, person)
    written = written_to_since([one.order for one in rows], ticket)
    prepared = []
    for order, quantity in rows:
        reader = readers.get(order.buyer_id)
        text, number = _text(order, order.buyer, reader), _number(reader)
        whatsapp = phones.whatsapp_link(number, text) if number else ""
        prepared.append(Prepared(order, quantity, text, whatsapp, order.pk in written))
    return prepared


def _text(order: Order, buyer: Party, reader: Person | None) -> str:
    """Say it without naming whoever complained, or whoever worked on it."""
    is_there = order.status in (OrderStatus.FULFILLED, OrderStatus.CLOSED)
    with override(reader.language if reader else "id"):
        said = (
            _(
                "Hello %(name)s, in shoes of the same batch as your order %(order)s we found a fault."
                " Please look over the pairs that you still have. If something is wrong, tell us"
                " here: we make it good."
            )
            if is_there
            else _(
                "Hello %(name)s, in shoes of the same batch as your order %(order)s we found a fault."
                " We check your pairs before they leave. Should a pair have reached you already,"
                " please look it over and tell us here: we make it good."
            )
        )
        return said % {"name": reader.name if reader else buyer.name, "order": order.number}


def _number(reader: Person | None) -> str:
    known = reader.identities.all() if reader else []
    usable = [
        one.value
        for one in known
        if one.kind == Identity.Kind.PHONE and not one.bounced_at and not one.opted_out_at
    ]
    return usable[0] if usable else ""
