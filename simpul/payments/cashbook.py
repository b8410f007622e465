"""The cash book: the cash box and each bank account, month by month, every movement in a line."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Max, Min, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from simpul.lib import clock
from simpul.parties.models import Person
from simpul.payments.models import (
    Allocation,
    Arrival,
    BankAccount,
    BankEntry,
    CashHanding,
    Collection,
    DayClosing,
    PaymentClaim,
    Purpose,
    PurposeKind,
    Receipt,
    Refund,
)
from simpul.payments.models.closing import cash_facts
from simpul.payments.models.payer import READERS
from simpul.payments.models.refund import WAITING
from simpul.workflow.reasons import said


@dataclass(slots=True)
class Reason:
    """What a movement, or a part of it, was: its kind, who it was with, and its page on the desk."""

    kind: str
    party: str = ""
    page: str = ""
    key: int = 0
    words: str = ""
    orders: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        return label_of(self.kind)


@dataclass(slots=True)
class Line:
    """One movement: sen that came (or, negative, went), and what the book holds after it."""

    on: date
    sen: int
    reasons: list[Reason]
    text: str = ""
    balance_sen: int = 0
    counted_sen: int | None = None  # of a count of the cash box
    stated_sen: int | None = None  # what the bank wrote beside it

    def is_of(self, kind: str) -> bool:
        if kind in ("in", "out"):
            return self.sen > 0 if kind == "in" else self.sen < 0
        return any(reason.kind == kind for reason in self.reasons)

    def says(self, words: str) -> bool:
        """Tell whether the words stand in it, in small or large letters."""
        said = [self.text]
        for one in self.reasons:
            said += [one.label, one.party, one.words, *one.orders]
        return words.lower() in " ".join(said).lower()


@dataclass(frozen=True, slots=True)
class Stated:
    """What the bank says that an account holds at the end of a day, and what the book says."""

    on: date
    sen: int
    book_sen: int

    @property
    def gap_sen(self) -> int:
        return self.sen - self.book_sen


@dataclass(slots=True)
class Month:
    """A month of one book: opening + in - out = closing."""

    month: date
    opening_sen: int
    lines: list[Line]
    stated: Stated | None = None

    @property
    def came_sen(self) -> int:
        return sum(line.sen for line in self.lines if line.sen > 0)

    @property
    def went_sen(self) -> int:
        return -sum(line.sen for line in self.lines if line.sen < 0)

    @property
    def closing_sen(self) -> int:
        return self.opening_sen + self.came_sen - self.went_sen

    @property
    def is_over(self) -> bool:
        return _next(self.month) <= clock.today()

    @property
    def equation(self) -> list[tuple[str, str, int]]:
        return [
            ("", _("At the beginning of the month"), self.opening_sen),
            ("+", _("Came in"), self.came_sen),
            ("−", _("Went out"), self.went_sen),
        ]

    def kinds(self) -> list[tuple[str, str]]:
        """Return the kinds that occur in it, with their names."""
        found = dict.fromkeys(reason.kind for line in self.lines for reason in line.reasons)
        return sorted(((kind, label_of(kind)) for kind in found), key=lambda pair: pair[1])


def label_of(kind: str) -> str:
    """Return the name of a kind of movement, in the reader's language."""
    names = {
        "payment": _("payment of a buyer"),
        "annulled": _("receipt annulled"),
        "refund": _("refund"),
        "open": _("not explained yet"),
        "aside": _("set aside"),
        "reversed": _("taken back by the bank"),
        "count": _("count of the cash box"),
        "difference": _("difference of a count"),
    }
    return names[kind] if kind in names else str(PurposeKind(kind).label)


def is_shown_to(person: Person) -> bool:
    """Tell whether somebody keeps the money, or looks after those who do."""
    return person.is_staff and person.role in READERS


def accounts_of(person: Person) -> QuerySet[BankAccount]:
    """Return the bank accounts that have a book."""
    ours = BankAccount.objects.visible_to(person).of(BankAccount.Kind.BANK)
    return ours.in_use_first()


def cash_month(workshop_id: int, month: date) -> Month:
    """Return a month of the cash box, by a fixed number of queries."""
    before, lines = 0, []
    for kind, facts in cash_facts(workshop_id).items():
        before += facts.filter(day__lt=month).aggregate(n=Sum("sen"))["n"] or 0
        lines += _cash_lines(kind, facts.filter(day__gte=month, day__lt=_next(month)))
    closings = DayClosing.objects.filter(workshop_id=workshop_id).order_by("pk")
    before += closings.filter(on__lt=month).aggregate(n=Sum("difference_sen"))["n"] or 0
    lines += map(_count_line, closings.filter(on__gte=month, on__lt=_next(month)))
    lines.sort(key=lambda line: line.on)  # of one day: as they stand here, its counts last
    _run(before, lines)
    return Month(month, before, lines)


def account_month(account: BankAccount, month: date) -> Month:
    """Return a month of a bank account as its statements tell it, by a fixed number of queries."""
    entries = BankEntry.objects.filter(account=account)
    opening = _first_sen(account) + _sum(entries.filter(booked_on__lt=month))
    lines = _bank_lines(entries.filter(booked_on__gte=month, booked_on__lt=_next(month)))
    _run(opening, lines)
    made = Month(month, opening, lines)
    made.stated = _stated(account, made)
    return made


def months_since(first: date | None) -> list[date]:
    """Return the months from the first fact to this one, the newest first."""
    month = clock.today().replace(day=1)
    months = [month]
    while first and month > first:
        month = (month - timedelta(days=1)).replace(day=1)
        months.append(month)
    return months


def first_day(workshop_id: int, account: BankAccount | None) -> date | None:
    """Return the day of the first fact of a book."""
    if account is not None:
        first: date | None = account.entries.aggregate(n=Min("booked_on"))["n"]
        return first
    days = [facts.aggregate(n=Min("day"))["n"] for facts in cash_facts(workshop_id).values()]
    days.append(DayClosing.objects.filter(workshop_id=workshop_id).aggregate(n=Min("on"))["n"])
    return min((day for day in days if day), default=None)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something of the day that nobody has finished, and the page where it is done."""

    page: str
    query: str
    title: str
    count: int


def still_open(person: Person) -> list[Waiting]:
    """Return what else is looked at when a day is closed; what is done counts zero."""
    entries = BankEntry.objects.visible_to(person).open().count()
    claims = PaymentClaim.objects.visible_to(person).open().count()
    letters = Arrival.objects.visible_to(person).waiting().count()
    refunds = Refund.objects.visible_to(person).filter(status__in=WAITING).count()
    held = Collection.objects.visible_to(person).held().count()
    handed = CashHanding.objects.visible_to(person).waiting().count()
    spent = BankEntry.objects.visible_to(person).unexplained().count()
    return [
        Waiting("payments", "", _("Bank entries to match"), entries),
        Waiting("payments", "?tab=claims", _("Reported payments"), claims),
        Waiting("payments", "?tab=inbox", _("E-mails and messages with proofs"), letters),
        Waiting("courier-cash", "", _("Cash that couriers still have"), held),
        Waiting("courier-cash", "", _("Cash handed over and not counted yet"), handed),
        Waiting("spending", "", _("Money out that nobody has explained"), spent),
        Waiting("payments", "?tab=refunds", _("Refunds to approve or to pay"), refunds),
    ]


# The cash box


def _cash_lines(kind: str, facts: QuerySet[Any]) -> list[Line]:
    if kind in ("purpose", "moved"):
        return _purpose_lines(facts)
    page = "refund" if kind == "refund" else "receipt"
    rows = list(facts.order_by("day", "pk").values_list("pk", "day", "sen", "party__name", "note"))
    orders = _orders([pk for pk, *_rest in rows]) if page == "receipt" else {}
    return [
        Line(day, sen, [Reason(kind, party, page, pk, note, orders.get(pk, []))])
        for pk, day, sen, party, note in rows
    ]


def _purpose_lines(facts: QuerySet[Any]) -> list[Line]:
    rows = facts.order_by("day", "pk").values_list(
        "pk", "day", "sen", "kind", "party__name", "words", "reason"
    )
    return [
        Line(day, sen, [Reason(kind, party or "", "purpose", pk, words or said(reason))])
        for pk, day, sen, kind, party, words, reason in rows
    ]


def _count_line(one: DayClosing) -> Line:
    kind = "difference" if one.difference_sen else "count"
    reason = Reason(kind, "", "day-closing", one.pk, one.reason)
    return Line(one.on, one.difference_sen, [reason], counted_sen=one.counted_sen)


# A bank account


def _bank_lines(entries: QuerySet[BankEntry]) -> list[Line]:
    known: dict[int, list[tuple[int, Reason]]] = defaultdict(list)
    for entry, sen, reason in [*_receipts(entries), *_refunds(entries), *_purposes(entries)]:
        known[entry].append((sen, reason))
    rows = entries.order_by("booked_on", "pk").values_list(
        "pk", "booked_on", "amount_sen", "balance_sen", "text", "status", "reason", "takes_back"
    )
    lines = []
    for pk, on, sen, balance, text, status, why, takes_back in rows:
        reasons = [reason for _sen, reason in known[pk]]
        rest = sen - sum(part for part, _reason in known[pk])
        if status == BankEntry.Status.REVERSED or takes_back is not None:
            reasons.append(Reason("reversed", "", "bank-entry", pk, why))
        elif abs(rest) >= 100:
            kind = "aside" if status == BankEntry.Status.SET_ASIDE else "open"
            reasons.append(Reason(kind, "", "bank-entry", pk, why))
        lines.append(Line(on, sen, reasons, text, stated_sen=balance))
    return lines


def _receipts(entries: QuerySet[BankEntry]) -> list[tuple[int, int, Reason]]:
    rows = list(
        Receipt.objects.standing()
        .filter(entry__in=entries)
        .values_list("entry", "pk", "amount", "party__name")
    )
    orders = _orders([pk for _entry, pk, *_rest in rows])
    return [
        (entry, amount * 100, Reason("payment", party, "receipt", pk, "", orders.get(pk, [])))
        for entry, pk, amount, party in rows
    ]


def _refunds(entries: QuerySet[BankEntry]) -> list[tuple[int, int, Reason]]:
    rows = Refund.objects.filter(entry__in=entries)
    return [
        (entry, amount * -100, Reason("refund", party, "refund", pk, note))
        for entry, pk, amount, party, note in rows.values_list(
            "entry", "pk", "amount", "party__name", "note"
        )
    ]


def _purposes(entries: QuerySet[BankEntry]) -> list[tuple[int, int, Reason]]:
    rows = Purpose.objects.standing().filter(entry__in=entries).order_by("pk")
    return [
        (entry, sen, Reason(kind, party or "", "purpose", pk, words))
        for entry, pk, sen, kind, party, words in rows.values_list(
            "entry", "pk", "amount_sen", "kind", "party__name", "words"
        )
    ]


def _first_sen(account: BankAccount) -> int:
    """Return what the account held before its first entry, as far as a statement says so."""
    imports = account.imports.annotate(begins=Min("entries__booked_on"))
    first = imports.filter(opening_sen__isnull=False, begins__isnull=False)
    for sen, begins in first.order_by("begins", "pk").values_list("opening_sen", "begins")[:1]:
        return (sen or 0) - _sum(account.entries.filter(booked_on__lt=begins))
    beside = account.entries.filter(balance_sen__isnull=False).order_by("booked_on", "pk")
    for sen, on, pk in beside.values_list("balance_sen", "booked_on", "pk")[:1]:
        until = Q(booked_on__lt=on) | Q(booked_on=on, pk__lte=pk)
        return (sen or 0) - _sum(account.entries.filter(until))
    return 0


def _stated(account: BankAccount, month: Month) -> Stated | None:
    """Hold the book against the last balance of the month that the bank has stated."""
    imports = account.imports.filter(closing_sen__isnull=False)
    closings = imports.annotate(ends=Max("entries__booked_on")).filter(
        ends__gte=month.month, ends__lt=_next(month.month)
    )
    found = [
        Stated(line.on, line.stated_sen, line.balance_sen)
        for line in month.lines
        if line.stated_sen is not None
    ]
    for on, sen in closings.order_by("ends", "pk").values_list("ends", "closing_sen"):
        held = [line.balance_sen for line in month.lines if line.on <= on]
        found.append(Stated(on, sen or 0, held[-1]))
    return max(reversed(found), key=lambda one: one.on, default=None)


# Both


def _orders(receipts: list[int]) -> dict[int, list[str]]:
    """Return the numbers of the orders that each of these receipts counts for."""
    rows = Allocation.objects.standing().filter(receipt__in=receipts, instalment__isnull=False)
    found: dict[int, list[str]] = defaultdict(list)
    for receipt, number in (
        rows.order_by("instalment__order")
        .values_list("receipt", "instalment__order__number")
        .distinct()
    ):
        found[receipt].append(number)
    return found


def _run(opening_sen: int, lines: list[Line]) -> None:
    for line in lines:
        opening_sen += line.sen
        line.balance_sen = opening_sen


def _sum(entries: QuerySet[BankEntry]) -> int:
    return entries.aggregate(n=Sum("amount_sen"))["n"] or 0


def _next(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)
