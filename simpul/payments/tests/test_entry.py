"""Statements of the bank: read whole, added once, matched where it is certain."""

from __future__ import annotations

from datetime import date

import pytest

from simpul import testing
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.papers.models import Paper
from simpul.parties.models import Party, Person, Workshop
from simpul.payments import agreement, importing, reconciliation
from simpul.payments.models import (
    BankAccount,
    BankEntry,
    BankImport,
    ImportRefused,
    Instruction,
    Receipt,
    TooMuch,
)
from simpul.payments.models.receipt import spread
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, WrongState

Status = BankEntry.Status


def statement(
    *rows: tuple[str, int],
    number: str = "0000012345",
    day: date | None = None,
    opening: int = 50_000_000,
) -> bytes:
    """A file of BCA with these texts and rupiah, all of one day; money out is negative."""
    booked = (day or clock.today()).strftime("%d/%m/%Y")
    balance = opening
    lines = [
        f'"No. rekening : {number}"',
        f'"Periode : {booked} - {booked}"',
        '"Tanggal Transaksi","Keterangan","Cabang","Jumlah","Saldo"',
    ]
    for text, amount in rows:
        balance += amount
        sign = "CR" if amount > 0 else "DB"
        lines.append(f'"{booked}","{text}","0000","{abs(amount):,}.00 {sign}","{balance:,}.00"')
    credits = [amount for _text, amount in rows if amount > 0]
    debits = [-amount for _text, amount in rows if amount < 0]
    lines += [
        f'"Saldo Awal : {opening:,}.00"',
        f'"Mutasi Debet : {sum(debits):,}.00","{len(debits)}"',
        f'"Mutasi Kredit : {sum(credits):,}.00","{len(credits)}"',
        f'"Saldo Akhir : {balance:,}.00"',
    ]
    return "\n".join(lines).encode()


def read_in(account: BankAccount, by: Person, content: bytes) -> BankImport:
    return importing.take(by=by, account=account, content=content)


def take(account: BankAccount, by: Person, *rows: tuple[str, int]) -> BankImport:
    return read_in(account, by, statement(*rows))


def entry(account: BankAccount, by: Person, amount: int, text: str = "TRSF") -> BankEntry:
    take(account, by, (text, amount))
    return BankEntry.objects.order_by("-pk")[0]


def paid(order: Order) -> list[int]:
    return list(order.instalments.order_by("position").values_list("paid", flat=True))


# Reading


def test_it_adds_every_row(account: BankAccount, fajar: Person) -> None:
    made = take(account, fajar, ("IN", 100), ("OUT", -40))

    assert (made.rows, made.added, made.pending) == (2, 2, 0)
    assert (made.opening_sen, made.closing_sen) == (5_000_000_000, 5_000_006_000)
    rows = BankEntry.objects.order_by("line").values_list("text", "amount_sen", "status")
    assert list(rows) == [("IN", 10_000, Status.NEW), ("OUT", -4_000, Status.OUT)]


def test_the_same_file_again_adds_nothing(account: BankAccount, fajar: Person) -> None:
    take(account, fajar, ("IN", 100), ("IN", 100))
    again = take(account, fajar, ("IN", 100), ("IN", 100))

    assert again.added == 0
    assert BankEntry.objects.count() == 2


def test_an_overlapping_file_adds_what_is_new(account: BankAccount, fajar: Person) -> None:
    take(account, fajar, ("A", 100))
    again = take(account, fajar, ("A", 100), ("B", 100))

    assert again.added == 1
    assert BankEntry.objects.count() == 2


def test_equal_rows_without_a_balance_are_both_kept(account: BankAccount, fajar: Person) -> None:
    head = b"Account No,Date,Val. Date,Transaction Code,Description,Description,Reference No.,Debit,Credit\n"
    row = b'0000012345,02/11/26,02/11/26,7820,"TRF","DP",,".00","5,000.00"\n'

    first = read_in(account, fajar, head + row * 2)
    second = read_in(account, fajar, head + row * 3)

    assert (first.added, second.added) == (2, 1)
    assert list(BankEntry.objects.order_by("pk").values_list("twin", flat=True)) == [1, 2, 3]


def test_a_file_of_another_account_is_refused_whole(account: BankAccount, fajar: Person) -> None:
    with pytest.raises(ImportRefused, match="999"):
        read_in(account, fajar, statement(("A", 1), number="999"))

    assert not BankEntry.objects.exists()
    assert not BankImport.objects.exists()


def test_a_file_that_does_not_add_up_names_its_line(account: BankAccount, fajar: Person) -> None:
    wrong = statement(("A", 100), ("B", 100)).replace(b'50,000,200.00"\n', b'50,000,201.00"\n', 1)

    with pytest.raises(ImportRefused, match="5"):
        read_in(account, fajar, wrong)

    assert not BankEntry.objects.exists()


def test_only_finance_imports(account: BankAccount, sari: Person, joko: Person) -> None:
    for person in (sari, joko):
        with pytest.raises(NotAllowed):
            take(account, person, ("A", 100))

    assert not BankEntry.objects.exists()
    assert not BankImport.objects.exists()


def test_the_import_stands_in_the_journal(account: BankAccount, fajar: Person) -> None:
    made = take(account, fajar, ("A", 100))

    line = journal_of(made).get()
    assert (line.step, line.by) == ("payments.import", fajar)
    assert line.facts == {"account": account.pk}


# Matching by machine


def test_the_amount_that_was_asked_for_is_matched(
    order: Order, account: BankAccount, fajar: Person, machine: Person
) -> None:
    asked = Instruction.objects.open().get(order=order)

    made, matched = reconciliation.take(
        by=fajar, account=account, content=statement(("TRSF CR", asked.amount), ("FEE", -2_500))
    )

    assert (made.added, matched) == (2, 1)
    assert paid(order) == [600_000, asked.suffix]
    found = BankEntry.objects.get(status=Status.ALLOCATED)
    line = journal_of(found).get()
    assert (line.step, line.by, line.facts["how"]) == ("payments.allocate", machine, "amount")
    assert Paper.objects.about(order).get(kind="KW").party == order.buyer


def test_a_code_is_matched(order: Order, account: BankAccount, fajar: Person) -> None:
    rows = (f"DP {order.code}", 600_000)

    _made, matched = reconciliation.take(by=fajar, account=account, content=statement(rows))

    assert matched == 1
    assert paid(order) == [600_000, 0]


def test_two_rows_pay_one_after_the_other(
    order: Order, account: BankAccount, fajar: Person
) -> None:
    first = Instruction.objects.open().get(order=order).amount
    rows = (("A", first), ("B", 2_000_000 - first))

    _made, matched = reconciliation.take(by=fajar, account=account, content=statement(*rows))

    assert matched == 2
    assert order.balance_now() == 0


def test_what_is_not_certain_waits(
    order: Order, account: BankAccount, fajar: Person, buyer: Party, workshop: Workshop
) -> None:
    _made, matched = reconciliation.take(
        by=fajar, account=account, content=statement(("TRSF TOKO DEWI", 600_000))
    )

    waiting = BankEntry.objects.open().get()
    found = reconciliation.suggestions(workshop, [waiting])[waiting.pk]
    assert matched == 0
    assert paid(order) == [0, 0]
    assert [(one.orders, len(one.reasons)) for one in found] == [((order,), 2)]


# By hand


def test_an_entry_is_divided_by_hand(
    order: Order, account: BankAccount, fajar: Person, sari: Person, buyer: Party
) -> None:
    other = testing.order(buyer)
    agreement.confirm(other, by=sari)
    line = entry(account, fajar, 1_000_000)

    line.allocate(by=fajar, parts=spread(order, 600_000) + spread(other, 300_000))

    assert (paid(order), paid(other)) == ([600_000, 0], [300_000, 0])
    receipt = Receipt.objects.get(entry=line)
    assert (receipt.party, receipt.amount, receipt.credit_now()) == (buyer, 1_000_000, 100_000)
    assert receipt.received_on == line.booked_on
    assert Paper.objects.about(other).get(kind="KW") == Paper.objects.about(order).get(kind="KW")


def test_not_more_than_came(order: Order, account: BankAccount, fajar: Person) -> None:
    line = entry(account, fajar, 500_000)

    with pytest.raises(TooMuch):
        line.allocate(by=fajar, parts=spread(order, 500_001))

    line.refresh_from_db()
    assert line.status == Status.NEW
    assert paid(order) == [0, 0]
    assert not Receipt.objects.exists()
    assert not journal_of(line).exists()


def test_not_to_two_buyers(
    order: Order, account: BankAccount, fajar: Person, sari: Person, siti: Person
) -> None:
    assert siti.party is not None
    other = testing.order(siti.party, by=siti)
    agreement.confirm(other, by=sari)
    line = entry(account, fajar, 1_000_000)

    with pytest.raises(TooMuch):
        line.allocate(by=fajar, parts=spread(order, 5) + spread(other, 5))

    assert not Receipt.objects.exists()


def test_not_twice(order: Order, account: BankAccount, fajar: Person) -> None:
    line = entry(account, fajar, 500_000)
    seen_by_another = BankEntry.objects.get(pk=line.pk)
    line.allocate(by=fajar, parts=spread(order, 500_000))

    with pytest.raises(WrongState):
        seen_by_another.allocate(by=fajar, parts=spread(order, 500_000))

    assert paid(order) == [500_000, 0]


def test_not_for_an_order_that_was_cancelled_meanwhile(
    order: Order, account: BankAccount, fajar: Person, owner: Person
) -> None:
    line = entry(account, fajar, 500_000)
    parts = spread(order, 500_000)
    agreement.cancel(Order.objects.get(pk=order.pk), by=owner, reason="The shop has closed.")

    with pytest.raises(WrongState):
        line.allocate(by=fajar, parts=parts)

    assert paid(order) == [0, 0]
    assert not Receipt.objects.exists()


def test_sales_may_not(order: Order, account: BankAccount, fajar: Person, sari: Person) -> None:
    line = entry(account, fajar, 500_000)

    with pytest.raises(NotAllowed):
        line.allocate(by=sari, parts=spread(order, 500_000))

    assert paid(order) == [0, 0]


def test_what_is_no_payment_is_set_aside(
    order: Order, account: BankAccount, fajar: Person, sari: Person
) -> None:
    line = entry(account, fajar, 500_000)
    with pytest.raises(NotAllowed):
        line.set_aside(by=sari, reason="interest")

    line.set_aside(by=fajar, reason="interest")

    assert (line.status, line.reason) == (Status.SET_ASIDE, "interest")
    with pytest.raises(WrongState):
        line.allocate(by=fajar, parts=spread(order, 5))
    line.reopen(by=fajar)
    assert (line.status, line.reason) == (Status.NEW, "")
    steps = [one.step for one in journal_of(line)]
    assert steps == ["payments.set_aside", "payments.reopen"]


def test_an_annulled_receipt_lets_its_entry_wait_again(
    order: Order, account: BankAccount, fajar: Person
) -> None:
    line = entry(account, fajar, 500_000)
    line.allocate(by=fajar, parts=spread(order, 500_000))
    with pytest.raises(WrongState):
        line.reopen(by=fajar)
    receipt = Receipt.objects.get(entry=line)
    receipt.allocations.get().reverse(by=fajar, reason="another shop's")
    receipt.annul(by=fajar, reason="another shop's")

    line.refresh_from_db()
    assert line.status == Status.NEW
    line.allocate(by=fajar, parts=spread(order, 400_000))
    assert paid(order) == [400_000, 0]
