"""One box that finds whatever a person may see, of every kind, through each kind's `visible_to`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Q, QuerySet, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from simpul.catalog.models import Product
from simpul.conversations.models import InternalNote, Message, Ticket, TicketQuerySet
from simpul.delivery.models import Shipment
from simpul.insight.mentions import documents_in
from simpul.lib import phones
from simpul.orders.models import Order
from simpul.papers.models import Paper
from simpul.parties.models import Identity, Party, Person
from simpul.payments.models import Receipt
from simpul.procurement.models import PurchaseOrder
from simpul.ui.jinja import rupiah

SHORTEST = 2
LONGEST = 80
A_FEW = 4
AROUND = 40  # letters before what was found in a message

_NUMBER = re.compile(r"([a-z]{2,3})[- ]?(\d{4})[- ]?(\d{4,})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: what it is, in one line and a smaller one, and since when."""

    subject: Any
    title: str
    text: str = ""
    at: date | datetime | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind, the best and newest first, and whether there is more."""

    kind: str
    title: str | Promise
    hits: list[Hit]
    has_more: bool


@dataclass(frozen=True, slots=True)
class _Kind:
    title: str | Promise
    rows: Callable[[Person, str], QuerySet[Any]]
    hit: Callable[[Any, str], Hit]


def tidy(typed: str) -> str:
    """Return what is looked for: a number that was typed without its dashes gets them; what no
    database looks for (NUL) goes."""
    typed = " ".join(typed.replace("\0", " ").split())[:LONGEST]
    number = _NUMBER.fullmatch(typed)
    return "-".join(number.groups()).upper() if number else typed


def numbered(person: Person, words: str) -> Any:
    """Return the document that has exactly this number, or the party that has this telephone
    number, however it was typed, if this person may see it."""
    return documents_in([words], person).get(words) or _reached_at(person, words)


def _reached_at(person: Person, words: str) -> Party | None:
    try:
        number = phones.normalise(words)
    except phones.NotATelephone:
        return None
    known = Identity.objects.filter(
        workshop=person.workshop_id, kind=Identity.Kind.PHONE, value=number
    )
    parties = Party.objects.visible_to(person) if person.is_staff else Party.objects.none()
    return parties.filter(pk__in=known.values("person__party")).first()


def found(person: Person, side: str, words: str) -> list[Group]:
    """Return what is found of each kind, a few of each: one question for each kind, and one more
    for each kind of document that is talked about."""
    groups = []
    for kind in SIDES[side]:
        rows = list(rows_of(kind, person, words)[: A_FEW + 1])
        if rows:
            hits = [hit_of(kind, row, words) for row in rows[:A_FEW]]
            groups.append(Group(kind, KINDS[kind].title, hits, len(rows) > A_FEW))
    return groups


def rows_of(kind: str, person: Person, words: str) -> QuerySet[Any]:
    """Return all that is found of one kind, the best and newest first."""
    return KINDS[kind].rows(person, words)


def hit_of(kind: str, row: Any, words: str) -> Hit:
    return KINDS[kind].hit(row, words)


def excerpt(body: str, words: str) -> str:
    """Return the text from a little before the first word that was looked for."""
    small = body.casefold()
    places = [small.find(word) for word in words.casefold().split()]
    first = min((place for place in places if place >= 0), default=0)
    begin = max(0, first - AROUND)
    return ("… " if begin else "") + body[begin : begin + 4 * AROUND]


def _orders(person: Person, words: str) -> QuerySet[Any]:
    orders = Order.objects.visible_to(person).search(words, person.workshop_id)
    return orders.select_related("buyer").order_by("-pk")


def _parties(person: Person, words: str) -> QuerySet[Any]:
    begins = Case(When(name__istartswith=words, then=0), default=1)
    parties = Party.objects.visible_to(person).search(words)
    return parties.annotate(rank=begins).order_by("rank", "name", "pk")


def _products(person: Person, words: str) -> QuerySet[Any]:
    products = Product.objects.visible_to(person).search(words)
    return products.select_related("category").order_by("-is_published", "name", "pk")


def _purchases(person: Person, words: str) -> QuerySet[Any]:
    purchases = PurchaseOrder.objects.visible_to(person).search(words)
    return purchases.select_related("supplier").order_by("-pk")


def _shipments(person: Person, words: str) -> QuerySet[Any]:
    return Shipment.objects.visible_to(person).search(words).for_list().order_by("-pk")


def _jobs(person: Person, words: str) -> QuerySet[Any]:
    """A courier finds his jobs by their own numbers, and no buyer whom he does not drive to yet."""
    jobs = Shipment.objects.for_courier(person)
    mine = Q(number__icontains=words) | Q(note_number__icontains=words)
    return jobs.filter(mine).for_list().order_by("-pk")


def _papers(person: Person, words: str) -> QuerySet[Any]:
    papers = Paper.objects.visible_to(person).select_related("party")
    wanted = Q(number__icontains=words) | Q(party__name__icontains=words)
    return papers.filter(wanted).order_by("-pk")


def _receipts(person: Person, words: str) -> QuerySet[Any]:
    """By who paid, or by the exact amount."""
    amount = re.sub(r"[.,\s]|^rp", "", words.casefold())
    wanted = Q(party__name__icontains=words)
    if amount.isascii() and amount.isdecimal() and 3 < len(amount) < 16:
        wanted |= Q(amount=int(amount))
    receipts = Receipt.objects.visible_to(person).filter(wanted)
    return receipts.select_related("party").order_by("-pk")


def _tickets(person: Person, words: str) -> TicketQuerySet:
    tickets = Ticket.objects.visible_to(person).select_related("party")
    return tickets.search(words).order_by("-pk")


def _asked(person: Person, words: str) -> TicketQuerySet:
    """A buyer finds what customers ask and complain of, and no difference of a courier."""
    return _tickets(person, words).of_customers()


def _messages(person: Person, words: str) -> QuerySet[Any]:
    messages = Message.objects.visible_to(person).search(words, person.workshop_id)
    talk = messages.select_related("by", "conversation__party")
    return talk.prefetch_related("conversation__subject").order_by("-pk")


def _notes(person: Person, words: str) -> QuerySet[Any]:
    notes = InternalNote.objects.visible_to(person)
    for word in words.split():
        notes = notes.filter(body__icontains=word)
    return notes.select_related("by").prefetch_related("subject").order_by("-pk")


KINDS: dict[str, _Kind] = {
    "orders": _Kind(
        _("Orders"),
        _orders,
        lambda row, _words: Hit(row, row.number, str(row.buyer), row.placed_at),
    ),
    "parties": _Kind(
        _("Parties"),
        _parties,
        lambda row, _words: Hit(row, row.name, ", ".join([*row.kinds, row.area]).strip(", ")),
    ),
    "products": _Kind(_("Products"), _products, lambda row, _words: Hit(row, str(row), row.code)),
    "purchases": _Kind(
        _("Purchase orders"),
        _purchases,
        lambda row, _words: Hit(row, str(row), str(row.supplier)),
    ),
    "shipments": _Kind(
        _("Deliveries"),
        _shipments,
        lambda row, _words: Hit(row, row.number, str(row.buyer)),
    ),
    "jobs": _Kind(
        _("Deliveries"), _jobs, lambda row, _words: Hit(row, row.number, row.get_status_display())
    ),
    "papers": _Kind(
        _("Papers"),
        _papers,
        lambda row, _words: Hit(
            row, row.number, f"{row.get_kind_display()} · {row.party}", row.issued_at
        ),
    ),
    "receipts": _Kind(
        _("Payments"),
        _receipts,
        lambda row, _words: Hit(row, rupiah(row.amount), str(row.party), row.received_on),
    ),
    "tickets": _Kind(
        _("Tickets"),
        _tickets,
        lambda row, _words: Hit(row, f"{row} {row.title}", str(row.party or ""), row.opened_at),
    ),
    "asked": _Kind(
        _("Tickets"),
        _asked,
        lambda row, _words: Hit(row, f"{row} {row.title}", str(row.party or ""), row.opened_at),
    ),
    "messages": _Kind(
        _("Messages"),
        _messages,
        lambda row, words: Hit(
            row,
            f"{row.by} · {row.conversation.label or row.conversation.party}",
            excerpt(row.body, words),
            row.at,
        ),
    ),
    "notes": _Kind(
        _("Notes for us only"),
        _notes,
        lambda row, words: Hit(row, f"{row.by} · {row.subject}", excerpt(row.body, words), row.at),
    ),
}
SIDES: dict[str, tuple[str, ...]] = {
    "workshop": (
        "orders", "parties", "purchases", "shipments", "products", "papers", "receipts", "tickets",
        "messages", "notes",
    ),
    "buyer": ("orders", "papers", "asked", "messages"),
    "supplier": ("purchases", "messages"),
    "courier": ("jobs", "tickets", "messages"),
}  # fmt: skip
