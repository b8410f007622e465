"""What is owed to suppliers: each bill, and goods that nobody has billed yet, with its age."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Sum

from simpul.lib import clock
from simpul.lib.quantities import amount_of
from simpul.parties.models import Party, Person, Workshop
from simpul.payments.models import Purpose, PurposeKind
from simpul.procurement.models.bill import READERS, BilledReceipt, BillPayment, SupplierBill
from simpul.procurement.models.receipt import GoodsReceipt, ReceivedLine

AGES = (30, 60, 90)  # days past due at which a payable grows older


@dataclass(slots=True)
class Payable:
    """One bill or one delivery that nobody has billed: what is owed for it, and what is paid."""

    supplier_id: int
    bill_id: int | None
    purchase_id: int | None  # of a delivery without a bill
    number: str
    on: date
    due_on: date
    sen: int
    paid_sen: int = 0

    @property
    def open_sen(self) -> int:
        return self.sen - self.paid_sen

    def days_late(self, today: date) -> int:
        return max((today - self.due_on).days, 0)


@dataclass(slots=True)
class SupplierAccount:
    """All that is owed and paid to one supplier."""

    supplier: Party
    payables: list[Payable] = field(default_factory=list)  # what is due first stands first
    owed_sen: int = 0
    paid_sen: int = 0

    @property
    def balance_sen(self) -> int:
        """What the workshop owes; negative: what it has paid in advance."""
        return self.owed_sen - self.paid_sen

    @property
    def advance_sen(self) -> int:
        return max(-self.balance_sen, 0)

    @property
    def open(self) -> list[Payable]:
        return [one for one in self.payables if one.open_sen]

    def ages(self, today: date) -> tuple[int, ...]:
        """Return the open sen: not due yet, then up to each of AGES days late, then older."""
        sums = [0] * (len(AGES) + 2)
        for one in self.open:
            late = one.days_late(today)
            sums[0 if not late else 1 + sum(late > age for age in AGES)] += one.open_sen
        return tuple(sums)

    def late_sen(self, today: date) -> int:
        return sum(self.ages(today)[1:])


def payables_for(person: Person, on: date | None = None) -> list[SupplierAccount]:
    """Return the accounts that this person may see: all to who buys or pays, or a supplier's own."""
    if person.is_staff:
        return payables(person.workshop, on) if person.role in READERS else []
    return payables(person.workshop, on, supplier=person.party)


def payables(
    workshop: Workshop, on: date | None = None, supplier: Party | None = None
) -> list[SupplierAccount]:
    """Return the account of each supplier at the end of a day, by a fixed number of queries.

    What was paid goes to what somebody said it was for, and else to what is due first.
    """
    on = on or clock.today()
    suppliers = Party.objects.filter(workshop=workshop).suppliers()
    if supplier is not None:
        suppliers = suppliers.filter(pk=supplier.pk)
    accounts = {one.pk: SupplierAccount(one) for one in suppliers.order_by("name", "pk")}
    for payable in sorted(_payables(workshop, on, accounts), key=_due_first):
        account = accounts[payable.supplier_id]
        account.payables.append(payable)
        account.owed_sen += payable.sen
    paid = _paid(accounts, on)
    pins = _pins(accounts, on)
    for pk, account in accounts.items():
        account.paid_sen = paid.get(pk, 0)
        _count(account, pins)
    return list(accounts.values())


def receipts_without_bill(supplier: Party) -> list[tuple[GoodsReceipt, int]]:
    """Return what came and is not billed yet, with its value, oldest first."""
    found = (
        GoodsReceipt.objects.filter(purchase__supplier=supplier)
        .exclude(billed__is_standing=True)
        .select_related("purchase")
        .order_by("pk")
    )
    values: dict[int, int] = defaultdict(int)
    lines = ReceivedLine.objects.filter(receipt__in=found.values("pk"))
    for receipt, good, price, per in lines.values_list(
        "receipt", "good", "line__price", "line__unit_size"
    ):
        values[receipt] += amount_of(price, good, per)
    return [(one, values[one.pk]) for one in found]


def term_of(supplier: Party, workshop: Workshop) -> timedelta:
    """Return how long the workshop may take to pay this supplier."""
    own = supplier.supplier_days
    return timedelta(days=workshop.supplier_days if own is None else own)


def receipt_values(workshop: Workshop) -> dict[int, int]:
    """Return the value of every delivery of the workshop: accepted goods at the agreed price."""
    values: dict[int, int] = defaultdict(int)
    lines = ReceivedLine.objects.filter(receipt__purchase__workshop=workshop)
    for receipt, good, price, per in lines.values_list(
        "receipt", "good", "line__price", "line__unit_size"
    ):
        values[receipt] += amount_of(price, good, per)
    return values


def _payables(
    workshop: Workshop, on: date, accounts: dict[int, SupplierAccount]
) -> Iterable[Payable]:
    values = receipt_values(workshop)
    days: dict[int, date] = {}
    rows = GoodsReceipt.objects.filter(purchase__supplier__in=accounts).values_list(
        "pk", "number", "at", "purchase", "purchase__supplier"
    )
    receipts = list(rows)
    for pk, _number, at, _purchase, _supplier in receipts:
        days[pk] = clock.day_of(at)
    billed: dict[int, int] = {}
    spoken_of: dict[int, list[int]] = defaultdict(list)
    for bill, receipt in BilledReceipt.objects.filter(
        is_standing=True, bill__supplier__in=accounts
    ).values_list("bill", "receipt"):
        billed[receipt] = bill
        spoken_of[bill].append(receipt)
    counts = set()
    for one in SupplierBill.objects.standing().filter(supplier__in=accounts):
        # it takes the place of its goods once they are there
        begins = max([one.billed_on, *(days[receipt] for receipt in spoken_of[one.pk])])
        if begins <= on:
            counts.add(one.pk)
            yield Payable(
                one.supplier_id, one.pk, None, one.number, one.billed_on, one.due_on,
                one.amount * 100,
            )  # fmt: skip
    for pk, number, _at, purchase, supplier in receipts:
        if days[pk] <= on and billed.get(pk) not in counts and values[pk]:
            due_on = days[pk] + term_of(accounts[supplier].supplier, workshop)
            yield Payable(supplier, None, purchase, number, days[pk], due_on, values[pk] * 100)


def _due_first(one: Payable) -> tuple[date, date, int, str]:
    return one.due_on, one.on, one.bill_id or 0, one.number


def _paid(accounts: dict[int, SupplierAccount], on: date) -> dict[int, int]:
    rows = Purpose.objects.filter(
        party__in=accounts, kind__in=(PurposeKind.SUPPLIER, PurposeKind.BACK), on__lte=on
    )
    sums = rows.order_by().values_list("party").annotate(n=Sum("amount_sen"))
    return {party: -total for party, total in sums}


def _pins(accounts: dict[int, SupplierAccount], on: date) -> dict[int, int]:
    rows = BillPayment.objects.standing().filter(bill__supplier__in=accounts, purpose__on__lte=on)
    return {
        bill: total * 100
        for bill, total in rows.order_by().values_list("bill").annotate(n=Sum("amount"))
    }


def _count(account: SupplierAccount, pins: dict[int, int]) -> None:
    """Divide what was paid over what is owed."""
    rest = max(account.paid_sen, 0)
    for one in account.payables:
        if one.bill_id is not None:
            one.paid_sen = min(pins.get(one.bill_id, 0), one.sen, rest)
            rest -= one.paid_sen
    for one in account.payables:
        share = min(one.open_sen, rest)
        one.paid_sen += share
        rest -= share
