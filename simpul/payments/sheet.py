"""The tally sheet as a PDF, to print, sign and keep: made when it is asked for, from the same figures."""

from __future__ import annotations

from typing import TypedDict

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from simpul.lib import clock, pdf
from simpul.papers.models import letterhead_of
from simpul.parties.models import Workshop
from simpul.payments.models.tick import Tick
from simpul.payments.tally import OrderTally, PartyTally, Term
from simpul.ui.jinja import day, day_short, month, number, rupiah

TEMPLATE = pdf.ROOT / "payments/papers/tally.typ"


class SheetWords(TypedDict):
    title: str
    day: str
    what: str
    amount: str
    owed: str
    nothing: str


class SheetFacts(TypedDict):
    """What stands on the sheet; all texts are finished."""

    lang: str
    letterhead: pdf.Letterhead
    number: str
    words: SheetWords
    details: list[tuple[str, str]]
    equation: list[tuple[str, str, str]]  # sign, label, amount
    result: tuple[str, str]
    lines: list[tuple[str, str, str, str]]  # day, what, amount, owed after it
    signatures: list[tuple[str, str]]  # side, and who ticked it and when


def order_sheet(tally: OrderTally) -> bytes:
    """Return the sheet of an order."""
    order = tally.order
    details = [
        (_("Buyer"), order.buyer.name),
        (_("Goods"), rupiah(tally.goods)),
        *([(_("Shipping"), rupiah(tally.shipping))] if tally.shipping else []),
        *([(_("Discount"), rupiah(-tally.discount))] if tally.discount else []),
        (
            _("Delivered"),
            _("%(count)s of %(all)s pairs, worth %(amount)s")
            % {
                "count": number(tally.delivered_pairs),
                "all": number(tally.pairs),
                "amount": rupiah(tally.delivered),
            },
        ),
    ]
    lines = [
        (day_short(one.on), one.what, rupiah(one.amount), rupiah(one.balance))
        for one in tally.lines
    ]
    unsigned = [(order.workshop.name, ""), (order.buyer.name, "")]
    return _rendered(
        order.workshop, order.number, details, tally.equation, tally.owed, lines, unsigned
    )


def party_sheet(tally: PartyTally, ticks: dict[str, Tick]) -> bytes:
    """Return the sheet of a party's month, with who has ticked it."""
    party = tally.party
    lines = [
        (day_short(one.on), f"{one.what} {one.about}".strip(), rupiah(one.amount), rupiah(one.owed))
        for one in tally.lines
    ]
    sides = {Tick.Side.WORKSHOP: party.workshop.name, Tick.Side.BUYER: party.name}
    signed = [(name, _ticked(ticks.get(side))) for side, name in sides.items()]
    details = [(_("Buyer"), party.name), (_("Month"), month(tally.month))]
    heading = month(tally.month)
    return _rendered(party.workshop, heading, details, tally.equation, tally.owed, lines, signed)


def _rendered(
    workshop: Workshop,
    heading: str,
    details: list[tuple[str, str]],
    equation: list[Term],
    owed: int,
    lines: list[tuple[str, str, str, str]],
    signatures: list[tuple[str, str]],
) -> bytes:
    result = _("Owed") if owed >= 0 else _("The workshop owes")
    facts: SheetFacts = {
        "lang": (get_language() or "id")[:2],
        "letterhead": letterhead_of(workshop),
        "number": heading,
        "words": {
            "title": _("Tally sheet"),
            "day": _("Day"),
            "what": _("What"),
            "amount": _("Amount"),
            "owed": _("Still to be paid"),
            "nothing": _("Nothing happened in this time."),
        },
        "details": [*details, (_("As of"), day(clock.today()))],
        "equation": [(term.sign, term.label, rupiah(term.amount)) for term in equation],
        "result": (result, rupiah(abs(owed))),
        "lines": lines,
        "signatures": signatures,
    }
    return pdf.render(TEMPLATE, facts)


def _ticked(tick: Tick | None) -> str:
    if tick is None or tick.is_old:
        return ""
    return _("%(name)s, %(day)s") % {"name": tick.by.name, "day": day(tick.at)}
