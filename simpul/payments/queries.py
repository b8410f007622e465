"""Questions about money that are no filter of one model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from simpul.lib import clock
from simpul.orders.models import Order
from simpul.payments.models import Allocation, Receipt


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
    day = order.confirmed_at.astimezone(clock.WIB).date()
    lines = [StatementLine(day, _("Agreed total"), balance, balance)]
    allocations = Allocation.objects.filter(instalment__order=order)
    for one in allocations.select_related("receipt", "credit_note").order_by("pk"):
        balance -= one.amount
        day, what = _day_and_name(one)
        lines.append(StatementLine(day, what, -one.amount, balance))
    return lines


def _day_and_name(one: Allocation) -> tuple[date, str]:
    if one.amount < 0:
        return one.at.astimezone(clock.WIB).date(), _("Taken back: %s") % one.reason
    if one.receipt is None:
        note = one.source
        return note.at.astimezone(clock.WIB).date(), _("Credit note %s") % note
    is_cash = one.receipt.source == Receipt.Source.CASH
    return one.receipt.received_on, _("Cash") if is_cash else _("Transfer")
