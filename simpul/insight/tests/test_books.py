"""The books follow from the facts: who owes what, what is sold, and what it cost."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta

import pytest
from beancount import loader
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.insight.books import exports, reports
from simpul.insight.books.chart import Account
from simpul.insight.books.checks import banks_off, disagreements
from simpul.insight.books.kept import books_now
from simpul.insight.books.postings import Books, books_of
from simpul.insight.books.reports import Period, stock_value
from simpul.insight.books.turnover import RULES, Rule, tax_due
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person, Workshop
from simpul.payments import agreement, reconciliation
from simpul.payments.models import (
    BankAccount,
    BankEntry,
    CashBox,
    CreditNote,
    DayClosing,
    Purpose,
    Receipt,
    Refund,
)
from simpul.payments.models.receipt import spread
from simpul.procurement.models import SupplierBill
from simpul.procurement.payables import receipts_without_bill
from simpul.production.models import WageSheet
from simpul.stock.models import Item
from simpul.tests.statement import statement

A = Account


def stands(books: Books) -> dict[Account, int]:
    """Whole rupiah on each account that is not empty."""
    found = {account: sen // 100 for account, sen in reports.balances(books, books.until).items()}
    return {account: rupiah for account, rupiah in found.items() if rupiah}


@pytest.fixture
def account(workshop: Workshop) -> BankAccount:
    return testing.account(workshop)


@pytest.fixture
def order(buyer: Party, sari: Person, account: BankAccount) -> Order:
    """Ten pairs for 2.000.000, agreed on."""
    made = testing.order(buyer)
    agreement.confirm(made, by=sari)
    return made


def come(by: Person, account: BankAccount, amount: int, text: str = "TRSF") -> BankEntry:
    reconciliation.take(by=by, account=account, content=statement([(clock.today(), amount, text)]))
    return BankEntry.objects.order_by("-pk")[0]


def count_cash(by: Person, counted: int, reason: str = "") -> DayClosing:
    expected = CashBox.of(by.workshop_id).expected_sen
    return DayClosing.close(by=by, counted=counted, expected_sen=expected, reason=reason)


def test_what_lay_in_the_box_is_capital_and_what_is_missing_a_cost(
    order: Order, fajar: Person
) -> None:
    count_cash(fajar, 1_500_000, "kas awal")
    Receipt.take_cash(by=fajar, order=order, amount=600_000)
    count_cash(fajar, 2_095_000, "parkir, lupa dicatat")
    count_cash(fajar, 2_100_000, "ketemu")

    books = books_of(order.workshop)
    found = stands(books)
    assert (found[A.CASH], found[A.EQUITY]) == (2_100_000, -1_500_000)
    assert (found[A.OTHER_COSTS], found[A.OTHER_INCOME]) == (5_000, -5_000)
    assert list(disagreements(order.workshop)) == []


# Money of buyers


def test_a_down_payment_is_held_and_no_income(order: Order, fajar: Person) -> None:
    Receipt.take_cash(by=fajar, order=order, amount=600_000)

    assert stands(books_of(order.workshop)) == {A.CASH: 600_000, A.ADVANCES: -600_000}


def test_what_is_counted_for_nothing_is_credit(order: Order, fajar: Person) -> None:
    Receipt.take_cash(by=fajar, order=order, amount=2_500_000)

    books = stands(books_of(order.workshop))
    assert (books[A.ADVANCES], books[A.CREDIT]) == (-2_000_000, -500_000)


def test_a_bank_entry_nobody_has_matched_is_visible(
    order: Order, account: BankAccount, fajar: Person
) -> None:
    come(fajar, account, 77_000)

    assert stands(books_of(order.workshop))[A.UNEXPLAINED] == -77_000


def test_money_that_was_taken_back_is_owed_again(order: Order, fajar: Person) -> None:
    receipt = Receipt.take_cash(by=fajar, order=order, amount=600_000)
    receipt.allocations.get().reverse(by=fajar, reason="Salah")

    assert stands(books_of(order.workshop)) == {A.CASH: 600_000, A.CREDIT: -600_000}


def test_an_annulled_receipt_leaves_nothing(order: Order, fajar: Person) -> None:
    receipt = Receipt.take_cash(by=fajar, order=order, amount=600_000)
    receipt.allocations.get().reverse(by=fajar, reason="Salah")
    receipt.annul(by=fajar, reason="Salah")

    assert stands(books_of(order.workshop)) == {}


def test_money_that_bounced_is_under_way_until_the_bank_says_so(
    order: Order, account: BankAccount, fajar: Person
) -> None:
    entry = come(fajar, account, 600_000)
    entry.allocate(by=fajar, parts=spread(order, 600_000))
    entry.bounce(by=fajar, reason="Ditolak")
    assert stands(books_of(order.workshop))[A.UNDER_WAY] == -600_000

    correction = come(fajar, account, -600_000, "KOREKSI")
    BankEntry.objects.filter(pk=correction.pk).update(takes_back=entry)
    assert A.UNDER_WAY not in stands(books_of(order.workshop))


def test_a_credit_note_lowers_sales_and_what_is_owed(order: Order, sari: Person) -> None:
    CreditNote.issue(
        by=sari, party=order.buyer, order=order, amount=50_000, kind="price", note="Cacat"
    )

    assert stands(books_of(order.workshop)) == {A.SALES: 50_000, A.ADVANCES: -50_000}


def test_a_refund_in_cash_and_what_is_kept(order: Order, fajar: Person, owner: Person) -> None:
    Receipt.take_cash(by=fajar, order=order, amount=600_000)
    Order.objects.filter(pk=order.pk).update(forfeit_percent=50)
    order.refresh_from_db()
    agreement.cancel(order, by=owner, reason="Batal", forfeit=300_000, gives_back=True)
    refund = Refund.objects.get()
    refund.approve(by=owner)
    refund.pay_out(by=fajar, paid_on=clock.today())

    assert stands(books_of(order.workshop)) == {A.CASH: 300_000, A.OTHER_INCOME: -300_000}


# Goods


def test_sales_count_when_goods_are_delivered(buyer: Party, courier: Party, asep: Person) -> None:
    shipment = testing.shipment_on_the_way(buyer, asep)
    before = stands(books_of(buyer.workshop))
    assert A.SALES not in before
    held = before[A.ADVANCES]
    shipment.deliver(by=asep, receiver="X", count=shipment.packages.count(), pin=shipment.pin)
    books = books_of(buyer.workshop)

    order = shipment.first_order
    order.refresh_from_db()
    assert stands(books)[A.SALES] == -order.total
    assert A.ADVANCES not in stands(books)
    assert stands(books).get(A.RECEIVABLES, 0) == order.total + held
    assert list(disagreements(buyer.workshop)) == []


def test_goods_that_came_are_owed_and_a_bill_may_ask_for_more(
    supplier: Party, buyer: Party, rina: Person, fajar: Person
) -> None:
    purchase = testing.confirmed_purchase(supplier, testing.needy_order(buyer))
    purchase.receive(by=rina, goods={line: (line.quantity, 0) for line in purchase.lines.all()})
    [(receipt, value)] = receipts_without_bill(supplier)
    before = stands(books_of(supplier.workshop))
    assert (before[A.MATERIAL], before[A.PAYABLES]) == (value, -value)

    SupplierBill.record(
        by=fajar, supplier=supplier, number="1", billed_on=clock.today(), due_on=clock.today(),
        amount=value + 5_000, receipts=[receipt], why="Ongkos",
    )  # fmt: skip
    Purpose.of_cash(by=fajar, kind="supplier", amount=-5_000, party=supplier)

    books = stands(books_of(supplier.workshop))
    assert (books[A.PAYABLES], books[A.MATERIAL_COST]) == (-value, 5_000)
    assert list(disagreements(supplier.workshop)) == []


def test_the_value_of_the_stock_is_what_the_balance_sheet_has(
    supplier: Party, buyer: Party, rina: Person
) -> None:
    yesterday = clock.now() - timedelta(days=1)
    with clock.stopped(yesterday):
        purchase = testing.confirmed_purchase(supplier, testing.needy_order(buyer))
    purchase.receive(by=rina, goods={line: (line.quantity, 0) for line in purchase.lines.all()})
    leather = Item.objects.get(material__code="LEATHER")
    assert leather.material is not None
    testing.stock_up(leather.material, 8_000)  # found by a count: at the average
    books = books_of(supplier.workshop)
    rows = {one.item: one for one in stock_value(books, clock.today())}

    assert rows[leather.pk] == (leather.pk, 40_000, 40 * 4_000_000)
    assert rows[leather.pk].price_sen == 4_000_000
    assert sum(one.sen for one in rows.values()) == 100 * stands(books)[A.MATERIAL]
    assert stock_value(books, clock.day_of(yesterday)) == []


def test_work_takes_material_and_wages_along_until_it_is_delivered(buyer: Party) -> None:
    job = testing.released_job(buyer)
    job.tap(
        by=testing.foreman(buyer.workshop),
        stage=job.stages.get(position=1),
        good={"40": 1},
        worker="Oman",
    )
    books = books_of(buyer.workshop)

    assert sum(stands(books).values()) == 0
    assert stands(books).get(A.WAGES, 0) == 0  # no cost before its pairs are delivered
    assert list(disagreements(buyer.workshop)) == []


# What money was for


def test_wages_are_owed_until_they_are_paid_and_settling_changes_nothing(
    buyer: Party, udin: Person, fajar: Person
) -> None:
    job = testing.released_job(buyer)
    first = job.stages.get(position=1)
    job.tap(by=udin, stage=first, good={"40": 2, "41": 1}, worker="Oman")
    assert stands(books_now(buyer.workshop, clock.today()))[A.WAGES_OWED] == -6_000

    sheet = WageSheet.settle(by=udin, last_on=clock.today())
    assert stands(books_now(buyer.workshop, clock.today()))[A.WAGES_OWED] == -6_000

    sheet.pay(by=fajar, slips=list(sheet.slips.all()))
    books = stands(books_now(buyer.workshop, clock.today()))
    assert A.WAGES_OWED not in books
    assert books[A.CASH] == 600_000 - 6_000  # the buyer's down payment lay there

    Purpose.objects.get().retract(by=fajar, reason="x")
    assert stands(books_now(buyer.workshop, clock.today()))[A.WAGES_OWED] == -6_000
    assert list(disagreements(buyer.workshop)) == []


@pytest.mark.parametrize(
    ("kind", "account_"),
    [
        ("wages", A.WAGES_OWED), ("salary", A.WAGES), ("fee", A.OTHER_COSTS), ("tax", A.TAX_OWED),
        ("drawing", A.DRAWINGS), ("transfer", A.UNDER_WAY), ("cash_box", A.CASH), ("loan", A.LOANS),
    ],
)  # fmt: skip
def test_each_purpose_has_its_account(
    workshop: Workshop, account: BankAccount, fajar: Person, kind: str, account_: Account
) -> None:
    come(fajar, account, -10_000).explain(by=fajar, kind=kind)

    books = stands(books_of(workshop))
    assert books[account_] == 10_000
    assert A.UNEXPLAINED not in books


def test_sen_of_the_bank_are_kept(workshop: Workshop, account: BankAccount, fajar: Person) -> None:
    entry = come(fajar, account, 1_234, "BUNGA")
    BankEntry.objects.filter(pk=entry.pk).update(amount_sen=123_437)
    entry.refresh_from_db()
    entry.set_aside(by=fajar, reason="Bunga", kind="interest")

    books = books_of(workshop)
    assert reports.balances(books, books.until)[A.OTHER_INCOME] == -123_437


def test_a_bank_stands_where_its_statement_says(
    workshop: Workshop, account: BankAccount, fajar: Person
) -> None:
    come(fajar, account, 10_000)
    assert banks_off(books_of(workshop)) == []

    come(fajar, account, 10_000)  # of a statement that does not follow the first
    assert len(banks_off(books_of(workshop))) == 1


# Reports


def test_the_balance_sheet_is_even_and_profit_is_the_owners(
    buyer: Party, asep: Person, fajar: Person
) -> None:
    shipment = testing.shipment_on_the_way(buyer, asep)
    shipment.deliver(by=asep, receiver="X", count=shipment.packages.count(), pin=shipment.pin)
    Purpose.of_cash(by=fajar, kind="rent", amount=-100_000)
    books = books_of(buyer.workshop)
    period = Period.of("month", clock.today())
    result = reports.profit_and_loss(books, period, period.before("month"))
    sheet = reports.balance_sheet(books, clock.today(), period.before("month").last)

    assert sheet.is_even
    assert result.income.total == shipment.first_order.total * 100
    assert (
        sum(row.sen for row in sheet.equity.rows if row.detail == "this year") == result.profit[0]
    )
    rows = reports.trial_balance(books, period)
    assert sum(row.closing for row in rows) == 0
    assert sum(row.debit for row in rows) == sum(row.credit for row in rows)


def test_a_ledger_begins_where_the_period_before_ended(order: Order, fajar: Person) -> None:
    last_month = Period.of("month", clock.today()).first - timedelta(days=1)
    Receipt.take_cash(by=fajar, order=order, amount=100_000, received_on=last_month)
    Receipt.take_cash(by=fajar, order=order, amount=50_000)
    opening, moved = reports.ledger(
        books_of(order.workshop), A.CASH, Period.of("month", clock.today())
    )

    assert opening == 10_000_000
    assert [(one.sen, one.balance) for one in moved] == [(5_000_000, 15_000_000)]


def test_periods_follow_each_other() -> None:
    assert Period.of("quarter", date(2026, 11, 25)) == Period(date(2026, 10, 1), date(2026, 12, 31))
    assert Period.of("month", date(2026, 1, 9)).before("month").last == date(2025, 12, 31)
    assert Period.of("year", date(2026, 1, 9)).after("year").first == date(2027, 1, 1)


# Tax on turnover

M = 1_000_000
YEARS: list[tuple[list[int], dict[int, int]]] = [
    ([100 * M] * 5 + [120 * M] + [0] * 6, {6: 600_000}),
    ([60 * M] * 12, {9: 200_000, 10: 300_000, 11: 300_000, 12: 300_000}),
    ([42 * M] * 12, {12: 20_000}),
]


@pytest.mark.parametrize(("months", "taxes"), YEARS)
def test_an_individual_pays_beyond_the_first_500_million(
    months: list[int], taxes: dict[int, int]
) -> None:
    due = tax_due(months, RULES[-1], "individual")

    assert {month: tax for month, tax in enumerate(due, start=1) if tax} == taxes


def test_a_firm_pays_from_the_first_rupiah() -> None:
    assert tax_due([60 * M] * 2, RULES[-1], "firm") == [300_000, 300_000]


def test_a_rule_is_valid_from_its_day() -> None:
    assert Rule.on(date(2021, 12, 31)).free == 0
    assert Rule.on(date(2026, 1, 1)).free == 500 * M


# Files


@pytest.fixture
def busy(order: Order, account: BankAccount, fajar: Person) -> Books:
    """A bank entry whose text a sheet would compute."""
    come(fajar, account, -10_000, "=HYPERLINK(1)").explain(by=fajar, kind="cost", words="x")
    Receipt.take_cash(by=fajar, order=order, amount=600_000)
    return books_of(order.workshop)


def test_no_text_of_the_csv_is_a_formula(busy: Books) -> None:
    text = exports.as_csv(busy, Period.of("month", clock.today()))

    assert "'=HYPERLINK(1)" in text
    assert ",=HYPERLINK" not in text
    assert text.splitlines()[0].startswith("day,what,document,account")


def test_the_workbook_has_numbers_and_harmless_texts(busy: Books) -> None:
    book = load_workbook(io.BytesIO(exports.as_xlsx(busy, Period.of("month", clock.today()))))
    rows = list(book["Simpul"].iter_rows(min_row=2))

    assert "f" not in {cell.data_type for row in rows for cell in row}
    assert isinstance(rows[0][0].value, datetime)
    debit, credit = (sum(float(str(row[place].value or 0)) for row in rows) for place in (6, 7))
    assert debit == credit > 0


def test_beancount_reads_the_books(busy: Books) -> None:
    entries, errors, _options = loader.load_string(exports.as_beancount(busy))

    assert errors == []
    assert len([one for one in entries if type(one).__name__ == "Transaction"]) == len(
        busy.postings
    )


# How many questions


def test_the_books_ask_the_same_few_questions(
    order: Order, fajar: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    books_of(order.workshop)  # warms up
    for amount in (10_000, 20_000):
        Receipt.take_cash(by=fajar, order=order, amount=amount)
        with django_assert_num_queries(26):
            books_of(order.workshop)
