"""Questions about money that are no filter of one model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party
from simpul.payments import matching
from simpul.payments.models import Allocation, BankEntry, CreditNote, Receipt, Refund
from simpul.payments.models.entry import BankEntryQuerySet
from simpul.payments.models.refund import CLOCKS, FEE, RefundQuerySet
from simpul.workflow.reasons import said

A_FEW = 6
LONG_AGO = timedelta(days=120)  # a chargeback comes late, but not later
FIRST_WENT = 2**40  # of one moment: first what came, then what it was counted for, then its end
LAST = 2**62


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A line of an order's account: what happened, and what is still to be paid after it."""

    on: date
    what: str
    amount: int  # negative: it lessens what is to be paid
    balance: int


def statement_of(order: Order) -> list[StatementLine]:
    """Return the account of an order, the same for both sides."""
    if order.confirmed_at is None:
        return []
    balance = order.total
    day = clock.day_of(order.confirmed_at)
    lines = [StatementLine(day, _("Agreed total"), balance, balance)]
    allocations = Allocation.objects.filter(instalment__order=order)
    for one in allocations.select_related("receipt", "credit_note").order_by("pk"):
        balance -= one.amount
        day, what = _day_and_name(one)
        lines.append(StatementLine(day, what, -one.amount, balance))
    return lines


def _day_and_name(one: Allocation) -> tuple[date, str]:
    if one.amount < 0:
        return clock.day_of(one.at), _("Taken back: %s") % said(one.reason)
    if one.receipt is None:
        note = one.source
        return clock.day_of(note.at), _("Credit note %s") % note
    return one.receipt.received_on, _way(one.receipt)


def _way(receipt: Receipt) -> str:
    ways = {Receipt.Source.CASH: _("Cash"), Receipt.Source.GATEWAY: _("Online payment")}
    return ways.get(Receipt.Source(receipt.source), _("Transfer"))


@dataclass(frozen=True, slots=True)
class CreditLine:
    """A line of a party's account: what came to its credit or was taken from it, and what is left."""

    at: datetime
    what: str
    order: Order | None
    amount: int  # negative: it lessens the credit
    credit: int


def credit_of(party: Party) -> list[CreditLine]:
    """Return where a party's credit comes from and what became of it, the same for both sides.

    Money that was counted at once for what it was sent for stands here too: it came and went.
    """
    moves = [*_came(party), *_went(party)]
    moves.sort(key=lambda move: move[:2])
    credit = 0
    lines = []
    for at, _place, what, order, amount in moves:
        credit += amount
        lines.append(CreditLine(at, what, order, amount, credit))
    return lines


type _Move = tuple[datetime, int, str, Order | None, int]


def _came(party: Party) -> Iterator[_Move]:
    for receipt in Receipt.objects.filter(party=party):
        yield receipt.at, 2 * receipt.pk, _way(receipt), None, receipt.amount
        if receipt.annulled_at is not None:
            text = _("Taken back: %s") % said(receipt.annulled_because)
            yield receipt.annulled_at, LAST, text, None, -receipt.amount
    for note in CreditNote.objects.filter(party=party).select_related("order"):
        what = _("Credit note %s") % note
        yield note.at, 2 * note.pk, what, note.order, note.amount
        if note.annulled_at is not None:
            text = _("Annulled: %s") % note.annulled_because
            yield note.annulled_at, LAST, text, note.order, -note.amount


def _went(party: Party) -> Iterator[_Move]:
    rows = Allocation.objects.of(party).select_related(
        "instalment__order", "refund__order", "forfeit__order"
    )
    for one in rows:
        order: Order | None = one.target.order
        if one.amount < 0:
            what = _("Taken back: %s") % said(one.reason)
        elif one.refund is not None:
            what = _("Refund")
        elif one.forfeit is not None:
            what = _("Kept after the cancellation")
        else:
            what = _("Counted for an order")
        yield one.at, FIRST_WENT + one.pk, what, order, -one.amount


def transfers_for(refund: Refund, entries: BankEntryQuerySet) -> list[BankEntry]:
    """Return the entries that may be a refund's transfer; those that name its holder first."""
    if refund.status != Refund.Status.SENT or refund.sent_on is None:
        return []
    found = entries.going_out().filter(
        amount_sen__lte=-refund.amount * 100,
        amount_sen__gte=-(refund.amount + FEE) * 100,
        booked_on__gte=refund.sent_on - CLOCKS,
    )
    name = refund.holder or refund.party.name
    return sorted(
        found.select_related("account").order_by("booked_on", "pk")[:A_FEW],
        key=lambda entry: not matching.names(entry.text, name),
    )


def refunds_for(entry: BankEntry, refunds: RefundQuerySet) -> list[Refund]:
    """Return the refunds whose transfer an entry may be."""
    if entry.status != BankEntry.Status.OUT or entry.takes_back_id is not None:
        return []
    found = refunds.filter(status=Refund.Status.SENT, entry=None).select_related("party", "order")
    return [refund for refund in found.order_by("pk") if refund.is_paid_by(entry)]


def credits_before(entry: BankEntry, entries: BankEntryQuerySet) -> list[BankEntry]:
    """Return the entries that one going out may take back: the same sum, in, not long before."""
    if entry.status != BankEntry.Status.OUT or entry.takes_back_id is not None:
        return []
    found = entries.filter(
        account=entry.account_id,
        amount_sen=-entry.amount_sen,
        booked_on__lte=entry.booked_on,
        booked_on__gte=entry.booked_on - LONG_AGO,
    ).exclude(status=BankEntry.Status.REVERSED, taken_back_by__isnull=False)
    return list(found.order_by("-booked_on", "-pk")[:A_FEW])


def corrections_of(entry: BankEntry, entries: BankEntryQuerySet) -> BankEntryQuerySet:
    """Return the entries by which the bank may have taken this one back."""
    return entries.going_out().filter(
        account=entry.account_id, amount_sen=-entry.amount_sen, booked_on__gte=entry.booked_on
    )
