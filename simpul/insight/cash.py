"""What the next weeks bring in and take out: what the job writes for the page. See `CashWeek`.

Each buyer pays as late as he usually does, each bill is paid when it is due. Of wages and of all that
comes each month (rent, power, the owner's own) it is taken that they go on as they were; of orders
that nobody has placed yet nothing is taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F, Sum

from simpul.insight.books.chart import Account
from simpul.insight.books.kept import books_held, journal_of
from simpul.insight.books.reports import balances
from simpul.insight.models import CashKept, CashWeek, Working
from simpul.lib import clock
from simpul.lib.quantities import amount_of
from simpul.lib.workdays import DAY
from simpul.orders.models import AGREED, Instalment
from simpul.parties.models import Party, Workshop
from simpul.payments.models import Purpose, PurposeKind
from simpul.procurement.models import PurchaseLine, PurchaseOrder
from simpul.procurement.payables import payables, term_of

IN_HAND = (Account.CASH, Account.BANK, Account.UNDER_WAY, Account.GATEWAY, Account.COURIERS)
WAGES = (PurposeKind.WAGES, PurposeKind.SALARY)
RUNNING = (
    PurposeKind.COURIER,
    PurposeKind.FEE,
    PurposeKind.INTEREST_TAX,
    PurposeKind.TAX,
    PurposeKind.RENT,
    PurposeKind.POWER,
    PurposeKind.TOOLS,
    PurposeKind.DRAWING,
    PurposeKind.COST,
)
UNEXPLAINED = 14  # days: of what left the bank lately nobody has said yet what it was for
WAGE_WEEKS, RUNNING_WEEKS = 8, 13  # weeks before these, whose mean goes on
FEWEST = 3  # payments of a buyer, to say how late he pays

type ByDay = Iterator[tuple[date, int]]


def is_behind(workshop: Workshop) -> bool:
    """Whether something has happened, or a day has begun, since the weeks were reckoned."""
    kept = CashKept.objects.filter(workshop=workshop).first()
    now = journal_of(workshop)
    if kept is None:
        return now.newest is not None
    return kept.newest != now.newest or clock.day_of(kept.as_of) != clock.today()


def reckon(workshop: Workshop) -> None:
    """Reckon the weeks of a workshop anew."""
    today = clock.today()
    newest = journal_of(workshop).newest
    books = books_held(workshop)
    in_hand = None
    if books is not None:
        stands = balances(books, today)
        in_hand = sum(stands.get(account, 0) for account in IN_HAND) // 100
    this = today - timedelta(days=today.weekday())
    weeks = {
        monday: CashWeek(workshop=workshop, monday=monday)
        for monday in (this + timedelta(weeks=n) for n in range(CashKept.WEEKS))
    }
    overdue = 0
    for day, amount in _from_buyers(workshop):
        if day < today:
            overdue += amount
        elif week := weeks.get(_monday(day)):
            week.from_buyers += amount
    for day, amount in _to_suppliers(workshop):
        if week := weeks.get(_monday(max(day, today))):
            week.to_suppliers += amount
    wages = _mean(workshop, today, WAGES, WAGE_WEEKS)
    running = _mean(workshop, today, RUNNING, RUNNING_WEEKS)
    for week in weeks.values():
        week.wages, week.running = wages, running
    first = weeks[this]  # what went out since Monday is out of hand already
    first.wages = max(wages - _went(workshop, this, today, WAGES), 0)
    first.running = max(running - _went(workshop, this, today, RUNNING), 0)
    with transaction.atomic():
        CashWeek.objects.filter(workshop=workshop).delete()
        CashWeek.objects.bulk_create(weeks.values())
        CashKept.objects.update_or_create(
            workshop=workshop,
            defaults={
                "as_of": clock.now(),
                "newest": newest,
                "in_hand": in_hand,
                "overdue": overdue,
            },
        )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _from_buyers(workshop: Workshop) -> ByDay:
    """Yield what is open, on the day on which it comes if its buyer is as late as usual."""
    known = Working.objects.filter(workshop=workshop, kind=Working.Kind.PAYER)
    late = {row.party_id: row.middle // 10 for row in known if row.count >= FEWEST}
    open_now = Instalment.objects.unpaid().filter(
        order__workshop=workshop, order__status__in=AGREED
    )
    rows = open_now.order_by().values_list("order__buyer", "due_on")
    for buyer, due_on, amount in rows.annotate(n=Sum(F("amount") - F("paid"))):
        yield due_on + timedelta(days=late.get(buyer, 0)), amount


def _to_suppliers(workshop: Workshop) -> ByDay:
    """Yield what is owed by its day, and what is ordered and not there yet by the day on which it will
    have to be paid."""
    for account in payables(workshop):
        for one in account.open:
            yield one.due_on, one.open_sen // 100
    lines = PurchaseLine.objects.missing().filter(
        purchase__in=PurchaseOrder.objects.filter(workshop=workshop).under_way()
    )
    suppliers: dict[int, Party] = {}
    for line in lines.select_related("purchase__supplier").order_by("pk"):
        supplier = suppliers.setdefault(line.purchase.supplier_id, line.purchase.supplier)
        amount = amount_of(line.price, line.quantity - line.received, line.unit_size)
        yield line.due_on + term_of(supplier, workshop), amount


def _mean(workshop: Workshop, today: date, kinds: tuple[PurposeKind, ...], weeks: int) -> int:
    """Return what went out in a week for these, on average of the weeks that are explained."""
    last = today - timedelta(days=UNEXPLAINED)
    first = last - timedelta(weeks=weeks) + DAY
    return max(_went(workshop, first, last, kinds) // weeks, 0)


def _went(workshop: Workshop, first: date, last: date, kinds: tuple[PurposeKind, ...]) -> int:
    """Return what went out for these from one day to another."""
    went = Purpose.objects.filter(
        workshop=workshop, kind__in=kinds, on__gte=first, on__lte=last
    ).order_by()
    sen: int = went.aggregate(n=Sum("amount_sen", default=0))["n"]
    return -sen // 100
