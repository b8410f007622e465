"""What of a party's things hangs together, so that it can only be of one and the same party.

Money that is counted for an order, a shipment and what it carries, a bill and the goods it speaks of.
A place is a key to a party in one row: the column's name, as in `references`, and the row's key.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q

from simpul.crm.models.dealing import DealerOrder
from simpul.crm.models.point import PointLot, PointUse
from simpul.crm.models.rating import Rating
from simpul.crm.models.references import Key, keys
from simpul.crm.models.referral import Referral
from simpul.crm.models.remedy import Remedy
from simpul.crm.models.voucher import VoucherUse
from simpul.crm.models.wish import WishVote
from simpul.delivery.models import CourierOffer, Load
from simpul.orders.models import Order
from simpul.parties.models import Party
from simpul.payments.models import Allocation, Collection, CreditNote, Forfeit, Purpose, Refund
from simpul.procurement.models import BilledReceipt, BillPayment
from simpul.workflow.models import Entry

ORDER, RECEIPT, NOTE = "orders.Order.buyer", "payments.Receipt.party", "payments.CreditNote.party"
REFUND, FORFEIT, PURPOSE = (
    "payments.Refund.party",
    "payments.Forfeit.party",
    "payments.Purpose.party",
)
BILL, PURCHASE = "procurement.SupplierBill.supplier", "procurement.PurchaseOrder.supplier"
TO, BY = "delivery.Shipment.buyer", "delivery.Shipment.courier"
POINTS, VOUCHER, USED = "crm.PointLot.party", "crm.Voucher.party", "crm.VoucherUse.party"
RECOMMENDER, FRIEND = "crm.Recommender.party", "crm.Referral.friend"
TICKET, LEAD = "conversations.Ticket.party", "crm.Lead.party"
DISTRIBUTOR = "crm.Dealing.distributor"
WISH, VOTED, RATED = "crm.Wish.party", "crm.WishVote.party", "crm.Rating.party"
OFFER, BROUGHT, HANDED = (
    "delivery.CourierOffer.courier",
    "payments.Collection.courier",
    "payments.CashHanding.courier",
)

# Of what one of its people made: where the row says who it was, and by which step where it does not.
MADE_BY = {
    "papers.Upload.party": "by",
    "parties.AccessLink.subject": "person",
    LEAD: "person",
    "payments.Tick.party": "by",
    WISH: "person",
    VOTED: "person",
    "crm.Post.party": "person",
    "crm.PollAnswer.party": "person",
    "crm.Recipient.party": "person",
}
MADE_IN = {
    ORDER: "orders.place",
    TICKET: "conversations.ask_ticket",
    "conversations.Ticket.subject": "conversations.ask_ticket",
    "crm.Territory.party": "crm.ask_further_area",
}

# From something without a party of its own to what it is a part of.
PART_OF = (
    "instalment",
    "order",
    "purchase",
    "shipment",
    "receipt",
    "credit_note",
    "refund",
    "quotation",
    "lead",
)


class Place(NamedTuple):
    label: str
    row: int


type Tie = tuple[Place, Place]
type Places = dict[str, set[int]]


def places_of(party: int) -> Places:
    """Return every row that points at a party, by column."""
    return {key.label: set(key.rows(party).values_list("pk", flat=True)) for key in keys()}


def ties(party: int, here: Places) -> Iterator[Tie]:
    """Return what must go together of all that points at a party."""
    undone = Purpose.objects.filter(party=party, reverses__isnull=False)
    for pk, before in undone.values_list("pk", "reverses__pk"):
        yield Place(PURPOSE, pk), Place(PURPOSE, before)
    for rows, columns in _rows(party):
        for values in rows.values_list(*columns.values()):
            told = [
                Place(label, pk)
                for label, pk in zip(columns, values, strict=True)
                if pk in here.get(label, ())
            ]
            yield from itertools.pairwise(told)


def about(key: Key, rows: set[int], here: Places) -> Iterator[Tie]:
    """Return what some rows are about, where that is of the party as well."""
    if not any(field.name == "subject_type" for field in key.model._meta.fields):
        return
    found: models.QuerySet[Any] = key.model._base_manager.filter(pk__in=rows).order_by("pk")
    for row in found.prefetch_related("subject"):
        for place in _places_in(row.subject, here):
            yield Place(key.label, row.pk), place


def made_by(people: set[int], new: Places) -> Iterator[Place]:
    """Return what some people made themselves: their orders, questions, wishes and votes, files, links
    and registrations."""
    for key in keys():
        rows = new.get(key.label, set())
        if rows and key.label in MADE_BY:
            theirs = {f"{MADE_BY[key.label]}__in": people, "pk__in": rows}
            for pk in key.model._base_manager.filter(**theirs).values_list("pk", flat=True):
                yield Place(key.label, pk)
        elif rows and key.label in MADE_IN:
            kind = ContentType.objects.get_for_model(key.model)
            step = Entry.objects.filter(step=MADE_IN[key.label], by__in=people, subject_type=kind)
            for pk in step.filter(subject_id__in=rows).values_list("subject_id", flat=True):
                yield Place(key.label, pk)


def earned_by_staying(parties: set[int], new: Places) -> Iterator[Place]:
    """Return the points for recommendations that stayed with some parties when they were merged."""
    whose = Q(kind=PointLot.Kind.REFERRED, referral__recommender__party__in=parties)
    whose |= Q(kind=PointLot.Kind.WELCOME, referral__friend__in=parties)
    lots = PointLot.objects.filter(whose, pk__in=new.get(POINTS, ()))
    for pk in lots.values_list("pk", flat=True):
        yield Place(POINTS, pk)


def _rows(party: int) -> Iterator[tuple[models.QuerySet[Any], dict[str, str]]]:
    counted = {RECEIPT: "receipt", NOTE: "credit_note", REFUND: "refund", FORFEIT: "forfeit"}
    yield (
        Allocation.objects.of(Party(pk=party)).standing(),
        {**counted, ORDER: "instalment__order"},
    )
    for label, model in ((NOTE, CreditNote), (REFUND, Refund), (FORFEIT, Forfeit)):
        yield model._base_manager.filter(party=party), {label: "pk", ORDER: "order"}
    lots = PointLot.objects.filter(party=party)
    yield lots, {POINTS: "pk", ORDER: "order"}
    for kind, whose in (
        (PointLot.Kind.REFERRED, {RECOMMENDER: "referral__recommender"}),
        (PointLot.Kind.WELCOME, {FRIEND: "referral"}),
    ):
        yield lots.filter(kind=kind), {POINTS: "pk", **whose}
    yield Referral.objects.filter(friend=party), {FRIEND: "pk", ORDER: "order"}
    yield PointUse.objects.filter(lot__party=party), {POINTS: "lot", VOUCHER: "voucher"}
    used = VoucherUse.objects.filter(party=party, given_back_at=None)
    yield used, {VOUCHER: "voucher", USED: "pk", ORDER: "order"}
    good = Remedy.objects.filter(ticket__party=party)
    yield good, {TICKET: "ticket", NOTE: "note", REFUND: "refund", ORDER: "order"}
    yield WishVote.objects.filter(party=party), {VOTED: "pk", WISH: "wish"}
    rated = Rating.objects.filter(party=party)
    yield rated, {RATED: "pk", ORDER: "order", TICKET: "ticket"}
    accepted = Order.objects.filter(quotation__lead__party=party)
    yield accepted, {LEAD: "quotation__lead", ORDER: "pk"}
    sent = Order.objects.filter(sample__lead__party=party)
    yield sent, {LEAD: "sample__lead", ORDER: "pk"}
    through = DealerOrder.objects.filter(dealing__distributor=party)
    yield through, {DISTRIBUTOR: "dealing", ORDER: "order"}
    brought = Collection.objects.filter(order__buyer=party)
    yield brought, {RECEIPT: "receipt", ORDER: "order"}
    yield Collection.objects.filter(courier=party), {BROUGHT: "pk", HANDED: "handing"}
    yield Load.objects.filter(order__buyer=party), {TO: "shipment", ORDER: "order"}
    yield Load.objects.filter(shipment__courier=party), {BY: "shipment", BROUGHT: "collection"}
    taken = CourierOffer.objects.filter(courier=party, status="accepted")
    yield taken, {OFFER: "pk", BY: "shipment"}
    goods = BilledReceipt.objects.filter(bill__supplier=party, is_standing=True)
    yield goods, {BILL: "bill", PURCHASE: "receipt__purchase"}
    paid = BillPayment.objects.standing().filter(bill__supplier=party)
    yield paid, {PURPOSE: "purpose", BILL: "bill"}


def _places_in(thing: Any, here: Places) -> list[Place]:
    """Return where a thing, or what it is a part of, points at the party."""
    if thing is None:
        return []
    model = type(thing)
    found = [
        Place(key.label, thing.pk)
        for key in keys()
        if key.model is model and thing.pk in here[key.label]
    ]
    if found:
        return found
    for name in PART_OF:
        part = getattr(thing, name, None)
        if isinstance(part, models.Model) and (found := _places_in(part, here)):
            return found
    return []
