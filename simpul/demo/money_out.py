"""What the demonstration workshop pays: suppliers, piece wages, rent, power; and finance says so."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from simpul.lib import clock
from simpul.parties.models import Party, Person
from simpul.payments import purposes
from simpul.payments.models import BankEntry, Purpose
from simpul.procurement.models import SupplierBill
from simpul.procurement.payables import payables, receipts_without_bill, term_of
from simpul.production.models import WageSheet
from simpul.production.wages import earned, payments_left, week_of

if TYPE_CHECKING:
    from simpul.demo.history import Story

LEFT_OPEN = 6  # days: what left the bank lately is not explained yet
EACH_MONTH = (
    (1, -1_500_000, "TRSF E-BANKING DB SEWA BENGKEL PAK OMAN", "rent"),
    (5, -410_000, "PLN POSTPAID 538711", "power"),
    (12, -150_000, "TRSF E-BANKING DB INDIHOME", "power"),
    (25, -7_500_000, "TRSF E-BANKING DB PRIVE HADI", "drawing"),
    (28, -15_000, "BIAYA ADM", "fee"),
)
GROWN = timedelta(days=400)  # since then the owner takes out more
DRAWN_LATER = -18_000_000


def begin(story: Story) -> None:
    """The owner brings in what the workshop starts with."""
    story.bank.book(clock.today(), 75_000_000, "SETORAN MODAL AWAL")


def pay_weekly(story: Story) -> None:
    """On Saturdays the week's wages are settled and paid out, and every second week the suppliers."""
    today = clock.today()
    foreman = story.cast.staff["udin"]
    if any(one.open > 0 for one in earned(foreman, *week_of(today))):
        sheet = WageSheet.settle(by=foreman, last_on=today)
        amount = sum(slip.amount for slip in sheet.slips.all())
        story.bank.book(today, -amount, "TRSF E-BANKING DB UPAH BORONGAN")
    if today.isocalendar().week % 2:
        _pay_suppliers(story, today)


def pay_monthly(story: Story, day: int) -> None:
    for on, amount, text, kind in EACH_MONTH:
        if on == day:
            more = kind == "drawing" and clock.now() - story.opened > GROWN
            story.bank.book(clock.today(), DRAWN_LATER if more else amount, text)


def explain(story: Story) -> None:
    """Finance says what money was for, a few days after the statement."""
    fajar = story.cast.staff["fajar"]
    workshop = story.cast.workshop
    for entry in BankEntry.objects.open().filter(workshop=workshop, text__contains="MODAL AWAL"):
        entry.set_aside(by=fajar, reason="Modal awal Pak Hadi", kind="capital")
    waiting = BankEntry.objects.filter(workshop=workshop).unexplained()
    entries = list(waiting.filter(booked_on__lte=clock.in_days(-LEFT_OPEN)).order_by("pk"))
    known = {text: kind for _on, _amount, text, kind in EACH_MONTH}
    proposed = purposes.proposals(workshop, entries) if entries else {}
    for entry in entries:
        proposal = proposed.get(entry.pk)
        if entry.text in known:
            entry.explain(by=fajar, kind=known[entry.text])
        elif proposal is not None:
            entry.explain(by=fajar, kind=proposal.kind, party=proposal.party)
    _pay_sheets(fajar)


def advance(story: Story) -> None:
    """A worker asks for money before Saturday."""
    Purpose.of_cash(
        by=story.cast.staff["fajar"], kind="wages", amount=-150_000, words="Kasbon Oman"
    )


def _pay_sheets(fajar: Person) -> None:
    """Say which sheet each transfer of wages was for: the one with its sum."""
    left = payments_left(fajar)
    for sheet in WageSheet.objects.visible_to(fajar).unpaid().with_sums().order_by("pk"):
        paid = next((one for one, rest in left if rest == sheet.unpaid), None)
        if paid is not None:
            sheet.pay(by=fajar, slips=list(sheet.slips.all()), purpose=paid)
            left = [(one, rest) for one, rest in left if one != paid]


def buy_small_things(story: Story) -> None:
    """Thread and blades from the market, out of the cash box, which the owner fills."""
    fajar = story.cast.staff["fajar"]
    Purpose.of_cash(by=fajar, kind="capital", amount=250_000, words="Isi kas kecil")
    Purpose.of_cash(by=fajar, kind="tools", amount=-185_000, words="Pisau seset dan benang")


def _pay_suppliers(story: Story, today: date) -> None:
    """Record the bills that came with the goods, and transfer what is due within the week."""
    for account in payables(story.cast.workshop):
        _bill(story, account.supplier, today)
        due = sum(
            one.open_sen // 100 for one in account.open if one.due_on <= today + timedelta(days=7)
        )
        if due:
            name = account.supplier.name.upper()
            story.bank.book(today, -due, f"TRSF E-BANKING DB {today:%d%m} {name}")


def _bill(story: Story, supplier: Party, today: date) -> None:
    """One bill for all goods of the fortnight; now and then with freight on it."""
    found = receipts_without_bill(supplier)
    if not found:
        return
    freight = 35_000 if len(found) % 3 == 0 else 0
    SupplierBill.record(
        by=story.cast.staff["fajar"],
        supplier=supplier,
        number=f"F/{today:%y%m%d}/{supplier.pk}",
        billed_on=today,
        due_on=today + term_of(supplier, story.cast.workshop),
        amount=sum(value for _receipt, value in found) + freight,
        receipts=[receipt for receipt, _value in found],
        why="Ongkos kirim" if freight else "",
    )
