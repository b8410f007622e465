"""The answers of several suppliers side by side, and what becomes of one that is taken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from simpul.lib import clock
from simpul.parties.models import Person
from simpul.procurement.models import (
    Bid,
    BidLine,
    Inquiry,
    InquiryLine,
    OldRevision,
    ProposedLine,
    PurchaseOrder,
    SupplierPrice,
)
from simpul.procurement.planning import Shelf, pegs_for, wanted
from simpul.workflow.steps import WrongState, step

# Questions


@dataclass(slots=True)
class Said:
    """What one supplier said to a line, beside the others."""

    bid: Bid
    terms: BidLine
    amount: int  # rupiah for all that is asked for, in whole packs
    quantity: int  # that would have to be bought for it
    is_cheapest: bool = False
    is_soonest: bool = False


@dataclass(frozen=True, slots=True)
class Beside:
    """A line of an inquiry and its answers, the cheapest first; then who cannot deliver it."""

    line: InquiryLine
    said: list[Said]
    cannot: list[Said]


def side_by_side(inquiry: Inquiry) -> list[Beside]:
    """Return each line with the last answer of every supplier that has answered.

    Reads `lines` and `bids` with their answers as prefetched. What is no longer valid stands there,
    but is called neither cheapest nor soonest.
    """
    today = clock.today()
    answers = [
        (bid, {one.line_id: one for one in bid.current.lines.all()})
        for bid in inquiry.bids.all()
        if bid.current is not None
    ]
    rows = []
    for line in inquiry.lines.all():
        said = [_said(bid, terms[line.pk], line) for bid, terms in answers]
        can = sorted((one for one in said if one.terms.price), key=_rank)
        _mark([one for one in can if one.terms.is_valid(today)])
        rows.append(Beside(line, can, [one for one in said if not one.terms.price]))
    return rows


def unanswered(inquiry: Inquiry) -> list[Bid]:
    """Return who has not answered yet; reads `bids` as prefetched."""
    return [bid for bid in inquiry.bids.all() if bid.current is None]


def best_of(bid: Bid) -> set[int]:
    """Return the lines, by their keys, that nobody offers cheaper than this supplier."""
    inquiry = for_comparing(bid.inquiry_id)
    return {
        row.line.pk
        for row in side_by_side(inquiry)
        for one in row.said
        if one.bid.pk == bid.pk and (one.is_cheapest or len(row.said) == 1)
    }


def for_comparing(pk: int) -> Inquiry:
    """Load an inquiry with all that `side_by_side` reads: a query for each kind of thing."""
    bids = Bid.objects.select_related("supplier").order_by("pk")
    lines = InquiryLine.objects.select_related("material").order_by("position")
    return (
        Inquiry.objects.select_related("workshop", "by")
        .prefetch_related(Prefetch("lines", lines), Prefetch("bids", bids), "bids__answers__lines")
        .get(pk=pk)
    )


# Steps


@step("procurement.take_bid")
def take_bid(
    bid: Bid, *, by: Person, answer: int, lines: list[InquiryLine], is_bought: bool = False
) -> None:
    """Take these lines of a supplier's answer, given by its key, into its price list, and draft a
    purchase order of them where that is wanted.

    Of sizes that cost differently the price list keeps the dearest. Raises OldRevision where the
    supplier has answered anew, WrongState where a line cannot be had or is no longer valid.
    """
    newest = bid.answers.order_by("-pk").first()
    if newest is None or newest.pk != answer:
        raise OldRevision(_("The supplier has answered anew: please read it first."))
    said = list(newest.lines.filter(line__in=lines).select_related("line__material"))
    said.sort(key=lambda one: (Fraction(one.price, one.unit_size), one.line.position))
    if not said:
        raise WrongState(_("Choose at least one line."))
    today = clock.today()
    for one in said:
        if not one.is_valid(today):
            raise WrongState(
                _("%(line)s cannot be had at this price any more: ask again.") % {"line": one.line}
            )
        SupplierPrice.quote(
            by=by,
            supplier=bid.supplier,
            material=one.line.material,
            price=one.price,
            lead_days=one.lead_days,
            minimum=one.minimum,
            pack=one.pack,
            unit=one.unit,
            unit_size=one.unit_size,
        )
    if is_bought:
        said.sort(key=lambda one: one.line.position)
        PurchaseOrder.propose(
            by=by, supplier=bid.supplier, lines=_proposed(bid.inquiry, said, today)
        )


# Inside


def _said(bid: Bid, terms: BidLine, line: InquiryLine) -> Said:
    quantity = terms.rounded(line.quantity)
    return Said(bid, terms, terms.amount_for(quantity), quantity)


def _rank(one: Said) -> tuple[int, int, int]:
    return one.amount, one.terms.lead_days, one.bid.pk


def _mark(can: list[Said]) -> None:
    """Say of those that can be compared which are best; of one alone nothing is said."""
    if len(can) < 2:
        return
    cheapest = min(one.amount for one in can)
    soonest = min(one.terms.lead_days for one in can)
    for one in can:
        one.is_cheapest = one.amount == cheapest
        one.is_soonest = one.terms.lead_days == soonest


def _proposed(inquiry: Inquiry, said: Iterable[BidLine], today: date) -> list[ProposedLine]:
    """Buy what was asked for, pegged to what orders need of it now."""
    rows = {(row.material.pk, row.size): row for row in wanted(inquiry.workshop)}
    proposed = []
    for one in said:
        line, quantity = one.line, one.rounded(one.line.quantity)
        shelf: Shelf = (line.material_id, line.size)
        pegs = pegs_for(rows[shelf], quantity) if shelf in rows else []
        proposed.append(
            ProposedLine(
                material=line.material,
                size=line.size,
                quantity=quantity,
                price=one.price,
                wished_on=max(line.wished_on, today + timedelta(days=one.lead_days)),
                pegs=[(asked.need, share) for asked, share in pegs],
                unit=one.unit,
                unit_size=one.unit_size,
            )
        )
    return proposed
