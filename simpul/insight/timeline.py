"""All that happened with one party, over every channel and kind of document, newest first.

Each kind is asked by itself where its newest stand, no more than fit on one page, from a place in time
on; the answers are merged, and only what is shown is read: never more questions, however much happened.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, NamedTuple, Self

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from simpul.conversations.models import Channel, InternalNote, Message, Ticket
from simpul.crm.models import (
    BulletinReader,
    Consent,
    Lead,
    LeadOffer,
    PointLot,
    Post,
    Quotation,
    Rating,
    Recipient,
    Referral,
    Territory,
    Visit,
    VisitStatus,
    VoucherUse,
    Wish,
)
from simpul.delivery.models import Shipment
from simpul.lib import money
from simpul.orders.models import Order
from simpul.papers.models import Paper
from simpul.parties.models import Party, Person
from simpul.payments.models import CreditNote, PaymentClaim, Receipt, Refund
from simpul.procurement.models import PurchaseOrder
from simpul.ui.jinja import number, rupiah
from simpul.workflow.models import Entry
from simpul.workflow.reasons import said

A_PAGE = 40
CALLS = (Channel.PHONE, Channel.VISIT)
OF_OURS = ("orders.take_turn", "procurement.expect")  # moves nothing that the party would notice
ON_THE_ROAD = (
    "delivery.hand_over",
    "delivery.leave",
    "delivery.pick_up",
    "delivery.deliver",
    "delivery.carrier_delivers",
    "delivery.fail",
    "delivery.take_back",
    "delivery.fetch",
    "delivery.miss",
    "delivery.bring_in",
    "delivery.report",
    "delivery.differ",
)


class Place(NamedTuple):
    """Where in the timeline something stands; of two of one moment the later source is newer."""

    at: datetime
    source: int
    pk: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.source}~{self.pk}"

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Return the place that was written so; nothing where it is none."""
        try:
            at, source, pk = text.split("~")
            place = cls(datetime.fromisoformat(at), int(source), int(pk))
            place.at.astimezone(UTC)  # as the databases keep it
        except (ValueError, OverflowError):
            return None
        return place if place.at.tzinfo is not None and 0 <= place.pk < 1 << 63 else None


class Told(NamedTuple):
    """What is to be read of something: a title, more words, and who did it."""

    title: str
    text: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened: `subject` has the page; a line of the journal tells itself."""

    place: Place
    kind: str
    icon: str
    subject: Any
    told: Told
    entry: Entry | None = None

    @property
    def at(self) -> datetime:
        return self.place.at


@dataclass(frozen=True, slots=True)
class _Source:
    kind: str
    icon: str
    at: str  # the field that says when
    rows: Callable[[Person, Party, str], QuerySet[Any]]
    told: Callable[[Any], Told]


KINDS: dict[str, str | Promise] = {
    "orders": gettext_lazy("Orders"),
    "money": gettext_lazy("Money"),
    "deliveries": gettext_lazy("Deliveries"),
    "messages": gettext_lazy("Messages"),
    "calls": gettext_lazy("Calls and visits"),
    "notes": gettext_lazy("Notes"),
    "tickets": gettext_lazy("Tickets"),
    "papers": gettext_lazy("Papers"),
    "purchases": gettext_lazy("Purchase orders"),
    "interest": gettext_lazy("Registrations, areas, wishes and consents"),
    "quotations": gettext_lazy("Quotations"),
    "points": gettext_lazy("Points, vouchers, recommendations"),
    "campaigns": gettext_lazy("News and campaigns"),
}


def timeline(
    person: Person,
    party: Party,
    *,
    kinds: Collection[str] = (),
    words: str = "",
    before: Place | None = None,
    size: int = A_PAGE,
) -> tuple[list[Happening], Place | None]:
    """Return what happened with the party as far as this person may see it, the newest first, and
    the place from which the next page goes on (None: there is nothing more).

    `kinds` are of KINDS, none means all; `before` is the place of the last one that was shown.
    One question for the places of each source, then one for each source that has rows on the page,
    and one for each kind of thing that these are about.
    """
    places = [
        _places(number, person, party, words, before, size)
        for number, source in enumerate(_SOURCES)
        if not kinds or source.kind in kinds
    ]
    found = list(islice(heapq.merge(*places, reverse=True), size + 1))
    page = found[:size]
    rows = {number: _rows(number, person, party, page) for number in {one.source for one in page}}
    told = [_happening(place, rows[place.source][place.pk]) for place in page]
    return told, page[-1] if len(found) > size else None


def _places(
    number: int, person: Person, party: Party, words: str, before: Place | None, size: int
) -> list[Place]:
    """Return where the newest of a source stand: a database sorts places faster than whole rows."""
    at = _SOURCES[number].at
    rows = _SOURCES[number].rows(person, party, words)
    if before is not None:
        rows = rows.filter(_older(number, at, before))
    newest = rows.order_by(f"-{at}", "-pk").values_list(at, "pk")[: size + 1]
    return [Place(moment, number, pk) for moment, pk in newest]


def _rows(number: int, person: Person, party: Party, page: Sequence[Place]) -> dict[int, Any]:
    mine = [place.pk for place in page if place.source == number]
    found = _SOURCES[number].rows(person, party, "").filter(pk__in=mine)
    return {row.pk: row for row in found.order_by("pk")}


def _happening(place: Place, row: Any) -> Happening:
    source, is_line = _SOURCES[place.source], isinstance(row, Entry)
    return Happening(
        place,
        source.kind,
        source.icon,
        row.subject if is_line else row,
        source.told(row),
        row if is_line else None,
    )


def _older(number: int, at: str, before: Place) -> Q:
    """What stands behind a place: by the moment, then the source, then the key."""
    if number < before.source:
        return Q(**{f"{at}__lte": before.at})
    older = Q(**{f"{at}__lt": before.at})
    if number > before.source:
        return older
    return older | Q(**{at: before.at, "pk__lt": before.pk})


def _lines(documents: QuerySet[Any], steps: Q, words: str) -> QuerySet[Entry]:
    """Return the journal of documents, with who and what it is about; with words: of those whose
    number has them."""
    wanted = documents.filter(number__icontains=words) if words else documents
    kind = ContentType.objects.get_for_model(documents.model)
    about = Entry.objects.filter(subject_type=kind, subject_id__in=wanted.order_by().values("pk"))
    return about.filter(steps).select_related("by").prefetch_related("subject")


def _order_lines(person: Person, party: Party, words: str) -> QuerySet[Any]:
    orders = Order.objects.visible_to(person).filter(buyer=party)
    return _lines(orders, ~Q(step__in=OF_OURS), words)


def _road_lines(person: Person, party: Party, words: str) -> QuerySet[Any]:
    shipments = Shipment.objects.visible_to(person).filter(Q(buyer=party) | Q(courier=party))
    return _lines(shipments, Q(step__in=ON_THE_ROAD), words)


def _purchase_lines(person: Person, party: Party, words: str) -> QuerySet[Any]:
    purchases = PurchaseOrder.objects.visible_to(person).filter(supplier=party)
    return _lines(purchases, ~Q(step__in=OF_OURS), words)


def _receipts(person: Person, party: Party, words: str) -> QuerySet[Any]:
    rows = Receipt.objects.visible_to(person).filter(party=party).select_related("by")
    return rows.filter(_amount(words) | Q(note__icontains=words)) if words else rows


def _claims(person: Person, party: Party, words: str) -> QuerySet[Any]:
    claims = PaymentClaim.objects.visible_to(person).filter(order__buyer=party)
    rows = claims.select_related("order", "by")
    named = Q(order__number__icontains=words) | Q(sender__icontains=words)
    return rows.filter(_amount(words) | named) if words else rows


def _credit_notes(person: Person, party: Party, words: str) -> QuerySet[Any]:
    rows = CreditNote.objects.visible_to(person).filter(party=party).select_related("by")
    named = Q(number__icontains=words) | Q(note__icontains=words)
    return rows.filter(_amount(words) | named) if words else rows


def _refunds(person: Person, party: Party, words: str) -> QuerySet[Any]:
    rows = Refund.objects.visible_to(person).filter(party=party).select_related("by")
    return rows.filter(_amount(words) | Q(note__icontains=words)) if words else rows


def _said(person: Person, party: Party, words: str) -> QuerySet[Any]:
    """Messages of every channel, calls and visits: what people said is found by its words."""
    rows = Message.objects.visible_to(person).filter(conversation__party=party)
    rows = rows.select_related("by", "conversation")
    rows = rows.prefetch_related("conversation__subject")
    return rows.search(words, person.workshop_id) if words else rows


def _messages(person: Person, party: Party, words: str) -> QuerySet[Any]:
    return _said(person, party, words).exclude(channel__in=CALLS)


def _calls(person: Person, party: Party, words: str) -> QuerySet[Any]:
    calls = _said(person, party, words).filter(channel__in=CALLS)
    return calls.select_related("by", "conversation__party", "with_whom", "visit")


def _missed(person: Person, party: Party, words: str) -> QuerySet[Any]:
    """Visits that did not take place, by the lines of the journal that say so."""
    visits = Visit.objects.visible_to(person).filter(party=party, status=VisitStatus.MISSED)
    wanted = visits.filter(reason__icontains=words) if words else visits
    kind = ContentType.objects.get_for_model(Visit)
    about = Entry.objects.filter(subject_type=kind, subject_id__in=wanted.order_by().values("pk"))
    lines = about.filter(step="crm.miss_visit")
    return lines.select_related("by").prefetch_related("subject")


def _notes(person: Person, party: Party, words: str) -> QuerySet[Any]:
    """Those on the party itself and on its orders."""
    orders = Order.objects.filter(buyer=party).values("pk")
    kinds = ContentType.objects.get_for_models(Party, Order)
    about = Q(subject_type=kinds[Party], subject_id=party.pk)
    about |= Q(subject_type=kinds[Order], subject_id__in=orders)
    rows = InternalNote.objects.visible_to(person).filter(about).select_related("by")
    rows = rows.prefetch_related("subject")
    return rows.filter(body__icontains=words) if words else rows


def _tickets(person: Person, party: Party, words: str) -> QuerySet[Any]:
    rows = Ticket.objects.visible_to(person).filter(party=party)
    return rows.search(words) if words else rows


def _ratings(person: Person, party: Party, words: str) -> QuerySet[Any]:
    rows = Rating.objects.visible_to(person).filter(party=party).answered().for_list()
    return rows.search(words) if words else rows


def _papers(person: Person, party: Party, words: str) -> QuerySet[Any]:
    rows = Paper.objects.visible_to(person).filter(party=party).select_related("issued_by")
    return rows.filter(number__icontains=words) if words else rows


def _leads(person: Person, party: Party, words: str) -> QuerySet[Any]:
    rows = Lead.objects.visible_to(person).filter(party=party).select_related("person")
    return rows.filter(message__icontains=words) if words else rows


def _consents(person: Person, party: Party, words: str) -> QuerySet[Any]:
    said = Consent.objects.visible_to(person).filter(identity__person__party=party)
    rows = said.select_related("identity__person", "by")
    return rows.filter(value__icontains=words) if words else rows


def _quotations(person: Person, party: Party, words: str) -> QuerySet[Any]:
    rows = Quotation.objects.visible_to(person).filter(lead__party=party)
    return rows.filter(number__icontains=words) if words else rows


def _points(person: Person, party: Party, words: str) -> QuerySet[Any]:
    rows = PointLot.objects.visible_to(person).filter(party=party).select_related("by")
    return rows.filter(note__icontains=words) if words else rows


def _vouchers(person: Person, party: Party, words: str) -> QuerySet[Any]:
    used = VoucherUse.objects.filter(voucher__workshop=person.workshop_id, party=party)
    rows = used.select_related("voucher", "order", "by")
    named = Q(voucher__code__icontains=words) | Q(order__number__icontains=words)
    return rows.filter(_amount(words) | named) if words else rows


def _referrals(person: Person, party: Party, words: str) -> QuerySet[Any]:
    """Whom it recommended, and by whom it came itself."""
    mine = Q(recommender__party=party) | Q(friend=party)
    rows = Referral.objects.visible_to(person).filter(mine)
    return rows.select_related("friend", "recommender__party").search(words)


def _campaigns(person: Person, party: Party, words: str) -> QuerySet[Any]:
    """What was really sent to them."""
    sent = Recipient.objects.reached().filter(campaign__workshop=person.workshop_id, party=party)
    rows = sent.select_related("campaign")
    return rows.filter(campaign__name__icontains=words) if words else rows


def _areas(person: Person, party: Party, words: str) -> QuerySet[Any]:
    return Territory.objects.visible_to(person).filter(party=party).search(words)


def _lead_offers(person: Person, party: Party, words: str) -> QuerySet[Any]:
    rows = LeadOffer.objects.visible_to(person).filter(distributor=party).for_list()
    return rows.filter(lead__party__name__icontains=words) if words else rows


def _bulletins(person: Person, party: Party, words: str) -> QuerySet[Any]:
    """The news that somebody there has opened."""
    rows = BulletinReader.objects.filter(bulletin__workshop=person.workshop_id, party=party)
    opened = rows.exclude(seen_at=None).select_related("bulletin")
    named = Q(bulletin__title__icontains=words) | Q(bulletin__title_en__icontains=words)
    return opened.filter(named) if words else opened


def _wishes(person: Person, party: Party, words: str) -> QuerySet[Any]:
    rows = Wish.objects.visible_to(person).filter(party=party).select_related("person")
    return rows.search(words) if words else rows


def _posts(person: Person, party: Party, words: str) -> QuerySet[Any]:
    """What its people said in the room of the distributors."""
    rows = Post.objects.visible_to(person).filter(party=party).select_related("person")
    return rows.filter(body__icontains=words) if words else rows


def _amount(words: str) -> Q:
    """Whoever types an amount means exactly that one."""
    try:
        return Q(amount=money.parse_rupiah(words))
    except ValueError:
        return Q(pk=None)


def _line(entry: Any) -> Told:
    return Told(str(entry.subject))


def _receipt(row: Any) -> Told:
    title = _("%(amount)s came in (%(source)s)") % {
        "amount": rupiah(row.amount),
        "source": row.get_source_display(),
    }
    taken_back = _("Taken back: %(reason)s") % {"reason": said(row.annulled_because)}
    return Told(title, taken_back if row.annulled_at else row.note)


def _claim(row: Any) -> Told:
    title = _("Says they paid %(amount)s for %(order)s") % {
        "amount": rupiah(row.amount),
        "order": row.order.number,
    }
    return Told(title, row.get_status_display(), row.by.name)


def _credit_note(row: Any) -> Told:
    title = _("Credit note %(number)s: %(amount)s") % {
        "number": row.number,
        "amount": rupiah(row.amount),
    }
    return Told(title, row.note, row.by.name)


def _refund(row: Any) -> Told:
    title = _("Credit to be paid back: %(amount)s") % {"amount": rupiah(row.amount)}
    return Told(title, row.get_status_display(), row.by.name)


def _message(row: Any) -> Told:
    about = row.conversation.label
    how = "" if row.channel == Channel.PORTAL else row.get_channel_display()
    return Told(" · ".join(filter(None, [row.by.name, how, about])), row.body or _("a file"))


def _call(row: Any) -> Told:
    whom = {"whom": row.with_whom or row.conversation.party}
    ways = {
        (Channel.PHONE, "out"): _("%(by)s telephoned %(whom)s"),
        (Channel.PHONE, "in"): _("%(whom)s telephoned, %(by)s answered"),
        (Channel.VISIT, "out"): _("%(by)s visited %(whom)s"),
        (Channel.VISIT, "in"): _("%(whom)s came by, %(by)s was there"),
    }
    way = ways.get((row.channel, row.direction))
    title = way % {**whom, "by": row.by.name} if way else f"{row.by} · {row.get_channel_display()}"
    return Told(title, "\n".join(filter(None, [row.body, *_seen(row)])))


def _seen(row: Any) -> list[str]:
    """Return what was seen at a visit, for ourselves."""
    visit = getattr(row, "visit", None)
    if visit is None:
        return []
    count = visit.pairs_seen
    pairs = ngettext("%(n)s pair of ours there", "%(n)s pairs of ours there", count or 0)
    rival = _("of others: %(what)s") % {"what": visit.rival} if visit.rival else ""
    return ["" if count is None else pairs % {"n": number(count)}, visit.seen, rival]


def _miss(entry: Any) -> Told:
    return Told(" · ".join(filter(None, [_("Not visited"), entry.subject.reason])))


def _note(row: Any) -> Told:
    about = "" if isinstance(row.subject, Party) else str(row.subject)
    return Told(" · ".join(filter(None, [_("Note for us only"), about])), row.body, row.by.name)


def _ticket(row: Any) -> Told:
    ended = ": ".join(filter(None, [row.get_how_display(), row.reason]))
    what = row.title or row.get_kind_display()
    return Told(f"{row.number} · {what}", ended or row.get_status_display())


def _rating(row: Any) -> Told:
    title = _("How content they were with %(number)s: %(stars)s of 5")
    return Told(title % {"number": row.number, "stars": row.stars}, row.words)


def _paper(row: Any) -> Told:
    return Told(f"{row.get_kind_display()} {row.number}", "", row.issued_by.name)


def _lead(row: Any) -> Told:
    return Told(f"{row.person} {row.get_source_display()}", row.message)


def _consent(row: Any) -> Told:
    said = _("Yes to: %(what)s") if row.is_given else _("No more: %(what)s")
    title = said % {"what": row.get_purpose_display()}
    return Told(title, row.value, row.by.name)


def _quotation(row: Any) -> Told:
    facts = {"number": row.number, "amount": rupiah(row.total)}
    ended = " · ".join(filter(None, [row.get_status_display(), row.reason]))
    return Told(_("Quotation %(number)s: %(amount)s") % facts, str(ended))


def _lot(row: Any) -> Told:
    count = ngettext("%(n)s point", "%(n)s points", row.points) % {"n": number(row.points)}
    return Told(f"{count} · {row.get_kind_display()}", row.note, row.by.name)


def _voucher_use(row: Any) -> Told:
    facts = {
        "code": row.voucher.code,
        "amount": rupiah(row.amount),
        "order": row.order.number,
    }
    given_back = _("given back") if row.given_back_at else ""
    return Told(_("Voucher %(code)s: %(amount)s off %(order)s") % facts, given_back, row.by.name)


def _referral(row: Any) -> Told:
    facts = {"who": row.recommender.party.name, "friend": row.friend.name}
    return Told(_("%(who)s recommended us to %(friend)s") % facts, row.get_status_display())


def _circular(row: Any) -> Told:
    return Told(f"{row.campaign.name} · {row.get_kind_display()}", row.get_outcome_display())


def _area(row: Any) -> Told:
    ended = " · ".join(filter(None, [str(row.get_status_display()), row.reason]))
    return Told(_("Area %(area)s") % {"area": row}, ended)


def _lead_offer(row: Any) -> Told:
    title = _("Prospect %(name)s handed on to them") % {"name": row.lead.party}
    return Told(title, " · ".join(filter(None, [str(row.get_status_display()), row.reason])))


def _bulletin(row: Any) -> Told:
    title = _("Opened the news “%(title)s”") % {"title": row.bulletin}
    return Told(title, _("waved off") if row.unwanted_at else "")


def _wish(row: Any) -> Told:
    answered = ": ".join(filter(None, [str(row.get_status_display()), row.answer]))
    return Told(_("Wish: %(words)s") % {"words": row.words}, answered)


def _post(row: Any) -> Told:
    return Told(_("%(name)s in the distributors' room") % {"name": row.person}, row.body)


_SOURCES: tuple[_Source, ...] = (
    _Source("interest", "user-plus", "at", _leads, _lead),
    _Source("interest", "bell", "at", _consents, _consent),
    _Source("papers", "file-text", "issued_at", _papers, _paper),
    _Source("orders", "clipboard-list", "at", _order_lines, _line),
    _Source("purchases", "shopping-cart", "at", _purchase_lines, _line),
    _Source("deliveries", "truck", "at", _road_lines, _line),
    _Source("money", "receipt", "at", _claims, _claim),
    _Source("money", "banknote", "at", _receipts, _receipt),
    _Source("money", "badge-percent", "at", _credit_notes, _credit_note),
    _Source("money", "undo-2", "at", _refunds, _refund),
    _Source("tickets", "triangle-alert", "opened_at", _tickets, _ticket),
    _Source("tickets", "heart-handshake", "answered_at", _ratings, _rating),
    _Source("notes", "sticky-note", "at", _notes, _note),
    _Source("messages", "message-circle", "at", _messages, _message),
    _Source("calls", "phone", "at", _calls, _call),
    _Source("quotations", "file-pen", "at", _quotations, _quotation),
    _Source("points", "star", "at", _points, _lot),
    _Source("points", "ticket-percent", "at", _vouchers, _voucher_use),
    _Source("points", "users", "at", _referrals, _referral),
    _Source("campaigns", "megaphone", "sent_at", _campaigns, _circular),
    _Source("interest", "map-pin", "at", _areas, _area),
    _Source("interest", "user-plus", "at", _lead_offers, _lead_offer),
    _Source("campaigns", "newspaper", "seen_at", _bulletins, _bulletin),
    _Source("calls", "map-pin-off", "at", _missed, _miss),
    _Source("interest", "lightbulb", "at", _wishes, _wish),
    _Source("messages", "users", "at", _posts, _post),
)
