"""The tally: what was agreed, delivered, paid, credited and is owed; the same figures for both sides.

Two sheets. Of an order: its total, what was delivered of it, and each rupiah that was counted for
it. Of a party: everything that happened in a month, between what was owed before and after. All is
computed from facts with a fixed number of queries; nothing is kept but who said that it tallies.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Any, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from simpul.lib import clock
from simpul.orders.models import LineSize, Order, OrderRevision
from simpul.orders.models import Status as OrderStatus
from simpul.parties.models import Party
from simpul.payments.models.allocation import Allocation
from simpul.payments.models.credit import CreditNote
from simpul.payments.models.receipt import Receipt
from simpul.payments.models.refund import Forfeit, Refund
from simpul.payments.queries import StatementLine, statement_of
from simpul.workflow.models import Entry
from simpul.workflow.reasons import said


class Term(NamedTuple):
    """A term of the equation: `sign` is plus, minus or nothing before the first."""

    sign: str
    label: str
    amount: int


@dataclass(frozen=True, slots=True)
class OrderTally:
    """An order's account; all in rupiah, pairs in pairs."""

    order: Order
    goods: int
    shipping: int
    discount: int
    agreed: int
    pairs: int
    delivered_pairs: int
    delivered: int  # the value of the pairs that have arrived
    paid: int
    credited: int
    lines: list[StatementLine]

    @property
    def owed(self) -> int:
        return self.agreed - self.paid - self.credited

    @property
    def held(self) -> int:
        """What was paid for goods that have not arrived: the workshop holds it for the buyer."""
        arrived = self.delivered + (
            self.shipping - self.discount if self.delivered_pairs == self.pairs else 0
        )
        return max(self.paid + self.credited - arrived, 0)

    @property
    def equation(self) -> list[Term]:
        return [
            Term("", _("Agreed"), self.agreed),
            Term("−", _("Paid"), self.paid),
            *([Term("−", _("Credited"), self.credited)] if self.credited else []),
        ]


class Line(NamedTuple):
    """Something that happened between a party and the workshop. Positive: the party owes more."""

    on: date
    what: str
    about: str  # the number of an order or a paper
    amount: int
    owed: int  # after it


class _Fact(NamedTuple):
    on: date
    rank: int  # of things of one day: what is owed first, then what is paid
    pk: int
    term: str  # agreed, paid, credited, returned, kept
    name: str
    about: str
    amount: int


@dataclass(frozen=True, slots=True)
class PartyTally:
    """A month of a party's account: before, what happened, after."""

    party: Party
    month: date  # its first day
    before: int
    agreed: int
    paid: int
    credited: int
    returned: int
    kept: int
    lines: list[Line]
    digest: str  # of these figures: whoever says that they tally says it of just these

    @property
    def owed(self) -> int:
        return self.before + self.agreed - self.paid - self.credited + self.returned + self.kept

    @property
    def equation(self) -> list[Term]:
        terms = [
            Term("", _("Owed before"), self.before),
            Term("+", _("Agreed"), self.agreed),
            Term("−", _("Paid"), self.paid),
            Term("−", _("Credited"), self.credited),
            Term("+", _("Paid back"), self.returned),
            Term("+", _("Kept by the rule of cancelling"), self.kept),
        ]
        return [term for place, term in enumerate(terms) if term.amount or place < 3]

    @property
    def is_over(self) -> bool:
        return next_month(self.month) <= clock.today()


def order_tally(order: Order) -> OrderTally | None:
    """Return the account of an agreed order, or None before both agreed on one. Reads `for_page`."""
    agreed = order.agreed
    if agreed is None:
        return None
    counted = Allocation.objects.filter(instalment__order=order).aggregate(
        paid=Coalesce(Sum("amount", filter=Q(receipt__isnull=False)), 0),
        credited=Coalesce(Sum("amount", filter=Q(credit_note__isnull=False)), 0),
    )
    pairs, arrived, value = _delivered(order, agreed)
    return OrderTally(
        order=order,
        goods=sum(line.amount for line in agreed.lines.all()),
        shipping=agreed.shipping,
        discount=agreed.discount,
        agreed=agreed.total,
        pairs=pairs,
        delivered_pairs=arrived,
        delivered=value,
        paid=counted["paid"],
        credited=counted["credited"],
        lines=statement_of(order),
    )


def party_tally(party: Party, month: date) -> PartyTally:
    """Return what happened with a party in the month that begins on this day."""
    end = next_month(month)
    facts = sorted(_facts(party))
    before = sum(fact.amount for fact in facts if fact.on < month)
    here = [fact for fact in facts if month <= fact.on < end]
    owed = list(accumulate((fact.amount for fact in here), initial=before))[1:]
    lines = [
        Line(fact.on, fact.name, fact.about, fact.amount, after)
        for fact, after in zip(here, owed, strict=True)
    ]
    sums = {
        term: sum(fact.amount for fact in here if fact.term == term)
        for term in ("agreed", "paid", "credited", "returned", "kept")
    }
    return PartyTally(
        party=party,
        month=month,
        before=before,
        agreed=sums["agreed"],
        paid=-sums["paid"],
        credited=-sums["credited"],
        returned=sums["returned"],
        kept=sums["kept"],
        lines=lines,
        digest=_digest(month, before, here),
    )


def owed_by(party: Party) -> int:
    """Return what a party owes by all that ever happened; negative: the workshop owes it."""
    return sum(fact.amount for fact in _facts(party))


def months_of(party: Party) -> list[date]:
    """Return the months since the first fact, the newest first; this month, if there is none."""
    days = [fact.on for fact in _facts(party)]
    month = clock.today().replace(day=1)
    months = [month]
    while days and month > min(days):
        month = (month - timedelta(days=1)).replace(day=1)
        months.append(month)
    return months


def next_month(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _delivered(order: Order, agreed: OrderRevision) -> tuple[int, int, int]:
    """Return the pairs agreed, those that arrived, and the value of these."""
    sizes = LineSize.objects.filter(line__order=order).values("line")
    counted = {
        line: (pairs, arrived)
        for line, pairs, arrived in sizes.annotate(
            n=Sum("pairs"), arrived=Sum("delivered")
        ).values_list("line", "n", "arrived")
    }
    value = 0
    for line in agreed.lines.all():
        pairs, arrived = counted.get(line.line_id, (0, 0))
        value += line.amount * arrived // pairs if pairs else 0
    return (
        sum(pairs for pairs, _arrived in counted.values()),
        sum(arrived for _pairs, arrived in counted.values()),
        value,
    )


def _facts(party: Party) -> Iterator[_Fact]:
    """Return all that ever happened between a party and the workshop, in money."""
    yield from _orders(party)
    yield from _receipts(party)
    yield from _notes(party)
    yield from _refunds(party)
    for forfeit in Forfeit.objects.filter(party=party).select_related("order"):
        about = forfeit.order.number
        name = _("Kept by the rule of cancelling")
        yield _Fact(clock.day_of(forfeit.at), 4, forfeit.pk, "kept", name, about, forfeit.amount)


def _orders(party: Party) -> Iterator[_Fact]:
    agreed = Order.objects.filter(buyer=party, confirmed_at__isnull=False)
    ended = _days_of("orders.cancel", agreed.filter(status=OrderStatus.CANCELLED))
    for pk, number, total, at in agreed.values_list("pk", "number", "total", "confirmed_at"):
        assert at is not None  # noqa: S101 - asked for above
        yield _Fact(clock.day_of(at), 0, pk, "agreed", _("Order agreed"), number, total)
        if pk in ended:
            yield _Fact(ended[pk], 1, pk, "agreed", _("Order cancelled"), number, -total)


def _receipts(party: Party) -> Iterator[_Fact]:
    names = {
        Receipt.Source.CASH: _("Cash"),
        Receipt.Source.BANK: _("Transfer"),
    }
    for one in Receipt.objects.filter(party=party):
        name = names.get(Receipt.Source(one.source), str(one.get_source_display()))
        yield _Fact(one.received_on, 2, one.pk, "paid", name, "", -one.amount)
        if one.annulled_at is not None:
            gone = _("Taken back: %s") % said(one.annulled_because)
            yield _Fact(clock.day_of(one.annulled_at), 3, one.pk, "paid", gone, "", one.amount)


def _notes(party: Party) -> Iterator[_Fact]:
    for one in CreditNote.objects.filter(party=party):
        name = _("Credit note: %s") % one.get_kind_display()
        yield _Fact(clock.day_of(one.at), 2, one.pk, "credited", name, one.number, -one.amount)
        if one.annulled_at is not None:
            gone = _("Taken back: %s") % one.annulled_because
            yield _Fact(
                clock.day_of(one.annulled_at), 3, one.pk, "credited", gone, one.number, one.amount
            )


def _refunds(party: Party) -> Iterator[_Fact]:
    sent = Refund.objects.filter(party=party, sent_on__isnull=False)
    refused = _days_of("payments.refuse_refund", sent.filter(status=Refund.Status.REFUSED))
    for one in sent:
        assert one.sent_on is not None  # noqa: S101 - asked for above
        yield _Fact(one.sent_on, 3, one.pk, "returned", _("Paid back"), "", one.amount)
        if one.pk in refused:
            name = _("It did not go through")
            yield _Fact(refused[one.pk], 3, one.pk, "returned", name, "", -one.amount)


def _days_of(step: str, things: QuerySet[Any]) -> dict[int, date]:
    """Return on which day a step was done to each of these things, by primary key."""
    lines = Entry.objects.filter(
        step=step,
        subject_type=ContentType.objects.get_for_model(things.model),
        subject_id__in=things.values("pk"),
    )
    return {pk: clock.day_of(at) for pk, at in lines.order_by("pk").values_list("subject_id", "at")}


def _digest(month: date, before: int, facts: list[_Fact]) -> str:
    """Return a mark of the figures, in no language."""
    figures = [month.isoformat(), str(before)]
    figures += [f"{fact.on} {fact.term} {fact.pk} {fact.amount}" for fact in facts]
    return hashlib.sha256("\n".join(figures).encode()).hexdigest()
