"""The surat penawaran: what is frozen on it, a paper for each revision."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from simpul.lib import clock, phones
from simpul.orders.models import Gate, LineWish
from simpul.orders.sheets import in_order
from simpul.papers import issuing
from simpul.papers.models import LANGUAGE, Draft, Paper
from simpul.parties.models import Identity, Person
from simpul.ui.jinja import day, number, rupiah

if TYPE_CHECKING:
    from simpul.crm.models.quotation import Quotation, QuotationRevision

TEMPLATE = "crm/papers/quotation.typ"

type Rows = list[tuple[str, str]]


class QuotationWords(TypedDict):
    title: str
    to: str
    what: str
    quantity: str
    price: str
    amount: str
    terms: str
    check: str


class Addressed(TypedDict):
    name: str
    lines: list[str]


class QuotedLine(TypedDict):
    what: str
    more: str  # sizes
    quantity: str
    price: str
    amount: str


class QuotationFacts(TypedDict):
    """What is offered to whom; all of it finished texts."""

    words: QuotationWords
    to: Addressed
    details: Rows  # date, valid until
    lines: list[QuotedLine]
    sums: Rows  # the last one is the total
    terms: Rows  # delivery time, payment
    note: str  # may be empty
    place_and_day: str
    signed_by: str


def issue(
    quotation: Quotation, revision: QuotationRevision, wishes: list[LineWish], *, by: Person
) -> Paper:
    """Issue the paper of a revision; called by the step that offers it. The first has the number of
    the quotation, a later one the next of the series."""
    with override(LANGUAGE):
        facts = _facts(quotation, revision, wishes, by)
    return issuing.issue(
        Draft(
            kind=Paper.Kind.QUOTATION,
            subject=revision,
            party=quotation.lead.party,
            template=TEMPLATE,
            facts=facts,
            number=quotation.number if revision.number == 1 else "",
            mentions=(quotation,),
        ),
        by=by,
    )


def _facts(
    quotation: Quotation, revision: QuotationRevision, wishes: list[LineWish], by: Person
) -> QuotationFacts:
    today = day(clock.today())
    place = by.workshop.area.partition(",")[0] or by.workshop.name
    return {
        "words": {
            "title": _("Quotation"),
            "to": _("To"),
            "what": _("Goods"),
            "quantity": _("Quantity"),
            "price": _("Price"),
            "amount": _("Line total"),
            "terms": _("Terms"),
            "check": _("Scan to see that it is genuine"),
        },
        "to": _to(quotation),
        "details": [(_("Date"), today), (_("Valid until"), day(revision.valid_until))],
        "lines": [_line(wish) for wish in wishes],
        "sums": _sums(revision),
        "terms": _terms(revision),
        "note": revision.note,
        "place_and_day": f"{place}, {today}",
        "signed_by": by.name,
    }


def _to(quotation: Quotation) -> Addressed:
    lead = quotation.lead
    numbers = Identity.objects.filter(person=lead.person, kind=Identity.Kind.PHONE)
    telephone = numbers.order_by("pk").values_list("value", flat=True).first()
    contact = lead.person.name if lead.person.name != lead.party.name else ""
    lines = [contact, lead.party.area, phones.national(telephone) if telephone else ""]
    return {"name": lead.party.name, "lines": [line for line in lines if line]}


def _line(wish: LineWish) -> QuotedLine:
    product, price = wish.colourway.product, wish.price
    unit = f"/{price.unit}" if price and price.per > 1 else ""
    return {
        "what": f"{product.code} {product}, {wish.colourway}",
        "more": " · ".join(f"{size}: {wish.sizes[size]}" for size in in_order(set(wish.sizes))),
        "quantity": ngettext("%(n)s pair", "%(n)s pairs", wish.pairs) % {"n": number(wish.pairs)},
        "price": f"{rupiah(price.amount)}{unit}" if price else "",
        "amount": rupiah(wish.amount),
    }


def _sums(revision: QuotationRevision) -> Rows:
    rows: Rows = []
    if revision.shipping or revision.discount:
        goods = revision.total - revision.shipping + revision.discount
        rows.append((_("Goods"), rupiah(goods)))
    if revision.shipping:
        rows.append((_("Shipping"), rupiah(revision.shipping)))
    if revision.discount:
        rows.append((_("Discount"), rupiah(-revision.discount)))
    return [*rows, (_("Total"), rupiah(revision.total))]


def _terms(revision: QuotationRevision) -> Rows:
    days = ngettext(
        "%(n)s day after it is accepted", "%(n)s days after it is accepted", revision.ready_days
    ) % {"n": revision.ready_days}
    rows = [(_("Ready"), days)]
    if revision.down_payment:
        rows.append((_("Down payment"), rupiah(revision.down_payment)))
    if revision.rest:
        rows.append((_("The rest"), f"{rupiah(revision.rest)}, {SETTLED[revision.settle]()}"))
    if not revision.shipping:
        rows.append((_("Shipping"), _("not in the price")))
    return rows


SETTLED = {
    int(Gate.HAND_OVER): lambda: _("before handing over"),
    int(Gate.COURIER): lambda: _("on delivery, to the courier"),
    int(Gate.NONE): lambda: _("on credit"),
}
